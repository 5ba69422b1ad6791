# SPDX-License-Identifier: Apache-2.0
"""The cases. Each runs one subject once and gives {metric: value}; run.py interleaves them."""
import os
import shutil
import statistics
import time

import processes
from subjects import free_port

LOGIN = 'bench:secret'
LARGE = 25_000_000


class Bench:
    """What a case needs: the tool, a place on disk, and how long to measure."""

    def __init__(self, tool, folder, certificate, seconds, sessions, waiting):
        self.tool, self.folder, self.seconds = tool, folder, seconds
        self.certificate, self.key = certificate
        self.sessions, self.waiting = sessions, waiting
        self.serial = 0

    def state(self):
        self.serial += 1
        return os.path.join(self.folder, f'run{self.serial}')


class Running:
    """A sink, perhaps behind a delay, and the subject in front of it."""

    def __init__(self, bench, subject, delay_ms=0, chunking=True, verify=False):
        self.bench, self.subject, self.delay_ms = bench, subject, delay_ms
        self.chunking, self.verify, self.delay = chunking, verify, None

    def __enter__(self):
        bench, wan = self.bench, None
        options = {'no_chunking': not self.chunking, 'verify': self.verify}
        if self.delay_ms:
            wan = bench.certificate
            options |= {'certificate': wan, 'key': bench.key, 'login': LOGIN}
        self.sink = bench.tool.start('sink', **options)
        upstream = self.sink.port
        if self.delay_ms:
            self.delay = bench.tool.start('delay', upstream=upstream, slow_start=True,
                                          milliseconds=self.delay_ms)
            upstream = self.delay.port
        self.state = bench.state()
        try:
            self.subject.start(upstream, self.state, wan)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.subject.stop()
        if self.delay:
            self.delay.stop()
        self.sink.stop()
        shutil.rmtree(self.state, ignore_errors=True)

    def load(self, **options):
        """A load, and the wait until what was accepted has arrived (a queue needs a while)."""
        before = self.sink.report()['messages']
        result = self.bench.tool.load(port=self.subject.port, **options)
        deadline = time.monotonic() + 20
        while self.sink.report()['messages'] - before < result['messages']:
            if time.monotonic() > deadline:
                break
            time.sleep(0.01)
        arrived = self.sink.report()['messages'] - before
        result['missing'] = max(0, result['messages'] - arrived)
        result['twice'] = max(0, arrived - result['messages'] - result['errors'])
        return result


def problems(into, label, load):
    for kind in ('errors', 'missing', 'twice'):
        if load[kind]:
            note = f' ({load["first_error"]})' if kind == 'errors' else ''
            into.setdefault('problems', []).append(f'{label}: {load[kind]} {kind}{note}')


def intact(bench, subject):
    """No metric: messages must arrive once and unchanged, or the other figures mean nothing."""
    values = {}
    for chunking in (True, False):
        with Running(bench, subject, chunking=chunking, verify=True) as running:
            for size, messages, sessions in ((100_000, 12, 3), (5_000_000, 2, 2)):
                load = running.load(messages=messages, sessions=sessions, size=size)
                problems(values, f'intact {size}', load)
            altered = running.sink.report()['altered']
            if altered:
                values.setdefault('problems', []).append(f'intact: {altered} altered')
    return values


def throughput(bench, subject):
    """10 KB messages as fast as they are answered; the CPU time that the subject spends on one."""
    values = {}
    with Running(bench, subject) as running:
        running.load(messages=20, sessions=2)  # warm: pages touched, upstream connections open
        for mode in ('new', 'keep'):
            for sessions in (1, 20, 200):
                label = f'{mode} x{sessions}'
                cpu = processes.cpu_ms(subject.pid) if subject.pid else 0
                load = running.load(seconds=bench.seconds, sessions=sessions, limit=20,
                                    keep=mode == 'keep')
                values[f'{label} per second'] = load['per_second']
                if sessions == 1:
                    values[f'{label} p50 ms'] = load['p50_ms']
                if subject.pid:
                    used = processes.cpu_ms(subject.pid) - cpu
                    values[f'{label} CPU ms'] = used / max(1, load['messages'])
                problems(values, label, load)
    return values


def wan(bench, subject):
    """100 KB to an upstream 20 ms away that requires STARTTLS and AUTH."""
    values = {}
    if not subject.can_wan:
        return values
    for label, chunking in (('CHUNKING', True), ('no CHUNKING', False)):
        with Running(bench, subject, delay_ms=20, chunking=chunking) as running:
            time.sleep(1)
            load = running.load(messages=6, size=100_000, login=LOGIN,
                                starttls=subject.process is None)
            problems(values, f'WAN {label}', load)
            if len(load['first_ms']) > 1:
                first, *later = load['first_ms']
                values[f'WAN first {label} ms'] = first
                values[f'WAN later {label} ms'] = statistics.median(later)
    return values


def large(bench, subject):
    """25 MB: speed, and the most memory that it took."""
    values = {}
    for sessions, messages in ((1, 3), (20, 20)):
        with Running(bench, subject) as running:
            load = running.load(messages=messages, sessions=sessions, size=LARGE, limit=120)
            label = f'25 MB x{sessions}'
            values[f'{label} MB/s'] = load['per_second'] * LARGE / 1e6
            if subject.pid:
                values[f'{label} RSS peak MB'] = processes.rss_peak_mb(subject.pid)
            problems(values, label, load)
    return values


