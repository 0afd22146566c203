"""Commands as nodes, in the real program: the definitions in nodes/commands, with stand-ins for their programs and with
the programs themselves where they are; `run_command`; what the command line has for them."""

import json
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import unittest

from support.vnode_program import VNODE, ProgramTest, chain, node, uuid, wire
from support.waiting import wait_until

COMMANDS = os.path.join(os.path.dirname(__file__), "..", "..", "nodes", "commands")

# Tells how it was called, and writes what it is told to write.
STAND_IN = """#!/usr/bin/env python3
import json, os, sys
with open(os.environ["CALLS"], "a") as calls:
    print(json.dumps([os.path.basename(sys.argv[0]), *sys.argv[1:]]), file=calls)
for path in os.environ.get("WRITES", "").split(":"):
    if path:
        open(path, "a").write("x")
print(os.environ.get("PRINTS", ""))
sys.exit(int(os.environ.get("EXITS", "0")))
"""


class CommandsTest(ProgramTest):
    def run_nodes(self, document, *options, **environment):
        """The exit code, and the events."""
        path = self.write("workflow.json", document)
        env = {**os.environ, **environment}
        done = subprocess.run([VNODE, "run", path, "--nodes", COMMANDS, "--format", "ndjson", *options], cwd=self.folder,
                              env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode, events

    @staticmethod
    def output(events, port, number=1):
        values = [event["output"][port] for event in events if event["type"] == "node_output"
                  and event["node_id"] == uuid(number) and port in event["output"]]
        return values[-1] if values else None


class StandIns(CommandsTest):
    """(node, inputs, files that the program writes, how it must have been called)"""

    CASES = [
        ("ffmpeg_transcode", {"source": "-a.mov", "target": "b.mp4", "scale": "320:-1", "options": ["-crf", "18"]}, "b.mp4",
         ["ffmpeg", "-nostdin", "-y", "-i", "./-a.mov", "-vf", "scale=320:-1", "-crf", "18", "b.mp4"]),
        ("ffmpeg_transcode", {"source": "a", "target": "b"}, "b", ["ffmpeg", "-nostdin", "-y", "-i", "a", "b"]),
        ("rsync_copy", {"source": "a/", "target": "b", "remove": True}, "b",
         ["rsync", "--archive", "--info=progress2", "--delete", "--", "a/", "b"]),
        ("git_clone", {"repository": "-x", "target": "b", "branch": "main", "depth": 1}, "b",
         ["git", "clone", "--progress", "--branch=main", "--depth=1", "--", "-x", "b"]),
        ("curl_download", {"url": "https://example.org/", "target": "b"}, "b",
         ["curl", "--fail", "--location", "--silent", "--show-error", "--output", "b", "--url", "https://example.org/"]),
        ("blender_render", {"scene": "s.blend", "first": 2, "last": 5, "output": "o_####", "engine": "CYCLES"}, "",
         ["blender", "-b", "s.blend", "--python-exit-code", "1", "-o", "o_####", "-E", "CYCLES", "-s", "2", "-e", "5", "-a"]),
        ("houdini_hython", {"script": "s.py", "arguments": ["a", 1]}, "", ["hython", "s.py", "a", "1"]),
        ("houdini_husk", {"stage": "s.usd", "output": "o.exr"}, "",
         ["husk", "--verbose", "a3", "--make-output-path", "--exrmode", "1", "--frame", "1", "--frame-count", "1", "--output",
          "o.exr", "s.usd"]),
        ("maya_batch", {"script": "-s.py"}, "", ["mayapy", "./-s.py"]),
        ("nuke_render", {"script": "s.nk", "frames": "1-10", "write": "Write1"}, "",
         ["nuke", "-F", "1-10", "-X", "Write1", "-x", "s.nk"]),
    ]

    def setUp(self):
        super().setUp()
        os.mkdir(self.path("bin"))
        for program in ("ffmpeg", "ffprobe", "rsync", "git", "curl", "blender", "hython", "husk", "mayapy", "nuke", "oiiotool"):
            self.write("bin/" + program, STAND_IN)
            os.chmod(self.path("bin/" + program), 0o755)

    def run_stand_in(self, node_id, inputs, **environment):
        environment = {"PATH": self.path("bin") + ":/usr/bin:/bin", "CALLS": self.path("calls"), **environment}
        return self.run_nodes({"nodes": [node(1, node_id, **inputs)]}, **environment)

    def calls(self):
        with open(self.path("calls")) as file:
            return [json.loads(line) for line in file]

    def test_programs_are_called_as_they_want_it(self):
        for node_id, inputs, written, call in self.CASES:
            with self.subTest(node_id):
                code, events = self.run_stand_in(node_id, inputs, WRITES=written)
                self.assertEqual(code, 0, events)
                self.assertEqual(self.calls()[-1], call)

    def test_an_exit_code_fails_every_one_of_them(self):
        for node_id, inputs, written, _ in self.CASES:
            with self.subTest(node_id):
                self.assertEqual(self.run_stand_in(node_id, inputs, WRITES=written, EXITS="3")[0], 1)

    def test_a_target_that_is_not_written_is_a_failure(self):
        code, events = self.run_stand_in("ffmpeg_transcode", {"source": "a", "target": "b"})
        self.assertEqual(code, 1)
        self.assertIn("b is not there", events[-1]["error"])

    def test_what_the_program_prints_may_be_a_failure(self):
        for node_id, inputs, text in (("blender_render", {"scene": "s"}, "Error: Python: boom"),
                                      ("nuke_render", {"script": "s"}, "ERROR: no licence"),
                                      ("ffmpeg_transcode", {"source": "a", "target": "b"}, "Error while decoding")):
            with self.subTest(node_id):
                self.assertEqual(self.run_stand_in(node_id, inputs, PRINTS=text, WRITES="b")[0], 1)

    def test_progress_is_told(self):
        for node_id, inputs, text, fraction in (("blender_render", {"scene": "s", "last": 4}, "Fra:2 Mem:1M", 0.5),
                                                ("houdini_husk", {"stage": "s", "output": "o"}, "ALF_PROGRESS 25%", 0.25),
                                                ("nuke_render", {"script": "s"}, "Frame 8 (3 of 4)", 0.75)):
            with self.subTest(node_id):
                _, events = self.run_stand_in(node_id, inputs, PRINTS=text)
                told = [event["fraction"] for event in events if event["type"] == "node_progress"]
                self.assertEqual(told, [fraction])

    def test_image_convert_prefers_oiiotool(self):
        code, _ = self.run_stand_in("image_convert", {"source": "a b.exr", "target": "c.png", "size": "10x10"}, WRITES="c.png")
        self.assertEqual(code, 0)
        self.assertEqual(self.calls(), [["oiiotool", "a b.exr", "--resize", "10x10", "-o", "c.png"]])

    def test_ffprobe_tells_json(self):
        code, events = self.run_stand_in("ffmpeg_probe", {"source": "a"}, PRINTS='{"format": {"duration": "2.0"}}')
        self.assertEqual((code, self.output(events, "info")), (0, {"format": {"duration": "2.0"}}))
        code, _ = self.run_stand_in("ffmpeg_probe", {"source": "a"}, PRINTS="nothing")
        self.assertEqual(code, 1)

    def test_each_validates_without_its_program(self):
        for name in sorted(os.listdir(COMMANDS)):
            with self.subTest(name):
                path = self.write("workflow.json", {"nodes": [node(1, name[:-5])]})
                done = subprocess.run([VNODE, "validate", path, "--nodes", COMMANDS], capture_output=True, text=True,
                                      env={**os.environ, "PATH": "/nowhere"}, timeout=60)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class RealPrograms(CommandsTest):
    def need(self, program):
        if not shutil.which(program):
            self.skipTest("no %s here" % program)

    def test_git(self):
        self.need("git")
        run = lambda *words: subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], check=True,
                                            cwd=self.path("source"), capture_output=True)
        os.mkdir(self.path("source"))
        run("init", "-q", "-b", "main")
        run("commit", "-q", "--allow-empty", "-m", "first")
        document = {"nodes": [node(1, "git_clone", repository=self.path("source"), target="copy")]}
        self.assertEqual(self.run_nodes(document)[0], 0)
        self.assertTrue(os.path.isdir(self.path("copy/.git")))
        code, events = self.run_nodes(document)  # it is there already
        self.assertEqual(code, 1)
        self.assertIn("already exists", events[-1]["error"])

    def test_curl(self):
        self.need("curl")
        self.write("file.txt", "content")
        url = "file://" + self.path("file.txt")
        self.assertEqual(self.run_nodes({"nodes": [node(1, "curl_download", url=url, target="got")]})[0], 0)
        with open(self.path("got")) as file:
            self.assertEqual(file.read(), "content")
        self.assertEqual(self.run_nodes({"nodes": [node(1, "curl_download", url=url + "no", target="got")]})[0], 1)

    def test_rsync(self):
        self.need("rsync")
        os.mkdir(self.path("a"))
        self.write("a/x", "1")
        document = {"nodes": [node(1, "rsync_copy", source="a/", target="b")]}
        for _ in range(2):  # the second time nothing is to be done
            self.assertEqual(self.run_nodes(document)[0], 0)
        self.assertTrue(os.path.exists(self.path("b/x")))

    def test_ffmpeg(self):
        self.need("ffmpeg")
        self.need("ffprobe")
        made = {"nodes": [node(1, "run_command", command="ffmpeg -nostdin -y -f lavfi -i testsrc=d=1:s=64x64:r=10 a.avi",
                               expect_files=["a.avi"]),
                          node(2, "ffmpeg_probe"), node(3, "ffmpeg_transcode", source="a.avi", target="b.avi", scale="32:-1",
                                                        seconds=1.0)],
                "connections": [wire((1, "exec_out"), (2, "exec_in"), True), wire((2, "exec_out"), (3, "exec_in"), True)]}
        made["nodes"][1]["parameters"]["source"] = "a.avi"
        code, events = self.run_nodes(made)
        self.assertEqual(code, 0, events[-1])
        self.assertEqual(self.output(events, "info", 2)["streams"][0]["width"], 64)
        self.assertEqual(self.output(events, "target_out", 3), "b.avi")

    def test_image_magick(self):
        if not shutil.which("magick") and not shutil.which("convert-im6.q16"):
            self.skipTest("no ImageMagick here")
        code, events = self.run_nodes({"nodes": [node(1, "image_convert", source="xc:red", target="r.png", size="7x5")]},
                                      PATH="/usr/bin:/bin")
        self.assertEqual(code, 0, events[-1])
        with open(self.path("r.png"), "rb") as file:
            self.assertEqual(file.read()[16:24], b"\0\0\0\7\0\0\0\5")


