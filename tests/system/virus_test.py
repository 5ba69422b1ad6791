# SPDX-License-Identifier: Apache-2.0
"""A real clamd, and others that are silent, gone or talk nonsense: what is found is held, what fails stops no mail."""
import base64
import os
import socket
import threading
import time

from prelude import SystemTest
from system.clamd import PATTERN, Clamd
from system.ports import wait_until
from system.raw_client import send_mail
from system.skip import main


def mail(number, content, name="list.xlsx"):
    encoded = base64.encodebytes(content).decode().replace("\n", "\r\n")
    return (f"From: <tester@example.test>\r\nTo: <ok@example.test>\r\nMessage-ID: <{number}@example.test>\r\nSubject: list\r\n"
            f"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
            f"Here is the list.\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
            f"Content-Disposition: attachment; filename={name}\r\n\r\n{encoded}\r\n--b--\r\n").encode()


class Virus(SystemTest):
    def start(self, scanner, *sets):
        self.upstream_server, self.program = self.pair(
            sets=(f"checks.virus_scanner={scanner}", "delivery.notice_mail=off", *sets), tls="none", login=False)

    def send(self, number, content):
        return send_mail(self.program.port, mail(number, content), user=None)

    def arrived(self):
        return len(self.upstream_server.messages)

    def codes(self):
        return [event["codes"] for event in self.program.events() if event["event"] == "checks.found"]

    def test_a_real_scanner(self):
        clamd = Clamd(os.path.join(self.directory, "clamd"))
        self.addCleanup(clamd.stop)
        clamd.start()
        self.start(clamd.socket)
        with self.subTest("a clean file goes, small or large"):
            self.assertEqual(self.send(1, b"harmless " * 100).code, 250)
            self.assertEqual(self.send(2, os.urandom(1_000_000)).code, 250)
            wait_until(lambda: self.arrived() == 2, 10)
            self.assertEqual(self.codes(), [])
        with self.subTest("what it knows is held, also deep in a large one"):
            for number, content in ((3, b"x" * 50 + PATTERN), (4, os.urandom(1_000_000) + PATTERN)):
                self.assertEqual(self.send(number, content).code, 250)
            self.assertEqual(self.arrived(), 2)
            self.assertEqual(len(self.program.messages("list", "--state", "held")["messages"]), 2)
            self.assertEqual(self.codes(), ["virus-found", "virus-found"])
        with self.subTest("one that is larger than the scanner takes is noted, and goes"):
            self.assertEqual(self.send(5, os.urandom(3_500_000)).code, 250)
            wait_until(lambda: self.arrived() == 3, 20)
            self.assertEqual(self.codes()[2:], ["virus-not-scanned"])
        with self.subTest("one that has stopped stops no mail"):
            clamd.stop()
            self.assertEqual(self.send(6, b"harmless").code, 250)
            wait_until(lambda: self.arrived() == 4, 10)
            self.assertEqual(self.codes()[3:], ["virus-not-scanned"])

    def listener(self, talk):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)

        def serve():
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                with peer:
                    talk(peer)
        threading.Thread(target=serve, daemon=True).start()
        return f"127.0.0.1:{server.getsockname()[1]}"

    def test_a_silent_scanner_holds_mail_up_for_its_limit_only(self):
        ended = threading.Event()
        self.addCleanup(ended.set)
        self.start(self.listener(lambda peer: ended.wait(60)), "checks.virus_scan_limit=1s")
        begun = time.monotonic()
        self.assertEqual(self.send(1, b"harmless").code, 250)
        self.assertLess(time.monotonic() - begun, 8)
        wait_until(lambda: self.arrived() == 1, 10)
        self.assertEqual(self.codes(), ["virus-not-scanned"])

    def test_nonsense_and_early_ends_stop_no_mail(self):
        words = [b"", b"\0", b"stream: " + b"x" * 100_000, b"HTTP/1.0 400 Bad\r\n\r\n"]

        def talk(peer):
            peer.recv(10)
            peer.sendall(words[talk.turn])
            talk.turn += 1
        talk.turn = 0
        self.start(self.listener(talk))
        for number in range(len(words)):
            self.assertEqual(self.send(number, os.urandom(300_000)).code, 250)
        wait_until(lambda: self.arrived() == len(words), 20)
        self.assertEqual(self.codes(), ["virus-not-scanned"] * len(words))


if __name__ == "__main__":
    main("clamd")
