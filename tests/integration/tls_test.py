"""The daemon beyond this machine: TLS and the token, by the program and by the Python client."""

import json
import os
import pathlib
import re
import signal
import socket
import struct
import sys
import time
import unittest
import unittest.mock

from support.daemon_fixture import DaemonFixture, private_environment
from support.test_authority import TestAuthority
from support.vnode_program import TIME_LIMIT, ProgramTest, chain, node

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "scripts"))
from vnode_client import Client, DaemonError, Disconnected  # noqa: E402

GOOD = chain(node(1, "message_node", msg="hello"), node(2, "console_print", data="x"))
TOKEN = "0123456789abcdef"


class TlsTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.authority = TestAuthority(self.folder)
        self.certificate, self.key = self.authority.issue("one")
        self.token = self.private("token", TOKEN)
        self.write("w.json", GOOD)

    def environment(self, **changes):
        return private_environment(self.folder, **changes)

    def private(self, name, content):
        path = self.write(name, content)
        os.chmod(path, 0o600)
        return path

    def serve(self, *options, listen="127.0.0.1:0"):
        daemon = DaemonFixture(self.folder, "--listen", listen, "--token-file", self.token, *options)
        daemon.start()
        self.addCleanup(daemon.__exit__)
        self.daemon = daemon
        self.port = int(re.search(r"serving at [^/]*:([0-9]+)", daemon.log_text())[1])
        self.address = f"127.0.0.1:{self.port}"

    def serve_tls(self, **options):
        self.serve("--tls-certificate", self.certificate, "--tls-key", self.key, **options)

    def ask(self, *words, address=None, token=None, ca=None, **options):
        """A client command over TLS."""
        return self.vnode(*words, "--connect", address or self.address, "--token-file", token or self.token, "--tls-ca",
                          ca or self.authority.file, **options)

    def client(self):
        client = Client(self.address, timeout=TIME_LIMIT, token=TOKEN, tls_ca=self.authority.file)
        self.addCleanup(client.close)
        return client

    def wait_for_log(self, text):
        end = time.monotonic() + TIME_LIMIT
        while text not in self.daemon.log_text():
            self.assertLess(time.monotonic(), end, self.daemon.log_text())

    def assert_serving(self):
        self.assertEqual(self.ask("info").returncode, 0)


