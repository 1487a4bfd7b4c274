#!/usr/bin/env python3
"""docs/threat-model.md names every promise, and tests that exist and speak of it; and README and docs/stronger.md say what SMS cannot do (G6)."""

import os
import re
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
PROMISES = [f'{letter}{n}' for letter, last in zip('ABCDEFG', (9, 7, 7, 16, 9, 6, 6)) for n in range(1, last + 1)]


def read(path):
    with open(os.path.join(TOP, path), encoding='utf-8') as f:
        return f.read()


def speaks_of(path, promise):
    """By a test's name (a3_..., or with another before it), or in words."""
    return re.search(rf'(?<![a-z0-9]){promise.lower()}_|(?<![A-Za-z0-9]){promise}(?![0-9A-Za-z])', read(path)) is not None


def faults_of_table(text):
    rows = dict(re.findall(r'^\| ([A-G]\d+) \| [^|]+ \| ([^|]+) \|$', text, re.M))
    for promise in PROMISES:
        if promise not in rows:
            yield f'{promise} is not in the table'
            continue
        for path in rows[promise].split(', '):
            if not os.path.exists(os.path.join(TOP, path)):
                yield f'{promise}: there is no {path}'
            elif not speaks_of(path, promise):
                yield f'{promise}: {path} does not speak of it'
    for promise in rows.keys() - set(PROMISES):
        yield f'{promise} is no promise'


def faults_of_text(text):
    for path in set(re.findall(r'\b(?:tests|docs|bench)/[A-Za-z0-9_/.-]*[A-Za-z0-9]', text)):
        if not os.path.exists(os.path.join(TOP, path)):
            yield f'there is no {path}'
    for promise in re.findall(r'[(, ]([A-G]\d{1,2})[),;: ]', text):
        if promise not in PROMISES:
            yield f'{promise} is no promise'


def faults_of_plain_words():
    for path in ('README.md', 'docs/stronger.md', 'man/pam_sms_otp.8'):
        for word in (r'SIM[ -]swap', r'phish', r'restricted'):
            if not re.search(word, read(path), re.I):
                yield f'{path} does not speak of "{word}"'


def main():
    text = read('docs/threat-model.md')
    bad = 0
    checks = (('every promise has its tests', faults_of_table(text)), ('what is named is there', faults_of_text(text)),
              ('G6: it is said plainly what SMS cannot do', faults_of_plain_words()))
    for n, (name, faults) in enumerate(checks, 1):
        faults = list(faults)
        print(f'{"not ok" if faults else "ok"} {n} - {name}')
        for fault in faults:
            print('#', fault)
        bad += bool(faults)
    print(f'1..{len(checks)}')
    return 1 if bad else 0


sys.exit(main())
