#!/usr/bin/python3
"""Goal: what the README and docs/ tell people to look at or to type is there: pages and headings that are linked, files, man pages, and the
commands of sms-otp with their options. What the commands do, tests/integration/test_readme.py and test_recipes.py try."""
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from source import BUILD, ROOT, Tap

PAGES = [ROOT / name for name in ('README.md', 'CONTRIBUTING.md', 'DESIGN.md')] + sorted((ROOT / 'docs').glob('*.md'))
# what is made, and not there in a fresh checkout
MADE = ('build', 'configure')
# words that stand where a command does, in a sentence or for one
NO_COMMAND = {'as', 'NAME', 'COMMAND', 'and'}


def anchor(heading):
    """As GitHub makes it of a heading."""
    return re.sub(r'[^\w\- ]', '', heading.replace('`', '').strip().lower()).replace(' ', '-')


def link_breaches(page):
    for text, target in re.findall(r'\[([^\]]*)\]\(([^)\s]+)\)', page.read_text()):
        if '://' in target:
            continue
        name, _, place = target.partition('#')
        path = (page.parent / name) if name else page
        if not path.exists():
            yield f'{page.name}: [{text}] leads to {target}, which is not there'
        elif place and place not in {anchor(h) for h in re.findall(r'^#+ (.+)$', path.read_text(), re.M)}:
            yield f'{page.name}: [{text}] leads to the heading {place}, which {path.name} has not'


def file_breaches(page):
    text = page.read_text()
    folders = r'(?<![\w/.-])((?:pam\.d-examples|tests|docs|man|providers|examples|bench|src|fail2ban|systemd)/[\w./-]*\w)'
    # not those with a pattern in them
    found = [m[1] for m in re.finditer(folders, text) if text[m.end():m.end() + 1] not in '*{']
    found += re.findall(r'(?<=[`( ])\./(\w+)\b', text)
    for name in sorted(set(found)):
        if name.split('/')[0] in MADE or re.search(r'ROOM|NAME|SERVICE', name):
            continue
        if not (ROOT / name).exists() and not list(ROOT.glob(name + '.*')):
            yield f'{page.name}: {name} is not there'


def manual_breaches(page):
    ours = {p.name for p in (ROOT / 'man').glob('*.[0-9]')}
    text = page.read_text()
    for name, section in set(re.findall(r'\b((?:pam_sms_otp|sms-otp[\w.-]*))\((\d)\)', text)):
        if f'{name}.{section}' not in ours:
            yield f'{page.name}: {name}({section}) is not there'
    for name in set(re.findall(r'`man ([\w.-]+)`', text)):
        if not any(p.rpartition('.')[0] == name for p in ours):
            yield f'{page.name}: man {name} is not there'


def typed(page):
    """What stands as code: between backticks, or in an indented or fenced block."""
    text = page.read_text()
    for found in re.findall(r'`([^`\n]+)`', re.sub(r'```.*?```', '', text, flags=re.S)):
        yield found
    for line in re.findall(r'^(?: {4,})(\S.*)$', text, re.M):
        yield line


def command_breaches(page, commands, manual):
    for line in typed(page):
        for command, rest in re.findall(r'(?:^|[ "|(]|sbin/)sms-otp ((?!-)[\w-]+)([^#|`"]*)', line):
            if command in NO_COMMAND:
                continue
            if command not in commands:
                yield f'{page.name}: sms-otp has no command {command}: {line.strip()}'
            for option in re.findall(r' --([a-z][a-z-]+)', rest):
                if not re.search(rf'Fl Fl {option}\b(?!-)', manual):
                    yield f'{page.name}: sms-otp has no option --{option}: {line.strip()}'


def main():
    tap = Tap()
    shown = subprocess.run([str(BUILD / 'sms-otp'), '--help'], capture_output=True, text=True).stdout
    commands = set(re.findall(r'^  (?:sms-otp )?([a-z][a-z-]+)(?= |$)', shown, re.M))
    manual = (ROOT / 'man' / 'sms-otp.8').read_text()
    tap.check('there are pages and commands', [] if len(PAGES) > 7 and len(commands) > 15 else [f'{len(PAGES)} pages, {len(commands)} commands'])
    tap.check('every link leads to a page and a heading', (b for p in PAGES for b in link_breaches(p)))
    tap.check('every file that is named is there', (b for p in PAGES for b in file_breaches(p)))
    tap.check('every man page that is named is there', (b for p in PAGES for b in manual_breaches(p)))
    tap.check('every command of sms-otp that is shown is one, and so are its options',
              (b for p in PAGES for b in command_breaches(p, commands, manual)))
    tap.check('the README is a front page', [] if len((ROOT / 'README.md').read_text().split('\n')) < 140 else ['it has grown: details go to docs/'])
    tap.end()


main()
