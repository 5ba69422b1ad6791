# SPDX-License-Identifier: Apache-2.0
"""A recording submission server, one thread for each connection, that behaves as badly as a test wants.

reactions maps a phase to what happens there instead of the usual: connect, ehlo (ehlo_tls for
the second one), starttls, auth, mail, rcpt,
data, body (before the body is read), end (final dot or BDAT LAST), quit. A reaction is a reply line, raw bytes,
CLOSE, SILENT, Delay, Endless, or a function of the command's argument that returns one of these or None.
"""
import base64
import socket
import ssl
import threading

CLOSE = object()
SILENT = object()
ALL_EXTENSIONS = ("PIPELINING", "CHUNKING", "8BITMIME", "SIZE 104857600", "DSN", "SMTPUTF8", "ENHANCEDSTATUSCODES")


class Delay:
    """Waits, then does what is usual."""

    def __init__(self, seconds):
        self.seconds = seconds


class Endless:
    """Sends head once and the piece for ever (up to limit bytes), then closes."""

    def __init__(self, piece, head=b"", limit=50_000_000):
        self.piece, self.head, self.limit = piece, head, limit


class Message:
    def __init__(self, connection):
        self.connection = connection
        self.sender = self.sender_parameters = ""
        self.recipients, self.recipient_parameters = [], []
        self.body = b""
        self.chunks = []  # sizes of the BDAT commands; empty for DATA


class Ended(Exception):
    pass


class Upstream:
    def __init__(self, tls="starttls", certificate=None, users=None, extensions=ALL_EXTENSIONS, login=True,
                 mechanisms="PLAIN LOGIN", host="127.0.0.1", port=0):
        self.tls, self.login, self.mechanisms = tls, login, mechanisms
        self.users = {"tester": "secret", "second": "other"} if users is None else users
        self.extensions = list(extensions)
        self.reactions = {}
        self.connections, self.messages = [], []
        self.tokens_seen, self.after_challenge = [], []  # OAuth messages, and the lines after a refused one
        self.challenge = b'{"status":"401","schemes":"bearer"}'
        self.body_bytes = 0  # octets of bodies received so far, live
        self.gate = threading.Event()  # cleared: bodies are not read
        self.gate.set()
        self.stopping = threading.Event()
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.socket(family, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, port))
        self.listener.listen(50)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        scheme = {"starttls": "submission", "implicit": "submissions", "none": "smtp"}[self.tls]
        return f"{scheme}://localhost:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.stopping.set()
        self.gate.set()
        shut(self.listener)
        self.drop_connections()

    def _accept(self):
        while not self.stopping.is_set():
            try:
                accepted, _ = self.listener.accept()
            except OSError:
                return
            connection = Connection(self, accepted)
            self.connections.append(connection)
            if self.stopping.is_set():  # accepted at the last moment: a stopped server takes nothing
                shut(accepted)
            threading.Thread(target=connection.run, daemon=True).start()

    def drop_connections(self):
        """Ends what is open, as after a restart of the server. Each thread closes its own socket: a number
        that is free too early would be read by the thread that still waits on it."""
        for connection in list(self.connections):
            end(connection.socket)

    def commands(self):
        """Every command line of every connection, in order of the connections."""
        return [line for connection in self.connections for line in connection.commands]

    def count(self, verb):
        return sum(1 for line in self.commands() if line.upper().startswith(verb))

    def everything(self):
        """All clear bytes that came, to look for what must not be there."""
        return b"".join(bytes(connection.seen) for connection in self.connections)


def end(sock):
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def shut(sock):
    end(sock)
    try:
        sock.close()
    except OSError:
        pass


