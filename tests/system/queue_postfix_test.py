# SPDX-License-Identifier: Apache-2.0
"""A real Postfix as the upstream of the queue: stopped, restarted, deferring, refusing late and silent, and clients
that act like Outlook in front: of what was answered 250 there are never two copies, and never none.

The waits are scaled: 3 s stand for Outlook's minute. TODOKU_REAL_TIME=1 adds one case with the true ones (2 min)."""
import os
import shutil
import threading
import time
import unittest

from prelude import SystemTest
from system.outlook import Outlook
from system.phase_relay import PhaseRelay
from system.ports import wait_until
from system.postfix import Postfix
from system.raw_client import send_mail
from system.real_upstream import SCALED, SENDER, RealUpstream, is_settled, mail, run_with_postfix, states

# The RFC's limits, scaled like Outlook's minute.
LIMITS = ("delivery.data_limit=6s", "delivery.block_limit=9s", "delivery.final_dot_limit=8s")
QUIET = 1.0  # seconds, longer than the longest wait of SCALED: whoever sends again has done it by then


class WithRealUpstream(SystemTest):
    """One Postfix for the whole file: a start costs seconds."""
    real = None

    @classmethod
    def setUpClass(cls):
        if WithRealUpstream.real is not None:
            return
        super().setUpClass()
        WithRealUpstream.directory, WithRealUpstream.certificates = cls.directory, cls.certificates
        unittest.addModuleCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        WithRealUpstream.real = RealUpstream(cls.directory, cls.certificates.good)
        unittest.addModuleCleanup(cls.real.stop)
        cls.real.start()

    @classmethod
    def tearDownClass(cls):
        pass

    def plain(self, *sets, port=None):
        return self.todoku(f"smtp://127.0.0.1:{port or self.real.postfix.plain_port}", sets=(*SCALED, *sets))

    def outlook(self, todoku, name, **more):
        """Its recipient has the message's name, so that the policy can tell the tests apart."""
        outlook = Outlook(todoku.port, more.pop("body", mail(name)), f"{name}@example.test", **more)
        outlook.start()
        return outlook

    def are_once(self, cases):
        """(todoku, name) of each message: sent, and Postfix has taken one copy."""
        for todoku, name in cases:
            with self.subTest(name + " settles"):
                wait_until(lambda: is_settled(todoku, name), 20, f"{name}: {states(todoku)}")
                wait_until(lambda: self.real.copies(name), 20, f"{name} at Postfix")
        time.sleep(QUIET)
        for todoku, name in cases:
            with self.subTest(name):
                self.assertEqual((self.real.copies(name), states(todoku)[name].count("sent")), (1, 1), states(todoku))


class Stopped(WithRealUpstream):
    def test_mail_for_a_stopped_server_arrives_once_when_it_is_back(self):
        login = (Postfix.USER, Postfix.PASSWORD)
        todoku = self.todoku(f"submission://localhost:{self.real.postfix.port}", sets=SCALED)
        first = send_mail(todoku.port, mail("warm"), user=login[0], password=login[1])
        self.assertEqual(first.code, 250, first)  # from now on the password is known
        self.real.postfix.stop()
        names = [f"stopped{number}" for number in range(5)]
        for outlook in [self.outlook(todoku, name, login=login) for name in names]:
            answer = outlook.finish()
            self.assertIn("queued as", answer.text)
            self.assertEqual(len(outlook.answers), 1)
        self.assertEqual([states(todoku)[name] for name in names], [["waiting"]] * 5)
        self.real.start()
        self.are_once([(todoku, name) for name in names])

    def test_restarted_in_the_middle(self):
        todoku = self.plain(*LIMITS)
        names = [[f"restart{row}x{number}" for number in range(15)] for row in range(6)]

        def send_all(row):
            for name in row:
                outlook = Outlook(todoku.port, mail(name, size=20_000), f"{name}@example.test", pause=0.05)
                outlook.run()
                outcomes[name] = outlook.fault

        outcomes = {}
        rows = [threading.Thread(target=send_all, args=(row,), daemon=True) for row in names]
        for row in rows:
            row.start()
        for some in (10, 40):
            wait_until(lambda count=some: len(outcomes) >= count, 30, "mail under way")
            self.real.postfix.stop()
            self.real.start()
        for row in rows:
            row.join(60)
        every = sum(names, [])
        self.assertEqual(outcomes, {name: None for name in every})
        for name in every:
            wait_until(lambda one=name: is_settled(todoku, one), 20, f"{name} settled: {states(todoku)[name]}")
        time.sleep(QUIET)
        known = states(todoku)
        copies = {name: self.real.copies(name) for name in every}
        unknown = [name for name in every if "unknown" in known[name]]
        print(f"  {len(every)} messages, {len(unknown)} asking", flush=True)
        self.assertEqual({name: count for name, count in copies.items() if count > 1}, {})
        self.assertEqual([name for name, count in copies.items() if count == 0 and name not in unknown], [])


