# What is left to do behind the last firing of a definition, as its syntax tree shows.

import os
import unittest

PART = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "python", "host", "36_firings.py")
OUTPUTS = [{"name": "result", "type": "any"}, {"name": "done", "type": "exec"}]


def load():
    names = {}
    with open(PART, encoding="utf-8") as file:
        exec(compile(file.read(), PART, "exec"), names)
    return names


class Firings(unittest.TestCase):
    names = load()
    has_work_behind_firings = staticmethod(names["has_work_behind_firings"])
    returns_behind_firings = staticmethod(names["returns_behind_firings"])

    def has_work(self, *lines):
        body = "".join("    %s\n" % line for line in lines)
        return self.has_work_behind_firings("async def execute(self, inputs):\n" + body, OUTPUTS)

    FIRE = "await self.set_output('exec_out', True)"

    def test_only_a_return_of_names_and_constants_follows(self):
        self.assertFalse(self.has_work(self.FIRE))
        self.assertFalse(self.has_work(self.FIRE, "return {'a': value, 'b': [1, None], 'c': ()}"))
        self.assertFalse(self.has_work(self.FIRE, "return result"))
        self.assertFalse(self.has_work("return {'exec_out': True}"))

    def test_work_follows(self):
        self.assertTrue(self.has_work(self.FIRE, "log()", "return {}"))
        self.assertTrue(self.has_work(self.FIRE, "return work()"))
        self.assertTrue(self.has_work(self.FIRE, "return {**more}"))
        self.assertTrue(self.has_work(self.FIRE, "a = 1", "return a"))
        self.assertTrue(self.has_work(self.FIRE, self.FIRE))

    def test_work_before_is_none_behind(self):
        self.assertFalse(self.has_work("value = work()", "await self.set_output('result', value)", self.FIRE, "return {}"))

    def test_pushes_of_data_and_of_false_do_not_fire(self):
        self.assertFalse(self.has_work("await self.set_output('result', 4)", "log()"))
        self.assertFalse(self.has_work("await self.set_output('exec_out', False)", "log()"))
        self.assertTrue(self.has_work("await self.set_output(port, 4)", "log()"))
        self.assertTrue(self.has_work("await self.set_output('unknown', 4)", "log()"))

    def test_branches(self):
        self.assertFalse(self.has_work("if a:", "    " + self.FIRE, "else:", "    await self.set_output('done', 1)", "return {}"))
        self.assertFalse(self.has_work("if a:", "    " + self.FIRE, "    return a", "work()"))
        self.assertTrue(self.has_work("if a:", "    " + self.FIRE, "work()"))
        self.assertTrue(self.has_work("if a:", "    " + self.FIRE, "    work()"))

    def test_loops_and_blocks_with_an_end_of_their_own(self):
        self.assertTrue(self.has_work("for item in items:", "    " + self.FIRE))
        self.assertTrue(self.has_work("while True:", "    " + self.FIRE))
        self.assertTrue(self.has_work("with lock:", "    " + self.FIRE))
        self.assertTrue(self.has_work("try:", "    " + self.FIRE, "finally:", "    work()"))

    def test_firings_inside_of_others_functions_and_expressions(self):
        self.assertTrue(self.has_work("x = [%s for _ in items]" % self.FIRE))
        source = "async def help(self):\n    %s\nasync def execute(self, inputs):\n    await help(self)\n    work()\n" % self.FIRE
        self.assertTrue(self.has_work_behind_firings(source, OUTPUTS))

    def returned(self, *lines):
        """What is known to be returned behind a firing, by line of the body, with x = 1."""
        body = "".join("    %s\n" % line for line in lines)
        ends = self.returns_behind_firings("async def execute(self, inputs):\n" + body, OUTPUTS)
        no_return = self.names["NO_RETURN"]
        return {line - 1: None if end is no_return else eval(end, {"x": 1}) for line, end in ends.items()}

    def test_what_it_returns_is_known(self):
        self.assertEqual(self.returned(self.FIRE), {1: None})
        self.assertEqual(self.returned(self.FIRE, "return"), {1: None})
        self.assertEqual(self.returned("for name in x:", "    await self.set_output(name, 1)", self.FIRE, "return {'a': x}"), {3: {"a": 1}})
        self.assertEqual(self.returned("if x:", "    " + self.FIRE, "else:", "    " + self.FIRE, "    return {'b': 2}", "return {'a': x}"),
                         {2: {"a": 1}, 4: {"b": 2}})
        self.assertEqual(self.returned(self.FIRE, self.FIRE, "return x"), {2: 1})
        self.assertEqual(self.returned(self.FIRE + "; " + self.FIRE), {})
        for lines in ([self.FIRE, "return work()"], ["while x:", "    " + self.FIRE], ["try:", "    " + self.FIRE, "finally:", "    pass"]):
            self.assertEqual(self.returned(*lines), {})

    def test_what_goes_on_beside_it(self):
        start = "task = asyncio.create_task(work())"
        self.assertEqual(self.returned(start, self.FIRE), {})
        self.assertTrue(self.has_work(start, self.FIRE))


if __name__ == "__main__":
    unittest.main()
