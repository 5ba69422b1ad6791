# SPDX-License-Identifier: Apache-2.0
"""What the checks learn beyond the message while it comes in: from earlier mail and from a real DNS server."""
import os
import sqlite3
import subprocess
import time

from prelude import SystemTest
from system.name_server import BadNameServer, NameServer
from system.ports import wait_until
from system.raw_client import RawClient, send_mail
from system.skip import main

THUNDERBIRD = "User-Agent: Mozilla Thunderbird\r\n"


def mail(number=1, text="Good morning.", headers=THUNDERBIRD):
    return (f"From: <tester@example.test>\r\nTo: <ok@example.test>\r\nMessage-ID: <{number}@example.test>\r\n{headers}"
            f"Subject: plan\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n{text}\r\n").encode()


class FactsTest(SystemTest):
    def start(self, *sets, names=None):
        servers = [f"dns.servers=127.0.0.1:{names.port}"] if names else []
        self.sent = 0
        self.upstream_server, self.program = self.pair(
            sets=("delivery.notice_mail=off", "store.encrypt=false", *servers, *sets), tls="none", login=False,
            options=("--lang", "ja"))

    def send(self, *recipients, **options):
        self.sent += 1
        return send_mail(self.program.port, mail(self.sent, **options), user=None, recipients=recipients)

    def sent_to(self, *recipients, times=1):
        for _ in range(times):
            answer = self.send(*recipients)
            self.assertEqual(answer.code, 250, answer)

    def found(self):
        """The codes that the log has of the last message."""
        found = [event for event in self.program.events() if event["event"] == "checks.found"]
        return found[-1]["codes"] if found else ""


class HistoryTest(FactsTest):
    def test_who_was_written_to_is_not_mistyped_and_it_lasts(self):
        self.start("checks.mistyped_address=refuse")
        self.sent_to("ok@example.test")  # now the client is known
        self.assertEqual(self.send("yamada@gmial.com").code, 550)
        self.sent_to("yamada@gmial.com")  # on purpose
        self.sent_to("yamada@gmial.com")
        self.assertEqual(self.send("suzuki@gmial.com").code, 250)  # somebody is there
        self.program.stop()
        self.program.start()
        self.sent_to("ok@example.test")
        self.sent_to("YAMADA@gmial.com")

    def test_a_slip_away_from_a_frequent_correspondent_is_told(self):
        self.start("checks.mistyped_address=refuse")
        self.sent_to("kumagai@koinca-shoji.co.jp", times=3)
        answer = self.send("kumgai@koinca-shoji.co.jp")
        self.assertEqual(answer.code, 550, answer)
        self.assertIn("kumagai@koinca-shoji.co.jp", answer.text)
        self.assertIn("いつもの宛先", answer.text)

    def test_a_new_domain_in_a_reply_is_noted(self):
        self.start()
        reply = {"headers": THUNDERBIRD + "In-Reply-To: <q@koinca-shoji.co.jp>\r\n"}
        self.send("kumagai@koinca-shoji.co.jp", **reply)
        self.assertNotIn("domain-new-in-reply", self.found())  # nothing is known of anybody yet
        self.send("kumagai@koinca-shoji.co.jp", "sora@midori-kikai.co.jp", **reply)
        self.assertIn("domain-new-in-reply", self.found())
        self.send("kumagai@koinca-shoji.co.jp", "rin@midori-kikai.co.jp", **reply)
        self.assertEqual(len([e for e in self.program.events() if e["event"] == "checks.found"]), 1)


