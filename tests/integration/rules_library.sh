#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The rules as a library: installed into a folder, a program of its own is built against nothing but
# what is there, and the example of the manual page is that program.
set -eu -o pipefail

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=${ONWARD_BUILD:-build/gcc}
FOLDER=$(mktemp -d "${TMPDIR:-/tmp}/onward-test-XXXXXX")
trap 'rm -rf "$FOLDER"' EXIT
# Called from make: its job server is not ours.
unset MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

cd "$ROOT"
compiler=$(head -n 1 "$BUILD/flags")
make -s install-rules B="$BUILD" CC="$compiler" SANITIZE="${ONWARD_SANITIZE:-}" \
	DESTDIR="$FOLDER/root" PREFIX=/usr

installed=$FOLDER/root/usr
export PKG_CONFIG_PATH=$installed/lib/pkgconfig
flags=$(pkg-config --define-variable=includedir="$installed/include" \
	--define-variable=libdir="$installed/lib" --cflags --libs onwardrules)
[ "$(pkg-config --modversion onwardrules)" = "$(sed -n 's/^VERSION := //p' Makefile)" ] ||
	fail "the library's version is not the project's"

# The page's example, which must therefore be a whole program.
mandoc -T utf8 -O width=200 rules/libonwardrules.3 | col -bx >"$FOLDER/page"
sed -n '/^EXAMPLES/,/^SEE ALSO/p' "$FOLDER/page" |
	sed -n '/#include/,$p' | sed '/^SEE ALSO/d' >"$FOLDER/consumer.c"

# Away from the tree: a header that was forgotten is not found.
cd "$FOLDER"
# shellcheck disable=SC2086 # flags are words
"$compiler" -std=c17 -Wall -Wextra -Werror ${ONWARD_SANITIZE:+-fsanitize=$ONWARD_SANITIZE} \
	-o consumer consumer.c $flags
said=$(./consumer)
[ "$said" = "age 16 is below the service's minimum 18" ] ||
	[ "$said" = "person.age 16 is below the service's minimum 18" ] || fail "it says: $said"

# Every installed header compiles alone, and twice.
while read -r header; do
	printf '#include "%s"\n#include "%s"\n' "$header" "$header" >alone.c
	"$compiler" -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only \
		-I"$installed/include/onward" alone.c || fail "$header"
done < <(cd "$installed/include/onward" && find . -name '*.h' | sort)

cd "$ROOT"
make -s uninstall-rules DESTDIR="$FOLDER/root" PREFIX=/usr
[ -z "$(find "$FOLDER/root" -type f)" ] || fail "left behind: $(find "$FOLDER/root" -type f)"
echo "ok"
