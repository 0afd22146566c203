"""An interactive shell on a terminal of its own, with job control."""

import os
import select
import subprocess

from support.vnode_program import TIME_LIMIT


class TerminalShell:
    """Belongs to the test, whose environment it has, and ends with it."""

    def __init__(self, test):
        self.test = test
        self.master, slave = os.openpty()
        test.addCleanup(os.close, self.master)
        self.shell = subprocess.Popen(["bash", "--norc", "--noprofile", "-i"], stdin=slave, stdout=slave, stderr=slave,
                                      env=test.environment(TERM="xterm", PS1="ready> "), start_new_session=True,
                                      preexec_fn=take_terminal)
        test.addCleanup(self.shell.wait)
        test.addCleanup(self.shell.kill)
        os.close(slave)

    def type(self, keys):
        os.write(self.master, keys)

    def until(self, *parts):
        """What is shown until all of that has come, in this order."""
        output = b""
        while True:
            at = 0
            for part in parts:
                at = output.find(part, at) + len(part) if part in output[at:] else -1
                if at < 0:
                    break
            else:
                return output
            readable, _, _ = select.select([self.master], [], [], TIME_LIMIT)
            self.test.assertTrue(readable, (parts, output))
            output += os.read(self.master, 65536)


def take_terminal():
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
