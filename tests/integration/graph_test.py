"""`vnode graph` with what reads its formats: Graphviz, a renderer of SVG, Mermaid's grammar."""

import json
import os
import random
import re
import subprocess
import time
import unittest
import xml.etree.ElementTree as ElementTree

from support.hostile import HOSTILE, tools_missing
from support.vnode_program import ProgramTest, VNODE, chain, node, uuid, wire

WORKFLOWS = os.path.join(os.path.dirname(__file__), "../../workflows")
SAMPLES = sorted(os.path.join(WORKFLOWS, name) for name in os.listdir(WORKFLOWS) if name.endswith(".json"))
MERMAID = os.environ.get("VNODE_MERMAID", os.path.expanduser("~/.cache/vnode-mermaid"))

# Of Mermaid's flowcharts what vnode writes.
QUOTED = r'"[^"`<>{}|\[\]();:\\]*(?:#\d+;[^"`<>{}|\[\]();:\\]*)*(?:<br>[^"`<>{}|\[\]();:\\]*(?:#\d+;[^"`<>]*)*)?"'
NODE_ID = r"(?:n\d+_\d+|note\d+_\d+)"
MERMAID_LINES = [
    r"flowchart LR",
    r"  %s(?:\[%s\]|\[\[%s\]\]|>%s\])(?:::[:a-z]+)?" % (NODE_ID, QUOTED, QUOTED, QUOTED),
    r"  n\d+_\d+ (?:==>|-->)(?:\|%s\|)? n\d+_\d+" % QUOTED,
    r"  subgraph [gb]\d+ \[%s\]" % QUOTED,
    r"    n\d+_\d+",
    r"  end",
    r"  classDef [a-z]+ [a-z0-9#:,\- ]+",
]
MERMAID_LINE = re.compile("|".join("(?:%s)" % line for line in MERMAID_LINES))


def hostile_workflow():
    inner = {"nodes": [node(7, "console_print", data=HOSTILE)], "connections": []}
    workflow = chain(
        node(1, "console_print", data=HOSTILE, __name__=HOSTILE),
        node(2, HOSTILE, **{HOSTILE: 1}),
        node(3, "group_node", __workflow__=inner, __name__="end"),
    )
    workflow["connections"] += [wire((2, HOSTILE), (1, 'p"|<')), wire((3, "out"), (1, "data"))]
    workflow["nodes"].append(node(4, "text_split", text="x" * 10_000_000))
    for index, one in enumerate(workflow["nodes"]):
        one["position"] = [index * 300, 0]
    workflow["sticky_notes"] = [{"position": [0, 300], "text": HOSTILE, "color": '#fff"/>'}]
    workflow["backdrops"] = [{"position": [-50, -50], "size": [600, 300], "title": HOSTILE, "color": "url(x)"}]
    return workflow


def large_workflow(count):
    random.seed(5)
    kinds = ["string_concat", "compare", "console_print", "Two Way Switch"]
    nodes = [node(i + 1, random.choice(kinds)) for i in range(count)]
    wires = [wire((max(1, i - random.randrange(1, 6)), "exec_out"), (i, "exec_in"), True) for i in range(2, count + 1)]
    wires += [wire((i, "out"), (max(1, i - 3), "data")) for i in range(2, count, 50)]
    return {"nodes": nodes, "connections": wires}


