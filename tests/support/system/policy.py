# SPDX-License-Identifier: Apache-2.0
"""A policy server for Postfix (its SMTPD_POLICY_README): a test decides, command by command, what Postfix answers."""
import socket
import threading

from system.upstream import shut

PASS = "DUNNO"


class Policy:
    """rules maps an address to a function of (state, attributes) that returns Postfix's action or None. state is MAIL,
    RCPT, DATA or END; the address is the sender at MAIL and the recipient elsewhere. A rule may take its time: each of
    Postfix's processes has a connection and a thread of its own."""

    def __init__(self):
        self.rules = {}
        self.asked = []  # (state, address), in order
        self.connections = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                accepted, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(accepted)
            threading.Thread(target=self._serve, args=(accepted,), daemon=True).start()

    def close(self):
        shut(self.listener)
        for connection in self.connections:
            shut(connection)

    def _serve(self, connection):
        try:
            with connection.makefile("rwb") as stream:
                attributes = {}
                for line in stream:
                    name, separator, value = line.decode("utf-8", "replace").rstrip("\n").partition("=")
                    if separator:
                        attributes[name] = value
                        continue
                    stream.write(f"action={self._decide(attributes)}\n\n".encode())
                    stream.flush()
                    attributes = {}
        except (OSError, ValueError):
            pass

    def _decide(self, attributes):
        state = attributes["protocol_state"]
        state = {"BDAT": "DATA", "END-OF-MESSAGE": "END"}.get(state, state)
        address = attributes["sender" if state == "MAIL" else "recipient"]
        self.asked.append((state, address))
        rule = self.rules.get(address)
        return (rule and rule(state, attributes)) or PASS
