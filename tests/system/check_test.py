# SPDX-License-Identifier: Apache-2.0
"""todoku check as a person and as a program would use it."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from prelude import SystemTest  # noqa: F401  (the import path)
from system.skip import main

PAIRS = pathlib.Path(__file__).parent.parent / "checks" / "pairs"
PROGRAM = os.environ["TODOKU_PROGRAM"]


class CheckTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="todoku-check-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def check(self, *words, code, mail=None):
        home = {"HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder / "config"), "LANG": "en_US.UTF-8"}
        ran = subprocess.run([PROGRAM, "check", *map(str, words)], input=mail or b"", capture_output=True, timeout=30,
                             env={**os.environ, **home, "LC_ALL": ""}, check=False)
        self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
        return (ran.stdout if code <= 3 else ran.stderr).decode()

    def test_a_clean_message_may_go(self):
        text = self.check(PAIRS / "attachment-forgotten.clean.eml", "--lang", "ja", code=0)
        self.assertIn("このまま送れます", text)
        self.assertNotIn("\x1b", text)

    def test_a_finding_says_what_why_and_what_to_do(self):
        text = self.check(PAIRS / "attachment-forgotten.faulty.eml", "--lang", "ja", code=1)
        for piece in ("添付忘れ", "「添付いたし」", "添付がありません", "添付するファイルがないか", "文字目"):
            self.assertIn(piece, text)
        self.assertIn("no file is attached", self.check(PAIRS / "attachment-forgotten.faulty.eml", "--lang", "en", code=1))

    def test_the_settings_decide_and_the_exit_code_tells(self):
        faulty = PAIRS / "recipient-blocked.faulty.eml"
        self.check(faulty, code=0)
        self.check(faulty, "--set", "checks.blocked_addresses=@rival.example", code=3)
        self.check(faulty, "--set", "checks.blocked_addresses=@rival.example", "--recipient", "a@aozora.example", code=0)
        settings = self.folder / "config" / "todoku" / "todoku.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text('[checks]\nblocked_addresses = ["@rival.example"]\nblocked_recipients = "hold"\n', encoding="utf-8")
        self.check(faulty, code=2)

    def test_json_has_code_parameters_and_place(self):
        mail = (PAIRS / "archive-with-program.faulty.eml").read_bytes()
        found = json.loads(self.check("--json", code=1, mail=mail))
        self.assertEqual(found["outcome"], "accept")
        finding = found["findings"][0]
        self.assertEqual((finding["check"], finding["code"], finding["level"]), ("risky_attachment", "archive-with-program", "note"))
        self.assertEqual(finding["parameters"]["inside"], "資料/setup.exe")
        self.assertEqual(finding["place"]["file"], "資料.zip")
        self.assertNotIn("saw", finding)
        worded = json.loads(self.check("--json", "--lang", "ja", code=1, mail=mail))
        self.assertIn("資料/setup.exe", worded["findings"][0]["saw"])

    def test_mistakes_say_what_to_do(self):
        self.assertIn("cannot be read", self.check(self.folder / "none.eml", code=66))
        self.assertIn("standard input", self.check(code=65))
        self.assertIn("did you mean", self.check("-", "--set", "checks.keyword=off", code=64))

    def test_controls_of_a_message_do_not_reach_the_terminal(self):
        mail = (b"From: a@minato.example\r\nTo: b@aozora.example\r\nContent-Type: text/plain\r\n\r\n--x\r\n"
                b"\x1b[31m \xe3\x81\x82\r\n")
        self.assertNotIn("\x1b", self.check(code=1, mail=mail))
        named = (PAIRS / "file-program.faulty.eml").read_bytes().replace(b".bat", b"%1B%5B2J.bat")
        self.assertNotIn("\x1b", self.check(code=1, mail=named))


if __name__ == "__main__":
    main()
