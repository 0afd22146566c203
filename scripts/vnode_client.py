#!/usr/bin/env python3
"""A client of the vnode daemon in plain Python (3.7 or later, standard library only).

As a module:

    from vnode_client import Client

    with Client() as daemon:
        run = daemon.submit("report.json", info={"shot": "010"})
        for event in daemon.events(run):
            print(event["type"])
        print(daemon.wait(run)["status"])

As a program: vnode_client.py METHOD [PARAMS as JSON], for example
    vnode_client.py run.list '{"limit": 5}'
    vnode_client.py run.events '{"id": "261121-00001"}'      # one event a line, until the run has ended

A daemon on another machine: Client("farm.example.org:7000", token="...", tls_ca="ca.pem"); as a program
    VNODE_CONNECT=farm.example.org:7000 VNODE_TOKEN_FILE=token VNODE_TLS_CA=ca.pem vnode_client.py run.list

The protocol is described in lib/rpc/protocol.md: JSON-RPC 2.0, one message a line, on a Unix socket or over TCP.
"""
import contextlib
import ipaddress
import json
import os
import socket
import ssl
import sys


class DaemonError(Exception):
    """What the daemon has answered instead of a result. `code` is the stable word of the error."""

    def __init__(self, error):
        super().__init__(error.get("message", "unknown error"))
        self.data = error.get("data") or {}
        self.code = self.data.get("code", "")


class Disconnected(Exception):
    """The daemon has gone away, or there is none."""


# Seconds that a daemon may take to say its first words.
GREETING_TIME = 10


