# SPDX-License-Identifier: Apache-2.0
"""Round the blockade: what another path can cure goes by the fallback relay, once, and nothing else does."""
import base64
import email
import json
import os
import socket
import subprocess
import time

from prelude import SystemTest
from system.name_server import NameServer
from system.ports import wait_until
from system.raw_client import send_mail
from system.skip import main
from system.upstream import CLOSE, SILENT

FAST = ("delivery.retry=300ms,600ms", "delivery.answer_budget=3s", "delivery.notice_mail=off")
LISTED = ("554 5.7.1 Service unavailable; Client host [192.0.2.5] blocked using zen.spamhaus.org; "
          "https://www.spamhaus.org/query/ip/192.0.2.5")
MICROSOFT = ("550 5.7.1 Unfortunately, messages from [192.0.2.5] weren't sent. Please contact your Internet service "
             "provider since part of their network is on our block list (S3140).")
POOR = "554 5.7.1 The sending server 192.0.2.5 was refused because of its poor reputation"
BUSY = "421 4.3.2 Service not available, closing transmission channel"


def mail(number=1, sender="tester@example.test"):
    head = f"From: <{sender}>\r\nMessage-ID: <{number}@example.test>\r\nSubject: Nr {number}\r\n\r\n"
    return head.encode() + b"Text\r\n"


def text_of(message):
    """What a person reads, in one line."""
    parts = email.message_from_bytes(message.body).walk()
    plain = next(part for part in parts if part.get_content_type() == "text/plain")
    return " ".join(plain.get_payload(decode=True).decode("utf-8").split())


class FallbackTest(SystemTest):
    def way_round(self, sets=(), config="", login=True, **options):
        """The usual server, the fallback, and Todoku between a client and both."""
        usual = self.upstream(tls="none", login=login, **options)
        other = self.upstream(tls="none", login=False)
        more = ["--fallback", other.url]
        if config:
            file = os.path.join(self.directory, f"{id(usual)}.toml")
            with open(file, "w", encoding="utf-8") as written:
                written.write(config.format(fallback=other.url))
            more = ["--config", file]
        return usual, other, self.todoku(usual.url, *more, sets=(*FAST, *sets))

    def send(self, todoku, number=1, recipients=("a@blocked.test",), **options):
        return send_mail(todoku.port, mail(number), recipients=recipients, **options)

    def events_of(self, todoku, kind):
        found = []
        for message in todoku.messages("list", "--all")["messages"]:
            shown = todoku.messages("show", message["id"])
            found += [event for event in shown["timeline"] if event.get("event") == kind]
        return found


class ByCause(FallbackTest):
    def expect_round(self, stage, reply):
        usual, other, todoku = self.way_round(sets=("delivery.chunking=false",) if stage == "data" else ())
        self.assertEqual(self.send(todoku, 1, ("warm@example.test",)).code, 250)  # the password is known to be right
        usual.reactions = {stage: reply}
        if stage in ("connect", "ehlo"):
            usual.drop_connections()
        answer = self.send(todoku, 2)
        self.assertEqual(answer.code, 250, answer)
        self.assertNotIn("queued", answer.text)
        self.assertEqual([message.recipients for message in other.messages], [["a@blocked.test"]])
        self.assertEqual(len(usual.messages), 1)

    def test_a_blocklisted_server_at_every_stage(self):
        for stage in ("connect", "ehlo", "mail", "rcpt", "data", "end"):
            with self.subTest(stage=stage):
                self.expect_round(stage, LISTED)

    def test_other_words_for_a_bad_name(self):
        for reply in (MICROSOFT, POOR):
            with self.subTest(reply=reply[:30]):
                self.expect_round("rcpt", reply)

    def test_a_server_that_is_closing(self):
        for stage in ("connect", "mail"):
            with self.subTest(stage=stage):
                self.expect_round(stage, BUSY)

    def test_a_server_that_is_down(self):
        usual, other, todoku = self.way_round()
        self.assertEqual(self.send(todoku, 1).code, 250)
        usual.stop()
        for number in (2, 3):
            answer = self.send(todoku, number)
            self.assertEqual(answer.code, 250, answer)
            self.assertNotIn("queued", answer.text)
        self.assertEqual(len(other.messages), 2)

    def test_nothing_that_another_path_cannot_cure(self):
        for stage, reply in (("rcpt", "550 5.1.1 <a@blocked.test>: User unknown"),
                             ("rcpt", "552 5.2.2 Mailbox full"),
                             ("mail", "552 5.3.4 Message size exceeds fixed limit"),
                             ("mail", "553 5.7.1 <tester@example.test>: Sender address rejected: not owned by user"),
                             ("end", "554 5.7.1 Message rejected: it looks like spam"),
                             ("end", "550 5.7.26 This mail has been blocked because the sender is unauthenticated")):
            with self.subTest(reply=reply):
                usual, other, todoku = self.way_round()
                usual.reactions = {stage: reply}
                answer = self.send(todoku, 1)
                self.assertEqual(answer.code, int(reply[:3]), answer)
                self.assertEqual(other.messages, [])

    def test_without_the_cause_in_when_it_is_not_used(self):
        usual, other, todoku = self.way_round(config='[[fallback]]\nname = "spare"\nrelay = "{fallback}"\n'
                                                     'when = ["unreachable"]\n')
        usual.reactions = {"rcpt": LISTED}
        self.assertEqual(self.send(todoku, 1).code, 554)
        self.assertEqual(other.connections, [])


