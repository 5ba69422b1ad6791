# SPDX-License-Identifier: Apache-2.0
"""Real mail clients send through the program: swaks, msmtp, Python's smtplib."""
import email.message
import os
import shutil
import smtplib
import socket
import ssl
import subprocess
import unittest

from prelude import SystemTest
from system.ports import wait_until
from system.raw_client import RawClient
from system.skip import main


def swaks(port, *arguments):
    return subprocess.run(
        ["swaks", "--server", "127.0.0.1", "--port", str(port), "--from", "tester@example.test", "--to",
         "ok@example.test", "--header", "Subject: by swaks", "--body", "a body by swaks", "--timeout", "20",
         *arguments], capture_output=True, text=True, timeout=40, check=False)


def localhost_is_also_ipv6():
    return any(entry[4][0] == "::1" for entry in socket.getaddrinfo("localhost", 25))


def trusting_nobody():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@unittest.skipUnless(shutil.which("swaks"), "swaks is not installed")
class Swaks(SystemTest):
    def send(self, port_of, *arguments):
        upstream, todoku = self.pair(implicit=True)
        ran = swaks(port_of(todoku), *arguments, "--auth-user", "tester", "--auth-password", "secret")
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertEqual(len(upstream.messages), 1)
        self.assertEqual(upstream.messages[0].recipients, ["ok@example.test"])
        self.assertIn(b"a body by swaks", upstream.messages[0].body)
        self.assertEqual(upstream.messages[0].connection.user, "tester")

    def test_plain_text_with_auth_plain(self):
        self.send(lambda todoku: todoku.port, "--auth", "PLAIN")

    def test_plain_text_with_auth_login(self):
        self.send(lambda todoku: todoku.port, "--auth", "LOGIN")

    def test_starttls_with_auth_plain(self):
        self.send(lambda todoku: todoku.port, "--tls", "--auth", "PLAIN")

    def test_starttls_with_auth_login(self):
        self.send(lambda todoku: todoku.port, "--tls", "--auth", "LOGIN")

    def test_implicit_tls(self):
        self.send(lambda todoku: todoku.implicit_port, "--tls-on-connect", "--auth", "PLAIN")

    def test_wrong_password_is_shown(self):
        upstream, todoku = self.pair()
        ran = swaks(todoku.port, "--auth", "PLAIN", "--auth-user", "tester", "--auth-password", "wrong")
        self.assertNotEqual(ran.returncode, 0)
        self.assertIn("535", ran.stdout + ran.stderr)
        self.assertEqual(upstream.messages, [])

    def test_against_an_upstream_with_implicit_tls(self):
        upstream, todoku = self.pair(tls="implicit")
        ran = swaks(todoku.port, "--auth", "PLAIN", "--auth-user", "tester", "--auth-password", "secret")
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertEqual(len(upstream.messages), 1)

    def test_an_upstream_that_knows_only_auth_login(self):
        upstream, todoku = self.pair(mechanisms="LOGIN")
        ran = swaks(todoku.port, "--auth", "PLAIN", "--auth-user", "tester", "--auth-password", "secret")
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertEqual(len(upstream.messages), 1)


@unittest.skipUnless(shutil.which("msmtp"), "msmtp is not installed")
class Msmtp(SystemTest):
    def send(self, port_of, *options):
        upstream, todoku = self.pair(implicit=True)
        ran = subprocess.run(
            ["msmtp", "--file=/dev/null", "--host=localhost", f"--port={port_of(todoku)}", "--auth=on",
             "--user=tester", "--passwordeval=echo secret", "--from=tester@example.test", "--timeout=20", *options,
             "ok@example.test", "two@example.test"],
            input=b"From: tester@example.test\nSubject: by msmtp\n\nline one\n.dot\n\xe3\x81\x82\n",
            capture_output=True, timeout=40, check=False)
        self.assertEqual(ran.returncode, 0, ran.stderr.decode())
        message = upstream.messages[0]
        self.assertEqual(message.recipients, ["ok@example.test", "two@example.test"])
        self.assertTrue(message.body.endswith(b"\r\nline one\r\n.dot\r\n\xe3\x81\x82\r\n"), message.body)

    def test_clear_text_on_loopback(self):
        self.send(lambda todoku: todoku.port, "--tls=off", "--auth=plain")

    def test_starttls(self):
        self.send(lambda todoku: todoku.port, "--tls=on", "--tls-starttls=on", "--tls-certcheck=off")

    def test_implicit_tls(self):
        self.send(lambda todoku: todoku.implicit_port, "--tls=on", "--tls-starttls=off", "--tls-certcheck=off")


