# SPDX-License-Identifier: Apache-2.0
"""A TCP relay between the program and a real server that goes silent, or hangs up, at a chosen point of the dialogue.

It reads the clear SMTP of both directions, so the server's port must not ask for TLS. Stops are named by what the
server has still seen: "connect" (nothing), "greeting", "ehlo", "mail", "rcpt", "body" (a first piece of it; the rest
is not even read, so that a large one gets stuck in the sender), "before_dot" (all but the end of the body) and
"answer" (everything: only the answer to the whole message does not come back).
"""
import select
import socket
import threading

from system.upstream import shut

STOPS = ("connect", "greeting", "ehlo", "mail", "rcpt", "body", "before_dot", "answer")
_TAKEN = b"queued as"  # in Postfix's answer to a whole message, and in no other


def wait_for_end(sock):
    """Until the peer has closed, or we have; what it sends is not read."""
    waiter = select.poll()
    waiter.register(sock, select.POLLRDHUP)
    while sock.fileno() >= 0 and not waiter.poll(500):
        pass


class PhaseRelay:
    """stop is None (all passes) or one of STOPS; hang_up closes there instead of being silent. Both are read at each
    step, so a test may change them under way. stopped is set when a connection came to its stop."""

    def __init__(self, port, stop=None, hang_up=False):
        self.server_port, self.stop, self.hang_up = port, stop, hang_up
        self.stopped = threading.Event()
        self.connections = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def _accept(self):
        while True:
            try:
                accepted, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(_Connection(self, accepted))

    def heal(self):
        """All passes from now on. Connections that were silenced stay silent."""
        self.stop = None

    def close(self):
        shut(self.listener)
        for connection in self.connections:
            connection.close()


class _Connection:
    def __init__(self, relay, client):
        self.relay, self.client, self.server = relay, client, None
        self.is_silent = False
        self.buffer = b""
        threading.Thread(target=self._guard, args=(self._upwards,), daemon=True).start()

    def _guard(self, work):
        try:
            work()
        except (OSError, ValueError):  # ValueError: closed by the other thread
            pass
        self.close()

    def close(self):
        shut(self.client)
        if self.server is not None:
            shut(self.server)

    def _comes_to(self, stop):
        """At this point of the dialogue: True when the connection is to end or to be silent here."""
        if self.relay.stop != stop:
            return False
        self.is_silent = True
        self.relay.stopped.set()
        if self.relay.hang_up:
            raise OSError("hangs up")
        return True

    def _upwards(self):
        if self._comes_to("connect"):
            self._swallow()
            return
        self.server = socket.create_connection(("127.0.0.1", self.relay.server_port), 20)
        self.server.settimeout(None)
        threading.Thread(target=self._guard, args=(self._downwards,), daemon=True).start()
        stops = {b"EHLO": ("greeting", "ehlo"), b"MAIL": (None, "mail"), b"RCPT": (None, "rcpt")}
        while True:
            line = self._line()
            verb = line[:4].upper()
            before, after = stops.get(verb, (None, None))
            if before and self._comes_to(before):
                break
            self.server.sendall(line)
            if verb in (b"BDAT", b"DATA") and self.relay.stop == "body":
                self._first_piece()
                return
            if verb == b"BDAT":
                self._chunk(int(line.split()[1]), b"LAST" in line.upper())
            elif verb == b"DATA":
                self._dotted()
            if self.is_silent or after and self._comes_to(after):
                break
        self._swallow()

    def _chunk(self, size, is_last):
        while len(self.buffer) < size:
            self._fill()
        chunk, self.buffer = self.buffer[:size], self.buffer[size:]
        self._body(chunk, 1 if is_last else 0)

    def _dotted(self):
        """The client waits for 354; a body has no other line that is a lone dot."""
        while b"\r\n.\r\n" not in self.buffer:
            self._fill()
        end = self.buffer.index(b"\r\n.\r\n") + 5
        body, self.buffer = self.buffer[:end], self.buffer[end:]
        self._body(body, 3)

    def _body(self, body, ending):
        """ending: how many bytes at its end make it whole; 0 when more follows."""
        if ending == 0:
            self.server.sendall(body)
            return
        self.server.sendall(body[:-ending])
        if not self._comes_to("before_dot"):
            self.server.sendall(body[-ending:])

    def _first_piece(self):
        if not self.buffer:
            self._fill()
        self.server.sendall(self.buffer[:(len(self.buffer) + 1) // 2])
        self._comes_to("body")
        wait_for_end(self.client)

    def _line(self):
        while b"\r\n" not in self.buffer:
            self._fill()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line + b"\r\n"

    def _fill(self):
        data = self.client.recv(65536)
        if not data:
            raise OSError("the client has closed")
        self.buffer += data

    def _swallow(self):
        while self.client.recv(65536):
            pass

    def _downwards(self):
        pending = b""
        while True:
            data = self.server.recv(65536)
            if not data:
                if self.is_silent:
                    return wait_for_end(self.client)
                raise OSError("the server has closed")
            pending += data
            while b"\n" in pending:
                line, _, pending = pending.partition(b"\n")
                if _TAKEN in line and self._comes_to("answer"):
                    return wait_for_end(self.client)
                self.client.sendall(line + b"\n")
