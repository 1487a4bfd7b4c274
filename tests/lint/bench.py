#!/usr/bin/python3
"""Goal: the bench, which ./test does not run, still reads and builds: its scripts parse, each part that bench/run names is there, and its programs compile
with the flags that bench/run gives them, without a warning. And whatever lies in bench/ is in the tarball."""
import importlib.machinery
import importlib.util
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from source import BUILD, ROOT, Tap

BENCH = ROOT / 'bench'


def scripts():
    yield from sorted(BENCH.glob('*.py'))
    yield from (BENCH / 'run', BENCH / 'decoy')


def run():
    """bench/run as a module: it does nothing until main() is called."""
    loader = importlib.machinery.SourceFileLoader('bench_run', str(BENCH / 'run'))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('bench_run', loader))
    loader.exec_module(module)
    return module


def parse_breaches():
    for path in scripts():
        try:
            compile(path.read_text(encoding='utf-8'), str(path), 'exec')
        except SyntaxError as error:
            yield f'bench/{path.name}: {error}'


def part_breaches(bench):
    for part, name in bench.PARTS.items():
        path = BENCH / (name + '.py')
        if not path.exists() or not path.read_text().startswith(f'"""Part {part}: '):
            yield f'bench/run: part {part} is not {path.name}'
    for path in (BENCH / 'programs').glob('*.c'):
        if path.stem not in bench.PROGRAMS:
            yield f'bench/run builds no {path.stem}'


def program_breaches(bench):
    compilers = [(name, subprocess.Popen([os.environ.get('CC', 'gcc').split()[-1], *bench.FLAGS, *special, '-S', '-o', '/dev/null', '-I', str(ROOT / 'src'), '-I', str(BUILD),
                                          str(BENCH / 'programs' / (name + '.c'))], stdout=subprocess.PIPE, stderr=subprocess.STDOUT))
                 for name, (special, _, _) in bench.PROGRAMS.items()]
    for name, compiler in compilers:
        said, _ = compiler.communicate()
        if compiler.returncode:
            yield f'bench/programs/{name}.c: {said.decode()[:600]}'


def tarball_breaches():
    listed = set(re.findall(r'bench/[\w./]*\w', (ROOT / 'Makefile.am').read_text()))
    for path in [*BENCH.glob('*'), *BENCH.glob('programs/*')]:
        name = str(path.relative_to(ROOT))
        if path.is_file() and name not in listed:
            yield f'{name} is not in EXTRA_DIST'


def main():
    tap = Tap()
    tap.check('the scripts parse', parse_breaches())
    bench = run()
    tap.check('the parts and programs that bench/run names are those that are there', part_breaches(bench))
    tap.check('the programs compile without a warning', program_breaches(bench))
    tap.check('all of it is in the tarball', tarball_breaches())
    tap.end()


main()
