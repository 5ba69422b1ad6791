# SPDX-License-Identifier: Apache-2.0
"""A client that acts like Outlook, before two real Postfixes: it sends again by itself when no answer comes in time
(3 s here), whatever happens on the way to either. Never two copies, never none."""
import threading
import time

from two_servers import LOGIN, QUIET, TwoServers
from system.outlook import Outlook
from system.phase_relay import PhaseRelay
from system.ports import wait_until
from system.real_upstream import is_settled, mail, run_with_postfix, states


class LikeOutlook(TwoServers):
    LATE = ("delivery.answer_budget=20s", "delivery.verdict_wait=15s", "delivery.final_dot_limit=15s")
    LOST = ("delivery.answer_budget=6s", "delivery.verdict_wait=15s", "delivery.final_dot_limit=4s")

    def outlook(self, todoku, name, recipient=None, login=LOGIN):
        outlook = Outlook(todoku.port, mail(name), recipient or f"{name}@fine.test", login=login)
        outlook.start()
        return outlook

    def cut(self, server, stop, hang_up=False):
        """The clear port of a server, behind a wire that breaks."""
        wire = PhaseRelay(server.postfix.plain_port, stop, hang_up)
        self.addCleanup(wire.close)
        return wire

    def end_in(self, todoku, name, state, *, usual, spare):
        wait_until(lambda: is_settled(todoku, name), 30, f"{name}: {states(todoku)}")
        self.assertEqual(states(todoku)[name], [state])
        self.has(name, usual=usual, spare=spare)

    def test_a_spare_that_answers_late(self):
        """Every repeat joins the message that is under way there."""
        rest = threading.Event()
        self.addCleanup(rest.set)
        todoku = self.way_round(*self.LATE)
        self.spare.policy.rules["late@listed.test"] = lambda at, _: rest.wait(7) and None if at == "END" else None
        outlook = self.outlook(todoku, "late", "late@listed.test")
        self.assertIn("Sent as", outlook.finish().text)
        self.assertGreater(len(outlook.answers), 1)
        time.sleep(QUIET)
        self.end_in(todoku, "late", "sent", usual=0, spare=1)

    def test_a_usual_server_that_is_silent_for_longer_than_outlook_waits(self):
        hole = self.cut(self.usual, "greeting")
        todoku = self.way_round("delivery.answer_budget=20s", "delivery.verdict_wait=7s", usual=hole.url)
        outlook = self.outlook(todoku, "silent", login=None)
        outlook.finish()
        self.assertGreater(len(outlook.answers), 1)
        wait_until(lambda: is_settled(todoku, "silent"), 30, f"silent: {states(todoku)}")
        hole.heal()
        time.sleep(QUIET)
        self.end_in(todoku, "silent", "sent", usual=0, spare=1)

    def test_a_lost_answer_of_either_server(self):
        """It may have arrived, so nobody sends it again, by no way: a person is asked."""
        cases = []
        for stop, arrives in (("before_dot", 0), ("answer", 1)):
            for hang_up in (False, True):
                name = f"lost-{stop.replace('_', '-')}-{hang_up}"
                wire = self.cut(self.usual, stop, hang_up)
                todoku = self.way_round(*self.LOST, usual=wire.url)
                cases.append((todoku, wire, name, self.outlook(todoku, name, login=None), arrives, 0))
                name += "-spare"
                wire = self.cut(self.spare, stop, hang_up)
                todoku = self.way_round(*self.LOST, spare=wire.url)
                cases.append((todoku, wire, name, self.outlook(todoku, name, "a@listed.test"), 0, arrives))
        for todoku, wire, name, outlook, usual, spare in cases:
            with self.subTest(name):
                outlook.finish()
                wire.heal()
                self.end_in(todoku, name, "unknown", usual=usual, spare=spare)
        time.sleep(QUIET)
        for todoku, _, name, _, usual, spare in cases:
            with self.subTest(name + ", later"):
                self.end_in(todoku, name, "unknown", usual=usual, spare=spare)

    def test_the_usual_server_goes_and_comes_back_under_load(self):
        todoku = self.way_round(*self.LOST)
        self.log_in(todoku, "load-login")
        rows = [[f"load{row}x{number}" for number in range(12)] for row in range(4)]
        faults = {}

        def send_all(row):
            for name in row:
                outlook = Outlook(todoku.port, mail(name, size=20_000), f"{name}@fine.test", login=LOGIN, pause=0.05)
                outlook.run()
                faults[name] = outlook.fault

        threads = [threading.Thread(target=send_all, args=(row,), daemon=True) for row in rows]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(faults) >= 10, 30, "mail under way")
        self.usual.postfix.stop()
        wait_until(lambda: len(faults) >= 25, 30, "mail by the spare")
        self.usual.start()
        for thread in threads:
            thread.join(60)
        every = sum(rows, [])
        self.assertEqual(faults, {name: None for name in every})
        for name in every:
            wait_until(lambda one=name: is_settled(todoku, one), 20, f"{name}: {states(todoku)[name]}")
        time.sleep(QUIET)
        self.are_once_somewhere(todoku, every)

    def are_once_somewhere(self, todoku, names):
        known = states(todoku)
        copies = {name: (self.usual.copies(name), self.spare.copies(name)) for name in names}
        unknown = [name for name in names if "unknown" in known[name]]
        by_spare = sum(spare for _, spare in copies.values())
        print(f"  {len(names)} messages, {by_spare} by the spare, {len(unknown)} asking", flush=True)
        self.assertGreater(by_spare, 0)
        self.assertEqual({name: both for name, both in copies.items() if sum(both) > 1}, {})
        self.assertEqual([name for name, both in copies.items() if sum(both) == 0 and name not in unknown], [])


if __name__ == "__main__":
    run_with_postfix("dnsmasq")
