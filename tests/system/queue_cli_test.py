# SPDX-License-Identifier: Apache-2.0
"""todoku messages beside a running todoku serve, as a person and as a program would use it."""
import json
import os
import pty
import re
import subprocess

from prelude import SystemTest
from system.ports import wait_until
from system.raw_client import send_mail
from system.skip import main
from system.upstream import CLOSE, Upstream

# One retry that a test does not want to wait for.
SLOW = ("delivery.retry=1h", "delivery.answer_budget=2s", "delivery.notice_mail=off")
ID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{12}\b")


def mail(subject, number=1):
    return (f"From: <tester@example.test>\r\nMessage-ID: <{number}@example.test>\r\n"
            f"Subject: {subject}\r\n\r\nText\r\n").encode()


class MessagesTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.upstream_server, self.program = self.pair(sets=SLOW, tls="none", login=False)

    def send(self, subject, code=250, number=1):
        """The id that the answer shows."""
        answer = send_mail(self.program.port, mail(subject, number), user=None)
        self.assertEqual(answer.code, code, answer)
        return ID.search(answer.text).group()

    def run_cli(self, *words, code=0, language="en"):
        arguments = [self.program.program, "messages", *words, "--state-dir", self.program.state_dir,
                     "--lang", language]
        ran = subprocess.run(arguments, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                             timeout=30, check=False)
        self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
        return ran.stdout if code == 0 else ran.stderr

    def ask_json(self, *words, code=0):
        return json.loads(self.run_cli(*words, "--json", code=code))

    def state(self, message_id):
        listed = self.ask_json("list", "--all")["messages"]
        return next((one["state"] for one in listed if one["id"] == message_id), None)

    def await_state(self, message_id, state):
        wait_until(lambda: self.state(message_id) == state, 10, f"{message_id} {state}")

    def lose_the_answer(self, subject="lost"):
        """A message that may have arrived."""
        self.upstream_server.reactions = {"end": CLOSE}
        message_id = self.send(subject)
        self.upstream_server.reactions = {}
        self.await_state(message_id, "unknown")
        return message_id

    def leave_waiting(self, subject="waits", number=1):
        self.upstream_server.reactions = {"connect": "421 4.3.2 busy"}
        self.upstream_server.drop_connections()
        message_id = self.send(subject, number=number)
        self.await_state(message_id, "waiting")
        return message_id


class Looking(MessagesTest):
    def test_each_message_is_listed_with_its_state_and_next_step(self):
        sent = self.send("=?UTF-8?B?44GK6KaL56mN44KK?=", number=1)
        lost = self.lose_the_answer()
        waiting = self.leave_waiting(number=3)
        self.await_state(sent, "sent")
        text = self.run_cli("list", language="ja")
        for piece in (sent, lost, waiting, "お見積り", "送信済み", "結果不明", "送信待ち",
                      "あなたの判断を待っています"):
            self.assertIn(piece, text)
        self.assertLess(text.index(lost), text.index(waiting))
        self.assertLess(text.index(waiting), text.index(sent))
        self.assertNotIn("\x1b", text)
        only = self.ask_json("list", "--state", "waiting,held")
        self.assertEqual([one["id"] for one in only["messages"]], [waiting])
        self.assertTrue(only["serve_running"])

    def test_the_story_of_a_message_has_the_servers_words(self):
        self.upstream_server.reactions = {"rcpt": "550 5.1.1 no such user here"}
        message_id = self.send("refused", code=550)
        self.await_state(message_id, "refused")
        self.assertIn("550 5.1.1 no such user here", self.run_cli("show", message_id.lower()))
        timeline = self.ask_json("show", message_id)["timeline"]
        self.assertEqual([one["what"] for one in timeline[:2]], ["arrived", "attempt"])
        self.assertEqual(timeline[1]["phase"], "recipient")

    def test_mistakes_say_what_to_do(self):
        self.assertIn("list --all", self.run_cli("show", "ZZZZ", code=66))
        self.assertIn("no record", subprocess.run(
            [self.program.program, "messages", "list", "--lang", "en", "--state-dir",
             self.program.directory], capture_output=True, text=True, check=False).stderr)


class Doing(MessagesTest):
    def test_a_retry_sends_at_once(self):
        message_id = self.leave_waiting()
        self.upstream_server.reactions = {}
        self.assertIn("tried now", self.run_cli("retry", message_id))
        wait_until(lambda: len(self.upstream_server.messages) == 1, 10)
        self.await_state(message_id, "sent")
        self.assertIn("sent", self.run_cli("retry", message_id, code=65))

    def test_a_cancelled_message_is_never_sent(self):
        message_id = self.leave_waiting()
        outcome = self.ask_json("discard", message_id)
        self.assertEqual((outcome["id"], outcome["outcome"]), (message_id, "done"))
        self.assertEqual(self.state(message_id), "discarded")
        self.upstream_server.reactions = {}
        other = self.send("another", number=2)
        self.await_state(other, "sent")
        self.assertEqual(len(self.upstream_server.messages), 1)

    def test_an_unknown_message_goes_again_only_after_a_yes(self):
        message_id = self.lose_the_answer()
        before = len(self.upstream_server.messages)
        self.assertIn("--yes", self.run_cli("retry", message_id, code=64))
        self.assertEqual(self.on_a_terminal("retry", message_id, answer=b"\n"), 0)
        self.assertEqual(self.state(message_id), "unknown")
        self.assertEqual(self.on_a_terminal("retry", message_id, answer=b"y\n"), 0)
        self.await_state(message_id, "sent")
        self.assertEqual(len(self.upstream_server.messages), before + 1)

    def on_a_terminal(self, *words, answer):
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        process = subprocess.Popen(
            [self.program.program, "messages", *words, "--state-dir", self.program.state_dir],
            stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        os.write(master, answer)
        return process.wait(20)

    def test_what_is_asked_while_nothing_runs_is_done_at_the_next_start(self):
        cancelled, retried = self.leave_waiting(number=1), self.leave_waiting(number=2)
        self.program.stop()
        listed = self.run_cli("list")
        self.assertIn("not running", listed)
        self.assertIn("next start", self.run_cli("discard", cancelled))
        self.assertIn("next start", self.run_cli("retry", retried))
        self.upstream_server.stop()
        again = Upstream(tls="none", login=False, port=self.upstream_server.port)
        self.addCleanup(again.stop)
        self.program.start()
        self.await_state(cancelled, "discarded")
        self.await_state(retried, "sent")
        self.assertEqual(len(again.messages), 1)


if __name__ == "__main__":
    main()