class DnsTest(FactsTest):
    def setUp(self):
        super().setUp()
        self.silent, self.failing = BadNameServer(is_silent=True), BadNameServer(is_silent=False)
        self.names = NameServer(
            ("textonly.koinca.jp", "hello"), mail=(("koinca.jp", "mx.koinca.jp"), ("nullmx.jp", ".")),
            hosts=("hostonly.jp",), zones=("jp",),
            behind=(("silent.example.org", self.silent.port), ("failing.example.org", self.failing.port)))
        for one in (self.names, self.silent, self.failing):
            self.addCleanup(one.stop)

    def rcpt(self, address):
        with RawClient(self.program.port) as client:
            client.hello()
            client.command("MAIL FROM:<tester@example.test>")
            begin = time.monotonic()
            answer = client.command(f"RCPT TO:<{address}>")
            return answer, time.monotonic() - begin

    def test_a_domain_that_takes_no_mail_is_told_at_rcpt(self):
        self.start("checks.mistyped_address=refuse", names=self.names)
        self.sent_to("ok@example.test")
        for address, words in (("rin@nowhere.jp", "存在しません"), ("rin@nullmx.jp", "受け取らないと公開しています"),
                               ("rin@textonly.koinca.jp", "受け取るサーバーがありません")):
            answer, _ = self.rcpt(address)
            self.assertEqual(answer.code, 550, answer)
            self.assertIn(words, answer.text)
        for address in ("rin@koinca.jp", "rin@hostonly.jp", "rin@failing.example.org"):
            answer, _ = self.rcpt(address)
            self.assertEqual(answer.code, 250, answer)
        self.assertGreater(self.failing.asked, 0)

    def test_a_silent_dns_delays_nobody_beyond_the_budget_and_then_nobody(self):
        self.start("checks.mistyped_address=refuse", "dns.timeout=8s", names=self.names)
        self.sent_to("ok@example.test")
        begin = time.monotonic()
        self.sent_to("a@a.silent.example.org", "b@b.silent.example.org", "c@c.silent.example.org")
        self.assertTrue(1.4 < time.monotonic() - begin < 4, "all of them together")
        begin = time.monotonic()
        self.sent_to("d@d.silent.example.org")
        self.assertLess(time.monotonic() - begin, 1.4, "the DNS is known to be silent")
        self.assertGreater(self.silent.asked, 0)

    def test_a_note_comes_with_the_answer_and_known_domains_are_not_asked_about(self):
        self.start(names=self.names)
        self.sent_to("rin@nowhere.jp")
        self.assertIn("address-no-such-domain", self.found())
        asked = self.failing.asked
        self.sent_to("rin@failing.example.org")
        self.assertGreater(self.failing.asked, asked)
        time_to = self.failing.asked
        self.sent_to("sora@failing.example.org")  # somebody there was written to
        self.assertEqual(self.failing.asked, time_to)


class LimitsTest(FactsTest):
    def start(self, *sets, extensions=("PIPELINING", "SIZE 400000"), **options):
        self.upstream_server, self.program = self.pair(
            sets=("delivery.notice_mail=off", "store.encrypt=false", *sets), tls="none",
            options=("--lang", "ja"), extensions=extensions, **options)
        self.sent = 0

    def mail_from(self, size, *recipients):
        """MAIL with a size, then RCPT: the first refusal, or the last answer."""
        with RawClient(self.program.port) as client:
            client.hello()
            answer = client.command(f"MAIL FROM:<tester@example.test> SIZE={size}")
            for recipient in recipients:
                if answer.code == 250:
                    answer = client.command(f"RCPT TO:<{recipient}>")
            return answer

    def test_what_the_server_offers_is_not_exceeded(self):
        self.start(login=False)
        self.sent_to("ok@example.test")
        answer = self.send("ok@example.test", text="0123456789abcdef\r\n" * 40_000)
        self.assertEqual(answer.code, 552, answer)
        self.assertIn("400000", answer.text)

    def test_a_recipients_provider_is_asked_about_at_rcpt_and_sending_again_passes(self):
        self.start("checks.size_recipient=refuse", extensions=("PIPELINING", "SIZE 90000000"), login=False)
        self.sent_to("ok@example.test")
        answer = self.mail_from(30_000_000, "ok@example.test", "rin@docomo.ne.jp")
        self.assertEqual(answer.code, 552, answer)
        self.assertIn("ドコモ", answer.text)
        self.assertEqual(self.mail_from(30_000_000, "sora@docomo.ne.jp").code, 250)
        self.assertEqual(self.mail_from(3_000_000, "rin@docomo.ne.jp").code, 250)

    def test_a_refusal_teaches_the_servers_limit(self):
        self.start(extensions=("PIPELINING", "SIZE"), login=False)
        self.sent_to("ok@example.test")
        self.upstream_server.reactions["end"] = "552 5.3.4 Message size exceeds fixed limit of 150000 bytes"
        self.assertEqual(self.send("ok@example.test", text="0123456789abcdef\r\n" * 20_000).code, 552)
        self.upstream_server.reactions.clear()
        wait_until(lambda: self.mail_from(200_000).code == 552, 10)
        self.assertIn("146.4 KB", self.mail_from(200_000).text)
        self.assertEqual(self.mail_from(100_000).code, 250)

    def test_far_more_mail_than_usual_is_told(self):
        self.start("checks.sudden_rise_from=3", "checks.sudden_rise_factor=2", login=False)
        self.sent_to("ok@example.test", times=2)
        self.assertNotIn("sudden-rise", self.found())
        self.program.stop()
        self.remember_days(7)
        self.program.start()  # what was sent before is recalled behind the first message
        wait_until(lambda: self.sent_to("ok@example.test") or "sudden-rise" in self.found(), 10)

    def remember_days(self, days):
        """One message on each of the last days; those of today stay."""
        now = int(time.time() * 1000) // 600_000 * 600_000
        with sqlite3.connect(os.path.join(self.program.state_dir, "todoku.db")) as database:
            accounts = [row[0] for row in database.execute("SELECT DISTINCT account FROM tallies")]
            self.assertEqual(len(accounts), 1, "what was sent today was noted at the end")
            for day in range(2, 2 + days):
                database.execute("INSERT INTO tallies VALUES(?,?,1,1)", (accounts[0], now - day * 86_400_000))
        database.close()


