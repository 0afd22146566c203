"""`vnode report` and `run --report` with what reads their formats: an XSD, a trace's rules, a reader of Markdown."""

import collections
import json
import os
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree

from support.daemon_test_case import DaemonTest
from support.hostile import HOSTILE, tools_missing
from support.vnode_program import ProgramTest, chain, node, uuid, wire

SUPPORT = os.path.join(os.path.dirname(__file__), "../support")
FORMATS = ("junit", "chrome", "markdown")


def event(seq, kind, **members):
    time = "2026-01-02T03:%02d:%02d.%06dZ" % (seq // 60000 % 60, seq // 1000 % 60, seq % 1000 * 1000)
    return json.dumps({"type": kind, "seq": seq, "time": time, "run_id": "r1", **members})


def stream(*events, schema="vnode.event/1", attempt=1):
    """The lines of a run with these (type, members) of nodes."""
    lines = [event(1, "execution_started", schema=schema, vnode="1", workflow={"name": "w", "path": "w.json"},
                   attempt=attempt)]
    for kind, members in events:
        lines.append(event(len(lines) + 1, kind, **members))
    lines.append(event(len(lines) + 1, "execution_finished", success=False, status="failed", exit_code=1, duration=2.5))
    return "\n".join(lines) + "\n"


def failed_node(number, **members):
    about = {"node_id": uuid(number), "node_type": "render", **members}
    return [
        ("node_started", {**about, "reason": "exec", "execution": 1, "try": 1}),
        ("node_log", {**about, "level": "warning", "message": members.get("message", "no disk")}),
        ("node_error", {**about, "message": members.get("message", "no disk"), "detail": "Traceback\nline"}),
        ("node_finished", {**about, "status": "failed", "duration": 0.25}),
    ]


HOSTILE_STREAM = stream(*failed_node(1, message=HOSTILE, name=HOSTILE, host=HOSTILE, iteration=[1], node_type=HOSTILE))


class ReportTest(ProgramTest):
    def report(self, text, format, code=0):
        result = self.vnode("report", self.write("run.ndjson", text), "--format", format)
        self.assertEqual(result.returncode, code, result.stderr)
        self.last_warnings = result.stderr
        return result.stdout

    def streams(self):
        whole = stream(*failed_node(1), *failed_node(2, path=[uuid(9)]), *failed_node(3, iteration=[4]))
        yield "whole", whole
        yield "hostile", HOSTILE_STREAM
        yield "cut in a line", whole[: len(whole) * 2 // 3]
        yield "cut behind a line", whole[: whole.index("\n", len(whole) // 2) + 1]
        yield "of a newer version", stream(("node_dreamt", {"node_id": {"new": 1}}), *failed_node(1), schema="vnode.event/9")
        yield "of several attempts", stream(*failed_node(1)) + stream(*failed_node(2), attempt=2)
        yield "from the middle", whole[whole.index("\n") + 1 :]
        yield "with junk", "\x00\x00\x00\n" + whole + "junk\n"
        yield "with values of the wrong types", stream(
            ("node_started", {"node_id": uuid(1), "node_type": None, "path": {}, "iteration": "x", "host": 5, "try": "1"}),
            ("node_finished", {"node_id": uuid(1), "status": 7, "duration": "long", "handled": "yes"}),
            ("node_finished", {"node_id": uuid(1), "status": "success", "duration": -1e308}))
        yield "with 10 MB in a message", stream(*failed_node(1, message="x" * 10_000_000))

    def test_junit_is_what_jenkins_takes(self):
        reason = tools_missing("xmllint")
        if reason:
            self.skipTest(reason)
        for name, text in self.streams():
            with self.subTest(name):
                xml = self.report(text, "junit")
                checked = subprocess.run(["xmllint", "--noout", "--schema", os.path.join(SUPPORT, "junit.xsd"), "-"],
                                         input=xml.encode(), capture_output=True)
                self.assertEqual(checked.returncode, 0, checked.stderr[:2000])
                suite = ElementTree.fromstring(xml).find("testsuite")
                self.assertEqual(int(suite.get("tests")), len(suite.findall("testcase")))
                self.assertEqual(int(suite.get("failures")), len(suite.findall("testcase/failure")))
                self.assertEqual(int(suite.get("errors")), len(suite.findall("testcase/error")))
                self.assertGreater(int(suite.get("failures")) + int(suite.get("errors")), 0)
                self.assertLess(len(xml), 200_000)

    def test_junit_keeps_the_words(self):
        suite = ElementTree.fromstring(self.report(HOSTILE_STREAM, "junit")).find("testsuite")
        message = suite.find("testcase/failure").get("message")
        self.assertTrue(message.startswith('</text><script>alert(1)</script>"]; '))
        self.assertIn("\ufffd[31m\ufffd \ufffd \ufffd \ud7ff", message)
        self.assertIn("</text><script>", suite.find("system-out").text)

    def test_chrome_trace_has_proper_slices(self):
        for name, text in self.streams():
            with self.subTest(name):
                trace = json.loads(self.report(text, "chrome"))
                self.check_trace(trace)

    def check_trace(self, trace):
        """What Perfetto asks of the format: known phases, numbers, slices of one track that lie beside or in each other."""
        tracks = collections.defaultdict(list)
        named = set()
        for entry in trace["traceEvents"]:
            self.assertIn(entry["ph"], ("X", "M", "i"))
            for key in ("ts", "pid", "tid"):
                self.assertIsInstance(entry[key], int)
                self.assertGreaterEqual(entry[key], 0)
            self.assertIsInstance(entry["name"], str)
            if entry["ph"] == "M":
                self.assertIn(entry["name"], ("process_name", "thread_name"))
                named.add((entry["pid"], entry["tid"], entry["name"]))
                self.assertIsInstance(entry["args"]["name"], str)
            if entry["ph"] == "X":
                self.assertGreaterEqual(entry["dur"], 0)
                tracks[entry["pid"], entry["tid"]].append((entry["ts"], -entry["dur"]))
        for track, slices in tracks.items():
            self.assertIn((*track, "thread_name"), named)
            open_until = []
            for start, length in sorted(slices):
                while open_until and open_until[-1] <= start:
                    open_until.pop()
                self.assertFalse(open_until and open_until[-1] < start - length, "slices of %s cross" % (track,))
                open_until.append(start - length)

    def test_markdown_has_no_markup_of_others(self):
        for name, text in self.streams():
            with self.subTest(name):
                markdown = self.report(text, "markdown")
                self.assertTrue(markdown.startswith("## "))
                self.assertNotRegex(markdown, "<script|\\]\\(javascript|@team|[\x00-\x08\x0b-\x1f\u202e\u2028]")
                self.assertLess(len(markdown), 1_000_000)
                inside = None
                for line in markdown.splitlines():
                    if line.startswith("```") and inside is None:
                        inside = line.removesuffix("text")
                    elif line == inside:
                        inside = None
                self.assertIsNone(inside, "every block of code ends")

    def test_says_what_is_wrong_with_the_events(self):
        for name, text in self.streams():
            for format in FORMATS[:1]:
                self.report(text, format)
                if name in ("whole", "hostile", "with values of the wrong types", "with 10 MB in a message"):
                    self.assertEqual(self.last_warnings, "", name)
                elif name != "from the middle":
                    self.assertIn("warning", self.last_warnings, name)

    def test_refuses_what_is_no_stream(self):
        for text in ("", "\n", "{}", '{"nodes": [], "connections": []}', "\x7fELF"):
            for format in FORMATS:
                self.report(text, format, code=3)
        self.assertEqual(self.vnode("report", "absent.ndjson", "--format", "junit").returncode, 3)
        self.assertEqual(self.vnode("report", "x.ndjson").returncode, 2)
        self.assertEqual(self.vnode("report", "x.ndjson", "--to", "out.doc").returncode, 2)
        kept = self.write("kept.xml", "kept")
        self.assertEqual(self.vnode("report", self.write("bad.ndjson", "{}"), "--to", kept).returncode, 3)
        with open(kept, encoding="utf-8") as file:
            self.assertEqual(file.read(), "kept")
        self.assertEqual(self.vnode("report", self.write("good.ndjson", stream()), "--to", "/nowhere/x.md").returncode, 6)
        events = self.write("e.md", stream())
        self.assertEqual(self.vnode("report", events, "--to", events).returncode, 2)

    def test_of_standard_input_to_a_file(self):
        events = self.write("run.ndjson", stream(*failed_node(1)))
        with open(events, "rb") as source:
            result = self.vnode("report", "-", "--to", self.path("out.xml"), stdin_file=source)
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)
        ElementTree.parse(self.path("out.xml"))

    def test_run_makes_all_of_them(self):
        workflow = self.write("w.json", chain(node(1, "console_print", data="hi"), node(2, "delay_timer", delay="soon")))
        files = [self.path(name) for name in ("r.xml", "r.trace.json", "r.md")]
        options = [word for file in files for word in ("--report", file)]
        result = self.vnode("run", workflow, "--format", "quiet", "--events", self.path("e.ndjson"), *options)
        self.assertEqual(result.returncode, 1)
        for file in files:
            again = self.path("again" + file[file.index(".", len(self.folder)) :])
            self.assertEqual(self.vnode("report", self.path("e.ndjson"), "--to", again).returncode, 0)
            with open(file, "rb") as one, open(again, "rb") as other:
                self.assertEqual(one.read(), other.read(), "the same as from its events")

    def test_run_refuses_reports_that_it_cannot_make(self):
        workflow = self.write("w.json", chain(node(1, "console_print")))
        self.assertEqual(self.vnode("run", workflow, "--report", "x.doc").returncode, 2)
        self.assertEqual(self.vnode("run", workflow, "--report", "/nowhere/x.xml").returncode, 6)
        os.rename(workflow, self.path("w.xml"))
        self.assertEqual(self.vnode("run", self.path("w.xml"), "--report", self.path("w.xml")).returncode, 2)

    def test_no_secret_is_in_them(self):
        script = "echo $TOKEN; echo $TOKEN >&2; exit 1"
        workflow = self.write("w.json", chain(node(1, "run_command", command=["sh", "-c", script])))
        files = [self.path(name) for name in ("r.xml", "r.trace.json", "r.md")]
        options = [word for file in files for word in ("--report", file)]
        result = self.vnode("run", workflow, "--format", "quiet", "--secret", "TOKEN", *options,
                            env=self.environment(TOKEN="hunter2hunter2"))
        self.assertEqual(result.returncode, 1, result.stderr)
        for file in files:
            with open(file, encoding="utf-8") as report:
                text = report.read()
            self.assertNotIn("hunter2", text)
        with open(files[0], encoding="utf-8") as report:
            self.assertIn("***", report.read())

    def test_a_refused_workflow_has_a_report_that_says_so(self):
        workflow = self.write("w.json", chain(node(1, "no_such_node")))
        report = self.path("r.xml")
        self.assertEqual(self.vnode("run", workflow, "--format", "quiet", "--report", report).returncode, 3)
        self.assertIn("no_such_node", ElementTree.parse(report).find("testsuite/testcase/error").get("message"))


class DaemonReportTest(DaemonTest):
    def test_of_a_daemons_run(self):
        run = self.submit(chain(node(1, "console_print", data="hi")))
        self.vnode("wait", run)
        result = self.vnode("report", run, "--format", "junit")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(ElementTree.fromstring(result.stdout).get("tests"), "1")
        self.assertEqual(self.vnode("report", "999999-99999", "--format", "junit").returncode, 2)


if __name__ == "__main__":
    unittest.main()
