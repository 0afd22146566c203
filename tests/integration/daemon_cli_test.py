"""The commands that talk to a daemon: what they print, and their exit codes (cli.md)."""

import json
import os
import signal
import subprocess
import unittest

from support.daemon_fixture import DaemonFixture, private_environment
from support.daemon_test_case import FAILING, GOOD, INVALID, SLEEPING, DaemonTest
from support.vnode_program import TIME_LIMIT, ProgramTest, chain, node


class ExitCodes(DaemonTest):
    def codes(self, workflow, *options):
        """Of `submit --wait` and of `wait`."""
        submitted = self.vnode("submit", self.write("w.json", workflow), "--wait", *options)
        run = submitted.stdout.strip()
        waited = self.vnode("wait", run)
        self.assertTrue(waited.stdout.startswith(run + " "), waited.stdout)
        return submitted.returncode, waited.returncode

    def test_each_outcome_has_its_code(self):
        self.assertEqual(self.codes(GOOD), (0, 0))
        self.assertEqual(self.codes(FAILING), (1, 1))
        self.assertEqual(self.codes(SLEEPING, "--timeout", "50ms"), (124, 124))

    def test_logged_errors(self):
        grumbling = chain(node(1, "For Each", collection=5), node(2, "console_print"))
        self.assertEqual(self.codes(grumbling), (1, 1))
        self.assertEqual(self.codes(grumbling, "--logged-errors", "report"), (0, 0))
        shown = self.json("show", self.vnode("submit", self.write("w.json", grumbling), "--wait").stdout.strip())
        self.assertIn("1 error was logged: For Each (", shown["error"])
        self.assertEqual(shown["nodes"]["with_errors"], 1)
        self.daemon.stop()
        self.daemon.options = [*self.daemon.options, "--logged-errors", "report"]
        self.daemon.start()
        self.assertEqual(self.codes(grumbling), (0, 0))
        self.assertEqual(self.codes(grumbling, "--logged-errors", "fail"), (1, 1))

    def test_cancelled(self):
        run = self.running()
        waiting = self.start("wait", run)
        self.assertEqual(self.ok("cancel", run), run + "\n")
        self.assertEqual(waiting.wait(timeout=TIME_LIMIT), 130)
        self.assertIn(b"cancelled", waiting.stdout.read())
        again = self.vnode("cancel", run)
        self.assertEqual((again.returncode, again.stdout), (0, ""))
        self.assertIn("had ended before", again.stderr)

    def test_interrupted(self):
        run = self.running()
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.vnode("wait", run).returncode, 5)

    def test_the_first_that_is_not_0_in_order_of_arguments(self):
        good, failed, late = self.submit(GOOD), self.submit(FAILING), self.submit(SLEEPING, "--timeout", "10ms")
        self.assertEqual(self.vnode("wait", good, late, failed).returncode, 124)
        self.assertEqual(self.vnode("wait", good, failed, late).returncode, 1)
        runs = json.loads(self.vnode("wait", good, failed, "-o", "json").stdout)["runs"]
        self.assertEqual([run["status"] for run in runs], ["completed", "failed"])

    def test_wait_with_a_timeout(self):
        run = self.running()
        self.assertIn("has not ended", self.refused(124, "wait", run, "--timeout", "10ms"))
        self.ok("cancel", "--all")

    def test_what_is_refused(self):
        self.assertIn("error[unknown_node]", self.refused(3, "submit", self.write("w.json", INVALID)))
        self.assertIn("w.json#/nodes/0", self.refused(3, "submit", "w.json", "--wait"))
        for broken in ("{", "[]", b"\xff\xfe\x00"):
            self.assertIn("broken.json", self.refused(3, "submit", self.write("broken.json", broken)))
        self.assertIn("absent.json", self.refused(3, "submit", "absent.json"))
        self.write("w.json", GOOD)
        self.assertIn("no_such_port", self.refused(2, "submit", "w.json", "-p", "message_node.no_such_port=1"))
        self.assertIn("NODE.PORT=VALUE", self.refused(2, "submit", "w.json", "-p", "x"))
        self.assertIn("no queue", self.refused(2, "submit", "w.json", "--queue", "absent"))
        self.assertIn("--on-interrupt", self.refused(2, "submit", "w.json", "--on-interrupt", "never"))
        self.assertEqual(self.json("ps", "--all")["runs"], [])

    def test_unknown_and_ambiguous_runs(self):
        for command in ("show", "events", "logs", "wait", "cancel", "pause", "unpause", "retry", "explain"):
            self.assertIn("no-such-run", self.refused(2, command, "no-such-run"), command)
        first, second = self.submit(GOOD), self.submit(GOOD)
        beginning = os.path.commonprefix([first, second])
        for command in ("show", "wait"):
            message = self.refused(2, command, beginning)
            self.assertIn(first, message)
            self.assertIn(second, message)


