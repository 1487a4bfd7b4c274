#!/bin/bash
# package.sh SUITE [STEP...]: the Debian package as a release of Debian sees it. By hand, before a release. SUITE is bookworm or trixie.
#
#   build   in a clean Debian, as an ordinary user and twice: other folder, umask, user, time, zone, language, number of jobs. The packages
#           must be the same to the byte. Once more with noopt
#   lint    that suite's lintian, pedantic: no word that debian/*lintian-overrides does not argue against
#   cycle   another clean Debian installs what was built: tests/package/cycle.py, logins by a real sshd from installation to purge
#   boot    a virtual machine with that suite's kernel and systemd and what was built: tests/package/boot.py, the units and the AppArmor profiles in
#           force. It wants /dev/kvm, without which it takes minutes
#
# Without a STEP all of them. The first three run in a sandbox that keeps the network for apt; results and logs are in build/package/SUITE. The trees
# are in build/fresh (tests/debian-tree). MIRROR names the archive.
# shellcheck disable=SC2016 # what is between single quotes is for the shell inside a sandbox to expand
set -eu -o pipefail
cd "$(dirname "$(dirname "$(readlink -f "$0")")")"
suite=${1:?usage: tests/package.sh bookworm|trixie [build|lint|cycle|boot]...}
shift
steps=${*:-build lint cycle boot}
out=$PWD/build/package/$suite
[ "$(id -u)" = 0 ] || { echo "package.sh needs root" >&2; exit 1; }
mkdir -p "$out" build/fresh

exec 9>"build/fresh/$suite.lock"
flock -s -n 9 || { echo "fresh.sh $suite is running" >&2; exit 1; }

passed=0 failed=0
verdict() { # verdict RC TEXT LOG
	if [ "$1" = 0 ]; then
		passed=$((passed + 1)) && echo "ok - $2"
	else
		failed=$((failed + 1)) && echo "not ok - $2; the end of $3:"
		tail -30 "$3"
	fi
}

# Packages are unpacked on a disk that is memory: nothing is gained by syncing it.
prelude='set -eu; export DEBIAN_FRONTEND=noninteractive; printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
	echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/unsafe-io; apt_get() { apt-get -q -y --no-install-recommends "$@"; }'

build_packages() {
	local depends
	depends=$(sed -n '/^Build-Depends:/,/^[^ ]/p' debian/control | sed -n 's/^ \([a-z0-9+.-]*\).*/\1/p' | sed 's/^debhelper-compat$/debhelper/' | paste -sd,)
	tree=$(tests/debian-tree "$suite" "$suite-build" buildd "$depends,lintian,faketime,locales-all") || return
	# what is tracked and what is new, but nothing that a build left behind
	git ls-files -z --cached --others --exclude-standard | tar -c --null -T - >"$out/source.tar" || return
	tests/integration/sandbox --network --seconds 3000 --lower "$tree" bash -c "$prelude"'
		exec 3>&1 >&2
		cat >/tmp/source.tar
		useradd -m first
		useradd -m -u 4321 second

		# build WHO FOLDER OPTIONS COMMAND...
		build() {
			who=$1 folder=$2
			shift 2
			mkdir -p "$folder/tree"
			tar -x -C "$folder/tree" --no-same-owner -f /tmp/source.tar
			chown -R "$who" "$folder"
			echo "== as $who in $folder: $*"
			(cd "$folder/tree" && time runuser -u "$who" -- env -i HOME=/home/"$who" PATH=/usr/bin:/bin "$@")
		}
		build first /home/first/a LC_ALL=C.UTF-8 TZ=UTC DEB_BUILD_OPTIONS=parallel=4 sh -c "umask 022; exec dpkg-buildpackage -us -uc"
		build second /srv/a-longer/path/of-another LC_ALL=de_DE.UTF-8 TZ=Pacific/Kiritimati "DEB_BUILD_OPTIONS=nocheck parallel=2" \
			faketime -f +500d sh -c "umask 0007; exec dpkg-buildpackage -us -uc -b"
		build first /home/first/noopt LC_ALL=C.UTF-8 "DEB_BUILD_OPTIONS=noopt nocheck parallel=3" sh -c "umask 077; exec dpkg-buildpackage -us -uc -b"
		mkdir -p /tmp/built/first /tmp/built/second
		find /home/first/a -maxdepth 1 -type f -exec cp -t /tmp/built/first {} +
		find /srv/a-longer/path/of-another -maxdepth 1 -type f -exec cp -t /tmp/built/second {} +
		tar -c -C /tmp/built first second >&3' \
		<"$out/source.tar" 2>"$out/build.log" >"$out/built.tar"
}

packages_are_the_same() {
	rm -rf "$out/first" "$out/second"
	mkdir "$out/first" "$out/second"
	tar -x -C "$out" --no-same-owner -f "$out/built.tar"
	(cd "$out/first" && sha256sum -- *.deb) | tee "$out/sums"
	(cd "$out/second" && sha256sum -c ../sums) >"$out/reproduced.log" 2>&1
}

# Not asked for: a public address of the maintainer, which there is not yet; overrides that only one of the two lintians needs.
lint_packages() {
	tar -c -C "$out/first" . | tests/integration/sandbox --network --seconds 300 --lower "$build_tree" bash -c "$prelude"'
		useradd -m first && cd /home/first && tar -x --no-same-owner && chown -R first . &&
		runuser -u first -- lintian --version && runuser -u first -- lintian --pedantic -I -E --fail-on none \
			--suppress-tags bogus-mail-host,bogus-mail-host-in-debian-changelog *.changes' >"$out/lint.log" 2>&1 &&
		! grep -E '^[EWIPX]:' "$out/lint.log" | grep -vE '^(I: .*: unused-override|E: .*: alien-tag) '
}

