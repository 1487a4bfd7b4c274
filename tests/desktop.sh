#!/bin/bash
# desktop.sh [NAME...]: the tests of what needs a desktop: lightdm, pkexec, Cockpit, xscreensaver, i3lock. By hand; ./test has the rest.
#
# Makes a Debian of this machine's release, with these programs, once in build/desktop/ (1 GB, a minute), and runs the tests in sandboxes over
# it: the packages bring libpam-systemd, which is not to change the machine's own files. They use what `./test NAME` or ./test has
# built in build/gcc. NAME: only the tests whose name contains it. MIRROR names the archive.
set -eu
cd "$(dirname "$(dirname "$(readlink -f "$0")")")"
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
root=$PWD/build/desktop/$suite
[ "$(id -u)" = 0 ] || { echo "desktop.sh needs root" >&2; exit 1; }

# the tree is the lower half of running sandboxes: one run at a time
mkdir -p build/desktop
exec 9>"build/desktop/$suite.lock"
flock -n 9 || { echo "another desktop.sh is running" >&2; exit 1; }

if [ ! -e "$root/made" ]; then
	command -v mmdebstrap >/dev/null || apt-get install -y --no-install-recommends mmdebstrap
	# the libraries by their -dev packages, which have the same names in each release
	packages=$(tr -s ' \n' , <<-END
		python3-minimal python3-pexpect openssl procps
		libconfig-dev libcurl4-openssl-dev libjansson-dev liboath-dev libpam0g-dev libqrencode-dev libseccomp-dev libssl-dev
		cockpit-bridge cockpit-ws dbus i3lock lightdm lightdm-gtk-greeter pkexec polkitd xdotool xscreensaver xvfb
	END
	)
	rm -rf --one-file-system "$root"
	mmdebstrap --quiet --variant=minbase --include="${packages%,}" "$suite" "$root" ${MIRROR:+"$MIRROR"}
	touch "$root/made"
fi
tests/build-tree gcc all stage.stamp -- --enable-werror CC=gcc

passed=0 failed=0
for name in lightdm polkit cockpit lockers; do
	case " $* " in "  " | *" $name "*) ;; *) continue ;; esac
	log=build/desktop/$name.log
	SMSOTP_STAGE=$PWD/build/gcc/stage SMSOTP_LOWER=$root "tests/integration/test_$name.py" >"$log" 2>&1 9>&- || echo "--- $log"
	passed=$((passed + $(grep -c "^ok " "$log" || true)))
	failed=$((failed + $(grep -cE "^(not ok|Bail out)" "$log" || true)))
	grep -E "^(ok|not ok|Bail out)" "$log" || true
done
echo "$SECONDS s"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
