# SPDX-License-Identifier: Apache-2.0
"""The bench program (smtp_bench) as Python objects: a server that runs, a load that ends."""
import json
import os
import subprocess


class Tool:
    def __init__(self, program):
        self.program = program

    def start(self, command, **options):
        return Server(self.program, command, options)

    def load(self, **options):
        """Runs a load to its end; its counts, with errors in them rather than an exception."""
        limit = float(options.get('limit', 60))
        done = subprocess.run([self.program, 'load', *words(options)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=limit + 30)
        if not done.stdout:
            raise RuntimeError(f'smtp_bench load: {done.stderr.strip()}')
        return json.loads(done.stdout)


class Server:
    """sink, delay or idle: answers a line on stdin with a line of JSON, ends when stdin does."""

    def __init__(self, program, command, options):
        self.process = subprocess.Popen([program, command, *words(options)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.first = None
        if command != 'idle':
            self.first = self.read()
            self.port = self.first['port']

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError('smtp_bench ended')
        return json.loads(line)

    def report(self):
        self.process.stdin.write('\n')
        self.process.stdin.flush()
        return self.read()

    def stop(self):
        self.process.stdin.close()
        rest = self.process.stdout.read()
        self.process.stdout.close()
        self.process.wait(10)
        return json.loads(rest.splitlines()[-1]) if rest else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.process.stdin.closed:
            self.stop()


def words(options):
    """{'no_chunking': True, 'port': 25} -> ['--no-chunking', '--port', '25']"""
    result = []
    for name, value in options.items():
        if value is None or value is False:
            continue
        result.append('--' + name.replace('_', '-'))
        if value is not True:
            result.append(str(value))
    return result


def make_certificate(folder):
    """A certificate for localhost that lives as long as the run; (certificate, key)."""
    certificate, key = os.path.join(folder, 'cert.pem'), os.path.join(folder, 'key.pem')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
                    '-keyout', key, '-out', certificate, '-subj', '/CN=localhost',
                    '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
                   check=True, capture_output=True)
    return certificate, key
