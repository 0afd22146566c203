"""Python code that starts a process which leaves all that could tell whose it is."""

import textwrap

_FORK_TWICE = """\
reading, writing = os.pipe()
os.set_inheritable(writing, True)
child = os.fork()
if child == 0:
    os.setsid()
    if os.fork() == 0:
        os.execve('/bin/sh', ['sh', '-c', %r %% writing], {})
    os._exit(0)
os.waitpid(child, 0)
fugitive = int(os.read(reading, 20))
"""


def fork_twice(script, indentation=0):
    """Lines that need `os`, and then have the process's number in `fugitive`: it has forked twice, leads a session and has an
    empty environment. `script`: of its shell; it writes its number to the descriptor %d."""
    return textwrap.indent(_FORK_TWICE % script, " " * indentation)
