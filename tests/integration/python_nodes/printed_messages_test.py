"""Lines that Python nodes print in which they say something to vnode (rule 10 of lib/command/rules.md)."""

import unittest

from python_runs import PythonRunTest, bare, node

SPEAK = '''async def execute(self, inputs):
    print("before\\nopenjd_progress: 25\\nbehind")
    print("openjd_status: halfway")
    print('vnode: {"log": "mind that", "level": "warning"}')
    print("openjd_redacted_env: TOKEN=abcdefgh")
    print("it is abcdefgh")
    print("openjd_env: A=b")
    print("openjd_progress: much")
    print("openjd_fail: no licence")
    raise ValueError("it went wrong")
'''


class PrintedMessages(PythonRunTest):
    def setUp(self):
        super().setUp()
        self.define(bare("speak", SPEAK))

    def test_are_heard(self):
        outcome = self.fail_only(self.run_nodes([node(1, "speak")]), 1)
        progress = [(e["fraction"], e.get("message", "")) for e in outcome.of(1, "node_progress")]
        # What comes within a tenth of a second of another one is left out.
        self.assertIn(progress, ([(0.25, "")], [(0.25, ""), (0.25, "halfway")]), outcome)
        logs = [(e["level"], e["message"]) for e in outcome.of(1, "node_log")]
        self.assertEqual(sorted(logs), sorted([
            ("info", "before"), ("info", "behind"), ("warning", "mind that"), ("info", "openjd_redacted_env: TOKEN=***"),
            ("info", "it is ***"),
            ("info", "openjd_env: A=b"), ("info", "openjd_progress: much"), ("warning", "openjd_fail: no licence"),
        ]), outcome)
        self.assertIn("it went wrong: no licence", outcome.error(1))

    def test_are_heard_from_programs_that_they_start(self):
        code = ("import subprocess\nasync def execute(self, inputs):\n"
                "    subprocess.run(['echo', 'vnode: {\"progress\": 0.75}'])\n")
        self.define(bare("start", code))
        outcome = self.succeed(self.run_nodes([node(1, "start")]))
        self.assertEqual([e["fraction"] for e in outcome.of(1, "node_progress")], [0.75], outcome)
        self.assertEqual(outcome.logs(1), [])

    def test_are_a_sign_of_life(self):
        code = ("import time\nasync def execute(self, inputs):\n    for i in range(10):\n        time.sleep(0.1)\n"
                "        print('openjd_progress: %d' % i)\n")
        self.define(bare("tell", code))
        self.succeed(self.run_nodes([node(1, "tell", __vnode__={"idle_timeout": "700ms"})], (), "--grace", "400ms"))


if __name__ == "__main__":
    unittest.main()
