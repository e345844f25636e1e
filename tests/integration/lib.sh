# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A rehearsal home with its broker, for tests in bash: . "$(dirname "$0")/lib.sh"
#
# Everything lives in $FOLDER, a temporary folder of this test; every process started here ends with
# the test, by its process id.  Many tests can run at the same time.
set -eu -o pipefail

BIN=$(realpath "${ONWARD_BIN:-build/gcc/bin}")
FOLDER=$(mktemp -d "${TMPDIR:-/tmp}/onward-test-XXXXXX")
HOME_DIR=$FOLDER/home
CLOCK=2019-06-12T21:40:00+01:00,manual
BROKER_PID=
BACKGROUND_PIDS=()
# Seconds to wait for something; a sanitizer makes everything slower.
PATIENCE=$([ -n "${ONWARD_SANITIZE:-}" ] && echo 180 || echo 30)

test_finish() {
	local code=$? pid
	trap - EXIT
	for pid in "${BACKGROUND_PIDS[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	if [ $code -ne 0 ] && [ $code -ne 77 ]; then
		tail -n 40 "$FOLDER"/*.log 2>/dev/null || true
	fi
	if [ -n "${ONWARD_KEEP:-}" ]; then
		echo "kept: $FOLDER"
	else
		rm -rf "$FOLDER"
	fi
	exit $code
}
trap test_finish EXIT
trap 'exit 143' TERM
trap 'exit 130' INT HUP

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# Ends the test as not possible on this machine.
skip() {
	echo "$*"
	exit 77
}

# expect_exit CODE COMMAND…: the exit code is part of the contract.
expect_exit() {
	local expected=$1 code=0
	shift
	"$@" || code=$?
	[ "$code" -eq "$expected" ] || fail "exit code $code, not $expected: $*"
}

# expect_equal ACTUAL EXPECTED WHAT
expect_equal() {
	[ "$1" = "$2" ] || fail "$3: got '$1', expected '$2'"
}

# wait_until WHAT COMMAND…: until the command succeeds.
wait_until() {
	local what=$1 end=$((SECONDS + PATIENCE))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || fail "waited $PATIENCE s in vain for $what"
		sleep 0.05
	done
}

# home_make [ARGUMENT…]: onward init, with --area and the like.
home_make() {
	"$BIN/onward" init "$HOME_DIR" --rehearsal "$@" >"$FOLDER/init.log"
}

# spawn NAME COMMAND…: in the background, output in NAME.log; its id in SPAWNED_PID.
spawn() {
	local name=$1
	shift
	setpriv --pdeathsig KILL "$@" </dev/null >>"$FOLDER/$name.log" 2>&1 &
	SPAWNED_PID=$!
	BACKGROUND_PIDS+=("$SPAWNED_PID")
}

broker_answers() {
	[ -S "$HOME_DIR/run/operators.sock" ] && onward_as operator status
}

# broker_start [ARGUMENT…]: starts onwardd and waits until it answers.
broker_start() {
	spawn broker "$BIN/onwardd" --home "$HOME_DIR" --clock "$CLOCK" "$@"
	BROKER_PID=$SPAWNED_PID
	local end=$((SECONDS + PATIENCE))
	until broker_answers >/dev/null 2>&1; do
		kill -0 "$BROKER_PID" 2>/dev/null || fail "onwardd ended at its start"
		[ $SECONDS -lt $end ] || fail "onwardd does not answer"
		sleep 0.05
	done
}

# Drains and stops; onwardd must end with exit code 0.
broker_stop() {
	local code=0
	kill -TERM "$BROKER_PID"
	wait "$BROKER_PID" || code=$?
	BROKER_PID=
	[ $code -eq 0 ] || fail "onwardd ended with $code on SIGTERM"
}

broker_kill() {
	kill -KILL "$BROKER_PID"
	wait "$BROKER_PID" 2>/dev/null || true
	BROKER_PID=
}

# onward_as PARTY ARGUMENT…
onward_as() {
	local party=$1
	shift
	"$BIN/onward" --home "$HOME_DIR" --as "$party" "$@" </dev/null
}

# json_get PATH: a member of the first JSON object on standard input, e.g. legs.0.service
json_get() {
	/usr/bin/python3 -c '
import json, sys
value = json.loads(sys.stdin.readline())
for step in sys.argv[1].split("."):
    value = value[int(step)] if isinstance(value, list) else value[step]
print(value if isinstance(value, str) else json.dumps(value))' "$1"
}

# Anonymous memory of a process in KiB: heap and stacks, without the mapped store.
rss_anon_kib() {
	awk '/^RssAnon:/ {print $2}' "/proc/$1/status"
}