class ContentTest(FactsTest):
    def test_the_same_content_sent_again_is_noted_and_stands_in_the_history(self):
        self.start()
        self.sent_to("ok@example.test")
        self.assertEqual(self.found(), "")
        self.sent_to("ok@example.test")
        self.assertEqual(self.found(), "same-again")
        wait_until(lambda: len(self.program.messages("list")["messages"]) == 2, 10)
        newest = next(one["id"] for one in self.program.events() if one["event"] == "checks.found")
        events = [one for one in self.program.messages("show", newest)["timeline"] if one["what"] == "event"]
        self.assertEqual([one["event"] for one in events], ["noted"])
        self.assertEqual(events[0]["parameters"]["code"], "same-again")
        for language, words in (("ja", "同じ内容"), ("en", "The same content was sent a little earlier")):
            shown = subprocess.run([self.program.program, "messages", "show", newest, "--state-dir",
                                    self.program.state_dir, "--lang", language], capture_output=True, text=True,
                                   timeout=30, stdin=subprocess.DEVNULL, check=True).stdout
            self.assertIn(words, shown)

    def test_ones_own_password_in_the_text_is_found_and_logged_nowhere(self):
        self.upstream_server, self.program = self.pair(
            sets=("delivery.notice_mail=off", "checks.own_password=hold"), tls="none",
            users={"tester": "kamome-2031"}, options=("--trace",))
        answer = send_mail(self.program.port, mail(text="My password: kamome-2031"), user="tester",
                           password="kamome-2031", recipients=("ok@example.test",))
        self.assertEqual(answer.code, 250, answer)
        self.assertEqual(self.upstream_server.messages, [])
        self.assertEqual(self.found(), "password-in-text")
        self.assertNotIn("kamome", self.program.log_text())


class RecordsTest(FactsTest):
    def send_from(self, domain, number):
        body = mail(number).replace(b"tester@example.test", b"sato@" + domain.encode())
        answer = send_mail(self.program.port, body, user=None, sender=f"sato@{domain}", recipients=("ok@example.test",))
        self.assertEqual(answer.code, 250, answer)

    def test_what_a_senders_domain_lacks_is_told_once_and_delays_nothing(self):
        silent = BadNameServer(is_silent=True)
        names = NameServer(("koinca.jp", "hello"), ("midori.jp", "v=spf1 a:localhost -all"),
                           ("_dmarc.midori.jp", "v=DMARC1; p=none"), zones=("jp",),
                           behind=(("silent.example.org", silent.port),))
        for one in (names, silent):
            self.addCleanup(one.stop)
        self.start(names=names)
        begin = time.monotonic()
        self.send_from("silent.example.org", 1)
        self.assertLess(time.monotonic() - begin, 1)
        self.send_from("koinca.jp", 2)
        number = iter(range(3, 1000))
        wait_until(lambda: self.send_from("koinca.jp", next(number)) or self.told(), 10)
        self.assertEqual(self.told()[0]["codes"].count("-missing"), 2, "SPF and DMARC")
        for _ in range(3):
            self.send_from("koinca.jp", next(number))
            self.send_from("midori.jp", next(number))
        self.assertEqual(len(self.told()), 1)

    def told(self):
        return [one for one in self.program.events() if "-missing" in one.get("codes", "")]


if __name__ == "__main__":
    main("dnsmasq")
