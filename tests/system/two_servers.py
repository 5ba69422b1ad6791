# SPDX-License-Identifier: Apache-2.0
"""Two real Postfixes, a usual server and a spare one, and Todoku between a client and both."""
import os
import shutil
import unittest

from prelude import SystemTest
from system.name_server import NameServer
from system.ports import wait_until
from system.postfix import Postfix
from system.raw_client import send_mail
from system.real_upstream import SENDER, RealUpstream, mail

LOGIN = (Postfix.USER, Postfix.PASSWORD)
SPARE_LOGIN = ("relay-user", "Anderes-Wort-17")
WAITS = ("delivery.retry=300ms,600ms", "delivery.answer_budget=15s", "delivery.verdict_wait=2500ms",
         "delivery.connect_limit=2s", "delivery.notice_mail=off")
FRESH = "delivery.keep_warm=off"  # each message by a new connection
QUIET = 1.0  # seconds, longer than the longest wait between attempts: whoever sends again has done it by then

BAD_NAME = {  # what receivers say of a server with a bad name
    "listed": "Service unavailable; Client host [192.0.2.5] blocked using zen.spamhaus.org; "
              "https://www.spamhaus.org/query/ip/192.0.2.5",
    "microsoft": "Unfortunately, messages from [192.0.2.5] weren't sent. Please contact your Internet service provider "
                 "since part of their network is on our block list (S3140). You can also refer your provider to "
                 "http://mail.live.com/mail/troubleshooting.aspx#errors.",
    "poor": "The sending server 192.0.2.5 was refused because of its poor reputation",
}
BAD_MAIL = {"spam": "Message rejected: it looks like spam",
            "virus": "Virus found in this message: Eicar-Test-Signature"}

USUAL = """smtpd_delay_reject = no
smtpd_client_restrictions = {policy}
smtpd_sender_restrictions = {policy}
smtpd_recipient_restrictions = check_recipient_access texthash:{base}/etc/refused, {policy},
  permit_sasl_authenticated, reject
smtpd_end_of_data_restrictions = {policy}
header_checks = regexp:{base}/etc/header_checks
"""
USUAL_FILES = {  # by the recipient's domain at RCPT, by a header line at the end of the message
    "refused": "nouser@example.test 550 5.1.1 User unknown in virtual mailbox table\n" +
               "".join(f"{kind}.test 554 5.7.1 {text}\n" for kind, text in BAD_NAME.items()),
    "header_checks": "".join(f"/^X-Refuse: {kind}/ REJECT 5.7.1 {text}\n"
                             for kind, text in (BAD_NAME | BAD_MAIL).items()),
}
REWRITTEN = "rewritten@example.test"
SPARE = """smtpd_recipient_restrictions = {policy}, permit_sasl_authenticated, reject
smtpd_end_of_data_restrictions = {policy}
sender_canonical_maps = texthash:{base}/etc/senders
"""
SPARE_FILES = {"senders": f"{REWRITTEN} office@spare.test\n"}
DNS = (("_dmarc.example.test", "v=DMARC1; p=reject"), ("example.test", "v=spf1 ip4:192.0.2.5 ip4:192.0.2.77 -all"),
       ("_dmarc.strict.test", "v=DMARC1; p=reject"), ("strict.test", "v=spf1 ip4:192.0.2.5 -all"),
       ("_dmarc.example.jp", "v=DMARC1; p=quarantine"), ("example.jp", "v=spf1 ip4:127.0.0.1 -all"))


def refusable(name, kind):
    """A message that the usual server refuses at its end."""
    return f"X-Refuse: {kind}\r\n".encode() + mail(name)


