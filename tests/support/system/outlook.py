# SPDX-License-Identifier: Apache-2.0
"""A client that acts like Outlook's outbox: it gives each answer a limit, closes without a word when that has passed,
and sends the identical message again by itself, until it has a 250."""
import threading
import time

from system.raw_client import RawClient

PATIENCE = 3.0  # seconds; Outlook's minute, scaled


class Outlook(threading.Thread):
    """answers holds what was said, one entry for each sending; None stands for one that was given up."""

    def __init__(self, port, body, recipient, sender="tester@example.test", login=None, patience=PATIENCE, limit=60,
                 pause=0.2):
        super().__init__(daemon=True)
        self.port, self.body, self.recipient, self.sender = port, body, recipient, sender
        self.login, self.patience, self.limit, self.pause = login, patience, limit, pause
        self.answers, self.fault = [], None
        self.first_answer = threading.Event()

    def run(self):
        end = time.monotonic() + self.limit
        while time.monotonic() < end:
            try:
                answer = self._send()
            except OSError:  # a time-out is one, too
                answer = None
            self.answers.append(answer)
            self.first_answer.set()
            if answer is not None and answer.code == 250:
                return
            if answer is not None and answer.code // 100 == 5:
                self.fault = f"refused for good: {answer}"
                return
            time.sleep(self.pause)
        self.fault = f"no 250 within {self.limit} s: {self.answers}"

    def _send(self):
        with RawClient(self.port, seconds=self.patience) as client:
            answer = client.hello()
            if self.login and answer.code == 250:
                answer = client.login(*self.login)
                if answer.code != 235:
                    return answer
            answer = client.mail(self.sender, (self.recipient,))
            if answer.code == 250:
                answer = client.data(self.body)
            if answer.code == 0:
                return None
            client.send(b"QUIT\r\n")
            return answer

    def finish(self):
        """Waits for its 250: the answer."""
        self.join(self.limit + 2 * self.patience)
        if self.fault or self.is_alive():
            raise AssertionError(self.fault or "the outbox is still not empty")
        return self.answers[-1]
