"""The examples in lib/rpc/protocol.md, sent to a real daemon: what it says has to hold."""
import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import unittest

from support.daemon_fixture import DaemonFixture
from support.schema_check import SchemaChecker
from support.vnode_program import VNODE

DOCUMENT = pathlib.Path(__file__).parents[2] / "lib" / "rpc" / "protocol.md"
# Fields whose numbers say nothing.
LOOSE = re.compile(r"(_at|duration|bytes|pid|uptime|nodes)$")


def examples():
    """[(what is sent or None, [what has to come back])], in the order of the document."""
    found = []
    for line in DOCUMENT.read_text().splitlines():
        text = line.strip()
        if text.startswith("-> "):
            found.append((json.loads(text[3:]), []))
        elif text.startswith("<- "):
            if not found:
                found.append((None, []))
            found[-1][1].append(json.loads(text[3:]))
    return found


def matches(expected, actual, name=""):
    if expected == "...":
        return isinstance(actual, str)
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            key in actual and matches(value, actual[key], key) for key, value in expected.items())
    if isinstance(expected, list):
        return isinstance(actual, list) and len(actual) >= len(expected) and all(
            matches(one, other) for one, other in zip(expected, actual))
    if isinstance(expected, (int, float)) and not isinstance(expected, bool) and LOOSE.search(name):
        return isinstance(actual, (int, float))
    return expected == actual and type(expected) is type(actual)


def schema_errors(schema, message, method):
    """What is wrong with a message of the server; `method` is the one that it answers, if it answers one."""
    if "error" in message:
        part = "failure"
    else:
        part = "reply." + method if method else "notification." + message["method"]
    errors = SchemaChecker(schema | {"$ref": "#/$defs/" + part}).errors(message)
    if "result" in message:
        # Clients have to expect further members; those of today are all declared.
        result = schema["$defs"][part]["properties"]["result"]
        declared = result if "properties" in result else schema["$defs"][result["$ref"].removeprefix("#/$defs/")]
        errors += [f"{part}: {name} is not declared" for name in message["result"].keys() - declared["properties"].keys()]
    return errors


def methods_of(document):
    return set(re.findall(r"\*\*([a-z]+\.[a-z]+|auth)\*\*", document))


class ProtocolExamples(unittest.TestCase):
    def test_document(self):
        schema = json.loads(subprocess.run([VNODE, "schema", "rpc"], check=True, capture_output=True).stdout)
        del schema["anyOf"]
        with tempfile.TemporaryDirectory() as folder, DaemonFixture(folder) as daemon:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(60)
                connection.connect(daemon.socket)
                lines = connection.makefile("rb")
                last_run = last_group = ""
                waiting = []
                called = {}
                checked = 0
                for sent, expected in examples():
                    if sent is not None:
                        called[sent["id"]] = sent["method"]
                        text = json.dumps(sent).replace("$LAST_RUN", last_run).replace("$LAST_GROUP", last_group)
                        connection.sendall(text.encode() + b"\n")
                    for one in expected:
                        # Other messages may come in between: a run goes on while calls are answered.
                        for at, message in enumerate(waiting):
                            if matches(one, message):
                                del waiting[at]
                                break
                        else:
                            while True:
                                message = json.loads(lines.readline())
                                self.assertEqual(schema_errors(schema, message, called.get(message.get("id"))), [])
                                result = message.get("result")
                                if isinstance(result, dict) and "runs" in result and "duplicate" in result:
                                    last_group = result["id"]
                                elif isinstance(result, dict) and "duplicate" in result:
                                    last_run = result["id"]
                                if matches(one, message):
                                    break
                                waiting.append(message)
                                self.assertLess(len(waiting), 200, "nothing matched %s; there came %s" % (one, waiting))
                                if message.get("id") is not None and message["id"] == one.get("id"):
                                    self.fail("%s\n was answered with %s\n instead of %s" % (sent, message, one))
                        checked += 1
                self.assertGreater(checked, 20)

    def test_every_method_has_an_example(self):
        document = DOCUMENT.read_text()
        called = {sent["method"] for sent, _ in examples() if sent}
        self.assertEqual(methods_of(document) - called, set())


if __name__ == "__main__":
    unittest.main()
