# SPDX-License-Identifier: Apache-2.0
"""The pre-send checks while a mail client sends: refused, sent again, held, let go."""
import json
import subprocess

from prelude import SystemTest
from system.ports import wait_until
from system.raw_client import RawClient, send_mail
from system.skip import main

THUNDERBIRD = "User-Agent: Mozilla Thunderbird\r\n"
OUTLOOK = "X-Mailer: Microsoft Outlook 16.0\r\n"


def mail(client, number=1, text="Please find attached the plan."):
    return (f"From: <tester@example.test>\r\nTo: <ok@example.test>\r\nMessage-ID: <{number}@example.test>\r\n{client}"
            f"Subject: plan\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n{text}\r\n").encode()


class GateTest(SystemTest):
    def start(self, *sets):
        self.upstream_server, self.program = self.pair(
            sets=("delivery.notice_mail=off", *sets), tls="none", login=False, options=("--lang", "ja"))

    def send(self, body, recipients=("ok@example.test",)):
        return send_mail(self.program.port, body, user=None, recipients=recipients)

    def arrived(self):
        return len(self.upstream_server.messages)

    def messages(self, *words):
        ran = subprocess.run([self.program.program, "messages", *words, "--state-dir", self.program.state_dir, "--json"],
                             capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, check=True)
        return json.loads(ran.stdout)

    def test_thunderbird_is_told_no_and_sends_again_to_send_it_anyway(self):
        self.start("checks.forgotten_attachment=refuse")
        answer = self.send(mail(THUNDERBIRD))
        self.assertEqual(answer.code, 554, answer)
        self.assertTrue(answer.lines[0].isascii(), answer)
        self.assertIn("send it again within 10 minutes", answer.text)
        self.assertIn("添付がありません", answer.text)
        self.assertEqual(self.arrived(), 0)
        self.assertEqual(self.send(mail(THUNDERBIRD, 2)).code, 250)
        wait_until(lambda: self.arrived() == 1, 10)

    def test_a_client_that_resends_by_itself_never_overrides(self):
        self.start("checks.forgotten_attachment=refuse")
        for _ in range(3):  # as Outlook's outbox does, with the same Message-ID
            answer = self.send(mail(OUTLOOK))
            self.assertEqual(answer.code, 250, answer)
            self.assertNotIn("添付", answer.text)
        self.assertEqual(self.arrived(), 0)
        held = self.messages("list", "--state", "held")["messages"]
        self.assertEqual(len(held), 1)
        self.messages("release", held[0]["id"])
        wait_until(lambda: self.arrived() == 1, 10)

    def test_a_large_message_is_stopped_before_its_end_leaves(self):
        self.start("checks.keywords=hold", "checks.watched_words=kaigai", "delivery.stream_from=64KiB")
        body = mail(THUNDERBIRD, text="x\r\n" * 100_000 + "kaigai")
        self.assertEqual(self.send(body.replace(b"\r\n\r\nx", b"\r\n\r\nkaigai\r\nx")).code, 250)
        self.assertEqual(self.arrived(), 0)
        self.assertEqual(len(self.messages("list", "--state", "held")["messages"]), 1)

    def test_a_blocked_recipient_is_refused_at_rcpt(self):
        self.start("checks.blocked_addresses=@rival.test")
        self.assertEqual(self.send(mail(THUNDERBIRD, text="Good morning.")).code, 250)
        before = self.arrived()
        for recipients in (("kudo@rival.test",), ("ok@example.test", "mori@rival.test")):
            answer = self.send(mail(THUNDERBIRD, 2, "Good morning."), recipients)
            self.assertEqual(answer.code, 550, answer)
            self.assertIn("送らないことになっている宛先", answer.text)
        self.assertEqual(self.arrived(), before)
        self.assertEqual(self.send(mail(THUNDERBIRD, 3, "Good morning."), ("kudo@rival.test",)).code, 250)
        wait_until(lambda: self.arrived() == before + 1, 10)

    def test_a_mistyped_recipient_is_told_at_rcpt_and_sending_again_sends_it(self):
        self.start("checks.mistyped_address=refuse")
        self.assertEqual(self.send(mail(THUNDERBIRD, text="Good morning.")).code, 250)  # now the client is known
        before = self.arrived()
        with RawClient(self.program.port) as client:
            client.hello()
            client.command("MAIL FROM:<tester@example.test>")
            answer = client.command("RCPT TO:<yamada@gmial.com>")
            self.assertEqual(answer.code, 550, answer)
            self.assertIn("yamada@gmail.com", answer.text)
            self.assertIn("打ち間違い", answer.text)
            self.assertIn("send it again within 10 minutes", answer.text)
        self.assertEqual(self.arrived(), before)
        answer = self.send(mail(THUNDERBIRD, 2, "Good morning."), ("yamada@gmial.com",))
        self.assertEqual(answer.code, 250, answer)
        wait_until(lambda: self.arrived() == before + 1, 10)

    def rcpt(self, recipient, size=400):
        """RCPT as Thunderbird comes to it, before any header has told who it is."""
        with RawClient(self.program.port) as client:
            client.hello("[127.0.0.1]")
            client.command(f"MAIL FROM:<tester@example.test> BODY=8BITMIME SIZE={size}")
            return client.command(f"RCPT TO:<{recipient}>")

    def test_the_very_first_message_of_a_thunderbird_is_told_at_rcpt(self):
        self.start("checks.mistyped_address=refuse")
        answer = self.rcpt("yamada@gmial.com")
        self.assertEqual(answer.code, 550, answer)
        self.assertIn("打ち間違い", answer.text)

    def test_what_only_speaks_like_thunderbird_never_overrides(self):
        self.start("checks.mistyped_address=refuse")
        self.assertEqual(self.rcpt("yamada@gmial.com").code, 550)
        for _ in range(3):  # the header tells that it is another one: its own resending is nobody's yes
            with RawClient(self.program.port) as client:
                client.hello("[127.0.0.1]")
                client.mail(recipients=("yamada@gmial.com",), parameters=" BODY=8BITMIME SIZE=400")
                self.assertEqual(client.data(mail(OUTLOOK, text="Good morning.")).code, 250)
        self.assertEqual(self.arrived(), 0)
        self.assertEqual(len(self.messages("list", "--state", "held")["messages"]), 1)
        self.assertEqual(self.rcpt("suzuki@gmial.com").code, 250)  # now it is known, and is not told no any more

    def test_which_client_it_is_is_known_after_a_restart(self):
        self.start("checks.mistyped_address=refuse")
        self.assertEqual(self.send(mail(THUNDERBIRD, text="Good morning.")).code, 250)
        self.program.stop()
        self.program.start()
        with RawClient(self.program.port) as client:
            client.hello()
            self.assertEqual(client.mail(recipients=("yamada@gmial.com",)).code, 550)

    def test_a_mistyped_recipient_from_a_client_that_resends_is_held(self):
        self.start("checks.mistyped_address=refuse")
        for _ in range(3):
            answer = self.send(mail(OUTLOOK, text="Good morning."), ("yamada@gmial.com",))
            self.assertEqual(answer.code, 250, answer)
        self.assertEqual(self.arrived(), 0)
        held = self.messages("list", "--state", "held")["messages"]
        self.assertEqual(len(held), 1)
        shown = subprocess.run([self.program.program, "messages", "show", held[0]["id"], "--state-dir", self.program.state_dir],
                               capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, check=True).stdout
        self.assertIn("--correct 'yamada@gmial.com=yamada@gmail.com'", shown)  # to be copied
        self.messages("release", held[0]["id"], "--correct", "yamada@gmial.com=yamada@gmail.com")
        wait_until(lambda: self.arrived() == 1, 10)
        self.assertEqual(self.upstream_server.messages[0].recipients, ["yamada@gmail.com"])

    def test_a_mistyped_recipient_is_noted_as_shipped(self):
        self.start()
        self.assertEqual(self.send(mail(OUTLOOK, text="Good morning."), ("yamada@gmial.com",)).code, 250)
        wait_until(lambda: self.arrived() == 1, 10)
        self.assertIn("address-mistyped", self.program.log_text())
        self.assertNotIn("gmial.com", self.program.log_text().replace("rcpt", ""))

    def test_a_declared_size_over_ones_own_limit_is_refused_at_mail(self):
        self.start("checks.size_own=refuse", "checks.max_message=100KB")
        self.assertEqual(self.send(mail(THUNDERBIRD, text="Good morning.")).code, 250)
        with RawClient(self.program.port) as client:
            client.hello()
            answer = client.command("MAIL FROM:<tester@example.test> SIZE=200000")
            self.assertEqual(answer.code, 552, answer)
            self.assertIn("上限 97.6 KB", answer.text)
        large = mail(THUNDERBIRD, 2, "Good morning.\r\n" * 14_000)
        with RawClient(self.program.port) as client:
            client.hello()
            self.assertEqual(client.command(f"MAIL FROM:<tester@example.test> SIZE={len(large)}").code, 250)
            self.assertEqual(client.command("RCPT TO:<ok@example.test>").code, 250)
            self.assertEqual(client.data(large).code, 250)

    def test_a_note_stops_nothing_and_the_log_has_no_text(self):
        self.start()
        self.assertEqual(self.send(mail(OUTLOOK)).code, 250)
        wait_until(lambda: self.arrived() == 1, 10)
        log = self.program.log_text()
        self.assertIn("attachment-forgotten", log)
        self.assertNotIn("find attached", log)

    def test_nothing_is_looked_at_that_is_off(self):
        self.start("checks.forgotten_attachment=off")
        self.assertEqual(self.send(mail(OUTLOOK)).code, 250)
        self.assertNotIn("checks.found", self.program.log_text())


if __name__ == "__main__":
    main()
