# SPDX-License-Identifier: Apache-2.0
"""A small client of Mozilla's remote protocol (length:JSON over TCP) for the chrome context."""
import json
import socket
import time


class Marionette:
    def __init__(self, port, seconds=90):
        end = time.monotonic() + seconds
        self.buffer, self.number = b"", 0
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", port), 5)
                self.socket.settimeout(60)
                self._receive()  # its greeting
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)
        self.command("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"unhandledPromptBehavior": "ignore"}}})
        self.command("Marionette:SetContext", {"value": "chrome"})

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise OSError("the remote end has closed")
        self.buffer += data

    def _receive(self):
        while b":" not in self.buffer:
            self._more()
        size, _, self.buffer = self.buffer.partition(b":")
        while len(self.buffer) < int(size):
            self._more()
        text, self.buffer = self.buffer[:int(size)], self.buffer[int(size):]
        return json.loads(text)

    def command(self, name, parameters=None):
        self.number += 1
        text = json.dumps([0, self.number, name, parameters or {}]).encode()
        self.socket.sendall(b"%d:%s" % (len(text), text))
        _, _, error, value = self._receive()
        if error:
            raise AssertionError(f"{name}: {error.get('message', error)}")
        return value.get("value", value) if isinstance(value, dict) else value

    def script(self, body, *arguments):
        return self.command("WebDriver:ExecuteScript", {"script": body, "args": list(arguments), "sandbox": "system",
                                                        "newSandbox": False})

    def waiting_script(self, body, *arguments):
        """A body with await in it; args holds the arguments."""
        wrapped = ("const args = arguments, tell = arguments[arguments.length - 1];"
                   "(async () => {" + body + "})().then(value => tell([value === undefined ? null : value]),"
                   " fault => tell(String(fault)));")
        answer = self.command("WebDriver:ExecuteAsyncScript", {
            "script": wrapped, "args": list(arguments), "sandbox": "system", "newSandbox": False,
            "scriptTimeout": 50000})
        if isinstance(answer, str):
            raise AssertionError(answer)
        return answer[0]
