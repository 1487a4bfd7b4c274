#!/usr/bin/python3
"""Goal: the built module is a guest that leaves the host's process alone (D14): it needs libpam and libc only, exports its
three PAM functions only, has no writable data of ours, and imports nothing that changes or reads the process."""
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from source import BUILD, Tap

MODULE = BUILD / os.environ.get('SMSOTP_MODULE', '.libs/pam_sms_otp.so')
NEEDED = {'libpam.so.0', 'libc.so.6'}
EXPORTS = {'pam_sm_authenticate', 'pam_sm_chauthtok', 'pam_sm_setcred'}

# fork would run the host's atfork handlers, wait* could reap its children, stdio and the rest speak for themselves.
BANNED = set('''
setlocale uselocale umask chdir fchdir signal sigaction sigprocmask pthread_sigmask openlog closelog syslog exit _exit _Exit
quick_exit abort getenv secure_getenv setenv putenv unsetenv clearenv atexit on_exit pthread_create pthread_atfork fork vfork
wait wait3 wait4 setsid setuid seteuid setreuid setresuid setgid setegid setregid setresgid setgroups prctl setrlimit
fopen fdopen printf puts putchar perror fwrite stdout stderr environ __environ system popen dlopen
srand rand srandom random strerror strtok localtime gmtime getpwnam getpwuid getgrnam gethostbyname getaddrinfo
unlink rename mkdir chmod chown fchmod fchown ftruncate mkstemp creat
'''.split())

# The compiler's and linker's own.
TOOLCHAIN = re.compile(r'_?completed(\.\d+)?|__dso_handle|__TMC_END__|_DYNAMIC|_GLOBAL_OFFSET_TABLE_|__bss_start|_edata|_end'
                       r'|__frame_dummy_init_array_entry|__do_global_dtors_aux_fini_array_entry')


def run(*argv):
    return subprocess.run(argv, capture_output=True, text=True, check=True, env={**os.environ, 'LC_ALL': 'C'}).stdout


def needed():
    return set(re.findall(r'\(NEEDED\)\s+Shared library: \[(.*?)\]', run('readelf', '-dW', str(MODULE))))


def symbols():
    """(name, type letter) of everything in the full table, so that static variables are seen."""
    for line in run('nm', '-P', str(MODULE)).splitlines():
        name, kind = line.split()[:2]
        yield name.split('@')[0], kind


def dynamic(which):
    return {line.split()[0].split('@')[0] for line in run('nm', '-D', '-P', which, str(MODULE)).splitlines()}


def writable_data():
    """.bss, .data and their small kin; a common symbol as well. .data.rel.ro is read-only once loaded."""
    relro = relro_range()
    for line in run('nm', '-P', str(MODULE)).splitlines():
        name, kind, *at = line.split()
        if kind not in 'bBdDgGsSC' or TOOLCHAIN.fullmatch(name):
            continue
        if at and relro[0] <= int(at[0], 16) < relro[1]:
            continue
        yield f'{name} is writable ({kind})'


def relro_range():
    m = re.search(r'GNU_RELRO\s+0x\w+\s+(0x\w+)\s+0x\w+\s+0x\w+\s+(0x\w+)', run('readelf', '-lW', str(MODULE)))
    begin, size = (int(m[1], 16), int(m[2], 16)) if m else (0, 0)
    return begin, begin + size


def main():
    tap = Tap()
    if not MODULE.is_file():
        tap.check('the module is built', [f'{MODULE} is missing'])
        tap.end()
    table = list(symbols())
    sanitized = any(name.startswith(('__asan_', '__ubsan_')) for name, _ in table)
    imports = {name.removeprefix('__isoc99_').removeprefix('__isoc23_') for name in dynamic('-u')}
    # what FORTIFY puts in a function's place: __printf_chk
    imports |= {m[1] for name in imports if (m := re.fullmatch(r'__(\w+)_chk', name))}
    flags = run('readelf', '-dW', str(MODULE))

    tap.check('d14: exports pam_sm_authenticate, pam_sm_chauthtok and pam_sm_setcred only', sorted(dynamic('--defined-only') ^ EXPORTS))
    tap.check('d14: imports nothing that changes or reads the process', sorted(imports & BANNED))
    if sanitized:
        for name in ('needs libpam and libc only', 'd14: no writable data of ours', 'full RELRO'):
            tap.skip(name, 'built with sanitizers, which bring their own')
    else:
        tap.check('needs libpam and libc only', sorted(needed() ^ NEEDED))
        tap.check('d14: no writable data of ours', writable_data())
        tap.check('full RELRO', [] if 'BIND_NOW' in flags or re.search(r'FLAGS_1.*NOW', flags) else ['lazy binding'])
    tap.check('the full symbol table was read', [] if len(table) > 20 else [f'{len(table)} symbols: stripped?'])
    tap.end()


main()
