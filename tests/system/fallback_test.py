# SPDX-License-Identifier: Apache-2.0
"""Round the blockade: what another path can cure goes by the fallback relay, once, and nothing else does."""
import json
import os
import subprocess
import time

from way_round import BUSY, FAST, LISTED, MICROSOFT, POOR, FallbackTest
from system.ports import wait_until
from system.skip import main
from system.upstream import CLOSE, SILENT


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


class ItsOwnConnections(FallbackTest):
    def test_the_limit_of_a_day_holds_across_a_restart(self):
        usual, other, todoku = self.way_round(config='[[fallback]]\nname = "spare"\nrelay = "{fallback}"\n'
                                                     'messages_per_day = 2\n', login=False)
        usual.reactions = {"rcpt": LISTED}
        for number in (1, 2):
            self.assertEqual(self.send(todoku, number, user=None).code, 250)
        todoku.stop()
        todoku.start()
        self.assertEqual(self.send(todoku, 3, user=None).code, 554)
        self.assertEqual(len(other.messages), 2)

    def test_it_says_goodbye_to_the_spare_server_too(self):
        usual, other, todoku = self.way_round()
        usual.reactions = {"rcpt": LISTED}
        self.assertEqual(self.send(todoku, 1).code, 250)
        self.assertEqual(other.count("QUIT"), 0)
        todoku.stop()
        self.assertEqual(other.count("QUIT"), 1)


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
        wait_until(lambda: len(self.relays(todoku)["events"]) == 2, 10)
        self.assertEqual([one["event"] for one in self.relays(todoku)["events"]], ["detour_ended", "detour_began"])
        page = subprocess.run([todoku.program, "relays", "--state-dir", todoku.state_dir, "--lang", "ja"],
                              capture_output=True, text=True, timeout=30, check=True).stdout
        self.assertIn("メールの道を元に戻しました", page.replace("\n    ", ""))

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


if __name__ == "__main__":
    main()
