"""hardship: what an ordinary user can do to a program with root's rights before it starts (D7).

Owns: the catalogue of hostile limits, descriptors, environment, signals, timers and folders, and how each is brought about.
MUST: choose by the random numbers that it is given and by nothing else, so that a seed brings the same again.
Never: needs a right that an ordinary user has not. Runs in the child, between fork and exec.
"""

import ctypes
import os
import resource
import signal
import socket

TRAP = "/tmp/trap"
LIBC = ctypes.CDLL(None, use_errno=True)
IOPRIO_SET, PERSONALITY = 251, 135  # x86_64; elsewhere these two are left out
PR_SET_TIMERSLACK, PR_SET_THP_DISABLE, PR_SET_NO_NEW_PRIVS = 29, 41, 38
M = 1 << 20

LIMITS = [
    ("FSIZE", (0, 1, 512, 4096)), ("NOFILE", (3, 4, 5, 6, 7, 8, 10, 12, 16, 24, 40)), ("NPROC", (0, 1, 4)), ("AS", (8 * M, 24 * M, 64 * M)),
    ("DATA", (0, M, 16 * M)), ("STACK", (64 << 10, 256 << 10)), ("CPU", (0, 1, 2)), ("MEMLOCK", (0,)), ("RTTIME", (1,)),
    ("SIGPENDING", (0,)), ("MSGQUEUE", (0,)), ("CORE", (0, -1)),
]

VALUES = ("/tmp/trap", "/tmp/trap/evil.so", "../../../../tmp/trap", "1", "0", "-1", "", "%n%n%s%s", "A" * 4000, "http://127.0.0.1:9",
          "/dev/stdin", "/proc/self/fd/0", "/tmp/trap/fifo", "a;b|c`id`$(id)", "\xff\xfe", "C.UTF-8/../../tmp/trap", "=:=")
NAMES = """
    TMPDIR TMP TEMP HOME PWD OLDPWD PATH SHELL USER LOGNAME TERM TERMINFO TERMCAP COLUMNS LINES IFS ENV BASH_ENV CDPATH MAIL EDITOR VISUAL PAGER
    LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT LD_DEBUG LD_DEBUG_OUTPUT LD_PROFILE LD_PROFILE_OUTPUT LD_BIND_NOW LD_USE_LOAD_BIAS LD_ORIGIN_PATH
    GCONV_PATH GETCONF_DIR LOCPATH NLSPATH LANG LANGUAGE LC_ALL LC_MESSAGES LC_CTYPE CHARSET OUTPUT_CHARSET TEXTDOMAINDIR HOSTALIASES
    LOCALDOMAIN RES_OPTIONS RESOLV_HOST_CONF RESOLV_MULTI RESOLV_ADD_TRIM_DOMAINS NIS_PATH TZ TZDIR POSIXLY_CORRECT
    MALLOC_CHECK_ MALLOC_PERTURB_ MALLOC_TRACE MALLOC_ARENA_MAX MALLOC_TOP_PAD_ GLIBC_TUNABLES MEMUSAGE_OUTPUT SEGFAULT_SIGNALS
    OPENSSL_CONF OPENSSL_CONF_INCLUDE OPENSSL_MODULES OPENSSL_ENGINES OPENSSL_ia32cap RANDFILE SSL_CERT_FILE SSL_CERT_DIR SSLKEYLOGFILE
    CURL_CA_BUNDLE CURL_HOME CURL_SSL_BACKEND NETRC http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy REQUEST_METHOD
    XDG_CONFIG_HOME XDG_RUNTIME_DIR XDG_DATA_DIRS XDG_CACHE_HOME XAUTHORITY DISPLAY DBUS_SESSION_BUS_ADDRESS NOTIFY_SOCKET LISTEN_FDS
    LISTEN_PID LISTEN_FDNAMES JOURNAL_STREAM INVOCATION_ID WATCHDOG_USEC SYSTEMD_LOG_LEVEL SSH_AUTH_INFO_0 SSH_USER_AUTH SSH_CONNECTION
    SSH_TTY SSH_ASKPASS SUDO_ASKPASS SUDO_UID SUDO_USER SUDO_EDITOR SUDO_PROMPT PAM_TTY PAM_USER PAM_RHOST PAM_AUTHTOK PAM_SERVICE
    PAM_TYPE KRB5CCNAME KRB5_CONFIG KRB5_TRACE GSS_MECH_CONFIG LDAPCONF LDAPRC LDAPTLS_CACERT NSS_WRAPPER_PASSWD SOCKET_WRAPPER_DIR
    SMSOTP SMSOTP_SETTINGS SMSOTP_DEBUG SMS_OTP_CONF PYTHONPATH PERL5LIB GCOV_PREFIX ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS
""".split()


def syscall(number, *arguments):
    if os.uname().machine == "x86_64":
        LIBC.syscall(ctypes.c_long(number), *(ctypes.c_ulong(a) for a in arguments))


# --- each of them: chosen by (rng), brought about by (choice) --------------------------------------------------------------------

def choose_limits(rng):
    return [(name, rng.choice(values), rng.random() < 0.7) for name, values in rng.sample(LIMITS, rng.randint(1, 3))]


def limits(chosen):
    for name, value, hard in chosen:
        which = getattr(resource, "RLIMIT_" + name)
        old = resource.getrlimit(which)[1]
        if old != resource.RLIM_INFINITY and (value == -1 or value > old):
            value = old
        resource.setrlimit(which, (value, value if hard else old))


