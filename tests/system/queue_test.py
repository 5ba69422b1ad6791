# SPDX-License-Identifier: Apache-2.0
"""The hybrid answer and the queue: nothing that has our 250 is lost, nothing is sent twice unasked."""
import os
import signal
import subprocess
import threading
import time

from prelude import SystemTest
from system.ports import free_port, wait_until
from system.raw_client import RawClient, send_mail
from system.skip import main
from system.upstream import CLOSE, SILENT, Delay, Upstream

FAST = ("delivery.retry=300ms,600ms", "delivery.answer_budget=2s", "delivery.notice_mail=off")


def mail(number=1, size=0):
    head = f"From: <tester@example.test>\r\nMessage-ID: <{number}@example.test>\r\nSubject: Nr {number}\r\n\r\n"
    return head.encode() + b"Text\r\n" + (b"y" * 70 + b"\r\n") * (size // 72)


class QueueTest(SystemTest):
    """The upstream asks for no log-in, so that a restart can carry mail on without one."""

    def pair(self, sets=(), **options):
        options.setdefault("login", False)
        options.setdefault("tls", "none")
        return super().pair(sets=(*FAST, *sets), **options)

    def send(self, todoku, body, recipients=("ok@example.test",), user=None):
        return send_mail(todoku.port, body, recipients=recipients, user=user)

    def restart(self, upstream):
        """The same server again, on the same port."""
        again = Upstream(tls="none", login=False, port=upstream.port)
        self.addCleanup(again.stop)
        return again

    def make_busy(self, upstream, reaction="421 4.3.2 busy"):
        """From the next connection on; one that was dialled ahead is closed."""
        upstream.reactions = {"connect": reaction}
        upstream.drop_connections()

    def kill(self, todoku):
        todoku.process.send_signal(signal.SIGKILL)
        todoku.process.wait()

    def names(self, todoku):
        return [event["event"] for event in todoku.events()]

    def states(self, todoku):
        return [event.get("state") for event in todoku.events() if event["event"] == "queue.message"]


class OutOfReach(QueueTest):
    def test_a_server_that_is_down_gets_its_mail_when_it_is_back(self):
        upstream, todoku = self.pair()
        upstream.stop()
        for number in range(3):
            answer = self.send(todoku, mail(number))
            self.assertEqual(answer.code, 250, answer)
            self.assertIn("queued as", answer.text)
        again = self.restart(upstream)
        wait_until(lambda: len(again.messages) == 3, 10)
        time.sleep(1)
        self.assertEqual(len(again.messages), 3)

    def test_a_greeting_of_421_is_no_answer_for_the_client(self):
        upstream, todoku = self.pair()
        self.make_busy(upstream)
        self.assertEqual(self.send(todoku, mail()).code, 250)
        upstream.reactions = {}
        wait_until(lambda: len(upstream.messages) == 1, 10)

    def test_a_black_hole_does_not_make_the_client_wait(self):
        upstream, todoku = self.pair()
        self.make_busy(upstream, SILENT)
        begun = time.monotonic()
        answer = self.send(todoku, mail())
        self.assertEqual(answer.code, 250, answer)
        self.assertLess(time.monotonic() - begun, 6)

    def test_it_survives_a_kill_and_a_stop(self):
        upstream, todoku = self.pair()
        upstream.stop()
        self.assertEqual(self.send(todoku, mail(1)).code, 250)
        self.assertEqual(self.send(todoku, mail(2, size=400_000)).code, 250)
        self.kill(todoku)
        todoku.start()
        self.assertEqual(self.send(todoku, mail(3)).code, 250)
        self.assertEqual(todoku.stop(), 0)
        todoku.start()
        again = self.restart(upstream)
        wait_until(lambda: len(again.messages) == 3, 10)
        bodies = sorted(len(message.body) for message in again.messages)
        self.assertGreater(bodies[-1], 400_000)
        time.sleep(1)
        self.assertEqual(len(again.messages), 3)

    def test_a_large_message_arrives_byte_for_byte_after_a_restart(self):
        upstream, todoku = self.pair()
        upstream.stop()
        body = mail(7, size=3_000_000) + os.urandom(3000).hex().encode() + b"\r\n"
        self.assertEqual(self.send(todoku, body).code, 250)
        self.kill(todoku)
        todoku.start()
        again = self.restart(upstream)
        wait_until(lambda: len(again.messages) == 1, 10)
        self.assertTrue(again.messages[0].body.endswith(body.split(b"\r\n\r\n", 1)[1]))

    def test_mail_of_a_user_waits_for_the_log_in_after_a_restart(self):
        upstream = self.upstream(tls="none")
        todoku = self.todoku(upstream.url, sets=FAST)
        self.assertEqual(send_mail(todoku.port, mail(1)).code, 250)  # the password is known to be right
        upstream.stop()
        self.assertEqual(send_mail(todoku.port, mail(2)).code, 250)
        self.kill(todoku)
        todoku.start()
        again = Upstream(tls="none", port=upstream.port)
        self.addCleanup(again.stop)
        wait_until(lambda: any(event["event"] == "queue.login_needed" for event in todoku.events()), 10)
        self.assertEqual(again.messages, [])
        with RawClient(todoku.port) as client:
            client.hello()
            self.assertEqual(client.login().code, 235)
        wait_until(lambda: len(again.messages) == 1, 10)

    def test_mail_that_waits_for_a_log_in_also_waits_over_a_second_restart(self):
        upstream = self.upstream(tls="none")
        todoku = self.todoku(upstream.url, sets=FAST)
        self.assertEqual(send_mail(todoku.port, mail(1)).code, 250)
        upstream.stop()
        self.assertEqual(send_mail(todoku.port, mail(2)).code, 250)
        for restarts in (1, 2):
            self.assertEqual(todoku.stop(), 0)
            todoku.start()
            wait_until(lambda: self.names(todoku).count("queue.login_needed") == restarts, 10)
        again = Upstream(tls="none", port=upstream.port)
        self.addCleanup(again.stop)
        with RawClient(todoku.port) as client:
            client.hello()
            self.assertEqual(client.login().code, 235)
        wait_until(lambda: len(again.messages) == 1, 10)

    def test_no_mail_tells_of_a_wait_for_the_log_in_that_it_needs_itself(self):
        upstream = self.upstream(tls="none")
        sets = ("delivery.retry=300ms", "delivery.answer_budget=2s", "delivery.delay_notice=1s",
                "delivery.notice_mail_after=0s")
        todoku = self.todoku(upstream.url, sets=sets)
        self.assertEqual(send_mail(todoku.port, mail(1)).code, 250)
        upstream.stop()
        self.assertEqual(send_mail(todoku.port, mail(2)).code, 250)
        self.assertEqual(todoku.stop(), 0)
        todoku.start()
        waiting = todoku.messages("list")["messages"][0]["id"]
        wait_until(lambda: any(step.get("event") == "delayed" for step in
                               todoku.messages("show", waiting)["timeline"]), 10)
        self.assertEqual([one["subject"] for one in todoku.messages("list", "--state", "waiting")["messages"]],
                         ["Nr 2"])

    def test_mail_kept_because_the_password_changed_goes_at_the_next_log_in(self):
        upstream = self.upstream(tls="none")
        todoku = self.todoku(upstream.url, sets=FAST)
        with RawClient(todoku.port) as client:
            client.hello()
            self.assertEqual(client.login().code, 235)
            upstream.users = {"tester": "new"}
            upstream.drop_connections()
            self.assertEqual(client.mail().code, 250)
            answer = client.data(mail(1))
            self.assertEqual(answer.code, 250, answer)
            client.quit()
        wait_until(lambda: any(event["event"] == "queue.login_needed" for event in todoku.events()), 10)
        self.assertEqual(upstream.messages, [])
        with RawClient(todoku.port) as client:
            client.hello()
            self.assertEqual(client.login(password="new").code, 235)
        wait_until(lambda: len(upstream.messages) == 1, 10)

    def test_a_new_address_of_this_computer_lets_waiting_mail_go_at_once(self):
        upstream, todoku = self.pair(sets=("delivery.retry=10m",))
        upstream.stop()
        self.assertEqual(self.send(todoku, mail()).code, 250)
        again = self.restart(upstream)
        address = ["127.77.0.1/32", "dev", "lo"]
        subprocess.run(["ip", "addr", "add", *address], check=True)
        self.addCleanup(subprocess.run, ["ip", "addr", "del", *address])
        wait_until(lambda: len(again.messages) == 1, 10)

    def test_a_password_that_was_right_before_is_taken_while_the_server_is_down(self):
        upstream = self.upstream(tls="none")
        todoku = self.todoku(upstream.url, sets=FAST)
        self.assertEqual(send_mail(todoku.port, mail(1)).code, 250)
        hashes = os.path.join(todoku.state_dir, "verified-logins")
        wait_until(lambda: os.path.exists(hashes), 10)
        upstream.stop()
        self.kill(todoku)
        todoku.start()
        self.assertEqual(send_mail(todoku.port, mail(2), password="wrong").code, 454)
        self.assertEqual(send_mail(todoku.port, mail(3)).code, 250)
        again = Upstream(tls="none", port=upstream.port)
        self.addCleanup(again.stop)
        wait_until(lambda: len(again.messages) == 1, 10)
        with open(hashes, "rb") as file:
            self.assertNotIn(b"secret", file.read())


class Answers(QueueTest):
    def test_a_late_answer_is_used_and_nothing_is_sent_again(self):
        upstream, todoku = self.pair()
        upstream.reactions = {"end": Delay(4)}
        answer = self.send(todoku, mail())
        self.assertEqual(answer.code, 250, answer)
        self.assertIn("queued as", answer.text)
        wait_until(lambda: "sent" in self.states(todoku), 10)
        self.assertEqual(len(upstream.messages), 1)

    def test_a_lost_answer_is_kept_and_asked_never_sent_again(self):
        for extensions in (("PIPELINING", "CHUNKING"), ("PIPELINING",), ()):
            with self.subTest(extensions):
                upstream, todoku = self.pair(extensions=extensions)
                upstream.reactions = {"end": CLOSE}
                answer = self.send(todoku, mail())
                self.assertEqual(answer.code, 250, answer)
                self.assertRegex(answer.text.lower(), r"may have|perhaps|possibly")
                upstream.reactions = {}
                self.kill(todoku)
                todoku.start()
                time.sleep(1.5)
                self.assertEqual(len(upstream.messages), 1)
                self.assertEqual(upstream.count("MAIL"), 1)

    def test_silence_after_the_end_becomes_unknown(self):
        upstream, todoku = self.pair(sets=("delivery.final_dot_limit=4s",))
        upstream.reactions = {"end": SILENT}
        self.assertEqual(self.send(todoku, mail()).code, 250)
        wait_until(lambda: "unknown" in self.states(todoku), 10)
        time.sleep(1)
        self.assertEqual(len(upstream.messages), 1)

    def test_when_unknown_resend_sends_once_more(self):
        upstream, todoku = self.pair(sets=("delivery.when_unknown=resend", "delivery.unknown_wait=1s"))
        upstream.reactions = {"end": CLOSE}
        self.assertEqual(self.send(todoku, mail()).code, 250)
        wait_until(lambda: len(upstream.messages) == 2, 10)
        time.sleep(2.5)
        self.assertEqual(len(upstream.messages), 2)
        first, second = upstream.messages
        self.assertEqual(first.body.split(b"\r\n\r\n", 1)[1], second.body.split(b"\r\n\r\n", 1)[1])
        self.assertIn(b"Message-ID: <1@example.test>", second.body)

    def test_a_queued_message_reaches_those_who_are_not_refused(self):
        for extensions in (("PIPELINING", "CHUNKING"), ("PIPELINING",), ()):
            with self.subTest(extensions):
                upstream, todoku = self.pair(extensions=extensions)
                self.make_busy(upstream)
                recipients = ("a@example.test", "b@example.test", "c@example.test")
                self.assertEqual(self.send(todoku, mail(), recipients=recipients).code, 250)
                upstream.reactions = {"rcpt": lambda line: "550 5.1.1 who?" if "b@" in line else None}
                wait_until(lambda: len(upstream.messages) == 1, 10)
                wait_until(lambda: "returned" in self.states(todoku), 10)
                self.assertEqual(len(upstream.messages[0].recipients), 2)

    def test_too_old_is_returned(self):
        upstream, todoku = self.pair(sets=("delivery.max_age=3s", "delivery.delay_notice=1s"))
        upstream.stop()
        self.assertEqual(self.send(todoku, mail()).code, 250)
        wait_until(lambda: "returned" in self.states(todoku), 10)

    def test_the_sender_is_told_by_mail(self):
        upstream, todoku = self.pair(sets=("delivery.notice_mail=on", "delivery.notice_mail_after=0s"))
        self.make_busy(upstream)
        self.assertEqual(self.send(todoku, mail()).code, 250)
        upstream.reactions = {"rcpt": lambda line: "550 5.1.1 who?" if "ok@" in line else None}
        wait_until(lambda: len(upstream.messages) == 1, 10)
        notice = upstream.messages[0]
        self.assertEqual(notice.sender, "")
        self.assertEqual(notice.recipients, ["tester@example.test"])
        self.assertIn(b"multipart/report", notice.body)
        self.assertIn(b"Auto-Submitted: auto-", notice.body)
        self.assertIn(b"who?", notice.body)

    def test_a_server_that_refuses_the_null_sender_gets_the_users_own(self):
        upstream, todoku = self.pair(sets=("delivery.notice_mail=on", "delivery.notice_mail_after=0s"))
        self.make_busy(upstream)
        self.assertEqual(self.send(todoku, mail()).code, 250)
        upstream.reactions = {"rcpt": lambda line: "550 5.1.1 who?" if "ok@" in line else None,
                              "mail": lambda sender: None if sender else "550 5.1.0 no null sender"}
        wait_until(lambda: len(upstream.messages) == 1, 10)
        self.assertEqual(upstream.messages[0].sender, "tester@example.test")
        time.sleep(1)
        self.assertEqual(len(upstream.messages), 1)


class Repeats(QueueTest):
    def test_a_repeat_while_the_first_is_under_way_joins_it(self):
        upstream, todoku = self.pair(sets=("delivery.answer_budget=10s",))
        upstream.reactions = {"end": Delay(2)}
        answers = []
        both = [threading.Thread(target=lambda: answers.append(self.send(todoku, mail()))) for _ in range(2)]
        for one in both:
            one.start()
            time.sleep(0.5)
        for one in both:
            one.join()
        self.assertEqual([answer.code for answer in answers], [250, 250])
        self.assertEqual(len(upstream.messages), 1)

    def test_a_client_that_gave_up_and_comes_again(self):
        """Outlook: no answer within its limit, closes, and sends the same again by itself."""
        for body in (mail(1), mail(1).replace(b"Message-ID: <1@example.test>\r\n", b"")):
            with self.subTest(body[:80]):
                upstream, todoku = self.pair(sets=("delivery.answer_budget=10s",))
                upstream.reactions = {"end": Delay(2)}
                with RawClient(todoku.port) as client:
                    client.hello()
                    client.mail()
                    client.command("DATA")
                    client.send(body + b".\r\n")
                    time.sleep(0.5)
                wait_until(lambda: len(upstream.messages) == 1, 10)
                time.sleep(2.5)
                upstream.reactions = {}
                self.assertEqual(self.send(todoku, body).code, 250)
                self.assertEqual(self.send(todoku, body).code, 250)
                # The third one: the client knew that its mail was sent, so this is a new message.
                wait_until(lambda: len(upstream.messages) == 2, 10)

    def test_a_repeat_of_what_waits_or_is_unknown_joins(self):
        for reaction in ({"connect": "421 4.3.2 busy"}, {"end": CLOSE}):
            with self.subTest(reaction):
                upstream, todoku = self.pair()
                upstream.reactions = reaction
                upstream.drop_connections()
                first = self.send(todoku, mail())
                self.assertEqual(first.code, 250)
                upstream.reactions = {}
                self.assertEqual(self.send(todoku, mail()).code, 250)
                time.sleep(2)
                self.assertEqual(len(upstream.messages), 1)

    def test_another_recipient_or_another_mail_is_no_repeat(self):
        upstream, todoku = self.pair()
        self.make_busy(upstream)
        self.assertEqual(self.send(todoku, mail(1)).code, 250)
        self.assertEqual(self.send(todoku, mail(1), recipients=("b@example.test",)).code, 250)
        self.assertEqual(self.send(todoku, mail(2)).code, 250)
        upstream.reactions = {}
        wait_until(lambda: len(upstream.messages) == 3, 10)

    def test_a_kill_at_the_last_moment_and_the_repeat_is_asked_about(self):
        upstream, todoku = self.pair()
        upstream.reactions = {"end": SILENT}
        with RawClient(todoku.port) as client:
            client.hello()
            client.mail()
            client.command("DATA")
            client.send(mail() + b".\r\n")
            wait_until(lambda: len(upstream.messages) == 1, 10)
            self.kill(todoku)
        upstream.reactions = {}
        todoku.start()
        answer = self.send(todoku, mail())
        self.assertEqual(answer.code, 250, answer)
        self.assertRegex(answer.text.lower(), r"may have|perhaps|possibly")
        time.sleep(1.5)
        self.assertEqual(len(upstream.messages), 1)


class KeyStore(QueueTest):
    def test_while_it_is_locked_mail_goes_out_but_nothing_is_promised(self):
        """The key of an earlier run lies in a key store that is out of reach now."""
        upstream, todoku = self.pair()
        todoku.stop()
        os.remove(os.path.join(todoku.state_dir, "store.key"))
        with open(os.path.join(todoku.state_dir, "store.key-in-keeper"), "w", encoding="ascii"):
            pass
        todoku.start()
        self.assertTrue(any(event["event"] == "store.key_locked" for event in todoku.events()))
        self.assertEqual(self.send(todoku, mail(1)).code, 250)
        self.assertEqual(len(upstream.messages), 1)
        upstream.stop()
        for body in (mail(2), mail(3, size=400_000)):
            answer = self.send(todoku, body)
            self.assertEqual(answer.code, 451, answer)
            self.assertIn("Nobody got", answer.text)
        self.assertEqual(todoku.stop(), 0)

    def test_nothing_of_a_message_is_readable_on_disk(self):
        upstream, todoku = self.pair()
        upstream.stop()
        secret = b"Geheimtext"
        for body in (mail(1) + secret + b"\r\n", mail(2, size=400_000) + secret + b"\r\n"):
            self.assertEqual(self.send(todoku, body, recipients=("geheim@example.test",)).code, 250)
        todoku.stop()
        for folder, _, files in os.walk(todoku.state_dir):
            for name in files:
                with open(os.path.join(folder, name), "rb") as file:
                    kept = file.read()
                for word in (secret, b"geheim@", b"Nr 1"):
                    self.assertNotIn(word, kept, name)
                if name != "certificate.pem":  # everybody may see that one
                    self.assertEqual(os.stat(os.path.join(folder, name)).st_mode & 0o077, 0, name)


class Stopping(QueueTest):
    def test_a_stop_with_mail_under_way_keeps_it(self):
        upstream, todoku = self.pair(sets=("delivery.answer_budget=30s", "stop_limit=1s"))
        self.make_busy(upstream, SILENT)
        answers = []
        sender = threading.Thread(target=lambda: answers.append(self.send(todoku, mail())))
        sender.start()
        wait_until(lambda: upstream.connections, 10)
        time.sleep(0.5)
        self.assertEqual(todoku.stop(), 0)
        sender.join()
        self.assertEqual(answers[0].code, 250, answers)
        upstream.reactions = {}
        todoku.start()
        wait_until(lambda: len(upstream.messages) == 1, 10)

    def test_waiting_mail_is_told_of_at_the_next_start(self):
        upstream, todoku = self.pair()
        upstream.stop()
        self.assertEqual(self.send(todoku, mail()).code, 250)
        todoku.stop()
        todoku.start()
        self.assertTrue(any(event["event"] == "queue.waiting_found" for event in todoku.events()))


if __name__ == "__main__":
    main("ip")
