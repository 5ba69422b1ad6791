# SPDX-License-Identifier: Apache-2.0
"""Port 25 is shut (OP25B) while the submission ports of the same server answer. Ports below 1024 of an address of our
own: 127.0.0.25."""
import json
import socket
import subprocess

from prelude import SystemTest
from system.ports import wait_until
from system.raw_client import send_mail
from system.skip import main, skip
from system.upstream import Upstream

HOST = "127.0.0.25"
MAIL = b"From: <tester@example.test>\r\nSubject: x\r\n\r\nText\r\n"
FAST = ("delivery.connect_limit=500ms", "delivery.retry=300ms,600ms", "delivery.answer_budget=5s",
        "delivery.notice_mail=off")


def may_bind():
    try:
        with socket.create_server((HOST, 587)):
            return True
    except OSError:
        return False


class BlackHole:
    """A port whose queue is full: the system drops every further SYN, as a filter on the way does."""

    def __init__(self, port):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((HOST, port))
        self.listener.listen(0)
        self.fillers = [socket.socket() for _ in range(4)]
        for filler in self.fillers:
            filler.setblocking(False)
            filler.connect_ex((HOST, port))

    def close(self):
        for one in (self.listener, *self.fillers):
            one.close()


class PortBlock(SystemTest):
    def server(self, port, tls="starttls", certificate=None):
        server = Upstream(tls=tls, certificate=certificate or self.certificates.good, host=HOST, port=port)
        self.addCleanup(server.stop)
        return server

    def relays(self, todoku):
        ran = subprocess.run([todoku.program, "relays", "--state-dir", todoku.state_dir, "--json"],
                             capture_output=True, text=True, timeout=30, check=True)
        return json.loads(ran.stdout)

    def goes(self, todoku, server):
        answer = send_mail(todoku.port, MAIL)
        self.assertEqual(answer.code, 250, answer)
        self.assertIn(f"by {HOST}:{server.port}", answer.text)
        self.assertTrue(server.messages)
        wait_until(lambda: self.relays(todoku)["events"], 10)
        told = self.relays(todoku)["events"][0]
        self.assertEqual((told["event"], told["parameters"]),
                         ("port_moved", {"relay": f"{HOST}:25", "moved_to": f"{HOST}:{server.port}"}))

    def test_a_silent_port_25_is_gone_round_by_587_and_stays_there(self):
        self.addCleanup(BlackHole(25).close)
        server = self.server(587)
        todoku = self.todoku(f"submission://{HOST}:25", sets=FAST)
        self.goes(todoku, server)
        server.drop_connections()
        self.assertEqual(send_mail(todoku.port, MAIL).code, 250)
        self.assertEqual(len(self.relays(todoku)["events"]), 1)  # told once
        page = subprocess.run([todoku.program, "relays", "--state-dir", todoku.state_dir, "--lang", "ja"],
                              capture_output=True, text=True, timeout=30, check=True).stdout
        self.assertIn("ポート 25", page)

    def test_a_refused_port_25_is_gone_round_by_465(self):
        server = self.server(465, tls="implicit")
        self.goes(self.todoku(f"submission://{HOST}:25", sets=FAST), server)

    def test_a_fallback_moves_too(self):
        usual = self.upstream(tls="none", login=False)
        usual.reactions = {"rcpt": "554 5.7.1 Client host [192.0.2.5] blocked using zen.spamhaus.org"}
        server = self.server(587)
        server.login = False
        todoku = self.todoku(usual.url, "--fallback", f"submission://{HOST}:25", sets=FAST)
        answer = send_mail(todoku.port, MAIL, user=None)
        self.assertEqual(answer.code, 250, answer)
        self.assertEqual(len(server.messages), 1)

    def test_no_password_goes_where_there_is_no_tls_or_a_wrong_certificate(self):
        for tls, certificate in (("none", None), ("starttls", self.certificates.wrong_name)):
            with self.subTest(tls):
                server = self.server(587, tls, certificate)
                todoku = self.todoku(f"smtp://{HOST}:25", sets=FAST)
                self.assertEqual(send_mail(todoku.port, MAIL).code, 454)
                self.assertTrue(server.connections)
                everything = b"".join(bytes(connection.seen) for connection in server.connections)
                self.assertNotIn(b"AUTH", everything)
                self.assertEqual(self.relays(todoku)["events"], [])
                server.stop()

    def test_a_server_that_answers_at_25_is_not_moved(self):
        server = self.server(25)
        other = self.server(587)
        server.reactions = {"connect": "554 5.7.1 go away"}
        todoku = self.todoku(f"submission://{HOST}:25", sets=FAST)
        self.assertEqual(send_mail(todoku.port, MAIL).code, 454)
        self.assertEqual(other.connections, [])


if __name__ == "__main__":
    if not may_bind():
        skip("leave to use ports below 1024")
    main()