class WithoutDaemon(ProgramTest):
    def environment(self, **changes):
        return private_environment(self.folder, **changes)

    def test_every_command_says_so(self):
        self.write("w.json", GOOD)
        for command in (["submit", "w.json"], ["ps"], ["ps", "--watch"], ["show", "x"], ["events", "x"], ["logs", "x"], ["wait", "x"],
                        ["cancel", "x"], ["pause", "x"], ["unpause", "x"], ["retry", "x"], ["clear", "--ended"], ["result", "x", "a.b"], ["show", "x", "--results"], ["explain", "x"], ["queue", "list"], ["nodes", "reload"], ["info"],
                        ["shutdown"]):
            result = self.vnode(*command)
            self.assertEqual((result.returncode, result.stdout), (4, ""), command)
            self.assertIn("vnode serve --detach", result.stderr, command)

    def test_a_stale_socket_is_no_daemon(self):
        daemon = DaemonFixture(self.folder)
        daemon.start()
        daemon.kill()
        self.assertTrue(os.path.exists(daemon.socket))
        self.assertEqual(self.vnode("ps").returncode, 4)

    def test_wrong_usage(self):
        for command in (["submit"], ["show"], ["result"], ["result", "x"], ["wait"], ["cancel"], ["cancel", "--all", "x"], ["pause"], ["unpause"], ["retry"], ["queue"], ["queue", "set", "x"],
                        ["queue", "set", "x", "0"], ["ps", "--status", "odd"], ["ps", "-o", "xml"], ["events"], ["logs"], ["logs", "x", "--level", "loud"],
                        ["clear", "x", "--older-than", "1d"], ["clear"], ["clear", "--dry-run"], ["clear", "x", "--ended"], ["clear", "--older-than", "5"], ["shutdown", "--grace", "x"],
                        ["serve", "--token-file"], ["serve", "--listen", "localhost:0"]):
            result = self.vnode(*command)
            self.assertEqual((result.returncode, result.stdout), (2, ""), (command, result.stderr))

    def test_a_socket_path_that_is_too_long(self):
        for command in (["ps"], ["serve"]):
            result = self.vnode(*command, "--socket", self.path("x" * 200))
            self.assertEqual((result.returncode, result.stdout), (2, ""), (command, result.stderr))
            self.assertIn("long", result.stderr)