class Smtplib(SystemTest):
    def connect(self, todoku, name=None):
        client = smtplib.SMTP("127.0.0.1", todoku.port, local_hostname=name, timeout=20)
        self.addCleanup(client.close)
        return client

    def test_several_messages_on_one_connection(self):
        upstream, todoku = self.pair()
        client = self.connect(todoku)
        client.login("tester", "secret")
        for number in range(5):
            refused = client.sendmail("tester@example.test", ["ok@example.test"],
                                      f"Subject: {number}\r\n\r\nbody {number}\r\n")
            self.assertEqual(refused, {})
        self.assertEqual(client.quit()[0], 221)
        self.assertEqual([message.body.rsplit(b"\r\n", 2)[1] for message in upstream.messages],
                         [b"body %d" % number for number in range(5)])

    def test_message_with_utf8_text_over_starttls(self):
        upstream, todoku = self.pair()
        client = self.connect(todoku)
        client.starttls(context=trusting_nobody())
        client.login("tester", "secret")
        message = email.message.EmailMessage()
        message["From"], message["To"], message["Subject"] = "tester@example.test", "ok@example.test", "見積書の件"
        message.set_content("こんにちは\n", cte="8bit")
        client.send_message(message)
        client.quit()
        self.assertIn("こんにちは".encode(), upstream.messages[0].body)

    def test_address_that_is_not_ascii(self):
        upstream, todoku = self.pair()
        # Capabilities are remembered from the upstream's EHLO: one message makes them known.
        first = self.connect(todoku)
        first.login("tester", "secret")
        first.sendmail("tester@example.test", ["ok@example.test"], "Subject: x\r\n\r\nx\r\n")
        first.quit()
        client = self.connect(todoku)
        client.ehlo()
        self.assertTrue(client.has_extn("smtputf8"), client.esmtp_features)
        client.login("tester", "secret")
        message = email.message.EmailMessage()
        message["From"], message["To"], message["Subject"] = "tester@example.test", "太郎@example.test", "件名"
        message.set_content("x\n")
        client.send_message(message)
        client.quit()
        self.assertEqual(upstream.messages[-1].recipients, ["太郎@example.test"])
        self.assertIn("SMTPUTF8", upstream.messages[-1].sender_parameters.upper())

    def test_any_name_is_welcome_in_the_hello(self):
        upstream, todoku = self.pair()
        for name in ("[IPV6:::1]", "[127.0.0.1]", "DESKTOP-123", "太郎-PC", "a_b"):
            with self.subTest(name), RawClient(todoku.port) as client:
                answer = client.hello(name)
                self.assertEqual(answer.code, 250, answer)
                self.assertTrue(any(line.upper().startswith("AUTH ") for line in answer.lines), answer)
                self.assertEqual(client.login().code, 235)
                self.assertEqual(client.mail().code, 250)
                self.assertEqual(client.data(b"Subject: x\r\n\r\nx\r\n").code, 250)
                self.assertEqual(client.quit().code, 221)
        self.assertEqual(len(upstream.messages), 5)

    def test_the_hello_offers_what_clients_need_and_no_more(self):
        _, todoku = self.pair()
        with RawClient(todoku.port) as client:
            words = {line.split()[0].upper() for line in client.hello().lines[1:] if line.split()}
        self.assertLessEqual({"AUTH", "STARTTLS", "PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SIZE"}, words)
        self.assertFalse({"CHUNKING", "BINARYMIME", "XCLIENT"} & words, words)

    def test_a_settings_check_of_a_client_ends_clean(self):
        _, todoku = self.pair()
        with RawClient(todoku.port) as client:
            client.hello()
            self.assertEqual(client.login().code, 235)
            self.assertEqual(client.quit().code, 221)

    def test_over_ipv6(self):
        upstream = self.upstream()
        todoku = self.todoku(upstream.url, host="::1")
        with RawClient(todoku.port, host="::1") as client:
            client.hello("[IPv6:::1]")
            client.login()
            client.mail()
            self.assertEqual(client.data(b"Subject: x\r\n\r\nx\r\n").code, 250)

    @unittest.skipUnless(localhost_is_also_ipv6(), "localhost has no address ::1 here")
    def test_an_upstream_on_ipv6_only(self):
        upstream, todoku = self.pair(host="::1")
        with RawClient(todoku.port) as client:
            client.hello()
            self.assertEqual(client.login().code, 235)
            client.mail()
            self.assertEqual(client.data(b"Subject: x\r\n\r\nx\r\n").code, 250)
        wait_until(lambda: len(upstream.messages) == 1, 5, "the message")

    def test_an_upstream_given_by_its_ipv6_address(self):
        upstream = self.upstream(host="::1")
        todoku = self.todoku(f"submission://[::1]:{upstream.port}")
        with RawClient(todoku.port) as client:
            client.hello()
            self.assertEqual(client.login().code, 235)


class OwnCertificate(SystemTest):
    """The certificate that the program makes for localhost (RFC 5280; a leaf, not a CA)."""

    def certificate_text(self, port):
        pem = ssl.get_server_certificate(("127.0.0.1", port), timeout=10)
        shown = subprocess.run(["openssl", "x509", "-noout", "-text"], input=pem, capture_output=True, text=True,
                               timeout=10, check=True)
        return pem, shown.stdout

    def test_it_names_localhost_and_is_no_authority(self):
        _, todoku = self.pair(implicit=True)
        _, text = self.certificate_text(todoku.implicit_port)
        self.assertIn("DNS:localhost", text)
        self.assertIn("IP Address:127.0.0.1", text)
        self.assertIn("IP Address:0:0:0:0:0:0:0:1", text)
        self.assertIn("TLS Web Server Authentication", text)
        self.assertNotIn("CA:TRUE", text)

    def test_it_is_kept_in_a_private_folder_and_used_again(self):
        _, todoku = self.pair(implicit=True)
        first, _ = self.certificate_text(todoku.implicit_port)
        self.assertEqual(os.stat(todoku.state_dir).st_mode & 0o777, 0o700)
        for folder, _, files in os.walk(todoku.state_dir):
            for name in files:
                with open(os.path.join(folder, name), "rb") as file:
                    if b"PRIVATE KEY" in file.read():
                        self.assertEqual(os.stat(file.name).st_mode & 0o077, 0, file.name)
        self.assertEqual(todoku.stop(), 0)
        todoku.start()
        again, _ = self.certificate_text(todoku.implicit_port)
        self.assertEqual(first, again)


if __name__ == "__main__":
    if not (shutil.which("swaks") and shutil.which("msmtp")):
        print("clients_test.py: without swaks or msmtp their part is left out", flush=True)
    main("openssl")