# What the tests of the installed package consist of: debs/, and of our tree only the tests.
bundle() {
	tar -c -C "$out/first" --exclude='*dbgsym*' --transform 's,^\./,debs/,' . -C "$PWD" tests/package tests/integration/lab.py tests/integration/secrecy.py tests/fakes
}

cycle() {
	bundle | tests/integration/sandbox --network --seconds 900 --lower "$tree" bash -c "$prelude"'
		mkdir /tmp/package && tar -x -C /tmp/package --no-same-owner
		apt_get update
		apt_get install openssh-server openssh-client python3-pexpect sudo
		# what it stands on, so that a list of files before and after is about it alone
		apt_get satisfy "$(dpkg-deb -f /tmp/package/debs/libpam-sms-otp_*.deb Depends)"
		LAB=yes unshare --net /usr/bin/python3 /tmp/package/tests/package/cycle.py' >"$out/cycle.log" 2>&1
}

# The machine: the tree, what the package stands on, and a unit that runs the test on the console and turns it off.
boot() {
	bundle | tests/integration/sandbox --network --seconds 600 --lower "$tree" bash -c "$prelude"'
		exec 3>&1 >&2
		mkdir -p /usr/local/package && tar -x -C /usr/local/package --no-same-owner
		apt_get update
		apt_get satisfy "$(dpkg-deb -f /usr/local/package/debs/libpam-sms-otp_*.deb Depends)"
		cat >/etc/systemd/system/boot-test.service <<-END
			[Unit]
			After=multi-user.target ssh.service
			[Service]
			Type=exec
			Environment=LAB=yes HOME=/root LC_ALL=C.UTF-8
			ExecStart=/usr/bin/python3 /usr/local/package/tests/package/boot.py
			ExecStopPost=/usr/bin/systemctl poweroff
			StandardOutput=file:/dev/ttyS0
			StandardError=file:/dev/ttyS0
			[Install]
			WantedBy=multi-user.target
		END
		ln -s /etc/systemd/system/boot-test.service /etc/systemd/system/multi-user.target.wants/
		# a getty would hang up the console under the test
		ln -s /dev/null /etc/systemd/system/serial-getty@ttyS0.service
		echo "/dev/vda / ext4 defaults 0 1" >/etc/fstab
		echo 127.0.0.1 localhost web01 >/etc/hosts
		echo web01 >/etc/hostname
		rm -f /usr/sbin/policy-rc.d
		cd / && tar -c --one-file-system --exclude=./tmp/* --exclude=./run/* --exclude=./proc/* --exclude=./sys/* --exclude=./dev/* --exclude=./var/cache/apt/* . >&3' \
		2>"$out/boot.log" |
		tests/integration/sandbox --seconds 900 --lower "$qemu" bash -c '
			set -eu
			mkdir /tmp/root && tar -x -C /tmp/root --numeric-owner
			truncate -s 3G /tmp/disk
			mke2fs -q -t ext4 -d /tmp/root /tmp/disk

			qemu-system-x86_64 -accel tcg,thread=multi -cpu max -m 1024 -smp 2 -nographic -no-reboot -nodefaults -serial stdio -drive file=/tmp/disk,format=raw,if=virtio \
				-device virtio-rng-pci -kernel /tmp/root/boot/vmlinuz-* -initrd /tmp/root/boot/initrd.img-* \
				-append "root=/dev/vda rw console=ttyS0 loglevel=4 apparmor=1" </dev/null' >>"$out/boot.log" 2>&1 || return
	grep -q "^ok" "$out/boot.log" && ! grep -qE "^(not ok|Bail out)" "$out/boot.log" &&
		[ "$(grep -c "^ok" "$out/boot.log")" = "$(tr -d '\r' <"$out/boot.log" | sed -n 's/^1\.\.//p')" ]
}

for step in $steps; do
	case $step in
	build)
		rc=0; (build_packages) || rc=$?
		verdict $rc "it builds as an ordinary user, thrice" "$out/build.log"
		[ $rc = 0 ] || break
		rc=0; packages_are_the_same || rc=$?
		verdict $rc "two builds are the same to the byte" "$out/reproduced.log"
		;;
	lint)
		build_tree=$PWD/build/fresh/$suite-build
		rc=0; lint_packages || rc=$?
		verdict $rc "$(head -1 "$out/lint.log"), pedantic, has nothing to say" "$out/lint.log"
		;;
	cycle | boot)
		if [ "$step" = cycle ]; then
			tree=$(tests/debian-tree "$suite" "$suite")
		else
			tree=$(tests/debian-tree "$suite" "$suite-boot" minbase linux-image-cloud-amd64,systemd-sysv,udev,dbus,apparmor,openssh-server,openssh-client,openssl,python3-minimal,python3-pexpect,sudo,procps,ca-certificates)
			qemu=$(tests/debian-tree bookworm bookworm-qemu minbase qemu-system-x86,e2fsprogs,python3-minimal)
		fi
		rc=0; $step || rc=$?
		grep -E '^(ok|not ok)' "$out/$step.log" || true
		passed=$((passed + $(grep -c '^ok' "$out/$step.log" || true)))
		[ $rc = 0 ] || verdict $rc "$step" "$out/$step.log"
		;;
	*) echo "no such step: $step" >&2; exit 2 ;;
	esac
done
echo "$SECONDS s"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
