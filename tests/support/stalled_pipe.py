"""A pipe whose reader is there and does not read."""

import fcntl
import os
import select

from support.waiting import wait_until

SIZE = 4096  # the smallest that Linux has


class StalledPipe:
    """Give `writer` to a process, then call `wait_until_full`."""

    def __init__(self):
        self.reader, self.writer = os.pipe()
        fcntl.fcntl(self.writer, fcntl.F_SETPIPE_SZ, SIZE)

    def wait_until_full(self):
        """What the program writes from now on has to wait."""
        wait_until(lambda: not select.select([], [self.writer], [], 0)[1], "the pipe is full")
        os.close(self.writer)

    def rest(self):
        """All that has been written, once the writer has ended."""
        parts = []
        while part := os.read(self.reader, 1 << 16):
            parts.append(part)
        return b"".join(parts)

    def close(self):
        os.close(self.reader)