class Deferring(WithRealUpstream):
    def defer(self, name, state, action, times):
        """Postfix says action at this command, so many times; the sender of the test is known by the name, too."""
        left = [times]

        def rule(at, _):
            if at == state and left[0] > 0:
                left[0] -= 1
                return action
            return None
        self.real.policy.rules[f"{name}@example.test"] = rule
        return f"{name}@example.test"

    def test_the_client_gets_the_true_answer_until_it_is_taken(self):
        todoku = self.plain()
        for state, action in (("MAIL", "451 4.3.0 busy at MAIL"), ("RCPT", "450 4.2.0 grey at RCPT"),
                              ("DATA", "450 4.7.1 not now at DATA"), ("END", "451 4.7.1 not now at the end")):
            with self.subTest(state):
                name = f"true-{state.lower()}"
                sender = self.defer(name, state, action, 2)
                outlook = self.outlook(todoku, name, sender=sender)
                outlook.finish()
                self.assertEqual([answer.code for answer in outlook.answers], [int(action[:3])] * 2 + [250])
                self.assertIn(action[10:], outlook.answers[0].text)
        self.are_once([(todoku, f"true-{state}") for state in ("mail", "rcpt", "data", "end")])

    def test_when_the_admin_says_so_it_is_queued(self):
        todoku = self.plain("delivery.queue_deferred=true")
        names = []
        for state in ("MAIL", "RCPT", "DATA", "END"):
            names.append(f"queued-{state.lower()}")
            sender = self.defer(names[-1], state, f"451 4.7.1 later, {state}", 2)
            outlook = self.outlook(todoku, names[-1], sender=sender)
            self.assertIn("queued as", outlook.finish().text)
            self.assertEqual(len(outlook.answers), 1)
        self.are_once([(todoku, name) for name in names])
        for name in names:
            self.assertGreaterEqual(len([one for one in self.real.policy.asked if one[1].startswith(name)]), 3)

    def test_a_server_that_goes_away_with_421_is_no_answer(self):
        todoku = self.plain()
        for state in ("RCPT", "END"):
            with self.subTest(state):
                name = f"away-{state.lower()}"
                self.defer(name, state, "421 4.3.2 going away", 2)
                outlook = self.outlook(todoku, name)
                self.assertIn("queued as", outlook.finish().text)
        self.are_once([(todoku, "away-rcpt"), (todoku, "away-end")])


class RefusingLater(WithRealUpstream):
    def test_the_sender_is_told_by_mail_with_a_null_sender(self):
        todoku = self.plain("delivery.queue_deferred=true", "delivery.notice_mail=on", "delivery.notice_mail_after=0s")
        answers = iter(["450 4.2.0 later", "550 5.1.1 nobody of that name"])
        self.real.policy.rules["gone@example.test"] = lambda state, _: next(answers, None) if state == "RCPT" else None
        self.assertIn("queued as", self.outlook(todoku, "gone").finish().text)

        def notices():
            return [one for one in self.real.sink.messages if SENDER in one.recipients]

        notice = wait_until(notices, 20, "the notice")
        time.sleep(QUIET)
        self.assertEqual([(one.sender, one.recipients) for one in notice], [("", [SENDER])])
        for part in (b"multipart/report", b"Auto-Submitted: auto-", b"nobody of that name", b"gone@example.test"):
            self.assertIn(part, notice[0].body)
        self.assertEqual(self.real.copies("gone"), 0)
        self.assertEqual(states(todoku)["gone"], ["returned"])
        self.assertEqual(len(notices()), 1)