class Submitting(DaemonTest):
    def test_the_reply_as_json(self):
        reply = self.json("submit", self.write("w.json", GOOD))
        self.assertEqual(reply, {"id": reply["id"], "duplicate": False})
        result = self.vnode("submit", "w.json", "-o", "json", "--wait")
        self.assertEqual(json.loads(result.stdout)["status"], "completed")
        self.assertEqual("vnode: run %s\n" % json.loads(result.stdout)["id"], result.stderr)

    def test_what_is_said_is_kept(self):
        self.ok("queue", "set", "render", "1")
        run = self.submit(GOOD, "--queue", "render", "--priority", "-3", "--info", "shot=010", "--info", "by=me",
                          "--description", "a test", "--key", "k", "--retries", "2", "--timeout", "1h", "--seed", "1",
                          "--on-interrupt", "retry", "--fail-fast", "--failed-inputs", "default")
        shown = self.json("show", run)
        for name, value in (("queue", "render"), ("priority", -3), ("info", {"shot": "010", "by": "me"}), ("key", "k"),
                            ("description", "a test"), ("timeout", 3600.0), ("workflow", self.path("w.json"))):
            self.assertEqual(shown[name], value)

    def test_standard_input(self):
        run = self.ok("submit", "-", "--wait", stdin=json.dumps(GOOD).encode()).strip()
        self.assertEqual(self.json("show", run)["workflow"], "standard input")

    def test_parameters(self):
        self.write("value.txt", "from a file")
        self.write("p.yaml", "console_print: {data: from yaml}")
        workflow = chain(node(1, "console_print", data="saved"))
        for options, expected in ((["-p", "console_print.data=\"typed\""], "typed"),
                                  (["--params-file", "p.yaml"], "from yaml"),
                                  (["--params-file", "p.yaml", "-p", "console_print.data=\"wins\""], "wins")):
            run = self.submit(workflow, *options)
            self.ok("wait", run)
            self.assertIn(expected, self.ok("events", run))

    def test_a_large_workflow_goes_by_path(self):
        large = {"nodes": [node(1, "message_node", msg="x" * (7 << 20))], "connections": []}
        self.assertEqual(self.vnode("submit", self.write("w.json", large), "--wait").returncode, 0)
        # What nobody can read again goes by value, however large.
        self.ok("submit", "-", "--wait", stdin=json.dumps(large).encode())

    def test_a_key_stands_for_one_run(self):
        run = self.submit(GOOD, "--key", "once")
        self.assertEqual(self.submit(GOOD, "--key", "once"), run)
        self.write("w.json", FAILING)
        self.refused(2, "submit", "w.json", "--key", "once")

    def test_texts_of_unset_variables(self):
        workflow = self.write("w.json", GOOD)
        for option in ("--key", "--queue", "--directory"):
            self.assertIn("must not be empty", self.refused(2, "submit", workflow, option, ""), option)

    def test_a_directory_that_is_not_there(self):
        self.assertIn("absent", self.refused(2, "submit", self.write("w.json", GOOD), "--directory", self.path("absent")))
        self.assertEqual(self.json("ps")["runs"], [])

    def test_an_id_that_cannot_be_printed(self):
        with open("/dev/full", "w") as full:
            process = self.start("submit", self.write("w.json", GOOD), stdout=full)
            _, errors = process.communicate(timeout=TIME_LIMIT)
        self.assertEqual(process.returncode, 6)
        (run,) = self.json("ps")["runs"]
        self.assertIn(f"run {run['id']} was accepted", errors.decode())

    def test_hooks(self):
        out = self.path("hook.json")
        self.submit(GOOD, "--wait", "--hook-command", f"sh -c 'cat > {out}.part && mv {out}.part {out}'")
        self.daemon.stop()  # waits for hooks
        with open(out, encoding="utf-8") as file:
            self.assertEqual(json.load(file)["status"], "completed")

    def test_the_stream_of_a_followed_run(self):
        result = self.vnode("submit", self.write("w.json", FAILING), "--follow")
        self.assertEqual(result.returncode, 1)
        events = self.events(result.stdout)
        self.assertEqual(events[-1]["status"], "failed")
        self.assertEqual(result.stderr, f"vnode: run {events[0]['run_id']}\n")

    def test_the_view_of_a_followed_run(self):
        result = self.vnode("submit", self.write("w.json", FAILING), "--follow", "--format", "pretty")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, r"(?m)^failed: .*1 failed")
        result = self.vnode("submit", self.write("w.json", FAILING), "-f", "--format", "quiet")
        self.assertEqual(result.returncode, 1)
        self.assertIn("delay_timer", result.stderr)

    def test_ctrl_c_leaves_the_run_going(self):
        for options in (["--wait"], ["--follow"], ["--follow", "--format", "pretty"]):
            process = self.start("submit", self.write("w.json", SLEEPING), *options)
            if "ndjson" in options or options == ["--follow"]:
                line = process.stderr.readline().decode().split()[-1]
            else:
                line = process.stdout.readline().decode().strip()
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=TIME_LIMIT)
            self.assertEqual(process.returncode, 130, options)
            self.assertIn(f"vnode cancel {line}".encode(), errors)
            self.assertIn(self.json("show", line)["status"], ("pending", "running"))
            self.ok("cancel", line)


