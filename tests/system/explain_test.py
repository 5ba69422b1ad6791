# SPDX-License-Identifier: Apache-2.0
"""todoku explain as a person and as a program use it: files, pipes, pasted words; no server runs."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

import prelude  # noqa: F401  (sets the import path)
from system.skip import main

FILTERED = "550-5.7.26 This mail is unauthenticated, which poses a security risk"

RETURNED = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@post.office.example>
To: hanako@office.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain; charset=us-ascii

This is the mail system at host post.office.example.

<jiro@shop.example>: host mx.shop.example[192.0.2.9] said: 552 5.2.2 Mailbox
    full (in reply to RCPT TO command)

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; post.office.example

Final-Recipient: rfc822; jiro@shop.example
Action: failed
Status: 5.2.2
Remote-MTA: dns; mx.shop.example
Diagnostic-Code: smtp; 552 5.2.2 Mailbox full

--cut
Content-Type: message/rfc822

From: hanako@office.example
To: jiro@shop.example
Subject: Quotation
Message-ID: <42@office.example>

Secret body
--cut--
"""
ORDINARY = "From: jiro@shop.example\nTo: hanako@office.example\nSubject: Lunch\n\nToday at noon?\n"


class ExplainTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="todoku-explain-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.returned = self.file("returned.eml", RETURNED)

    def file(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as out:
            out.write(content if isinstance(content, bytes) else content.encode())
        return path

    def explain(self, *words, stdin=b"", code=0, language="en"):
        arguments = [os.environ["TODOKU_PROGRAM"], "explain", *words, *(("--lang", language) if language else ())]
        ran = subprocess.run(arguments, input=stdin, capture_output=True, timeout=60, check=False)
        self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
        self.errors = ran.stderr.decode()
        return ran.stdout.decode()

    def test_a_file_becomes_a_page(self):
        page = self.explain(self.returned)
        for part in ("What happened", "What to do now", "jiro@shop.example", "【", "Mailbox full"):
            self.assertIn(part, page)
        self.assertNotIn("Secret body", page)
        self.assertNotIn("\x1b", page)
        self.assertEqual(self.errors, "")

    def test_in_japanese(self):
        page = self.explain(self.returned, language="ja")
        self.assertIn("jiro@shop.example", page)
        self.assertRegex(page, "いっぱい|容量")
        self.assertNotIn("What happened", page)

    def test_a_mail_on_standard_input_with_any_line_ends(self):
        for ends in ("\n", "\r\n", "\r"):
            page = self.explain(stdin=RETURNED.replace("\n", ends).encode())
            self.assertIn("jiro@shop.example", page, repr(ends))

    def test_pasted_words_with_and_without_quotes(self):
        quoted = self.explain("--text", "550 5.1.1 User unknown")
        self.assertIn("【User unknown】", quoted)
        self.assertEqual(self.explain("550", "5.1.1", "User", "unknown"), quoted)

    def test_a_bare_code(self):
        self.assertIn("451 is a temporary answer", self.explain("451"))
        self.assertIn("451", self.explain("--text", "451"))

    def test_a_trouble_told_in_words(self):
        self.assertIn("587", self.explain("メール送れない", "受信できる", language="ja"))
        told = json.loads(self.explain("--json", "--text", "gmail 特定アドレス 送れない"))
        self.assertIn("situation", told)

    def test_a_providers_own_case(self):
        told = json.loads(self.explain("--json", "--text", FILTERED))["recipients"][0]
        self.assertEqual(told["cause"], "auth-failure")
        self.assertIn("SPF", json.dumps(told["explanation"]))

    def test_json_of_a_mail(self):
        told = json.loads(self.explain("--json", self.returned, language=None))
        self.assertEqual((told["kind"], told["system"]), ("bounce", "postfix"))
        self.assertEqual(told["original"]["message_id"], "42@office.example")
        recipient = told["recipients"][0]
        wanted = {"address": "jiro@shop.example", "cause": "mailbox-full", "status": "5.2.2", "reply": "552",
                  "hard": False}
        self.assertEqual({name: recipient[name] for name in wanted}, wanted)

    def test_a_batch_answers_each_path_in_turn(self):
        lost = os.path.join(self.folder, "lost.eml")
        paths = [self.returned, lost, self.file("ordinary.eml", ORDINARY)]
        lines = self.explain("--batch", stdin="\n".join(paths).encode(), code=66).splitlines()
        told = [json.loads(line) for line in lines]
        self.assertEqual([one["file"] for one in told], paths)
        self.assertEqual(told[0]["kind"], "bounce")
        self.assertIn("error", told[1])
        self.assertEqual(told[2]["kind"], "not-a-bounce")

    def test_a_batch_whose_reader_leaves_ends(self):
        batch = subprocess.Popen([os.environ["TODOKU_PROGRAM"], "explain", "--batch"], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        batch.stdout.close()
        batch.communicate((self.returned + "\n").encode() * 5000, timeout=60)
        self.assertNotEqual(batch.returncode, 0)

    def test_an_ordinary_mail_is_none_and_is_told_so(self):
        self.assertIn("not an error mail", self.explain(self.file("ordinary.eml", ORDINARY)))

    def test_bad_input_is_answered(self):
        self.explain(os.path.join(self.folder, "lost.eml"), code=66)
        self.assertIn("lost.eml", self.errors)
        self.explain(self.folder, code=66)
        self.explain(stdin=b"", code=65)
        self.assertIn("nothing to explain", self.errors)
        self.explain("--text", "x", "--batch", code=64)
        self.explain("--text", "451", language="fr", code=64)

    def test_bytes_that_are_no_mail(self):
        noise = bytes(range(256)) * 4000
        for content in (noise, b"\0" * 100000, b"(" * 100000, b"\xff\xfe" + RETURNED.encode("utf-16-le")):
            page = self.explain(self.file("noise.bin", content))
            self.assertIn("What happened", page)
            self.assertIn("kind", json.loads(self.explain("--json", self.file("noise.bin", content))))

    def test_control_characters_do_not_reach_the_terminal(self):
        page = self.explain("--text", "\x1b[31m550 5.1.1 \x07User unknown\x1b]0;title\x07")
        self.assertIn("User unknown", page)
        self.assertNotIn("\x1b", page)
        self.assertNotIn("\x07", page)

    def test_all_explanations(self):
        page = self.explain("--all-causes", language=None)
        self.assertGreater(page.count("今すること / What to do now"), 60)


if __name__ == "__main__":
    main()