def choose_environment(rng):
    found = {name: rng.choice(VALUES) for name in rng.sample(NAMES, min(len(NAMES), rng.randint(20, len(NAMES))))}
    while len(found) < 200:
        found["HOSTILE_%d" % len(found)] = rng.choice(VALUES)
    return found


def choose_closed(rng):
    return rng.choice([[1], [1], [2], [1, 2], [1, 2], [1, 2], [0], [0, 1, 2]])


def closed(chosen):
    for fd in chosen:
        os.close(fd)


def choose_descriptors(rng):
    return [rng.choice(("folder", "fifo", "pair", "mem", "null", "socket")) for _ in range(rng.choice((3, 20, 200)))]


def descriptors(chosen):
    """Left open, without O_CLOEXEC, for whoever comes after."""
    for kind in chosen:
        if kind == "pair":
            fds = [s.detach() for s in socket.socketpair()]
        elif kind == "socket":
            s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            s.connect_ex("/run/sms-otp/socket")
            fds = [s.detach()]
        else:
            path = {"folder": TRAP, "fifo": TRAP + "/fifo", "mem": "/proc/self/mem", "null": "/dev/null"}[kind]
            fds = [os.open(path, (os.O_RDWR if kind != "folder" else os.O_RDONLY) | os.O_NONBLOCK)]
        for fd in fds:
            os.set_inheritable(fd, True)


def choose_signals(rng):
    every = [s for s in range(1, 65) if s not in (9, 19, 32, 33)]
    some = rng.sample(every, rng.randint(1, 12)) + [signal.SIGCHLD, signal.SIGPIPE, signal.SIGALRM, signal.SIGXFSZ]
    return rng.choice((every, some, [])), rng.choice((every, some, []))


def signals(chosen):
    ignored, blocked = chosen
    for s in ignored:
        signal.signal(s, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def choose_timers(rng):
    return [(which, rng.uniform(0.02, 1.0), rng.choice((0, 0.05))) for which in
            rng.sample([signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF], rng.randint(1, 3))]


def timers(chosen):
    for which, first, again in chosen:
        signal.setitimer(which, first, again)


def choose_schedule(rng):
    return rng.sample(["nice", "idle", "batch", "ioprio", "one-cpu", "slack", "oom", "personality", "thp"], rng.randint(1, 5))


def schedule(chosen):
    """The engine for one login is a child of the host: what of this it keeps, it waits with locks in its hands."""
    for what in chosen:
        if what == "nice":
            os.nice(19)
        elif what == "idle":
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        elif what == "batch":
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        elif what == "ioprio":
            syscall(IOPRIO_SET, 1, 0, 3 << 13)
        elif what == "one-cpu":
            os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
        elif what == "slack":
            LIBC.prctl(PR_SET_TIMERSLACK, ctypes.c_ulong(4 * 10**9), 0, 0, 0)
        elif what == "thp":
            LIBC.prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)
        elif what == "personality":
            syscall(PERSONALITY, 0x0020000 | 0x8000000 | 0x4000000)  # UNAME26, ADDR_LIMIT_3GB, STICKY_TIMEOUTS
        elif what == "oom":
            with open("/proc/self/oom_score_adj", "w") as f:
                f.write("1000")


def choose_folder(rng):
    return rng.choice(("deleted", "forbidden", TRAP, "/proc/self/fd", "/dev/shm", "/"))


def folder(chosen):
    if not chosen.startswith("/"):
        path = "%s/cwd-%d" % (TRAP, os.getpid())
        os.mkdir(path)
        os.chdir(path)
        os.rmdir(path) if chosen == "deleted" else os.chmod(path, 0)
    else:
        os.chdir(chosen)


def choose_umask(rng):
    return rng.choice((0, 0, 0o777))


def choose_privileges(rng):
    return rng.choice(("no-new-privs", "traced"))


def privileges(chosen):
    """Each makes a setuid program an ordinary one; that must not be worth anything either."""
    if chosen == "no-new-privs":
        LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    else:
        LIBC.ptrace(0, 0, 0, 0)


# name, how likely, choose, bring about (None: by who starts the program); limits come last, or the rest would fail
CATALOGUE = [
    ("umask", 0.5, choose_umask, os.umask), ("folder", 0.5, choose_folder, folder), ("environment", 0.6, choose_environment, None),
    ("schedule", 0.5, choose_schedule, schedule), ("descriptors", 0.3, choose_descriptors, descriptors), ("signals", 0.4, choose_signals, signals),
    ("timers", 0.15, choose_timers, timers), ("closed", 0.25, choose_closed, closed), ("privileges", 0.03, choose_privileges, privileges),
    ("limits", 0.5, choose_limits, limits),
]


def choose(rng):
    """{name: choice}."""
    return {name: how(rng) for name, likely, how, _ in CATALOGUE if rng.random() < likely}


def bear(chosen):
    """In the child. What cannot be brought about here is left out."""
    for name, _, _, apply in CATALOGUE:
        if name in chosen and apply:
            try:
                apply(chosen[name])
            except (OSError, ValueError):
                pass


def words(chosen):
    """For a person: the environment is 200 variables, and a descriptor one of many."""
    short = {"environment": lambda e: len(e), "descriptors": lambda d: len(d), "signals": lambda s: [len(s[0]), len(s[1])]}
    return {name: short.get(name, lambda c: c)(choice) for name, choice in chosen.items()}
