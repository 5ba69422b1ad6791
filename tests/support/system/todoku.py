# SPDX-License-Identifier: Apache-2.0
"""Starts the built program, waits until it serves, watches its memory and logs, and stops it."""
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from system.ports import free_port
from system.process import end_with_parent


class Todoku:
    """A context manager around one `todoku serve`. Ends within 10 s of SIGTERM or the test fails."""

    def __init__(self, upstream_url, *options, ca=None, log="json", implicit=False, sets=(), host="127.0.0.1",
                 secrets=None):
        self.program = os.environ["TODOKU_PROGRAM"]
        self.directory = tempfile.mkdtemp(prefix="todoku-system-")
        self.state_dir = os.path.join(self.directory, "state")
        self.host, self.port = host, free_port(host)
        self.implicit_port = free_port(host) if implicit else None
        shown = f"[{host}]" if ":" in host else host
        self.arguments = [self.program, "serve", "--listen", f"submission://{shown}:{self.port}"]
        if implicit:
            self.arguments += ["--listen", f"submissions://{shown}:{self.implicit_port}"]
        if upstream_url:
            self.arguments += ["--upstream", upstream_url]
        self.arguments += ["--state-dir", self.state_dir, "--log", log]
        if ca:
            self.arguments += ["--upstream-ca", ca]
        for one in ("dns.servers=127.0.0.1:1", *sets):  # no question leaves this machine
            self.arguments += ["--set", one]
        self.arguments += list(options)
        self.process = None
        self.environment = dict(os.environ, LANG="C.UTF-8", LC_ALL="C.UTF-8")
        if secrets:  # in a file, not in the key store of whoever runs the test
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = ""
        for name, secret in (secrets or {}).items():
            self.secret("set", name, text=secret)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, value, trace):
        try:
            if kind is not None:
                print("---- log of todoku:", self.log_text()[-6000:], "----", sep="\n", flush=True)
            self.stop()
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)

    def start(self):
        self._output = open(os.path.join(self.directory, "log"), "ab")
        self.process = subprocess.Popen(self.arguments, stdin=subprocess.DEVNULL, stdout=self._output,
                                        stderr=self._output, env=self.environment,
                                        preexec_fn=end_with_parent)
        self._wait_for_greeting()

    def _wait_for_greeting(self, seconds=15):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"todoku ended with {self.process.returncode}:\n{self.log_text()}")
            try:
                with socket.create_connection((self.host, self.port), 1) as probe:
                    probe.settimeout(2)
                    if probe.recv(3) == b"220":
                        probe.sendall(b"QUIT\r\n")
                        return
            except OSError:
                pass
            time.sleep(0.03)
        self.process.kill()
        raise AssertionError(f"todoku did not greet within {seconds} s:\n{self.log_text()}")

    def stop(self):
        """SIGTERM; returns the exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("todoku was still there 10 s after SIGTERM\n" + self.log_text()[-3000:]) from None
        finally:
            self._output.close()
        return code

    def is_alive(self):
        return self.process.poll() is None

    def log_text(self):
        with open(os.path.join(self.directory, "log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def events(self):
        """The JSON log lines; a line that is not JSON fails the test."""
        return [json.loads(line) for line in self.log_text().splitlines() if line.strip()]

    def messages(self, action, *options):
        """What `todoku messages ACTION OPTIONS --json` says."""
        ran = subprocess.run([self.program, "messages", action, *options, "--state-dir", self.state_dir, "--json"],
                             capture_output=True, text=True, timeout=30, check=False)
        if ran.returncode != 0:
            raise AssertionError(f"messages {action} ended with {ran.returncode}: {ran.stdout}{ran.stderr}")
        return json.loads(ran.stdout)

    def secret(self, action, *words, text=""):
        """`todoku secret ACTION WORDS`, with text on its standard input."""
        ran = subprocess.run([self.program, "secret", action, *words, "--state-dir", self.state_dir], input=text,
                             env=self.environment, capture_output=True, text=True, timeout=30, check=False)
        if ran.returncode != 0:
            raise AssertionError(f"secret {action} ended with {ran.returncode}: {ran.stdout}{ran.stderr}")

    def memory(self):
        """Resident bytes now."""
        return self._status("VmRSS")

    def forget_peak(self):
        with open(f"/proc/{self.process.pid}/clear_refs", "w", encoding="ascii") as file:
            file.write("5")

    def peak_memory(self):
        """Most resident bytes since the start or forget_peak()."""
        return self._status("VmHWM")

    def _status(self, key):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith(key + ":"):
                    return int(line.split()[1]) * 1024
        raise AssertionError(key)
