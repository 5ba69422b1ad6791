# SPDX-License-Identifier: Apache-2.0
"""A private Postfix: own configuration, queue and port; STARTTLS and SASL (Cyrus, sasldb); hands all on to a sink."""
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time

from system.ports import free_port, wait_until
from system.process import end_with_parent

MAIN = """compatibility_level = 3.6
queue_directory = {base}/spool
data_directory = {base}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {base}/log/maillog
maillog_file_prefixes = {base}/log
import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ LANG=C
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = postfix.test
mydestination =
mynetworks =
alias_maps =
alias_database =
local_recipient_maps =
biff = no
disable_dns_lookups = yes
smtp_host_lookup = native
default_transport = smtp:[127.0.0.1]:{sink}
smtp_tls_security_level = none
message_size_limit = 52428800
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = {base}/etc/sasl
smtpd_sasl_local_domain = postfix.test
smtpd_sasl_security_options = noanonymous
smtpd_recipient_restrictions = check_recipient_access texthash:{base}/etc/refused, permit_sasl_authenticated, reject
smtpd_relay_restrictions = permit_sasl_authenticated, reject
"""

# A second port, clear and without log-ins, where a policy server is asked at every step.
PLAIN = """127.0.0.1:{port} inet n - n - - smtpd
  -o syslog_name=postfix/plain
  -o smtpd_tls_security_level=none
  -o smtpd_sasl_auth_enable=no
  -o mynetworks=127.0.0.0/8
  -o smtpd_delay_reject=no
  -o smtpd_relay_restrictions=permit_mynetworks,reject
  -o smtpd_sender_restrictions={policy}
  -o smtpd_recipient_restrictions={policy},permit_mynetworks,reject
  -o smtpd_data_restrictions={policy}
  -o smtpd_end_of_data_restrictions={policy}
"""

MASTER = """127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 5 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
tlsmgr    unix  - - n 1000? 1 tlsmgr
"""


class Postfix:
    USER, PASSWORD = "tester", "Zauberwort-93"

    def __init__(self, directory, certificate, sink_port, policy_port=None, settings="", files=None):
        """With policy_port there is plain_port, too. settings: lines of main.cf that override the usual ones, with
        {base} for the folder and {policy} for a question to the policy service; files: name -> text, below etc."""
        self.settings, self.files = settings, files or {}
        self.login = (self.USER, self.PASSWORD)
        self.base = os.path.join(directory, "postfix")
        self.port = free_port()
        self.policy_port = policy_port
        self.plain_port = free_port() if policy_port else None
        self.certificate, self.sink_port = certificate, sink_port
        self.process = None

    def start(self):
        """Also again after stop(): the same ports and the same queue."""
        if not os.path.exists(self.base):
            self._prepare()
        self._output = open(f"{self.base}/log/output", "ab")
        self.process = subprocess.Popen(["/usr/sbin/postfix", "-c", f"{self.base}/etc", "start-fg"],
                                        stdin=subprocess.DEVNULL, stdout=self._output, stderr=self._output,
                                        preexec_fn=end_with_parent)
        wait_until(self._answers, 20, "Postfix")

    def _prepare(self):
        os.chmod(os.path.dirname(self.base), 0o755)
        for name in ("etc", "etc/sasl", "spool", "data", "log"):
            os.makedirs(os.path.join(self.base, name), mode=0o755)
        shutil.chown(os.path.join(self.base, "data"), "postfix")
        policy = f"check_policy_service,inet:127.0.0.1:{self.policy_port}"
        self._write("etc/main.cf", MAIN.format(base=self.base, sink=self.sink_port, certificate=self.certificate[0],
                                               key=self.certificate[1]) +
                    self.settings.format(base=self.base, policy=policy))
        services = MASTER.format(port=self.port)
        if self.policy_port:
            services += PLAIN.format(port=self.plain_port, policy=policy)
        self._write("etc/master.cf", services)
        self._write("etc/refused", "nouser@example.test 550 5.1.1 no such person at postfix\n")
        for name, text in self.files.items():
            self._write(f"etc/{name}", text)
        self._write("etc/sasl/smtpd.conf", "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\n"
                    f"sasldb_path: {self.base}/etc/sasl/sasldb2\n")
        # Debian's Postfix reads sasl/ below the configuration directory, whatever cyrus_sasl_config_path says.
        self.add_login(*self.login)
        shutil.chown(f"{self.base}/etc/sasl/sasldb2", group="postfix")
        os.chmod(f"{self.base}/etc/sasl/sasldb2", 0o640)

    def add_login(self, user, password):
        """user: with a domain of its own, or in Postfix's own."""
        name, _, domain = user.partition("@")
        subprocess.run(["/usr/sbin/saslpasswd2", "-p", "-c", "-f", f"{self.base}/etc/sasl/sasldb2", "-u",
                        domain or "postfix.test", name], input=password.encode(), check=True, timeout=10)

    def _write(self, name, text):
        with open(os.path.join(self.base, name), "w", encoding="ascii") as file:
            file.write(text)

    def _answers(self):
        if self.process.poll() is not None:
            with open(f"{self.base}/log/output", encoding="utf-8", errors="replace") as file:
                raise AssertionError("Postfix ended: " + file.read() + self.log())
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as probe:
                return probe.recv(3) == b"220"
        except OSError:
            return False

    def stop(self):
        if self.process is None:
            return
        subprocess.run(["/usr/sbin/postfix", "-c", f"{self.base}/etc", "stop"], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=30, check=False)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._output.close()
        self._end_leftovers()

    def freeze(self):
        """Its ports are open, and nobody answers there."""
        for number in self._daemons():
            os.kill(number, signal.SIGSTOP)

    def thaw(self):
        for number in self._daemons():
            os.kill(number, signal.SIGCONT)

    def _end_leftovers(self):
        """Its daemons outlive the master for a moment; the next start would stumble over them."""
        end = time.monotonic() + 3
        while (left := self._daemons()) and time.monotonic() < end:
            time.sleep(0.05)
        for number in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)

    def _daemons(self):
        """Processes that work in this Postfix's own queue folder."""
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError):
                    if os.readlink(f"/proc/{name}/cwd") == os.path.realpath(f"{self.base}/spool"):
                        found.append(int(name))
        return found

    def log(self):
        try:
            with open(f"{self.base}/log/maillog", encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def mark(self):
        """A place in the log; sessions() counts from there."""
        time.sleep(0.2)
        return len(self.log())

    def connects(self, since):
        return len(re.findall(r"smtpd\[\d+\]: connect from", self.log()[since:]))

    def sessions(self, since):
        """The counters of each finished session, such as {'auth': '1', 'bdat': '5', 'mail': '5'}."""
        ended = re.findall(r"smtpd\[\d+\]: disconnect from \S+ (.*)", self.log()[since:])
        return [dict(word.split("=", 1) for word in line.split() if "=" in word) for line in ended]
