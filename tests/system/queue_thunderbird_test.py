# SPDX-License-Identifier: Apache-2.0
"""A real Thunderbird while the upstream is down, and while it is silent at the final dot: the compose window closes as
sent, and the mail arrives once."""
import time

from prelude import SystemTest
from system.ports import wait_until
from system.skip import main
from system.thunderbird import Thunderbird
from system.upstream import SILENT, Upstream

SETS = ("delivery.retry=300ms,600ms", "delivery.answer_budget=2s", "delivery.final_dot_limit=4s",
        "delivery.notice_mail=off")


class WithThunderbird(SystemTest):
    def test_it_counts_as_sent_and_arrives_once(self):
        # One start for all: a start costs seconds.
        upstream, todoku = self.pair(sets=SETS)
        thunderbird = Thunderbird(self.directory, todoku.port, "tester", "secret")
        self.addCleanup(thunderbird.stop)
        thunderbird.start()
        # The first one shows that the password is right: what nobody has verified is never queued.
        self.assertEqual(thunderbird.send("ok@example.test", "up", "first\n"), [])
        self.assertEqual(len(upstream.messages), 1)
        upstream.stop()
        with self.subTest("the upstream is down"):
            self.assertEqual(thunderbird.send("ok@example.test", "down", "second\n"), [])
            self.assertEqual(self.states(todoku, "down"), ["waiting"])
        back = self.again(upstream)
        with self.subTest("it is back"):
            wait_until(lambda: self.states(todoku, "down") == ["sent"], 10, "the message")
            self.assertEqual(self.subjects(back), ["down"])
        with self.subTest("silent at the final dot"):
            back.reactions = {"end": SILENT}
            begun = time.monotonic()
            self.assertEqual(thunderbird.send("ok@example.test", "silent", "third\n"), [])
            self.assertLess(time.monotonic() - begun, 15)
            wait_until(lambda: self.states(todoku, "silent") == ["unknown"], 10, "the end of the wait for an answer")
        back.reactions = {}
        with self.subTest("and mail goes out again"):
            self.assertEqual(thunderbird.send("ok@example.test", "last", "fourth\n"), [])
            time.sleep(1)  # longer than the waits between attempts
            self.assertEqual(self.subjects(back), ["down", "silent", "last"])
            self.assertEqual(self.states(todoku, "silent"), ["unknown"])

    def again(self, upstream):
        """The same server on the same port."""
        back = Upstream(tls="starttls", certificate=self.certificates.good, port=upstream.port)
        self.addCleanup(back.stop)
        return back

    def states(self, todoku, subject):
        return [one["state"] for one in todoku.messages("list", "--all")["messages"] if one["subject"] == subject]

    def subjects(self, upstream):
        heads = [one.body.partition(b"\r\n\r\n")[0].decode() for one in upstream.messages]
        return [line[9:] for head in heads for line in head.split("\r\n") if line.startswith("Subject: ")]


if __name__ == "__main__":
    main("thunderbird", "Xvfb", "xdotool", "import", "dbus-run-session", "openssl")
