"""vnode run --resume with --from, --only and --dry-run, and by what files show that they have changed."""

import json
import os
import unittest

from support.resume_case import ResumeTest
from support.vnode_program import chain, node, wire
from support.waiting import wait_until


class From(ResumeTest):
    def test_the_node_and_all_behind_it_run_again(self):
        workflow = chain(self.command(1), self.command(2), self.command(3), self.command(4))
        self.assertEqual(self.first(workflow).returncode, 0)
        again = self.resume(workflow, "--from", "00000000-0000-0000-0000-000000000003")
        self.assertEqual((again.returncode, self.done()), (0, ["3", "4"]), again.stderr)
        self.assertEqual(self.starts(again), [(1, True), (2, True), (3, "asked for with --from"), (4, "asked for with --from")])
        self.assertEqual(self.starts(self.resume(workflow)), [(number, True) for number in (1, 2, 3, 4)])

    def test_what_is_behind_by_data_wires_runs_too(self):
        workflow = chain(self.command(1), self.command(2, "2"), self.command(3))
        workflow["nodes"].append(self.command(4, "4{x}", x=""))
        workflow["connections"] += [wire((2, "stdout"), (4, "x")), wire((3, "exec_out"), (4, "exec_in"), True)]
        workflow["connections"][1] = wire((1, "exec_out"), (3, "exec_in"), True)
        self.assertEqual(self.first(workflow).returncode, 0)
        self.assertEqual(self.done(), ["1", "2", "3", "4"])
        again = self.resume(workflow, "--from", "00000000-0000-0000-0000-000000000002")
        self.assertEqual((again.returncode, self.done()), (0, ["2", "4"]), again.stderr)

    def test_all_others_have_to_be_done(self):
        workflow = chain(self.command(1), self.command(2), self.command(3))
        self.assertEqual(self.first(workflow).returncode, 0)
        with open(self.journal, "rb") as file:
            before = file.read()
        workflow["nodes"][0]["parameters"]["stdin"] = "another"
        refused = self.resume(workflow, "--from", "00000000-0000-0000-0000-000000000003")
        self.assertEqual((refused.returncode, self.done()), (3, []))
        self.assertIn("would run, too: input changed: stdin", refused.stderr)
        with open(self.journal, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_init_nodes_run_each_time(self):
        first = self.command(1) | {"init_priority": 1}
        workflow = chain(self.command(2), self.command(3))
        workflow["nodes"].append(first)
        self.assertEqual(self.first(workflow).returncode, 0)
        again = self.resume(workflow, "--from", "00000000-0000-0000-0000-000000000003")
        self.assertEqual((again.returncode, self.done()), (0, ["1", "3"]), again.stderr)

    def test_wrong_use(self):
        workflow = chain(self.command(1), self.command(2))
        self.assertEqual(self.first(workflow).returncode, 0)
        self.assertEqual(self.run_it(workflow, "--from", "run_command").returncode, 2)  # without --resume
        unknown = self.resume(workflow, "--from", "nobody")
        self.assertEqual((unknown.returncode, self.done()), (2, []))
        self.assertIn("--from nobody", unknown.stderr)


class Only(ResumeTest):
    def workflow(self):
        nodes = [node(1, "For Each", collection=["a", "b"]), self.command(2, "2-{x}", x="none"), self.command(3)]
        wires = [wire((1, "each_item"), (2, "exec_in"), True), wire((2, "exec_out"), (3, "exec_in"), True),
                 wire((1, "current_item"), (2, "x"))]
        return {"nodes": nodes, "connections": wires}

    def test_it_has_the_inputs_of_the_last_time(self):
        self.assertEqual(self.first(self.workflow()).returncode, 0)
        self.assertEqual(self.done(), ["2-a", "3", "2-b", "3"])
        two = "00000000-0000-0000-0000-000000000002"
        only = self.resume(self.workflow(), "--only", two)
        self.assertEqual((only.returncode, self.done()), (0, ["2-b"]), only.stderr)
        self.assertEqual(self.starts(only), [(2, "asked for with --only")])
        # That counts as an execution of the same place.
        self.assertEqual(self.starts(self.resume(self.workflow()))[-1], (3, True))
        self.assertEqual(self.done(), [])
        again = self.resume(self.workflow(), "--only", two)
        self.assertEqual(self.done(), ["2-b"], again.stderr)

    def test_what_p_says_counts_more(self):
        self.assertEqual(self.first(self.workflow()).returncode, 0)
        only = self.resume(self.workflow(), "--only", "00000000-0000-0000-0000-000000000002", "-p",
                           "00000000-0000-0000-0000-000000000002.x=\"mine\"")
        self.assertEqual((only.returncode, self.done()), (0, ["2-mine"]), only.stderr)

    def test_large_inputs_and_python(self):
        os.makedirs(self.path("nodes"))
        self.write("nodes/size.json", {
            "node_id": "size", "name": "Size", "inputs": [{"name": "text", "type": "string"}], "outputs": [],
            "python_code": "async def execute(self, inputs):\n    open(%r, 'a').write('%%d\\n' %% len(inputs['text']))\n"
                           "    return {}\n" % self.done_file})
        self.write("large.txt", "x" * 200000)
        nodes = [node(1, "run_command", command=["cat", self.path("large.txt")]), node(2, "size")]
        workflow = {"nodes": nodes, "connections": [wire((1, "exec_out"), (2, "exec_in"), True), wire((1, "stdout"), (2, "text"))]}
        options = ("--nodes", self.path("nodes"))
        self.assertEqual(self.first(workflow, *options).returncode, 0)
        shown = json.loads(self.vnode("journal", "show", self.journal, "-o", "json").stdout)
        self.assertEqual([record["record"] for record in shown["records"]].count("value"), 1)
        only = self.resume(workflow, "--only", "size", *options)
        self.assertEqual((only.returncode, self.done()), (0, ["200000"]), only.stderr)

    def test_a_node_without_a_record(self):
        workflow = chain(self.command(1), node(2, "console_print"))
        self.assertEqual(self.first(workflow).returncode, 0)
        refused = self.resume(workflow, "--only", "console_print")
        self.assertEqual((refused.returncode, self.done()), (2, []))
        self.assertIn("does not stand in", refused.stderr)


class DryRun(ResumeTest):
    def rows(self, workflow, *options):
        with open(self.journal, "rb") as file:
            before = file.read()
        self.forget()
        result = self.vnode("run", self.write("w.json", workflow), "-n", "-o", "json", "--resume", self.journal, *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.done(), [])
        with open(self.journal, "rb") as file:
            self.assertEqual(file.read(), before)
        rows = json.loads(result.stdout)["resume"]["nodes"]
        return [(row["action"], row.get("reason")) for row in rows]

    def test_what_is_done_is_taken(self):
        workflow = chain(self.command(1), self.python(2), node(3, "console_print"), node(4, "delay_timer", delay=0.01))
        self.assertEqual(self.first(workflow).returncode, 0)
        self.assertEqual(self.rows(workflow), [("taken", None), ("taken", None), ("computed", None), ("taken", None)])

    def test_a_branch_ends_where_something_runs(self):
        workflow = chain(self.command(1), self.command(2), self.command(3))
        other = chain(self.command(11), self.command(12))
        workflow = {name: workflow[name] + other[name] for name in workflow}
        self.assertEqual(self.first(workflow).returncode, 0)
        workflow["nodes"][1]["parameters"]["stdin"] = "another"
        self.assertEqual(self.rows(workflow), [("taken", None), ("runs", "input changed: stdin"), ("unknown", None),
                                               ("taken", None), ("taken", None)])

    def test_loops_groups_and_maps(self):
        inside = chain(self.command(21), self.command(22))
        nodes = [node(1, "For Each", collection=["a", "b"]), self.command(2, "{x}", x=""), self.command(3),
                 node(4, "group_node", __workflow__=inside),
                 node(5, "Parallel For Each", collection=[1, 2]), self.command(6), self.command(7)]
        wires = [wire((1, "each_item"), (2, "exec_in"), True), wire((1, "exec_on_finished"), (3, "exec_in"), True),
                 wire((1, "current_item"), (2, "x")), wire((3, "exec_out"), (4, "exec_in"), True),
                 wire((4, "exec_out"), (5, "exec_in"), True), wire((5, "each_item"), (6, "exec_in"), True),
                 wire((5, "exec_on_finished"), (7, "exec_in"), True)]
        workflow = {"nodes": nodes, "connections": wires}
        self.assertEqual(self.first(workflow).returncode, 0)
        taken, computed = ("taken", None), ("computed", None)
        self.assertEqual(self.rows(workflow), [computed, taken, taken, computed, taken, taken, computed, taken, taken])
        nodes[5]["parameters"]["stdin"] = "another"
        self.assertEqual(self.rows(workflow)[-3:], [computed, ("runs", "input changed: stdin"), ("unknown", None)])
        nodes[3]["parameters"]["__workflow__"]["nodes"][1]["parameters"]["stdin"] = "another"
        self.assertEqual(self.rows(workflow)[3:], [computed, taken, ("runs", "input changed: stdin"), ("unknown", None),
                                                   ("unknown", None), ("unknown", None)])

    def test_as_a_table(self):
        workflow = chain(self.command(1), self.command(2))
        self.assertEqual(self.first(workflow).returncode, 0)
        workflow["nodes"][1]["parameters"]["stdin"] = "another"
        result = self.vnode("run", self.write("w.json", workflow), "--dry-run", "--resume", self.journal)
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = result.stdout.splitlines()
        table = [line.split(None, 2) for line in lines[lines.index("going on from " + self.journal + ":") + 1:]]
        self.assertEqual([row[1:] for row in table], [["WHAT", "WHY"], ["taken"], ["runs", "input changed: stdin"]])

    def test_with_from(self):
        workflow = chain(self.command(1), self.command(2))
        self.assertEqual(self.first(workflow).returncode, 0)
        self.assertEqual(self.rows(workflow, "--from", "00000000-0000-0000-0000-000000000002"),
                         [("taken", None), ("runs", "asked for with --from")])


class Explained(ResumeTest):
    def test_why_each_node_ran_or_did_not(self):
        workflow = chain(self.command(1), self.command(2), self.command(3))
        self.assertEqual(self.first(workflow).returncode, 0)
        workflow["nodes"][1]["parameters"]["stdin"] = "another"
        self.assertEqual(self.resume(workflow, "--events", self.path("events.ndjson")).returncode, 0)
        told = self.vnode("explain", self.path("events.ndjson"))
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        lines = told.stdout.splitlines()
        self.assertIn("not executed: taken from the journal", lines[0])
        self.assertIn("executed once (input changed: stdin); it succeeded", lines[1])
        self.assertEqual(len(lines), 3)
        story = json.loads(self.vnode("explain", self.path("events.ndjson"), workflow["nodes"][1]["instance_id"], "-o", "json").stdout)
        self.assertEqual([(node["reason_detail"], node["executions"]) for node in story["nodes"]], [("input changed: stdin", 1)])
        self.write("other.ndjson", "nothing\n")
        self.assertEqual(self.vnode("explain", self.path("other.ndjson")).returncode, 3)


class Files(ResumeTest):
    def test_by_what_is_in_them(self):
        out, check = self.path("out"), ("--file-check", "content")
        workflow = chain(node(1, "file_write", path=out, content="one"), self.command(2))
        self.assertEqual(self.first(workflow, *check).returncode, 0)
        os.utime(out, (1, 1))
        self.assertEqual(self.starts(self.resume(workflow, *check)), [(1, True), (2, True)])
        self.write("out", "two")
        self.assertEqual(self.starts(self.resume(workflow, *check)), [(1, "file changed: " + out), (2, True)])

    def test_without_digests_size_and_time_count(self):
        out = self.path("out")
        workflow = chain(node(1, "file_write", path=out, content="one"), self.command(2))
        self.assertEqual(self.first(workflow).returncode, 0)
        os.utime(out, (1, 1))
        again = self.resume(workflow, "--file-check", "content")
        self.assertEqual(self.starts(again), [(1, "file changed: " + out), (2, True)])


class Changes(ResumeTest):
    """What depends on a change runs again, and nothing else."""

    def definition(self, node_id, *lines, **members):
        os.makedirs(self.path("nodes"), exist_ok=True)
        code = "async def execute(self, inputs):\n    open(%r, 'a').write('%s\\n')\n" % (self.done_file, node_id)
        code += "".join("    %s\n" % line for line in lines) + "    await self.set_output('exec_out', True)\n    return {}\n"
        self.write("nodes/%s.json" % node_id, {"node_id": node_id, "name": node_id, "python_code": code} | members)

    def changed(self, workflow):
        """What runs again, and why."""
        again = self.resume(workflow, "--nodes", self.path("nodes"))
        self.assertEqual(again.returncode, 0, again.stderr)
        return self.done(), [why for _, why in self.starts(again) if why is not True and why is not None]

    def test_of_a_definition(self):
        self.definition("one")
        self.definition("two")
        workflow = chain(node(1, "one"), node(2, "two"), self.command(3))
        self.assertEqual(self.first(workflow, "--nodes", self.path("nodes")).returncode, 0)
        self.assertEqual(self.changed(workflow), ([], []))
        self.definition("two", "pass")
        self.assertEqual(self.changed(workflow), (["two"], ["definition changed"]))

    def test_of_a_module(self):
        self.definition("one", "import mine_of_this_test")
        self.definition("two")
        self.write("nodes/mine_of_this_test.py", "VALUE = 1\n")
        self.write("w.json", {})
        environment = self.environment(PYTHONPATH=self.path("nodes"))
        workflow = chain(node(1, "one"), node(2, "two"))
        options = ("--format", "ndjson", "--nodes", self.path("nodes"))
        file = self.write("w.json", workflow)
        self.assertEqual(self.vnode("run", file, "--journal", self.journal, *options, env=environment).returncode, 0)
        self.forget()
        self.write("nodes/mine_of_this_test.py", "VALUE = 2\n")
        again = self.vnode("run", file, "--resume", self.journal, *options, env=environment)
        self.assertEqual(self.done(), ["one"])
        self.assertEqual(self.starts(again), [(1, "module changed: mine_of_this_test"), (2, True)])

    def test_of_an_input_file(self):
        source = self.write("source.txt", "one")
        self.definition("reads", inputs=[{"name": "source", "type": "path"}])
        workflow = chain(node(1, "reads", source=source), self.command(2))
        self.assertEqual(self.first(workflow, "--nodes", self.path("nodes")).returncode, 0)
        self.write("source.txt", "two and more")
        self.assertEqual(self.changed(workflow), (["reads"], ["file changed: " + source]))
        os.remove(source)
        self.assertEqual(self.changed(workflow), (["reads"], ["file missing: " + source]))

    def test_of_a_variable(self):
        self.definition("reads", "self.memory.get('x')")
        self.definition("other", "self.memory.get('y')")
        workflow = chain(node(1, "Set Variable", name="x", value="1"), node(2, "reads"), node(3, "other"))
        self.assertEqual(self.first(workflow, "--nodes", self.path("nodes")).returncode, 0)
        workflow["nodes"][0]["parameters"]["value"] = "2"
        self.assertEqual(self.changed(workflow), (["reads"], ["variable changed: x"]))

    def test_of_what_an_earlier_node_gives(self):
        workflow = chain(self.command(1, "same"), self.command(2, "{x}", x=""), self.command(3))
        workflow["connections"].append(wire((1, "lines"), (2, "x")))
        self.assertEqual(self.first(workflow).returncode, 0)
        workflow["nodes"][0]["parameters"]["command"] = ["sh", "-c", "echo other; echo 1 >> '%s'" % self.done_file]
        os.makedirs(self.path("nodes"))
        self.assertEqual(self.changed(workflow)[1], ["input changed: command", "input changed: x"])


class LastFirings(ResumeTest):
    def killed_in_branch(self, definition, body):
        """Node 1 has fired node 2, which hangs when the run is killed."""
        os.makedirs(self.path("nodes"))
        code = "async def execute(self, inputs):\n    open(%r, 'a').write('1\\n')\n" % self.done_file
        code += "".join("    %s\n" % line for line in body)
        self.write("nodes/fires.json", {"node_id": "fires", "name": "Fires", "outputs": [{"name": "value", "type": "any"}],
                                        "python_code": code} | definition)
        hang = self.command(2, script="if test -e '%s'; then touch '%s'; sleep 600; fi; " % (self.path("hang"), self.path("hangs")))
        last = self.command(3, "{x}", x="")
        workflow = chain(node(1, "fires"), hang, last)
        workflow["connections"].append(wire((1, "value"), (3, "x")))
        options = ("--nodes", self.path("nodes"))
        self.write("hang", "")
        run = self.start("run", self.write("w.json", workflow), "--format", "quiet", "--grace", "100ms", "--journal", self.journal,
                         *options)
        wait_until(lambda: os.path.exists(self.path("hangs")), "it hangs")
        run.kill()
        run.wait()
        os.remove(self.path("hang"))
        result = self.vnode("run", self.write("w.json", workflow), "--resume", self.journal, "--output", "fires.value", "--format",
                            "quiet", *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return self.done(), result.stdout.strip()

    def test_only_a_return_follows(self):
        body = ["result = {'value': 5}", "for name in result:", "    await self.set_output(name, 4)",
                "await self.set_output('exec_out', True)", "return result"]
        self.assertEqual(self.killed_in_branch({}, body), (["1", "2", "4"], "5"))

    def test_something_else_follows(self):
        body = ["await self.set_output('value', 4)", "await self.set_output('exec_out', True)", "self.log_info('x')", "return {}"]
        self.assertEqual(self.killed_in_branch({}, body)[0], ["1", "1", "2", "4"])

    def test_its_definition_says_so(self):
        body = ["await self.set_output('value', 4)", "await self.set_output('exec_out', True)", "self.log_info('x')", "return {}"]
        self.assertEqual(self.killed_in_branch({"fires_last": True}, body)[0], ["1", "2", "4"])

    def test_with_asyncio(self):
        body = ["import asyncio", "await asyncio.sleep(0.01)", "await self.set_output('value', 4)",
                "await self.set_output('exec_out', True)", "return {'value': 6}"]
        self.assertEqual(self.killed_in_branch({}, body)[0], ["1", "2", "4"])


if __name__ == "__main__":
    unittest.main()
