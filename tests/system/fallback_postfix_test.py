# SPDX-License-Identifier: Apache-2.0
"""Round the blockade between two real Postfixes: the usual server (STARTTLS, log-in) refuses, defers, stops, freezes or
shows a wrong certificate. The spare one (STARTTLS, a log-in of its own) takes what it can cure, once, and nothing
else."""
import contextlib
import json
import os
import re
import subprocess
import time

from two_servers import BAD_MAIL, BAD_NAME, FRESH, QUIET, REWRITTEN, SPARE_LOGIN, TwoServers, refusable
from system.phase_relay import PhaseRelay
from system.ports import wait_until
from system.postfix import Postfix
from system.real_upstream import SENDER, is_settled, mail, run_with_postfix, states


class Refusing(TwoServers):
    def refuses(self, state, action, address=""):
        """At the connection there is no address."""
        self.usual.policy.rules[address] = lambda at, _: action if at == state else None

    def test_a_server_with_a_bad_name_is_gone_round(self):
        todoku = self.way_round()
        for kind in BAD_NAME:
            with self.subTest(kind, stage="rcpt"):
                self.goes(todoku, f"rcpt-{kind}", usual=0, spare=1, recipients=(f"a@{kind}.test",))
                self.is_told(todoku, f"rcpt-{kind}", "rerouted")
            with self.subTest(kind, stage="end"):
                self.goes(todoku, f"end-{kind}", usual=0, spare=1, recipients=(f"a@end-{kind}.test",),
                          body=refusable(f"end-{kind}", kind))
        arrived = [one for one in self.spare.sink.messages if one.body.endswith(mail("rcpt-listed"))]
        self.assertEqual([(one.sender, one.recipients) for one in arrived], [(SENDER, ["a@listed.test"])])

    def test_it_is_gone_round_at_the_door_and_at_the_sender_too(self):
        todoku = self.way_round(FRESH)
        self.log_in(todoku, "door-login")
        for state, address in (("CONNECT", ""), ("MAIL", SENDER)):
            with self.subTest(state):
                self.refuses(state, "554 5.7.1 " + BAD_NAME["listed"], address)
                self.goes(todoku, f"door-{state}", usual=0, spare=1, recipients=(f"a@{state.lower()}.test",))
                self.usual.policy.rules.clear()

    def test_what_another_server_cannot_cure_is_the_clients_to_hear(self):
        todoku = self.way_round()
        mark = self.spare.postfix.mark()
        answer = self.send(todoku, "nobody", ("nouser@example.test",))
        self.assertEqual(answer.code, 550, answer)
        self.assertIn("User unknown", answer.text)
        for kind, text in BAD_MAIL.items():
            with self.subTest(kind):
                answer = self.send(todoku, kind, body=refusable(kind, kind))
                self.assertEqual(answer.code, 550, answer)
                self.assertIn(text, answer.text)
        self.refuses("RCPT", "450 4.2.0 Greylisted, please try again in 300 seconds", "grey@fine.test")
        self.assertEqual(self.send(todoku, "grey", ("grey@fine.test",)).code, 450)
        time.sleep(QUIET)
        for name in ("nobody", *BAD_MAIL, "grey"):
            self.has(name, usual=0, spare=0)
        self.assertEqual(self.spare.postfix.connects(mark), 0)

    def test_a_sender_whose_policy_the_spare_would_break_does_not_go_round(self):
        todoku = self.way_round()
        mark = self.spare.postfix.mark()
        body = mail("forged").replace(SENDER.encode(), b"tester@strict.test")
        answer = self.send(todoku, "forged", ("a@listed.test",), body=body, sender="tester@strict.test")
        self.assertEqual(answer.code, 554, answer)
        self.assertIn("spamhaus", answer.text)
        self.assertEqual(self.spare.postfix.connects(mark), 0)

    def test_each_recipient_of_one_message_gets_it_once(self):
        todoku = self.way_round()
        answer = self.send(todoku, "mixed", ("a@listed.test", "b@fine.test", "c@microsoft.test"))
        self.assertEqual(answer.code, 250, answer)
        wait_until(lambda: is_settled(todoku, "mixed"), 20, f"mixed: {states(todoku)}")
        time.sleep(QUIET)
        self.has("mixed", usual=1, spare=1)
        self.assertEqual(states(todoku)["mixed"], ["sent"])
        where = [sorted(sum((one.recipients for one in server.sink.messages
                             if b"\r\nSubject: mixed\r\n" in one.body), [])) for server in (self.usual, self.spare)]
        self.assertEqual(where, [["b@fine.test"], ["a@listed.test", "c@microsoft.test"]])

    def test_a_probe_brings_a_destination_back_and_the_next_refusal_is_told_again(self):
        todoku = self.way_round("delivery.path_probe=1s")
        self.refuses("RCPT", "554 5.7.1 " + BAD_NAME["listed"], "a@days.test")
        self.goes(todoku, "days-refused", usual=0, spare=1, recipients=("a@days.test",))
        self.is_told(todoku, "days-refused", "detour_began")
        self.usual.policy.rules.clear()
        self.returns(todoku, "days", "a@days.test")
        self.refuses("RCPT", "554 5.7.1 " + BAD_NAME["listed"], "a@days.test")
        self.goes(todoku, "days-again", usual=0, spare=1, recipients=("a@days.test",))
        self.is_told(todoku, "days-again", "detour_began")


