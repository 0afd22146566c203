"""Groups of runs: `vnode submit --map`, and what other commands make of them."""
import os
import sys
import threading
import time
import unittest

from support.daemon_test_case import DaemonTest
from support.vnode_program import node

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "scripts"))
from vnode_client import Client  # noqa: E402

FRAMES = {"nodes": [node(1, "frame_range", text="${frames}")], "connections": [],
          "metadata": {"parameters": {"frames": {"type": "text", "default": "1"}}}}
RUNS = 2000


class Groups(DaemonTest):
    def submit_group(self, values, *options, workflow=FRAMES):
        result = self.vnode("submit", self.write("w.json", workflow), "--map", "frames=" + values, *options)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"\Ag[0-9]{6}-[0-9a-z]{5,}\n\Z")
        return result.stdout.strip()

    def values_of(self, group):
        return [run["group_value"] for run in self.json("ps", "--group", group)["runs"]]

    def test_a_render_job(self):
        group = self.submit_group("1-25", "--chunk", "10", "--wait", "--info", "shot=010")
        self.assertEqual(self.values_of(group), ["1-10", "11-20", "21-25"])
        runs = self.json("ps", "--group", group, "--status", "completed")["runs"]
        self.assertEqual([run["parameters"] for run in runs],
                         [{"frames": "1-10"}, {"frames": "11-20"}, {"frames": "21-25"}])
        listed = self.json("ps")
        self.assertEqual(([run["id"] for run in listed["runs"]], [one["id"] for one in listed["groups"]]), ([], [group]))
        table = self.ok("ps").splitlines()
        self.assertEqual(len(table), 2, table)
        self.assertRegex(table[1], group + r" +completed .*3 completed; shot=010")
        self.assertIn("3 completed", self.ok("show", group))
        self.assertEqual(self.json("show", group)["size"], 3)
        self.assertRegex(self.ok("wait", group), group + " completed: 3 completed")
        self.assertRegex(self.ok("ps", "--group", group).splitlines()[1], r"completed .*1-10")
        self.assertEqual(len(self.json("ps", "--all", "--info", "shot=010")["groups"]), 1)
        self.assertEqual(self.json("ps", "--all", "--info", "shot=020")["groups"], [])
        self.assertEqual(self.ok("clear", group), "removed 3 runs\n")
        self.assertEqual(self.json("ps")["groups"], [])

    def test_logs_of_a_group(self):
        printing = {"nodes": [node(1, "frame_range", text="${frames}"), node(2, "console_print", data="of ${frames}")],
                    "connections": [], "metadata": {"parameters": {"frames": {"type": "text", "default": "1"}}}}
        group = self.submit_group("1-25", "--chunk", "10", "--wait", workflow=printing)
        lines = self.ok("logs", group).splitlines()
        for value in ("1-10", "11-20", "21-25"):
            its = [line for line in lines if line.startswith(value.ljust(5) + " | ")]
            self.assertRegex(its[0], r"\| \S+ started ")
            self.assertRegex(its[-1], r"\| \S+ completed after ")
            self.assertTrue(any("of " + value in line for line in its), its)
            self.assertEqual(lines[lines.index(its[0]):][:len(its)], its, "of those that have ended one after the other")
        self.assertIn("of 11-20", self.ok("logs", group, "console_print", "--level", "success"))
        self.assertEqual(self.ok("logs", group, "--follow").splitlines(), lines, "all have ended")
        self.assertIn("has no node 'consol_print'", self.refused(2, "logs", group, "consol_print"))
        self.assertIn("there is no group g999999", self.refused(2, "logs", "g999999"))

    def test_following_a_group(self):
        """Of runs at work lines come at once, of those that wait as soon as they begin."""
        flag = os.path.join(self.folder, "go")
        script = "echo begins ${frames}; while ! test -e %s.${frames}; do sleep 0.02; done; echo ends ${frames}" % flag
        waiting = {"nodes": [node(1, "run_command", command=["sh", "-c", script])], "connections": [],
                   "metadata": {"parameters": {"frames": {"type": "text", "default": "1"}}}}
        self.ok("queue", "set", "default", "2")
        group = self.submit_group("1-3", "--on-interrupt", "retry", workflow=waiting)
        follower = self.start("logs", group, "--follow")
        seen = b""
        def until(*texts):
            nonlocal seen
            while not all(text in seen for text in texts):
                line = follower.stdout.readline()
                self.assertTrue(line, seen)
                seen += line
        until(b"begins 1", b"begins 2")
        self.assertNotIn(b"begins 3", seen)
        self.write("go.2", "")
        until(b"ends 2", b"begins 3")
        self.assertNotIn(b"ends 1", seen)
        self.daemon.stop()
        self.daemon.start()
        for value in "13":
            self.write("go." + value, "")
        rest = seen + follower.stdout.read()
        self.assertEqual(follower.wait(timeout=60), 0, rest)
        self.assertEqual(rest.count(b"ends 2"), 1, "nothing twice")
        self.assertIn(b"ends 3", rest)

    def test_values_of_every_form(self):
        self.ok("queue", "pause", "default")
        names = self.write("names", "")
        with open(names, "w", encoding="utf-8") as file:
            file.write("010\n@odd\n\n1-5\n")
        self.assertEqual(self.values_of(self.submit_group("1-3")), ["1", "2", "3"])
        self.assertEqual(self.values_of(self.submit_group("010_a,b")), ["010_a", "b"])
        self.assertEqual(self.values_of(self.submit_group('["1-2", "x,y"]')), ["1-2", "x,y"])
        self.assertEqual(self.values_of(self.submit_group("@" + names)), ["010", "@odd", "1-5"])

    def test_what_cannot_be_one(self):
        file = self.write("w.json", FRAMES)
        self.assertIn("--chunk is for --map", self.refused(2, "submit", file, "--chunk", "3"))
        self.assertIn("--follow shows one run", self.refused(2, "submit", file, "--map", "frames=1-3", "-f"))
        self.assertIn("'1-': write --map", self.refused(2, "submit", file, "--map", "1-").replace("'1-' :", "'1-':"))
        self.assertIn("no range of frames", self.refused(2, "submit", file, "--map", "frames=1-"))
        self.assertIn("no parameter 'frame'", self.refused(2, "submit", file, "--map", "frame=1-3"))
        self.assertIn("is a group's id", self.refused(2, "events", self.submit_group("1-2")))
        self.assertIn("there is no group g999999", self.refused(2, "wait", "g999999"))

    def test_it_ends_as_the_worst_of_its_runs(self):
        failing = {"nodes": [node(1, "delay_timer", delay="${frames}")], "connections": [],
                   "metadata": {"parameters": {"frames": {"type": "text", "default": "0"}}}}
        result = self.vnode("submit", self.write("w.json", failing), "--map", "frames=0,soon", "--wait")
        self.assertEqual(result.returncode, 1)
        self.assertIn("failed: 1 completed, 1 failed", result.stderr)
        self.ok("queue", "pause", "default")
        group = self.submit_group("1-3")
        self.assertEqual(self.ok("cancel", group), group + "\n")
        result = self.vnode("wait", group)
        self.assertEqual((result.returncode, result.stderr), (130, ""))
        self.assertIn("3 cancelled", result.stdout)
        self.assertIn("had ended before", self.vnode("cancel", group).stderr)

    def test_they_are_picked_by_their_info(self):
        self.ok("queue", "pause", "default")
        group = self.submit_group("1-2", "--info", "shot=010")
        other = self.submit_group("1-3", "--info", "shot=020")
        runs = [run["id"] for run in self.json("ps", "--group", group)["runs"]]
        self.assertEqual(self.ok("pause", "--info", "shot=010").split(), runs)
        self.assertEqual([bool(run["paused"]) for run in self.json("ps", "--group", other)["runs"]], [False] * 3)
        self.assertEqual(self.ok("unpause", "--info", "shot=010").split(), runs)
        result = self.vnode("cancel", group, other, "--info", "shot=010")
        self.assertEqual((result.returncode, result.stdout), (0, group + "\n"))
        self.assertIn(other + ": none of its runs that have not ended has that info", result.stderr)
        self.assertEqual(self.vnode("cancel", "--info", "shot=030").stdout, "")
        self.assertEqual(self.json("show", other)["counts"]["pending"], 3)
        story = self.ok("explain", other).splitlines()
        self.assertEqual(story[0], "the group is pending: 3 pending")
        self.assertRegex(story[1], r"\(1\) pending: .*paused")
        self.assertIn("which runs?", self.refused(2, "cancel"))
        self.assertIn("which runs?", self.refused(2, "pause"))
        self.assertIn("KEY=VALUE", self.refused(2, "cancel", "--info", "shot"))

    def test_what_follows_and_what_is_tried_again(self):
        flag = os.path.join(self.folder, "there")
        reading = {"nodes": [node(1, "run_command", command=["cat", flag])], "connections": [],
                   "metadata": {"parameters": {"frames": {"type": "text", "default": "1"}}}}
        file = self.write("reading.json", reading)
        result = self.vnode("submit", file, "--map", "frames=1-3", "--wait")
        self.assertEqual(result.returncode, 1)
        group = result.stdout.strip()
        good = self.write("w.json", FRAMES)
        after = self.vnode("submit", good, "--after", group, "--wait")
        self.assertEqual(after.returncode, 1)
        self.assertIn("dependency_failed: group " + group, after.stderr)
        self.assertEqual(self.vnode("submit", good, "--after-any", group, "--wait").returncode, 0)
        with open(flag, "w", encoding="utf-8") as there:
            there.write("x")
        self.assertIn("dependency_failed: group " + group, self.ok("explain", after.stdout.strip()))
        story = self.ok("explain", group).splitlines()
        self.assertEqual(story[0], "the group has ended: failed: 3 failed")
        self.assertRegex(story[1], r"\A[0-9]{6}-[0-9a-z]+ \(1\) failed: .*cat ended with exit code 1")
        self.assertEqual([run["group_value"] for run in self.json("explain", group)["runs"]], ["1", "2", "3"])
        self.assertEqual(self.ok("retry", "--failed", group), group + "\n")
        self.assertIn("3 completed", self.ok("wait", group))
        self.assertEqual(self.ok("explain", group), "the group has ended: completed: 3 completed\n")
        follower = after.stdout.strip()
        self.assertEqual(self.ok("retry", "--failed", follower), follower + "\n")
        self.assertIn("completed", self.ok("wait", follower))
        self.assertIn("nothing to be tried again", self.vnode("retry", "--failed", group).stderr)
        self.assertIn("which runs?", self.refused(2, "retry"))
        self.assertIn("write ids with commas", self.refused(2, "submit", good, "--after", group + ","))
        self.assertIn("there is no group", self.refused(2, "submit", good, "--after", "g999999"))

    def test_a_kill_in_the_middle_of_a_submission(self):
        """All of its runs are there afterwards, or none is."""
        for delay in (0, 0.005, 0.02, 0.05, 0.1):
            call = {"method": "run.submit", "params": {
                "workflow": FRAMES, "queue": "default", "key": "k%s" % delay,
                "map": {"target": "frames", "text": "1-%d" % RUNS}}}
            with Client(self.daemon.socket) as client:
                client.call("queue.pause", name="default")
                sending = threading.Thread(target=self.try_to_call, args=(call,))
                sending.start()
                time.sleep(delay)
                self.daemon.kill()
                sending.join()
            self.daemon.start()
            with Client(self.daemon.socket) as client:
                groups = client.call("group.list", limit=1000)["groups"]
                self.assertTrue(all(one["counts"]["pending"] == RUNS for one in groups), groups)
                counted = client.call("daemon.info")["runs"].get("pending", 0)
                self.assertEqual(counted, RUNS * len(groups))

    def try_to_call(self, call):
        try:
            with Client(self.daemon.socket) as client:
                client.call(call["method"], **call["params"])
        except Exception:  # noqa: B902 (the daemon is killed meanwhile)
            pass


if __name__ == "__main__":
    unittest.main()
