# SPDX-License-Identifier: Apache-2.0
"""Whether a fallback may carry this sender's mail: by the DNS, by a signature of our own, and by what a test mail has
shown of it."""
import base64
import json
import os
import socket
import subprocess

from way_round import LISTED, FallbackTest, mail, text_of
from system.name_server import NameServer
from system.ports import wait_until
from system.raw_client import send_mail
from system.skip import main


class Alignment(FallbackTest):
    STRICT = ("_dmarc.example.test", "v=DMARC1; p=reject")

    def with_dns(self, *records):
        names = NameServer(*records)
        self.addCleanup(names.stop)
        usual, other, todoku = self.way_round(
            sets=(f"dns.servers=127.0.0.1:{names.port}", "dns.timeout=2s"),
            config='[[fallback]]\nname = "spare"\nrelay = "{fallback}"\noutgoing = ["192.0.2.77"]\n')
        usual.reactions = {"rcpt": LISTED}
        return other, todoku

    def test_one_that_receivers_would_take_for_a_forger_is_not_used(self):
        other, todoku = self.with_dns(self.STRICT, ("example.test", "v=spf1 ip4:192.0.2.5 -all"))
        answer = self.send(todoku, 1)
        self.assertEqual(answer.code, 554)
        self.assertEqual(other.connections, [])
        self.assertIn("spamhaus", answer.text)
        self.assertIn('spare server "spare" was not used', answer.text)  # it is there, and why it did not help
        self.assertIn("DMARC policy of example.test (p=reject)", answer.text)
        self.assertTrue(answer.text.rstrip().endswith(")"))  # our id stays at the end
        wait_until(lambda: self.events_of(todoku, "withheld"), 10)
        self.shows_what_to_do(todoku)

    def shows_what_to_do(self, todoku):
        """For the administrator: the exact words for the DNS, in both languages."""
        told = self.events_of(todoku, "withheld")[0]["parameters"]
        self.assertEqual((told["fallback"], told["spf_domain"], told["spf_terms"], told["addresses"]),
                         ("spare", "example.test", "ip4:192.0.2.77", "a@blocked.test"))
        wait_until(lambda: self.run_relays(todoku, "--json")["alignments"], 10)
        self.assertEqual(self.run_relays(todoku, "--json")["alignments"][0]["allowed"], False)
        message = todoku.messages("list", "--all")["messages"][0]["id"]
        for language, words in (("ja", "書き足します"), ("en", "adds ip4:192.0.2.77 to its SPF record")):
            for command in (("relays",), ("messages", "show", message)):
                page = subprocess.run([todoku.program, *command, "--state-dir", todoku.state_dir, "--lang", language],
                                      capture_output=True, text=True, timeout=30, check=True).stdout
                self.assertIn(words, page)
                self.assertIn("ip4:192.0.2.77", page)

    def run_relays(self, todoku, *options):
        ran = subprocess.run([todoku.program, "relays", "--state-dir", todoku.state_dir, *options],
                             capture_output=True, text=True, timeout=30, check=True)
        return json.loads(ran.stdout)

    def test_a_kept_message_that_only_it_could_carry_is_held_for_a_person(self):
        """It has its 250, so nobody can be told no any more: a person decides, and is told by mail, too."""
        names = NameServer(self.STRICT, ("example.test", "v=spf1 ip4:192.0.2.5 -all"))
        self.addCleanup(names.stop)
        usual, other, todoku = self.way_round(
            sets=(f"dns.servers=127.0.0.1:{names.port}", "dns.timeout=2s", "delivery.notice_mail=on",
                  "delivery.notice_mail_after=100ms"),
            config='[[fallback]]\nname = "spare"\nrelay = "{fallback}"\noutgoing = ["192.0.2.77"]\n')
        self.assertEqual(self.send(todoku, 1, ("warm@example.test",)).code, 250)
        usual.reactions = {"mail": "421 4.3.2 Busy"}
        self.assertIn("queued", self.send(todoku, 2, ("a@blocked.test", "gone@fine.test")).text)
        self.assertEqual(other.connections, [])
        replies = {"a@blocked.test": LISTED, "gone@fine.test": "550 5.1.1 User unknown"}
        usual.reactions = {"rcpt": replies.get}
        held = lambda: [one for one in todoku.messages("list")["messages"] if one["state"] == "held"]
        wait_until(held, 10)
        wait_until(lambda: len(usual.messages) == 3, 10)  # two mails that tell of it
        failed, told = sorted(map(text_of, usual.messages[1:3]), key=lambda text: "release" in text)
        self.assertIn("gone@fine.test", failed)
        self.assertNotIn("a@blocked.test", failed)
        self.assertNotIn("gone@fine.test", told)
        self.assertIn("todoku messages release " + held()[0]["id"], told)
        self.assertIn("ip4:192.0.2.77", told)
        self.assertEqual(held()[0]["actions"], ["release", "discard"])
        self.assertEqual(other.connections, [])
        usual.reactions = {}
        todoku.messages("release", held()[0]["id"])
        wait_until(lambda: len(usual.messages) == 4, 10)
        self.assertEqual(usual.messages[3].recipients, ["a@blocked.test"])

    def test_one_that_the_senders_spf_names_is(self):
        other, todoku = self.with_dns(self.STRICT, ("example.test", "v=spf1 ip4:192.0.2.5 ip4:192.0.2.77 -all"))
        self.assertEqual(self.send(todoku, 1).code, 250)
        self.assertEqual(len(other.messages), 1)

    def test_where_no_policy_is_published_it_is_used(self):
        other, todoku = self.with_dns(("example.test", "v=spf1 ip4:192.0.2.5 -all"))
        self.assertEqual(self.send(todoku, 1).code, 250)
        self.assertEqual(len(other.messages), 1)

    def test_a_silent_dns_stops_no_mail(self):
        silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(silent.close)
        silent.bind(("127.0.0.1", 0))
        usual, other, todoku = self.way_round(
            sets=(f"dns.servers=127.0.0.1:{silent.getsockname()[1]}", "dns.timeout=500ms"))
        usual.reactions = {"rcpt": LISTED}
        self.assertEqual(self.send(todoku, 1).code, 250)
        self.assertEqual(len(other.messages), 1)


