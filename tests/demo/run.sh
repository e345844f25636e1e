#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `make demo`: the main job on invented referrals.  The programs are in $ONWARD_BIN.
set -eu -o pipefail
here=$(cd "$(dirname "$0")" && pwd)
export ONWARD_BIN=${ONWARD_BIN:-build/gcc/bin}
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here/../integration LC_ALL=C.UTF-8
exec /usr/bin/python3 "$here/demo.py" "$@"
