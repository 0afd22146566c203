# What node code prints.

from fake_engine import HostTest


class Streams(HostTest):
    def printed(self, body):
        node = self.engine.node("import sys\nasync def execute(self, inputs):\n" + body)
        self.engine.logs.clear()
        self.engine.run(node)
        for log in self.engine.logs:
            self.assertEqual(node, log[0])
        return [log[1:] for log in self.engine.logs]

    def test_lines(self):
        self.assertEqual(
            [["info", "a\nb", "stdout"], ["info", "", "stdout"], ["info", "c d", "stdout"]],
            self.printed("    print('a\\nb'); print(); print('c', end=' '); print('d')\n"),
        )

    def test_the_rest_comes_at_the_end(self):
        self.assertEqual([["info", "ab", "stdout"]], self.printed("    print('a', end=''); print('b', end='')\n"))

    def test_stderr_and_warnings(self):
        self.assertEqual([["warning", "x", "stderr"]], self.printed("    sys.stderr.write('x\\n')\n"))
        logs = self.printed("    import warnings; warnings.warn('careful')\n")
        self.assertEqual(1, len(logs))
        self.assertIn("careful", logs[0][1])

    def test_it_is_a_text_stream(self):
        body = """
    assert sys.stdout.fileno() == 1 and not sys.stdout.isatty() and sys.stdout.writable()
    sys.stdout.flush()
    sys.stdout.writelines(["a", "b"])
    sys.stdout.buffer.write(b"raw bytes")
    print(sys.stdout.encoding)
    try:
        sys.stdout.write(b"")
    except TypeError:
        print("refused")
"""
        self.assertEqual(["abutf-8", "refused"], [log[1] for log in self.printed(body)])
        self.assertIn("raw bytes", self.engine.written())

    def test_logging_module(self):
        body = "    import logging; logging.warning('careful')\n"
        self.assertEqual([["warning", "WARNING:root:careful", "stderr"]], self.printed(body))

    def test_any_character(self):
        self.assertEqual([["info", "\u20ac\U0001f600\ud800", "stdout"]], self.printed("    print('\u20ac\U0001f600\\ud800')\n"))

    def test_a_print_during_loading_belongs_to_nobody(self):
        self.engine.load("print('loading')\nasync def execute(self, inputs): pass")
        self.assertEqual([[0, "info", "loading", "stdout"]], self.engine.logs)