class TwoServers(SystemTest):
    """Two Postfixes for the whole file: a start costs seconds."""
    usual = spare = names = None

    @classmethod
    def setUpClass(cls):
        if TwoServers.usual is not None:
            return
        super().setUpClass()
        TwoServers.directory, TwoServers.certificates = cls.directory, cls.certificates
        unittest.addModuleCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        os.chmod(cls.directory, 0o755)  # for the user postfix
        TwoServers.names = NameServer(*DNS)
        unittest.addModuleCleanup(cls.names.stop)
        TwoServers.usual = cls.server("usual", cls.certificates.good, USUAL, USUAL_FILES)
        TwoServers.spare = cls.server("spare", cls.certificates.good, SPARE, SPARE_FILES, login=SPARE_LOGIN)

    @classmethod
    def tearDownClass(cls):
        pass

    @classmethod
    def server(cls, name, certificate, settings="", files=None, port=None, login=LOGIN):
        folder = os.path.join(cls.directory, name)
        os.mkdir(folder)
        server = RealUpstream(folder, certificate, settings, files)
        server.postfix.port = port or server.postfix.port
        server.postfix.login = login
        unittest.addModuleCleanup(server.stop)
        server.start()
        return server

    def tearDown(self):
        self.usual.policy.rules.clear()
        self.spare.policy.rules.clear()

    def way_round(self, *sets, usual="", spare=""):
        """Todoku in front of both, or of what stands before them."""
        usual = usual or f"submission://localhost:{self.usual.postfix.port}"
        spare = spare or f"submission://{SPARE_LOGIN[0]}@localhost:{self.spare.postfix.port}"
        config = os.path.join(self.directory, f"{len(os.listdir(self.directory))}.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f'[[fallback]]\nname = "spare"\nrelay = "{spare}"\noutgoing = ["192.0.2.77"]\n')
            if "@" in spare:
                file.write('secret = "spare-password"\n')
        return self.todoku(usual, "--config", config, secrets={"spare-password": SPARE_LOGIN[1]},
                           sets=(*WAITS, f"dns.servers=127.0.0.1:{self.names.port}", *sets))

    def send(self, todoku, name, recipients=None, body=None, sender=SENDER, login=LOGIN):
        user, password = login or (None, None)
        return send_mail(todoku.port, body or mail(name), sender, recipients or (f"{name}@fine.test",), user, password,
                         seconds=30)

    def log_in(self, todoku, name):
        """The first message: from now on the password is known."""
        self.goes(todoku, name, usual=1, spare=0)

    def goes(self, todoku, name, *, usual, spare, **how):
        """The client hears 250 from one of the servers while it waits, and so many copies are at each."""
        answer = self.send(todoku, name, **how)
        self.assertEqual(answer.code, 250, f"{name}: {answer}")
        self.assertRegex(answer.text, r"Sent as \w+ by ", name)
        self.has(name, usual=usual, spare=spare)

    def has(self, name, *, usual, spare):
        """A Postfix's log is a moment behind its answer."""
        wait_until(lambda: self.usual.copies(name) >= usual and self.spare.copies(name) >= spare, 10, name)
        self.assertEqual({"usual": self.usual.copies(name), "spare": self.spare.copies(name)},
                         {"usual": usual, "spare": spare}, name)

    def timeline(self, todoku, name):
        for one in todoku.messages("list", "--all", "--limit", "1000")["messages"]:
            if one["message_id"] == f"<{name}@queue.test>":
                return [event.get("event") for event in todoku.messages("show", one["id"])["timeline"]]
        return []

    def is_told(self, todoku, name, event):
        wait_until(lambda: event in self.timeline(todoku, name), 10, f"{event}: {self.timeline(todoku, name)}")

    def returns(self, todoku, name, recipient="", login=LOGIN):
        """Sends until the usual server gets one; after it all go there."""
        recipients = (recipient or f"{name}@fine.test",)
        names = []

        def is_back():
            names.append(f"{name}{len(names)}")
            answer = self.send(todoku, names[-1], recipients, login=login)
            self.assertEqual(answer.code, 250, answer)
            return f":{self.spare.postfix.port}: Ok" not in answer.text

        wait_until(is_back, 20, "the usual way")
        for each in names[:-1]:
            self.has(each, usual=0, spare=1)
        self.has(names[-1], usual=1, spare=0)
        self.goes(todoku, f"{name}-back", usual=1, spare=0, recipients=recipients, login=login)
