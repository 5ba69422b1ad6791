# SPDX-License-Identifier: Apache-2.0
"""What the client is told: the upstream's true answer, or the true reason why there is none."""
import base64
import json
import os
import re
import subprocess
import threading
import time

from prelude import SystemTest
from system.ports import free_port, wait_until
from system.raw_client import RawClient, send_mail, stuff
from system.skip import main
from system.upstream import CLOSE, SILENT, Delay

BODY = b"From: <tester@example.test>\r\nSubject: Geheimbetreff\r\n\r\nGeheimtext\r\n"


def login_of(todoku, user="tester", password="secret"):
    with RawClient(todoku.port) as client:
        client.hello()
        return client.login(user, password)


class Refusals(SystemTest):
    def assert_shown(self, answer, code, text, todoku):
        self.assertEqual(answer.code, code, answer)
        self.assertIn(text, answer.text)
        for line in answer.lines:
            self.assertLessEqual(len(line.encode()) + 6, 512)
        ids = {str(event["id"]) for event in todoku.events() if event.get("id")}
        self.assertTrue(any(one in answer.text for one in ids), f"no id of {ids} in {answer}")

    def test_the_upstreams_words_at_every_phase(self):
        upstream, todoku = self.pair()
        for phase, code, text in (("mail", 550, "5.7.1 this sender may not"), ("rcpt", 550, "5.1.1 no such person"),
                                  ("end", 554, "5.7.1 looks like spam"), ("end", 552, "5.2.2 the box is full"),
                                  ("mail", 451, "4.3.0 sender later"), ("rcpt", 450, "4.2.1 greylisted"),
                                  ("end", 452, "4.3.1 disk full")):
            with self.subTest(phase=phase, code=code):
                upstream.reactions = {phase: f"{code} {text}"}
                answer = send_mail(todoku.port, BODY)
                self.assert_shown(answer, code, text.split(" ", 1)[1], todoku)
        upstream.reactions = {}
        self.assertEqual(send_mail(todoku.port, BODY).code, 250)
        self.assertEqual(len(upstream.messages), 1)

    def test_refused_at_data_without_chunking(self):
        upstream, todoku = self.pair(extensions=("PIPELINING", "8BITMIME"))
        for code in (554, 451):
            upstream.reactions = {"data": f"{code} {code // 100}.7.0 not now"}
            self.assert_shown(send_mail(todoku.port, BODY), code, "not now", todoku)
        self.assertEqual(upstream.messages, [])

    def test_refusals_with_an_upstream_that_can_do_nothing(self):
        upstream, todoku = self.pair(extensions=())
        for phase in ("mail", "rcpt", "data", "end"):
            with self.subTest(phase):
                upstream.reactions = {phase: "550 no thanks " + phase}
                self.assert_shown(send_mail(todoku.port, BODY), 550, "no thanks " + phase, todoku)

    def test_refusals_of_large_bodies(self):
        body = BODY + b"z" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 60000
        for extensions in (("PIPELINING", "CHUNKING"), ("PIPELINING",), ()):
            upstream, todoku = self.pair(extensions=extensions)
            for phase in ("mail", "rcpt", "end"):
                with self.subTest(extensions=extensions, phase=phase):
                    upstream.reactions = {phase: "550 5.7.1 no thanks " + phase}
                    self.assert_shown(send_mail(todoku.port, body), 550, "no thanks " + phase, todoku)
            upstream.reactions = {}
            self.assertEqual(send_mail(todoku.port, body).code, 250)

    def test_text_on_several_lines_and_not_ascii(self):
        upstream, todoku = self.pair()
        upstream.reactions = {"end": "550-5.7.1 first part\r\n550 5.7.1 宛先が \x1b[31mありません".encode() + b"\xff\r\n"}
        answer = send_mail(todoku.port, BODY)
        self.assertEqual(answer.code, 550)
        self.assertIn("first part", answer.text)
        self.assertNotIn("\x1b", answer.text)
        self.assertNotIn("\x1b", todoku.log_text())

    def test_one_of_two_recipients_refused_means_nobody_got_it(self):
        for extensions in (("PIPELINING", "CHUNKING"), ("PIPELINING",), ()):
            with self.subTest(extensions):
                upstream, todoku = self.pair(extensions=extensions)
                upstream.reactions = {"rcpt": lambda who: "550 5.1.1 unknown" if who.startswith("nouser@") else None}
                with RawClient(todoku.port) as client:
                    client.hello()
                    client.login()
                    answer = client.mail(recipients=("ok@example.test", "nouser@example.test", "third@example.test"))
                    if answer.code == 250:
                        answer = client.data(BODY)
                self.assertEqual(answer.code, 550, answer)
                self.assertIn("nouser@example.test", answer.text)
                self.assertNotIn("third@example.test", answer.text)
                self.assertEqual(upstream.messages, [])
                self.assertEqual(send_mail(todoku.port, BODY).code, 250)

    def test_all_of_several_recipients_get_one_copy(self):
        upstream, todoku = self.pair()
        people = tuple(f"person{number}@example.test" for number in range(100))
        self.assertEqual(send_mail(todoku.port, BODY, recipients=people).code, 250)
        self.assertEqual(tuple(upstream.messages[0].recipients), people)
        self.assertNotIn(b"person5@", upstream.messages[0].body)

    def test_the_reference_in_the_250_is_the_one_in_the_log(self):
        upstream, todoku = self.pair()
        answer = send_mail(todoku.port, BODY)
        ids = {str(event["id"]) for event in todoku.events() if event.get("id")}
        self.assertTrue(any(one in answer.text for one in ids), f"no id of {ids} in {answer}")
        self.assertTrue(any(one.encode() in upstream.messages[0].body.split(b"Subject")[0] for one in ids))

    def test_the_null_sender_is_allowed(self):
        upstream, todoku = self.pair()
        self.assertEqual(send_mail(todoku.port, BODY, sender="").code, 250)
        self.assertEqual(upstream.messages[0].sender, "")

    def test_only_a_2xx_to_the_final_dot_is_success(self):
        upstream, todoku = self.pair()
        for reply in ("354 go on", "199 hm", "334 eh", "600 what"):
            with self.subTest(reply):
                upstream.reactions = {"end": reply}
                answer = send_mail(todoku.port, f"Message-ID: <{reply[:3]}@x>\r\n".encode() + BODY)
                self.assertNotIn("Sent as", answer.text)
                self.assertIn("may have been delivered", answer.text)


