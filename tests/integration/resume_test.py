"""vnode run --resume: what stands in a journal is not done again."""

import json
import os
import unittest

from support.resume_case import ResumeTest
from support.vnode_program import chain, node
from support.waiting import wait_until


class Resume(ResumeTest):
    def test_what_is_done_is_taken(self):
        workflow = chain(self.command(1), self.python(2), node(3, "file_write", path=self.path("out"), content="x"),
                         node(4, "delay_timer", delay=0.3), self.command(5))
        self.assertEqual(self.first(workflow).returncode, 0)
        self.assertEqual(self.done(), ["1", "2", "5"])
        again = self.resume(workflow)
        self.assertEqual((again.returncode, again.stderr), (0, ""))
        self.assertEqual(self.done(), [])
        self.assertEqual(self.starts(again), [(number, True) for number in (1, 2, 3, 4, 5)])
        finished = [event for event in self.events(again.stdout) if event["type"] == "node_finished"]
        self.assertGreaterEqual(max(event["duration"] for event in finished), 0.3)

    def test_what_failed_is_done_again(self):
        workflow = chain(self.command(1), self.command(2, script="test -e '%s' && " % self.path("fixed")), self.command(3))
        self.assertEqual(self.first(workflow).returncode, 1)
        self.write("fixed", "")
        again = self.resume(workflow)
        self.assertEqual(again.returncode, 0)
        self.assertEqual(self.done(), ["2", "3"])
        self.assertEqual(self.starts(again), [(1, True), (2, "failed before"), (3, None)])

    def test_what_is_repeated_knows_it(self):
        script = "echo \"<$VNODE_REPEATED>\" >> '%s'; test -e '%s'; " % (self.path("told"), self.path("fixed"))
        workflow = chain(node(1, "run_command", command=["sh", "-c", script]), node(2, "run_command", command=["sh", "-c", script]))
        self.assertEqual(self.first(workflow).returncode, 1)
        self.write("fixed", "")
        self.assertEqual(self.resume(workflow).returncode, 0)
        with open(self.path("told"), encoding="utf-8") as file:
            self.assertEqual(file.read().split(), ["<>", "<1>", "<>"])

    def test_what_is_never_repeated_fails(self):
        os.makedirs(self.path("nodes"))
        definition = {"node_id": "once", "name": "Once", "repeat": "never", "limits": {"retries": 2},
                      "command": ["sh", "-c", "echo once >> \"$0\"; exit 1", self.done_file]}
        self.write("nodes/once.json", definition)
        workflow = chain(node(1, "once"), self.command(2))
        options = ("--nodes", self.path("nodes"))
        self.assertEqual(self.first(workflow, *options).returncode, 1)
        self.assertEqual(self.done(), ["once"] * 3)
        again = self.resume(workflow, *options)
        self.assertEqual((again.returncode, self.done()), (1, []))
        [error] = [event for event in self.events(again.stdout) if event["type"] == "node_error"]
        self.assertEqual(error["code"], "not_repeated")

    def test_variables_for_later_commands(self):
        os.makedirs(self.path("nodes"))
        self.write("nodes/sets.json", {"node_id": "sets", "name": "Sets", "command": ["echo", "openjd_env: MINE=1"],
                                       "speaks": ["env"]})
        def make(text):
            return chain(node(1, "sets"), self.command(2), self.command(3, "$MINE-" + text))

        options = ("--nodes", self.path("nodes"))
        self.assertEqual(self.first(make(""), *options).returncode, 0)
        again = self.resume(make("x"), *options)
        self.assertEqual(self.done(), ["1-x"])
        self.assertEqual(self.starts(again)[:2], [(1, "stateful: variable MINE"), (2, True)])

    def test_after_kill_9_three_times(self):
        """Each life ends in the middle; what is done is done once."""
        def make(stop_at):
            nodes = []
            for i in range(1, 9):
                script = "if test -e '%s'; then touch '%s'; sleep 600; fi; " % (self.path("hang%d" % i),
                                                                               self.path("hangs%d" % i))
                nodes.append(self.command(i, script=script))
            self.write("hang%d" % stop_at, "")
            return chain(*nodes)

        options = ["--journal", self.journal]
        for stop_at in (3, 5, 8):
            run = self.start("run", self.write("w.json", make(stop_at)), "--format", "quiet", "--grace", "100ms", *options)
            wait_until(lambda at=stop_at: os.path.exists(self.path("hangs%d" % at)), "it is there")
            run.kill()
            run.wait()
            os.remove(self.path("hang%d" % stop_at))
            options = ["--resume", self.journal]
        result = self.run_it(make(99), *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.done(), [str(i) for i in range(1, 9)])
        self.assertEqual(self.starts(result), [(i, True) for i in range(1, 8)] + [(8, "not ended")])

    def test_another_journal(self):
        workflow = chain(self.command(1), self.command(2, script="test -e '%s' && " % self.path("fixed")))
        self.assertEqual(self.first(workflow).returncode, 1)
        self.write("fixed", "")
        self.assertEqual(self.resume(workflow, "--journal", self.path("other")).returncode, 0)
        self.assertEqual(self.done(), ["2"])
        self.journal = self.path("other")
        self.assertEqual(self.resume(workflow).returncode, 0)
        self.assertEqual(self.done(), [])

    def test_a_changed_parameter(self):
        workflow = chain(self.command(1), node(2, "run_command", command=["sh", "-c", "cat >> '%s'" % self.done_file], stdin="2 "),
                         self.command(3))
        self.assertEqual(self.first(workflow).returncode, 0)
        workflow["nodes"][1]["parameters"]["stdin"] = "two "
        again = self.resume(workflow)
        self.assertEqual(self.done(), ["two"])
        self.assertEqual(self.starts(again), [(1, True), (2, "input changed: stdin"), (3, True)])

    def test_files_that_it_has_made(self):
        out = self.path("out")
        workflow = chain(node(1, "file_write", path=out, content="x"), self.command(2))
        self.assertEqual(self.first(workflow).returncode, 0)
        os.remove(out)
        self.assertEqual(self.starts(self.resume(workflow)), [(1, "file missing: " + out), (2, True)])
        self.write("out", "something else")
        self.assertEqual(self.starts(self.resume(workflow)), [(1, "file changed: " + out), (2, True)])
        os.utime(out, (1, 1))
        self.assertEqual(self.starts(self.resume(workflow, "--file-check", "size")), [(1, True), (2, True)])


