# SPDX-License-Identifier: Apache-2.0
"""todoku secret in a session with a real key store (gnome-keyring), and in one without."""
import json
import os
import pty
import shutil
import stat
import subprocess
import tempfile
import unittest

from prelude import SystemTest  # noqa: F401  (sets the import path)
from system.process import end_with_parent
from system.skip import main

PASSWORD = "s3cret-\u3042"


class Session(unittest.TestCase):
    """A home of its own; without a session bus unless a test starts one."""

    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="todoku-secret-")
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.state_dir = os.path.join(self.home, "state")
        self.environment = dict(os.environ, HOME=self.home, XDG_RUNTIME_DIR=self.home, XDG_DATA_HOME=self.home,
                                DBUS_SESSION_BUS_ADDRESS="", LC_ALL="C.UTF-8")

    def start(self, *command, text=""):
        """A program beside the test; its first line of output."""
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   env=self.environment, text=True, preexec_fn=end_with_parent)
        self.addCleanup(self.end, process)
        process.stdin.write(text)
        process.stdin.close()
        return process.stdout.readline().strip()

    @staticmethod
    def end(process):
        process.terminate()
        process.wait(10)
        process.stdout.close()

    def start_key_store(self):
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.start("dbus-daemon", "--session", "--nofork",
                                                                  "--print-address=1")
        self.start("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets", text="a password")

    def lock_key_store(self):
        subprocess.run(["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets",
                        "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock",
                        "array:objpath:/org/freedesktop/secrets/aliases/default"],
                       env=self.environment, check=True, stdout=subprocess.DEVNULL, timeout=10)

    def secret(self, *words, text="", code=0):
        ran = subprocess.run([os.environ["TODOKU_PROGRAM"], "secret", *words, "--state-dir", self.state_dir,
                              "--lang", "en"], input=text, capture_output=True, text=True, env=self.environment,
                             timeout=30, check=False)
        self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
        self.assertNotIn(PASSWORD, ran.stdout + ran.stderr)
        return ran.stdout + ran.stderr

    def names(self):
        listed = json.loads(self.secret("list", "--json"))
        return {one["name"]: one["place"] for one in listed["secrets"]}

    def is_on_disk(self):
        """Whether the password can be read in any file of the home, as it is or in hex."""
        for directory, _, files in os.walk(self.home):
            for name in files:
                path = os.path.join(directory, name)
                if not os.path.isfile(path):  # a socket of the key store's
                    continue
                with open(path, "rb") as file:
                    content = file.read()
                if PASSWORD.encode() in content or PASSWORD.encode().hex().encode() in content:
                    return True
        return False


class WithAKeyStore(Session):
    def setUp(self):
        super().setUp()
        self.start_key_store()

    def test_it_is_kept_there_and_nowhere_else(self):
        self.assertIn("password store: spare", self.secret("set", "spare", text=PASSWORD + "\n"))
        self.assertEqual(self.names(), {"spare": "password-store"})
        self.assertFalse(self.is_on_disk())
        self.secret("remove", "spare")
        self.assertEqual(self.names(), {})

    def test_a_locked_one_is_not_gone_round(self):
        self.secret("set", "spare", text=PASSWORD)
        self.lock_key_store()
        for words in (("set", "spare"), ("remove", "spare")):
            self.assertIn("Nothing was changed", self.secret(*words, text="other", code=75))
        self.assertIn("locked", self.secret("list"))
        self.assertFalse(os.path.exists(os.path.join(self.state_dir, "secrets")))


class WithoutAKeyStore(Session):
    def test_a_private_file_with_a_warning(self):
        told = self.secret("set", "spare", text=PASSWORD + "\n")
        self.assertIn("no password store", told)
        self.assertEqual(self.names(), {"spare": "file"})
        mode = os.stat(os.path.join(self.state_dir, "secrets")).st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(self.state_dir).st_mode), 0o700)
        self.secret("remove", "spare")
        self.assertEqual(self.names(), {})
        self.secret("remove", "spare", code=66)

    def test_what_is_typed_is_not_shown(self):
        ours, theirs = pty.openpty()
        process = subprocess.Popen([os.environ["TODOKU_PROGRAM"], "secret", "set", "spare", "--state-dir",
                                    self.state_dir, "--lang", "ja"], stdin=theirs, stdout=theirs, stderr=theirs,
                                   env=self.environment, preexec_fn=end_with_parent)
        os.close(theirs)
        shown = b""
        while "ください".encode() not in shown:
            shown += os.read(ours, 1000)
        os.write(ours, PASSWORD.encode() + b"\n")
        try:
            while piece := os.read(ours, 1000):
                shown += piece
        except OSError:  # the other side has closed
            pass
        os.close(ours)
        self.assertEqual(process.wait(10), 0, shown.decode())
        self.assertNotIn(PASSWORD, shown.decode())
        self.assertIn("保存しました", shown.decode())
        self.assertTrue(self.is_on_disk(), "in the file, where there is no key store")


if __name__ == "__main__":
    main("gnome-keyring-daemon", "dbus-daemon", "dbus-send")
