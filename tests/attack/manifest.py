"""manifest: what every file of the sandbox is that was ever touched, so that what is touched between two looks can be named.

Owns: the walk, and what is compared: kind, mode, owner, links, size, times, target, and the bytes of what is not large.
MUST: see each change of a file's contents or metadata. Of the machine's own files the overlay keeps a copy as soon as one is written to,
      its owner or mode changed, or it is removed, so its upper folder is a list of them; the time of a change cannot be set back.
Never: follows a link.
"""

import hashlib
import os
import stat

import lab

UPPER = "/run/upper"
# what lies in memory, and beside it, where there is no overlay, what can be written to
FOLDERS = ("/tmp", "/run", "/dev")
MORE = ("/etc", "/home", "/root", "/var", "/usr/sbin", "/usr/libexec")
READ_MAX = 1 << 20
SKIP = ("/run/upper", "/dev/pts", lab.TOP)


def digest(path, status):
    if not stat.S_ISREG(status.st_mode) or status.st_size > READ_MAX:
        return None
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def entry(path):
    s = os.lstat(path)
    if stat.S_ISDIR(s.st_mode):
        # whose entries come and go is seen by the entries
        return ("folder", s.st_mode, s.st_uid, s.st_gid)
    target = os.readlink(path) if stat.S_ISLNK(s.st_mode) else None
    if stat.S_ISCHR(s.st_mode) or stat.S_ISBLK(s.st_mode):
        return ("device", s.st_mode, s.st_uid, s.st_gid, s.st_rdev)
    return ("file", s.st_mode, s.st_uid, s.st_gid, s.st_nlink, s.st_size, s.st_mtime_ns, s.st_ctime_ns, target, digest(path, s))


def walk(root, shown):
    """(path as the programs see it, what it is) below root, which they see as shown."""
    for top, folders, names in os.walk(root):
        folders[:] = [name for name in folders if os.path.join(top, name) not in SKIP]
        for name in folders + names:
            path = os.path.join(top, name)
            try:
                yield shown + path[len(root):], entry(path)
            except FileNotFoundError:
                pass


def take():
    """{path: what it is}."""
    found = {}
    # _ is the overlay over /, _usr that over /usr
    layers = [name for name in os.listdir(UPPER)] if os.path.isdir(UPPER) else []
    for name in layers:
        found.update(walk(os.path.join(UPPER, name, "up"), name.replace("_", "/").rstrip("/")))
    for folder in FOLDERS + (() if layers else MORE):
        found.update(walk(folder, folder))
    # the overlay copies a folder, as it is, for what is made in it
    for top in (one.path for one in os.scandir("/") if one.is_dir(follow_symlinks=False) and one.path not in ("/proc", "/sys")):
        found.update((one.path, entry(one.path)) for one in os.scandir(top) if one.is_dir(follow_symlinks=False))
        found[top] = entry(top)
    return found


def touched(before, after, may):
    """What differs, but for what may(path, entry or None) lets pass: [(path, before, after)]."""
    return [(path, before.get(path), after.get(path)) for path in sorted(before.keys() | after.keys())
            if before.get(path) != after.get(path) and not may(path, after.get(path))]
