# SPDX-License-Identifier: Apache-2.0
"""Does every part of the bench work? A few messages through each; counts, never times."""
import argparse
import socket
import tempfile
import unittest

from tool import Tool, make_certificate

TOOL = None


class Smoke(unittest.TestCase):
    def test_messages_arrive_unchanged(self):
        for keep in (False, True):
            with TOOL.start('sink', verify=True) as sink:
                load = TOOL.load(port=sink.port, messages=12, sessions=3, size=50_000, keep=keep)
                seen = sink.report()
            self.assertEqual((load['messages'], load['errors']), (12, 0))
            self.assertEqual((seen['messages'], seen['altered']), (12, 0))
            self.assertEqual(seen['connections'], 3 if keep else 12)

    def test_a_sink_refuses_as_a_blocked_server_does(self):
        with TOOL.start('sink', refuse='blocked.example') as sink:
            refused = TOOL.load(port=sink.port, messages=1, recipient='a@blocked.example')
            taken = TOOL.load(port=sink.port, messages=1, recipient='a@fine.example')
            self.assertEqual(sink.report()['messages'], 1)
        self.assertEqual((refused['messages'], refused['errors'], taken['messages']), (0, 1, 1))

    def test_a_large_message_arrives_unchanged(self):
        with TOOL.start('sink', verify=True) as sink:
            load = TOOL.load(port=sink.port, messages=2, size=5_000_000)
            self.assertEqual(load['errors'], 0)
            self.assertEqual(sink.report()['altered'], 0)

    def test_bdat_in_one_flight_and_an_altered_message(self):
        message = b'X-Bench-Digest: 0123456789abcdef\r\n\r\nnot what the digest says\r\n'
        flight = (b'EHLO client.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\n'
                  b'BDAT 10\r\n' + message[:10] +
                  b'BDAT %d LAST\r\n' % (len(message) - 10) + message[10:] + b'QUIT\r\n')
        with TOOL.start('sink', verify=True) as sink:
            with socket.create_connection(('127.0.0.1', sink.port), timeout=10) as client:
                client.sendall(flight)
                with client.makefile('rb') as answer:
                    self.assertIn(b'250 2.0.0 Taken\r\n221', answer.read())
            seen = sink.report()
        self.assertEqual((seen['messages'], seen['by_bdat'], seen['altered']), (1, 1, 1))

    def test_a_timed_load_ends(self):
        with TOOL.start('sink') as sink:
            load = TOOL.load(port=sink.port, seconds=0.2, sessions=2)
            self.assertEqual(load['messages'], sink.report()['messages'])

    def test_delay_starttls_and_login(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = make_certificate(folder)
            with TOOL.start('sink', certificate=certificate, key=key, login='user:secret',
                            verify=True) as sink, \
                 TOOL.start('delay', upstream=sink.port, milliseconds=2, slow_start=True) as delay:
                good = TOOL.load(port=delay.port, messages=3, size=100_000, starttls=True,
                                 login='user:secret')
                self.assertEqual((good['messages'], good['errors']), (3, 0))
                wrong = TOOL.load(port=delay.port, messages=1, starttls=True, login='user:wrong')
                self.assertIn('535', wrong['first_error'])
                clear = TOOL.load(port=delay.port, messages=1)
                self.assertIn('530', clear['first_error'])
                seen = sink.report()
        self.assertEqual((seen['messages'], seen['altered']), (3, 0))

    def test_idle_sessions_are_held(self):
        with TOOL.start('sink') as sink, TOOL.start('idle', port=sink.port, sessions=50) as idle:
            counts = idle.read()
            self.assertEqual((counts['held'], counts['lost']), (50, 0))
            self.assertEqual(sink.report()['open'], 50)

    def test_nobody_there_is_an_error_not_a_hang(self):
        with TOOL.start('sink') as sink:
            port = sink.port
        self.assertGreater(TOOL.load(port=port, messages=2)['errors'], 0)


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--tool', required=True, help='path of smtp_bench')
    arguments, rest = parser.parse_known_args()
    TOOL = Tool(arguments.tool)
    unittest.main(argv=['smoke', *rest], verbosity=2)
