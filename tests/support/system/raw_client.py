# SPDX-License-Identifier: Apache-2.0
"""A submission client that sends exactly the bytes it is told to, right or wrong."""
import base64
import socket
import ssl


class Reply:
    def __init__(self, code, lines):
        self.code, self.lines = code, lines
        self.text = "\n".join(lines)

    def __repr__(self):
        return f"{self.code} {self.text!r}"


class RawClient:
    def __init__(self, port, host="127.0.0.1", seconds=20, implicit_tls=False):
        self.socket = socket.create_connection((host, port), seconds)
        self.socket.settimeout(seconds)
        self.buffer = b""
        self.greeting = None
        if implicit_tls:
            self._wrap()
        self.greeting = self.reply()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def _wrap(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost")

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        """One line without CRLF; None when the peer has closed."""
        while b"\r\n" not in self.buffer:
            try:
                more = self.socket.recv(65536)
            except ConnectionError:
                more = b""
            if not more:
                return None
            self.buffer += more
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def reply(self):
        """One reply; code 0 when the peer has closed."""
        lines = []
        while True:
            line = self.line()
            if line is None:
                return Reply(0, lines)
            lines.append(line[4:].decode("utf-8", "replace"))
            if not line[:3].isdigit() or line[3:4] not in (b" ", b"-", b""):
                raise AssertionError(f"not a reply: {line!r}")
            if line[3:4] != b"-":
                return Reply(int(line[:3]), lines)

    def command(self, text):
        self.send(text.encode("utf-8") + b"\r\n")
        return self.reply()

    def hello(self, name="[127.0.0.1]"):
        return self.command("EHLO " + name)

    def start_tls(self):
        answer = self.command("STARTTLS")
        if answer.code == 220:
            self._wrap()
        return answer

    def login(self, user="tester", password="secret"):
        secret = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        return self.command("AUTH PLAIN " + secret)

    def mail(self, sender="tester@example.test", recipients=("ok@example.test",), parameters=""):
        """MAIL and RCPT; the first refusal or the last answer."""
        answer = self.command(f"MAIL FROM:<{sender}>{parameters}")
        for recipient in recipients:
            if answer.code // 100 != 2:
                break
            answer = self.command(f"RCPT TO:<{recipient}>")
        return answer

    def data(self, body):
        """DATA, the body stuffed, the final dot: the verdict."""
        answer = self.command("DATA")
        if answer.code != 354:
            return answer
        self.send(stuff(body))
        return self.reply()

    def quit(self):
        answer = self.command("QUIT")
        self.close()
        return answer


def stuff(body):
    """Dot-stuffing at CRLF line starts only, with the final dot. A missing last CRLF is added (it must be)."""
    stuffed = (b"\r\n" + body).replace(b"\r\n.", b"\r\n..")[2:]
    if stuffed and not stuffed.endswith(b"\r\n"):
        stuffed += b"\r\n"
    return stuffed + b".\r\n"


def send_mail(port, body, sender="tester@example.test", recipients=("ok@example.test",), user="tester",
              password="secret", seconds=20):
    """One client, one message: the first answer that is not good, or the verdict."""
    with RawClient(port, seconds=seconds) as client:
        client.hello()
        if user is not None:
            answer = client.login(user, password)
            if answer.code != 235:
                return answer
        answer = client.mail(sender, recipients)
        if answer.code // 100 == 2:
            answer = client.data(body)
        if answer.code:
            client.send(b"QUIT\r\n")
        return answer