class OverTls(TlsTest):
    def setUp(self):
        super().setUp()
        self.serve_tls()

    def test_every_command(self):
        result = self.ask("submit", "w.json", "--wait")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        run = result.stdout.strip()
        self.assertIn(run, self.ask("ps", "--all").stdout)
        self.assertEqual(json.loads(self.ask("show", run, "-o", "json").stdout)["status"], "completed")
        self.events(self.ask("events", run, "--follow").stdout)
        self.assertEqual(self.ask("wait", run).returncode, 0)
        self.assertEqual(self.ask("explain", run).returncode, 0)
        self.assertEqual(self.ask("queue", "list").returncode, 0)
        self.assertEqual(self.ask("cancel", "--all").returncode, 0)
        self.assertEqual(self.ask("clear", run).returncode, 0)
        followed = self.ask("submit", "w.json", "--follow")
        self.assertEqual(followed.returncode, 0, followed.stderr)
        self.events(followed.stdout)
        self.assertEqual(self.ask("shutdown", "--grace", "0s").returncode, 0)

    def test_the_environment_and_the_configuration(self):
        names = {"VNODE_CONNECT": self.address, "VNODE_TOKEN_FILE": self.token, "VNODE_TLS_CA": self.authority.file}
        result = self.vnode("submit", "w.json", "--wait", env=self.environment(**names))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        config = self.write("client.yaml", f"{{connect: '{self.address}', token_file: token, tls_ca: authority.pem}}")
        environment = self.environment()
        del environment["VNODE_SOCKET"], environment["VNODE_STATE_DIR"]
        result = self.vnode("submit", "w.json", "--wait", "--config", config, env=environment)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(len(json.loads(self.ask("ps", "--all", "-o", "json").stdout)["runs"]), 2)

    def test_the_folder_of_a_run_is_the_daemons(self):
        os.mkdir(self.path("elsewhere"))
        run = self.ask("submit", self.path("w.json"), "--wait", cwd=self.path("elsewhere"))
        self.assertEqual(run.returncode, 0, run.stderr)
        result = self.ask("submit", "w.json", "--directory", "elsewhere")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--directory", result.stderr)
        result = self.ask("submit", "w.json", "--wait", "--directory", self.path("elsewhere"))
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_whom_the_client_does_not_trust(self):
        other = TestAuthority(self.folder, "other")
        result = self.ask("submit", "w.json", ca=other.file)
        self.assertEqual((result.returncode, result.stdout), (4, ""))
        self.assertIn("not from an authority that is trusted here", result.stderr)
        result = self.ask("submit", "w.json", address=f"localhost:{self.port}")
        self.assertEqual((result.returncode, result.stdout), (4, ""))
        self.assertIn("the certificate is not for localhost", result.stderr)
        self.wait_for_log("does not trust the certificate")
        with self.assertRaisesRegex(Disconnected, "CERTIFICATE_VERIFY_FAILED"):
            Client(self.address, token=TOKEN, tls_ca=other.file)

    def test_whom_the_daemon_does_not_trust(self):
        result = self.ask("submit", "w.json", token=self.private("guess", "0123456789abcdeF"))
        self.assertEqual((result.returncode, result.stdout), (4, ""))
        self.assertIn("token", result.stderr)
        with self.assertRaises(DaemonError) as caught:
            Client(self.address, token="a guess", tls_ca=self.authority.file)
        self.assertEqual(caught.exception.code, "not_allowed")

    def test_plain_text(self):
        with socket.create_connection(("127.0.0.1", self.port), TIME_LIMIT) as raw:
            raw.sendall(b'{"jsonrpc":"2.0","id":1,"method":"daemon.info"}\n')
            received = b""
            while piece := raw.recv(4096):
                received += piece
        self.assertNotIn(b"hello", received)
        self.wait_for_log("does not speak TLS")
        self.assert_serving()

    def test_peers_that_stop_in_the_middle_of_the_handshake(self):
        good = self.client()
        half = [socket.create_connection(("127.0.0.1", self.port), TIME_LIMIT) for _ in range(20)]
        for raw in half:
            raw.sendall(b"\x16\x03\x01\x02\x00\x01")
        self.assertEqual(good.call("daemon.info")["state"], "serving")
        self.assert_serving()
        for raw in half[1:]:
            raw.close()
        self.wait_for_log("before the TLS handshake was done")
        # The time for the token, and then the time for what is left.
        self.assertEqual(half[0].recv(4096), b"")
        half[0].close()
        self.wait_for_log("the TLS handshake was not done in time")
        self.assertEqual(good.call("daemon.info")["clients"], 1)

    def test_a_peer_that_resets_the_connection(self):
        good = self.client()
        raw = socket.create_connection(("127.0.0.1", self.port), TIME_LIMIT)
        raw.sendall(b"\x16\x03\x01\x02\x00\x01")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.close()
        self.wait_for_log("reset by peer")
        self.assertEqual(good.call("daemon.info")["state"], "serving")

    def test_a_megabyte_both_ways(self):
        client = self.client()
        text = "".join(chr(ord("a") + i % 26) for i in range(1_000_000))
        workflow = chain(node(1, "message_node", msg=text), node(2, "console_print", data="x"))
        self.assertEqual(client.wait(client.submit(workflow))["status"], "completed")
        for _ in range(20):
            client.submit(GOOD, info={"text": text[:60_000]})
        runs = client.call("run.list", limit=20)["runs"]
        self.assertEqual([run["info"]["text"] for run in runs], [text[:60_000]] * 20)

    def test_many_connections(self):
        clients = [self.client() for _ in range(100)]
        runs = [client.submit(GOOD) for client in clients]
        for client, run in zip(clients, runs):
            self.assertEqual(list(client.events(run))[-1]["type"], "execution_finished")
        self.assertEqual(clients[0].call("daemon.info")["clients"], 100)

    def test_a_renewed_certificate(self):
        before = self.client()
        self.replace_by(self.authority.issue("two", "DNS:localhost"))
        os.kill(self.daemon.pid, signal.SIGHUP)
        self.wait_for_log("read again")
        result = self.ask("info", address=f"localhost:{self.port}")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.ask("info").returncode, 4, "it is for another name now")
        self.assertEqual(before.call("daemon.info")["state"], "serving")
        self.write("one.pem", "rubbish")
        os.kill(self.daemon.pid, signal.SIGHUP)
        self.wait_for_log("the certificate stays as it was")
        self.assertEqual(self.ask("info", address=f"localhost:{self.port}").returncode, 0)

    def replace_by(self, renewed):
        for new, old in zip(renewed, (self.certificate, self.key)):
            os.replace(new, old)

    def test_the_python_client_as_a_program(self):
        names = {"VNODE_CONNECT": self.address, "VNODE_TOKEN_FILE": self.token, "VNODE_TLS_CA": self.authority.file}
        with unittest.mock.patch.dict(os.environ, names), Client.from_environment() as client:
            self.assertEqual(client.call("daemon.info")["state"], "serving")