class OutOfReach(TwoServers):
    @contextlib.contextmanager
    def without_usual(self):
        self.usual.postfix.stop()
        try:
            yield
        finally:
            self.usual.start()

    def test_stopped_and_back(self):
        todoku = self.way_round()
        self.log_in(todoku, "stop-login")
        with self.without_usual():
            self.goes(todoku, "stop-first", usual=0, spare=1)
            self.is_told(todoku, "stop-first", "detour_began")
            self.goes(todoku, "stop-second", usual=0, spare=1)
            self.is_told(todoku, "stop-second", "rerouted")
            self.assertNotIn("detour_began", self.timeline(todoku, "stop-second"))
        self.returns(todoku, "stop")
        with self.without_usual():
            self.goes(todoku, "stop-again", usual=0, spare=1)
            self.is_told(todoku, "stop-again", "detour_began")  # it had ended

    def test_deferring(self):
        """In Postfix's words, behind those about a client, sender or recipient that it puts before them itself."""
        todoku = self.way_round(FRESH)
        self.log_in(todoku, "defer-login")
        for number, (state, action) in enumerate((("CONNECT", "421 4.3.2 Service not available, closing channel"),
                                                  ("CONNECT", "451 4.3.5 Server configuration error"),
                                                  ("MAIL", "451 4.3.5 Server configuration problem"),
                                                  ("RCPT", "451 4.3.5 Server configuration problem"),
                                                  ("RCPT", "421 4.3.2 Shutting down"),
                                                  ("END", "451 4.3.5 Server configuration problem"))):
            with self.subTest(state, action=action):
                self.is_gone_round_and_back(todoku, f"defer{number}", state, action)

    def is_gone_round_and_back(self, todoku, name, state, action):
        recipient = f"a@{name}.test"
        address = {"CONNECT": "", "MAIL": SENDER}.get(state, recipient)
        self.usual.policy.rules[address] = lambda at, _: action if at == state else None
        try:
            self.goes(todoku, name, usual=0, spare=1, recipients=(recipient,))
        finally:
            self.usual.policy.rules.clear()
        self.returns(todoku, name + "-", recipient)

    def test_frozen(self):
        todoku = self.way_round(FRESH)
        self.log_in(todoku, "frozen-login")
        self.freeze()
        self.goes(todoku, "frozen", usual=0, spare=1)
        self.usual.postfix.thaw()
        self.returns(todoku, "frozen-")
        self.has("frozen", usual=0, spare=1)  # still

    def test_frozen_with_a_message_on_its_way(self):
        """By a warm connection the whole message leaves in one flight, so nobody knows what became of it; without
        CHUNKING its body has not left."""
        for chunking in ("on", "off"):
            with self.subTest(chunking):
                name = f"flight-{chunking}"
                todoku = self.way_round(f"delivery.chunking={chunking}", "delivery.final_dot_limit=2s")
                self.log_in(todoku, f"{name}-login")
                self.freeze()
                answer = self.send(todoku, name)
                self.assertEqual(answer.code, 250, answer)
                wait_until(lambda: is_settled(todoku, name), 20, f"{name}: {states(todoku)}")
                self.usual.postfix.thaw()
                if chunking == "on":
                    wait_until(lambda: self.usual.copies(name), 20, "what lay in the server's socket")
                time.sleep(QUIET)
                self.assertEqual(states(todoku)[name], ["unknown" if chunking == "on" else "sent"])
                self.has(name, usual=int(chunking == "on"), spare=int(chunking == "off"))

    def freeze(self):
        self.addCleanup(self.usual.postfix.thaw)
        self.usual.postfix.freeze()

    def test_a_port_that_is_silent(self):
        for stop in ("connect", "greeting", "ehlo", "mail"):
            with self.subTest(stop):
                hole = PhaseRelay(self.usual.postfix.plain_port, stop)
                self.addCleanup(hole.close)
                todoku = self.way_round("delivery.chunking=off", usual=hole.url)
                self.goes(todoku, f"hole-{stop}", usual=0, spare=1, login=None)
                hole.heal()
                self.returns(todoku, f"hole-{stop}-", login=None)
                self.has(f"hole-{stop}", usual=0, spare=1)

    def test_a_wrong_certificate(self):
        todoku = self.way_round()
        self.log_in(todoku, "wrong-login")
        with self.without_usual():
            for kind in ("wrong_name", "unknown_ca"):
                with self.subTest(kind):
                    self.meets_impostor(todoku, kind)
        self.returns(todoku, "wrong")

    def meets_impostor(self, todoku, kind):
        """It stands at the usual server's port and would take the password."""
        impostor = self.server(kind, getattr(self.certificates, kind), port=self.usual.postfix.port)
        name = kind.replace("_", "-")
        try:
            self.goes(todoku, name, usual=0, spare=1)
            self.assertEqual(impostor.copies(name), 0)
            wait_until(lambda: any("starttls" in one for one in impostor.postfix.sessions(0)), 10, "a visit")
        finally:
            impostor.postfix.stop()
        self.assertEqual([one for one in impostor.postfix.sessions(0) if "auth" in one], [])


