#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# README's tour, run again: prints it with today's output; with --write puts that into README.md.
set -eu -o pipefail
export ONWARD_BIN=${ONWARD_BIN:-build/gcc/bin} PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 "$(dirname "$0")/tour.py" "$@"