class Trouble(SystemTest):
    def test_upstream_unreachable(self):
        todoku = self.todoku(f"submission://localhost:{free_port()}")
        answer = login_of(todoku)
        self.assertEqual(answer.code, 454, answer)
        self.assertIn("4.7.0", answer.text)
        answer = send_mail(todoku.port, BODY, user=None)
        self.assertIn(answer.code, (250, 530), answer)
        self.assertIn("queued as" if answer.code == 250 else "log in", answer.text)
        self.assertGreater(len(answer.text), 20)

    def test_host_that_does_not_exist(self):
        todoku = self.todoku("submission://no-such-host.invalid:587")
        answer = login_of(todoku)
        self.assertEqual(answer.code, 454, answer)

    def test_upstream_goes_away_after_the_log_in(self):
        upstream, todoku = self.pair()
        with RawClient(todoku.port) as client:
            client.hello()
            self.assertEqual(client.login().code, 235)
            upstream.stop()
            answer = client.mail()
            if answer.code == 250:
                answer = client.data(BODY)
        self.assertIn(answer.code, (250, 421), answer)

    def test_wrong_password(self):
        upstream, todoku = self.pair()
        answer = login_of(todoku, password="wrong")
        self.assertEqual(answer.code, 535, answer)
        self.assertIn("upstream says the password is wrong", answer.text)
        self.assertEqual(upstream.count("MAIL"), 0)
        self.assertEqual(login_of(todoku).code, 235)
        self.assertEqual(login_of(todoku, password="wrong").code, 535)

    def test_upstream_trouble_at_the_log_in_is_never_535(self):
        for phase, reaction in (("connect", CLOSE), ("connect", "554 5.3.2 go away"), ("connect", "421 4.3.2 busy"),
                                ("ehlo", CLOSE), ("ehlo", "502 no"), ("starttls", "454 4.7.0 no tls now"),
                                ("auth", CLOSE), ("auth", "454 4.7.0 directory down"), ("auth", "421 4.3.0 bye"),
                                ("auth", "xyz")):
            with self.subTest(phase=phase, reaction=str(reaction)):
                upstream = self.upstream()
                upstream.reactions = {phase: reaction}
                todoku = self.todoku(upstream.url)
                answer = login_of(todoku)
                self.assertEqual(answer.code, 454, answer)
                self.assertIn("4.7.0", answer.text)
                upstream.reactions = {}
                self.assertEqual(login_of(todoku).code, 235)

    def test_a_silent_upstream_at_the_log_in(self):
        upstream, todoku = self.pair(sets=["delivery.command_limit=2s", "delivery.greeting_limit=2s"])
        for phase in ("connect", "auth"):
            with self.subTest(phase):
                upstream.reactions = {phase: SILENT}
                upstream.drop_connections()
                begun = time.monotonic()
                self.assertEqual(login_of(todoku).code, 454)
                self.assertLess(time.monotonic() - begun, 12)

    def test_upstream_wants_a_login_and_the_client_has_none(self):
        upstream, todoku = self.pair()
        self.assertEqual(send_mail(todoku.port, BODY).code, 250)
        answer = send_mail(todoku.port, BODY, user=None)
        self.assertEqual(answer.code, 530, answer)
        self.assertEqual(len(upstream.messages), 1)

    def test_upstream_without_log_in_serves_a_client_without(self):
        upstream, todoku = self.pair(login=False)
        self.assertEqual(send_mail(todoku.port, BODY, user=None).code, 250)
        self.assertEqual(len(upstream.messages), 1)

    def test_nothing_in_time_at_the_final_dot(self):
        upstream, todoku = self.pair(sets=["delivery.answer_budget=2s"])
        upstream.reactions = {"end": SILENT}
        begun = time.monotonic()
        answer = send_mail(todoku.port, BODY)
        self.assertEqual(answer.code, 250, answer)
        self.assertIn("queued as", answer.text)
        self.assertLess(time.monotonic() - begun, 8)
        self.assertGreater(time.monotonic() - begun, 1.5)

    def test_a_slow_answer_is_waited_for(self):
        upstream, todoku = self.pair()
        upstream.reactions = {"end": Delay(3)}
        self.assertEqual(send_mail(todoku.port, BODY).code, 250)

    def test_a_lost_answer_is_said_and_never_sent_again(self):
        for extensions in (("PIPELINING", "CHUNKING"), ("PIPELINING",)):
            with self.subTest(extensions):
                upstream, todoku = self.pair(extensions=extensions)
                upstream.reactions = {"end": CLOSE}
                answer = send_mail(todoku.port, BODY)
                self.assertEqual(answer.code, 250, answer)
                self.assertRegex(answer.text.lower(), r"may have|perhaps|might|possibly|unknown|already")
                time.sleep(1.5)
                self.assertEqual(len(upstream.messages), 1)
                self.assertEqual(upstream.count("MAIL"), 1)

    def test_closed_in_the_middle_of_the_body(self):
        body = BODY + (b"y" * 70 + b"\r\n") * 60000
        upstream, todoku = self.pair(extensions=("PIPELINING",))
        upstream.reactions = {"body": CLOSE}
        answer = send_mail(todoku.port, body)
        self.assertEqual(answer.code, 250, answer)
        self.assertIn("queued as", answer.text)
        self.assertEqual(upstream.messages, [])

    def test_an_upstream_that_dropped_the_warm_connection_is_dialled_again(self):
        upstream, todoku = self.pair()
        self.assertEqual(send_mail(todoku.port, BODY).code, 250)
        upstream.drop_connections()
        time.sleep(0.3)
        self.assertEqual(send_mail(todoku.port, BODY).code, 250)
        self.assertEqual(len(upstream.messages), 2)


