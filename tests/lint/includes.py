#!/usr/bin/python3
"""Goal: the folders of src/ stay places (DESIGN.md section 3): who may include whom, which room owns which library, no
circles, every room behind its own header and exporting only its own name."""
import fnmatch
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from source import BUILD, SRC, Tap, c_files, includes

TABLE = {
    'base': {'base'},
    'wire': {'base', 'wire'},
    'core': {'base', 'wire', 'core'},
    'module': {'base', 'wire', 'module'},
    'engine': {'base', 'wire', 'core', 'engine'},
    'sender': {'base', 'wire', 'sender'},
    'cli': {'base', 'wire', 'core', 'cli'},
    'judge': {'base', 'wire', 'core'},
}

# Headers of libraries and of powers: the only rooms that may include them.
OWNERS = {
    'openssl/*': ['base/random.c', 'base/digest.c', 'sender/heap.c'],
    'libconfig.h': ['core/settings*', 'core/directory_file.c', 'core/enrolment.c', 'sender/provider*', 'sender/tree.c'],
    'security/*': ['module/*'],
    'curl/*': ['sender/http.c', 'sender/smtp.c', 'sender/percent.c', 'sender/trust.c', 'sender/trust.h', 'sender/line.c', 'sender/line.h'],
    'liboath/*': ['core/totp.c'],
    'qrencode.h': ['cli/picture.c'],
    'jansson.h': ['sender/request*', 'sender/answer*', 'sender/body.c', 'sender/document.c'],
    'seccomp.h': ['sender/sandbox*'],
    'linux/landlock.h': ['sender/sandbox*'],
    'linux/seccomp.h': ['sender/sandbox*'],
    'systemd/*': ['engine/*'],
    'libaudit.h': ['engine/linux_audit.c'],
    'getopt.h': ['cli/*'],
    'syslog.h': ['engine/*', 'cli/*', 'module/*'],
}

# C, POSIX, Linux and glibc. Whatever is in neither list is a new dependency: say who owns it.
LIBC = set('''
arpa/inet.h assert.h ctype.h dirent.h endian.h errno.h fcntl.h fnmatch.h ftw.h glob.h grp.h ifaddrs.h inttypes.h limits.h
net/if.h netdb.h netinet/in.h netinet/tcp.h nss.h poll.h pwd.h regex.h sched.h signal.h spawn.h stdarg.h stdbool.h stddef.h
stdint.h stdio.h stdlib.h string.h strings.h termios.h time.h unistd.h wchar.h
sys/auxv.h sys/epoll.h sys/file.h sys/inotify.h sys/ioctl.h sys/mman.h sys/mount.h sys/param.h sys/pidfd.h sys/prctl.h
sys/random.h sys/resource.h sys/sendfile.h sys/signalfd.h sys/socket.h sys/stat.h sys/statfs.h sys/statvfs.h sys/syscall.h
sys/sysmacros.h sys/time.h sys/timerfd.h sys/types.h sys/uio.h sys/un.h sys/utsname.h sys/vfs.h sys/wait.h sys/xattr.h
linux/capability.h linux/close_range.h linux/fs.h linux/magic.h linux/openat2.h linux/sched.h
'''.split())

# What has no header of its own stem, and what has no .c file.
HEADERS_OF = {'core/directory_file.c': 'core/directory.h'}
HEADERLESS = {'module/pam_sms_otp.c'}
CONSTANTS_ONLY = {'base/places.h'}
NO_NOUNS = {'util', 'utils', 'common', 'misc', 'support', 'helper', 'helpers'}


def is_main(path):
    return path.name == 'main.c' or str(path) in HEADERLESS


def header_of(path):
    return HEADERS_OF.get(str(path), str(path.with_suffix('.h')))


def folder_breaches(files):
    for p in files:
        for n, kind, name in includes(p):
            to = name.split('/')[0]
            if kind == '"' and to in TABLE and to not in TABLE[p.parts[0]]:
                yield f'src/{p}:{n}: {p.parts[0]} may not include {to} ({name})'


def unknown_folders(files):
    for p in files:
        if len(p.parts) != 2 or p.parts[0] not in TABLE:
            yield f'src/{p}: not in a folder of the table'


def qualified_breaches(files):
    for p in files:
        for n, kind, name in includes(p):
            if kind == '"' and not (re.fullmatch(r'\w+/\w+\.h', name) and (SRC / name).is_file()):
                yield f'src/{p}:{n}: "{name}" is not a path of a header from src/'
            if kind == '<' and (SRC / name).is_file():
                yield f'src/{p}:{n}: <{name}> is ours: write it in quotes'