class OnlyOnce(FallbackTest):
    def test_a_lost_last_answer_is_never_sent_another_way(self):
        for reaction in (CLOSE, SILENT):
            with self.subTest(reaction=reaction):
                usual, other, todoku = self.way_round(sets=("delivery.final_dot_limit=1s",))
                usual.reactions = {"end": reaction}
                answer = self.send(todoku, 1)
                self.assertEqual(answer.code, 250, answer)
                self.assertEqual(len(usual.messages), 1)
                self.assertEqual(self.send(todoku, 1).code, 250)  # the client comes again: it joins
                time.sleep(1)  # several rounds of retries
                self.assertEqual(other.messages, [])
                self.assertEqual(len(usual.messages), 1)

    def test_each_recipient_goes_one_way(self):
        usual, other, todoku = self.way_round()
        usual.reactions = {"rcpt": lambda address: LISTED if address.endswith("@blocked.test") else None}
        answer = self.send(todoku, 1, ("a@blocked.test", "b@fine.test", "c@blocked.test"))
        self.assertEqual(answer.code, 250, answer)
        wait_until(lambda: usual.messages and other.messages, 10)
        self.assertEqual([message.recipients for message in other.messages], [["a@blocked.test", "c@blocked.test"]])
        self.assertEqual([message.recipients for message in usual.messages], [["b@fine.test"]])
        time.sleep(1)
        self.assertEqual((len(usual.messages), len(other.messages)), (1, 1))

    def test_with_an_unknown_user_among_them_nobody_gets_it(self):
        usual, other, todoku = self.way_round()
        replies = {"a@blocked.test": LISTED, "gone@fine.test": "550 5.1.1 User unknown"}
        usual.reactions = {"rcpt": replies.get}
        answer = self.send(todoku, 1, ("a@blocked.test", "gone@fine.test"))
        self.assertEqual(answer.code, 550, answer)
        self.assertIn("gone@fine.test", answer.text)
        time.sleep(1)
        self.assertEqual((usual.messages, other.messages), ([], []))

    def test_what_the_fallback_refuses_gets_the_usual_servers_answer(self):
        usual, other, todoku = self.way_round()
        usual.reactions = {"rcpt": LISTED}
        other.reactions = {"rcpt": "554 5.7.1 Relay access denied"}
        answer = self.send(todoku, 1)
        self.assertEqual(answer.code, 554, answer)
        self.assertIn("spamhaus", answer.text)

    def test_a_lost_answer_of_the_fallback_is_unknown_too(self):
        usual, other, todoku = self.way_round()
        usual.reactions, other.reactions = {"rcpt": LISTED}, {"end": CLOSE}
        self.assertEqual(self.send(todoku, 1).code, 250)
        time.sleep(1)
        self.assertEqual(len(other.messages), 1)
        listed = todoku.messages("list")
        self.assertIn("unknown", json.dumps(listed))


