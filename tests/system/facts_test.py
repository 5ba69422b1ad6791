# SPDX-License-Identifier: Apache-2.0
"""What the checks learn beyond the message while it comes in: from earlier mail and from a real DNS server."""
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
        servers = f"dns.servers=127.0.0.1:{names.port}" if names else "dns.servers=127.0.0.1:1"
        self.sent = 0
        self.upstream_server, self.program = self.pair(
            sets=("delivery.notice_mail=off", "store.encrypt=false", servers, *sets), tls="none", login=False,
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
        self.start("checks.mistyped_address=refuse", "dns.servers=127.0.0.1:1")
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
        self.start("checks.mistyped_address=refuse", "checks.facts_budget=600ms", names=self.names)
        self.sent_to("ok@example.test")
        begin = time.monotonic()
        self.sent_to("a@a.silent.example.org", "b@b.silent.example.org", "c@c.silent.example.org")
        self.assertTrue(0.5 < time.monotonic() - begin < 1.5, "all of them together")
        begin = time.monotonic()
        self.sent_to("d@d.silent.example.org")
        self.assertLess(time.monotonic() - begin, 0.5, "the DNS is known to be silent")
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


if __name__ == "__main__":
    main("dnsmasq")
