#!/bin/sh
# Goal: every header compiles alone, so that who includes it needs to know of no other.
srcdir=${srcdir:-$(dirname "$0")/../..}
cc=${CC:-gcc}
out=$(mktemp) || exit 99
trap 'rm -f "$out"' EXIT
n=0 failed=0
cd "$srcdir/src" || exit 99
# shellcheck disable=SC2086 # CC may have arguments
for header in */*.h; do
	n=$((n + 1))
	if printf '#include "%s"\nint alone;\n' "$header" | $cc -std=gnu11 -Wall -Wextra -Wpedantic -Wundef -Wstrict-prototypes \
		-Werror -fsyntax-only -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -I. -DSMSOTP_SYSCONFDIR='"/etc"' \
		-DSMSOTP_DATADIR='"/usr/share"' -DSMSOTP_LOCALSTATEDIR='"/var"' -DSMSOTP_RUNSTATEDIR='"/run"' \
		-DSMSOTP_LIBEXECDIR='"/usr/libexec"' -DSMSOTP_VERSION='"0"' -x c - >"$out" 2>&1; then
		echo "ok $n - src/$header compiles alone"
	else
		failed=1
		echo "not ok $n - src/$header compiles alone"
		sed 's/^/# /' "$out"
	fi
done
echo "1..$n"
exit $failed