class Late(WithRealUpstream):
    def answers_after(self, name, seconds):
        rest = threading.Event()
        self.addCleanup(rest.set)

        def rule(state, _):
            if state == "END":
                rest.wait(seconds)
        self.real.policy.rules[f"{name}@example.test"] = rule

    def test_an_answer_after_the_clients_patience(self):
        """Budget below the patience: our 250 in time. Budget above it: each sending again joins the first."""
        cases = []
        for budget, chunking, with_id in (("2s", "on", True), ("2s", "off", True), ("20s", "on", True),
                                          ("20s", "off", True), ("20s", "on", False)):
            name = f"late-{budget}-{chunking}-{with_id}"
            self.answers_after(name, 9)
            todoku = self.plain(f"delivery.answer_budget={budget}", f"delivery.chunking={chunking}")
            cases.append((name, budget, todoku, self.outlook(todoku, name, body=mail(name, with_id=with_id))))
        for name, budget, todoku, outlook in cases:
            with self.subTest(name):
                outlook.finish()
                self.assertEqual(len(outlook.answers) > 1, budget == "20s", outlook.answers)
        self.are_once([(todoku, name) for name, _, todoku, _ in cases])

    def test_ninety_real_seconds(self):
        if not os.environ.get("TODOKU_REAL_TIME"):
            self.skipTest("TODOKU_REAL_TIME is not set")
        self.answers_after("ninety", 90)
        todoku = self.todoku(f"smtp://127.0.0.1:{self.real.postfix.plain_port}")  # as it is installed
        outlook = self.outlook(todoku, "ninety", patience=60, limit=180)
        begun = time.monotonic()
        self.assertIn("queued as", outlook.finish().text)
        self.assertLess(time.monotonic() - begun, 30)
        wait_until(lambda: is_settled(todoku, "ninety"), 120, "the late answer")
        self.are_once([(todoku, "ninety")])


class Silent(WithRealUpstream):
    """Black holes and lost answers. All cases run at the same time: they are made of waiting."""

    def begin(self, stop, budget, chunking, hang_up=False):
        name = "-".join([stop, "hang-up" if hang_up else "silent", budget, chunking])
        relay = PhaseRelay(self.real.postfix.plain_port, stop, hang_up)
        self.addCleanup(relay.close)
        todoku = self.plain(f"delivery.answer_budget={budget}", f"delivery.chunking={chunking}", *LIMITS,
                            port=relay.port)
        body = mail(name, size=12_000_000 if stop == "body" else 0)
        return name, relay, todoku, self.outlook(todoku, name, body=body)

    def test_before_the_end_it_is_sent_later(self):
        """"body" is a large message that gets stuck half way; its client is not held back for ever."""
        stops = [(stop, chunking) for stop in ("connect", "greeting", "body") for chunking in ("on", "off")]
        stops += [(stop, "off") for stop in ("ehlo", "mail", "rcpt")]
        cases = [self.begin(stop, budget, chunking) for stop, chunking in stops for budget in ("1s", "7s")]
        for name, relay, todoku, outlook in cases:
            with self.subTest(name):
                outlook.finish()
                self.assertTrue(relay.stopped.is_set())
                self.assertEqual(self.real.copies(name), 0)
        for _, relay, _, _ in cases:
            relay.heal()
        self.are_once([(todoku, name) for name, _, todoku, _ in cases])

    def test_a_lost_answer_is_never_sent_again_unasked(self):
        """With CHUNKING all goes in one flight: from EHLO on nobody knows how much of it has arrived."""
        stops = [(stop, chunking) for stop in ("before_dot", "answer") for chunking in ("on", "off")]
        stops += [(stop, "on") for stop in ("ehlo", "mail", "rcpt")]
        cases = [self.begin(stop, budget, chunking) for stop, chunking in stops for budget in ("1s", "7s")]
        cases += [self.begin(stop, "7s", chunking, hang_up=True) for stop, chunking in stops[:4]]
        for name, relay, todoku, outlook in cases:
            with self.subTest(name):
                outlook.finish()
                wait_until(lambda: states(todoku)[name] == ["unknown"], 20, f"{name} unknown: {states(todoku)}")
                relay.heal()
        time.sleep(QUIET)
        for name, _, todoku, _ in cases:
            with self.subTest(name + ", asked"):
                self.assertEqual(self.real.copies(name), 1 if name.startswith("answer") else 0)
                kept = todoku.messages("list", "--state", "unknown")["messages"]
                self.assertEqual(len(kept), 1)
                self.assertEqual(todoku.messages("retry", kept[0]["id"], "--yes")["outcome"], "done")
        for name, _, todoku, _ in cases:
            with self.subTest(name + ", sent once more"):
                wait_until(lambda: states(todoku)[name] == ["sent"], 20, f"{name}: {states(todoku)}")
        time.sleep(QUIET)
        for name, _, _, _ in cases:
            with self.subTest(name + ", once"):
                self.assertEqual(self.real.copies(name), 2 if name.startswith("answer") else 1)


if __name__ == "__main__":
    run_with_postfix()
