"""`vnode events`: the streams of a daemon's runs, also of damaged files."""

import glob
import json
import os
import unittest

from support.daemon_test_case import SLEEPING, DaemonTest
from support.vnode_program import TIME_LIMIT, chain, node


class Events(DaemonTest):
    def test_lines_are_those_of_the_file(self):
        workflow = chain(node(1, "console_print", data={"n": [1, 1.0, 1e100, 2**70, None, "\u2028\x00 \u00fc"]}))
        run = self.submit(workflow)
        self.vnode("wait", run)
        (file,) = glob.glob(os.path.join(self.daemon.state, "events", "**", "*.ndjson"), recursive=True)
        with open(file, encoding="utf-8", newline="") as stream:
            kept = stream.read()
        self.assertEqual(self.ok("events", run), kept)
        self.assertEqual(self.ok("events", run, "-f"), kept)
        later = self.ok("events", run, "--since", "2").split("\n")
        self.assertEqual(later, kept.split("\n")[2:])
        self.assertEqual(self.ok("events", run, "--since", "1000"), "")
        self.assertEqual(self.ok("events", run, "-o", "json"), kept)

    def event_file(self):
        (file,) = glob.glob(os.path.join(self.daemon.state, "events", "**", "*.ndjson"), recursive=True)
        return file

    def test_damaged_files_give_nothing_but_json(self):
        run = self.submit(chain(node(1, "message_node", msg="hello"), node(2, "console_print", data="x")))
        self.vnode("wait", run)
        with open(self.event_file(), "rb") as stream:
            whole = stream.read()
        lines = whole.splitlines(keepends=True)
        second = len(lines[0])
        for damaged in (whole[:second] + b"\0" * 100 + whole[second + 100:], whole[:second] + b"junk \xff\n" + whole[second:],
                        whole.replace(b"\n", b"", 1), whole[:-20], whole[:second], b"\0" * len(whole), b"junk\n" * 1000):
            with open(self.event_file(), "wb") as stream:
                stream.write(damaged)
            for arguments in ((), ("-f",), ("--since", "1")):
                result = self.vnode("events", run, *arguments)
                last = 1 if arguments == ("--since", "1") else 0
                for line in result.stdout.splitlines():
                    event = json.loads(line)
                    self.assertEqual(last + 1, event["from"] if event["type"] == "stream_gap" else event["seq"], damaged)
                    last = event["seq"]
                is_lost = b"execution_started" not in damaged and arguments != ("--since", "1")
                self.assertEqual(1 if is_lost else 0, result.returncode, result.stderr)
        with open(self.event_file(), "wb") as stream:
            stream.write(lines[0] + b"".join(lines[2:]))
        self.assertIn("events are missing", self.vnode("explain", run, "message_node").stderr)

    def test_an_ended_run_without_events_is_told_of_in_words(self):
        run = self.submit(chain(node(1, "message_node", msg="hello")))
        self.vnode("wait", run)
        for damage in (lambda: os.truncate(self.event_file(), 0), lambda: os.unlink(self.event_file())):
            damage()
            for command in (["events", run], ["events", run, "-f"], ["explain", run, "message_node"]):
                result = self.vnode(*command)
                self.assertEqual(1, result.returncode, command)
                self.assertIn("none of its events are left", result.stderr)
            self.assertIn("completed", self.ok("explain", run))

    def test_a_live_file_that_is_emptied_is_gone_on_with(self):
        run = self.running()
        follower = self.start("events", run, "-f")
        first = json.loads(follower.stdout.readline())
        self.assertEqual("execution_started", first["type"])
        os.truncate(self.event_file(), 0)
        self.ok("cancel", run)
        rest, errors = follower.communicate(timeout=TIME_LIMIT)
        self.assertEqual(0, follower.returncode, errors)
        self.assertEqual(b"", errors)
        last = first["seq"]
        for event in map(json.loads, rest.splitlines()):
            self.assertEqual(last + 1, event["from"] if event["type"] == "stream_gap" else event["seq"])
            last = event["seq"]
        self.assertEqual("execution_finished", event["type"])
        again = [json.loads(line) for line in self.ok("events", run).splitlines()]
        self.assertEqual(["stream_gap", 1, last], [again[0]["type"], again[0]["from"], again[-1]["seq"]])

    def test_following(self):
        run = self.running()
        self.assertNotIn("execution_finished", self.ok("events", run))
        follower = self.start("events", run, "-f")
        follower.stdout.readline()
        self.ok("cancel", run)
        rest, _ = follower.communicate(timeout=TIME_LIMIT)
        self.assertIn(b"execution_finished", rest)
        self.assertEqual(follower.returncode, 0)

    def test_following_goes_on_with_the_next_daemon(self):
        run = self.submit(SLEEPING, "--on-interrupt", "retry")
        follower = self.start("events", run, "-f")
        lines = [follower.stdout.readline()]
        while json.loads(lines[-1])["type"] != "node_started":
            lines.append(follower.stdout.readline())
        self.daemon.kill()
        self.daemon.start()
        while json.loads(lines[-1]).get("attempt") != 2:
            lines.append(follower.stdout.readline())
        self.ok("cancel", run)
        rest, errors = follower.communicate(timeout=TIME_LIMIT)
        self.assertEqual(follower.returncode, 0, errors)
        self.assertIn(b"went away", errors)
        seqs = [json.loads(line)["seq"] for line in lines + rest.splitlines()]
        self.assertEqual(seqs, sorted(set(seqs)), "each event once, in order")

    def test_nobody_reads(self):
        run = self.running()
        follower = self.start("events", run, "-f")
        follower.stdout.readline()
        follower.stdout.close()  # and no event comes any more
        self.assertEqual(follower.wait(timeout=TIME_LIMIT), 0)
        self.ok("cancel", run)


if __name__ == "__main__":
    unittest.main()
