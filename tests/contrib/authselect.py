#!/usr/bin/python3
"""Goal: what stands in tests/stacks/rhel9-authselect* and is judged there is what authselect would make of contrib/authselect.

Run with --write to make these files anew."""

import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCE = os.path.join(TOP, "contrib", "authselect")
STACKS = {"rhel9-authselect": (), "rhel9-authselect-faillock": ("with-faillock", "without-nullok")}


def render(text, features):
    """authselect-profiles(5), as far as our files use it."""
    def holds(found):
        return (found.group("feature") in features) != bool(found.group("no"))

    lines = []
    for line in text.splitlines():
        line = re.sub(r'\{if (?P<no>not )?"(?P<feature>[\w-]+)":(?P<then>[^|}]*)(?:\|(?P<other>[^}]*))?\}',
                      lambda found: found.group("then") if holds(found) else found.group("other") or "", line)
        found = re.search(r'\{(?P<what>include|exclude) if (?P<no>not )?"(?P<feature>[\w-]+)"\}', line)
        if found:
            if holds(found) != (found.group("what") == "include"):
                continue
            line = line.replace(found.group(0), "")
        if "{" in line:
            raise ValueError("not understood: " + line)
        lines.append(line.rstrip())
    return "\n".join(lines) + "\n"


def main():
    cases = [(stack, name) for stack in sorted(STACKS) for name in ("password-auth", "system-auth")]
    print("1..%d" % len(cases))
    failed = 0
    for n, (stack, name) in enumerate(cases, 1):
        with open(os.path.join(SOURCE, name)) as f:
            wanted = render(f.read(), STACKS[stack])
        path = os.path.join(TOP, "tests", "stacks", stack, name)
        if "--write" in sys.argv:
            with open(path, "w") as f:
                f.write(wanted)
        with open(path) as f:
            good = f.read() == wanted
        failed += not good
        print("%s %d - %s/%s is %s as authselect makes it" % ("ok" if good else "not ok", n, stack, name, name))
    sys.exit(1 if failed else 0)


main()
