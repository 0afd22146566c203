"""Runs with a journal, whose nodes leave a line in a file each time they are really executed."""

import os

from support.vnode_program import ProgramTest, node


class ResumeTest(ProgramTest):
    """Nodes that leave a line in a file each time they are really executed."""

    def setUp(self):
        super().setUp()
        self.done_file = self.path("done")
        self.journal = self.path("run.journal")

    def command(self, number, text=None, **parameters):
        script = "echo %s >> '%s'" % (text or number, self.done_file)
        return node(number, "run_command", command=["sh", "-c", parameters.pop("script", "") + script], **parameters)

    def python(self, number):
        return node(number, "python_script", python_code="open(%r, 'a').write('%d\\n')" % (self.done_file, number))

    def done(self):
        try:
            with open(self.done_file, encoding="utf-8") as file:
                return file.read().split()
        except FileNotFoundError:
            return []

    def forget(self):
        if os.path.exists(self.done_file):
            os.remove(self.done_file)

    def run_it(self, workflow, *options):
        return self.vnode("run", self.write("w.json", workflow), "--format", "ndjson", *options)

    def first(self, workflow, *options):
        return self.run_it(workflow, "--journal", self.journal, *options)

    def resume(self, workflow, *options):
        self.forget()
        return self.run_it(workflow, "--resume", self.journal, *options)

    def starts(self, result):
        """Of each execution: number of the node, and whether it was taken, or why not."""
        return [(int(event["node_id"][-12:]), event.get("resumed", event.get("reason_detail")))
                for event in self.events(result.stdout) if event["type"] == "node_started"]