class Journals(ResumeTest):
    def test_that_cannot_be_resumed(self):
        workflow = chain(self.command(1), self.command(2))
        missing = self.resume(workflow)
        self.assertEqual(missing.returncode, 2)
        self.assertIn("run.journal", missing.stderr)
        self.write("run.journal", "not a journal, whatever it may be called")
        self.assertEqual(self.resume(workflow).returncode, 3)
        self.assertEqual(self.done(), [])
        os.remove(self.journal)
        os.mkdir(self.journal)
        self.assertEqual(self.resume(workflow).returncode, 4)

    def test_that_are_empty(self):
        workflow = chain(self.command(1), self.command(2))
        self.write("run.journal", "")
        result = self.resume(workflow)
        self.assertEqual(result.returncode, 0)
        self.assertIn("nothing stands in this journal", result.stderr)
        self.assertEqual(self.done(), ["1", "2"])
        self.assertEqual(self.resume(workflow).returncode, 0)
        self.assertEqual(self.done(), [])

    def test_of_another_workflow(self):
        self.assertEqual(self.first(chain(self.command(1), self.command(2))).returncode, 0)
        result = self.resume(chain(self.command(11), self.command(12)))
        self.assertEqual(result.returncode, 0)
        self.assertIn("another workflow", result.stderr)
        self.assertEqual(self.done(), ["11", "12"])

    def test_whose_run_goes_on(self):
        go_on = self.path("go_on")
        workflow = chain(node(1, "run_command", command=["sh", "-c", "touch '%s'; sleep 600" % go_on]), self.command(2))
        self.start("run", self.write("w.json", workflow), "--format", "quiet", "--journal", self.journal)
        wait_until(lambda: os.path.exists(go_on), "the command runs")
        config = self.write("fast.yaml", "grace: 0s\n")
        result = self.resume(workflow, "--config", config)
        self.assertEqual(result.returncode, 4)
        self.assertIn("in use", result.stderr)

    def test_that_are_damaged(self):
        workflow = chain(self.command(1), self.command(2), self.command(3))
        self.assertEqual(self.first(workflow).returncode, 0)
        with open(self.journal, "rb") as file:
            whole = file.read()
        damaged = bytearray(whole)
        damaged[len(whole) // 2] ^= 1
        self.write("run.journal", bytes(damaged))
        result = self.resume(workflow)
        self.assertEqual(result.returncode, 3)
        self.assertIn("damaged at offset", result.stderr)
        self.assertEqual(self.done(), [])
        self.write("run.journal", whole[:-3])  # torn
        self.assertEqual(self.resume(workflow).returncode, 0)
        self.assertEqual(self.done(), [])
        shown = json.loads(self.vnode("journal", "show", self.journal, "-o", "json").stdout)
        self.assertEqual(shown["end"]["how"], "whole")


if __name__ == "__main__":
    unittest.main()
