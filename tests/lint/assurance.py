#!/usr/bin/python3
"""docs/assurance.md and tests/assurance agree: each planted defect still applies to src/, names tests that exist, and stands in the page's table with
the test that notices it; and the page has a row for each step of tests/assurance/run. Whether the tests notice them, tests/assurance/run planted
tries."""
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from source import ROOT, Tap

FOLDER = ROOT / 'tests' / 'assurance' / 'planted'
PAGE = (ROOT / 'docs' / 'assurance.md').read_text()
# | 01-name | what is wrong | tests/unit/test_x: a_test_in_it |
ROW = re.compile(r'^\| (\d\d-[a-z0-9-]+) \| ([^|]+) \| (tests/[\w/.]+)(?:: (\w+))? \|$', re.M)


def source_of(test):
    """The text of a test, or None."""
    for path in (ROOT / test, ROOT / (test + '.c')):
        if path.is_file():
            return path.read_text()
    return None


def head(patch):
    lines = patch.read_text().split('\n')
    tests = lines[1][len('Tests: '):].split() if lines[1].startswith('Tests: ') else []
    return lines[0], tests


def apply_breaches(patches):
    for patch in patches:
        done = subprocess.run(['patch', '--dry-run', '-s', '-f', '-p1', '-d', str(ROOT), '-i', str(patch)], capture_output=True, text=True)
        if done.returncode:
            yield f'{patch.name} does not apply any more: {done.stdout.strip()[:200]}'
        if not re.search(r'^\+\+\+ b/src/', patch.read_text(), re.M):
            yield f'{patch.name} changes nothing in src/'


def head_breaches(patches):
    for patch in patches:
        defect, tests = head(patch)
        if len(defect) < 20 or not tests:
            yield f'{patch.name}: the first line says what is wrong, the second "Tests: " and which notice it'
        for test in tests:
            if source_of(test) is None:
                yield f'{patch.name}: there is no {test}'


def table_breaches(patches):
    rows = {name: (defect, test, place) for name, defect, test, place in ROW.findall(PAGE)}
    for patch in patches:
        defect, tests = head(patch)
        if patch.stem not in rows:
            yield f'{patch.stem} is not in the table'
            continue
        said, test, place = rows.pop(patch.stem)
        if said != defect:
            yield f'{patch.stem}: the page says "{said}", the patch "{defect}"'
        if test not in tests:
            yield f'{patch.stem}: {test} is not among its tests'
        elif place and place not in source_of(test):
            yield f'{patch.stem}: {test} has no {place}'
    for name in rows:
        yield f'{name} is in the table, and there is no such patch'


def step_breaches():
    for step in re.findall(r'^#   - ([a-z-]+):', (ROOT / 'tests' / 'assurance' / 'run').read_text(), re.M):
        if f'`tests/assurance/run {step}`' not in PAGE:
            yield f'the page does not say what tests/assurance/run {step} showed'


def main():
    tap = Tap()
    patches = sorted(FOLDER.glob('*.patch'))
    tap.check('there are ten planted defects or more', [] if len(patches) >= 10 else [f'{len(patches)}'])
    tap.check('each still applies, to src/', apply_breaches(patches))
    tap.check('each says what is wrong and which tests notice it', head_breaches(patches))
    tap.check('docs/assurance.md has each, with the test that noticed it', table_breaches(patches))
    tap.check('docs/assurance.md has every step of tests/assurance/run', step_breaches())
    tap.end()


main()
