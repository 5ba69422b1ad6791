# SPDX-License-Identifier: Apache-2.0
"""Mail that has our 250, in moments that seldom come: two restarts in a row, a settings change, a broken record."""
import os
import sqlite3
import time

from prelude import SystemTest
from system.ports import wait_until
from system.raw_client import RawClient, send_mail
from system.skip import main
from system.upstream import Upstream

FAST = ("delivery.retry=300ms,600ms", "delivery.answer_budget=2s")


def mail(number=1, size=0):
    head = f"From: <tester@example.test>\r\nMessage-ID: <{number}@example.test>\r\nSubject: Nr {number}\r\n\r\n"
    return head.encode() + b"Text\r\n" + (b"y" * 70 + b"\r\n") * (size // 72)


class OddMoments(SystemTest):
    def again(self, upstream, **options):
        """The same server again, on the same port."""
        made = Upstream(tls="none", port=upstream.port, **options)
        self.addCleanup(made.stop)
        return made

    def bodies(self, todoku):
        return os.listdir(os.path.join(todoku.state_dir, "spool"))

    def test_mail_that_waits_for_a_log_in_goes_at_it_after_two_restarts(self):
        upstream = self.upstream(tls="none")
        todoku = self.todoku(upstream.url, sets=(*FAST, "delivery.notice_mail=off"))
        self.assertEqual(send_mail(todoku.port, mail(1)).code, 250)
        upstream.stop()
        self.assertEqual(send_mail(todoku.port, mail(2)).code, 250)
        for _ in range(2):
            todoku.stop()
            todoku.start()
            wait_until(lambda: any(event.get("waits_for") == "login" for event in todoku.events()), 10)
        again = self.again(upstream)
        with RawClient(todoku.port) as client:
            client.hello()
            self.assertEqual(client.login().code, 235)
        wait_until(lambda: len(again.messages) == 1, 10)

    def test_who_is_refused_beside_a_421_is_told_of(self):
        upstream, todoku = self.pair(sets=(*FAST, "delivery.notice_mail_after=100ms"), login=False, tls="none")
        upstream.reactions = {"rcpt": lambda to: "550 5.1.1 no such user" if "gone" in to else
                              "421 4.3.2 going down" if "other" in to else None}
        answer = send_mail(todoku.port, mail(1), recipients=("gone@example.test", "other@example.test"), user=None)
        if answer.code == 250:
            upstream.reactions = {}
            wait_until(lambda: any(b"gone@example.test" in one.body for one in upstream.messages), 10)
        else:
            self.assertEqual(answer.code, 550, answer)
            self.assertIn("gone@example.test", answer.text)

    def test_a_record_that_cannot_be_read_does_not_keep_the_queue_busy(self):
        upstream, todoku = self.pair(sets=FAST, login=False, tls="none")
        upstream.stop()
        self.assertEqual(send_mail(todoku.port, mail(1), user=None).code, 250)
        todoku.stop()
        with sqlite3.connect(os.path.join(todoku.state_dir, "todoku.db")) as database:
            database.execute("UPDATE messages SET private=x'00'")
        todoku.start()
        again = self.again(upstream, login=False)
        self.assertEqual(send_mail(todoku.port, mail(2), user=None).code, 250)
        wait_until(lambda: len(again.messages) == 1, 10)
        time.sleep(1)
        told = [event for event in todoku.events() if event["event"] == "queue.unreadable"]
        self.assertGreater(len(told), 0)
        self.assertLess(len(told), 20)

    def test_a_damaged_record_is_told_and_nothing_of_it_is_thrown_away(self):
        upstream, todoku = self.pair(sets=(*FAST, "store.memory_body=1KiB"), login=False, tls="none")
        upstream.stop()
        self.assertEqual(send_mail(todoku.port, mail(1, size=300_000), user=None).code, 250)
        self.assertEqual(len(self.bodies(todoku)), 1)
        todoku.process.kill()
        todoku.process.wait()
        for name in os.listdir(todoku.state_dir):
            if name.startswith("todoku.db"):
                with open(os.path.join(todoku.state_dir, name), "r+b") as file:
                    file.write(b"\0" * 100)
        for _ in range(2):
            todoku.start()
            aside = [name for name in os.listdir(todoku.state_dir) if ".damaged-" in name]
            folder = next(os.path.join(todoku.state_dir, name) for name in aside if name.endswith(".spool"))
            self.assertEqual(len(os.listdir(folder)), 1)
            self.assertEqual(self.bodies(todoku), [])
            todoku.stop()
        told = [event for event in todoku.events() if event["event"] == "store.damaged"]
        self.assertEqual(len(told), 1)
        self.assertIn(told[0]["file"], [os.path.join(todoku.state_dir, name) for name in aside])

    def test_an_account_that_was_renamed_is_told_and_its_old_name_lets_the_mail_go(self):
        upstream, todoku = self.pair(sets=FAST, login=False, tls="none")
        upstream.stop()
        self.assertEqual(send_mail(todoku.port, mail(1), user=None).code, 250)
        todoku.stop()
        place = todoku.arguments.index("--upstream")
        given = todoku.arguments[place:place + 2]
        settings = os.path.join(todoku.directory, "renamed.toml")
        with open(settings, "w", encoding="utf-8") as file:
            file.write(f'[[account]]\nname = "renamed"\nsenders = ["*"]\nupstream = "{given[1]}"\n')
        todoku.arguments[place:place + 2] = ["--config", settings]
        todoku.start()
        wait_until(lambda: any(event["event"] == "queue.account_missing" for event in todoku.events()), 10)
        todoku.stop()
        todoku.arguments[place:place + 2] = given
        again = self.again(upstream, login=False)
        todoku.start()
        wait_until(lambda: len(again.messages) == 1, 10)

    def test_a_repeat_that_is_broken_off_leaves_nothing_behind(self):
        upstream, todoku = self.pair(sets=FAST, login=False, tls="none")
        upstream.stop()
        self.assertEqual(send_mail(todoku.port, mail(1), user=None).code, 250)
        with RawClient(todoku.port) as client:
            client.hello()
            client.mail()
            client.command("DATA")
            client.send(mail(1, size=2_000_000))
            wait_until(lambda: self.bodies(todoku), 5)
        wait_until(lambda: not self.bodies(todoku), 5)


if __name__ == "__main__":
    main()
