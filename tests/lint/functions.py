#!/usr/bin/python3
"""Goal: functions and files stay of a size that one can read (STYLE.md), and call nothing that the house has banned."""
import re
import statistics
import sys

sys.dont_write_bytecode = True
from source import Tap, bare, c_files, functions, text

FUNCTION_MAX, FUNCTION_FLAT, MEDIAN_MAX, PARAMETERS_MAX, FILE_MAX, COLUMNS_MAX = 50, 70, 20, 5, 400, 100

# Nowhere.
BANNED = '''strcpy strcat sprintf vsprintf gets alloca system popen atoi atol atoll atof rand srand random srandom drand48 strtok
tmpnam tempnam mktemp bcopy bzero vfork longjmp setjmp'''.split()

# Only the CLI prints, and only a main or the CLI ends the process.
PRINTING = '''printf vprintf fprintf vfprintf dprintf vdprintf puts fputs putchar fputc putc perror psignal fopen fdopen freopen
fwrite exit'''.split()

# In what the shim links, as the host's process is not ours (D14). The built module is judged by shim.py as well.
IN_HOST = '''setlocale umask chdir fchdir signal sigaction sigprocmask openlog syslog exit _exit abort getenv secure_getenv setenv
putenv unsetenv clearenv atexit on_exit pthread_create fork waitid wait wait3 wait4 setsid daemon fchmod chown unlink mkdir
rename creat strerror localtime gmtime getpwnam getpwuid'''.split()


def shim_rooms():
    """The module's folder and the rooms of base and wire that Makefile.am links into it."""
    makefile = (text('../Makefile.am') + '\n').replace('\\\n', ' ')
    listed = re.search(r'^pam_sms_otp_la_SOURCES\s*=(.*)$', makefile, re.M)
    return set(re.findall(r'src/(\w+/\w+\.[ch])', listed[1])) if listed else set()


def calls(path, names):
    """(line, name) of each call of a banned function; a member or a longer name is another one."""
    pattern = re.compile(r'(?<![\w.>])(' + '|'.join(names) + r')\s*\(')
    for n, line in enumerate(bare(text(path)).split('\n'), 1):
        for m in pattern.finditer(line):
            yield n, m[1]


def call_breaches(files):
    shim = shim_rooms()
    for p in files:
        names = list(BANNED)
        if p.parts[0] not in ('cli', 'judge'):
            names += PRINTING
        # base/spawn acts in the child that it made, by raw system calls
        if str(p) in shim and str(p) != 'base/spawn.c':
            names += IN_HOST
        for n, name in calls(p, names):
            yield f'src/{p}:{n}: calls {name}()'


def main():
    files, tap = c_files('.c'), Tap()
    every = [(p, fn) for p in files for fn in functions(p)]
    where = [(f'src/{p}:{fn.line}: {fn.name}', fn) for p, fn in every]
    sizes = sorted(fn.lines for _, fn in every) or [0]
    long = [(at, fn) for at, fn in where if fn.lines > FUNCTION_MAX]

    tap.check('functions were found', [] if len(every) > len(files) else [f'{len(every)} in {len(files)} files'])
    tap.check(f'no function is over {FUNCTION_FLAT} lines but a flat table or switch',
              (f'{at} has {fn.lines} lines' for at, fn in long if fn.lines > FUNCTION_FLAT and not fn.flat()))
    tap.check(f'95 % of the functions have at most {FUNCTION_MAX} lines',
              [f'{at} has {fn.lines} lines' for at, fn in long] if len(long) * 20 > len(every) else [])
    median = statistics.median(sizes)
    tap.check(f'the median is at most {MEDIAN_MAX} lines', [f'it is {median}'] if median > MEDIAN_MAX else [])
    tap.check(f'no function has more than {PARAMETERS_MAX} parameters',
              (f'{at} has {fn.parameters}' for at, fn in where if fn.parameters > PARAMETERS_MAX))
    lines = {p: text(p).count('\n') for p in files}
    tap.check(f'no .c file is over {FILE_MAX} lines', (f'src/{p} has {n}' for p, n in lines.items() if n > FILE_MAX))
    tap.check(f'no line is over {COLUMNS_MAX} columns',
              (f'src/{p}:{n}: {len(line.expandtabs(8))} columns' for p in c_files('.c', '.h')
               for n, line in enumerate(text(p).split('\n'), 1) if len(line.expandtabs(8)) > COLUMNS_MAX))
    tap.check('shim rooms were found', [] if len(shim_rooms()) > 8 else ['Makefile.am: pam_sms_otp_la_SOURCES'])
    tap.check('no banned call', call_breaches(files))
    print(f'# {len(every)} functions in {len(files)} files; lines: median {median}, 95 % {sizes[len(sizes) * 95 // 100]}, '
          f'longest {sizes[-1]}')
    tap.end()


main()