class Listing(DaemonTest):
    def test_the_table(self):
        self.assertRegex(self.ok("ps"), r"\AID  STATUS .*\n\Z")
        run = self.submit(FAILING, "--info", "shot=010")
        self.vnode("wait", run)
        lines = self.ok("ps").splitlines()
        self.assertEqual(len(lines), 2)
        self.assertRegex(lines[1], rf"\A{run}  failed +default +w\.json ")

    def test_selection(self):
        runs = [self.submit(GOOD) for _ in range(13)]
        self.ok("wait", *runs)
        sleeping = self.running()
        ids = lambda *options: [run["id"] for run in self.json("ps", *options)["runs"]]
        self.assertEqual(ids(), runs[3:] + [sleeping])
        self.assertEqual(ids("--all"), runs + [sleeping])
        self.assertEqual(ids("--status", "running", "--status", "pending"), [sleeping])
        self.assertEqual(ids("--all", "--limit", "2"), [runs[-1], sleeping])
        self.assertEqual(ids("--queue", "other"), [])
        self.assertEqual(ids("--workflow", "w.js", "--limit", "1"), [sleeping])
        self.assertTrue(self.json("ps", "--limit", "1")["more"])
        self.ok("cancel", "--all")

    def test_watching_into_a_pipe(self):
        process = self.start("ps", "--watch", "-o", "json")
        self.ok("info")
        run = self.submit(GOOD)
        seen = []
        while not seen or seen[-1]["status"] != "completed":
            seen.append(json.loads(process.stdout.readline()))
        self.assertEqual({change["id"] for change in seen}, {run})
        self.ok("clear", run)
        self.assertEqual(json.loads(process.stdout.readline()), {"id": run, "removed": True})
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=TIME_LIMIT), 130)

    def test_watching_ends_when_nobody_reads(self):
        self.submit(GOOD)
        process = self.start("ps", "--watch")
        process.stdout.readline()
        process.stdout.close()  # and nothing happens any more
        self.assertEqual(process.wait(timeout=TIME_LIMIT), 0)

    def test_show_tells_what_was_submitted(self):
        maps = self.write("maps.json", {"version": "pathmapping-1.0", "path_mapping_rules": [
            {"source_path_format": "WINDOWS", "source_path": "P:/", "destination_path": "/mnt/p"}]})
        run = self.submit(GOOD, "-p", "message_node.msg=changed", "--retries", "2", "--node-timeout", "90s", "--node-retries", "1",
                          "--env", "SHOWN=not-this-value", "--path-map", maps, "--info", "shot=010", "--priority", "3",
                          "--timeout", "10m", "--description", "a test")
        self.ok("wait", run)
        text = self.ok("show", run)
        for line in (r"directory +/", r"retries +2", r"node timeout +1m 30s", r"node retries +1", r"environment +.*SHOWN",
                     r"path map +P:/ -> /mnt/p", r"input +message_node\.msg = changed", r"priority +3", r"timeout +10m",
                     r"description +a test", r"info +shot=010"):
            self.assertRegex(text, "(?m)^" + line)
        self.assertNotIn("not-this-value", text)
        submitted = self.json("show", run)["submitted"]
        self.assertEqual(submitted["retries"], 2)
        self.assertIn("SHOWN", submitted["environment"])
        self.assertNotIn("workflow", submitted)

    def test_show_explain_and_info(self):
        run = self.running()
        text = self.ok("show", run)
        self.assertRegex(text, rf"(?m)^id +{run}$")
        self.assertRegex(text, r"(?m)^status +running$")
        self.assertEqual(self.json("explain", run)["id"], run)
        self.assertNotEqual(self.ok("explain", run).strip(), "")
        self.assertRegex(self.ok("info"), r"(?m)^pid +%d$" % self.daemon.pid)
        self.assertEqual(self.json("info")["pid"], self.daemon.pid)
        self.ok("cancel", run)

    def test_explain_a_node(self):
        run = self.running()
        self.assertIn("is running (start)", self.ok("explain", run, "delay_timer"))
        self.assertIn("nothing has started 'console_print' so far", self.ok("explain", run, "console_print"))
        self.ok("cancel", run)
        failed = self.submit(FAILING)
        self.vnode("wait", failed)
        self.assertRegex(self.ok("explain", failed, "delay_timer"), r"executed once; it failed after .*: .*soon")
        (story,) = self.json("explain", failed, FAILING["nodes"][0]["instance_id"])["nodes"]
        self.assertEqual((story["node_type"], story["status"]), ("delay_timer", "failed"))
        good = self.submit(GOOD)
        self.vnode("wait", good)
        text = self.refused(2, "explain", good, "no_such_node")
        self.assertIn("has no node 'no_such_node'; its nodes are '", text)