def state_directory():
    state = os.environ.get("VNODE_STATE_DIR")
    if state:
        return state
    return os.path.join(os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state"), "vnode")


def default_socket():
    """Where the daemon of this user listens, as the program finds it."""
    if os.environ.get("VNODE_SOCKET"):
        return os.environ["VNODE_SOCKET"]
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return os.path.join(runtime, "vnode", "vnode.sock") if runtime else os.path.join(state_directory(), "vnode.sock")


def recorded_socket():
    """Where the daemon that has used the state directory last listens, or has listened; None: it does not say."""
    try:
        with open(os.path.join(state_directory(), "lock"), encoding="utf-8") as file:
            if os.fstat(file.fileno()).st_uid not in (os.geteuid(), 0):
                return None
            return json.loads(file.read().split("\n")[1]).get("socket")
    except (OSError, ValueError, IndexError, AttributeError):
        return None


def connect_to_own(timeout):
    """This user's daemon: it may have been started with other XDG variables (cron, ssh, su)."""
    socket_path = default_socket()
    try:
        return connect_unix(socket_path, timeout), socket_path
    except OSError:
        recorded = recorded_socket()
        if os.environ.get("VNODE_SOCKET") or not recorded or recorded == socket_path:
            raise
        return connect_unix(recorded, timeout), recorded


def is_own(path):
    """Whether the socket and its folder belong to this user or to root. A daemon that is ending has removed its socket."""
    owners = []
    for place in (path, os.path.dirname(os.path.abspath(path))):
        with contextlib.suppress(FileNotFoundError):
            owners.append(os.stat(place).st_uid)
    return all(owner in (os.geteuid(), 0) for owner in owners)


def is_loopback(host):
    """Whether what is sent to that host stays on this machine; names are not looked up."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def connect_tcp(address, timeout, tls_ca):
    """A connection to HOST:PORT: with TLS beyond this machine, and wherever `tls_ca` is given."""
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    connection = socket.create_connection((host, int(port)), timeout)
    # A machine that vanishes while a run is waited for says nothing any more.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if not tls_ca and is_loopback(host):
        return connection
    try:
        context = ssl.create_default_context(cafile=tls_ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context.wrap_socket(connection, server_hostname=host)
    except BaseException:
        connection.close()
        raise


def connect_unix(path, timeout):
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout)
    try:
        connection.connect(path)
    except BaseException:
        connection.close()
        raise
    return connection


class Client:
    """One connection: to a path, or with a token to HOST:PORT. Not for use from several threads at once."""

    def __init__(self, address=None, timeout=None, token=None, tls_ca=None):
        first = timeout or GREETING_TIME
        try:
            if token is not None:
                self._socket = connect_tcp(address, first, tls_ca)
            elif address:
                self._socket = connect_unix(address, first)
            else:
                self._socket, address = connect_to_own(first)
        except (OSError, ValueError) as error:
            raise Disconnected("no daemon at %s: %s" % (address or default_socket(), error))
        self._path = address if token is None else None
        self._lines = self._socket.makefile("rb")
        self._last_id = 0
        self._notifications = []
        self.hello = None
        try:
            greeting = self._read()
            if "error" in greeting:
                raise DaemonError(greeting["error"])
            self.hello = greeting["params"]
            if token is not None:
                self.call("auth", token=token)
            self._socket.settimeout(timeout)
        except BaseException:
            self.close()
            raise

    @classmethod
    def from_environment(cls):
        """The daemon that VNODE_CONNECT, VNODE_TOKEN_FILE and VNODE_TLS_CA name, else the one of this user."""
        address = os.environ.get("VNODE_CONNECT")
        if not address:
            return cls()
        try:
            with open(os.environ["VNODE_TOKEN_FILE"]) as file:
                token = file.read().strip()
        except (KeyError, OSError) as error:
            raise Disconnected("VNODE_CONNECT needs VNODE_TOKEN_FILE: %s" % error)
        if not token:
            raise Disconnected("the token file %s is empty" % os.environ["VNODE_TOKEN_FILE"])
        return cls(address, token=token, tls_ca=os.environ.get("VNODE_TLS_CA"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._lines.close()
        self._socket.close()

    def _read(self):
        try:
            line = self._lines.readline()
        except socket.timeout:
            if self.hello is None:
                raise Disconnected("the daemon did not say anything in time")
            raise
        except OSError as error:
            raise Disconnected(str(error))
        if not line.endswith(b"\n"):
            raise Disconnected("the daemon has closed the connection")
        return json.loads(line)

    def call(self, method, **params):
        """The result of a call; DaemonError for an error."""
        self._last_id += 1
        message = {"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params}
        try:
            self._socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            pass  # it may have said why: the answer is read below
        while True:
            answer = self._read()
            if answer.get("id") == self._last_id and "method" not in answer:
                break
            if "method" in answer:
                self._notifications.append(answer)
            elif answer.get("id") is None and "error" in answer:
                raise DaemonError(answer["error"])
        if "error" in answer:
            raise DaemonError(answer["error"])
        return answer["result"]

    def notification(self):
        """The next message that answers no call: (method, params)."""
        message = self._notifications.pop(0) if self._notifications else self._read()
        return message["method"], message["params"]

    def submit(self, workflow, **params):
        """Accepts a path, or the document itself; the id of the run. A workflow is for a daemon of this user or of root."""
        if self._path and not is_own(self._path):
            raise Disconnected("the socket %s or its folder belongs to another user" % self._path)
        if isinstance(workflow, dict):
            params["workflow"] = workflow
        else:
            params["path"] = os.path.abspath(os.fspath(workflow))
        params.setdefault("directory", os.getcwd())
        return self.call("run.submit", **params)["id"]

    def wait(self, run):
        """The run, once it has ended; as it is, when the daemon ends before."""
        return self.call("run.wait", id=run)

    def events(self, run, since=0, follow=True):
        """The run's events, from the one behind `since` to the last one, as they come."""
        number = self.call("run.events", id=run, since=since, follow=follow)["subscription"]
        while True:
            method, params = self.notification()
            if params.get("subscription") != number:
                continue
            if method == "run.events_end":
                return
            yield params["event"]

    def results(self, run, *outputs):
        """What the run, which has ended, has given: of each of `outputs` ("NODE.PORT"), else {node_id: {port: value}}."""
        if outputs:
            return self.call("run.results", id=run, outputs=list(outputs))["values"]
        return {node["node_id"]: node["results"] for node in self.call("run.results", id=run)["nodes"]}

    def runs(self, **selection):
        """All runs that are selected (`statuses`, `queue`, `workflow`), newest first, page by page."""
        while True:
            page = self.call("run.list", **selection)
            for run in page["runs"]:
                yield run
            if not page["more"]:
                return
            selection["before"] = page["runs"][-1]["id"]


def main(arguments):
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__.strip())
        return 0 if arguments else 2
    try:
        params = json.loads(arguments[1]) if len(arguments) > 1 else {}
        if not isinstance(params, dict) or (arguments[0] == "run.events" and "id" not in params):
            raise ValueError("an object is needed, with an \"id\" for run.events")
    except ValueError as error:
        print("vnode_client: PARAMS: %s" % error, file=sys.stderr)
        return 2
    try:
        with Client.from_environment() as daemon:
            if arguments[0] == "run.events":
                for event in daemon.events(params.pop("id"), **params):
                    print(json.dumps(event), flush=True)
            else:
                print(json.dumps(daemon.call(arguments[0], **params)))
    except DaemonError as error:
        print("vnode_client: %s (%s)" % (error, error.code), file=sys.stderr)
        return 1
    except Disconnected as error:
        print("vnode_client: %s" % error, file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