class WarmConnections(SystemTest):
    def test_ten_messages_share_one_upstream_connection(self):
        upstream, todoku = self.pair()
        for number in range(10):
            self.assertEqual(send_mail(todoku.port, BODY, recipients=(f"r{number}@example.test",)).code, 250)
        used = {id(message.connection) for message in upstream.messages}
        self.assertEqual(len(used), 1)
        self.assertEqual(upstream.count("AUTH"), 1)
        self.assertLessEqual(len(upstream.connections), 3)

    def test_two_users_never_share_one(self):
        upstream, todoku = self.pair()
        for _ in range(3):
            for user, password in (("tester", "secret"), ("second", "other")):
                answer = send_mail(todoku.port, BODY, sender=user + "@example.test", user=user, password=password)
                self.assertEqual(answer.code, 250, answer)
        for message in upstream.messages:
            self.assertEqual(message.sender, message.connection.user + "@example.test")
        self.assertEqual(login_of(todoku, "second", "secret").code, 535)

    def test_connections_are_capped(self):
        upstream, todoku = self.pair(sets=["delivery.connections_per_account=2"])
        upstream.reactions = {"end": Delay(0.3)}
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(send_mail(todoku.port, BODY).code)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertEqual(answers, [250] * 8)
        self.assertLessEqual(sum(1 for one in upstream.connections if not one.closed), 2)

    def test_one_stuck_delivery_does_not_delay_another(self):
        upstream, todoku = self.pair()
        upstream.reactions = {"end": lambda who: SILENT if who.startswith("stuck@") else None}
        stuck = RawClient(todoku.port)
        self.addCleanup(stuck.close)
        stuck.hello()
        stuck.login()
        stuck.mail(recipients=("stuck@example.test",))
        stuck.command("DATA")
        stuck.send(stuff(BODY))
        time.sleep(0.2)
        begun = time.monotonic()
        self.assertEqual(send_mail(todoku.port, BODY).code, 250)
        self.assertLess(time.monotonic() - begun, 3)