class Passwords(TwoServers):
    def test_each_server_gets_its_own_and_no_other(self):
        """The spare would say 535 to the client's, and Postfix logs each log-in that fails."""
        todoku = self.way_round(FRESH)
        marks = [len(server.postfix.log()) for server in (self.usual, self.spare)]
        self.goes(todoku, "own-password", usual=0, spare=1, recipients=("a@listed.test",))
        users = [set(re.findall(r"sasl_username=(\S+)", server.postfix.log()[mark:]))
                 for server, mark in zip((self.usual, self.spare), marks)]
        self.assertEqual(users[1], {f"{SPARE_LOGIN[0]}@postfix.test"})
        for server, mark in zip((self.usual, self.spare), marks):
            self.assertNotIn("authentication failed", server.postfix.log()[mark:])
        log = todoku.log_text()
        self.assertNotIn(SPARE_LOGIN[1], log)
        self.assertNotIn(Postfix.PASSWORD, log)

    def test_without_its_password_it_is_not_used(self):
        todoku = self.way_round()
        todoku.secret("remove", "spare-password")
        self.assertEqual(todoku.stop(), 0)
        todoku.start()
        mark = self.spare.postfix.mark()
        answer = self.send(todoku, "no-password", ("a@listed.test",))
        self.assertEqual(answer.code, 554, answer)
        self.assertEqual(self.spare.postfix.connects(mark), 0)


