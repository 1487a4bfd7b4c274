"""factors: what somebody has who needs no SMS: recovery codes on paper, and an authenticator app.

Owns: making and enrolling them by sms-otp, and the codes that an app would show.
MUST: tell the world each secret, so that none is found in a log.
Never: asks the tool what the right code is.
"""

import base64
import hmac
import re
import struct
import time

import lab
from lab import CLI, Terminal, equal, run

CODE = r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}"


def recovery_codes(world, user="alice"):
    codes = re.findall(r"(?m)^(%s)$" % CODE, run(CLI, "recovery-codes", user, check_rc=0).stdout)
    equal(len(set(codes)), 10, "recovery codes")
    world.secrets += codes + [code.replace("-", "") for code in codes]
    return codes


def totp(key, off=0):
    """RFC 6238, by hand."""
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + off), "sha1").digest()
    at = mac[-1] & 15
    return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) % 1000000)


def enroll_app(world, user="alice"):
    """The key, the code that was used for the proof, and what was seen."""
    client = Terminal(CLI, ["app", user])
    world.clients.append(client)
    shown = client.expect(r"otpauth://totp/\S+:%s\?secret=([A-Z2-7]{32})&issuer=\S+" % user).group(1)
    key = base64.b32decode(shown)
    world.secrets += [shown, key.hex()]
    client.expect("Code that the app shows now: ")
    code = totp(key)
    client.send(code)
    equal(client.status(), 0, "the status of sms-otp app")
    return key, code, client.seen()


def fresh(key, used):
    """A code of a later step than those used."""
    for off in (0, 1):
        if totp(key, off) not in used:
            return totp(key, off)
    return lab.wait_for("the next code", lambda: totp(key, 1) not in used and totp(key, 1), 31)


def wrong(key):
    """One that the app shows neither now nor at any time near."""
    near = {totp(key, off) for off in range(-3, 4)}
    return next(code for code in ("%06d" % n for n in range(10)) if code not in near)
