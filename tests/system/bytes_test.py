# SPDX-License-Identifier: Apache-2.0
"""Bytes are sacred: whatever the body, the upstream gets it as the client gave it, large ones flowing."""
import os
import random
import threading
import time

from prelude import SystemTest
from system.ports import wait_until
from system.raw_client import RawClient, send_mail, stuff
from system.skip import main

HEAD = (b"From: <tester@example.test>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0900\r\n"
        b"Message-ID: <fixed@example.test>\r\nSubject: bytes\r\n\r\n")
MEGABYTE = 1024 * 1024
UPSTREAMS = {
    "chunking and pipelining": ("PIPELINING", "CHUNKING", "8BITMIME", "SIZE", "SMTPUTF8", "DSN"),
    "pipelining": ("PIPELINING", "8BITMIME", "SIZE"),
    "neither": ("8BITMIME", "SIZE"),
}
BODIES = {
    "lone dots": HEAD + b".\r\n..\r\n...\r\n.\r\n",
    "dots begin lines": HEAD + b".a\r\n..b\r\nc.\r\n.\r\n\r\n.",
    "a dot at the very end": HEAD + b"x\r\n.\r\n",
    "a dot first": b"." + HEAD,
    "null bytes": HEAD + b"a\0b\r\n\0\r\n",
    "eight bit": HEAD + bytes(byte for byte in range(256) if byte not in (10, 13)) + b"\r\n",
    "a line of 5000": HEAD + b"x" * 5000 + b"\r\n" + b"." * 5000 + b"\r\n",
    "a line of 300000": HEAD + b"y" * 300_000 + b"\r\n",
    "no line end at the end": HEAD + b"the end",
    "headers only": HEAD[:-2],
    "headers and an empty line": HEAD,
    "many empty lines": HEAD + b"\r\n" * 1000,
    "spaces and tabs": HEAD + b" \t \r\n\t\r\n   trailing   \r\n",
    "a folded header": b"Subject: a\r\n\tb\r\n c\r\nDate: x\r\nMessage-ID: <a@b>\r\n\r\nbody\r\n",
    "smtp words": HEAD + b"QUIT\r\nRSET\r\nMAIL FROM:<a@b>\r\n250 ok\r\n",
    "no header at all, made whole": b"Date: x\r\nMessage-ID: <a@b>\r\nno colon here\r\n\r\nbody\r\n",
}


def with_last_line_end(body):
    return body if not body or body.endswith(b"\r\n") else body + b"\r\n"


def first_header(message):
    """(the first header with its folded lines, the rest)."""
    end = message.find(b"\r\n") + 2
    while message[end:end + 1] in (b" ", b"\t"):
        end = message.find(b"\r\n", end) + 2
    return message[:end], message[end:]


def big_body(megabytes, seed=1):
    """Base64-like lines with binary ones and dots between them, about so large."""
    chance = random.Random(seed)
    block = bytearray()
    while len(block) < MEGABYTE:
        block += chance.randbytes(57).hex().encode()[:76] + b"\r\n"
        if chance.random() < 0.02:
            block += b"." * chance.randrange(1, 4) + b"\r\n"
            block += chance.randbytes(200).replace(b"\r", b"r").replace(b"\n", b"n") + b"\r\n"
    return HEAD + bytes(block) * megabytes


