# src.utils.hou_bridge: calls into a running Houdini, over the small server that its plug-in opens on this machine.
#
# One JSON line {"method", "params", "id"} a request, one JSON line with "result" or a truthy "error" a reply. Calls
# block, one at a time. RuntimeError: Houdini refused or failed. ConnectionError: it is not there, closed the connection
# or did not answer in time.

import _thread
import os

HOU_BRIDGE_NAMES = ("HouBridge", "get_bridge", "is_available")

_HOU_ADDRESS = "127.0.0.1"
_HOU_DEFAULT_PORT = 18811
_HOU_TIMEOUT = 30.0
_hou_bridge = None
_hou_bridge_lock = _thread.allocate_lock()


class HouBridge:
    """One connection to Houdini, made with the first call and again when it was lost. Any thread may call."""

    def __init__(self):
        port = os.environ.get("VIBRANTE_HOU_PORT") or _HOU_DEFAULT_PORT
        try:
            self.port = int(port)
        except ValueError:
            raise ValueError("VIBRANTE_HOU_PORT must be a port number, not %r" % port) from None
        self.timeout = _HOU_TIMEOUT
        self._lock = _thread.allocate_lock()
        self._socket = None
        self._received = b""
        self._last_id = 0

    def close(self):
        """Ends the connection; the next call makes a new one."""
        connection, self._socket, self._received = self._socket, None, b""
        if connection is not None:
            connection.close()

    # ---- what Houdini is asked for

    def ping(self):
        return self._request("ping")

    def create_node(self, parent, node_type, name=""):
        return self._request("create_node", {"parent": parent, "type": node_type, "name": name})

    def delete_node(self, path):
        return self._request("delete_node", {"path": path})

    def set_parm(self, node, parm, value):
        return self._request("set_parm", {"node": node, "parm": parm, "value": value})

    def get_parm(self, node, parm):
        return self._request("get_parm", {"node": node, "parm": parm})

    def set_parms(self, node, parms):
        return self._request("set_parms", {"node": node, "parms": parms})

    def get_parms(self, node):
        return self._request("get_parms", {"node": node})

    def connect_nodes(self, from_node, to_node, output=0, input_idx=0):
        return self._request("connect_nodes", {"from": from_node, "to": to_node, "output": output, "input": input_idx})

    def cook_node(self, path, force=False):
        return self._request("cook_node", {"path": path, "force": force})

    def run_code(self, code):
        return self._request("run_code", {"code": code})

    def scene_info(self):
        return self._request("scene_info")

    def node_info(self, path):
        return self._request("node_info", {"path": path})

    def children(self, path="/obj"):
        return self._request("children", {"path": path})

    def node_exists(self, path):
        return self._request("node_exists", {"path": path})

    def set_display_flag(self, path, on=True):
        return self._request("set_display_flag", {"path": path, "on": on})

    def set_render_flag(self, path, on=True):
        return self._request("set_render_flag", {"path": path, "on": on})

    def layout_children(self, path="/obj"):
        return self._request("layout_children", {"path": path})

    def save_hip(self, path=""):
        return self._request("save_hip", {"path": path})

    def set_expression(self, node, parm, expression, language="hscript"):
        params = {"node": node, "parm": parm, "expression": expression, "language": language}
        return self._request("set_expression", params)

    def set_keyframe(self, node, parm, frame, value):
        return self._request("set_keyframe", {"node": node, "parm": parm, "frame": frame, "value": value})

    def set_frame(self, frame):
        return self._request("set_frame", {"frame": frame})

    def set_playback_range(self, start, end):
        return self._request("set_playback_range", {"start": start, "end": end})

    def get_completions(self, prefix=""):
        return self._request("get_completions", {"prefix": prefix})

    def call(self, path, *args, **kwargs):
        """Calls the function of that dotted path, inside Houdini."""
        return self._request("call", {"path": path, "args": list(args), "kwargs": kwargs})

    # ---- how it is asked

    def _request(self, method, params=None):
        import json

        with self._lock:
            self._last_id += 1
            request = json.dumps({"method": method, "params": params or {}, "id": self._last_id}) + "\n"
            try:
                self._send(request.encode("utf-8"))
                reply = json.loads(self._read_line().decode("utf-8"))
            except ValueError:
                self.close()
                raise ConnectionError("%s: Houdini's answer is not JSON" % method) from None
            except OSError as error:
                self.close()
                raise ConnectionError("%s: %s" % (method, self._explain(error))) from error
            except BaseException:  # an interrupted call leaves a reply behind that the next one must not read
                self.close()
                raise
            if not isinstance(reply, dict):
                self.close()
                raise ConnectionError("%s: Houdini's answer is not a JSON object" % method)
        if reply.get("error"):
            raise RuntimeError(str(reply["error"]))
        return reply.get("result")

    def _send(self, data):
        if self._socket is not None and not self._is_idle():
            self.close()
        if self._socket is not None:
            try:
                self._socket.sendall(data)
                return
            except OSError:
                self.close()
            # The connection was lost since the last call: once more with a new one.
        self._connect()
        self._socket.sendall(data)

    def _connect(self):
        import socket

        self._socket = socket.create_connection((_HOU_ADDRESS, self.port), timeout=self.timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _is_idle(self):
        """False when the other end has closed the connection, or has sent what nobody asked for."""
        if self._received:
            return False
        self._socket.settimeout(0)
        try:
            self._socket.recv(1)
        except BlockingIOError:
            return True
        except OSError:
            pass
        finally:
            self._socket.settimeout(self.timeout)
        return False

    def _read_line(self):
        chunks = [self._received]
        while b"\n" not in chunks[-1]:
            chunk = self._socket.recv(65536)
            if not chunk:
                raise ConnectionError("Houdini closed the connection")
            chunks.append(chunk)
        line, _, self._received = b"".join(chunks).partition(b"\n")
        return line

    def _explain(self, error):
        import socket

        if isinstance(error, socket.timeout):
            return "no answer from Houdini within %g s" % self.timeout
        if isinstance(error, ConnectionRefusedError):
            return "no Houdini listens on %s:%d" % (_HOU_ADDRESS, self.port)
        return str(error)


def get_bridge():
    """The bridge that all nodes share."""
    global _hou_bridge
    with _hou_bridge_lock:
        if _hou_bridge is None:
            _hou_bridge = HouBridge()
        return _hou_bridge


def is_available():
    """True when Houdini answers."""
    try:
        get_bridge().ping()
    except Exception:
        return False
    return True
