#!/bin/bash
# fresh.sh SUITE [COMMAND]: what somebody on a new Debian machine sees. SUITE is bookworm or trixie.
#
# Makes a minimal Debian (mmdebstrap --variant=minbase) once in build/fresh/SUITE, lays a clean copy of this checkout into it, and runs
# COMMAND (./try --auto && ./test) in a sandbox over it that keeps the network for apt. MIRROR names the archive.
set -eu
cd "$(dirname "$(dirname "$(readlink -f "$0")")")"
suite=${1:?usage: tests/fresh.sh bookworm|trixie [COMMAND]}
command=${2-"time ./try --auto && time ./try --auto && time ./test"}
root=$PWD/build/fresh/$suite
[ "$(id -u)" = 0 ] || { echo "fresh.sh needs root" >&2; exit 1; }

# the tree is the lower half of a running sandbox: one run at a time
mkdir -p build/fresh
exec 9>"build/fresh/$suite.lock"
flock -n 9 || { echo "another fresh.sh $suite is running" >&2; exit 1; }

tests/debian-tree "$suite" "$suite" >/dev/null
rm -rf "$root/root/pam_sms_otp"
mkdir "$root/root/pam_sms_otp"
# what is tracked and what is new, but nothing that a build left behind
git ls-files -z --cached --others --exclude-standard | tar -c --null -T - | tar -x -C "$root/root/pam_sms_otp"
tests/integration/sandbox --network --seconds 3600 --lower "$root" bash -c "cd /root/pam_sms_otp && $command"
