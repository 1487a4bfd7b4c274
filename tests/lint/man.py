#!/usr/bin/python3
"""Goal: the man pages are well formed and agree with the code: every setting with its default and bounds, every command and
option, every module argument, every reason with its PAM code, every field of the audit line."""
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from source import BUILD, ROOT, Tap, text

MAN = ROOT / 'man'

# Macros that stand inside a line of mdoc; what is left of a line without them is what a reader reads.
INLINE = set('Ar Bq Bo Bc Brq Cm Dq Do Dc Dv Em Ev Fl Ic Li No Ns Op Pa Po Pc Pq Ql Qq Sq So Sc Sy Sx Xr Nm Ta Va Vt'.split())


def run(*argv):
    """What a program says; nothing if it is not there. Only that there is something is tested, so that nothing passes silently."""
    try:
        return subprocess.run(argv, capture_output=True, text=True).stdout
    except FileNotFoundError:
        return ''


def page(name):
    path = MAN / name
    return path.read_text() if path.is_file() else ''


def words(line):
    line = line[1:] if line.startswith('.') else line
    line = re.sub(r'\\&|\\fB|\\fI|\\fR|\\fP', '', line).replace(r'\-', '-').replace(r'\(dq', '"').replace(r'\e', '\\')
    return [w for w in line.replace('"', ' ').split() if w not in INLINE]


class Item:
    """One .It with the text under it, and the items and headings that it stands in."""
    def __init__(self, tag, around):
        self.tag, self.around, self.text = tag, around, []

    def reads(self):
        return ' '.join(self.tag + self.text)


def items(name):
    """Every item of a page; the text of an item includes that of the items within."""
    found, stack, heading, closed = [], [], [], []
    for line in page(name).split('\n'):
        macro = line[1:3] if line.startswith('.') else ''
        if macro in ('Sh', 'Ss'):
            heading, stack, closed = words(line)[1:], [], []
        elif macro == 'Bl':
            stack.append(None)
        elif macro == 'El' and stack:
            stack.pop()
        elif macro == 'It' and stack:
            around = heading + [w for i in stack[:-1] if i for w in i.tag]
            stack[-1] = Item(words(line)[1:], around)
            found.append(stack[-1])
        if macro not in ('Sh', 'Ss', 'Bl', 'El', '\\"'):
            for i in stack:
                if i:
                    i.text += words(line)[1 if macro == 'It' else 0:]
    return found


def tagged(name, word):
    return [i for i in items(name) if word in i.tag]


# --- the pages themselves

def lint_breaches(pages):
    for p in pages:
        if not run('mandoc', '-Tascii', str(p)):
            yield f'man/{p.name}: mandoc shows nothing; is it installed?'
        for line in run('mandoc', '-Tlint', '-Wall', str(p)).splitlines():
            if not any(re.search(known, line) for known, _ in LINT_KNOWN):
                yield line.replace(str(ROOT) + '/', '')


# What mandoc says of a page that is right, and why it may.
LINT_KNOWN = (
    (r'STYLE: input text line longer than 80 bytes', 'a line of the source is a thought, as mdoc(7) wants it; what is shown is filled anew'),
    (r'STYLE: referenced manual not found', 'about what is installed on this machine; our own pages are looked for by reference_breaches'),
    (r'outdated mandoc\.db', 'the same'),
)

# The sections that a page must have beside NAME, DESCRIPTION, FILES, EXAMPLES and SEE ALSO, by its part of the manual.
SECTIONS = {'8': ('SYNOPSIS', 'DIAGNOSTICS'), '5': ()}
# What a section says elsewhere in a page, under a name that says more.
INSTEAD = {
    'pam_sms_otp.8': {'EXIT STATUS': 'RETURN CODES'},
    'sms-otp-send.8': {'DIAGNOSTICS': 'DESCRIPTION'},  # its receipts
}


def section_breaches(pages):
    for p in pages:
        there = set(re.findall(r'^\.Sh (.+)$', p.read_text(), re.M))
        wanted = ('NAME', 'DESCRIPTION', 'FILES', 'EXAMPLES', 'SEE ALSO') + SECTIONS[p.suffix[1:]]
        for name in wanted + (('EXIT STATUS',) if p.suffix == '.8' else ()):
            if INSTEAD.get(p.name, {}).get(name, name) not in there:
                yield f'man/{p.name}: has no section {name}'


