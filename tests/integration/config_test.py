"""Settings: vnode.yaml, environment, options (cli.md)."""

import json
import os
import unittest

from support.schema_check import SchemaChecker
from support.vnode_program import ProgramTest, chain, node

GOOD = chain(node(1, "message_node", msg="hello"), node(2, "console_print"))
DEFINITION = {"node_id": "message_node", "name": "Mine", "python_code": "async def execute(self, inputs): pass"}


class Config(ProgramTest):
    def write_user_file(self, text):
        os.makedirs(self.path(".config/vnode"), exist_ok=True)
        return self.write(".config/vnode/vnode.yaml", text)

    def settings(self, *options, **changes):
        result = self.vnode("config", "show", "-o", "json", *options, env=self.environment(**changes))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return json.loads(result.stdout)["settings"]

    def test_defaults(self):
        settings = self.settings()
        self.assertEqual(settings["python"], {"value": "python3", "source": "default"})
        self.assertEqual(settings["memory"], {"value": None, "source": "default"})
        text = self.vnode("config", "show").stdout
        self.assertRegex(text, r"(?m)^grace +5s +default$")

    def test_the_last_layer_wins(self):
        user = self.write_user_file("python: one\nmemory: 1G\n")
        more = self.write("more.yaml", "python: two\n")
        self.assertEqual(self.settings()["python"], {"value": "one", "source": "file", "from": user})
        self.assertEqual(self.settings("--config", more)["python"]["value"], "two")
        in_environment = self.settings("--config", more, VNODE_PYTHON="three")
        self.assertEqual(in_environment["python"], {"value": "three", "source": "environment", "from": "VNODE_PYTHON"})
        self.assertEqual(in_environment["memory"]["value"], 1 << 30)
        flagged = self.settings("--config", more, "--python", "four", VNODE_PYTHON="three")
        self.assertEqual(flagged["python"], {"value": "four", "source": "flag", "from": "--python"})

    def test_folders_of_definitions_add_up(self):
        for folder in ("a", "b", "c"):
            os.mkdir(self.path(folder))
        self.write_user_file("nodes: [../../a]\n")
        found = self.settings("--nodes", "c", VNODE_PATH=self.path("b"))["nodes"]
        self.assertEqual([entry["source"] for entry in found][-3:], ["file", "environment", "flag"])
        self.assertEqual([entry["value"] for entry in found][-3:], [self.path("a"), self.path("b"), "c"])

    def test_folders_in_the_file_are_searched(self):
        os.mkdir(self.path("mine"))
        self.write("mine/message.json", DEFINITION)
        config = self.write("vnode.yaml", "nodes: mine\n")
        listed = self.vnode("nodes", "list", "--config", config).stdout
        self.assertRegex(listed, r"(?m)^message_node .*mine/message\.json$")
        config = self.write("vnode.yaml", "nodes: mine\nprefer_native: true\n")
        self.assertRegex(self.vnode("nodes", "list", "--config", config).stdout, r"(?m)^message_node .* native$")
        self.assertRegex(self.vnode("nodes", "list", "--nodes", "mine", "--prefer-native").stdout,
                         r"(?m)^message_node .* native$")

    def test_settings_reach_a_run(self):
        workflow = self.write("w.json", chain(node(1, "message_node", msg="x" * 1000), node(2, "console_print")))
        config = self.write("vnode.yaml", "max_value_bytes: 100\njobs: 1\n")
        events = self.events(self.vnode("run", workflow, "--config", config).stdout)
        self.assertIn("$truncated", json.dumps(events))
        events = self.events(self.vnode("run", workflow, "--config", config, "--max-value-bytes", "9999").stdout)
        self.assertNotIn("$truncated", json.dumps(events))

    def test_errors_name_file_and_key(self):
        workflow = self.write("w.json", GOOD)
        for text, words in (("memroy: 2G", "did you mean 'memory'?"), ("grace: 5", "'grace'"),
                            ("jobs: [1]", "'jobs'"), ("[]", "mapping"), ("a: [", "not YAML")):
            config = self.write("vnode.yaml", text)
            for command in (["run", workflow], ["validate", workflow], ["nodes", "list"], ["config", "show"]):
                result = self.vnode(*command, "--config", config)
                self.assertEqual((result.returncode, result.stdout), (2, ""), (command, text))
                self.assertIn(words, result.stderr)
                self.assertIn(config, result.stderr)
        result = self.vnode("run", workflow, "--config", "absent.yaml")
        self.assertEqual(result.returncode, 2)
        self.assertIn("absent.yaml", result.stderr)

    def test_bad_options(self):
        workflow = self.write("w.json", GOOD)
        for options in (["--memory", "much"], ["--memory", "512"], ["--grace", "5"], ["--python", ""],
                        ["--nodes", "absent"], ["--config"]):
            result = self.vnode("run", workflow, *options)
            self.assertEqual((result.returncode, result.stdout), (2, ""), options)
            self.assertIn(options[0], result.stderr)

    def test_the_schema_fits(self):
        schema = SchemaChecker(json.loads(self.vnode("schema", "config").stdout))
        for good in ({}, {"python": "mayapy", "memory": "1.5GiB", "grace": "1h30m", "nodes": ["a"], "jobs": 1},
                     {"memory": 1 << 30, "prefer_native": True, "max_value_bytes": 0}, {"memory": None}):
            self.assertEqual(schema.errors(good), [], good)
        for bad in ({"memroy": 1}, {"jobs": 0}, {"grace": 5}, {"memory": "much"}, {"nodes": [1]}):
            self.assertNotEqual(schema.errors(bad), [], bad)


if __name__ == "__main__":
    unittest.main()
