"""Good, bad and big workflow files (workflow_format.md): what runs, what is refused, and how it is said."""

import json
import unittest

from support.vnode_program import ProgramTest, chain, node, uuid, wire

GOOD = chain(node(1, "message_node", msg="hello"), node(2, "console_print"))


class Refusals(ProgramTest):
    def refusal(self, content, name="w.json"):
        """The problems of a refused file; checks that both streams tell them."""
        result = self.vnode("run", self.write(name, content), "--format", "ndjson")
        self.assertEqual(result.returncode, 3, result.stdout[:300])
        events = self.events(result.stdout)
        self.assertEqual(len(events), 2)
        self.assertEqual((events[1]["status"], events[1]["success"]), ("invalid", False))
        problems = events[1]["problems"]
        self.assertTrue(problems)
        for problem in problems:
            if problem["severity"] == "error":
                self.assertIn(f"error[{problem['code']}]", result.stderr)
        self.assertIn(name, result.stderr)
        return [problem for problem in problems if problem["severity"] == "error"]

    def codes(self, content):
        return [problem["code"] for problem in self.refusal(content)]

    def test_not_json(self):
        text = json.dumps(GOOD)
        for bad in ("", " ", "{", text[:-1], text + "x", "// c\n" + text, text.replace("}]", "},]", 1), "\0",
                    "{\"a\": 01}"):
            self.assertEqual(self.codes(bad), ["bad_json"], bad[:40])

    def test_not_text(self):
        for bad in (text_of(GOOD, "utf-16"), b"\xff\xfe{}", b"{\"a\": \"\x81\"}"):
            self.assertEqual(len(self.codes(bad)), 1, bad[:20])

    def test_wrong_types_and_missing_keys_are_all_reported(self):
        bad = {"nodes": [{"node_id": 5, "position": [1]}, {"position": [0, 0]},
                         node(1, "console_print") | {"bypassed": 2}],
               "connections": [{"from_node": "x"}], "backdrops": None}
        problems = self.refusal(bad)
        pointers = {problem["pointer"] for problem in problems}
        self.assertIn("/nodes/0/node_id", pointers)
        self.assertIn("/nodes/2/bypassed", pointers)
        self.assertIn("/connections/0/from_node", pointers)
        self.assertIn("/backdrops", pointers)
        self.assertGreater(len(problems), 6)

    def test_top_level_shapes(self):
        for bad in ("[]", "null", "5", "\"text\""):
            self.assertEqual(len(self.codes(bad)), 1)

    def test_a_node_definition(self):
        self.assertEqual(self.codes({"node_id": "x", "name": "X", "python_code": "..."}), ["node_definition"])

    def test_a_document_of_another_program(self):
        self.assertEqual(self.codes({"3": {"class_type": "KSampler", "inputs": {"seed": 1}}}), ["foreign_document"])
        problems = self.refusal({"nodess": [{"node_id": "message_node"}], "conections": []})
        self.assertEqual([problem["code"] for problem in problems], ["foreign_document"])
        self.assertIn("did you mean 'nodes'?", problems[0]["hint"])

    def test_unknown_nodes_come_with_a_suggestion(self):
        problems = self.refusal(chain(node(1, "consol_print"), node(2, "mesage_node")))
        self.assertEqual([problem["code"] for problem in problems], ["unknown_node"] * 2)
        self.assertIn("console_print", problems[0]["hint"])
        self.assertIn(uuid(1), problems[0]["node"])

    def test_duplicates_and_missing_ends(self):
        self.assertEqual(self.codes(chain(node(1, "console_print"), node(1, "console_print"))), ["duplicate_id"])
        lost = chain(node(1, "console_print"), node(2, "console_print"))
        lost["connections"].append(wire((2, "exec_out"), (9, "exec_in"), True))
        self.assertEqual(self.codes(lost), ["missing_end"])

    def test_a_cycle_of_data(self):
        ring = {"nodes": [node(1, "math_add"), node(2, "math_add")],
                "connections": [wire((1, "result"), (2, "a")), wire((2, "result"), (1, "a"))]}
        self.assertEqual(self.codes(ring), ["cycle"])

    def test_too_deep(self):
        self.assertEqual(len(self.codes('{"metadata": ' + "[" * 150000 + "]" * 150000 + "}")), 1)

    def test_messages_carry_no_escapes_from_the_file(self):
        result = self.vnode("run", self.write("w.json", chain(node(1, "bad\x1b[2J"), node(2, "console_print"))))
        self.assertNotIn("\x1b", result.stderr)


