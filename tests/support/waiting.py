"""Waiting for what nobody tells: the state of processes, and of a daemon's disk."""

import contextlib
import pathlib
import time

# Seconds. Generous, for slow machines: only something that never happens reaches it.
DEADLINE = 60
# How often a condition is looked at.
INTERVAL = 0.02


def wait_until(condition, what, deadline=DEADLINE):
    """Polls; the value of the condition as soon as it is truthy."""
    end = time.monotonic() + deadline
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(INTERVAL)
    raise AssertionError("did not happen within %d s: %s" % (deadline, what))


def is_alive(pid):
    """A zombie that nobody has waited for yet is not alive."""
    with contextlib.suppress(OSError):
        stat = pathlib.Path("/proc/%d/stat" % pid).read_text(encoding="utf-8", errors="replace")
        return stat.rpartition(")")[2].split()[0] not in "ZX"
    return False
