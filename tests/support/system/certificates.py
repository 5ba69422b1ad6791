# SPDX-License-Identifier: Apache-2.0
"""Throw-away certificates made with the openssl command line, good ones and each kind of bad one."""
import os
import subprocess


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   timeout=30)


class Certificates:
    """ca.pem signs good, wrong_name and expired; self_signed and unknown_ca are not known to it."""

    def __init__(self, directory):
        self.directory = directory
        self._make_ca("ca")
        self._make_ca("other_ca")
        names = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:127.0.0.25,IP:0:0:0:0:0:0:0:1"
        self.good = self._make_leaf("good", "ca", names, "30")
        self.wrong_name = self._make_leaf("wrong_name", "ca", "subjectAltName=DNS:mail.elsewhere.test", "30")
        self.expired = self._make_leaf("expired", "ca", names, "-1")
        self.unknown_ca = self._make_leaf("unknown_ca", "other_ca", names, "30")
        self.self_signed = self._make_self_signed("self_signed", names)

    @property
    def ca(self):
        return self._path("ca", "pem")

    def _path(self, name, kind):
        return os.path.join(self.directory, f"{name}.{kind}")

    def _make_key(self, name):
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self._path(name, "key"))

    def _make_ca(self, name):
        self._make_key(name)
        openssl("req", "-x509", "-new", "-key", self._path(name, "key"), "-out", self._path(name, "pem"),
                "-subj", f"/CN=Test {name}", "-days", "30", "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def _make_leaf(self, name, authority, alternative_names, days):
        self._make_key(name)
        request, extensions = self._path(name, "csr"), self._path(name, "ext")
        openssl("req", "-new", "-key", self._path(name, "key"), "-out", request, "-subj", f"/CN={name}")
        with open(extensions, "w", encoding="ascii") as file:
            file.write(alternative_names + "\nbasicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n")
        openssl("x509", "-req", "-in", request, "-CA", self._path(authority, "pem"), "-CAkey",
                self._path(authority, "key"), "-CAcreateserial", "-days", days, "-extfile", extensions, "-out",
                self._path(name, "pem"))
        return self._path(name, "pem"), self._path(name, "key")

    def _make_self_signed(self, name, alternative_names):
        self._make_key(name)
        openssl("req", "-x509", "-new", "-key", self._path(name, "key"), "-out", self._path(name, "pem"), "-subj",
                f"/CN={name}", "-days", "30", "-addext", alternative_names)
        return self._path(name, "pem"), self._path(name, "key")
