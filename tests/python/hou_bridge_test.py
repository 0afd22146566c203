#!/usr/bin/env python3
"""Tests of the Houdini bridge that node code gets as src.utils.hou_bridge."""
import os
import pathlib
import socket
import subprocess
import sys
import threading
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
PART = ROOT / "lib" / "python" / "host" / "73_hou_bridge.py"
SUPPORT = ROOT / "tests" / "support"
sys.path.insert(0, str(SUPPORT))

import hou_bridge_server  # noqa: E402


def load_part():
    names = {"__name__": "host"}
    exec(compile(PART.read_text(encoding="utf-8"), str(PART), "exec"), names)
    return names


class BridgeTest(unittest.TestCase):
    def setUp(self):
        self.server = hou_bridge_server.Server()
        thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.end)
        self.use_port(self.server.port)
        self.bridge = self.names["get_bridge"]()
        self.addCleanup(self.bridge.close)

    def use_port(self, port):
        self.names = load_part()
        with mock.patch.dict(os.environ, {"VIBRANTE_HOU_PORT": str(port)}):
            self.names["get_bridge"]()

    def last_call(self):
        return self.server.calls[-1]


class MethodsTest(BridgeTest):
    def test_every_method_sends_its_name_and_params(self):
        bridge = self.bridge
        made = bridge.create_node("/obj", "geo", "box")
        self.assertEqual(made["path"], "/obj/box")
        bridge.create_node("/obj", "null", name="other")
        expected = [
            (bridge.ping, (), {}, {}),
            (bridge.set_parm, ("/obj/box", "tx", 1.5), {}, {"node": "/obj/box", "parm": "tx", "value": 1.5}),
            (bridge.get_parm, ("/obj/box", "tx"), {}, {"node": "/obj/box", "parm": "tx"}),
            (bridge.set_parms, ("/obj/box", {"ty": 2}), {}, {"node": "/obj/box", "parms": {"ty": 2}}),
            (bridge.get_parms, ("/obj/box",), {}, {"node": "/obj/box"}),
            (
                bridge.connect_nodes,
                ("/obj/box", "/obj/other"),
                {"input_idx": 1},
                {"from": "/obj/box", "to": "/obj/other", "output": 0, "input": 1},
            ),
            (bridge.cook_node, ("/obj/box",), {}, {"path": "/obj/box", "force": False}),
            (bridge.run_code, ("1 + 1",), {}, {"code": "1 + 1"}),
            (bridge.scene_info, (), {}, {}),
            (bridge.node_info, ("/obj/box",), {}, {"path": "/obj/box"}),
            (bridge.children, (), {}, {"path": "/obj"}),
            (bridge.node_exists, ("/obj/no",), {}, {"path": "/obj/no"}),
            (bridge.set_display_flag, ("/obj/box",), {}, {"path": "/obj/box", "on": True}),
            (bridge.set_render_flag, ("/obj/box", False), {}, {"path": "/obj/box", "on": False}),
            (bridge.layout_children, (), {}, {"path": "/obj"}),
            (bridge.save_hip, (), {}, {"path": ""}),
            (
                bridge.set_expression,
                ("/obj/box", "tz", "$F"),
                {},
                {"node": "/obj/box", "parm": "tz", "expression": "$F", "language": "hscript"},
            ),
            (
                bridge.set_keyframe,
                ("/obj/box", "tx", 10, 3),
                {},
                {"node": "/obj/box", "parm": "tx", "frame": 10, "value": 3},
            ),
            (bridge.set_frame, (12,), {}, {"frame": 12}),
            (bridge.set_playback_range, (1, 50), {}, {"start": 1, "end": 50}),
            (bridge.get_completions, (), {}, {"prefix": ""}),
            (bridge.call, ("hou.x", 1), {"deep": True}, {"path": "hou.x", "args": [1], "kwargs": {"deep": True}}),
            (bridge.delete_node, ("/obj/box",), {}, {"path": "/obj/box"}),
        ]
        for method, args, kwargs, params in expected:
            with self.subTest(method.__name__):
                method(*args, **kwargs)
                self.assertEqual(self.last_call(), [method.__name__, params])
        self.assertEqual(self.server.connections, 1)

    def test_results_come_back_as_they_are(self):
        self.assertEqual(self.bridge.ping(), "pong")
        self.assertEqual(self.bridge.children(), [])
        self.assertIs(self.bridge.node_exists("/obj"), True)
        self.assertEqual(self.bridge.call("é", "\u2028")["args"], ["\u2028"])

    def test_a_large_answer_comes_whole(self):
        text = "x" * 3000000
        self.assertEqual(self.bridge.call("echo", text)["args"], [text])

    def test_ids_increase(self):
        seen = []
        reply_to = hou_bridge_server.Connection.reply_to

        def watch(connection, request, behaviour):
            seen.append(request["id"])
            return reply_to(connection, request, behaviour)

        with mock.patch.object(hou_bridge_server.Connection, "reply_to", watch):
            self.bridge.ping()
            self.bridge.ping()
        self.assertLess(seen[0], seen[1])

    def test_calls_of_several_threads_do_not_mix(self):
        wrong = []

        def call_often(number):
            for turn in range(50):
                if self.bridge.call("echo", number, turn)["args"] != [number, turn]:
                    wrong.append((number, turn))

        threads = [threading.Thread(target=call_often, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        self.assertEqual(self.server.connections, 1)


class ErrorsTest(BridgeTest):
    def test_an_error_of_houdini_is_a_runtime_error_and_the_connection_stays(self):
        with self.assertRaisesRegex(RuntimeError, "no node /obj/none"):
            self.bridge.node_info("/obj/none")
        self.server.test_next("error")
        with self.assertRaisesRegex(RuntimeError, "told to fail"):
            self.bridge.ping()
        self.assertEqual(self.bridge.ping(), "pong")
        self.assertEqual(self.server.connections, 1)

    def test_a_closed_connection_is_a_connection_error_and_the_next_call_makes_a_new_one(self):
        for behaviour in ("drop", "half", "garbage"):
            with self.subTest(behaviour):
                self.server.test_next(behaviour)
                with self.assertRaises(ConnectionError):
                    self.bridge.ping()
                self.assertEqual(self.bridge.ping(), "pong")

    def test_a_lost_call_is_not_repeated(self):
        self.server.test_next("drop")
        with self.assertRaises(ConnectionError):
            self.bridge.create_node("/obj", "geo", "once")
        self.assertEqual([call[0] for call in self.server.calls], ["create_node"])

    def test_no_answer_in_time_is_a_connection_error_and_its_late_answer_is_never_read(self):
        self.bridge.timeout = 0.05
        self.server.test_next("slow", seconds=0.2)
        with self.assertRaisesRegex(ConnectionError, "no answer"):
            self.bridge.call("slow")
        self.bridge.timeout = 30
        self.assertEqual(self.bridge.ping(), "pong")

    def test_a_failed_send_reconnects_once(self):
        self.bridge.ping()
        self.bridge._socket.shutdown(socket.SHUT_WR)
        with mock.patch.object(self.bridge, "_is_idle", return_value=True):
            self.assertEqual(self.bridge.ping(), "pong")
        self.assertEqual(self.server.connections, 2)

    def test_what_json_has_no_form_for_is_a_type_error_and_sends_nothing(self):
        with self.assertRaises(TypeError):
            self.bridge.set_parm("/obj", "tx", object())
        self.assertEqual(self.server.calls, [])
        self.assertEqual(self.bridge.ping(), "pong")


class AvailabilityTest(unittest.TestCase):
    def free_port(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def test_without_houdini(self):
        names = load_part()
        with mock.patch.dict(os.environ, {"VIBRANTE_HOU_PORT": str(self.free_port())}):
            self.assertIs(names["is_available"](), False)
            with self.assertRaisesRegex(ConnectionError, "no Houdini listens"):
                names["get_bridge"]().ping()

    def test_a_bad_port_is_named(self):
        names = load_part()
        with mock.patch.dict(os.environ, {"VIBRANTE_HOU_PORT": "many"}):
            with self.assertRaisesRegex(ValueError, "many"):
                names["get_bridge"]()
            self.assertIs(names["is_available"](), False)

    def test_the_default_port(self):
        environment = {name: value for name, value in os.environ.items() if name != "VIBRANTE_HOU_PORT"}
        with mock.patch.dict(os.environ, environment, clear=True):
            self.assertEqual(load_part()["HouBridge"]().port, 18811)

    def test_one_bridge_for_all_and_the_server_as_a_program(self):
        program = [sys.executable, str(SUPPORT / "hou_bridge_server.py"), "--next", "error"]
        with subprocess.Popen(program, stdout=subprocess.PIPE, universal_newlines=True) as server:
            self.addCleanup(server.wait)
            self.addCleanup(server.kill)
            names = load_part()
            with mock.patch.dict(os.environ, {"VIBRANTE_HOU_PORT": server.stdout.readline().strip()}):
                bridge = names["get_bridge"]()
                self.addCleanup(bridge.close)
                self.assertIs(names["get_bridge"](), bridge)
                self.assertIs(names["is_available"](), False)
                self.assertIs(names["is_available"](), True)
            server.kill()
            server.wait()
            with self.assertRaises(ConnectionError):
                bridge.ping()

    def test_all_names_exist(self):
        names = load_part()
        for name in names["HOU_BRIDGE_NAMES"]:
            self.assertIn(name, names)


if __name__ == "__main__":
    unittest.main()
