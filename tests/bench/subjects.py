# SPDX-License-Identifier: Apache-2.0
"""What is measured: no proxy at all, Todoku, and Postfix as a relay to a smart host."""
import os
import pwd
import shlex
import shutil
import signal
import socket
import subprocess
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Subject:
    """Started against an upstream port; clients connect to self.port."""
    name = ''
    can_wan = True
    keeps_mail = True  # when its upstream is not there
    lists_mail = False
    has_fallbacks = False

    def __init__(self):
        self.process = None
        self.port = None
        self.start_ms = None

    @property
    def pid(self):
        return self.process.pid if self.process else None

    def start(self, upstream, state, wan=None, **more):
        """wan: the CA file when the upstream requires STARTTLS and AUTH."""
        os.makedirs(state, exist_ok=True)
        self.port = free_port()
        command = self.command(upstream, state, wan, **more)
        with open(os.path.join(state, 'output.log'), 'wb') as log:
            begun = time.monotonic()
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, start_new_session=True)
        self.wait_for_greeting(begun + 30)
        self.start_ms = (time.monotonic() - begun) * 1000

    def wait_for_greeting(self, deadline):
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f'{self.name} ended with {self.process.returncode}')
            try:
                with socket.create_connection(('127.0.0.1', self.port), timeout=10) as client:
                    if client.recv(512).startswith(b'220'):
                        client.sendall(b'QUIT\r\n')
                        client.recv(512)
                        return
            except OSError:
                time.sleep(0.001)
        raise RuntimeError(f'{self.name} does not greet')

    def stop(self):
        if not self.process:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)  # our own session: start_new_session
        except (ProcessLookupError, PermissionError):
            pass
        self.process.wait(5)
        self.process = None


class Direct(Subject):
    name = 'direct'
    keeps_mail = False

    def start(self, upstream, state, wan=None):
        self.port = upstream


class Todoku(Subject):
    name = 'todoku'
    lists_mail = True
    has_fallbacks = True

    def __init__(self, program, more=''):
        super().__init__()
        self.program, self.more = program, shlex.split(more)

    def command(self, upstream, state, wan, fallback=None):
        """fallback: its port; then nothing is remembered of a refusal, and no DNS is asked."""
        command = [self.program, 'serve', '--listen', f'submission://127.0.0.1:{self.port}',
                   '--state-dir', os.path.join(state, 'state')]
        if wan:
            command += ['--upstream', f'submission://localhost:{upstream}', '--upstream-ca', wan]
        else:
            command += ['--upstream', f'smtp://127.0.0.1:{upstream}']
        if fallback:
            command += ['--fallback', f'submission://localhost:{fallback}', '--set', 'delivery.path_memory=off',
                        '--set', 'dns.servers=127.0.0.1:9', '--set', 'dns.timeout=200ms']
        return command + self.more

    def list_mail(self, state):
        """Milliseconds for `todoku messages list`."""
        begun = time.monotonic()
        subprocess.run([self.program, 'messages', 'list', '--state-dir', os.path.join(state, 'state')], check=True,
                       stdout=subprocess.DEVNULL, timeout=60)
        return (time.monotonic() - begun) * 1000


class Postfix(Subject):
    """Answers 250 from its queue, so it is no peer in the WAN cases."""
    name = 'postfix'
    can_wan = False
    settings = {
        'compatibility_level': '3.6', 'mail_owner': 'postfix', 'setgid_group': 'postdrop',
        'myhostname': 'postfix.bench.invalid', 'mydestination': '', 'alias_maps': '',
        'local_recipient_maps': '', 'inet_interfaces': '127.0.0.1', 'inet_protocols': 'ipv4',
        'mynetworks': '127.0.0.0/8', 'smtpd_relay_restrictions': 'permit_mynetworks, reject',
        'smtpd_peername_lookup': 'no', 'disable_dns_lookups': 'yes', 'in_flow_delay': '0',
        'message_size_limit': '104857600', 'default_process_limit': '250',
        'smtpd_tls_security_level': 'none', 'smtp_tls_security_level': 'none',
    }

    @staticmethod
    def is_installed():
        return os.geteuid() == 0 and shutil.which('postfix') is not None

    def command(self, upstream, state, wan):
        self.config = os.path.join(state, 'etc')
        folders = {'queue_directory': os.path.join(state, 'queue'),
                   'data_directory': os.path.join(state, 'data')}
        for folder in (self.config, *folders.values()):
            os.makedirs(folder)
        os.chown(folders['data_directory'], pwd.getpwnam('postfix').pw_uid, -1)
        os.chmod(state, 0o755)
        settings = self.settings | folders | {'relayhost': f'[127.0.0.1]:{upstream}'}
        with open(os.path.join(self.config, 'main.cf'), 'w') as file:
            file.writelines(f'{name} = {value}\n' for name, value in settings.items())
        shutil.copy('/usr/share/postfix/master.cf.dist', os.path.join(self.config, 'master.cf'))
        edit = ['postconf', '-c', self.config]
        subprocess.run([*edit, '-F', '*/*/chroot=n'], check=True)
        subprocess.run([*edit, '-MX', 'smtp/inet'], check=True)
        subprocess.run([*edit, '-M', f'127.0.0.1:{self.port}/inet=127.0.0.1:{self.port} '
                        'inet n - n - - smtpd'], check=True)
        return ['postfix', '-c', self.config, 'start-fg']

    def stop(self):
        if self.process:
            subprocess.run(['postfix', '-c', self.config, 'stop'], capture_output=True)
        super().stop()
