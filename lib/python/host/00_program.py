# The host program: executes Python node definitions for vnode (../protocol.md is the contract with the C++ side).
#
# The parts in this folder are joined in the order of their names into one file, vnode_host.py: they share one
# namespace and do not import each other. Where to find what:
#
#   05 lazy_site      runs `site` on first need        40 steps        driving coroutines without asyncio
#   10 channel        frames, buffering, flusher       45 tasks        driving them with asyncio
#   15 json_text      JSON by the C functions alone    50 blocking     executions with a thread of their own
#   20 snapshots      has this content changed?        55 outputs      what set_output does
#   22 encoding       values to message text           60 streams      sys.stdout and sys.stderr
#   24 decoding       and back                         65 memory       BaseNode.memory
#   30 base_node      what node classes derive from    70 modules      src.nodes.base and the like; 71-73 behind them
#   35 definitions    loading node definitions         80 host         the messages of one run
#   37 failures       messages and tracebacks          85 process      signals, forks, the end
#   38 instances      making instances                 99 main         the command line
#   67 records        what a journal is told of executions
#
# A cold start is on the way to a run's first result, so little is imported here: asyncio, json, traceback and the like
# only where they are needed, inside of functions.

import _contextvars
import _signal
import _socket
import _thread
import builtins
import itertools
import os
import select
import sys
import time
from _collections import deque
from _operator import is_
from _thread import get_ident

# Node code may replace what `builtins` holds; this program keeps what it has started with.
globals().update({name: value for name, value in vars(builtins).items() if not name.startswith("__")})

# The host of this process, or None where the program is only imported.
HOST = None

# The execution that the running code belongs to, where it has a context of its own: asyncio tasks, threads.
EXECUTION = _contextvars.ContextVar("vnode_execution")

# How this program is named in tracebacks, to leave its frames out.
PROGRAM_FILE = (lambda: None).__code__.co_filename


class Stopped(BaseException):
    """Raised in node code that waits when the run is stopped. No `except Exception` catches it."""


class Interrupted(BaseException):
    """Raised in node code that blocks the main thread when the run cannot wait any longer."""


def attached_host():
    """The host, as far as this process may speak for it: a process that node code has forked may not."""
    return None if HOST is None or HOST.is_forked else HOST
