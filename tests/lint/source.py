"""What the lints share: where the sources are, C without its comments and strings, its functions, and TAP."""
import os
import re
import sys
from pathlib import Path

ROOT = Path(os.environ.get('srcdir') or Path(__file__).resolve().parents[2]).resolve()
BUILD = Path.cwd()
SRC = ROOT / 'src'


def c_files(*kinds):
    """Sources under src/, as paths from there: c_files('.c', '.h')."""
    return sorted(p.relative_to(SRC) for p in SRC.rglob('*') if p.suffix in kinds)


def text(path):
    return (SRC / path).read_text(encoding='utf-8', errors='replace')


def includes(path):
    """(line number, '<' or '"', name) of each include."""
    found = []
    for n, line in enumerate(text(path).split('\n'), 1):
        m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if m:
            found.append((n, m[1], m[2]))
    return found


TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def bare(c):
    """C with comments, literals and preprocessor lines blanked; every other character stays where it is."""
    def blank(m):
        return re.sub(r'[^\n]', ' ', m[0])
    c = TOKEN.sub(blank, c)
    return re.sub(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', blank, c, flags=re.M)


class Function:
    def __init__(self, name, parameters, line, body):
        self.name, self.parameters, self.line, self.body = name, parameters, line, body
        self.lines = body.count('\n') - 1 if '\n' in body else 1  # between the braces

    def flat(self):
        """A table or one switch: no deeper than its cases, hardly a condition beside them."""
        depth = deepest = 0
        for ch in self.body:
            depth += {'{': 1, '}': -1}.get(ch, 0)
            deepest = max(deepest, depth)
        return deepest <= 2 and len(re.findall(r'\b(?:if|for|while)\b', self.body)) <= 2


def opening(c, close):
    """Where the parenthesis that ends at `close` begins."""
    depth = 0
    for i in range(close, -1, -1):
        depth += {')': 1, '(': -1}.get(c[i], 0)
        if depth == 0:
            return i
    return -1


def parameters(inside):
    if inside.strip() in ('', 'void'):
        return 0
    depth, n = 0, 1
    for ch in inside:
        depth += {'(': 1, '[': 1, ')': -1, ']': -1}.get(ch, 0)
        n += ch == ',' and depth == 0
    return n


def functions(path):
    """Every function that is defined in a file."""
    c = bare(text(path))
    found, depth, start = [], 0, None
    for i, ch in enumerate(c):
        if ch == '{':
            if depth == 0:
                start = i
            depth += 1
        elif ch == '}':
            depth -= 1
            if depth == 0 and start is not None:
                fn = function_at(c, start, i)
                if fn:
                    found.append(fn)
                start = None
    return found


def function_at(c, start, end):
    """The function whose body is c[start:end], if it is one: what stands before is NAME(PARAMETERS)."""
    close = len(c[:start].rstrip()) - 1
    while close >= 0 and c[close] == ')':
        begin = opening(c, close)
        name = re.search(r'(\w+)\s*$', c[:begin])
        if not name:
            return None
        if name[1] != '__attribute__':
            line = c.count('\n', 0, name.start()) + 1
            return Function(name[1], parameters(c[begin + 1:close]), line, c[start:end + 1])
        close = len(c[:name.start()].rstrip()) - 1
    return None


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def check(self, name, breaches):
        """One test: passes if there are no breaches; each is a line of diagnostics."""
        self.n += 1
        breaches = list(breaches)
        print(('not ok' if breaches else 'ok'), self.n, '-', name)
        for b in breaches[:40]:
            print('#', b)
        if len(breaches) > 40:
            print('# and', len(breaches) - 40, 'more')
        self.failed += bool(breaches)

    def skip(self, name, why):
        self.n += 1
        print('ok', self.n, '-', name, '# SKIP', why)

    def end(self):
        print(f'1..{self.n}')
        sys.exit(1 if self.failed else 0)
