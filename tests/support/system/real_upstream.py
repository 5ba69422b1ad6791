# SPDX-License-Identifier: Apache-2.0
"""The ground of tests with a real Postfix behind the program: how many copies of a message it has taken, and what the
program's own list says of it."""
import collections
import os
import re

from system.policy import Policy
from system.ports import wait_until
from system.postfix import Postfix
from system.skip import main, program_under_test, skip
from system.upstream import Upstream

SENDER = "tester@example.test"
# The waits of a day, scaled to seconds: an Outlook that gives up after 3 s instead of a minute.
SCALED = ("delivery.retry=300ms,600ms", "delivery.answer_budget=1s", "delivery.verdict_wait=2500ms",
          "delivery.connect_limit=2s", "delivery.notice_mail=off")
_TAKEN_AS = re.compile(rb"by postfix\.test \(Postfix\)\s+(?:\([^)]*\)\s+)*with \w+ id (\w+)")


def mail(name, size=0, with_id=True):
    """A message that is known again by its name."""
    own_id = f"Message-ID: <{name}@queue.test>\r\n" if with_id else ""
    head = f"From: <{SENDER}>\r\n{own_id}Subject: {name}\r\n\r\n.text\r\n"
    return head.encode() + (b"z" * 70 + b"\r\n") * (size // 72)


class RealUpstream:
    """Postfix with its policy server in front and its sink behind."""

    def __init__(self, directory, certificate, settings="", files=None):
        self.policy = Policy()
        self.sink = Upstream(tls="none", login=False, extensions=("8BITMIME", "PIPELINING"))
        self.postfix = Postfix(directory, certificate, self.sink.port, self.policy.port, settings, files)

    def start(self):
        self.postfix.start()

    def stop(self):
        self.postfix.stop()
        self.policy.close()
        self.sink.stop()

    def taken(self, name):
        """The ids under which Postfix took a message, by its log: there may be no two."""
        log = self.postfix.log()
        ids = re.findall(rf"cleanup\[\d+\]: (\w+): message-id=<{re.escape(name)}@queue\.test>", log)
        return {one for one in ids if f"{one}: from=<" in log}

    def arrived(self, name):
        """The same by what came out behind Postfix, which may hand one message over twice when it is stopped."""
        mark = f"Subject: {name}\r\n".encode()
        found = [_TAKEN_AS.search(one.body) for one in list(self.sink.messages)
                 if mark in one.body.partition(b"\r\n\r\n")[0] + b"\r\n"]
        return {match.group(1).decode() for match in found}

    def copies(self, name):
        """How many copies Postfix has taken; each of them has come out behind it."""
        wait_until(lambda: self.taken(name) <= self.arrived(name), 20, f"{name} behind Postfix")
        return len(self.taken(name) | self.arrived(name))


def states(todoku):
    """Name of each message -> the states in which the program holds it."""
    found = collections.defaultdict(list)
    for one in todoku.messages("list", "--all", "--limit", "1000")["messages"]:
        match = re.match(r"<(.*)@queue\.test>", one["message_id"] or "")
        found[match.group(1) if match else one["subject"]].append(one["state"])
    return found


def is_settled(todoku, name):
    """Nothing more will be sent without a person: sent, or unknown and asking."""
    kept = states(todoku)[name]
    return kept and not {"arriving", "sending", "waiting"} & set(kept)


def run_with_postfix(*more):
    program_under_test()
    if os.geteuid() != 0:
        skip("root's rights, which Postfix needs")
    folders = ("/usr/lib/x86_64-linux-gnu/sasl2", "/usr/lib/sasl2", "/usr/lib/aarch64-linux-gnu/sasl2")
    if not any("libsasldb" in name for folder in folders if os.path.isdir(folder) for name in os.listdir(folder)):
        skip("the SASL plug-in sasldb (libsasl2-modules-db)")
    main("postfix", "saslpasswd2", "openssl", *more)