class Connection:
    def __init__(self, upstream, accepted):
        self.upstream, self.socket = upstream, accepted
        self.socket.settimeout(90)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.seen = bytearray()  # without bodies
        self.commands = []
        self.secure, self.user, self.closed = False, None, False
        self.message = None
        self.announced_chunks = bytearray()

    # --- life
    def run(self):
        try:
            if self.upstream.tls == "implicit":
                self._secure()
            if not self._react("connect", ""):
                self._say("220 upstream.test ESMTP ready")
            while True:
                self._command(self._line())
        except (Ended, OSError, ValueError):
            pass
        finally:
            self.closed = True
            shut(self.socket)

    def _secure(self):
        self.buffer.clear()
        self.socket = self.upstream.context.wrap_socket(self.socket, server_side=True)
        self.secure = True

    def _fill(self):
        data = self.socket.recv(262144)
        if not data:
            raise Ended
        self.buffer += data

    def _line(self):
        while b"\r\n" not in self.buffer:
            self._fill()
            if len(self.buffer) > 200_000 and b"\r\n" not in self.buffer:
                raise Ended
        line, _, rest = bytes(self.buffer).partition(b"\r\n")
        self.buffer = bytearray(rest)
        self.seen += line + b"\r\n"
        text = line.decode("utf-8", "replace")
        self.commands.append(text)
        return text

    def _say(self, text):
        data = text if isinstance(text, bytes) else text.encode("utf-8") + b"\r\n"
        self.socket.sendall(data)

    def _react(self, phase, argument):
        """True when a reaction took the place of the usual answer."""
        reaction = self.upstream.reactions.get(phase)
        if callable(reaction):
            reaction = reaction(argument)
        if reaction is None:
            return False
        if reaction is CLOSE:
            raise Ended
        if reaction is SILENT:
            self.upstream.stopping.wait(80)
            raise Ended
        if isinstance(reaction, Delay):
            self.upstream.stopping.wait(reaction.seconds)
            return False
        if isinstance(reaction, Endless):
            self._say(reaction.head)
            sent, piece = 0, reaction.piece * (1 + 65536 // len(reaction.piece))
            while sent < reaction.limit:
                self._say(piece)
                sent += len(piece)
            raise Ended
        self._say(reaction)
        return True

    # --- commands
    def _command(self, line):
        verb, _, rest = line.partition(" ")
        handler = getattr(self, "_on_" + verb.lower(), None)
        if handler is None:
            self._say("500 5.5.1 what?")
        else:
            handler(rest.strip())

    def _on_ehlo(self, name):
        after_tls = self.secure and "ehlo_tls" in self.upstream.reactions
        if self._react("ehlo_tls" if after_tls else "ehlo", name):
            return
        offered = list(self.upstream.extensions)
        if self.upstream.tls == "starttls" and not self.secure:
            offered.append("STARTTLS")
        if self.upstream.login and (self.secure or self.upstream.tls == "none"):
            offered.append("AUTH " + self.upstream.mechanisms)
        lines = ["upstream.test greets " + name, *offered]
        self._say("\r\n".join("250-" + one for one in lines[:-1]) + ("\r\n" if lines[:-1] else "") + "250 " + lines[-1])

    def _on_starttls(self, _):
        if self.upstream.tls != "starttls" or self.secure:
            self._say("502 5.5.1 not here")
            return
        if not self._react("starttls", ""):
            self._say("220 2.0.0 go")
        self._secure()

    def _on_auth(self, rest):
        mechanism, _, initial = rest.partition(" ")
        if mechanism.upper() == "PLAIN":
            if not initial:
                self._say("334 ")
                initial = self._line()
            _, user, password = base64.b64decode(initial).decode("utf-8", "replace").split("\0")
        elif mechanism.upper() == "LOGIN":
            if not initial:
                self._say("334 VXNlcm5hbWU6")
                initial = self._line()
            self._say("334 UGFzc3dvcmQ6")
            user, password = (base64.b64decode(part).decode("utf-8", "replace") for part in (initial, self._line()))
        elif mechanism.upper() in ("XOAUTH2", "OAUTHBEARER"):
            if not initial:
                self._say("334 ")
                initial = self._line()
            self.upstream.tokens_seen.append(base64.b64decode(initial))
            user, password = split_token(self.upstream.tokens_seen[-1].decode("utf-8", "replace"))
            if self.upstream.users.get(user) != password:
                self._say("334 " + base64.b64encode(self.upstream.challenge).decode())
                self.upstream.after_challenge.append(self._line())
        else:
            self._say("504 5.5.4 unknown mechanism")
            return
        if self._react("auth", user):
            return
        if self.upstream.users.get(user) == password:
            self.user = user
            self._say("235 2.7.0 welcome")
        else:
            self._say("535 5.7.8 upstream says the password is wrong")

    def _on_mail(self, rest):
        address, parameters = split_path(rest[5:])
        if self._react("mail", address):
            return
        if self.upstream.login and self.user is None:
            self._say("530 5.7.0 upstream wants a log-in")
            return
        self.message = Message(self)
        self.message.sender, self.message.sender_parameters = address, parameters
        self._say("250 2.1.0 sender ok")

    def _on_rcpt(self, rest):
        address, parameters = split_path(rest[3:])
        if self._react("rcpt", address):
            return
        if self.message is None:
            self._say("503 5.5.1 MAIL first")
            return
        self.message.recipients.append(address)
        self.message.recipient_parameters.append(parameters)
        self._say("250 2.1.5 recipient ok")

    def _on_data(self, _):
        if self._react("data", ""):
            return
        if self.message is None or not self.message.recipients:
            self._say("554 5.5.1 no valid recipients")
            return
        self._say("354 go on")
        self._react("body", "")
        self.buffer[:0] = b"\r\n"  # so that a lone first dot is found like any other
        place = 0
        while True:
            found = self.buffer.find(b"\r\n.\r\n", max(0, place - 5))
            if found >= 0:
                break
            place = len(self.buffer)
            self.upstream.gate.wait(60)
            self._fill()
            self.upstream.body_bytes += len(self.buffer) - place
        stuffed = bytes(self.buffer[:found + 2])
        del self.buffer[:found + 5]
        self.message.body = stuffed.replace(b"\r\n..", b"\r\n.")[2:]
        self._finish()

    def _on_bdat(self, rest):
        words = rest.split()
        size = int(words[0])
        usable = self.message is not None and self.message.recipients
        if not self.announced_chunks:
            self._react("body", "")
        while len(self.buffer) < size:
            self.upstream.gate.wait(60)
            before = len(self.buffer)
            self._fill()
            self.upstream.body_bytes += len(self.buffer) - before
        part = bytes(self.buffer[:size])
        del self.buffer[:size]
        if not usable:
            self._say("503 5.5.1 BDAT without recipients")
            return
        self.message.chunks.append(size)
        self.announced_chunks += part
        if len(words) > 1 and words[1].upper() == "LAST":
            self.message.body = bytes(self.announced_chunks)
            self.announced_chunks = bytearray()
            self._finish()
        else:
            self._say(f"250 2.0.0 {size} octets")

    def _finish(self):
        message, self.message = self.message, None
        recipient = message.recipients[0]
        if "end" in self.upstream.reactions:
            reaction = self.upstream.reactions["end"]
            kind = reaction(recipient) if callable(reaction) else reaction
            message.refused = isinstance(kind, (str, bytes))
            if kind is CLOSE or kind is SILENT:  # taken, but nobody is told
                self.upstream.messages.append(message)
            if self._react("end", recipient):
                return
            if kind is CLOSE or kind is SILENT:
                return
        self.upstream.messages.append(message)
        self._say("250 2.0.0 taken as UPSTREAM-" + str(len(self.upstream.messages)))

    def _on_rset(self, _):
        self.message = None
        self.announced_chunks = bytearray()
        self._say("250 2.0.0 forgotten")

    def _on_noop(self, _):
        self._say("250 2.0.0 yes")

    def _on_quit(self, _):
        if not self._react("quit", ""):
            self._say("221 2.0.0 bye")
        raise Ended


def split_token(text):
    """The user and the token of an XOAUTH2 or OAUTHBEARER message."""
    user = token = ""
    for part in text.replace(",\x01", "\x01").split("\x01"):
        if part.startswith("user="):
            user = part[5:]
        elif part.startswith(("n,a=", "y,a=")):
            user = part[4:].replace("=2C", ",").replace("=3D", "=")
        elif part.startswith("auth=Bearer "):
            token = part[12:]
    return user, token


def split_path(text):
    """'<a@b> SIZE=1' -> ('a@b', 'SIZE=1')."""
    path, _, parameters = text.strip().partition(">")
    return path.lstrip("<"), parameters.strip()