def see_also(p):
    listed = p.read_text().partition('.Sh SEE ALSO\n')[2].partition('\n.Sh ')[0]
    return {f'{name}.{section}' for name, section in re.findall(r'^\.Xr (\S+) (\d)', listed, re.M)}


def way_back_breaches(pages):
    """Who names one of ours anywhere lists it at the end; and who is listed lists back."""
    ours = {p.name: p for p in pages}
    for p in pages:
        named = {f'{name}.{section}' for name, section in re.findall(r'^\.Xr (\S+) (\d)', p.read_text(), re.M)} & ours.keys() - {p.name}
        for name in sorted(named - see_also(p)):
            yield f'man/{p.name}: names {name} and does not list it under SEE ALSO'
        for name in sorted(see_also(p) & ours.keys()):
            if p.name not in see_also(ours[name]):
                yield f'man/{name}: does not list {p.name} under SEE ALSO, which lists it'


def reference_breaches(pages):
    ours = {p.name for p in pages}
    for p in pages:
        for name, section in re.findall(r'^\.Xr (\S*sms[-_]otp\S*) (\d)', p.read_text(), re.M):
            if f'{name}.{section}' not in ours:
                yield f'man/{p.name}: refers to {name}({section}), which is not there'


def installed_breaches(pages):
    makefile = text('../Makefile.am')
    return (f'man/{p.name}: is not installed (dist_man_MANS)' for p in pages if f'man/{p.name}' not in makefile)


# --- settings

def settings():
    return [line.split('\t') for line in run(str(BUILD / 'tests/lint/settings_keys')).splitlines()]


def numbers(s):
    return set(re.findall(r'(?<![\w.])\d+[smhd]?(?:/\d+[smhd])?(?![\w])', s))


def says(item, type_, fallback, bounds):
    """What is missing in one item."""
    read = ' '.join(re.sub(r'[()\[\],;."]|\\', ' ', item.reads()).split())
    plain = ' '.join(re.sub(r'[()\[\],;."]|\\', ' ', fallback).split())
    missing = [] if re.search(rf'(?<!\w){re.escape(plain)}(?!\w)', read) else [f'default {fallback}']
    missing += [f'bound {n}' for n in sorted(numbers(bounds) - numbers(read))]
    if type_ == 'word':
        missing += [f'word {w}' for w in re.findall(r'[a-z_]{3,}', bounds) if w not in read]
    return missing


def key_breaches(keys):
    all_items = items('sms-otp.conf.5')
    for path, type_, fallback, bounds in keys:
        last, parents = path.split('.')[-1], path.split('.')[:-1]
        found = [i for i in all_items if path in i.tag or
                 (last in i.tag and all(p in i.around for p in parents if p.islower()))]
        if not found:
            yield f'man/sms-otp.conf.5: has no item for {path}'
            continue
        missing = min((says(i, type_, fallback, bounds) for i in found), key=len)
        if missing:
            yield f'man/sms-otp.conf.5: {path}: does not say: {", ".join(missing)}'


# --- programs

def help_of(program):
    return run(str(BUILD / program), '--help')


def command_breaches(shown):
    commands = re.findall(r'^  (?:sms-otp )?([a-z][a-z-]+)(?= |$)', shown, re.M)
    if len(commands) < 5:
        yield 'sms-otp --help lists no commands'
    for c in commands:
        if not tagged('sms-otp.8', c):
            yield f'man/sms-otp.8: has no item for the command {c}'


def option_breaches(shown, name):
    options = set(re.findall(r'(?<![\w-])--([a-z][a-z-]+)', shown))
    if not options:
        yield f'{name}: --help lists no options'
    for o in sorted(options):
        # .Fl -name and .Fl Fl name are both in use for --name
        if not re.search(rf'Fl (?:Fl |(?:\\)?-){o}\b(?!-)', page(name)):
            yield f'man/{name}: does not mention --{o}'


def module_breaches():
    code = text('module/arguments.c')
    idle = re.search(r'without_effect\[\] = \{(.*?)\}', code, re.S)
    taken = re.findall(r'text_starts\(arg, "(\w+)="\)', code) + re.findall(r'strcmp\(arg, "(\w+)"\) == 0', code)
    taken += re.findall(r'"(\w+)"', idle[1]) if idle else []
    if len(taken) < 8:
        yield f'src/module/arguments.c: found only {taken}'
    for a in taken:
        if not any(w.split('=')[0] == a for i in items('pam_sms_otp.8') for w in i.tag):
            yield f'man/pam_sms_otp.8: has no item for the argument {a}'


