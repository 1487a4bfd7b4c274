#!/usr/bin/python3
"""Goal: the picture of the README says what a login says: each line of its terminal and its SMS, but for the code and the reference."""

import os

import lab
import picture
from lab import check, equal

lab.enter()
lab.PORT = 22


@lab.test("docs/login.svg has the lines that a login by ssh shows now, and the SMS that comes")
def same(world):
    with open(picture.FILE, encoding="utf-8") as f:
        lines, sms = picture.texts(f.read())
    seen, came = picture.capture(world)
    equal([picture.shape(said + typed) for said, typed in lines], [picture.shape(said + typed) for said, typed in seen], "the terminal")
    equal([picture.shape(typed) for _, typed in lines], [picture.shape(typed) for _, typed in seen], "what is shown as typed")
    equal(picture.shape(sms), picture.shape(came), "the SMS")


@lab.plain("docs/login.svg is drawn from its own texts, has no others, and is one login: one code, one reference")
def drawn():
    with open(picture.FILE, encoding="utf-8") as f:
        svg = f.read()
    lines, sms = picture.texts(svg)
    equal(picture.draw(lines, sms), svg, "the picture drawn anew")
    check(sms.startswith(lines[-2][1] + " is "), "the code that is typed is not the one that came")
    ref = sms.split("ref ")[1][:4]
    check("(ref %s)" % ref in lines[-2][0], "another reference")
    check(os.path.getsize(picture.FILE) < 6000, "the picture is large")
    with open(os.path.join(lab.TOP, "README.md")) as f:
        check("(docs/login.svg)" in f.read(), "the README does not show it")


lab.main(__doc__)