class GraphTest(ProgramTest):
    def graph(self, *arguments):
        result = self.vnode("graph", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def events_of(self, workflow):
        events = self.path("run.ndjson")
        self.vnode("run", workflow, "--format", "quiet", "--events", events)
        return events

    def subjects(self):
        """Workflows with events of a run of theirs."""
        for sample in SAMPLES[:6]:
            yield sample, self.events_of(sample)
        hostile = self.write("hostile.json", hostile_workflow())
        yield hostile, self.hostile_events()

    def hostile_events(self):
        lines = [
            {"type": "execution_started", "seq": 1, "time": "2026-01-02T03:04:05Z", "run_id": HOSTILE, "workflow": {}},
            {"type": "node_started", "seq": 2, "run_id": HOSTILE, "node_id": uuid(1), "node_type": HOSTILE},
            {"type": "node_error", "seq": 3, "run_id": HOSTILE, "node_id": uuid(1), "message": HOSTILE * 1000},
            {"type": "node_finished", "seq": 4, "run_id": HOSTILE, "node_id": uuid(1), "status": "failed", "duration": 1},
        ]
        return self.write("hostile.ndjson", "".join(json.dumps(line) + "\n" for line in lines))

    def test_svg_is_drawn_by_a_renderer(self):
        reason = tools_missing("rsvg-convert")
        if reason:
            self.skipTest(reason)
        for file, events in self.subjects():
            picture = self.path("picture.svg")
            self.graph(file, "--to", picture, "--run", events)
            drawn = subprocess.run(["rsvg-convert", "-w", "400", picture], capture_output=True)
            self.assertTrue(drawn.stdout.startswith(b"\x89PNG"), drawn.stderr)

    def test_svg_has_nothing_that_acts(self):
        for file, events in self.subjects():
            svg = self.graph(file, "--format", "svg", "--run", events)
            root = ElementTree.fromstring(svg)
            for element in root.iter():
                name = element.tag.split("}")[1]
                self.assertIn(name, ("svg", "title", "style", "g", "rect", "path", "circle", "text"))
                for key in element.attrib:
                    self.assertFalse(key.lower().startswith("on") or "href" in key, key)
            self.assertNotRegex(svg, "[\x00-\x08\x0b-\x1f\u202e\u2028]")
            self.assertLess(len(svg), 400_000)

    def test_dot_is_laid_out_by_graphviz(self):
        reason = tools_missing("dot")
        if reason:
            self.skipTest(reason)
        for file, events in self.subjects():
            drawn = subprocess.run(["dot", "-Tsvg"], input=self.graph(file, "--format", "dot", "--run", events).encode(),
                                   capture_output=True)
            self.assertEqual((drawn.returncode, drawn.stderr), (0, b""))
            self.assertEqual(ElementTree.fromstring(drawn.stdout).findall(".//{*}script"), [])

    def test_mermaid_keeps_to_its_grammar(self):
        for file, events in self.subjects():
            for line in self.graph(file, "--format", "mermaid", "--run", events).splitlines():
                self.assertTrue(MERMAID_LINE.fullmatch(line), line)

    def test_mermaid_is_read_by_its_own_parser(self):
        reason = tools_missing("node")
        if reason or not os.path.exists(os.path.join(MERMAID, "node_modules/mermaid")):
            self.skipTest(reason or "Mermaid is not installed (scripts/setup.sh --mermaid)")
        files = []
        for number, (file, events) in enumerate(self.subjects()):
            files.append(self.path("%d.mmd" % number))
            self.graph(file, "--to", files[-1], "--run", events)
        check = os.path.join(os.path.dirname(__file__), "../support/mermaid_check.mjs")
        read = subprocess.run(["node", check, *files], cwd=MERMAID, capture_output=True, text=True)
        self.assertEqual(read.returncode, 0, read.stderr)

    def test_text_is_for_terminals(self):
        for file, events in self.subjects():
            text = self.graph(file, "--run", events)
            self.assertNotRegex(text, "[\x00-\x08\x0b-\x1f\u202e]")
            self.assertLessEqual(max(len(line) for line in text.splitlines()), 100)

    def test_of_a_thousand_nodes(self):
        file = self.write("large.json", large_workflow(1000))
        start = time.monotonic()
        svg = self.graph(file, "--format", "svg")
        # Two seconds are promised of an idle machine and a Release build.
        self.assertLess(time.monotonic() - start, 20)
        self.assertEqual(len(re.findall("<g transform", svg)), 1001)
        result = self.vnode("graph", file, "--format", "mermaid")
        self.assertIn("are left out", result.stderr)
        self.assertLessEqual(len(result.stdout), 50_000)
        self.assertLessEqual(len(re.findall("==>|-->", result.stdout)), 500)

    def test_is_the_same_each_time(self):
        file = self.write("large.json", large_workflow(200))
        self.assertEqual(self.graph(file, "--format", "svg"), self.graph(file, "--format", "svg"))

    def test_the_readmes_picture_is_what_the_program_draws(self):
        script = os.path.join(WORKFLOWS, "../scripts/readme_graph.py")
        checked = subprocess.run(["python3", script, "--vnode", VNODE, "--check"], capture_output=True, text=True,
                                 env=self.environment())
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_the_suffix_says_the_format(self):
        for suffix, start in ((".svg", "<svg"), (".dot", "digraph"), (".mmd", "flowchart"), (".txt", "hello")):
            target = self.path("out" + suffix)
            self.graph(os.path.join(WORKFLOWS, "hello.json"), "--to", target)
            with open(target, encoding="utf-8") as file:
                self.assertTrue(file.read().startswith(start))

    def test_says_what_cannot_be_read(self):
        self.assertEqual(self.vnode("graph", "absent.json").returncode, 3)
        self.assertEqual(self.vnode("graph", self.write("bad.json", "{")).returncode, 3)
        good = self.write("good.json", chain(node(1, "console_print")))
        for events in ("", "{}\n", "\x7fELF\n", "[1]\n"):
            result = self.vnode("graph", good, "--run", self.write("events", events))
            self.assertEqual(result.returncode, 3)
            self.assertIn("events", result.stderr)
        self.assertEqual(self.vnode("graph", good, "--to", good).returncode, 2)
        self.assertEqual(self.vnode("graph", good, "--to", "/nowhere/x.svg").returncode, 6)
        self.assertEqual(self.vnode("graph", good, "--format", "jpeg").returncode, 2)


if __name__ == "__main__":
    unittest.main()