class Parameters(SystemTest):
    """Only what the upstream offers is passed on (RFC 1870, 3461, 6152, 6531)."""

    def send(self, todoku, parameters, recipient_parameters="", body=BODY):
        with RawClient(todoku.port) as client:
            client.hello()
            self.assertEqual(client.login().code, 235)
            answer = client.command("MAIL FROM:<tester@example.test>" + parameters)
            self.assertEqual(answer.code, 250, answer)
            answer = client.command("RCPT TO:<ok@example.test>" + recipient_parameters)
            self.assertEqual(answer.code, 250, answer)
            return client.data(body)

    def test_delivery_reports_are_asked_for_where_they_are_known(self):
        upstream, todoku = self.pair()
        self.assertEqual(send_mail(todoku.port, BODY).code, 250)
        answer = self.send(todoku, " RET=HDRS ENVID=QQ314159 BODY=8BITMIME",
                           " NOTIFY=FAILURE,DELAY ORCPT=rfc822;ok@example.test")
        self.assertEqual(answer.code, 250, answer)
        sent = upstream.messages[-1]
        self.assertIn("RET=HDRS", sent.sender_parameters.upper())
        self.assertIn("ENVID=QQ314159", sent.sender_parameters)
        self.assertIn("BODY=8BITMIME", sent.sender_parameters.upper())
        self.assertIn("NOTIFY=FAILURE,DELAY", sent.recipient_parameters[0].upper())
        self.assertIn("ORCPT=rfc822;ok@example.test", sent.recipient_parameters[0])

    def test_nothing_is_passed_to_an_upstream_that_offers_nothing(self):
        upstream, todoku = self.pair(extensions=())
        self.assertEqual(send_mail(todoku.port, BODY).code, 250)
        self.assertEqual(self.send(todoku, f" BODY=8BITMIME SIZE={len(BODY)}").code, 250)
        for message in upstream.messages:
            self.assertEqual(message.sender_parameters, "")
            self.assertEqual(message.recipient_parameters, [""])
        with RawClient(todoku.port) as client:
            words = {line.split()[0].upper() for line in client.hello().lines[1:] if line.split()}
        self.assertFalse({"DSN", "SMTPUTF8"} & words, words)

    def test_an_unknown_parameter_is_555(self):
        _, todoku = self.pair()
        with RawClient(todoku.port) as client:
            client.hello()
            client.login()
            self.assertEqual(client.command("MAIL FROM:<tester@example.test> COLOUR=blue").code, 555)


