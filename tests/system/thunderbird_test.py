# SPDX-License-Identifier: Apache-2.0
"""A real Thunderbird sends through the program: an attachment, and a refusal that its dialog shows."""
import email
import os
import tempfile

from prelude import SystemTest
from system.ports import wait_until
from system.skip import main
from system.thunderbird import Thunderbird

PICTURES = os.environ.get("TODOKU_PICTURES") or os.path.join(tempfile.gettempdir(), f"todoku-pictures-{os.getpid()}")


class WithThunderbird(SystemTest):
    def test_attachment_and_refusals(self):
        # One start for all: a start costs seconds.
        upstream, todoku = self.pair()
        attachment = os.path.join(self.directory, "見積書.pdf")
        content = b"%PDF-1.4 " + os.urandom(200_000)
        with open(attachment, "wb") as file:
            file.write(content)
        os.makedirs(PICTURES, exist_ok=True)
        thunderbird = Thunderbird(self.directory, todoku.port, "tester", "secret")
        self.addCleanup(thunderbird.stop)
        thunderbird.start()
        with self.subTest("a message with an attachment"):
            self.assertEqual(thunderbird.send("ok@example.test", "件名", "本文です。\n.dot\nFrom here\n", attachment), [])
            self.check_attachment(upstream.messages[-1], content)
        with self.subTest("the next message on the same connection"):
            self.assertEqual(thunderbird.send("ok@example.test", "two", "second\n"), [])
            self.assertEqual(len(upstream.messages), 2)
            self.assertEqual(upstream.count("AUTH"), 1)
        with self.subTest("a recipient that the upstream refuses"):
            upstream.reactions = {"rcpt": "550 5.1.1 there is no such mailbox here"}
            picture = os.path.join(PICTURES, "refused-recipient.png")
            dialogs = thunderbird.send("nouser@example.test", "x", "y\n", picture=picture)
            self.assertTrue(any("there is no such mailbox here" in text for text in dialogs), dialogs)
            self.assertGreater(os.path.getsize(picture), 1000)
            print("picture:", picture, dialogs, flush=True)
        with self.subTest("content that the upstream refuses"):
            upstream.reactions = {"end": "554 5.7.1 the filter says no"}
            dialogs = thunderbird.send("ok@example.test", "x", "y\n",
                                       picture=os.path.join(PICTURES, "refused-content.png"))
            self.assertTrue(any("the filter says no" in text for text in dialogs), dialogs)
        with self.subTest("after refusals mail goes out again"):
            upstream.reactions = {}
            self.assertEqual(thunderbird.send("ok@example.test", "three", "third\n"), [])
            wait_until(lambda: len(upstream.messages) == 3, 5, "the message")

    def check_attachment(self, message, content):
        parsed = email.message_from_bytes(message.body)
        files = [part for part in parsed.walk() if part.get_filename()]
        self.assertEqual(len(files), 1)
        self.assertEqual(files[0].get_payload(decode=True), content)
        self.assertIn("本文です。", next(part for part in parsed.walk() if part.get_content_type() == "text/plain")
                      .get_payload(decode=True).decode("utf-8"))


if __name__ == "__main__":
    main("thunderbird", "Xvfb", "xdotool", "import", "dbus-run-session", "openssl")