class Accepted(ProgramTest):
    def test_wires_to_ports_that_do_not_exist_are_told_as_validate_tells_them(self):
        odd = chain(node(1, "message_node"), node(2, "console_print"))
        odd["connections"] += [wire((1, "output"), (2, "data")), wire((1, "exec_out"), (2, "exec_inn"), True)]
        file = self.write("w.json", odd)
        warnings = [text.split("\nw.json:")[0].strip() for text in (
            self.vnode("run", "w.json", "--format", "ndjson").stderr, self.vnode("validate", "w.json").stdout)]
        self.assertEqual(warnings[0], warnings[1])
        self.assertEqual(warnings[0].count("warning[missing_port]"), 2, file)
        self.assertEqual(self.vnode("run", "w.json", "--format", "quiet").stderr, "")

    def test_a_windows_path_that_becomes_a_file_name_is_a_warning(self):
        path = "C:\\shots\\sh010\\out.txt"
        events = self.accepted({"nodes": [node(1, "file_write", path=path, content="x")]})
        self.assertEqual([e["level"] for e in events if e["type"] == "node_log" and path in e["message"]], ["warning"])
        self.assertIn("warning[windows_path]", self.vnode("validate", "w.json").stdout)

    def accepted(self, content, warning=""):
        """The events; `warning`: the code of the one that standard error must tell."""
        result = self.vnode("run", self.write("w.json", content))
        self.assertEqual(result.returncode, 0, result.stderr)
        if warning:
            self.assertIn("warning[%s]" % warning, result.stderr)
        else:
            self.assertEqual(result.stderr, "")
        return self.events(result.stdout)

    def test_lenient_forms(self):
        lenient = json.dumps(GOOD).replace(uuid(1), "urn:uuid:" + uuid(1).upper()).replace("[0, 0]", '["1", 2.5]')
        self.accepted(lenient.replace('"is_exec": true', '"is_exec": "yes"'))

    def test_encodings(self):
        umlaut = chain(node(1, "message_node", msg="\u00fc"), node(2, "console_print"))
        for encoding, warning in (("utf-8-sig", ""), ("cp1252", "encoding"), ("utf-8", "")):
            events = self.accepted(text_of(umlaut, encoding), warning)
            outputs = [e["output"] for e in events if e["type"] == "node_output"]
            self.assertIn("\u00fc", json.dumps(outputs, ensure_ascii=False))

    def test_the_number_dialect(self):
        numbers = json.dumps(chain(node(1, "create_list", items="here"), node(2, "console_print")))
        numbers = numbers.replace('"here"', "[NaN, -Infinity, 1e400, 123456789012345678901234567890, 1.0]")
        outputs = [e["output"] for e in self.accepted(numbers) if e["type"] == "node_output"]
        text = json.dumps(outputs)
        for word in ('"NaN"', '"-Infinity"', '"Infinity"', "123456789012345678901234567890", "1.0"):
            self.assertIn(word, text)

    def test_warnings_do_not_keep_it_from_running(self):
        odd = chain(node(1, "message_node", msg="x", unknown_parameter=1), node(2, "console_print"))
        odd["connections"].append(wire((1, "no such port"), (2, "data")))
        odd["something new"] = 1
        odd["nodes"].append(node(3, "console_print"))
        self.accepted(odd, "unknown_keys")

    def test_a_deep_document(self):
        deep = json.dumps(GOOD)[:-1] + ', "metadata": {"d": ' + "[" * 90000 + "]" * 90000 + "}}"
        self.accepted(deep)

    def test_a_big_file(self):
        count = 20000
        nodes = [node(i, "math_add", a=i, b=1) for i in range(1, count + 1)]
        wires = [wire((i, "result"), (i + 1, "b")) for i in range(1, count)]
        events = self.accepted({"nodes": nodes, "connections": wires})
        self.assertEqual(events[-1]["nodes"]["succeeded"], count)


def text_of(document, encoding):
    return json.dumps(document, ensure_ascii=False).encode(encoding)


if __name__ == "__main__":
    unittest.main()
