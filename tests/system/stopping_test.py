# SPDX-License-Identifier: Apache-2.0
"""SIGTERM while a large message is on its way to an upstream that has stopped reading."""
import threading
import time

from prelude import SystemTest
from system.raw_client import RawClient
from system.skip import main

HEAD = b"From: <tester@example.test>\r\nSubject: x\r\n\r\n"


class Stopping(SystemTest):
    def test_a_client_that_is_held_back_gets_an_answer(self):
        for ends in (True, False):
            with self.subTest(ends=ends):
                upstream, todoku = self.pair(sets=("stop_limit=1s", "delivery.stream_window=64KiB"))
                upstream.gate.clear()
                with RawClient(todoku.port) as client:
                    client.hello()
                    self.assertEqual(client.login().code, 235)
                    self.assertEqual(client.mail().code, 250)
                    self.assertEqual(client.command("DATA").code, 354)
                    pouring = threading.Thread(target=self.pour, args=(client, ends), daemon=True)
                    pouring.start()
                    time.sleep(1)
                    self.assertTrue(todoku.is_alive())
                    stopping = threading.Thread(target=self.stop, args=(todoku,), daemon=True)
                    stopping.start()
                    answer = client.reply()
                    stopping.join(12)
                    pouring.join(5)
                self.assertEqual(self.code, 0)
                # What had arrived whole is kept for the next start; the rest stays with the client.
                self.assertIn(answer.code, (250, 421, 451), answer)
                self.assertEqual(answer.code == 250, "queued as" in answer.text)
                self.assertEqual(upstream.messages, [])
                self.assertNotIn("bug", [event["event"] for event in todoku.events()])

    def stop(self, todoku):
        self.code = None
        self.code = todoku.stop()

    def pour(self, client, ends):
        """40 MB, more than all buffers on the way hold; with an end or without."""
        try:
            client.send(HEAD)
            for _ in range(640):
                client.send((b"x" * 62 + b"\r\n") * 1024)
            if ends:
                client.send(b".\r\n")
        except OSError:
            pass


if __name__ == "__main__":
    main("openssl")
