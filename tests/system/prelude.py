# SPDX-License-Identifier: Apache-2.0
"""What every system test file starts from: the import path and one upstream + todoku pair per test."""
import os
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from system.certificates import Certificates  # noqa: E402
from system.todoku import Todoku  # noqa: E402
from system.upstream import Upstream  # noqa: E402


class SystemTest(unittest.TestCase):
    """certificates are made once for each class; pair() starts both ends and takes them down again."""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="todoku-test-")
        cls.certificates = Certificates(cls.directory)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.directory, ignore_errors=True)

    def upstream(self, tls="starttls", certificate=None, **options):
        if tls != "none":
            options["certificate"] = certificate or self.certificates.good
        upstream = Upstream(tls=tls, **options)
        self.addCleanup(upstream.stop)
        return upstream

    def todoku(self, url, *options, **more):
        more.setdefault("ca", self.certificates.ca)
        todoku = Todoku(url, *options, **more)
        self.addCleanup(todoku.__exit__, None, None, None)
        todoku.start()
        self.running = todoku
        return todoku

    def pair(self, sets=(), options=(), log="json", implicit=False, **upstream_options):
        upstream = self.upstream(**upstream_options)
        return upstream, self.todoku(upstream.url, *options, sets=sets, log=log, implicit=implicit)

    def setUp(self):
        self.running = None

    def doCleanups(self):
        """Shows the program's log behind a failure."""
        outcome = getattr(self, "_outcome", None)
        if self.running is not None and outcome is not None and not outcome.success:
            print("\n---- todoku's log:\n" + self.running.log_text()[-4000:] + "----", flush=True)
        return super().doCleanups()
