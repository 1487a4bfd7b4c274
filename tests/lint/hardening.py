#!/usr/bin/python3
"""Goal: every program and the module are built as hard as the compiler can: position independent, all relocations done and read-only
before main, no executable stack, stack protector and fortified calls in use."""
import os
import subprocess
import sys

FILES = ["sms-otpd", "sms-otp-send", "sms-otp", ".libs/pam_sms_otp.so"]


def readelf(option, path):
    return subprocess.run(["readelf", "-W", option, path], check=True, capture_output=True, text=True).stdout


def real(path):
    """libtool may have put a script in the place of a program."""
    inner = os.path.join(os.path.dirname(path), ".libs", os.path.basename(path))
    return inner if os.path.exists(inner) else path


def faults(path):
    header, segments, dynamic, symbols = (readelf(o, path) for o in ("-h", "-l", "-d", "-s"))
    stack = [line for line in segments.splitlines() if "GNU_STACK" in line]
    sanitized = "__asan_init" in symbols
    checks = {
        "position independent": "DYN" in header,
        "read-only relocations": "GNU_RELRO" in segments,
        "bound before main": "BIND_NOW" in dynamic or " NOW" in dynamic,
        "a stack that does not execute": len(stack) == 1 and "RWE" not in stack[0],
        "stack protector": "__stack_chk_fail" in symbols,
        "fortified calls": sanitized or "_chk" in symbols.replace("__stack_chk", ""),
        "no path of its own to libraries": "RPATH" not in dynamic and "RUNPATH" not in dynamic,
    }
    return [what for what, good in checks.items() if not good]


print(f"1..{len(FILES)}")
failed = False
for n, name in enumerate(FILES, 1):
    path = real(name)
    wrong = faults(path) if os.path.exists(path) else ["it is not built"]
    print(f"{'not ok' if wrong else 'ok'} {n} - {name}")
    for what in wrong:
        print(f"# lacks: {what}")
    failed = failed or bool(wrong)
sys.exit(failed)