class Credentials(FallbackTest):
    def test_the_clients_password_never_reaches_the_fallback(self):
        usual = self.upstream(tls="none")
        other = self.upstream(tls="none", login=True)  # offers AUTH, and would take it
        todoku = self.todoku(usual.url, "--fallback", other.url, sets=FAST)
        usual.reactions = {"mail": LISTED}
        self.send(todoku, 1)
        self.assertTrue(other.connections)
        everything = b"".join(bytes(connection.seen) for connection in other.connections)
        self.assertNotIn(b"AUTH", everything)

    def test_the_fallbacks_own_password_comes_from_todoku_secret(self):
        usual = self.upstream(tls="none")
        other = self.upstream(tls="none", users={"relayuser": "relaysecret"})
        config = os.path.join(self.directory, "secret.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write('[[fallback]]\nname = "spare"\nsecret = "spare"\n'
                       f'relay = "{other.url.replace("//", "//relayuser@")}"\n')
        todoku = self.todoku(usual.url, "--config", config, sets=FAST)
        usual.reactions = {"rcpt": LISTED}
        self.assertEqual(self.send(todoku, 1).code, 554)  # not entered yet: it is not used
        self.assertEqual(other.connections, [])
        todoku.stop()
        subprocess.run([todoku.program, "secret", "set", "spare", "--state-dir", todoku.state_dir],
                       input="relaysecret\n", text=True, check=True, capture_output=True, timeout=30)
        todoku.start()
        usual.drop_connections()
        wait_until(lambda: self.send(todoku, 2).code == 250, 10)
        self.assertEqual(len(other.messages), 1)
        self.assertEqual(other.connections[0].user, "relayuser")
        self.assertNotIn("relaysecret", todoku.log_text())

    def test_nobody_uses_it_without_a_log_in_that_was_verified(self):
        usual, other, todoku = self.way_round()
        usual.stop()
        self.assertEqual(self.send(todoku, 1).code, 454)
        self.assertEqual(other.connections, [])

    def test_only_allowed_senders_and_never_excluded_domains(self):
        usual, other, todoku = self.way_round(config='[[fallback]]\nname = "spare"\nrelay = "{fallback}"\n'
                                                     'allowed_from = ["@example.test"]\nnever_to = ["blocked.test"]\n')
        usual.reactions = {"rcpt": LISTED}
        self.assertEqual(self.send(todoku, 1, ("a@sub.blocked.test",)).code, 554)
        self.assertEqual(self.send(todoku, 2, ("a@other.test",), sender="x@elsewhere.test").code, 554)
        self.assertEqual(other.messages, [])
        self.assertEqual(self.send(todoku, 3, ("a@other.test",)).code, 250)
        self.assertEqual(len(other.messages), 1)

    def test_a_limit_of_messages_a_day(self):
        usual, other, todoku = self.way_round(config='[[fallback]]\nname = "spare"\nrelay = "{fallback}"\n'
                                                     'messages_per_day = 1\n')
        usual.reactions = {"rcpt": LISTED}
        self.assertEqual(self.send(todoku, 1).code, 250)
        self.assertEqual(self.send(todoku, 2).code, 554)
        self.assertEqual(len(other.messages), 1)