class Serving(TlsTest):
    def test_beyond_this_machine(self):
        self.serve_tls(listen="0.0.0.0:0")
        self.assert_serving()
        # Without --tls-ca only what the system trusts would do; no plain text either way.
        result = self.vnode("info", "--connect", f"0.0.0.0:{self.port}", "--token-file", self.token)
        self.assertEqual(result.returncode, 4)
        self.assertIn("certificate", result.stderr)

    def test_plain_text_within_it(self):
        self.serve()
        result = self.vnode("submit", "w.json", "--wait", "--connect", self.address, "--token-file", self.token)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        with Client(self.address, token=TOKEN) as client:
            self.assertEqual(client.call("daemon.info")["state"], "serving")
        result = self.ask("info")
        self.assertEqual(result.returncode, 4)
        self.assertIn("does not speak TLS", result.stderr)

    def test_what_does_not_go_together(self):
        listen = ["serve", "--listen", "0.0.0.0:0", "--token-file", self.token]
        result = self.vnode(*listen)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("--tls-certificate and --tls-key", result.stderr)
        for half in (["--tls-certificate", self.certificate], ["--tls-key", self.key]):
            result = self.vnode(*listen, *half)
            self.assertEqual(result.returncode, 2)
            self.assertIn("--tls-certificate and --tls-key", result.stderr)
        result = self.vnode(*listen, "--tls-certificate", self.certificate, "--tls-key", self.authority.issue("two")[1])
        self.assertEqual(result.returncode, 2)
        self.assertIn("is not the key of the certificate", result.stderr)
        os.chmod(self.key, 0o644)
        result = self.vnode(*listen, "--tls-certificate", self.certificate, "--tls-key", self.key)
        self.assertEqual(result.returncode, 2)
        self.assertIn("chmod 600", result.stderr)

    def test_wrong_usage_of_the_client(self):
        connect = ["--connect", "127.0.0.1:1"]
        token = ["--token-file", self.token]
        for words in (["ps", *connect], ["ps", *token], ["ps", "--tls-ca", self.authority.file],
                      ["ps", *connect, *token, "--socket", "/s"], ["ps", *connect, *token, "--state-dir", "/s"],
                      ["submit", "w.json", "--start", *connect, *token], ["ps", "--connect", "127.0.0.1", *token],
                      ["ps", *connect, "--token-file", self.path("none")]):
            result = self.vnode(*words)
            self.assertEqual((result.returncode, result.stdout), (2, ""), (words, result.stderr))

    def test_nobody_is_there(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        result = self.ask("ps", address=f"127.0.0.1:{port}")
        self.assertEqual((result.returncode, result.stdout), (4, ""))
        self.assertIn(str(port), result.stderr)
        self.assertNotIn("vnode serve", result.stderr, "nothing that could be done here")

    def test_a_file_of_authorities_that_is_none(self):
        self.serve_tls()
        for file in (self.path("none"), self.path("w.json")):
            result = self.ask("ps", ca=file)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn(file, result.stderr)


if __name__ == "__main__":
    unittest.main()