class Signing(FallbackTest):
    """A key of the sender's own domain makes a spare server fit that the domain's SPF record does not name."""
    DNS = (Alignment.STRICT, ("example.test", "v=spf1 ip4:192.0.2.5 -all"))
    CONFIG = ('[[fallback]]\nname = "spare"\nrelay = "{fallback}"\noutgoing = ["192.0.2.77"]\n'
              'dkim_domain = "example.test"\ndkim_selector = "todoku"\ndkim_secret = "dkim-key"\n')

    def with_key(self, *records):
        names = NameServer(*self.DNS, *records)
        self.addCleanup(names.stop)
        usual, other, todoku = self.way_round(
            sets=(f"dns.servers=127.0.0.1:{names.port}", "dns.timeout=2s"), config=self.CONFIG)
        todoku.stop()
        self.run_todoku(todoku, "secret", "set", "dkim-key", input=self.pem())
        todoku.start()
        self.assertEqual(self.send(todoku, 1, ("warm@example.test",)).code, 250)
        usual.reactions = {"rcpt": LISTED}
        return usual, other, todoku

    @classmethod
    def pem(cls):
        file = os.path.join(cls.directory, "dkim.pem")
        if not os.path.exists(file):
            subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", file], check=True, timeout=30)
        with open(file, encoding="ascii") as pem:
            return pem.read()

    @classmethod
    def record(cls):
        """As openssl gives it: the last 32 bytes of the public key in DER."""
        cls.pem()
        der = subprocess.run(["openssl", "pkey", "-in", os.path.join(cls.directory, "dkim.pem"), "-pubout",
                              "-outform", "DER"], check=True, capture_output=True, timeout=30).stdout
        return "v=DKIM1; k=ed25519; p=" + base64.b64encode(der[-32:]).decode()

    def run_todoku(self, todoku, *words, **options):
        return subprocess.run([todoku.program, *words, "--state-dir", todoku.state_dir], text=True, check=True,
                              capture_output=True, timeout=30, **options).stdout

    def verifies(self, body):
        """In the eyes of another implementation (dkimpy)."""
        for name, content in (("message", body), ("record", self.record().encode())):
            with open(os.path.join(self.directory, name), "wb") as file:
                file.write(content)
        script = os.path.join(os.path.dirname(__file__), "..", "support", "dkim_by_others.py")
        return subprocess.run(["/usr/bin/python3", "-B", script, "verify", os.path.join(self.directory, "message"),
                               os.path.join(self.directory, "record")], timeout=30, check=False).returncode == 0

    def test_mail_by_the_spare_server_is_signed_and_no_other(self):
        usual, other, todoku = self.with_key(("todoku._domainkey.example.test", self.record()))
        answer = self.send(todoku, 2)
        self.assertEqual(answer.code, 250, answer)
        self.assertTrue(other.messages[0].body.startswith(b"DKIM-Signature: "))
        self.assertTrue(other.messages[0].body.endswith(mail(2)))
        self.assertTrue(self.verifies(other.messages[0].body))
        self.assertFalse(self.verifies(other.messages[0].body + b"more\r\n"))
        self.assertNotIn(b"DKIM-Signature", usual.messages[0].body)

    def test_the_live_test_is_signed_and_its_copy_shows_that(self):
        _, other, todoku = self.with_key(("todoku._domainkey.example.test", self.record()))
        config = todoku.arguments[todoku.arguments.index("--config") + 1]
        dns = [one for one in todoku.arguments if one.startswith("dns.servers=")][-1]
        place = ("--config", config, "--set", dns)
        self.run_todoku(todoku, "relays", "test", "spare", "--from", "tester@example.test", *place)
        for name, body in (("whole", other.messages[-1].body), ("changed", other.messages[-1].body + b"more\r\n")):
            copy = os.path.join(self.directory, f"{name}.eml")
            with open(copy, "wb") as file:
                file.write(b"Return-Path: <tester@example.test>\r\n" + body)
            told = json.loads(self.run_todoku(todoku, "relays", "learn", "spare", copy, "--json", *place))
            self.assertEqual(told["signs_as"], "example.test" if name == "whole" else "")

    def test_a_large_one_too(self):
        _, other, todoku = self.with_key(("todoku._domainkey.example.test", self.record()))
        large = mail(2) + b"0123456789 abcdefghij\r\n" * 60_000
        answer = send_mail(todoku.port, large, recipients=("a@blocked.test",), seconds=30)
        self.assertEqual(answer.code, 250, answer)
        self.assertTrue(other.messages[0].body.endswith(large))
        self.assertTrue(self.verifies(other.messages[0].body))

    def test_until_its_key_is_in_the_dns_it_is_not_used(self):
        _, other, todoku = self.with_key()
        answer = self.send(todoku, 2)
        self.assertEqual(answer.code, 554, answer)
        self.assertIn('spare server "spare" was not used', answer.text)
        self.assertEqual(other.connections, [])
        wait_until(lambda: self.record() in self.run_todoku(todoku, "relays", "--lang", "en"), 10)
        self.assertIn("todoku._domainkey.example.test", self.run_todoku(todoku, "relays", "--lang", "ja"))

    def test_what_is_signed_already_stays_as_it_is(self):
        usual, other, todoku = self.with_key(("todoku._domainkey.example.test", self.record()))
        own = b"DKIM-Signature: v=1; d=elsewhere.test; b=x\r\n" + mail(2)
        self.assertEqual(send_mail(todoku.port, own, recipients=("a@blocked.test",)).code, 554)
        self.assertEqual(other.connections, [])  # without our signature it is not aligned
        usual.reactions = {"rcpt": LISTED}
        plain = mail(3, "tester@no-policy.test")
        signed = b"DKIM-Signature: v=1; d=elsewhere.test; b=x\r\n" + plain
        for number, body in enumerate((plain, signed)):
            self.assertEqual(send_mail(todoku.port, body, "tester@no-policy.test", ("a@blocked.test",)).code, 250)
            self.assertEqual(other.messages[number].body.count(b"DKIM-Signature"), 1)
        self.assertFalse(other.messages[1].body.startswith(b"DKIM-Signature"))


