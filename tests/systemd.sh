#!/bin/bash
# systemd.sh [SUITE]: the units under a real systemd: socket, hardened service, the way back of a rollout, and a reboot. By hand; needs root.
#
# Makes a Debian with systemd once in build/systemd/SUITE (300 MB, a minute), and boots it in namespaces of its own (mount, process, network,
# host name, ipc, cgroup; cgroup2 must be mounted somewhere) on a copy-on-write view, with what build/gcc has installed laid over it. It ends by
# SIGKILL, and leaves build/systemd/log. SUITE is bookworm (as the machine) or trixie; the build must fit it. MIRROR names the archive.
set -eu -o pipefail
me=$(readlink -f "$0")
top=$(dirname "$(dirname "$me")")

# --- process 1 of the namespaces, until systemd is -----------------------------------------------------------------------

if [ "${1-}" = --boot ]; then
	lower=$2 work=$3 r=$3/root
	mount --make-rprivate /
	mkdir -p "$work"/{up,work,root}
	mount -t overlay overlay -o "lowerdir=$lower,upperdir=$work/up,workdir=$work/work" "$r"
	mount -t proc proc "$r/proc"
	mount -t sysfs -o ro sysfs "$r/sys"
	mount -t cgroup2 cgroup2 "$r/sys/fs/cgroup"
	mount -t tmpfs -o mode=755 tmpfs "$r/dev"
	for node in null zero full random urandom tty; do
		: >"$r/dev/$node"
		mount --bind "/dev/$node" "$r/dev/$node"
	done
	mkdir "$r/dev/pts" "$r/dev/shm"
	mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$r/dev/pts"
	mount -t tmpfs -o mode=1777 tmpfs "$r/dev/shm"
	ln -s pts/ptmx "$r/dev/ptmx"
	ln -s /proc/self/fd "$r/dev/fd"
	ln -s fd/0 "$r/dev/stdin"; ln -s fd/1 "$r/dev/stdout"; ln -s fd/2 "$r/dev/stderr"
	mount -t tmpfs -o mode=755 tmpfs "$r/run"
	# the kernel goes on over a reboot of ours: its name of the boot must not
	cat /proc/sys/kernel/random/uuid >"$r/run/boot_id"
	mount --bind "$r/run/boot_id" "$r/proc/sys/kernel/random/boot_id"
	mkdir "$r/run/checkout"
	mount --bind "$top" "$r/run/checkout"
	echo web01 >"$r/etc/hostname"
	printf '127.0.0.1 localhost web01\n::1 localhost\n' >"$r/etc/hosts"
	cd "$r"
	mkdir -p run/old
	pivot_root . run/old
	umount -l /run/old
	rmdir /run/old
	exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system
fi

# --- outside ----------------------------------------------------------------------------------------------------------------

suite=${1:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
[ "$(id -u)" = 0 ] || { echo "systemd.sh needs root" >&2; exit 1; }
cd "$top"
lower=$top/build/systemd/$suite work=$top/build/systemd/work log=$top/build/systemd/log
mkdir -p build/systemd
exec 9>build/systemd/lock
flock -n 9 || { echo "another systemd.sh is running" >&2; exit 1; }

if [ ! -e "$lower.made" ]; then
	command -v mmdebstrap >/dev/null || apt-get install -y --no-install-recommends mmdebstrap
	rm -rf --one-file-system "$lower"
	packages=$(tr -s ' \n\t' , <<-END
		systemd systemd-sysv dbus libpam-systemd openssh-server openssh-client sudo login procps iproute2 python3-minimal python3-pexpect openssl
		libconfig-dev libcurl4-openssl-dev libjansson-dev liboath-dev libpam0g-dev libqrencode-dev libseccomp-dev libssl-dev libaudit-dev
	END
	)
	packages=${packages#,}
	mmdebstrap --quiet --variant=minbase --include="${packages%,}" "$suite" "$lower" ${MIRROR:+"$MIRROR"}
	touch "$lower.made"
fi
# units are no part of what the stamp stands for
rm -f build/gcc/stage.stamp
tests/build-tree gcc all stage.stamp -- --enable-werror CC=gcc
stage=$top/build/gcc/stage

for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/unified; do
	if [ "$(stat -fc %T "$hierarchy" 2>/dev/null)" = cgroup2fs ]; then cgroup=$hierarchy/sms-otp-$$; fi
done
[ -n "${cgroup-}" ] || { echo "no cgroup2 is mounted at /sys/fs/cgroup" >&2; exit 1; }

# its own tree of processes: killed, and with it all in it
outer=
die_with_it() {
	[ -z "$outer" ] || kill -KILL "$outer" 2>/dev/null || true
	for _ in $(seq 100); do [ -s "$cgroup/cgroup.procs" ] || break; sleep 0.1; done
	find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true
	rm -rf --one-file-system "$work"
}
trap die_with_it EXIT

inside() { nsenter -t "$inner" --all "$@" 9>&-; }

boot() {
	mkdir -p "$cgroup"
	sh -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' sh "$cgroup" \
		unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child "$me" --boot "$lower" "$work" \
		>>"$log" 2>&1 </dev/null 9>&- &
	outer=$!
	disown
	for _ in $(seq 300); do
		inner=$(pgrep -P "$outer" || true)
		if [ -n "$inner" ] && inside systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'; then return; fi
		kill -0 "$outer" 2>/dev/null || break
		sleep 0.1
	done
	tail -n 30 "$log"
	echo "systemd did not come up; build/systemd/log has the rest" >&2
	exit 1
}

passed=0 failed=0
tests() { # NAME...: those of test_systemd.py
	inside env -i LAB=yes HOME=/root TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
		/usr/bin/python3 /run/checkout/tests/integration/test_systemd.py "$@" >"$log.part" 2>&1 </dev/null || true
	cat "$log.part" >>"$log"
	grep -E '^(ok|not ok|Bail out)' "$log.part" || true
	passed=$((passed + $(grep -c '^ok ' "$log.part" || true)))
	if ! grep -q '^1\.\.' "$log.part" || grep -qE '^(not ok|Bail out)' "$log.part"; then
		failed=$((failed + 1))
		grep -B 25 '^not ok' "$log.part" || tail -n 30 "$log.part"
	fi
}

rm -rf --one-file-system "$work"
mkdir "$work"
: >"$log"
boot
tar -C "$stage" -c . | inside tar -C / -x --no-overwrite-dir --keep-directory-symlink --same-owner
tests before_
inside systemctl reboot >>"$log" 2>&1 || true
for _ in $(seq 300); do kill -0 "$outer" 2>/dev/null || break; sleep 0.1; done
! kill -0 "$outer" 2>/dev/null || { echo "it does not go down" >&2; exit 1; }
boot
tests after_
echo "$SECONDS s"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
