#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A short crash test with every run of the tests; the long one is make crash-test ROUNDS=200.
set -eu
exec /usr/bin/python3 "$(dirname "$0")/../crash/run.py" --rounds "${ONWARD_CRASH_ROUNDS:-20}"
