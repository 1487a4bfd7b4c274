#!/usr/bin/python3
"""Goal: D5: one TCP connection that gives the password and then abandons each code prompt with a new request (1024 SMS from an
unprotected module, seen) gets no more SMS than the budget, and leaves no engine behind. ssh cannot do this; paramiko can."""

import socket
import threading
import time

import paramiko
from paramiko.auth_handler import AuthHandler
from paramiko.common import cMSG_USERAUTH_INFO_RESPONSE, cMSG_USERAUTH_REQUEST, MSG_USERAUTH_INFO_REQUEST

import lab
from lab import BOTH, check

# sshd 10 counts abandoned requests as tries, sshd 9 does not
MANY = ("AuthenticationMethods keyboard-interactive:pam", "MaxAuthTries 2000")


class Abandoner(AuthHandler):
    """Answers the password prompt, and every other prompt with a new request instead of an answer."""
    abandoned = 0

    def _parse_userauth_info_request(self, message):
        message.get_text(), message.get_text(), message.get_text()
        prompts = [(message.get_text(), message.get_boolean())[0] for _ in range(message.get_int())]
        answer = paramiko.Message()
        if prompts and not prompts[0].startswith("Password"):
            self.abandoned += 1
            answer.add_byte(cMSG_USERAUTH_REQUEST)
            for text in (self.username, "ssh-connection", "keyboard-interactive", "", ""):
                answer.add_string(text)
        else:
            answer.add_byte(cMSG_USERAUTH_INFO_RESPONSE)
            answer.add_int(len(prompts))
            for _ in prompts:
                answer.add_string(lab.PASSWORD)
        self.transport._send_message(answer)


if isinstance(AuthHandler._client_handler_table, dict):  # Debian 12's; later ones look their methods up
    Abandoner._client_handler_table = dict(AuthHandler._client_handler_table)
    Abandoner._client_handler_table[MSG_USERAUTH_INFO_REQUEST] = Abandoner._parse_userauth_info_request


def abuse(seconds, most=None):
    """Abandon prompts for so long, or until sshd has enough, or so many; how many."""
    with socket.create_connection(("127.0.0.1", lab.PORT), 10) as s:
        transport = paramiko.Transport(s)
        transport.start_client(timeout=20)
        over = threading.Event()
        transport.auth_handler = handler = Abandoner(transport)
        handler.auth_interactive("alice", None, over, "")
        end = time.monotonic() + seconds
        while time.monotonic() < end and transport.is_active() and not over.is_set() and (not most or handler.abandoned < most):
            time.sleep(0.05)
        transport.close()
        return handler.abandoned


@lab.test("D5: abandoned prompts on one connection send no more than the budget", engines=BOTH, budget='{ user = "5/1h 10/1d"; }',
          sshd_lines=MANY)
def one_connection(world):
    abandoned = abuse(12)
    lab._note("%d prompts abandoned, %d SMS" % (abandoned, len(world.sms())))
    check(abandoned >= 10, "only %d prompts could be abandoned: this tests nothing" % abandoned)
    check(1 <= len(world.sms()) <= 5, "%d SMS with a budget of 5 an hour" % len(world.sms()))
    world.no_process_left()


@lab.test("D5: the same without waits in between, by many connections", engines=("daemon",), budget='{ user = "3/1h 3/1d"; }',
          sshd_lines=MANY)
def many_connections(world):
    threads = [threading.Thread(target=abuse, args=(6,)) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(1 <= len(world.sms()) <= 3, "%d SMS with a budget of 3 an hour" % len(world.sms()))


HOME = "BindAddress=127.0.0.2"  # where the owner logs in from


def owner_logs_in(world):
    before = len(world.sms())
    ssh = world.ssh(options=(HOME,))
    ssh.password()
    ref = ssh.expect(lab.SENT).group(2)
    lab.wait_for("the owner's SMS", lambda: any(s.ref == ref for s in world.sms()[before:]))
    ssh.send([s for s in world.sms() if s.ref == ref][-1].code)
    ssh.gets_in()


@lab.test("D5, B6: 1,024 abandoned prompts on one connection cost a budget, end in a pause, and lock the owner out of nothing",
          sshd_lines=MANY)
def a_thousand_and_the_owner(world):
    owner_logs_in(world)  # the place is known from here on
    done = []
    thread = threading.Thread(target=lambda: done.append(abuse(100, 1024)))
    thread.start()
    logins = 1
    while thread.is_alive():
        owner_logs_in(world)
        logins += 1
        time.sleep(5)
    thread.join()
    sent = len(world.sms()) - logins
    lab._note("%d prompts abandoned, %d SMS; the owner got in %d times meanwhile" % (done[0], sent, logins - 1))
    # where a thousand take longer than the wait for the third message, the pause ends the connection before
    check(done[0] >= 1024 or world.syslog.grep("pause=begun"), "only %d prompts could be abandoned" % done[0])
    check(logins >= 3, "the owner logged in %d times only: this tests nothing" % logins)
    check(1 <= sent <= 3, "%d SMS to somebody who answers none" % sent)
    # the third needs the half minute of its wait; then nothing is sent to strangers for an hour
    while len(world.sms()) - logins < 3:
        abuse(5)
    abuse(3)
    line = world.audit("reason=budget .*pause=begun")
    lab.equal(line["place"], "new", "the place of the login that met the pause")
    check("no code to unknown places until" in world.show(), "show says nothing of the pause: %r" % world.show())
    lab.equal(len(world.sms()) - logins, 3, "messages to the stranger")
    told = lab.run(lab.CLI, "explain", "alice", "--service", "sshd", "--from", "127.0.0.1").stdout
    check("codes to unknown places were not answered: a pause" in told, "explain says %r" % told)
    owner_logs_in(world)
    lab.run(lab.CLI, "unlock", "alice", check_rc=0)
    check("pause" not in world.show(), "the pause is there after unlock: %r" % world.show())
    before = len(world.sms())
    abuse(3)
    check(len(world.sms()) > before, "nothing is sent after unlock")
    lab.equal(len(world.syslog.grep("pause=begun")), 1, "pauses in the log")


lab.enter()
lab.main(__doc__)
