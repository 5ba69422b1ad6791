# SPDX-License-Identifier: Apache-2.0
"""todoku setup address-book: only after a yes, from files as Thunderbird writes them, and known at once."""
import os
import pty
import sqlite3
import subprocess

from prelude import SystemTest
from system.raw_client import RawClient
from system.skip import main

VCARD = "BEGIN:VCARD\r\nVERSION:4.0\r\nEMAIL;PREF=1:taro@midori.zzq\r\nitem1.EMAIL;TYPE=work:taro.suz\r\n uki@midori.zzq\r\nEND:VCARD\r\n"


def write_book(file, people):
    """As SQLiteDirectory of Thunderbird does; the connection stays open, as a running Thunderbird keeps it."""
    book = sqlite3.connect(file)
    book.execute("PRAGMA journal_mode=WAL")
    book.execute("PRAGMA locking_mode=EXCLUSIVE")
    book.execute("CREATE TABLE properties (card TEXT, name TEXT, value TEXT)")
    book.executemany("INSERT INTO properties VALUES (?, ?, ?)", people)
    book.execute("PRAGMA user_version=4")
    book.commit()
    return book


class AddressBook(SystemTest):
    def setUp(self):
        super().setUp()
        self.upstream_server, self.program = self.pair(
            sets=("checks.mistyped_address=refuse", "delivery.notice_mail=off", "dns.servers=127.0.0.1:9"), tls="none",
            login=False)
        self.profile = os.path.join(self.program.directory, "profile")
        os.makedirs(self.profile)

    def book(self, name, people):
        self.addCleanup(write_book(os.path.join(self.profile, name), people).close)

    def setup_book(self, *options, answer=None):
        command = [self.program.program, "setup", "address-book", "--profile", self.profile,
                   "--state-dir", self.program.state_dir, "--lang", "ja", *options]
        if answer is None:
            return subprocess.run(command, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, check=False)
        ours, terminal = pty.openpty()
        try:
            os.write(ours, answer.encode())
            return subprocess.run(command, stdout=subprocess.PIPE, stderr=terminal, stdin=terminal, text=True, timeout=30,
                                  check=False)
        finally:
            os.close(ours)
            os.close(terminal)

    def rcpt(self, recipient):
        with RawClient(self.program.port) as client:
            client.hello("[127.0.0.1]")
            return client.mail(recipients=(recipient,), parameters=" BODY=8BITMIME SIZE=400").code

    def test_people_become_known_after_a_yes_only(self):
        self.book("abook.sqlite", [("1", "PrimaryEmail", "hanako@example.jp"), ("1", "DisplayName", "花子"), ("1", "PopularityIndex", "7"),
                                   ("2", "_vCard", VCARD), ("3", "PrimaryEmail", "no address"), ("4", "SecondEmail", "ken@example.org")])
        self.book("history.sqlite", [("9", "PrimaryEmail", "yamada@gmial.com"), ("8", "PrimaryEmail", "HANAKO@example.jp")])
        files = sorted(os.listdir(self.profile))
        for ran in (self.setup_book(), self.setup_book(answer="\n"), self.setup_book(answer="n\n")):
            self.assertNotIn("覚えました", ran.stdout)
            self.assertIn("abook.sqlite (4 件)", ran.stdout)
        self.assertEqual(self.setup_book().returncode, 64)
        self.assertEqual(self.rcpt("taro.suzuki@midori.zzq"), 550)
        self.assertEqual(self.rcpt("hanakoo@example.jp"), 250)
        ran = self.setup_book(answer="y\n")
        self.assertEqual(ran.returncode, 0, ran)
        self.assertIn("4 件を覚えました", ran.stdout)
        # What Thunderbird has collected may be a slip itself.
        self.assertIn("yamada@gmial.com (もしかして: yamada@gmail.com)", ran.stdout)
        self.assertEqual(self.rcpt("yamada@gmial.com"), 550)
        # One letter more than somebody often written to; and an ending that nobody else knows, but this person does.
        self.assertEqual(self.rcpt("hanakoo@example.jp"), 550)
        self.assertEqual(self.rcpt("taro.suzuki@midori.zzq"), 250)
        self.assertEqual(sorted(os.listdir(self.profile)), files)
        self.assertFalse([name for name in os.listdir(self.program.state_dir) if name.startswith("address-book")])
        self.assertNotIn("midori", self.program.log_text())

    def test_nothing_there_and_nonsense_are_told(self):
        self.assertEqual(self.setup_book("--yes").returncode, 66)
        with open(os.path.join(self.profile, "abook.sqlite"), "wb") as file:
            file.write(b"no database" * 1000)
        ran = self.setup_book("--yes")
        self.assertEqual(ran.returncode, 65, ran)
        self.assertIn("読めなかったもの", ran.stdout)

    def test_a_stopped_todoku_knows_them_when_it_starts(self):
        self.book("abook.sqlite", [("1", "PrimaryEmail", "hanako@midori.zzq")])
        self.program.stop()
        ran = self.setup_book("--yes")
        self.assertEqual(ran.returncode, 0, ran)
        self.assertIn("次に始めたとき", ran.stdout)
        self.program.start()
        self.assertIn("know_people", self.program.log_text())


if __name__ == "__main__":
    main()