class LiveTest(FallbackTest):
    """A mail to oneself through the spare server shows what no answer of that server does."""
    DNS = (Alignment.STRICT, ("example.test", "v=spf1 ip4:192.0.2.77 -all"))

    def with_spare(self, *sets, records=DNS):
        self.names = NameServer(*records)
        self.addCleanup(self.names.stop)
        self.dns = f"dns.servers=127.0.0.1:{self.names.port}"
        usual, other, todoku = self.way_round(
            sets=(self.dns, *sets), config='[[fallback]]\nname = "spare"\nrelay = "{fallback}"\n')
        usual.reactions = {"rcpt": lambda address: LISTED if address.endswith("@blocked.test") else None}
        return usual, other, todoku

    def relays(self, todoku, *words, code=0):
        config = todoku.arguments[todoku.arguments.index("--config") + 1]
        ran = subprocess.run([todoku.program, "relays", *words, "--config", config, "--state-dir", todoku.state_dir],
                             capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
        return ran.stdout if code == 0 else ran.stderr

    def arrives(self, todoku, other, changed=lambda body: body, return_path="tester@example.test"):
        """Sends the test; the copy as the receiving server keeps it."""
        self.relays(todoku, "test", "spare", "--from", "tester@example.test", "--to", "me@home.test")
        sent = other.messages[-1]
        self.assertEqual((sent.sender, sent.recipients), ("tester@example.test", ["me@home.test"]))
        copy = os.path.join(self.directory, f"{id(other)}.eml")
        with open(copy, "wb") as file:
            file.write(f"Return-Path: <{return_path}>\r\n".encode() +
                       b"Received: from out.localhost (out.localhost [192.0.2.77])\r\n\tby mx.home.test with ESMTP;"
                       b" Fri, 27 Nov 2026 10:00:02 +0900\r\n"
                       b"Received: from pc ([198.51.100.9]) by localhost with ESMTPSA;"
                       b" Fri, 27 Nov 2026 10:00:01 +0900\r\n" + changed(sent.body))
        return copy

    def test_the_address_that_it_sends_from_is_learned_and_makes_it_fit(self):
        _, other, todoku = self.with_spare()
        self.assertEqual(self.send(todoku, 1).code, 554)  # its own address, 127.0.0.1, is not in the SPF record
        copy = self.arrives(todoku, other)
        told = json.loads(self.relays(todoku, "learn", "spare", copy, "--set", self.dns, "--json"))
        self.assertEqual((told["outcome"], told["outgoing"], told["rewrites_from"]), ("done", "192.0.2.77", False))
        wait_until(lambda: json.loads(self.relays(todoku, "--json"))["alignments"][0]["allowed"], 10)  # looked up anew
        self.assertEqual(self.send(todoku, 2).code, 250)
        self.assertEqual(len(other.messages), 2)  # the test, and this one
        for language, words in (("ja", "メールが出ていくアドレスは 192.0.2.77"), ("en", "leaves from 192.0.2.77")):
            self.assertIn(words, self.relays(todoku, "--lang", language))

    def test_one_that_rewrites_the_sender_is_found_out_and_not_used(self):
        _, other, todoku = self.with_spare(records=(("example.test", "v=spf1 -all"),))  # no policy forbids it
        self.assertEqual(self.send(todoku, 1).code, 250)
        copy = self.arrives(todoku, other, lambda body: body.replace(b"From: <tester@example.test>",
                                                                     b"From: Office <office@spare.test>"))
        self.assertIn("office@spare.test", self.relays(todoku, "learn", "spare", copy, "--set", self.dns))
        count = len(other.messages)
        answer = self.send(todoku, 2, ("b@blocked.test",))
        self.assertEqual(answer.code, 554, answer)
        self.assertIn("it would replace the sender's address", answer.text)
        self.assertEqual(len(other.messages), count)
        wait_until(lambda: "office@spare.test" in self.relays(todoku, "--lang", "ja"), 10)

    def test_a_lesson_waits_for_todoku_to_run_and_survives_its_end(self):
        _, other, todoku = self.with_spare()
        copy = self.arrives(todoku, other)
        todoku.stop()
        self.relays(todoku, "learn", "spare", copy)
        todoku.start()
        wait_until(lambda: json.loads(self.relays(todoku, "--json"))["tests"], 10)
        todoku.stop()
        todoku.start()
        self.assertEqual(self.send(todoku, 1, ("warm@example.test",)).code, 250)
        self.assertEqual(self.send(todoku, 2).code, 250)

    def test_what_is_no_test_mail_teaches_nothing(self):
        _, _, todoku = self.with_spare()
        other_mail = os.path.join(self.directory, "other.eml")
        with open(other_mail, "wb") as file:
            file.write(mail())
        self.assertIn("no test mail", self.relays(todoku, "learn", "spare", other_mail, "--lang", "en", code=65))
        self.relays(todoku, "learn", "spare", "/no/such/file", code=66)
        self.relays(todoku, "learn", "nobody", other_mail, code=66)
        self.relays(todoku, "test", "nobody", "--from", "a@b.test", code=66)
        self.relays(todoku, "test", "spare", code=64)  # from whom?

    def test_a_spare_server_that_refuses_the_test_is_told_with_its_words(self):
        _, other, todoku = self.with_spare()
        other.reactions = {"mail": "553 5.7.1 Sender address not owned by you"}
        told = self.relays(todoku, "test", "spare", "--from", "tester@example.test", code=69)
        self.assertIn("Sender address not owned by you", told)

    def test_a_policy_that_changes_is_noticed_and_told(self):
        _, _, todoku = self.with_spare("delivery.alignment_check=1s",
                                      records=(("_dmarc.example.test", "v=DMARC1; p=none"),))
        self.assertEqual(self.send(todoku, 1).code, 250)
        wait_until(lambda: json.loads(self.relays(todoku, "--json"))["alignments"], 10)
        self.names.change(Alignment.STRICT, ("example.test", "v=spf1 -all"))
        wait_until(lambda: not json.loads(self.relays(todoku, "--json"))["alignments"][0]["allowed"], 10)
        self.assertIn("fallback.alignment_changed", todoku.log_text())


if __name__ == "__main__":
    main("dnsmasq")
