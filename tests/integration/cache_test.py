"""Executions that are not repeated: vnode run --cache DIR, and what the daemon makes of it."""

import json
import os
import stat
import unittest

from support.daemon_fixture import DaemonFixture
from support.daemon_test_case import DaemonTest
from support.vnode_program import ProgramTest, chain, node


class CacheTest(ProgramTest):
    """Nodes that leave a line in a file each time they are really executed."""

    def setUp(self):
        super().setUp()
        self.done_file = self.path("done")
        self.cache = self.path("cache")
        os.makedirs(self.path("nodes"))
        script = "echo made $1 >> '%s'; test ! -e \"$2\" || cat \"$2\" > \"$3\"; echo $1" % self.done_file
        self.write("nodes/make.json", {
            "node_id": "make", "name": "Make", "cache": True,
            "inputs": [{"name": "name", "type": "string", "default": "x"}, {"name": "source", "type": "path", "default": "/none"},
                       {"name": "target", "type": "string", "default": "/none"}],
            "command": ["sh", "-c", script, "sh", "{name}", "{source}", "{target}"]})
        self.write("nodes/plain.json", {
            "node_id": "plain", "name": "Plain",
            "command": ["sh", "-c", "echo plain >> '%s'" % self.done_file]})

    def make(self, number, name="x", **parameters):
        return node(number, "make", name=name, **parameters)

    def done(self):
        try:
            with open(self.done_file, encoding="utf-8") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    def run_it(self, workflow, *options, cache=None):
        return self.vnode("run", self.write("w.json", workflow), "--nodes", self.path("nodes"), "--format", "ndjson",
                          "--cache", cache or self.cache, *options)

    def starts(self, result):
        return [event.get("cached", event.get("resumed")) for event in self.events(result.stdout)
                if event["type"] == "node_started"]


class Cache(CacheTest):
    def test_what_is_there_is_not_repeated(self):
        workflow = chain(self.make(1), node(2, "plain"), self.make(3, "y"))
        first = self.run_it(workflow)
        self.assertEqual((first.returncode, first.stderr), (0, ""))
        self.assertEqual(self.starts(first), [None, None, None])
        second = self.run_it(workflow)
        self.assertEqual((second.returncode, second.stderr), (0, ""))
        self.assertEqual(self.starts(second), [True, None, True])
        self.assertEqual(self.done(), ["made x", "plain", "made y", "plain"])
        outputs = [[event["output"] for event in self.events(result.stdout)
                    if event["type"] == "node_output" and event["node_type"] == "make"]
                   for result in (first, second)]
        self.assertEqual(*outputs)
        other = chain(self.make(7, "y"), self.make(8, "z"))
        self.assertEqual(self.starts(self.run_it(other)), [True, None])

    def test_after_a_failure_what_was_done_is_there(self):
        workflow = chain(self.make(1), self.make(2, "y"), node(3, "run_command", command=["false"]))
        self.assertEqual(self.run_it(workflow).returncode, 1)
        self.assertEqual(self.starts(self.run_it(workflow))[:2], [True, True])

    def test_a_changed_definition(self):
        self.run_it(chain(self.make(1)))
        with open(self.path("nodes/make.json"), encoding="utf-8") as file:
            definition = json.load(file)
        self.write("nodes/make.json", definition | {"description": "another one"})
        self.assertEqual(self.starts(self.run_it(chain(self.make(1)))), [None])

    def test_two_runs_at_once(self):
        workflow = self.write("w.json", chain(*[self.make(i, str(i)) for i in range(1, 11)]))
        options = ("run", workflow, "--nodes", self.path("nodes"), "--format", "ndjson", "--cache", self.cache)
        runs = [self.start(*options) for _ in range(3)]
        for run in runs:
            self.assertEqual(run.wait(timeout=60), 0)
        self.assertEqual(self.starts(self.vnode(*options)), [True] * 10)

    def test_a_folder_of_others(self):
        os.mkdir(self.cache)
        os.chmod(self.cache, 0o777)
        refused = self.run_it(chain(self.make(1)))
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("others can write to this folder", refused.stderr)
        self.assertEqual(self.done(), [])
        self.assertEqual(self.run_it(chain(self.make(1)), cache=self.write("file", "x")).returncode, 2)

    def test_with_a_journal(self):
        self.run_it(chain(self.make(1)))
        workflow = chain(self.make(1), node(2, "run_command", command=["test", "-e", self.path("fixed")]))
        journal = self.path("run.journal")
        self.assertEqual(self.run_it(workflow, "--journal", journal).returncode, 1)
        self.write("fixed", "")
        again = self.vnode("run", self.path("w.json"), "--nodes", self.path("nodes"), "--format", "ndjson", "--resume", journal)
        self.assertEqual((again.returncode, self.starts(again)), (0, [True, None]))
        self.assertEqual(self.done(), ["made x"])

    def test_show_and_clear(self):
        self.run_it(chain(self.make(1), self.make(2, "y")))
        shown = json.loads(self.vnode("cache", "show", "--cache", self.cache, "-o", "json").stdout)
        self.assertEqual((shown["records"], shown["types"], shown["limit"]), (2, {"make": 2}, 1 << 30))
        self.assertIn("make: 2", self.vnode("cache", "show", "--cache", self.cache).stdout)
        kept = self.vnode("cache", "clear", "--cache", self.cache, "--older-than", "1h")
        self.assertEqual((kept.returncode, kept.stdout), (0, "removed 0 records\n"))
        self.assertEqual(self.vnode("cache", "clear", "--cache", self.cache).stdout, "removed 2 records\n")
        self.assertEqual(self.starts(self.run_it(chain(self.make(1)))), [None])
        self.assertIn("which cache?", self.vnode("cache", "show").stderr)

    def test_its_limit(self):
        self.write("vnode.yaml", "cache: %s\nmax_cache_bytes: 8K\n" % self.cache)
        for i in range(20):
            result = self.vnode("run", self.write("w.json", chain(self.make(1, str(i)))), "--nodes", self.path("nodes"),
                                "--format", "quiet", "--config", self.path("vnode.yaml"))
            self.assertEqual((result.returncode, result.stderr), (0, ""))
        shown = json.loads(self.vnode("cache", "show", "--config", self.path("vnode.yaml"), "-o", "json").stdout)
        self.assertLessEqual(shown["bytes"], 8192)
        self.assertGreater(shown["records"], 0)
        self.assertEqual(self.starts(self.run_it(chain(self.make(1, "19")))), [True])

    def test_it_is_private(self):
        self.run_it(chain(self.make(1)))
        for folder, _, files in os.walk(self.cache):
            for name in files:
                mode = os.stat(os.path.join(folder, name)).st_mode
                self.assertEqual(stat.S_IMODE(mode), 0o600, name)


class CacheOfADaemon(DaemonTest, CacheTest):
    def setUp(self):
        CacheTest.setUp(self)
        self.daemon = DaemonFixture(self.folder, "--nodes", self.path("nodes"))
        self.daemon.start()
        self.addCleanup(self.daemon.__exit__)

    def test_runs_share_it(self):
        first = self.submit(chain(self.make(1)), "--cache", self.cache)
        self.ok("wait", first)
        second = self.submit(chain(self.make(2)), "--cache", self.cache)
        self.ok("wait", second)
        self.assertEqual(self.done(), ["made x"])
        events = [json.loads(line) for line in self.ok("events", second, "-o", "ndjson").splitlines()]
        self.assertEqual([event.get("cached") for event in events if event["type"] == "node_started"], [True])


if __name__ == "__main__":
    unittest.main()