class AsDescribed(TwoServers):
    """The walk-throughs of the README files, with the names of the servers replaced."""

    def test_both_readme_files(self):
        for name in ("README.md", "README.ja.md"):
            with self.subTest(name):
                self.follow(name)

    def follow(self, name):
        with open(os.path.join(os.path.dirname(__file__), "..", "..", name), encoding="utf-8") as file:
            blocks = re.findall(r"```(\w+)\n(.*?)```", file.read(), re.DOTALL)
        place = next(at for at, (_, text) in enumerate(blocks) if "[[fallback]]" in text)
        commands, settings = blocks[place - 1][1], blocks[place][1]
        self.assertEqual(commands, "todoku secret set spare-password\n")
        for written, real in (("smtp.example.jp:587", f"localhost:{self.usual.postfix.port}"),
                              ("taro@relay.example.jp:587",
                               f"{SPARE_LOGIN[0]}@localhost:{self.spare.postfix.port}")):
            self.assertIn(written, settings)
            settings = settings.replace(written, real)
        config = os.path.join(self.directory, f"{name}.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(settings)
        todoku = self.todoku(None, "--config", config, secrets={"spare-password": SPARE_LOGIN[1]},
                             sets=(f"dns.servers=127.0.0.1:{self.names.port}",))
        self.usual.postfix.add_login("taro@example.jp", "heimlich")
        for at_spare, recipient in enumerate(("a@fine.test", "a@listed.test")):
            subject = f"{name}-{at_spare}"
            body = mail(subject).replace(SENDER.encode(), b"taro@example.jp")
            self.goes(todoku, subject, usual=1 - at_spare, spare=at_spare, recipients=(recipient,), body=body,
                      sender="taro@example.jp", login=("taro@example.jp", "heimlich"))
        checked, relays = (self.say(todoku, command, config) for command in blocks[place + 1][1].splitlines()[::2])
        self.assertIn("OK", checked)
        self.assertIn("spamhaus", relays)

    @staticmethod
    def say(todoku, command, config):
        words = [todoku.program if word == "todoku" else config if word == "todoku.toml" else word
                 for word in command.partition("#")[0].split()]
        if "relays" in words:
            words += ["--state-dir", todoku.state_dir]
        return subprocess.run(words, capture_output=True, text=True, check=True, timeout=30).stdout


class Rewriting(TwoServers):
    def test_a_spare_that_changes_the_sender(self):
        """A bad relay, as there are: it takes the message and puts an address of its own into MAIL FROM and From. The
        message still arrives once; nothing in the relay's answers gives it away."""
        todoku = self.way_round()
        body = mail("changed").replace(SENDER.encode(), REWRITTEN.encode())
        self.goes(todoku, "changed", usual=0, spare=1, recipients=("a@listed.test",), body=body, sender=REWRITTEN)
        arrived = [one for one in self.spare.sink.messages if b"\r\nSubject: changed\r\n" in one.body]
        self.assertEqual([one.sender for one in arrived], ["office@spare.test"])
        self.assertIn(b"\r\nFrom: <office@spare.test>\r\n", arrived[0].body)
        self.assertIn(b"\r\nMessage-ID: <changed@queue.test>\r\n", arrived[0].body)
        wait_until(lambda: is_settled(todoku, "changed"), 10, f"changed: {states(todoku)}")
        self.assertEqual(states(todoku)["changed"], ["sent"])

    def test_the_live_test_finds_it_out_and_such_senders_no_longer_go_that_way(self):
        todoku = self.way_round()
        place = ("--config", todoku.arguments[todoku.arguments.index("--config") + 1], "--state-dir", todoku.state_dir,
                 "--set", f"upstream_ca={self.certificates.ca}", "--set", f"dns.servers=127.0.0.1:{self.names.port}")
        self.run_relays(todoku, "test", "spare", "--from", REWRITTEN, "--to", "me@fine.test", *place)
        is_test = lambda one: b"\r\nTo: <me@fine.test>\r\n" in one.body
        wait_until(lambda: any(is_test(one) for one in self.spare.sink.messages), 10, "the test mail")
        arrived = next(one for one in self.spare.sink.messages if is_test(one))
        copy = os.path.join(self.directory, "arrived.eml")
        with open(copy, "wb") as file:
            file.write(f"Return-Path: <{arrived.sender}>\r\n".encode() + arrived.body)
        told = json.loads(self.run_relays(todoku, "learn", "spare", copy, "--json", *place))
        self.assertEqual((told["outcome"], told["rewrites_from"], told["from_seen"], told["return_path"]),
                         ("done", True, "office@spare.test", "spare.test"))
        body = mail("found-out").replace(SENDER.encode(), REWRITTEN.encode())
        answer = self.send(todoku, "found-out", ("a@listed.test",), body=body, sender=REWRITTEN)
        self.assertEqual(answer.code, 554, answer)
        self.assertIn("it would replace the sender's address", answer.text)
        self.has("found-out", usual=0, spare=0)

    @staticmethod
    def run_relays(todoku, *words):
        return subprocess.run([todoku.program, "relays", *words], capture_output=True, text=True, check=True,
                              timeout=30, env=todoku.environment).stdout


if __name__ == "__main__":
    run_with_postfix("dnsmasq")
