#!/usr/bin/env python3
"""Goal: what tests/coverage/argued and tests/mutation/equal argue still stands: each line names a line of a room and a reason, and a mutant named is
one that tests/mutation/run makes of that room."""

import importlib.machinery
import importlib.util
import os
import sys

sys.dont_write_bytecode = True
TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')


def read(path):
    with open(os.path.join(TOP, path), encoding='utf-8') as f:
        return f.read()


def program(path):
    """A script without .py, as a module."""
    loader = importlib.machinery.SourceFileLoader('program', os.path.join(TOP, path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('program', loader))
    loader.exec_module(module)
    return module


def entries(path):
    """(line number, room's path, what is argued, why) of each line that is no comment."""
    for number, line in enumerate(read(path).splitlines(), 1):
        if line.strip() and not line.startswith('#'):
            what, _, why = line.partition(' ## ')
            room, _, text = what.partition(': ')
            yield number, room, text.strip(), why.strip()


def faults(path, stands):
    """stands(room, text): is it there?"""
    seen = set()
    for number, room, text, why in entries(path):
        if not os.path.exists(os.path.join(TOP, room)):
            yield f'{path}:{number}: there is no {room}'
        elif not stands(room, text):
            yield f'{path}:{number}: not in {room} any more: {text}'
        elif len(why.split()) < 4:
            yield f'{path}:{number}: no reason is given'
        elif (room, text) in seen:
            yield f'{path}:{number}: is there twice'
        seen.add((room, text))


def line_stands(room, text):
    return text in {line.strip() for line in read(room).splitlines()}


def mutant_stands():
    """One room's mutants are made once."""
    run, made = program('tests/mutation/run'), {}

    def stands(room, text):
        if room not in made:
            source = read(room)
            made[room] = {run.describe(room, source, m)[1] for m in run.mutations(source)}
        return f'{room}: {text}' in made[room]

    return stands


def main():
    bad = 0
    checks = (('each branch that is argued stands', faults('tests/coverage/argued', line_stands)),
              ('each mutant that is argued is made', faults('tests/mutation/equal', mutant_stands())))
    for n, (name, found) in enumerate(checks, 1):
        found = list(found)
        print(f'{"not ok" if found else "ok"} {n} - {name}')
        for fault in found:
            print(f'# {fault}')
        bad += len(found)
    print(f'1..{len(checks)}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
