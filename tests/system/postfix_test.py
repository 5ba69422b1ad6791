# SPDX-License-Identifier: Apache-2.0
"""A real Postfix with STARTTLS and SASL as the upstream."""
import os
import shutil
import smtplib
import subprocess

from prelude import SystemTest
from system.ports import wait_until
from system.postfix import Postfix
from system.raw_client import RawClient, send_mail
from system.skip import main, program_under_test, skip
from system.upstream import Upstream

BODY = b"From: <tester@example.test>\r\nTo: <ok@example.test>\r\nSubject: to postfix\r\n\r\n.dots\r\n..\r\nbody\r\n"


class WithPostfix(SystemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sink = Upstream(tls="none", login=False, extensions=("8BITMIME", "PIPELINING"))
        cls.postfix = Postfix(cls.directory, cls.certificates.good, cls.sink.port)
        try:
            cls.postfix.start()
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.postfix.stop()
        cls.sink.stop()
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        self.sink.messages.clear()
        self.mark = self.postfix.mark()

    def start(self):
        return self.todoku(f"submission://localhost:{self.postfix.port}")

    def send(self, todoku, body, **more):
        more.setdefault("password", Postfix.PASSWORD)
        return send_mail(todoku.port, body, user=Postfix.USER, **more)

    def arrived(self, count):
        wait_until(lambda: len(self.sink.messages) >= count, 20, f"{count} messages at the sink\n" + self.postfix.log())
        return self.sink.messages

    def test_ten_messages_use_one_session_with_chunking(self):
        todoku = self.start()
        for _ in range(10):
            answer = self.send(todoku, BODY)
            self.assertEqual(answer.code, 250, answer)
        for message in self.arrived(10):
            self.assertTrue(message.body.endswith(b"\r\n\r\n.dots\r\n..\r\nbody\r\n"), message.body)
        self.assertEqual(todoku.stop(), 0)
        sessions = wait_until(lambda: [one for one in self.postfix.sessions(self.mark) if "mail" in one], 10,
                              "the end of the session in Postfix's log")
        self.assertEqual(len(sessions), 1, sessions)
        self.assertLessEqual(self.postfix.connects(self.mark), 2)
        self.assertEqual(sessions[0]["auth"], "1", sessions)
        self.assertEqual(sessions[0]["mail"], "10", sessions)
        self.assertEqual(sessions[0]["starttls"], "1", sessions)
        self.assertIn("bdat", sessions[0])
        self.assertNotIn("data", sessions[0])

    def test_without_chunking_data_is_used(self):
        todoku = self.todoku(f"submission://localhost:{self.postfix.port}", sets=["delivery.chunking=off"])
        self.assertEqual(self.send(todoku, BODY).code, 250)
        self.assertTrue(self.arrived(1)[0].body.endswith(b"\r\n.dots\r\n..\r\nbody\r\n"))
        todoku.stop()
        sessions = wait_until(lambda: [one for one in self.postfix.sessions(self.mark) if "mail" in one], 10, "a session")
        self.assertIn("data", sessions[0])
        self.assertNotIn("bdat", sessions[0])

    def test_five_megabytes(self):
        todoku = self.start()
        body = BODY + (b"x" * 74 + b"\r\n" + b"." * 10 + b"\r\n") * 60000
        answer = self.send(todoku, body, seconds=60)
        self.assertEqual(answer.code, 250, answer)
        self.assertTrue(self.arrived(1)[0].body.endswith(body[body.index(b"\r\n\r\n"):]))

    def test_wrong_password(self):
        todoku = self.start()
        answer = self.send(todoku, BODY, password="wrong")
        self.assertEqual(answer.code, 535, answer)
        self.assertEqual(self.send(todoku, BODY).code, 250)
        self.assertEqual(len(self.arrived(1)), 1)

    def test_refused_recipient(self):
        todoku = self.start()
        answer = self.send(todoku, BODY, recipients=("nouser@example.test",))
        self.assertEqual(answer.code, 550, answer)
        self.assertIn("no such person at postfix", answer.text)
        with RawClient(todoku.port) as client:
            client.hello()
            self.assertEqual(client.login(Postfix.USER, Postfix.PASSWORD).code, 235)
            answer = client.mail(recipients=("ok@example.test", "nouser@example.test"))
            if answer.code == 250:
                answer = client.data(BODY)
        self.assertEqual(answer.code, 550, answer)
        self.assertIn("nouser@example.test", answer.text)
        self.assertEqual(self.send(todoku, BODY).code, 250)
        self.assertEqual(len(self.arrived(1)), 1)

    def test_swaks_over_tls(self):
        if not shutil.which("swaks"):
            self.skipTest("swaks is not installed")
        todoku = self.start()
        ran = subprocess.run(
            ["swaks", "--server", "127.0.0.1", "--port", str(todoku.port), "--tls", "--auth", "LOGIN", "--auth-user",
             Postfix.USER, "--auth-password", Postfix.PASSWORD, "--from", "tester@example.test", "--to",
             "ok@example.test", "--body", "by swaks"], capture_output=True, text=True, timeout=40, check=False)
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertIn(b"by swaks", self.arrived(1)[0].body)

    def test_smtplib_with_many_recipients(self):
        todoku = self.start()
        people = [f"person{number}@example.test" for number in range(30)]
        with smtplib.SMTP("127.0.0.1", todoku.port, timeout=20) as client:
            client.login(Postfix.USER, Postfix.PASSWORD)
            self.assertEqual(client.sendmail("tester@example.test", people, BODY), {})
        wait_until(lambda: sum(len(one.recipients) for one in self.sink.messages) == 30, 20, "all recipients")


if __name__ == "__main__":
    program_under_test()
    if os.geteuid() != 0:
        skip("root's rights, which Postfix needs")
    if not os.path.exists("/usr/lib/x86_64-linux-gnu/sasl2/libsasldb.so") and not any(
            "libsasldb" in name for folder in ("/usr/lib/sasl2", "/usr/lib/aarch64-linux-gnu/sasl2")
            if os.path.isdir(folder) for name in os.listdir(folder)):
        skip("the SASL plug-in sasldb (libsasl2-modules-db)")
    main("postfix", "saslpasswd2", "openssl")