class Memory(FallbackTest):
    def blocked(self, address):
        return LISTED if address.endswith("@blocked.test") else None

    def test_a_destination_that_refused_goes_round_at_once_and_others_do_not(self):
        usual, other, todoku = self.way_round()
        usual.reactions = {"rcpt": self.blocked}
        self.assertEqual(self.send(todoku, 1).code, 250)
        asked = usual.count("RCPT")
        self.assertEqual(self.send(todoku, 2).code, 250)
        self.assertEqual(usual.count("RCPT"), asked)
        self.assertEqual(self.send(todoku, 3, ("b@fine.test",)).code, 250)
        self.assertEqual([message.recipients for message in usual.messages], [["b@fine.test"]])
        self.assertEqual(len(other.messages), 2)

    def test_it_survives_a_restart(self):
        usual, other, todoku = self.way_round(login=False)
        usual.reactions = {"rcpt": self.blocked}
        self.assertEqual(self.send(todoku, 1, user=None).code, 250)
        self.assertEqual(todoku.stop(), 0)
        todoku.start()
        asked = usual.count("RCPT")
        self.assertEqual(self.send(todoku, 2, user=None).code, 250)
        self.assertEqual(usual.count("RCPT"), asked)
        self.assertEqual(len(other.messages), 2)

    def test_a_probe_brings_it_back(self):
        usual, other, todoku = self.way_round(sets=("delivery.path_probe=1s",))
        usual.reactions = {"rcpt": self.blocked}
        self.assertEqual(self.send(todoku, 1).code, 250)
        usual.reactions = {}
        time.sleep(1.2)  # the time of the probe
        self.assertEqual(self.send(todoku, 2).code, 250)
        self.assertEqual(self.send(todoku, 3).code, 250)
        self.assertEqual((len(usual.messages), len(other.messages)), (2, 1))

    def test_switched_off_every_message_asks_the_usual_server(self):
        usual, other, todoku = self.way_round(sets=("delivery.path_memory=off",))
        usual.reactions = {"rcpt": self.blocked}
        self.assertEqual(self.send(todoku, 1).code, 250)
        asked = usual.count("RCPT")
        self.assertEqual(self.send(todoku, 2).code, 250)
        self.assertGreater(usual.count("RCPT"), asked)

    def test_todoku_relays_tells_what_is_remembered_and_why(self):
        usual, other, todoku = self.way_round()
        usual.reactions = {"rcpt": self.blocked}
        self.assertEqual(self.send(todoku, 1).code, 250)
        wait_until(lambda: self.relays(todoku)["paths"], 10)
        told = self.relays(todoku)
        self.assertEqual([relay["state"] for relay in told["relays"]], ["in_reach", "in_reach"])
        self.assertTrue(told["serve_running"])
        path = told["paths"][0]
        self.assertEqual((path["domain"], path["evidence"][0]["cause"]), ("blocked.test", "blocklisted"))
        self.assertIn("spamhaus", path["evidence"][0]["reply"])
        usual.stop()
        self.assertEqual(self.send(todoku, 2, ("b@fine.test",)).code, 250)
        wait_until(lambda: self.relays(todoku)["relays"][0]["state"] == "out_of_reach", 10)
        for language, words in (("ja", "つながりません"), ("en", "cannot be reached")):
            page = subprocess.run([todoku.program, "relays", "--state-dir", todoku.state_dir, "--lang", language],
                                  capture_output=True, text=True, timeout=30, check=True).stdout
            self.assertIn(words, page)
            self.assertIn("spamhaus", page)

    def relays(self, todoku):
        ran = subprocess.run([todoku.program, "relays", "--state-dir", todoku.state_dir, "--json"],
                             capture_output=True, text=True, timeout=30, check=True)
        return json.loads(ran.stdout)

    def test_people_are_told_once(self):
        usual, other, todoku = self.way_round()
        usual.reactions = {"rcpt": self.blocked}
        for number in range(3):
            self.assertEqual(self.send(todoku, number).code, 250)
        wait_until(lambda: len(self.events_of(todoku, "rerouted")) == 3, 10)
        self.assertEqual(len(self.events_of(todoku, "detour_began")), 1)


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
        self.assertIn("queued", self.send(todoku, 2).text)
        self.assertEqual(other.connections, [])
        usual.reactions = {"rcpt": lambda address: LISTED if address == "a@blocked.test" else None}
        held = lambda: [one for one in todoku.messages("list")["messages"] if one["state"] == "held"]
        wait_until(held, 10)
        wait_until(lambda: len(usual.messages) == 2, 10)  # the mail that tells of it
        told = text_of(usual.messages[1])
        self.assertIn("todoku messages release " + held()[0]["id"], told)
        self.assertIn("ip4:192.0.2.77", told)
        self.assertEqual(held()[0]["actions"], ["release", "discard"])
        self.assertEqual(other.connections, [])
        usual.reactions = {}
        todoku.messages("release", held()[0]["id"])
        wait_until(lambda: len(usual.messages) == 3, 10)
        self.assertEqual(usual.messages[2].recipients, ["a@blocked.test"])

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
