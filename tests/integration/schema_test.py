"""Every line that a run writes fits the schema that the program prints, and so do the documents."""

import json
import unittest

from support.schema_check import SchemaChecker
from support.vnode_program import ProgramTest, chain, node, uuid, wire

GROUP = {"nodes": [node(11, "console_print", data="inside")], "connections": []}
WORKFLOWS = {
    "chain": chain(node(1, "message_node", msg="\u4e16\x01\"\ud83c\udfac"), node(2, "console_print")),
    "failing": chain(node(1, "delay_timer", delay="soon"), node(2, "console_print")),
    "data": {"nodes": [node(1, "create_list", items=[1, 1.5, None]), node(2, "list_length")],
             "connections": [wire((1, "current_list"), (2, "list"))]},
    "skipped": {"nodes": [node(1, "add_integers", a="x"), node(2, "math_add")],
                "connections": [wire((1, "result"), (2, "a"))]},
    "group": chain(node(1, "delay_timer", delay=0), node(2, "group_node", __workflow__=GROUP)),
    "long": {"nodes": [node(1, "variable_node", value="x" * 100000), node(2, "string_length")],
             "connections": [wire((1, "out"), (2, "text"))]},
    "invalid": {"nodes": [node(1, "no such node")]},
    "empty": {},
}


class Schemas(ProgramTest):
    def schema(self, name):
        result = self.vnode("schema", name)
        self.assertEqual(result.returncode, 0)
        return SchemaChecker(json.loads(result.stdout))

    def test_every_line_fits(self):
        schema = self.schema("events")
        types = set()
        for name, workflow in WORKFLOWS.items():
            with self.subTest(name):
                result = self.vnode("run", self.write(name + ".json", workflow))
                for event in self.events(result.stdout):
                    self.assertEqual(schema.errors(event), [], event)
                    types.add(event["type"])
        self.assertLessEqual({"execution_started", "node_started", "node_output", "node_log", "node_error",
                              "node_finished", "execution_finished"}, types)

    def test_the_schema_refuses_what_is_wrong(self):
        schema = self.schema("events")
        events = self.events(self.vnode("run", self.write("w.json", WORKFLOWS["chain"])).stdout)
        for event in events:
            for name in ("type", "seq", "time", "run_id"):
                self.assertNotEqual(schema.errors({k: v for k, v in event.items() if k != name}), [])
            self.assertNotEqual(schema.errors(event | {"type": "something"}), [])
            self.assertNotEqual(schema.errors(event | {"seq": 0}), [])
            self.assertNotEqual(schema.errors(event | {"time": "2026-01-01"}), [])
        started = next(event for event in events if event["type"] == "node_started")
        self.assertNotEqual(schema.errors(started | {"reason": "because"}), [])
        self.assertNotEqual(schema.errors(started | {"node_id": started["node_id"].replace("0", "O")}), [])

    def test_shortened_values_fit(self):
        schema = self.schema("events")
        result = self.vnode("run", self.write("w.json", WORKFLOWS["data"]), "--max-value-bytes", "5")
        events = self.events(result.stdout)
        shortened = [e for e in events if e["type"] == "node_output" and "$truncated" in str(e["output"])]
        self.assertTrue(shortened)
        for event in shortened:
            self.assertEqual(schema.errors(event), [])
        value = shortened[0]["output"]["current_list"]
        self.assertEqual(value["bytes"], len("[1,1.5,null]"))

    def test_workflows_fit_the_workflow_schema(self):
        schema = self.schema("workflow")
        for workflow in WORKFLOWS.values():
            self.assertEqual(schema.errors(workflow), [])
        self.assertNotEqual(schema.errors({"nodes": [{"node_id": "x"}]}), [])
        self.assertNotEqual(schema.errors({"nodes": None}), [])
        self.assertNotEqual(schema.errors({"node_id": "x", "python_code": ""}), [])

    def test_definitions_fit_the_node_schema(self):
        schema = self.schema("node")
        definition = {"node_id": "x", "name": "X", "python_code": "", "inputs": [{"name": "a", "options": ["1"]}]}
        self.assertEqual(schema.errors(definition), [])
        self.assertNotEqual(schema.errors(definition | {"use_exec": None}), [])
        self.assertNotEqual(schema.errors(definition | {"inputs": ["a"]}), [])


class Groups(ProgramTest):
    def test_inner_events_name_their_group(self):
        events = self.events(self.vnode("run", self.write("w.json", WORKFLOWS["group"])).stdout)
        inner = [event for event in events if event.get("node_id") == uuid(11)]
        self.assertTrue(inner)
        for event in inner:
            self.assertEqual(event["path"], [uuid(2)])


if __name__ == "__main__":
    unittest.main()