# --- the audit line

def reasons():
    """{name: PAM code} by the engine's words and the module's table."""
    words_of = dict(re.findall(r'\[(TALK_REASON_\w+)\] = "([a-z-]+)"', text('core/verdict.c')))
    code_of, waiting = {}, []
    for m in re.finditer(r'case (TALK_REASON_\w+):|return (PAM_\w+);', text('module/result.c')):
        waiting += [m[1]] if m[1] else []
        if m[2]:
            code_of.update((r, m[2]) for r in waiting)
            waiting = []
    # as result_code has it, for the two that are not refusals
    code_of.update(TALK_REASON_ACCEPTED='PAM_SUCCESS', TALK_REASON_EXEMPT='PAM_IGNORE')
    known = {word: code_of.get(reason, 'PAM_SYSTEM_ERR') for reason, word in words_of.items()}
    # the log's own word for one kind of exemption
    known.update((word, 'PAM_IGNORE') for word in re.findall(r'return "(observe)";', text('core/verdict.c')))
    return known


def reason_breaches():
    known = reasons()
    if len(known) < 20:
        yield f'src/core/verdict.c: found only {len(known)} reasons'
    written = {i.tag[0]: i for i in items('sms-otpd.8') if i.around == ['REASONS'] and i.tag}
    for word, code in known.items():
        if word not in written:
            yield f'man/sms-otpd.8: has no item for the reason {word}'
        elif code not in written[word].tag:
            yield f'man/sms-otpd.8: the reason {word} becomes {code}'
    for word in written.keys() - known.keys():
        yield f'man/sms-otpd.8: there is no reason {word}'


def field_breaches():
    code = text('engine/audit.c')
    line = code[code.index('void audit_line'):]
    fields = []
    for call in re.findall(r'(add_\w+|text_add)\(&line(.*?)\);', line, re.S):
        if call[0] == 'add_uid':
            fields.append('uid')
        elif call[0] == 'add_fault':
            fields.append('fault')
        elif call[0] == 'add_would':
            fields += re.findall(r'(\w+)=%', code[code.index('void add_would'):code.index('void add_fault')])
        elif call[0] == 'add_rule':
            fields.append('rule')
        elif call[0] == 'add_word':
            fields += re.findall(r'"(\w+)"', call[1])
        else:
            fields += re.findall(r'(\w+)=%', call[1])
    written = [i.tag[0] for i in items('sms-otpd.8') if i.around == ['THE', 'LOG'] and len(i.tag) == 1]
    if len(fields) < 10:
        yield f'src/engine/audit.c: found only {fields}'
    if fields != written:
        yield f'man/sms-otpd.8 has {written}'
        yield f'src/engine/audit.c has {fields}'
    example = re.search(r'^login verdict=(?:.*\n)*?\.Ed', page('sms-otpd.8'), re.M)
    shown = re.findall(r'(\w+)=', example[0]) if example else []
    if shown != [f for f in fields if f not in ('fault', 'pause', 'would', 'would_reason')]:
        yield f'man/sms-otpd.8: its example has {shown}'


def main():
    tap, pages = Tap(), sorted(MAN.glob('*.[0-9]'))
    tap.check('there are man pages', [] if len(pages) >= 7 else [f'only {[p.name for p in pages]}'])
    tap.check('mandoc -W all has nothing to say but what is known', lint_breaches(pages))
    tap.check('pages refer to pages that are there', reference_breaches(pages))
    tap.check('pages have the sections that they must have', section_breaches(pages))
    tap.check('pages that name another list it, and it lists them', way_back_breaches(pages))
    tap.check('every page is installed', installed_breaches(pages))
    keys = settings()
    tap.check('the table of settings was read', [] if len(keys) > 15 else [f'tests/lint/settings_keys: {len(keys)} keys'])
    tap.check('every setting is described with its default and bounds', key_breaches(keys))
    tap.check('every command is described', command_breaches(help_of('sms-otp')))
    tap.check('every option of sms-otp is described', option_breaches(help_of('sms-otp'), 'sms-otp.8'))
    for name in ('sms-otpd', 'sms-otp-send'):
        tap.check(f'every option of {name} is described', option_breaches(help_of(name), f'{name}.8'))
    tap.check('every module argument is described', module_breaches())
    tap.check('every reason is described with its PAM code', reason_breaches())
    tap.check('the fields of the audit line are described in their order', field_breaches())
    tap.end()


main()
