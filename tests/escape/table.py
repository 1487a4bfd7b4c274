#!/usr/bin/python3
"""Goal: the table in docs/sandbox.md says what the sandbox does: it is compared with what escape measures here. The last column, without
a sandbox, is the kernel's own affair and is not compared."""
import os
import subprocess
import sys

TOP = os.environ.get('top_srcdir') or os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
PROGRAM = os.path.join(os.environ.get('top_builddir') or '.', 'tests/escape/escape')


def rows(text):
    """Lines of the table of attempts, each without its last column."""
    start = text.find('| attempt |')
    lines = text[start:].split('\n\n')[0].splitlines() if start >= 0 else []
    return [tuple(cell.strip() for cell in line.strip('|').split('|')[:-1]) for line in lines]


with open(os.path.join(TOP, 'docs/sandbox.md'), encoding='utf-8') as f:
    written = rows(f.read())
measured = rows(subprocess.run([PROGRAM, '--table'], stdout=subprocess.PIPE, encoding='utf-8', check=True).stdout)
breaches = ['not in docs/sandbox.md: ' + ' | '.join(r) for r in measured if r not in written]
breaches += ['not as measured: ' + ' | '.join(r) for r in written if r not in measured]
if not breaches and (written != measured or len(measured) < 50):
    breaches = ['the rows are in another order, or too few']
print('1..1')
print('not ok' if breaches else 'ok', '1 - e7 the table in docs/sandbox.md is the one that is measured')
for breach in breaches:
    print('#', breach)
if breaches:
    print('# tests/escape/escape --table prints the new one')
sys.exit(1 if breaches else 0)