class Ending(SystemTest):
    def test_sigterm_finishes_the_message_under_way(self):
        upstream, todoku = self.pair()
        idle = RawClient(todoku.port)
        self.addCleanup(idle.close)
        with RawClient(todoku.port) as client:
            client.hello()
            client.login()
            client.mail()
            client.command("DATA")
            client.send(BODY[:40])
            time.sleep(0.2)
            todoku.process.terminate()
            time.sleep(0.5)
            client.send(stuff(BODY)[40:])
            self.assertEqual(client.reply().code, 250)
            self.assertEqual(client.reply().code, 421)
        self.assertEqual(idle.reply().code, 421)
        self.assertEqual(todoku.process.wait(10), 0)
        self.assertEqual(len(upstream.messages), 1)

    def test_sigterm_with_a_client_that_never_finishes(self):
        _, todoku = self.pair()
        with RawClient(todoku.port) as client:
            client.hello()
            client.login()
            client.mail()
            client.command("DATA")
            client.send(b"Subject: begun\r\n")
            begun = time.monotonic()
            self.assertEqual(todoku.stop(), 0)
            self.assertLess(time.monotonic() - begun, 10)

    def test_it_starts_again_at_once_after_a_crash(self):
        upstream, todoku = self.pair()
        self.assertEqual(send_mail(todoku.port, BODY).code, 250)
        todoku.process.kill()
        todoku.process.wait()
        todoku.start()
        self.assertEqual(send_mail(todoku.port, BODY + b"another\r\n").code, 250)
        self.assertEqual(len(upstream.messages), 2)


