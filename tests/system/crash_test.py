# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random instants while many clients send: every message that was answered 250 arrives or stands as
unknown, asking; and none arrives twice. The clients act like Outlook's outbox: what got no answer is sent again,
byte for byte."""
import collections
import json
import os
import random
import re
import signal
import subprocess
import threading
import time

from prelude import SystemTest
from system.ports import wait_until
from system.raw_client import send_mail
from system.skip import main
from system.upstream import Delay

CLIENTS, MESSAGES, ROUNDS = 20, 500, int(os.environ.get("TODOKU_CRASH_ROUNDS", "10"))
SETS = ("delivery.retry=200ms,400ms", "delivery.answer_budget=1s", "delivery.notice_mail=off")


class Outbox(threading.Thread):
    """One client: sends its messages one after the other, each until it has a 250."""

    def __init__(self, port, numbers):
        super().__init__(daemon=True)
        self.port, self.numbers, self.accepted = port, numbers, set()
        self.refused = []

    def run(self):
        for number in self.numbers:
            while not self.send(number):
                time.sleep(0.02)

    def send(self, number):
        padding = b"x" * 70 + b"\r\n"
        body = (f"From: <tester@example.test>\r\nMessage-ID: <{number}@crash.test>\r\nSubject: {number}\r\n\r\n"
                .encode() + padding * (number % 9))
        if number % 50 == 0:
            body += padding * 5000
        try:
            answer = send_mail(self.port, body, user=None, seconds=20)
        except OSError:
            return False
        if answer.code == 250:
            self.accepted.add(number)
            return True
        if answer.code // 100 == 5:
            self.refused.append((number, answer))
        return answer.code // 100 == 5


class Crash(SystemTest):
    def setUp(self):
        super().setUp()
        self.chance = random.Random(int(os.environ.get("TODOKU_CRASH_SEED", "20261124")))

    def test_killed_at_random_instants(self):
        for round_number in range(ROUNDS):
            with self.subTest(round=round_number):
                self.one_round()

    def one_round(self):
        upstream, todoku = self.pair(login=False, tls="none", sets=SETS)
        upstream.reactions = {"end": lambda _: Delay(self.chance.random() * 0.02)}
        outboxes = [Outbox(todoku.port, range(first, MESSAGES, CLIENTS)) for first in range(CLIENTS)]
        for outbox in outboxes:
            outbox.start()
        for _ in range(4):
            time.sleep(0.1 + self.chance.random() * 0.7)
            todoku.process.send_signal(signal.SIGKILL)
            todoku.process.wait()
            todoku.start()
        for outbox in outboxes:
            outbox.join(90)
            self.assertFalse(outbox.is_alive(), "an outbox is still not empty")
            self.assertEqual(outbox.refused, [])
        accepted = set().union(*(outbox.accepted for outbox in outboxes))
        self.assertEqual(len(accepted), MESSAGES)
        self.settle(upstream, todoku, accepted)

    def arrived(self, upstream):
        return collections.Counter(int(re.search(rb"Message-ID: <(\d+)@", message.body).group(1))
                                   for message in list(upstream.messages))

    def unknown(self, todoku):
        listed = subprocess.run([todoku.program, "messages", "list", "--state", "unknown", "--limit", "1000",
                                 "--state-dir", todoku.state_dir, "--json"],
                                capture_output=True, text=True, timeout=30, check=True)
        return {int(re.search(r"<(\d+)@", one["message_id"]).group(1)) for one in json.loads(listed.stdout)["messages"]}

    def settle(self, upstream, todoku, accepted):
        wait_until(lambda: accepted <= set(self.arrived(upstream)) | self.unknown(todoku), 30,
                   "every accepted message has arrived or asks")
        time.sleep(1)
        arrived, unknown = self.arrived(upstream), self.unknown(todoku)
        twice = {number: count for number, count in arrived.items() if count > 1}
        print(f"  accepted {len(accepted)}, arrived {len(arrived)}, asking {len(unknown)}, twice {len(twice)}", flush=True)
        self.assertEqual(twice, {})
        self.assertEqual(accepted - set(arrived) - unknown, set())


if __name__ == "__main__":
    main()
