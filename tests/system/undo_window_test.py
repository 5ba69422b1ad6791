# SPDX-License-Identifier: Apache-2.0
"""checks.undo_window: a message waits, can be taken back, and goes by itself; nothing of that is lost by a restart."""
import time

from prelude import SystemTest
from system.ports import wait_until
from system.raw_client import RawClient, send_mail
from system.skip import main


def mail(number=1, size=0):
    return (f"From: <tester@example.test>\r\nTo: <ok@example.test>\r\nMessage-ID: <{number}@example.test>\r\n"
            f"User-Agent: Mozilla Thunderbird\r\nSubject: plan {number}\r\n\r\nGood morning.\r\n" + "x\r\n" * size).encode()


class UndoWindow(SystemTest):
    def start(self, window="60s", *sets):
        self.upstream_server, self.program = self.pair(
            sets=(f"checks.undo_window={window}", "delivery.notice_mail=off", *sets), tls="none", login=False,
            options=("--lang", "ja"))

    def send(self, number=1, size=0):
        return send_mail(self.program.port, mail(number, size), user=None)

    def arrived(self):
        return len(self.upstream_server.messages)

    def only_message(self):
        messages = self.program.messages("list", "--all")["messages"]
        self.assertEqual(len(messages), 1)
        return messages[0]

    def test_it_waits_and_goes_by_itself(self):
        self.start("1500ms")
        begun = time.monotonic()
        answer = self.send(size=200_000)  # large ones are not relayed while they arrive, either
        self.assertEqual(answer.code, 250, answer)
        self.assertIn("in 2 seconds", answer.lines[0])
        self.assertIn("todoku messages discard", answer.text)
        self.assertEqual(self.arrived(), 0)
        message = self.only_message()
        self.assertEqual((message["state"], message["waits_for"]), ("held", "time"))
        wait_until(lambda: self.arrived() == 1, 10)
        self.assertGreater(time.monotonic() - begun, 1.4)
        wait_until(lambda: self.only_message()["state"] == "sent", 10)
        story = self.program.messages("show", message["id"])
        kinds = [moment["event"] for moment in story["timeline"] if moment["what"] == "event"]
        self.assertEqual(kinds[:2], ["undo_window_began", "undo_window_over"], story)

    def test_it_can_be_taken_back_or_sent_at_once(self):
        self.start()
        self.assertEqual(self.send().code, 250)
        self.program.messages("discard", self.only_message()["id"])
        self.assertEqual(self.only_message()["state"], "discarded")
        self.assertEqual(self.send(2).code, 250)
        second = self.program.messages("list", "--state", "held")["messages"][0]
        self.program.messages("release", second["id"])
        wait_until(lambda: self.arrived() == 1, 10)
        self.assertIn(b"plan 2", self.upstream_server.messages[0].body)

    def test_stop_kill_and_restart_lose_nothing_and_keep_the_time(self):
        self.start("2s")
        for number, end in ((1, self.program.stop), (2, self.kill)):
            begun = time.monotonic()
            self.assertEqual(self.send(number).code, 250)
            end()
            self.assertEqual(self.arrived(), number - 1)
            self.program.start()
            wait_until(lambda expected=number: self.arrived() == expected, 10)
            self.assertGreater(time.monotonic() - begun, 1.9)  # the restart does not cut the time short
        time.sleep(0.5)
        self.assertEqual(self.arrived(), 2)

    def kill(self):
        self.program.process.kill()
        self.program.process.wait()

    def test_the_same_again_joins_and_a_refusal_stays_one(self):
        self.start("60s", "checks.forgotten_attachment=refuse")
        self.assertEqual(self.send().code, 250)
        again = self.send()
        self.assertEqual(again.code, 250)
        self.assertIn("joined", again.text)
        self.assertEqual(self.only_message()["state"], "held")
        with RawClient(self.program.port) as client:
            client.hello()
            client.mail()
            self.assertEqual(client.data(mail(3).replace(b"Good morning", b"Please find attached the plan")).code, 554)


if __name__ == "__main__":
    main()
