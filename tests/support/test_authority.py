"""Certificates for tests, made with the program `openssl`."""

import os
import subprocess

NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]


class TestAuthority:
    """Signs certificates in `folder`; `file` is what clients are to trust."""

    def __init__(self, folder, name="authority"):
        self.folder = folder
        self.name = name
        self.file = self.path(name + ".pem")
        self.openssl("req", "-x509", *NEW_KEY, "-days", "2", "-subj", f"/CN=test {name}", "-keyout",
                     self.path(name + ".key"), "-out", self.file)

    def path(self, name):
        return os.path.join(self.folder, name)

    def issue(self, name, hosts="IP:127.0.0.1"):
        """The files of a certificate and its key."""
        certificate, key, request = (self.path(name + end) for end in (".pem", ".key", ".csr"))
        self.openssl("req", "-new", *NEW_KEY, "-subj", f"/CN={name}", "-addext", f"subjectAltName={hosts}", "-keyout", key,
                     "-out", request)
        self.openssl("x509", "-req", "-copy_extensions", "copy", "-in", request, "-CA", self.file, "-CAkey",
                     self.path(self.name + ".key"), "-days", "2", "-out", certificate)
        return certificate, key

    @staticmethod
    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
