"""Paths of other machines, mapped where a run begins: with options, settings and the daemon (engine rule 39)."""

import json
import os
import unittest

from support.daemon_test_case import DaemonTest
from support.vnode_program import ProgramTest, node, uuid, wire

PYTHON_NODE = {
    "node_id": "own_path",
    "name": "Own Path",
    "inputs": [{"name": "scene", "type": "path"}],
    "outputs": [{"name": "seen", "type": "list"}],
    "python_code": """from src.nodes.base import BaseNode
class OwnPath(BaseNode):
    def __init__(self):
        super().__init__(use_exec=False)
        self.add_input("scene", "path")
        self.add_input("cache", "directory", default="P:/show/cache")
        self.add_output("seen", "list")
        self.made_with = None

    def restore_from_parameters(self, parameters):
        self.made_with = parameters.get("scene")

    async def execute(self, inputs):
        return {"seen": [inputs["scene"], inputs["cache"], self.made_with]}

def register_node():
    return OwnPath
""",
}
COMMAND_NODE = {
    "node_id": "show_words",
    "name": "Show Words",
    "use_exec": False,
    "inputs": [{"name": "scene", "type": "file"}, {"name": "more", "type": "path"}, {"name": "text", "type": "string"}],
    "outputs": [{"name": "seen", "type": "list"}],
    "command": ["printf", "%s\\n", "--scene={scene}", "{more}", "{text}"],
    "outputs_from": {"seen": {"stdout": "lines"}},
}


class PathMapTest:
    def rules(self, *rules):
        """(format, source, destination)"""
        return {"version": "pathmapping-1.0",
                "path_mapping_rules": [{"source_path_format": format, "source_path": source, "destination_path": destination}
                                       for format, source, destination in rules]}

    def write_all(self):
        self.write("plate.txt", "content")
        os.mkdir(self.path("nodes"))
        self.write("nodes/own_path.json", PYTHON_NODE)
        self.write("nodes/show_words.json", COMMAND_NODE)
        self.write("map.json", self.rules(("WINDOWS", "P:\\Show", self.folder), ("POSIX", "/mnt/old", "/mnt/new")))
        # A native node, a command that a wire brings a path, and a Python node.
        return self.write("w.json", {
            "nodes": [node(1, "File Loader", file_path="p:\\show\\plate.txt"),
                      node(2, "variable_node", type="string", value="P:/SHOW/a b.exr"),
                      node(3, "show_words", more=["/mnt/old/x", "/mnt/older/x"], text="P:\\show"),
                      node(4, "own_path", scene="P:\\Show\\shot\\s.hip")],
            "connections": [wire((2, "out"), (3, "scene"))]})

    OUTPUTS = (f"{uuid(1)}.file_data", f"{uuid(3)}.seen", f"{uuid(4)}.seen")

    def expected(self):
        return ["content",
                [f"--scene={self.folder}/a b.exr", "/mnt/new/x", "/mnt/older/x", "P:\\show"],
                [f"{self.folder}/shot/s.hip", f"{self.folder}/cache", f"{self.folder}/shot/s.hip"]]


class Run(PathMapTest, ProgramTest):
    def outputs(self, *options):
        asked = [word for name in self.OUTPUTS for word in ("--output", name)]
        result = self.vnode("run", "w.json", "--nodes", "nodes", "--format", "quiet", "--output-format", "json", *asked, *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return list(json.loads(result.stdout).values())

    def test_native_nodes_commands_and_python_nodes(self):
        self.write_all()
        self.assertEqual(self.outputs("--path-map", "map.json"), self.expected())

    def test_the_settings_name_a_file_beside_them(self):
        self.write_all()
        os.makedirs(self.path(".config/vnode"))
        os.rename(self.path("map.json"), self.path(".config/vnode/map.json"))
        self.write(".config/vnode/vnode.yaml", "path_map: map.json\n")
        self.assertEqual(self.outputs(), self.expected())

    def test_parameters_of_the_command_line_are_mapped(self):
        self.write_all()
        seen = self.outputs("--path-map", "map.json", "-p", f'{uuid(4)}.scene="/mnt/old/s.hip"')
        self.assertEqual(seen[2][0], "/mnt/new/s.hip")

    def test_only_paths_that_no_rule_maps_are_warned_of(self):
        workflow = self.write_all()
        self.write("none.json", self.rules())
        for command in (("validate", workflow), ("run", workflow, "--format", "ndjson")):
            told = self.vnode(*command, "--nodes", "nodes", "--path-map", "map.json")
            self.assertNotIn("Windows path", told.stdout + told.stderr)
            told = self.vnode(*command, "--nodes", "nodes", "--path-map", "none.json")
            self.assertIn('\\s.hip" in "scene" is a Windows path', told.stdout + told.stderr)
        told = self.vnode("validate", workflow, "--nodes", "nodes", "--strict")
        self.assertEqual(told.returncode, 3)
        self.assertIn("/nodes/0/parameters/file_path", told.stdout)

    def test_a_bad_file_is_told_with_its_place(self):
        workflow = self.write_all()
        self.write("bad.json", self.rules(("POSIX", "/a", "/b"), ("MAC", "/a", "/b")))
        self.write("broken.json", "{")
        for command in ("run", "validate", "submit"):
            for file, told in (("bad.json", "bad.json#/path_mapping_rules/1/source_path_format"), ("broken.json", "line 1"),
                               ("missing.json", "missing.json")):
                result = self.vnode(command, workflow, "--path-map", file, "--nodes", "nodes") if command != "submit" else \
                    self.vnode(command, workflow, "--path-map", file)
                self.assertEqual((result.returncode, result.stdout), (2, ""), (command, result.stderr))
                self.assertIn(told, result.stderr)

    def test_the_file_is_an_input_that_is_not_written_over(self):
        workflow = self.write_all()
        result = self.vnode("run", workflow, "--nodes", "nodes", "--path-map", "map.json", "--events", "map.json")
        self.assertEqual(result.returncode, 2, result.stderr)


class Daemon(PathMapTest, DaemonTest):
    def seen(self, *options):
        result = self.vnode("submit", "w.json", "--wait", *options)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return self.results(result.stdout.split()[0])

    def results(self, run):
        return list(self.json("result", run, *self.OUTPUTS).values())

    def test_the_rules_come_with_the_submission_or_from_the_daemons_settings(self):
        self.write_all()
        self.daemon.stop()
        os.makedirs(self.path(".config/vnode"), exist_ok=True)
        self.write("standard.json", self.rules(("WINDOWS", "P:\\", self.folder), ("WINDOWS", "P:\\show", "/standard")))
        self.write(".config/vnode/vnode.yaml", f"path_map: {self.path('standard.json')}\nnodes: [{self.path('nodes')}]\n")
        self.daemon.start()
        self.assertEqual(self.seen("--path-map", "map.json"), self.expected())
        self.assertEqual(self.seen()[2][0], "/standard/shot/s.hip")

    def test_the_rules_outlive_the_daemon(self):
        self.write_all()
        self.daemon.stop()
        os.makedirs(self.path(".config/vnode"), exist_ok=True)
        self.write(".config/vnode/vnode.yaml", f"nodes: [{self.path('nodes')}]\n")
        self.daemon.start()
        self.ok("queue", "pause", "default")
        run = self.ok("submit", "w.json", "--path-map", "map.json").strip()
        os.remove(self.path("map.json"))
        self.daemon.stop()
        self.daemon.start()
        self.ok("queue", "resume", "default")
        self.ok("wait", run)
        self.assertEqual(self.results(run), self.expected())


if __name__ == "__main__":
    unittest.main()
