"""A real daemon for tests: `vnode serve` in a folder of its own."""

import os
import signal
import socket
import subprocess

from support.vnode_program import TIME_LIMIT, VNODE


def private_environment(folder, **changes):
    """Nothing of whoever runs the tests reaches the program, nor the other way round."""
    keep = ("PATH", "LANG", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "TERM")
    kept = {name: os.environ[name] for name in keep if name in os.environ}
    return kept | {
        "HOME": folder,
        "XDG_CONFIG_HOME": os.path.join(folder, ".config"),
        "XDG_STATE_HOME": os.path.join(folder, ".state"),
        "VNODE_STATE_DIR": os.path.join(folder, "state"),
        "VNODE_SOCKET": os.path.join(folder, "vnode.sock"),
    } | changes


class DaemonFixture:
    """A daemon with its state and its socket in `folder`. As a context it serves when the body begins, and is gone
    behind it; or `start`, `stop` and `kill` it any number of times."""

    def __init__(self, folder, *options, **environment):
        self.folder = folder
        self.options = options
        self.environment = private_environment(folder, **environment)
        self.socket = self.environment["VNODE_SOCKET"]
        self.state = self.environment["VNODE_STATE_DIR"]
        self.log = os.path.join(folder, "serve.log")
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process:
            self.stop()

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        """Returns once it serves (READY=1, as a service manager is told)."""
        path = os.path.join(self.folder, "notify")
        if os.path.exists(path):
            os.unlink(path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, open(self.log, "ab") as log:
            manager.bind(path)
            manager.settimeout(0.1)
            self.process = subprocess.Popen([VNODE, "serve", *self.options], cwd=self.folder, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env=self.environment | {"NOTIFY_SOCKET": path})
            self.messages = []
            for _ in range(TIME_LIMIT * 10):
                try:
                    self.messages += manager.recv(4096).decode().split("\n")
                except socket.timeout:
                    pass
                if "READY=1" in self.messages:
                    return
                if self.process.poll() is not None:
                    break
        self.kill()
        raise AssertionError("the daemon does not serve:\n" + self.log_text())

    def stop(self, number=signal.SIGTERM):
        """Returns its exit code."""
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(number)
        try:
            return process.wait(timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError("the daemon does not end:\n" + self.log_text()) from None

    def kill(self):
        process, self.process = self.process, None
        process.kill()
        process.wait()

    def log_text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()