class CommandLine(CommandsTest):
    def vnode(self, *words, **more):
        return subprocess.run([VNODE, *words], cwd=self.folder, capture_output=True, text=True, timeout=60, **more)

    def test_mistakes_are_problems_with_their_pointers(self):
        self.write("bad.json", {"node_id": "bad", "name": "Bad", "command": ["x", "{no}"], "success": {"file": []}})
        path = self.write("w.json", {"nodes": [node(1, "bad")]})
        os.mkdir(self.path("nodes"))
        os.rename(self.path("bad.json"), self.path("nodes/bad.json"))
        done = self.vnode("validate", path, "--nodes", "nodes")
        self.assertEqual(done.returncode, 3)
        for pointer in ("/command/1", "/success/file"):
            self.assertIn(pointer, done.stdout + done.stderr)

    def test_new_command_runs_as_it_is(self):
        os.mkdir(self.path("nodes"))
        self.assertEqual(self.vnode("nodes", "new", "mine", "--command", "--dir", "nodes").stdout, "nodes/mine.json\n")
        path = self.write("w.json", {"nodes": [node(1, "mine", text="it's \"x\"", upper=True)]})
        done = self.vnode("run", path, "--nodes", "nodes", "--output", "mine.result")
        self.assertEqual((done.returncode, done.stdout), (0, '"IT\'S \\"X\\""\n'), done.stderr)
        self.assertEqual(self.vnode("nodes", "new", "two", "--command", "--python").returncode, 2)
        shown = json.loads(self.vnode("nodes", "show", "mine", "--nodes", "nodes", "-o", "json").stdout)
        self.assertEqual(shown["outputs_from"], {"result": {"stdout": "text"}})

    def test_output_is_whole_when_it_is_asked_for(self):
        path = self.write("w.json", {"nodes": [node(1, "run_command", command="printf %0300000d 5")]})
        done = subprocess.run([VNODE, "run", path, "--output", "run_command.stdout"], stdout=subprocess.PIPE, timeout=60)
        self.assertEqual(len(done.stdout), 300003)  # a JSON text

    def test_a_signal_ends_the_run_and_what_it_started(self):
        path = self.write("w.json", {"nodes": [node(1, "run_command", command="sleep 600; x", shell=True, directory=self.folder),
                                               node(2, "run_command", command="sh -c 'echo $$ > pid.new; mv pid.new pid; exec sleep 600'",
                                                    directory=self.folder)]})
        running = subprocess.Popen([VNODE, "run", path, "--format", "ndjson"], stdout=subprocess.PIPE, cwd=self.folder)
        wait_until(lambda: os.path.exists(self.path("pid")), "the program's start")
        running.send_signal(signal.SIGTERM)
        out, _ = running.communicate(timeout=30)
        last = json.loads(out.splitlines()[-1])
        self.assertEqual((running.returncode, last["status"], last["nodes"]["cancelled"]), (143, "cancelled", 2))
        with open(self.path("pid")) as file:
            self.assertFalse(os.path.exists("/proc/" + file.read().strip()))


if __name__ == "__main__":
    unittest.main()
