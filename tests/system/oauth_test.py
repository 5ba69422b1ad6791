# SPDX-License-Identifier: Apache-2.0
"""XOAUTH2 and OAUTHBEARER from the client through Todoku to the upstream, and a refused token back again."""
import base64
import json

from prelude import SystemTest
from system.ports import wait_until
from system.raw_client import RawClient
from system.skip import main

BODY = b"From: <tester@example.test>\r\nSubject: x\r\n\r\ny\r\n"
TOKEN = "ya29.a0-token~+/=="
MESSAGES = {
    "XOAUTH2": "user={user}\x01auth=Bearer {token}\x01\x01",
    "OAUTHBEARER": "n,a={user},\x01host=localhost\x01port=587\x01auth=Bearer {token}\x01\x01",
}


def message(mechanism, token=TOKEN, user="tester"):
    return base64.b64encode(MESSAGES[mechanism].format(user=user, token=token).encode()).decode()


class OAuth(SystemTest):
    def start(self, mechanisms="PLAIN LOGIN XOAUTH2 OAUTHBEARER"):
        upstream, todoku = self.pair(users={"tester": TOKEN}, mechanisms=mechanisms, options=("--trace",))
        self.assertTrue(wait_until(lambda: upstream.count("EHLO") >= 2, 10))
        self.assertTrue(wait_until(lambda: self.offers(todoku, "XOAUTH2") == ("XOAUTH2" in mechanisms), 10))
        return upstream, todoku

    def offers(self, todoku, mechanism):
        with RawClient(todoku.port) as client:
            return mechanism in client.hello().text

    def test_a_good_token_reaches_the_upstream_by_the_same_mechanism(self):
        for mechanism, template in MESSAGES.items():
            for initial in (True, False):
                with self.subTest(mechanism, initial=initial):
                    upstream, todoku = self.start()
                    with RawClient(todoku.port) as client:
                        client.hello()
                        if initial:
                            answer = client.command(f"AUTH {mechanism} {message(mechanism)}")
                        else:
                            self.assertEqual(client.command("AUTH " + mechanism).code, 334)
                            answer = client.command(message(mechanism))
                        self.assertEqual(answer.code, 235, answer)
                        self.assertEqual(client.mail().code, 250)
                        self.assertEqual(client.data(BODY).code, 250)
                    self.assertEqual(upstream.count("AUTH " + mechanism), 1)
                    self.assertEqual(upstream.count("AUTH"), 1)
                    self.assertIn(TOKEN.encode(), upstream.tokens_seen[0])
                    self.assertEqual(upstream.messages[0].connection.user, "tester")
                    self.assert_secret(todoku)

    def test_a_refused_token_shows_the_upstreams_report_and_then_535(self):
        for mechanism in MESSAGES:
            with self.subTest(mechanism):
                upstream, todoku = self.start()
                with RawClient(todoku.port) as client:
                    client.hello()
                    answer = client.command(f"AUTH {mechanism} {message(mechanism, 'expired')}")
                    self.assertEqual(answer.code, 334, answer)
                    self.assertEqual(json.loads(base64.b64decode(answer.text)), json.loads(upstream.challenge))
                    answer = client.command("" if mechanism == "XOAUTH2" else "AQ==")
                    self.assertEqual(answer.code, 535, answer)
                    self.assertIn("upstream says", answer.text)
                    # A new token on the same connection, as a client gets one from its provider.
                    self.assertEqual(client.command(f"AUTH {mechanism} {message(mechanism)}").code, 235)
                self.assertEqual(len(upstream.after_challenge), 1)
                self.assert_secret(todoku)

    def test_a_token_without_a_name_is_checked_by_the_upstream_too(self):
        upstream, todoku = self.start()
        nameless = base64.b64encode(b"n,,\x01auth=Bearer whatever\x01\x01").decode()
        with RawClient(todoku.port) as client:
            client.hello()
            answer = client.command("AUTH OAUTHBEARER " + nameless)
            self.assertEqual(answer.code, 334, answer)
            self.assertEqual(client.command("AQ==").code, 535)
        self.assertEqual(len(upstream.tokens_seen), 1)

    def test_no_token_for_an_upstream_that_takes_none(self):
        upstream, todoku = self.start("PLAIN LOGIN")
        self.assertFalse(self.offers(todoku, "XOAUTH2"))
        with RawClient(todoku.port) as client:
            client.hello()
            self.assertEqual(client.command("AUTH XOAUTH2 " + message("XOAUTH2")).code, 504)
        self.assertEqual(upstream.count("AUTH"), 0)

    def assert_secret(self, todoku):
        log = todoku.log_text()
        for secret in (TOKEN, message("XOAUTH2"), message("OAUTHBEARER"), "expired"):
            self.assertNotIn(secret, log)


if __name__ == "__main__":
    main("openssl")
