# The supervisor: forks hosts, reports their ends, and leaves nothing behind.

import os
import signal
import unittest

from fake_engine import PATIENCE, FakeEngine, Gate, Supervisor


def is_gone(pid):
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


class SupervisorTest(unittest.TestCase):
    def setUp(self):
        self.supervisor = Supervisor()
        self.addCleanup(self.supervisor.close)

    def host(self):
        host = FakeEngine(supervisor=self.supervisor)
        self.addCleanup(host.close)
        return host

    # A node that leaves processes behind which try to get away; it returns their pids.
    FUGITIVES = """
import os, subprocess, sys
async def execute(self, inputs):
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    tell = "import os, time; os.write(%d, b'%%d ' %% os.getpid()); time.sleep(100)" % writing
    fork_away = "import os\\nif os.fork() == 0:\\n    os.setsid()\\n    if os.fork() == 0:\\n        " + tell.replace("; ", "\\n        ")
    subprocess.Popen([sys.executable, "-S", "-c", tell], close_fds=False)
    subprocess.Popen([sys.executable, "-S", "-c", tell], close_fds=False, start_new_session=True)
    subprocess.Popen([sys.executable, "-S", "-c", fork_away], close_fds=False).wait()
    subprocess.Popen([sys.executable, "-S", "-c", fork_away], close_fds=False, env={}).wait()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            exec(tell)
        os._exit(0)
    pids = b""
    while pids.count(b" ") < 5:
        pids += os.read(reading, 1000)
    return {"out": pids.decode()}
"""

    def test_a_host_and_its_end(self):
        host = self.host()
        node = host.node(
            "import os\nasync def execute(self, inputs):\n    os.write(1, b'out'); os.write(2, b'err')\n"
            "    return {'out': os.getsid(0) == os.getpid()}"
        )
        self.assertTrue(host.run(node)[0]["out"])
        self.assertEqual("outerr", host.written())
        host.send(["bye"])
        self.assertEqual(0, host.status())

    def test_statuses(self):
        host = self.host()
        host.start(host.node("import os\nasync def execute(self, inputs): os._exit(3)"))
        self.assertEqual(3, host.status())
        host = self.host()
        self.supervisor.send({"op": "kill", "host": host.host})
        self.assertEqual(-9, host.status())
        host = self.host()
        host.socket.close()
        self.assertEqual(70, host.status())

    def test_requests_about_hosts_that_are_gone(self):
        for op in ("term", "interrupt", "kill"):
            self.supervisor.send({"op": op, "host": 99})
        host = self.host()
        host.send(["bye"])
        self.assertEqual(0, host.status())

    def test_signals_are_at_their_defaults(self):
        host = self.host()
        code = """
import signal
async def execute(self, inputs):
    return {"out": [int(signal.getsignal(n)) for n in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)]}
"""
        self.assertEqual([0, 0, 0], host.run(host.node(code))[0]["out"]["$n"][1])

    def test_interrupt(self):
        host = self.host()
        gate = Gate(self)
        node = host.node("import time\nasync def execute(self, inputs):\n    open(inputs['g']).close()\n    time.sleep(60)")
        host.start(node, [("g", gate.path)])
        gate.wait()
        host.interrupt()
        self.assertEqual("cancelled", host.expect("err")[4])

    def test_term_reaches_descendants_and_not_the_host(self):
        host = self.host()
        code = (
            "import subprocess\nasync def execute(self, inputs):\n    p = subprocess.Popen(['sleep', '100'])\n"
            "    self.log_info('started')\n    return {'out': p.wait()}"
        )
        host.start(host.node(code))
        self.assertEqual("started", host.receive()[3])
        self.supervisor.send({"op": "term", "host": 1})
        self.assertEqual([["out", -15]], host.expect("ret")[2])

    def test_an_end_takes_the_descendants_along(self):
        host = self.host()
        pids = start_fugitives(self, host)
        host.send(["bye"])
        host.status()
        self.assertEqual([], [pid for pid in pids if not is_gone(pid)])

    def test_a_kill_takes_the_descendants_along_and_those_of_others_not(self):
        other = self.host()
        code = "import subprocess\nasync def execute(self, inputs):\n    return {'out': subprocess.Popen(['sleep', '100']).pid}"
        others = other.run(other.node(code))[0]["out"]
        host = self.host()
        pids = start_fugitives(self, host, ("env={}",))
        self.supervisor.send({"op": "kill", "host": host.host})
        self.assertEqual(-9, host.status())
        self.assertEqual([], [pid for pid in pids if not is_gone(pid)])
        self.assertFalse(is_gone(others))
        self.supervisor.send({"op": "kill", "host": other.host})
        other.status()
        self.assertTrue(is_gone(others))

    def test_without_vnode_everything_ends(self):
        host = self.host()
        pids = start_fugitives(self, host) + [host.pid]
        self.supervisor.control.close()
        self.supervisor.process.wait(PATIENCE)
        self.assertEqual([], [pid for pid in pids if not is_gone(pid)])

    def test_signals_to_the_supervisor_do_not_end_it(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(self.supervisor.process.pid, number)
        host = self.host()
        host.send(["bye"])
        self.assertEqual(0, host.status())


def start_fugitives(test, host, without=()):
    code = SupervisorTest.FUGITIVES
    for text in without:
        code = "\n".join(line for line in code.split("\n") if text not in line)
        code = code.replace("< 5", "< 4")
    pids = [int(pid) for pid in host.run(host.node(code))[0]["out"].split()]
    test.assertFalse(any(is_gone(pid) for pid in pids))
    return pids
