"""Being the task of a farm: `vnode run --progress`, and `vnode export openjd`."""
import json
import os
import unittest

from support.vnode_program import ProgramTest, chain, node

SPEAKING = chain(node(1, "message_node", msg="openjd_progress: 99"), node(2, "console_print", data="hello"))


class Farm(ProgramTest):
    def test_the_lines_of_a_task(self):
        events = os.path.join(self.folder, "events.ndjson")
        result = self.vnode("run", self.write("w.json", SPEAKING), "--progress", "openjd", "--events", events)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        lines = result.stdout.splitlines()
        self.assertEqual((lines[0], lines[-1]), ("openjd_progress: 0.0", "openjd_progress: 100.0"))
        self.assertNotRegex(result.stdout, r"(?m)^ *openjd_progress: 99")
        with open(events, encoding="utf-8") as file:
            self.assertEqual(json.loads(file.read().splitlines()[-1])["type"], "execution_finished")
        result = self.vnode("run", self.write("w.json", SPEAKING), "--progress", "deadline")
        self.assertEqual(result.stdout.splitlines()[-1], "Progress: 100%")

    def test_a_task_that_fails(self):
        failing = chain(node(1, "delay_timer", delay="soon"))
        result = self.vnode("run", self.write("w.json", failing), "--progress", "openjd")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, r"(?m)^openjd_fail: .*delay")
        for wrong in (("--format", "ndjson"), ("--output", "a.b")):
            result = self.vnode("run", self.write("w.json", failing), "--progress", "openjd", *wrong)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn("--progress keeps standard output", result.stderr)

    def test_a_template_that_runs_what_it_was_made_of(self):
        workflow = {"nodes": [node(1, "frame_range", text="${frames} {{x}}")], "connections": [],
                    "metadata": {"parameters": {"frames": {"type": "text", "default": "1-20"}}}}
        target = os.path.join(self.folder, "job.json")
        result = self.vnode("export", "openjd", self.write("shot.json", workflow), "--map", "frames", "--chunk", "5",
                            "--to", target, "--timeout", "1h", "-r", "mem=8G")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        with open(target, encoding="utf-8") as file:
            template = json.load(file)
        self.assertEqual((template["specificationVersion"], template["name"]), ("jobtemplate-2023-09", "shot"))
        script = template["steps"][0]["script"]
        self.assertEqual(json.loads(script["embeddedFiles"][0]["data"]), workflow)
        self.assertNotIn("{{", script["embeddedFiles"][0]["data"])
        self.assertEqual(script["actions"]["onRun"]["timeout"], 3600)
        self.assertIn("frames={{Task.Param.frames}}", script["actions"]["onRun"]["args"])
        self.assertEqual(template["steps"][0]["hostRequirements"], {"amounts": [{"name": "amount.worker.memory", "min": 8192.0}]})
        wrong = self.vnode("export", "openjd", self.write("shot.json", workflow), "--map", "frame")
        self.assertEqual((wrong.returncode, wrong.stdout), (2, ""))
        self.assertIn("no parameter 'frame'", wrong.stderr)

    def test_a_host_has_what_the_nodes_need(self):
        needing = [node(i, "run_command", command=["true"], __vnode__={"resources": needs})
                   for i, needs in enumerate(({"cpus": "${threads}", "mem": "2G"}, {"mem": "6G", "gpu": 1}), 1)]
        workflow = {"nodes": needing, "connections": [], "metadata": {"parameters": {"threads": {"type": "int", "default": 8}}}}
        file = self.write("shot.json", workflow)
        needed = [{"name": "amount.worker.vcpu", "min": 8.0}, {"name": "amount.worker.gpu", "min": 1.0},
                  {"name": "amount.worker.memory", "min": 6144.0}]
        self.assertEqual(self.amounts_of("export", "openjd", file), needed)
        needed[2]["min"] = 8192.0
        self.assertEqual(self.amounts_of("export", "openjd", file, "-r", "mem=8G"), needed)

    def amounts_of(self, *command):
        result = self.vnode(*command)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return json.loads(result.stdout)["steps"][0]["hostRequirements"]["amounts"]


if __name__ == "__main__":
    unittest.main()
