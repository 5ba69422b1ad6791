# SPDX-License-Identifier: Apache-2.0
"""A real Thunderbird is told no by a check: its compose window stays with our text, and sending again sends it."""
import os
import subprocess
import tempfile

from prelude import SystemTest
from system.ports import wait_until
from system.skip import main
from system.thunderbird import Thunderbird

PICTURES = os.environ.get("TODOKU_PICTURES") or os.path.join(tempfile.gettempdir(), f"todoku-pictures-{os.getpid()}")
SETS = ("checks.mistyped_address=refuse", "checks.size_own=refuse", "checks.max_message=100KB",
        "checks.forgotten_attachment=refuse", "delivery.notice_mail=off", "dns.servers=127.0.0.1:9")


class WithThunderbird(SystemTest):
    def test_it_is_told_and_may_send_anyway(self):
        # One start for all: a start costs seconds.
        upstream, todoku = self.pair(sets=SETS, options=("--lang", "ja"))
        os.makedirs(PICTURES, exist_ok=True)
        thunderbird = Thunderbird(self.directory, todoku.port, "tester", "secret")
        self.addCleanup(thunderbird.stop)
        thunderbird.start()

        def check_told(name, to, text, words, attachment=""):
            """Sends; a dialog has these words; from the same window it is sent again, and arrives once."""
            before = len(upstream.messages)
            picture = os.path.join(PICTURES, f"told-{name}.png")
            dialogs = thunderbird.send(to, name, text, attachment, picture, keep_window=True)
            print("picture:", picture, dialogs, flush=True)
            for word in (*words, "Todoku が送信前の確認で止めました", "もう一度送信"):
                self.assertIn(word, " ".join(dialogs))
            self.assertEqual(len(upstream.messages), before)
            self.assertEqual(thunderbird.send_again(), [])
            wait_until(lambda: len(upstream.messages) > before, 10, "the message")
            self.assertEqual(len(upstream.messages), before + 1)

        with self.subTest("its very first message has a mistyped recipient"):
            check_told("typo", "yamada@gmial.com", "おはようございます。\n",
                       ("looks mistyped", "send it again", "打ち間違い", "yamada@gmail.com"))
            self.assertEqual(upstream.messages[-1].recipients, ["yamada@gmial.com"])
        with self.subTest("too large by its declared size"):
            attachment = os.path.join(self.directory, "図面.bin")
            with open(attachment, "wb") as file:
                file.write(os.urandom(150_000))
            check_told("size", "ok@example.test", "図面をお送りします。\n", ("上限 97.6 KB",), attachment)
        with self.subTest("found in the message itself"):
            check_told("forgotten", "ok@example.test", "見積書を添付いたします。\n", ("添付がありません",))

        with self.subTest("its address book is read while it runs"):
            self.assertEqual(thunderbird.add_people("taro@midori.zzq", "hanako@midori.zzq", "ken@gmial.com"), 3)
            ran = subprocess.run([todoku.program, "setup", "address-book", "--yes", "--lang", "ja", "--profile",
                                  thunderbird.profile, "--state-dir", todoku.state_dir],
                                 capture_output=True, text=True, timeout=30, check=False)
            self.assertEqual(ran.returncode, 0, ran)
            self.assertIn("ken@gmial.com (もしかして: ken@gmail.com)", ran.stdout)
            self.assertIn("件を覚えました", ran.stdout)
            print(ran.stdout, flush=True)
            before = len(upstream.messages)
            self.assertEqual(thunderbird.send("taro@midori.zzq", "known", "おはようございます。\n"), [])
            wait_until(lambda: len(upstream.messages) > before, 10, "the message")


if __name__ == "__main__":
    main("thunderbird", "Xvfb", "xdotool", "import", "dbus-run-session", "openssl")