def owner_breaches(files):
    for p in files:
        for n, kind, name in includes(p):
            if kind != '<' or name in LIBC:
                continue
            owned = [rooms for pattern, rooms in OWNERS.items() if fnmatch.fnmatch(name, pattern)]
            if not owned:
                yield f'src/{p}:{n}: <{name}> has no owner: a new dependency?'
            elif not any(fnmatch.fnmatch(str(p), room) for room in owned[0]):
                yield f'src/{p}:{n}: <{name}> belongs to {", ".join(owned[0])}'


def own_header_breaches(files):
    for p in files:
        if p.suffix != '.c' or is_main(p):
            continue
        want, found = header_of(p), includes(p)
        if not (SRC / want).is_file():
            yield f'src/{p}: has no header src/{want}'
        elif not found or found[0][1:] != ('"', want):
            yield f'src/{p}: does not include "{want}" first'


def orphans(files):
    taken = {header_of(p) for p in files if p.suffix == '.c'} | CONSTANTS_ONLY
    return (f'src/{p}: no .c file keeps this contract' for p in files if p.suffix == '.h' and str(p) not in taken)


def nameless(files):
    return (f'src/{p}: a room has one noun' for p in files if p.stem in NO_NOUNS)


def circle(graph):
    """The first circle in {node: {nodes}}, as a list that ends where it began; [] if there is none."""
    done, path = set(), []

    def walk(node):
        if node in path:
            return path[path.index(node):] + [node]
        if node in done:
            return []
        path.append(node)
        for to in sorted(graph.get(node, ())):
            found = walk(to)
            if found:
                return found
        path.pop()
        done.add(node)
        return []

    for node in sorted(graph):
        found = walk(node)
        if found:
            return found
    return []


def header_graph(files):
    return {str(p): {name for _, kind, name in includes(p) if kind == '"'} for p in files if p.suffix == '.h'}


def room_graph(files):
    graph = {}
    for p in files:
        room = header_of(p)[:-2] if p.suffix == '.c' else str(p)[:-2]
        graph.setdefault(room, set()).update(name[:-2] for _, kind, name in includes(p) if kind == '"')
        graph[room].discard(room)
    return graph


def as_breach(found):
    return [' -> '.join(found)] if found else []


def objects(files):
    """(source, object) of what is built here. An object may be made for an archive, a program or the module."""
    for p in files:
        if p.suffix != '.c':
            continue
        here = BUILD / 'src' / p.parent
        names = {f'{p.stem}.o'} | {q.name for q in here.glob(f'*-{p.stem}.o')}
        for o in [here / n for n in names] + [here / '.libs' / f'{p.stem}.o']:
            if o.is_file():
                yield p, o


def may_export(source, symbol):
    if source.name == 'main.c':
        return symbol == 'main'
    if str(source) in HEADERLESS:
        return symbol in ('pam_sm_authenticate', 'pam_sm_chauthtok', 'pam_sm_setcred')
    stem = header_of(source).split('/')[1][:-2]
    return symbol == stem or symbol.startswith(stem + '_')


def export_breaches(built):
    for source, o in built:
        nm = subprocess.run(['nm', '-g', '--defined-only', '-P', str(o)], capture_output=True, text=True, check=True)
        for line in nm.stdout.splitlines():
            symbol = line.split()[0]
            if not symbol.startswith(('__odr_asan', '__asan', '__ubsan')) and not may_export(source, symbol):
                yield f'src/{source}: exports {symbol}'


def main():
    files, tap = c_files('.c', '.h'), Tap()
    tap.check('there are sources', [] if files else [f'none under {SRC}'])
    tap.check('every file is in a folder of the table', unknown_folders(files))
    tap.check('a folder includes only what the table allows', folder_breaches(files))
    tap.check('a foreign header is included by its owners only', owner_breaches(files))
    tap.check('includes are path-qualified from src/', qualified_breaches(files))
    tap.check('every room includes its own header first', own_header_breaches(files))
    tap.check('every header has its room', orphans(files))
    tap.check('no room is called util, common, misc, support or helper', nameless(files))
    tap.check('no circle among headers', as_breach(circle(header_graph(files))))
    tap.check('no circle among rooms', as_breach(circle(room_graph(files))))
    built = list(objects(files))
    if built:
        tap.check('foo.c exports only foo_*', export_breaches(built))
    else:
        tap.skip('foo.c exports only foo_*', 'nothing is built here')
    tap.end()


main()
