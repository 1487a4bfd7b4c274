#!/bin/bash
# Goal: the policy in contrib/selinux compiles with Debian's selinux-policy-dev, names the paths that the programs have, and has no domain
# that is let off.
set -u
cd "${top_srcdir:-$(dirname "$0")/../..}/contrib/selinux" || exit 1
makefile=/usr/share/selinux/devel/Makefile
scratch=$(mktemp -d)
unset MAKEFLAGS MFLAGS MAKELEVEL # of the make that runs the tests: it would warn of its job server
trap 'rm -rf "$scratch"' EXIT
n=0

verdict() { # STATUS TEXT
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

echo 1..4
cp sms_otp.te sms_otp.if sms_otp.fc "$scratch/"
# a warning is as bad as an error: m4 goes on after what it did not understand
make -C "$scratch" -f "$makefile" NAME=default sms_otp.pp >"$scratch/log" 2>&1 && [ -s "$scratch/sms_otp.pp" ] &&
	! grep -qiE 'warning|m4:|error' "$scratch/log"
status=$?
[ "$status" = 0 ] || sed 's/^/# /' "$scratch/log"
verdict "$status" "it compiles"

printf '%s\n' "policy_module(site_sms_otp, 1.0)" "gen_require(\`" "	type httpd_t;" "')" "sms_otp_host(httpd_t)" >"$scratch/site_sms_otp.te"
make -C "$scratch" -f "$makefile" NAME=default site_sms_otp.pp >"$scratch/log" 2>&1 && [ -s "$scratch/site_sms_otp.pp" ]
status=$?
[ "$status" = 0 ] || sed 's/^/# /' "$scratch/log"
verdict "$status" "so does a module of a site's that adds a host"

status=0
for path in /usr/libexec/sms-otpd /usr/libexec/sms-otp-send /usr/sbin/sms-otp '/usr/share/sms-otp/providers(/.*)?' '/etc/sms-otp(/.*)?' \
	'/etc/sms-otp/providers(/.*)?' '/var/lib/sms-otp(/.*)?' '/var/lib/sms-otp/rollout(/.*)?' '/run/sms-otp(/.*)?'; do
	cut -f1 sms_otp.fc | grep -qxF -e "$path" || { echo "# $path has no label"; status=1; }
done
verdict "$status" "every place has a label"

! grep -nE '^[^#]*(permissive|unconfined_domain|corenet_unconfined|files_unconfined)' sms_otp.te sms_otp.if
verdict $? "no domain is permissive or unconfined"
