#!/usr/bin/env python3
"""A stand-in for the server that a running Houdini offers to vnode's bridge: JSON lines over TCP on 127.0.0.1.

usage: hou_bridge_server.py [--port N] [--next BEHAVIOUR]

Prints its port as its first line and serves until it is killed. Every method of the bridge is answered from a small
scene in memory. The method `test_next` {"behaviour": ..., "seconds": ...} says what to do with the next call instead:

    drop        close the connection without an answer
    error       answer with an error
    slow        answer after `seconds` (default 3600), or when the server ends
    garbage     answer with a line that is not JSON
    half        answer with half a line, then close the connection

`test_calls` answers with all calls so far, as pairs of method and params.
"""
import argparse
import json
import socketserver
import threading

BEHAVIOURS = ("drop", "error", "slow", "garbage", "half")


class HoudiniError(Exception):
    pass


class Scene:
    """Nodes by path, and a timeline. Every public method is a method of the bridge; arguments have the names of its params."""

    def __init__(self):
        self._nodes = {"/obj": self._new_node("obj"), "/out": self._new_node("out")}
        self._frame = 1
        self._range = [1, 240]
        self._hip = "untitled.hip"

    def _new_node(self, kind):
        return {"type": kind, "parms": {}, "inputs": {}, "display": False, "render": False, "cooks": 0}

    def _node(self, path):
        if path not in self._nodes:
            raise HoudiniError("no node %s" % path)
        return self._nodes[path]

    def ping(self):
        return "pong"

    def create_node(self, parent, type, name):
        self._node(parent)
        path = parent + "/" + (name or "%s%d" % (type, len(self._nodes)))
        if path in self._nodes:
            raise HoudiniError("there is a node %s already" % path)
        self._nodes[path] = self._new_node(type)
        return {"path": path, "name": path.rsplit("/", 1)[1], "type": type}

    def delete_node(self, path):
        self._node(path)
        for other in [other for other in self._nodes if other == path or other.startswith(path + "/")]:
            del self._nodes[other]
        return True

    def set_parm(self, node, parm, value):
        self._node(node)["parms"][parm] = value
        return True

    def get_parm(self, node, parm):
        parms = self._node(node)["parms"]
        if parm not in parms:
            raise HoudiniError("%s has no parameter %s" % (node, parm))
        return parms[parm]

    def set_parms(self, node, parms):
        self._node(node)["parms"].update(parms)
        return True

    def get_parms(self, node):
        return self._node(node)["parms"]

    def connect_nodes(self, to, output, input, **source):
        self._node(source["from"])
        self._node(to)["inputs"][str(input)] = [source["from"], output]
        return True

    def cook_node(self, path, force):
        self._node(path)["cooks"] += 1
        return True

    def run_code(self, code):
        return {"output": "", "result": "ran %d characters" % len(code)}

    def scene_info(self):
        return {"hip": self._hip, "frame": self._frame, "range": self._range, "nodes": sorted(self._nodes)}

    def node_info(self, path):
        return dict(self._node(path), path=path)

    def children(self, path):
        self._node(path)
        return sorted(other for other in self._nodes if other.rpartition("/")[0] == path)

    def node_exists(self, path):
        return path in self._nodes

    def set_display_flag(self, path, on):
        self._node(path)["display"] = on
        return True

    def set_render_flag(self, path, on):
        self._node(path)["render"] = on
        return True

    def layout_children(self, path):
        self._node(path)
        return True

    def save_hip(self, path):
        self._hip = path or self._hip
        return self._hip

    def set_expression(self, node, parm, expression, language):
        self._node(node)["parms"][parm] = {"expression": expression, "language": language}
        return True

    def set_keyframe(self, node, parm, frame, value):
        self._node(node)["parms"].setdefault(parm + ".keys", []).append([frame, value])
        return True

    def set_frame(self, frame):
        self._frame = frame
        return frame

    def set_playback_range(self, start, end):
        self._range = [start, end]
        return True

    def get_completions(self, prefix):
        return [name for name in ("hou.node", "hou.parm", "hou.pwd") if name.startswith(prefix)]

    def call(self, path, args, kwargs):
        return {"path": path, "args": args, "kwargs": kwargs}


class Server(socketserver.ThreadingTCPServer):
    """Serves one scene to any number of connections, one call at a time."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), Connection)
        self.port = self.server_address[1]
        self.scene = Scene()
        self.lock = threading.Lock()
        self.calls = []
        self.connections = 0
        self.next_behaviour = None
        self.seconds = None
        self.ending = threading.Event()

    def test_next(self, behaviour, seconds=3600):
        if behaviour not in BEHAVIOURS:
            raise HoudiniError("unknown behaviour %s" % behaviour)
        self.next_behaviour, self.seconds = behaviour, seconds
        return True

    def take_behaviour(self):
        behaviour, self.next_behaviour = self.next_behaviour, None
        return behaviour

    def answer(self, method, params):
        if method == "test_next":
            return self.test_next(**params)
        if method == "test_calls":
            return self.calls
        self.calls.append([method, params])
        function = None if method.startswith("_") else getattr(self.scene, method, None)
        if function is None:
            raise HoudiniError("unknown method %s" % method)
        return function(**params)

    def end(self):
        self.ending.set()
        self.shutdown()
        self.server_close()


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        self.server.connections += 1
        try:
            while self.answer_one():
                pass
        except (ConnectionError, BrokenPipeError):
            pass

    def answer_one(self):
        """Reads one request and answers it; false when the connection is to be closed."""
        line = self.rfile.readline()
        if not line:
            return False
        request = json.loads(line.decode("utf-8"))
        is_control = request["method"].startswith("test_")
        with self.server.lock:
            behaviour = None if is_control else self.server.take_behaviour()
            reply = self.reply_to(request, behaviour)
        if behaviour == "slow":
            self.server.ending.wait(self.server.seconds)
        text = json.dumps(reply)
        if behaviour == "drop":
            return False
        if behaviour == "half":
            self.wfile.write(text[: len(text) // 2].encode("utf-8"))
            return False
        self.wfile.write(b"this is not JSON\n" if behaviour == "garbage" else text.encode("utf-8") + b"\n")
        return True

    def reply_to(self, request, behaviour):
        if behaviour == "error":
            return {"id": request["id"], "error": "told to fail"}
        try:
            return {"id": request["id"], "result": self.server.answer(request["method"], request["params"])}
        except (HoudiniError, TypeError, KeyError) as error:
            return {"id": request["id"], "error": str(error)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--next", choices=BEHAVIOURS)
    options = parser.parse_args()
    server = Server(options.port)
    server.next_behaviour, server.seconds = options.next, 3600
    print(server.port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
