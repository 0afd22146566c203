"""SIGINT and SIGTERM end a run in order, a second SIGINT at once."""

import json
import signal
import unittest

from support.vnode_program import ProgramTest, chain, node, wire

SLEEPING = chain(node(1, "delay_timer", delay=600), node(2, "console_print"))


def busy():
    """A loop that never ends and hardly ever lets go."""
    return {
        "nodes": [node(1, "While Loop", condition=True, max_iterations=10**12), node(2, "console_print", data="x")],
        "connections": [wire((1, "each_iteration"), (2, "exec_in"), True)],
    }


class Signals(ProgramTest):
    def started(self, workflow, *options, **more):
        """A process that has begun to run the workflow's first node."""
        process = self.start("run", self.write("w.json", workflow), "--format", "ndjson", *options, **more)
        lines = []
        while not lines or json.loads(lines[-1])["type"] != "node_started":
            lines.append(process.stdout.readline())
        return process, lines

    def ended_by(self, workflow, *signals):
        process, lines = self.started(workflow)
        for number in signals:
            process.send_signal(number)
        rest, errors = process.communicate(timeout=60)
        self.assertEqual(errors, b"")
        return process.returncode, self.events((b"".join(lines) + rest).decode())

    def check(self, workflow, number, code):
        returncode, events = self.ended_by(workflow, number)
        self.assertEqual(returncode, code)
        self.assertEqual(events[-1]["exit_code"], code)
        self.assertEqual(events[-1]["status"], "cancelled")
        started = [e["node_id"] for e in events if e["type"] == "node_started"]
        finished = [e["node_id"] for e in events if e["type"] == "node_finished"]
        self.assertEqual(sorted(started), sorted(finished))

    def test_a_sleeping_run(self):
        self.check(SLEEPING, signal.SIGINT, 130)
        self.check(SLEEPING, signal.SIGTERM, 143)

    def test_a_busy_run(self):
        self.check(busy(), signal.SIGINT, 130)
        self.check(busy(), signal.SIGTERM, 143)

    def test_the_first_reason_counts(self):
        process, _ = self.started(SLEEPING)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        # The second one may come when the program, all done, takes no signals any more: a shell sees 143 as well.
        self.assertIn(process.returncode, (143, -signal.SIGTERM))

    def test_a_second_sigint_ends_a_run_that_cannot_end(self):
        # Nobody reads the pipe: the end of the stream cannot be written.
        process, _ = self.started(busy())
        process.send_signal(signal.SIGINT)
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=0.05)
            except Exception:  # not yet
                continue
        self.assertEqual(process.returncode, 130)

    def test_sigint_is_heard_where_a_shell_ignores_it_for_background_jobs(self):
        process, _ = self.started(SLEEPING, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)

    def test_while_the_workflow_is_being_read(self):
        process = self.start("run", "-", stdin=-1)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        self.assertIn(process.returncode, (130, -signal.SIGINT))


if __name__ == "__main__":
    unittest.main()
