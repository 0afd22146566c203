"""The definitions in nodes/python, in workflows with each other and with native nodes."""

import os
import struct
import unittest
import zlib

from python_runs import PythonRunTest, data, node, then

ROWS = [{"name": "a", "size": 1}, {"name": "größer, \"b\"", "size": 2}]


def read_file(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def png(width, height):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" * (width + 1) for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Bundled(PythonRunTest):
    def run_chain(self, *nodes, wires=()):
        """Nodes 1, 2 and so on, one after the other."""
        return self.run_nodes(list(nodes), [*then(*range(1, len(nodes) + 1)), *wires])

    def test_csv(self):
        nodes = [node(1, "csv_write", path="out/table.csv", rows=ROWS), node(2, "csv_read"), node(3, "console_print")]
        outcome = self.succeed(self.run_chain(*nodes, wires=[data((1, "file"), (2, "path")),
                                                             data((2, "rows"), (3, "data"))]))
        self.assertEqual(read_file(self.path("out/table.csv")), 'name,size\na,1\n"größer, ""b""",2\n')
        texts = [{key: str(value) for key, value in row.items()} for row in ROWS]
        self.assertEqual((outcome.pushes(2, "rows"), outcome.pushes(2, "count")), ([texts, texts], [2, 2]))
        self.assertEqual(outcome.pushes(2, "columns")[0], ["name", "size"])
        self.assertIn("Print: %s" % texts, outcome.logs(3))

    def test_csv_of_a_native_list(self):
        """Rows that a native loop collects in a variable, one by one."""
        nodes = [node(1, "For Each", collection=[["a", 1], ["b", 2]]), node(2, "List Append", list_name="rows")]
        nodes.append(node(3, "csv_write", path="rows.csv"))
        wires = [*then(1, 2, port="each_item"), *then(1, 3, port="exec_on_finished")]
        wires += [data((1, "current_item"), (2, "item")), data((2, "current_list"), (3, "rows"))]
        self.succeed(self.run_nodes(nodes, wires))
        self.assertEqual(read_file(self.path("rows.csv")), "a,1\nb,2\n")

    def test_csv_read_names_the_line(self):
        self.write("bad.csv", "a,b\n1,2\n1,2,3\n")
        outcome = self.fail_only(self.run_chain(node(1, "csv_read", path="bad.csv"), node(2, "console_print")), 1)
        self.assertIn("line 3", outcome.error(1))
        self.assertEqual(outcome.statuses(2), [])

    def test_jsonl(self):
        records = [{"a": [1, 2.5, None]}, "text", True]
        nodes = [node(1, "jsonl_write", path="r.jsonl", records=records), node(2, "jsonl_read"), node(3, "list_length")]
        wires = [data((1, "file"), (2, "path")), data((2, "records"), (3, "list"))]
        outcome = self.succeed(self.run_chain(*nodes, wires=wires))
        self.assertEqual(read_file(self.path("r.jsonl")), '{"a": [1, 2.5, null]}\n"text"\ntrue\n')
        self.assertEqual(outcome.pushes(2, "records"), [records, records])

    def test_jsonl_skips_what_is_no_json(self):
        self.write("r.jsonl", "1\nnot json\n3\n")
        chain = [node(1, "jsonl_read", path="r.jsonl", skip_invalid=True), node(2, "console_print")]
        outcome = self.succeed(self.run_chain(*chain))
        self.assertEqual((outcome.pushes(1, "records")[0], outcome.pushes(1, "skipped")[0]), ([1, 3], 1))
        self.assertTrue(any("line 2" in message for message in outcome.logs(1)), outcome)

    def test_sqlite(self):
        create = node(1, "sqlite_query", database="d.sqlite", query="create table t (a, b)", read_only=False)
        insert = node(2, "sqlite_query", database="d.sqlite", query="insert into t values (?, ?)",
                      parameters=[1, "x"], read_only=False)
        select = node(3, "sqlite_query", database="d.sqlite", query="select a, b, a from t")
        outcome = self.succeed(self.run_chain(create, insert, select))
        self.assertEqual((outcome.pushes(2, "count")[0], outcome.pushes(2, "last_id")[0]), (1, 1))
        self.assertEqual(outcome.pushes(3, "rows")[0], [{"a": 1, "b": "x", "a_2": 1}])
        self.assertEqual(outcome.pushes(3, "columns")[0], ["a", "b", "a_2"])

    def test_sqlite_protects_the_file(self):
        create = node(1, "sqlite_query", database="d.sqlite", query="create table t (a)", read_only=False)
        outcome = self.fail_only(self.run_chain(create, node(2, "sqlite_query", database="d.sqlite",
                                                             query="delete from t")), 2)
        self.assertIn("read_only", outcome.error(2))

    def test_sqlite_lets_others_go_on(self):
        """It is marked blocking: another chain starts before it has ended."""
        nodes = [node(1, "sqlite_query", database=":memory:", query="select 1"),
                 *(node(n, "console_print") for n in (2, 3, 4))]
        outcome = self.succeed(self.run_nodes(nodes, [*then(1, 2), *then(3, 4)]))
        self.assertLess(outcome.at(3, "node_started"), outcome.at(1, "node_finished"))

    def test_image_size(self):
        self.write("image.png", png(7, 3))
        outcome = self.succeed(self.run_chain(node(1, "image_size", path="image.png"), node(2, "console_print")))
        self.assertEqual([outcome.pushes(1, port)[0] for port in ("width", "height", "format")], [7, 3, "PNG"])

    def test_image_size_of_something_else(self):
        self.write("image.png", b"\x89PNG\r\n\x1a\n")
        outcome = self.fail_only(self.run_chain(node(1, "image_size", path="image.png"), node(2, "console_print")), 1)
        self.assertIn("image.png", outcome.error(1))

    def test_python_script(self):
        script = "total = sum(inputs['data'])\nprint('adding')\nresult = {'total': total, 'same': params is not None}"
        nodes = [node(1, "python_script", python_code=script, data=[1, 2]), node(2, "get_dict_value", key="total")]
        outcome = self.succeed(self.run_chain(*nodes, wires=[data((1, "result"), (2, "dict"))]))
        self.assertEqual(outcome.pushes(1)[0], {"total": 3, "same": True})
        self.assertEqual(outcome.logs(1), ["adding"])

    def test_python_script_that_fails_goes_on(self):
        outcome = self.run_chain(node(1, "python_script", python_code="x = 1\ny = x / 0"), node(2, "console_print"))
        self.log_errors(outcome, 1)
        self.assertEqual((outcome.pushes(1), outcome.statuses(2)), ([None, None], ["success"]))
        error = "\n".join(outcome.logs(1))
        for word in ("line 2", "ZeroDivisionError"):
            self.assertIn(word, error)

    def test_python_script_that_exits(self):
        outcome = self.fail_only(self.run_chain(node(1, "python_script", python_code="raise SystemExit(4)"),
                                                node(2, "console_print")), 1)
        self.assertIn("SystemExit(4)", outcome.error(1))

    def test_data_flow_mode(self):
        """Without exec wires, by layers."""
        self.write("t.csv", "n\n1\n2\n")
        nodes = [node(2, "list_length"), node(1, "csv_read", path="t.csv"),
                 node(3, "python_script", python_code="result = inputs['data'] * 10")]
        wires = [data((1, "rows"), (2, "list")), data((2, "length"), (3, "data"))]
        outcome = self.succeed(self.run_nodes(nodes, wires))
        self.assertEqual(outcome.events[0]["mode"], "data_flow")
        self.assertEqual(outcome.pushes(3), [20, 20])

    def test_no_file_is_left_half_written(self):
        self.write("r.jsonl", "1\n")
        outcome = self.fail_only(self.run_chain(node(1, "python_script", python_code="result = [1, {1}]"),
                                                node(2, "jsonl_write", path="r.jsonl"),
                                                wires=[data((1, "result"), (2, "records"))]), 2)
        self.assertIn("record 2", outcome.error(2))
        self.assertEqual((read_file(self.path("r.jsonl")), [n for n in os.listdir(self.folder) if "tmp" in n]),
                         ("1\n", []))


if __name__ == "__main__":
    unittest.main()
