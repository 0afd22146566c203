"""`vnode serve` as a process: background, service managers, signals, two at once (tasks_and_daemon.md, 8 to 13)."""

import json
import os
import re
import signal
import socket
import subprocess
import unittest

from support.daemon_fixture import DaemonFixture, private_environment
from support.vnode_program import TIME_LIMIT, VNODE, ProgramTest, chain, node
from support.waiting import wait_until

GOOD = chain(node(1, "message_node", msg="hello"), node(2, "console_print", data="x"))


class ServeTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.end_daemon)

    def environment(self, **changes):
        return private_environment(self.folder, **changes)

    def end_daemon(self):
        self.vnode("shutdown", "--grace", "0s")

    def pid(self):
        return json.loads(self.vnode("info", "-o", "json").stdout)["pid"]


class Detached(ServeTest):
    def test_it_serves_when_the_first_process_ends(self):
        result = self.vnode("serve", "--detach")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        said = re.fullmatch(r"the daemon serves at (.*) \(pid ([0-9]+)\)\n", result.stdout)
        self.assertEqual((said[1], int(said[2])), (self.path("vnode.sock"), self.pid()))
        self.assertNotEqual(os.getsid(int(said[2])), os.getsid(0))
        self.assertTrue(os.path.exists(self.path("state/daemon.log")))
        self.assertEqual(os.stat(self.path("vnode.sock")).st_mode & 0o777, 0o600)

    def test_a_log_that_was_moved_is_opened_again(self):
        self.vnode("serve", "--detach")
        log = self.path("state/daemon.log")
        os.rename(log, log + ".moved")
        os.kill(self.pid(), signal.SIGHUP)

        def has_been_read_again():
            if not os.path.exists(log):
                return False
            with open(log, encoding="utf-8") as file:
                return "have been read again" in file.read()

        wait_until(has_been_read_again, "the new log says so")
        self.assertEqual(os.stat(log).st_mode & 0o777, 0o600)
        with open(log + ".moved", encoding="utf-8") as file:
            self.assertNotIn("have been read again", file.read())

    def test_it_holds_nothing_of_whoever_started_it(self):
        reading, writing = os.pipe()
        result = self.vnode("serve", "--detach", pass_fds=[writing])
        os.close(writing)
        self.assertEqual(result.returncode, 0)
        self.assertEqual(os.read(reading, 1), b"", "the pipe has ended")
        os.close(reading)

    def test_a_second_one_is_refused(self):
        self.assertEqual(self.vnode("serve", "--detach").returncode, 0)
        for options in ([], ["--detach"], ["--state-dir", self.path("other")]):
            result = self.vnode("serve", *options)
            self.assertEqual((result.returncode, result.stdout), (4, ""), result.stderr)
            self.assertIn("already", result.stderr)
            if not options:
                self.assertIn(str(self.pid()), result.stderr)

    def test_a_port_that_is_used(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            address = "127.0.0.1:%d" % other.getsockname()[1]
            for options in (["--metrics", address], ["--detach", "--metrics", address]):
                result = self.vnode("serve", *options)
                self.assertEqual((result.returncode, result.stdout), (4, ""), result.stderr)
                self.assertIn(address, result.stderr)
                self.assertFalse(os.path.exists(self.path("vnode.sock")))

    def test_why_it_does_not_start(self):
        self.write("file", "")
        result = self.vnode("serve", "--detach", "--state-dir", self.path("file/state"))
        self.assertIn(result.returncode, (4, 6))
        self.assertIn(self.path("file"), result.stderr)
        os.makedirs(self.path("damaged"), mode=0o700)
        self.write("damaged/runs.db", "this is no database" * 100)
        result = self.vnode("serve", "--detach", "--state-dir", self.path("damaged"))
        self.assertEqual((result.returncode, result.stdout), (4, ""), result.stderr)
        self.assertIn("runs.db", result.stderr)
        config = self.write("bad.yaml", "queues: 3")
        self.assertEqual(self.vnode("serve", "--detach", "--config", config).returncode, 2)


class Started(ServeTest):
    def test_by_the_first_run(self):
        result = self.vnode("submit", self.write("w.json", GOOD), "--start", "--wait")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("the daemon serves at", result.stderr)
        run = result.stdout.strip()
        self.assertEqual(json.loads(self.vnode("show", run, "-o", "json").stdout)["status"], "completed")
        result = self.vnode("submit", "w.json", "--start")
        self.assertEqual((result.returncode, result.stderr), (0, ""), "it is there")

    def test_by_many_at_once(self):
        self.write("w.json", GOOD)
        submitters = [self.start("submit", "w.json", "--start", "--wait") for _ in range(6)]
        runs = set()
        for submitter in submitters:
            out, errors = submitter.communicate(timeout=TIME_LIMIT)
            self.assertEqual(submitter.returncode, 0, errors)
            runs.add(out)
        self.assertEqual(len(runs), 6)
        listed = json.loads(self.vnode("ps", "--all", "-o", "json").stdout)["runs"]
        self.assertEqual({run["id"].encode() + b"\n" for run in listed}, runs, "one daemon has them all")

    def test_it_says_why_not(self):
        self.write("w.json", GOOD)
        self.write("file", "")
        result = self.vnode("submit", "w.json", "--start", "--state-dir", self.path("file/state"))
        self.assertIn(result.returncode, (4, 6))
        self.assertEqual(result.stdout, "")
        self.assertIn(self.path("file"), result.stderr)


class Foreground(ServeTest):
    def test_signals(self):
        daemon = DaemonFixture(self.folder)
        for number in (signal.SIGTERM, signal.SIGINT):
            daemon.start()
            self.assertIn("READY=1", daemon.messages)
            self.assertEqual(daemon.stop(number), 0)

    def test_reload(self):
        config = self.write("vnode.yaml", "queues: {one: 1}")
        with DaemonFixture(self.folder, "--config", config) as daemon:
            self.write("vnode.yaml", "queues: {one: 1, two: 2}")
            os.kill(daemon.pid, signal.SIGHUP)
            while "two" not in (listed := self.vnode("queue", "list").stdout):
                self.assertIn("one", listed)
            self.write("vnode.yaml", "queues: wrong")
            os.kill(daemon.pid, signal.SIGHUP)
            while "queues" not in daemon.log_text():
                pass
            self.assertIn("two", self.vnode("queue", "list").stdout, "what was in force stays so")

    def test_children_do_not_get_the_managers_variables(self):
        with DaemonFixture(self.folder, WATCHDOG_USEC="20000000") as daemon:
            self.write("w.json", GOOD)
            out = self.path("environment")
            self.vnode("submit", "w.json", "--wait", "--hook-command", f"sh -c 'env > {out}.part && mv {out}.part {out}'")
            daemon.stop()
            daemon.start()
        with open(out, encoding="utf-8") as file:
            self.assertNotRegex(file.read(), "NOTIFY_SOCKET|WATCHDOG|LISTEN_")

    def test_socket_activation(self):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path("vnode.sock"))
            listener.listen()
            os.set_inheritable(listener.fileno(), True)
            program = f'exec 3<&{listener.fileno()}; LISTEN_PID=$$ LISTEN_FDS=1 exec "{VNODE}" serve'
            process = subprocess.Popen(["sh", "-c", program], pass_fds=[listener.fileno()], env=self.environment(),
                                       stderr=subprocess.PIPE)
            self.addCleanup(process.stderr.close)
            self.addCleanup(process.wait)
        result = self.vnode("submit", self.write("w.json", GOOD), "--wait")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.pid(), process.pid)
        self.assertEqual(self.vnode("shutdown").returncode, 0)
        self.assertTrue(os.path.exists(self.path("vnode.sock")), "it belongs to the manager")

    def test_a_token_file_that_others_can_read(self):
        token = self.write("token", "0123456789abcdef0123456789abcdef")
        os.chmod(token, 0o644)
        result = self.vnode("serve", "--listen", "127.0.0.1:0", "--token-file", token)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("chmod 600", result.stderr)


if __name__ == "__main__":
    unittest.main()
