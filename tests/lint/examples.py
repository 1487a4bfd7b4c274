#!/usr/bin/python3
"""Goal: each file of pam.d-examples says the risk of each line that decides, is installed, is judged by `check`, and is run by a test with the
real program that asks it."""
import re
import sys

sys.dont_write_bytecode = True
from source import ROOT, Tap

EXAMPLES = sorted(p for p in (ROOT / 'pam.d-examples').iterdir() if not p.name.startswith('.'))
TESTS = {p.name: p.read_text() for p in (ROOT / 'tests/integration').glob('test_*.py')}
# a line with one of these lets in, refuses, or leads past another one
DECIDE = ('pam_unix.so', 'pam_sms_otp.so', 'pam_exec.so', 'pam_permit.so', 'pam_rootok.so')
# what must be there at least
WANTED = ('sshd', 'sshd-publickey', 'sshd-publickey-or-password', 'sshd-decoy', 'sudo', 'su', 'login', 'passwd', 'gdm-password', 'lightdm',
          'cockpit', 'polkit-1', 'dovecot', 'openvpn')
NOT_RUN = {'gdm-password': 'GDM needs logind'}


def steps(p):
    """(number, the line, the comment above it) for each line of auth, and those of password that are ours."""
    comment = []
    for n, line in enumerate(p.read_text().split('\n'), 1):
        if line.startswith('#'):
            comment.append(line)
            continue
        if line and (re.match(r'-?auth\s', line) or 'pam_sms_otp.so' in line):
            yield n, line, ' '.join(comment)
        comment = []


def risk_breaches(p):
    ours = 0
    for n, line, comment in steps(p):
        ours += 'pam_sms_otp.so' in line
        if any(name in line for name in DECIDE) and 'Risk' not in comment:
            yield f'pam.d-examples/{p.name}:{n}: no comment above says the risk of this line: {line}'
    if not ours:
        yield f'pam.d-examples/{p.name}: none of its lines is ours'


def run_breaches(p):
    said = re.compile(rf'["\'/]{re.escape(p.name)}["\']')
    run = [name for name, text in TESTS.items() if said.search(text)]
    if p.name in NOT_RUN:
        if 'Not run by our tests' not in p.read_text():
            yield f'pam.d-examples/{p.name}: does not say that nobody runs it'
    elif not run:
        yield f'pam.d-examples/{p.name}: no test in tests/integration names it'


def main():
    tap = Tap()
    names = [p.name for p in EXAMPLES]
    tap.check('the examples that must be there are there', [f'pam.d-examples/{name} is missing' for name in WANTED if name not in names])
    tap.check('each line that decides has its risk in the comment above it', (b for p in EXAMPLES for b in risk_breaches(p)))
    makefile = (ROOT / 'Makefile.am').read_text()
    tap.check('each is installed', [f'pam.d-examples/{name}: not in Makefile.am' for name in names if f'pam.d-examples/{name}' not in makefile])
    judged = (ROOT / 'tests/unit/test_pam_judge.c').read_text()
    tap.check('each is judged as check does', [f'pam.d-examples/{name}: not in tests/unit/test_pam_judge.c' for name in names
                                               if f'"{name}"' not in judged])
    tap.check('each is run by a test', (b for p in EXAMPLES for b in run_breaches(p)))
    tap.end()


main()
