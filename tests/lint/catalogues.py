#!/usr/bin/python3
"""Goal: every text that a person can be told is translated into every language: no catalogue misses one, has one that is not said
any more, an unsure (fuzzy) one, or one with other conversions, fields, commands or plural rules than the code expects."""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from source import ROOT, SRC, Tap, text

PO = ROOT / 'po'
KEYWORDS = ['--keyword=', '--keyword=language_text', '--keyword=language_plural:1,2', '--keyword=LANGUAGE_MARK']

# What has words for people beside the log and the administrator.
SPOKEN = {'core/message.c', 'core/message_enrol.c', 'core/message_list.c', 'core/message_offline.c', 'core/message_refusal.c', 'core/notice.c',
          'core/offline.c', 'core/sms.c', 'core/sms.h'}


def run(*argv):
    done = subprocess.run(argv, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def languages():
    """As the treaty has them; the first is what the code says."""
    found = re.search(r'#define TALK_LANGUAGES (.*)', text('wire/talk.h'))
    return re.findall(r'"(\w+)"', found[1]) if found else []


def plural_rules():
    """{language: the rule that core/language.c goes by}."""
    rules = {'PLURAL_NOT_ONE': 'n != 1', 'PLURAL_ABOVE_ONE': 'n > 1'}
    return {name: rules[rule] for name, rule in re.findall(r'\{ "(\w+)", (PLURAL_\w+) \}', text('core/language.c'))}


def messages(po_text):
    """{msgid: (msgid_plural or '', [translations])}, obsolete ones as '~...'."""
    found, field, entry = {}, None, {}

    def close():
        if 'msgid' in entry:
            forms = [entry[k] for k in sorted(entry) if k.startswith('msgstr')]
            found[entry['msgid']] = (entry.get('msgid_plural', ''), forms)
        entry.clear()

    for line in po_text.splitlines():
        m = re.match(r'(msgid|msgid_plural|msgstr(?:\[\d\])?) (".*")$', line)
        if m:
            if m[1] == 'msgid':
                close()
            field = m[1]
            entry[field] = ''
            line = m[2]
        if line.startswith('"') and field:
            entry[field] += line[1:-1].replace('\\"', '"').replace('\\n', '\n').replace('\\\\', '\\')
    close()
    return found


def template():
    sources = sorted(str(p.relative_to(SRC)) for p in SRC.glob('*/*.[ch]'))
    rc, out, err = run('xgettext', '-o', '-', '--from-code=UTF-8', '--no-location', '--no-wrap', '-D', str(SRC), *KEYWORDS, *sources)
    return out if rc == 0 else ''


def known_breaches(names):
    """The list of languages, the Makefile and the folder agree."""
    makefile = re.search(r'^languages = (.*)', text('../Makefile.am'), re.M)
    if not makefile or makefile[1].split() != names:
        yield f'Makefile.am: languages is not {" ".join(names)}'
    if sorted(p.stem for p in PO.glob('*.po')) != sorted(names):
        yield f'po: has not just {" ".join(names)}'


def file_breaches(name, pot):
    path = PO / f'{name}.po'
    if not path.is_file():
        yield f'po/{name}.po: is not there'
        return
    rc, _, err = run('msgfmt', '--check-format', '--check-domain', '-o', '/dev/null', str(path))
    if rc or 'warning' in err:
        yield from (line.replace(str(ROOT) + '/', '') for line in err.splitlines())
    content = path.read_text()
    for n, line in enumerate(content.splitlines(), 1):
        if line.startswith('#~'):
            yield f'po/{name}.po:{n}: obsolete: {line}'
        if line.startswith('#,') and 'fuzzy' in line:
            yield f'po/{name}.po:{n}: fuzzy'
    if f'nplurals=2; plural=({plural_rules().get(name)});' not in content:
        yield f'po/{name}.po: Plural-Forms is not what core/language.c goes by'
    ours, wanted = messages(content), messages(pot)
    yield from (f'po/{name}.po: misses {m!r}' for m in wanted if m not in ours)
    yield from (f'po/{name}.po: nobody says {m!r}' for m in ours if m not in wanted)
    for m in ours.keys() & wanted.keys() - {''}:
        yield from (f'po/{name}.po: {m!r}: {b}' for b in translation_breaches(m, wanted[m][0], ours[m][1]))


def fields(s):
    return sorted(re.findall(r'\{\w+\}', s))


def conversions(s):
    return re.findall(r'%[^a-zA-Z%]*[a-zA-Z]+', s)


def commands(s):
    return sorted(re.findall(r'(?<!\S)[rvb](?=\s)', s))


def translation_breaches(original, plural, forms):
    if len(forms) != (2 if plural else 1):
        yield f'{len(forms)} forms'
    for t in forms:
        if not t:
            yield 'not translated'
        if conversions(t) != conversions(original):
            yield f'other conversions: {t!r}'
        if fields(t) != fields(original):
            yield f'other fields: {t!r}'
        if commands(t) != commands(original):
            yield f'other commands: {t!r}'
        if t[-1:].isspace() != original[-1:].isspace() or t[:1].isspace() != original[:1].isspace():
            yield f'other blanks at its ends: {t!r}'
        if any(ord(c) < 0x20 or 0x7f <= ord(c) <= 0xa0 for c in t):
            yield f'a character that is not shown: {t!r}'


def unmarked_breaches():
    """A sentence in the rooms that speak to people, outside a call that translates it."""
    for name in sorted(SPOKEN):
        code = re.sub(r'/\*.*?\*/', '', text(name), flags=re.S)
        code = re.sub(r'fault_set\([^;]*;|step_note\([^;]*;|snprintf\(note[^;]*;|#include[^\n]*', '', code)
        code = re.sub(r'(language_text|language_plural|LANGUAGE_MARK)\s*\((?:[^()"]|"(?:[^"\\]|\\.)*")*\)', '', code)
        for s in re.findall(r'"((?:[^"\\]|\\.)*)"', code):
            if re.search(r'[A-Za-z]{3,} [a-z]{2,}', s) and '{' not in s:
                yield f'src/{name}: "{s}" is not given to a catalogue'


def proof(pot):
    """The checks see what they are for: a catalogue with one fault of each kind."""
    good = (PO / 'de.po').read_text()
    faults = {
        'misses': good.replace('msgid "Code: "', 'msgid "Codes: "'),
        'nobody says': good + '\nmsgid "gone"\nmsgstr "fort"\n',
        'obsolete': good + '\n#~ msgid "gone"\n#~ msgstr "fort"\n',
        'fuzzy': good.replace('msgid "Code: "', '#, fuzzy\nmsgid "Code: "'),
        'not translated': good.replace('msgstr "App-Code"', 'msgstr ""', 1),
        'conversions': good.replace('(%u Ziffern)', '(%s Ziffern)'),
        'other fields': good.replace('(Benutzer {user}', '(Benutzer'),
        'other commands': good.replace('msgstr "r für neue', 'msgstr "n für neue', 1),
    }
    for what, content in faults.items():
        if content == good:
            yield f'the fault "{what}" could not be made'
            continue
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / 'de.po').write_text(content)
            found = list(breaches_in(Path(folder), 'de', pot))
        if not any(what in b for b in found):
            yield f'"{what}" is not seen, only {found}'


def breaches_in(folder, name, pot):
    global PO
    before, PO = PO, folder
    try:
        yield from file_breaches(name, pot)
    finally:
        PO = before


def main():
    tap, names, pot = Tap(), languages(), template()
    tap.check('the texts were found', [] if len(messages(pot)) > 60 else [f'xgettext finds {len(messages(pot))}; is it installed?'])
    tap.check('English, German, French, Spanish and Portuguese are there',
              [f'no {n}' for n in ('en', 'de', 'fr', 'es', 'pt') if n not in names])
    tap.check('treaty, Makefile and po/ have the same languages', known_breaches(names[1:]))
    for name in names[1:]:
        tap.check(f'{name} has every text, well formed, and no other', file_breaches(name, pot))
    tap.check('what is told to people is given to a catalogue', unmarked_breaches())
    tap.check('a fault of each kind is seen', proof(pot))
    tap.end()


main()