class DaemonGoesAway(DaemonTest):
    def test_for_good(self):
        run = self.running()
        waiting = self.start("wait", run)
        while self.json("info")["clients"] < 2:  # this one and the one that waits
            pass
        watching = self.start("ps", "--watch")
        watching.stdout.readline()
        self.daemon.kill()
        for process in (waiting, watching):
            _, errors = process.communicate(timeout=TIME_LIMIT)
            self.assertEqual(process.returncode, 4, errors)
            self.assertIn(b"vnode serve --detach", errors)

    def test_for_a_moment(self):
        run = self.submit(SLEEPING, "--on-interrupt", "retry")
        waiting = self.start("wait", run)
        while self.json("info")["clients"] < 2:  # this one and the one that waits
            pass
        self.daemon.stop()
        self.daemon.start()
        self.ok("cancel", run)
        self.assertEqual(waiting.wait(timeout=TIME_LIMIT), 130)


class Housekeeping(DaemonTest):
    def test_clear(self):
        good, failed = self.submit(GOOD), self.submit(FAILING)
        self.vnode("wait", good, failed)
        self.assertEqual(self.ok("clear", "--older-than", "1h"), "removed 0 runs\n")
        self.assertEqual(self.ok("clear", "--ended", "--dry-run"), "would remove 2 runs\n")
        self.assertEqual(self.ok("clear", "--status", "failed"), "removed 1 run\n")
        self.refused(2, "show", failed)
        self.assertEqual(self.json("clear", good)["removed"], 1)

    def test_queues(self):
        self.assertEqual(self.ok("queue", "set", "render", "2"),
                         "queue render is new\nrender: concurrency 2, 0 running, 0 pending\n")
        self.assertEqual(self.ok("queue", "set", "render", "2"), "render: concurrency 2, 0 running, 0 pending\n")
        self.assertIn("queue rendr is new; did you mean 'render'?\n", self.ok("queue", "set", "rendr", "2"))
        self.ok("queue", "remove", "rendr")
        self.assertIn("paused", self.ok("queue", "pause", "render"))
        run = self.submit(GOOD, "--queue", "render")
        self.assertRegex(self.ok("queue", "list"), r"(?m)^render +2 +0 +1 +paused$")
        self.assertIn("render", self.ok("explain", run))
        self.assertIn("not empty", self.refused(2, "queue", "remove", "render"))
        self.assertNotIn("paused", self.ok("queue", "resume", "render"))
        self.ok("wait", run)
        self.assertEqual(self.ok("queue", "remove", "render"), "render: removed\n")
        self.assertEqual([queue["name"] for queue in self.json("queue", "list")["queues"]], ["default"])
        self.assertIn("absent", self.refused(2, "queue", "pause", "absent"))

    def test_nodes_reload(self):
        self.assertRegex(self.ok("nodes", "reload"), r"\A[0-9]+ node types\n\Z")
        self.assertGreater(self.json("nodes", "reload")["nodes"], 10)

    def test_shutdown(self):
        self.running()
        self.assertEqual(self.ok("shutdown", "--grace", "0s"), "")
        self.assertEqual(self.daemon.process.wait(timeout=TIME_LIMIT), 0)
        self.assertEqual(self.vnode("info").returncode, 4)
        self.daemon.start()
        self.assertEqual(self.json("ps")["runs"][0]["status"], "interrupted")


class Help(ProgramTest):
    def test_every_command_has_one(self):
        for command in ("serve", "submit", "ps", "show", "events", "logs", "wait", "cancel", "clear", "explain", "queue", "info",
                        "shutdown"):
            result = subprocess.run([os.environ["VNODE_BIN"], command, "--help"], capture_output=True, check=True)
            self.assertIn(b"--socket" if command != "queue" else b"pause", result.stdout, command)


if __name__ == "__main__":
    unittest.main()
