# What the steps of tests/assurance share. Read by bash, at the top of the tree.
# shellcheck shell=bash
# shellcheck disable=SC2034 # those who read it use these

jobs=$(nproc 2>/dev/null || echo 2)
compiler=gcc
! command -v ccache >/dev/null || compiler="ccache gcc"
places=(--prefix=/usr --sysconfdir=/etc --localstatedir=/var --runstatedir=/run --libexecdir=/usr/libexec
	--libdir="/usr/lib/$(gcc -print-multiarch)")

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# The names of what is tracked and what is new, as it lies here; of an unpacked archive, of everything but what was built.
ours() {
	if [ -e .git ]; then
		git ls-files --cached --others --exclude-standard
	else
		find . -name build -prune -o -name autom4te.cache -prune -o -type f -printf '%P\n'
	fi | while IFS= read -r file; do [ ! -e "$file" ] || echo "$file"; done
}

copy_tree() { # copy_tree WHERE
	ours | tar -c -T - | tar -x -C "$1"
}