class CommandLine(SystemTest):
    def run_program(self, *arguments, seconds=20):
        return subprocess.run([os.environ["TODOKU_PROGRAM"], *arguments], capture_output=True, text=True,
                              timeout=seconds, check=False)

    def test_a_taken_port_is_named_with_its_owner_and_a_free_one(self):
        upstream, todoku = self.pair()
        ran = self.run_program("serve", "--listen", f"submission://127.0.0.1:{todoku.port}", "--upstream", upstream.url,
                               "--state-dir", os.path.join(self.directory, "second"))
        self.assertIn(ran.returncode, (69, 71), ran.stderr)
        said = ran.stdout + ran.stderr
        self.assertIn(str(todoku.port), said)
        self.assertIn(str(todoku.process.pid), said)
        proposed = set(re.findall(r"\b\d{4,5}\b", said)) - {str(todoku.port), str(todoku.process.pid)}
        self.assertTrue(proposed, said)

    def test_a_mistyped_option_and_key(self):
        for arguments in (["serve", "--lisen", "x"], ["serve", "--set", "delivery.answer_bugdet=3s"], ["srve"]):
            with self.subTest(arguments):
                ran = self.run_program(*arguments)
                self.assertIn(ran.returncode, (64, 78), ran.stderr)
                self.assertTrue(ran.stderr.strip())
        self.assertIn("answer_budget", self.run_program("serve", "--set", "delivery.answer_bugdet=3s").stderr)

    def test_config_check_names_file_line_and_key(self):
        path = os.path.join(self.directory, "bad.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write('[delivery]\nanswer_budget = "20s"\nanswer_bugdet = "20s"\n')
        ran = self.run_program("config", "check", path)
        said = ran.stdout + ran.stderr
        self.assertNotEqual(ran.returncode, 0)
        self.assertIn("bad.toml:3", said)
        self.assertIn("answer_bugdet", said)
        self.assertIn("answer_budget", said)

    def test_clear_text_to_a_remote_host_and_listening_beyond_loopback_are_refused(self):
        for arguments in (["--upstream", "smtp://mail.example.test:25"],
                          ["--upstream", "submission://localhost:587", "--listen", f"submission://0.0.0.0:{free_port()}"]):
            with self.subTest(arguments):
                ran = self.run_program("serve", "--state-dir", os.path.join(self.directory, "third"), *arguments)
                self.assertIn(ran.returncode, (64, 78), ran.stdout + ran.stderr)

    def test_a_configuration_file_does_the_same_as_the_options(self):
        upstream, port = self.upstream(), free_port()
        path = os.path.join(self.directory, "good.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'listen = ["submission://127.0.0.1:{port}"]\nupstream_ca = "{self.certificates.ca}"\n'
                       f'state_dir = "{self.directory}/fourth"\n\n[[account]]\nname = "work"\nsenders = ["*"]\n'
                       f'upstream = "{upstream.url}"\n')
        ran = self.run_program("config", "check", path)
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        process = subprocess.Popen([os.environ["TODOKU_PROGRAM"], "serve", "--config", path],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: self.can_connect(port), 10, "the port")
            self.assertEqual(send_mail(port, BODY).code, 250)
        finally:
            process.terminate()
            process.wait(10)

    @staticmethod
    def can_connect(port):
        try:
            RawClient(port, seconds=2).close()
            return True
        except OSError:
            return False


class Secrecy(SystemTest):
    """No secret, subject or body in any log, with --trace neither."""

    PASSWORD = "Zauberwort-93"

    def talk(self, todoku):
        encoded = base64.b64encode(f"\0tester\0{self.PASSWORD}".encode()).decode()
        user, password = (base64.b64encode(text.encode()).decode() for text in ("tester", self.PASSWORD))
        self.assertEqual(send_mail(todoku.port, BODY, password=self.PASSWORD).code, 250)
        send_mail(todoku.port, BODY, password=self.PASSWORD + "x")
        typed = [
            f"AUTH PLAIN {encoded}", f"AUTH PLAIN  {encoded} ", f"AUHT PLAIN {encoded}", f"AUTH PLAN {encoded}",
            f"AUTHPLAIN {encoded}", f"auth login {user} {password}", f"{encoded}", f"USER tester {self.PASSWORD}",
            f"PASS {self.PASSWORD}", f"AUTH PLAIN {encoded[:-1]}!", f"AUTH LOGIN {user}", password,
        ]
        for line in typed:
            with RawClient(todoku.port) as client:
                client.hello()
                client.command(line)
        with RawClient(todoku.port) as client:  # LOGIN with its two answers, and one answer mistyped
            client.hello()
            self.assertEqual(client.command("AUTH LOGIN").lines[0], "VXNlcm5hbWU6")
            self.assertEqual(client.command(user).lines[0], "UGFzc3dvcmQ6")
            client.command("!" + password)
            client.command(password)
            client.command(self.PASSWORD)
        with RawClient(todoku.port) as client:
            client.hello()
            client.command("AUTH LOGIN")
            client.command(user)
            client.command(password)
        return encoded, password

    def assert_nothing_secret(self, text, secrets):
        for secret in (self.PASSWORD, "Geheimbetreff", "Geheimtext", *secrets):
            at = text.find(secret)
            self.assertEqual(at, -1, text[max(0, at - 300):at + 100])

    def check(self, log, trace):
        upstream = self.upstream(users={"tester": self.PASSWORD})
        todoku = self.todoku(upstream.url, *(["--trace"] if trace else []), log=log, sets=["log.level=debug"])
        secrets = self.talk(todoku)
        upstream.reactions = {"end": "550 5.7.1 no"}
        send_mail(todoku.port, BODY, password=self.PASSWORD)
        self.assertEqual(todoku.stop(), 0)
        text = todoku.log_text()
        self.assert_nothing_secret(text, secrets)
        return text

    def test_text_log(self):
        self.assertIn("submission.answered", self.check("text", trace=False))

    def test_json_log_with_trace(self):
        text = self.check("json", trace=True)
        for line in text.splitlines():
            self.assertLessEqual({"time", "level", "event"}, set(json.loads(line)), line)
        self.assertIn("MAIL FROM:", text)
        self.assertIn("*", text)

    def test_text_log_with_trace(self):
        self.assertIn("RCPT TO:", self.check("text", trace=True))

    def test_nothing_secret_stays_in_the_state_dir(self):
        upstream = self.upstream(users={"tester": self.PASSWORD})
        todoku = self.todoku(upstream.url)
        secrets = self.talk(todoku)
        for folder, _, files in os.walk(todoku.state_dir):
            for name in files:
                with open(os.path.join(folder, name), "rb") as file:
                    self.assert_nothing_secret(file.read().decode("latin-1"), secrets)


if __name__ == "__main__":
    main("openssl")
