#!/usr/bin/python3
"""What ./try shows, inside the sandbox: a real sshd, a real ssh client, and beside them the phone that the SMS comes to.

With --auto it plays both parts itself, and first a stranger who guesses. Its last line and its status say how it went.
"""

import os
import sys
import textwrap

import lab

REMOTE = "echo; echo \"You are $(id -un) on $(hostname): the code was right, you are logged in.\""


class Phone:
    """Draws each SMS as it comes, before the screen shows what ssh says next."""

    def __init__(self, world):
        self.world, self.shown = world, 0

    def news(self):
        lines = []
        for sms in self.world.sms()[self.shown:]:
            self.shown += 1
            lines += ["", "      .--- alice's phone %s." % ("-" * 27)]
            lines += ["      | %-43s |" % line for line in textwrap.wrap(sms.text, 43)]
            lines += ["      '%s'" % ("-" * 45), ""]
        return "".join("\r\n" + line for line in lines[1:]) + "\r\n" if lines else ""


class Screen(lab.Ssh):
    """ssh on a terminal that is shown, with the phone beside it."""

    def __init__(self, world, phone):
        self.phone = phone
        super().__init__(world, "alice", command=REMOTE)

    def write(self, text):
        super().write(text)
        sys.stdout.write((self.phone.news() + text).replace("\r\n", "\n"))
        sys.stdout.flush()

    def by_hand(self):
        self.child.logfile_read = None
        self.child.interact(escape_character=None, output_filter=lambda data: self.phone.news().encode() + data)
        self.child.close()
        return self.child.exitstatus


def say(*lines):
    print("\n".join(lines), flush=True)


def guess(world, phone):
    """A stranger with the password, but without the phone."""
    say("", "--- First somebody who knows the password, but does not hold the phone:", "")
    stranger = Screen(world, phone)
    world.clients.append(stranger)
    sms = stranger.to_code(1)
    for k in (1, 2, 3):
        stranger.send(sms.wrong(k))
        if k < 3:
            stranger.expect(lab.WRONG)
    stranger.is_refused()
    say("", "Three wrong codes: refused, and that code is void.", "", "--- Now alice, who reads her new code from her phone:", "")


def log_in(world, phone, by_itself):
    screen = Screen(world, phone)
    world.clients.append(screen)
    if not by_itself:
        return screen.by_hand()
    screen.send_code = screen.to_code(2).code
    screen.send(screen.send_code)
    return screen.status()


def story(by_itself):
    with lab.World() as world:
        phone = Phone(world)
        say("",
            "This machine, in a copy that vanishes at the end: sshd on 127.0.0.1 with pam.d-examples/sshd as /etc/pam.d/sshd;",
            "sms-otp.conf says routes = [ \"outbox\" ], so a phone is drawn instead of a message being paid for. Already done:",
            "",
            "    # sms-otp enroll alice %s --unverified" % lab.NUMBERS["alice"],
            "    # sms-otpd &",
            "",
            "The password to type is:  %s" % lab.PASSWORD)
        if by_itself:
            guess(world, phone)
        say("", "    $ ssh alice@127.0.0.1", "")
        status = log_in(world, phone, by_itself)
        wanted = 2 if by_itself else 1
        say("", "What the system log says:", "")
        for line in world.syslog.wait("login verdict=", wanted):
            say("    " + line[line.index("login verdict="):])
        accepted = world.syslog.grep("login verdict=accept reason=accepted user=alice ")
        return status == 0 and len(accepted) == 1


def main():
    by_itself = "--auto" in sys.argv[1:] or not os.isatty(0)
    worked = False
    try:
        worked = story(by_itself)
    except lab.Failed as error:
        say("", "Went wrong: %s" % error)
    except KeyboardInterrupt:
        say("", "Interrupted.")
    say("")
    if worked and by_itself:
        say("The login worked: wrong codes were refused, and password and code let alice in.")
    elif worked:
        say("The login worked: password and code let alice in.")
    else:
        say("The login did not work: alice was not let in.")
    return 0 if worked else 1


if __name__ == "__main__":
    lab.enter()
    sys.exit(main())
