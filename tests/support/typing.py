"""Somebody who types into a real shell, and presses the tab key: what the program would be given."""

import os
import select
import shutil
import stat
import subprocess
import time

from support.vnode_program import TIME_LIMIT, VNODE

# How each shell is started without anybody's settings, and made ready. Its prompt is "ready> ".
START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "bind 'set bell-style none'; source <(vnode completion bash)"),
    "zsh": (["zsh", "-f", "-i"],
            "unsetopt beep; PROMPT='ready> '; autoload -U compinit; compinit -u -D; source <(vnode completion zsh)"),
    "fish": (["fish", "--no-config", "-i"],
             "function fish_prompt; echo 'ready> '; end; set -g fish_greeting; "
             "function fish_title; end; set -g fish_autosuggestion_enabled 0; vnode completion fish | source"),
}


class TypingShell:
    """Belongs to the test, whose folder it works in; ends with it. `vnode` is there a program that shows its words."""

    def __init__(self, test, shell):
        if not shutil.which(shell):
            test.skipTest(f"there is no {shell} here")
        self.test = test
        self.output = b""
        programs = test.path("bin")
        os.makedirs(programs, exist_ok=True)
        program = os.path.join(programs, "vnode")
        with open(program, "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\ncase $1 in __complete|completion) exec "%s" "$@";; esac\n'
                       "printf 'words:'; for word; do printf '<%%s>' \"$word\"; done; echo ' end'\n" % VNODE)
        os.chmod(program, stat.S_IRWXU)
        self.master, slave = os.openpty()
        test.addCleanup(os.close, self.master)
        command, ready = START[shell]
        environment = test.environment(TERM="xterm", PS1="ready> ", COLUMNS="200", LINES="50",
                                       XDG_DATA_HOME=test.path("data"), HISTFILE="", LC_ALL="C.UTF-8")
        environment["PATH"] = programs + ":" + environment["PATH"]
        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=test.folder,
                                        start_new_session=True, preexec_fn=self.take_terminal)
        test.addCleanup(self.process.wait)
        test.addCleanup(self.process.kill)
        os.close(slave)
        self.type(ready + "; vnode ready\n")
        self.words()

    @staticmethod
    def take_terminal():
        import fcntl
        import struct
        import termios

        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))

    def type(self, keys):
        os.write(self.master, keys.encode())

    def read(self):
        readable, _, _ = select.select([self.master], [], [], TIME_LIMIT)
        self.test.assertTrue(readable, self.output)
        self.output += os.read(self.master, 65536)

    def words(self):
        """Those that the program was given, once it was."""
        deadline = time.monotonic() + TIME_LIMIT
        while b" end" not in self.output.partition(b"words:")[2]:
            self.test.assertLess(time.monotonic(), deadline, self.output)
            self.read()
        words, _, self.output = self.output.partition(b"words:")[2].partition(b" end")
        return words.decode().strip()[1:-1].split("><")

    def completed(self, line):
        """The words of that line, after the tab key."""
        self.type(line + "\t\n")
        return self.words()