def idle(bench, subject):
    """The cost of doing nothing: start, memory, and memory for each session held open."""
    values = {}
    with Running(bench, subject) as running:
        if not subject.pid:
            running_idle(bench, subject, values)
            return values
        values['start ms'] = subject.start_ms
        time.sleep(0.5)
        values['idle RSS MB'] = processes.rss_mb(subject.pid)
        running_idle(bench, subject, values)
    return values


def running_idle(bench, subject, values):
    before = processes.pss_kb(subject.pid) if subject.pid else 0
    with bench.tool.start('idle', port=subject.port, sessions=bench.sessions) as sessions:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            time.sleep(1)
            counts = sessions.report()
            if counts['held'] + counts['lost'] == counts['wanted']:
                break
        values['sessions held'] = counts['held']
        values['sessions accepted ms'] = counts['accepted_ms']
        if subject.pid and counts['held']:
            after = processes.pss_kb(subject.pid)
            values['PSS KB per session'] = (after - before) / counts['held']


class Alone:
    """A subject whose upstream is not there, so that it has to keep what it takes."""

    def __init__(self, bench, subject):
        self.bench, self.subject = bench, subject
        self.upstream, self.state = free_port(), bench.state()

    def __enter__(self):
        self.subject.start(self.upstream, self.state)
        return self

    def __exit__(self, *_):
        self.subject.stop()
        shutil.rmtree(self.state, ignore_errors=True)


def down(bench, subject):
    """How fast 10 KB messages are made durable and answered while the upstream is down."""
    values = {}
    if not subject.keeps_mail:
        return values
    with Alone(bench, subject):
        bench.tool.load(port=subject.port, messages=20, sessions=2)
        for mode, sessions in (('new', 1), ('new', 20), ('new', 100), ('keep', 20)):
            load = bench.tool.load(port=subject.port, seconds=bench.seconds, sessions=sessions, limit=20,
                                   keep=mode == 'keep')
            values[f'down {mode} x{sessions} per second'] = load['per_second']
            if load['errors']:
                problems(values, f'down {mode} x{sessions}', load | {'missing': 0, 'twice': 0})
    return values


def backlog(bench, subject):
    """Very many 1 KB messages wait: stop, start, memory, a look at the list, and the round that sends them all."""
    values = {}
    if not subject.lists_mail:
        return values
    with Alone(bench, subject) as alone:
        load = bench.tool.load(port=subject.port, messages=bench.waiting, sessions=100, keep=True, size=1_000,
                               limit=600)
        if load['errors']:
            problems(values, 'backlog', load | {'missing': 0, 'twice': 0})
        begun = time.monotonic()
        subject.stop()
        values['backlog stop ms'] = (time.monotonic() - begun) * 1000
        subject.start(alone.upstream, alone.state)
        values['backlog start ms'] = subject.start_ms
        values['backlog list ms'] = subject.list_mail(alone.state)
        with bench.tool.start('sink', port=alone.upstream) as sink:
            started = time.monotonic()
            while not sink.report()['messages'] and time.monotonic() - started < 120:
                time.sleep(0.05)  # until the next probe finds it
            begun = time.monotonic()
            while sink.report()['messages'] < load['messages'] and time.monotonic() - begun < 900:
                time.sleep(0.2)
            arrived = sink.report()['messages']
            values['backlog sent per second'] = arrived / (time.monotonic() - begun)
            values['backlog RSS peak MB'] = processes.rss_peak_mb(subject.pid)
            if arrived != load['messages']:
                values.setdefault('problems', []).append(f'backlog: {arrived} of {load["messages"]} arrived')
    return values


def round_the_blockade(bench, subject):
    """10 KB to an upstream 20 ms away, and to one that refuses it and a fallback as far away: warm, in turns. What the
    way round costs is in flights: the time of a plain message."""
    values = {}
    if not subject.has_fallbacks:
        return values
    tls = {'certificate': bench.certificate, 'key': bench.key}
    state = bench.state()
    with bench.tool.start('sink', refuse='blocked.example', **tls) as usual, bench.tool.start('sink', **tls) as spare, \
            bench.tool.start('delay', upstream=usual.port, milliseconds=20) as far, \
            bench.tool.start('delay', upstream=spare.port, milliseconds=20) as far_spare:
        subject.start(far.port, state, bench.certificate, fallback=far_spare.port)
        try:
            plain, rounds, after = [], [], []
            for turn in range(8):
                for recipient, times in (('a@blocked.example', rounds), ('a@fine.example', after),
                                         ('a@fine.example', plain)):
                    load = bench.tool.load(port=subject.port, messages=1, recipient=recipient)
                    problems(values, f'round {turn}', load | {'missing': 0, 'twice': 0})
                    if turn and load['messages']:  # the first turn connects, and reads the rules
                        times.append(load['p50_ms'])
            if spare.report()['messages'] != 8 or usual.report()['messages'] != 16:
                values.setdefault('problems', []).append('round: a message went the wrong way')
        finally:
            subject.stop()
            shutil.rmtree(state, ignore_errors=True)
    if plain and rounds:
        values |= {'round plain ms': statistics.median(plain), 'round refused ms': statistics.median(rounds),
                   'round next ms': statistics.median(after),
                   'round extra flights': statistics.median(rounds) / statistics.median(plain) - 1}
    return values


CASES = {'intact': intact, 'throughput': throughput, 'wan': wan, 'large': large, 'idle': idle, 'down': down,
         'backlog': backlog, 'round': round_the_blockade}
