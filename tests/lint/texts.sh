#!/bin/sh
# Goal: nothing of the place where it was written is left in the texts: no path of a developer's machine, no note to self, no
# byte outside ASCII in the code.
srcdir=${srcdir:-$(dirname "$0")/../..}
cd "$srcdir" || exit 99
n=0 failed=0

# check NAME: passes if the file $found is empty
found=$(mktemp) || exit 99
trap 'rm -f "$found"' EXIT
check() {
	n=$((n + 1))
	if [ -s "$found" ]; then
		failed=1
		echo "not ok $n - $1"
		head -n 40 "$found" | cat -v | cut -c 1-200 | sed 's/^/# /'
	else
		echo "ok $n - $1"
	fi
}

# texts that are ours, whatever the folder; not what a build or git put there, and not this file
all() {
	find . \( -name .git -o -name build -o -name autom4te.cache -o -name m4 -o -name stage -o -name __pycache__ \) -prune -o \
		-type f \( -path './src/*' -o -path './tests/*' -o -path './man/*' -o -path './providers/*' -o -path './debian/*' -o \
		-path './pam.d-examples/*' -o -path './examples/*' -o -path './systemd/*' -o -path './.ci/*' -o -path './*.md' -o \
		-name Makefile.am -o -name configure.ac -o -path ./try -o -path ./test -o -path ./packages \) \
		! -path ./tests/lint/texts.sh -print
}

# tests may speak of homes that they make
{
	all | xargs grep -nE '(^|[^A-Za-z0-9._/])/(Users|work|mnt|media)/[A-Za-z0-9]'
	all | grep -v '^./tests/' | xargs grep -nE '(^|[^A-Za-z0-9._/])/home/[A-Za-z0-9]'
} >"$found"
check 'no path of a developer machine'

all | xargs grep -nE '\<(TODO|FIXME|HACK|WIP)\>|\<XXX([: ]|$)' >"$found"
check 'no note to self'

LC_ALL=C grep -rnP '[^\x00-\x7f]' src providers pam.d-examples configure.ac Makefile.am >"$found"
check 'no byte outside ASCII in the code'

LC_ALL=C grep -rnP '[ \t]+$' src tests --include='*.c' --include='*.h' --include='*.py' --include='*.sh' >"$found"
check 'no blank at the end of a line'

all | xargs grep -nE '^(<<<<<<<|>>>>>>>) ' >"$found"
check 'no rest of a merge'

find src tests -name '*.c' -o -name '*.h' | while read -r file; do
	[ -z "$(tail -c 1 "$file")" ] || echo "$file"
done >"$found"
check 'every source ends in a newline'

sources=$(find src -name '*.c' | wc -l)
{ [ "$sources" -gt 20 ] || echo "only $sources"; } >"$found"
check 'there are sources'

echo "1..$n"
exit $failed