class Bytes(SystemTest):
    def assert_only_received_added(self, arrived, original):
        added, rest = first_header(arrived)
        self.assertTrue(added.startswith(b"Received: "), added)
        self.assertIn(b"with ESMTP", added)
        if rest != original:
            place = next((i for i, (a, b) in enumerate(zip(rest, original)) if a != b), min(len(rest), len(original)))
            self.fail(f"differs at {place}: {rest[place - 20:place + 30]!r} != {original[place - 20:place + 30]!r} "
                      f"(lengths {len(rest)}, {len(original)})")

    def test_awkward_bodies(self):
        for kind, extensions in UPSTREAMS.items():
            upstream, todoku = self.pair(extensions=extensions)
            for name, body in BODIES.items():
                with self.subTest(upstream=kind, body=name):
                    before = len(upstream.messages)
                    answer = send_mail(todoku.port, body)
                    self.assertEqual(answer.code, 250, answer)
                    self.assertEqual(len(upstream.messages), before + 1)
                    self.assert_only_received_added(upstream.messages[-1].body, with_last_line_end(body))
            used = any(message.chunks for message in upstream.messages)
            self.assertEqual(used, "CHUNKING" in extensions, kind)

    def test_an_empty_body(self):
        for kind, extensions in UPSTREAMS.items():
            with self.subTest(kind):
                upstream, todoku = self.pair(extensions=extensions)
                answer = send_mail(todoku.port, b"")
                self.assertEqual(answer.code, 250, answer)
                names = {line.split(b":")[0].lower() for line in upstream.messages[0].body.split(b"\r\n") if line[:1].isalpha()}
                self.assertEqual(names, {b"received", b"date", b"message-id"})

    def test_25_megabytes_arrive_as_they_are(self):
        body = big_body(25)
        for kind, extensions in UPSTREAMS.items():
            with self.subTest(kind):
                upstream, todoku = self.pair(extensions=extensions)
                answer = send_mail(todoku.port, body, seconds=60)
                self.assertEqual(answer.code, 250, answer)
                self.assert_only_received_added(upstream.messages[0].body, body)
                upstream.stop()

    def test_missing_date_and_message_id_are_added(self):
        upstream, todoku = self.pair()
        original = b"From: <tester@example.test>\r\nSubject: bare\r\n\r\nbody\r\n"
        self.assertEqual(send_mail(todoku.port, original).code, 250)
        added, rest = first_header(upstream.messages[0].body)
        self.assertTrue(added.startswith(b"Received: "))
        kept, found = b"", set()
        while rest and not rest.startswith(b"\r\n"):
            header, rest = first_header(rest)
            name = header.split(b":")[0].lower()
            if name in (b"date", b"message-id"):
                self.assertNotIn(name, found)
                found.add(name)
            else:
                kept += header
        self.assertEqual(found, {b"date", b"message-id"})
        self.assertEqual(kept + rest, original)

    def test_a_bcc_header_is_removed_with_its_folded_lines(self):
        upstream, todoku = self.pair()
        for header in (b"Bcc: hidden@example.test\r\n", b"BCC: a@example.test,\r\n\thidden@example.test\r\n"):
            with self.subTest(header):
                answer = send_mail(todoku.port, HEAD[:-2] + header + b"X-Last: 1\r\n\r\nBcc: in the body stays\r\n")
                self.assertEqual(answer.code, 250, answer)
                self.assert_only_received_added(upstream.messages[-1].body,
                                                HEAD[:-2] + b"X-Last: 1\r\n\r\nBcc: in the body stays\r\n")

    def test_signed_mail_gets_only_received(self):
        upstream, todoku = self.pair()
        signed = {
            "s/mime": b'Content-Type: multipart/signed; protocol="application/pkcs7-signature";\r\n boundary=b\r\n',
            "dkim": b"DKIM-Signature: v=1; a=rsa-sha256; d=example.test; s=s; h=from; bh=x; b=y\r\n",
            "opaque s/mime": b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n",
        }
        for name, header in signed.items():
            with self.subTest(name):
                body = b"From: <t@example.test>\r\nBcc: x@example.test\r\n" + header + b"\r\n--b\r\n\r\ntext\r\n--b--\r\n"
                answer = send_mail(todoku.port, body)
                self.assertEqual(answer.code, 250, answer)
                self.assert_only_received_added(upstream.messages[-1].body, body)

    def test_bare_newlines_are_repaired_and_noted(self):
        upstream, todoku = self.pair()
        for name, (bad, good) in {
                "line feeds": (b"a\nb\nc\r\n", b"a\r\nb\r\nc\r\n"),
                "carriage return": (b"a\rb\r\n", b"a\r\nb\r\n"),
                "line feed, dot, line end": (b"a\n.\r\nb\r\n", b"a\r\n.\r\nb\r\n"),
                "line feed, dot, line feed": (b"a\n.\nb\r\n", b"a\r\n.\r\nb\r\n")}.items():
            with self.subTest(name), RawClient(todoku.port) as client:
                client.hello()
                client.login()
                client.mail()
                self.assertEqual(client.command("DATA").code, 354)
                client.send(HEAD + bad + b".\r\n")
                answer = client.reply()
                self.assertEqual(answer.code, 250, answer)
                _, arrived = first_header(upstream.messages[-1].body)
                self.assertNotIn(b"\n", arrived.replace(b"\r\n", b""))
                self.assertNotIn(b"\r", arrived.replace(b"\r\n", b""))
                # A dot line behind a bare line feed may be unstuffed by the repair or kept; never the end.
                self.assertIn(arrived[len(HEAD):], (good, good.replace(b"\r\n.\r\n", b"\r\n\r\n")))
        noted = [event["repaired_newlines"] for event in todoku.events() if "repaired_newlines" in event]
        self.assertEqual(len(noted), 4)
        self.assertTrue(all(noted), noted)
        self.assertEqual(len(upstream.messages), 4)

    def test_smuggling_a_second_message_is_impossible(self):
        upstream, todoku = self.pair()
        hidden = b"MAIL FROM:<evil@example.test>\r\nRCPT TO:<victim@example.test>\r\nDATA\r\nSubject: evil\r\n\r\nx\r\n"
        for separator in (b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n\0.\r\n", b"\r\n.\0\r\n"):
            with self.subTest(separator), RawClient(todoku.port) as client:
                client.hello()
                client.login()
                client.mail()
                client.command("DATA")
                client.send(HEAD + b"x" + separator + hidden + b"\r\n.\r\n")
                client.reply()
        for message in upstream.messages:
            self.assertEqual(message.sender, "tester@example.test")
            self.assertNotIn("victim@example.test", message.recipients)

    def test_bare_newlines_in_signed_mail_are_refused(self):
        upstream, todoku = self.pair()
        with RawClient(todoku.port) as client:
            client.hello()
            client.login()
            client.mail()
            client.command("DATA")
            client.send(b"Content-Type: multipart/signed; boundary=b\r\n" + HEAD + b"a\nb\r\n.\r\n")
            answer = client.reply()
            self.assertEqual(answer.code, 550, answer)
            self.assertIn("5.6.0", answer.text)
            self.assertEqual(client.command("NOOP").code, 250)
        self.assertEqual(upstream.messages, [])

    def test_bare_newlines_are_refused_when_the_settings_say_so(self):
        upstream, todoku = self.pair(sets=["delivery.bare_newline=refuse"])
        with RawClient(todoku.port) as client:
            client.hello()
            client.login()
            client.mail()
            client.command("DATA")
            client.send(HEAD + b"a\nb\r\n.\r\n")
            answer = client.reply()
            self.assertEqual(answer.code, 550, answer)
            self.assertIn("5.6.0", answer.text)
        self.assertEqual(upstream.messages, [])


class Streaming(SystemTest):
    def begin(self, todoku):
        client = RawClient(todoku.port, seconds=60)
        self.addCleanup(client.close)
        client.hello()
        client.login()
        client.mail()
        self.assertEqual(client.command("DATA").code, 354)
        return client

    def test_the_upstream_receives_while_the_client_still_sends(self):
        for kind, extensions in UPSTREAMS.items():
            with self.subTest(kind):
                upstream, todoku = self.pair(extensions=extensions)
                client = self.begin(todoku)
                data = stuff(big_body(25))
                client.send(data[:len(data) // 2])
                wait_until(lambda: upstream.body_bytes > 5 * MEGABYTE, 15, "half of the body at the upstream")
                self.assertEqual(upstream.messages, [])
                client.send(data[len(data) // 2:])
                self.assertEqual(client.reply().code, 250)
                upstream.stop()

    def test_memory_stays_flat_with_five_large_messages_at_once(self):
        upstream, todoku = self.pair(sets=["delivery.connections_per_account=5"])
        body, answers = big_body(25), []
        # The first login is hashed slowly, on purpose with much memory; that is over before it counts.
        self.assertEqual(send_mail(todoku.port, HEAD + b"first\r\n").code, 250)
        wait_until(lambda: os.path.exists(os.path.join(todoku.state_dir, "verified-logins")), 15, "the login's verifier")
        todoku.forget_peak()
        before = todoku.memory()
        senders = [threading.Thread(target=lambda to=f"r{number}@example.test": answers.append(
            send_mail(todoku.port, body, recipients=(to,), seconds=90))) for number in range(5)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join(100)
        self.assertEqual([answer.code for answer in answers], [250] * 5, answers)
        self.assertEqual(len(upstream.messages), 6)
        grown = (todoku.peak_memory() - before) / MEGABYTE
        print(f"memory for 5 x 25 MB: {grown:.1f} MB", flush=True)
        self.assertLess(grown, 16)

    def test_the_client_is_held_to_the_pace_of_the_upstream(self):
        upstream, todoku = self.pair()
        upstream.gate.clear()
        client = self.begin(todoku)
        client.socket.settimeout(2)
        data, sent = stuff(big_body(60)), 0
        try:
            while sent < len(data):
                sent += client.socket.send(data[sent:sent + 65536])
        except TimeoutError:
            pass
        # The window of 4 MiB, and what the kernel holds in four socket buffers.
        self.assertLess(sent, 40 * MEGABYTE)
        upstream.gate.set()
        client.socket.settimeout(60)
        client.socket.sendall(data[sent:])
        self.assertEqual(client.reply().code, 250)

    def test_a_client_that_leaves_in_the_middle_sends_nothing(self):
        for kind, extensions in UPSTREAMS.items():
            with self.subTest(kind):
                upstream, todoku = self.pair(extensions=extensions)
                client = self.begin(todoku)
                data = stuff(big_body(3))
                client.send(data[:2 * MEGABYTE])
                wait_until(lambda: upstream.body_bytes > 0, 10, "the body's beginning")
                client.close()
                time.sleep(0.5)
                self.assertEqual(send_mail(todoku.port, HEAD + b"next\r\n").code, 250)
                self.assertEqual(len(upstream.messages), 1)
                self.assertTrue(upstream.messages[0].body.endswith(b"next\r\n"))


if __name__ == "__main__":
    main("openssl")
