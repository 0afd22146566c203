"""`vnode logs`, and events as people see them."""

import unittest

from support.daemon_test_case import FAILING, DaemonTest
from support.vnode_program import TIME_LIMIT, chain, node

LOGGING = chain(node(1, "console_print", data="first"), node(2, "console_print", data="es\x1b[2Jcape"))


class Logs(DaemonTest):
    def run_to_end(self, workflow):
        run = self.submit(workflow)
        self.vnode("wait", run)
        return run

    def test_what_a_person_reads(self):
        text = self.ok("logs", self.run_to_end(LOGGING))
        time = r"\d\d:\d\d:\d\d\.\d{3}"
        self.assertRegex(text, rf"\A{time} started  w, 2 nodes\n")
        self.assertRegex(text, rf"(?m)^{time} success  console_print 00000000: Print: first$")
        self.assertRegex(text, rf"\n{time} completed after [^\n]*\n\Z")
        self.assertIn(r"es\x1b[2Jcape", text)
        self.assertNotIn("\x1b", text)

    def test_failures(self):
        run = self.run_to_end(FAILING)
        text = self.ok("logs", run)
        self.assertRegex(text, r"(?m)^\S+ error +delay_timer 00000000: ")
        self.assertRegex(text.splitlines()[-1], r"^\S+ failed +after ")
        errors = self.ok("logs", run, "--level", "error")
        self.assertNotIn("started", errors)
        self.assertLess(len(errors.splitlines()), len(text.splitlines()))
        self.assertIn("delay_timer", errors)

    def test_of_one_node(self):
        run = self.run_to_end(LOGGING)
        text = self.ok("logs", run, "00000000-0000-0000-0000-000000000001")
        self.assertIn("first", text)
        self.assertNotIn("cape", text)
        self.assertNotIn("started", text)
        self.assertIn("console_print", self.refused(2, "logs", run, "consol_print"))

    def test_following(self):
        run = self.running()
        follower = self.start("logs", run, "-f")
        self.assertIn(b"started", follower.stdout.readline())
        self.ok("cancel", run)
        rest = follower.stdout.read()
        self.assertRegex(rest.splitlines()[-1], rb"^\S+ cancelled after ")
        self.assertEqual(follower.wait(timeout=TIME_LIMIT), 0)

    def test_a_node_that_has_not_begun_is_no_mistake(self):
        run = self.running()
        result = self.vnode("logs", run, "console_print")
        self.assertEqual((result.returncode, result.stdout), (0, ""))
        self.assertIn("so far", result.stderr)
        self.ok("cancel", run)

    def test_events_as_people_see_them(self):
        run = self.running()
        follower = self.start("events", run, "-o", "pretty")
        self.assertEqual(follower.stdout.readline(), b"w: 2 nodes, 1 connection\n")
        self.ok("cancel", run)
        self.assertRegex(follower.stdout.read().splitlines()[-1], rb"cancelled")
        self.assertEqual(follower.wait(timeout=TIME_LIMIT), 0)
        self.assertRegex(self.ok("events", run, "-o", "ndjson"), r"\A\{")


if __name__ == "__main__":
    unittest.main()
