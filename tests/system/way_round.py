# SPDX-License-Identifier: Apache-2.0
"""A usual server and a fallback that record what they get, and Todoku between a client and both."""
import email
import os

from prelude import SystemTest
from system.raw_client import send_mail

FAST = ("delivery.retry=300ms,600ms", "delivery.answer_budget=3s", "delivery.notice_mail=off")
LISTED = ("554 5.7.1 Service unavailable; Client host [192.0.2.5] blocked using zen.spamhaus.org; "
          "https://www.spamhaus.org/query/ip/192.0.2.5")
MICROSOFT = ("550 5.7.1 Unfortunately, messages from [192.0.2.5] weren't sent. Please contact your Internet service "
             "provider since part of their network is on our block list (S3140).")
POOR = "554 5.7.1 The sending server 192.0.2.5 was refused because of its poor reputation"
BUSY = "421 4.3.2 Service not available, closing transmission channel"


def mail(number=1, sender="tester@example.test"):
    head = f"From: <{sender}>\r\nMessage-ID: <{number}@example.test>\r\nSubject: Nr {number}\r\n\r\n"
    return head.encode() + b"Text\r\n"


def text_of(message):
    """What a person reads, in one line."""
    parts = email.message_from_bytes(message.body).walk()
    plain = next(part for part in parts if part.get_content_type() == "text/plain")
    return " ".join(plain.get_payload(decode=True).decode("utf-8").split())


class FallbackTest(SystemTest):
    def way_round(self, sets=(), config="", login=True, **options):
        """The usual server, the fallback, and Todoku between a client and both."""
        usual = self.upstream(tls="none", login=login, **options)
        other = self.upstream(tls="none", login=False)
        more = ["--fallback", other.url]
        if config:
            file = os.path.join(self.directory, f"{id(usual)}.toml")
            with open(file, "w", encoding="utf-8") as written:
                written.write(config.format(fallback=other.url))
            more = ["--config", file]
        return usual, other, self.todoku(usual.url, *more, sets=(*FAST, *sets))

    def send(self, todoku, number=1, recipients=("a@blocked.test",), **options):
        return send_mail(todoku.port, mail(number), recipients=recipients, **options)

    def events_of(self, todoku, kind):
        found = []
        for message in todoku.messages("list", "--all")["messages"]:
            shown = todoku.messages("show", message["id"])
            found += [event for event in shown["timeline"] if event.get("event") == kind]
        return found
