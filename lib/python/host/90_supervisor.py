# The supervisor: forks hosts for the vnode process, and ends them with all their descendants (protocol.md,
# "Processes").
#
# It executes no node code and has one thread only: a fork copies no other thread, and must not copy what one was doing.


class HostProcess:
    """A host as its supervisor knows it."""

    def __init__(self, number, pid, token, mark):
        self.number = number
        self.pid = pid
        self.token = token  # value of VNODE_HOST in the environment of what it has started
        self.mark = mark  # process name of what it has forked
        self.is_alive = True


class Supervisor:
    def __init__(self, descriptor):
        self.control = _socket.socket(_socket.AF_UNIX, SOCK_SEQPACKET, 0, descriptor)
        self.control.setblocking(True)
        self.hosts = {}  # number -> HostProcess
        self.by_pid = {}
        self.ended = []  # (HostProcess, status) of those that have ended and are not reported
        self.is_reaper = False
        self.wake_read, self.wake_write = os.pipe()
        os.set_blocking(self.wake_read, False)
        os.set_blocking(self.wake_write, False)
        self.handlers = {
            "fork": self.on_fork,
            "term": self.on_term,
            "interrupt": self.on_interrupt,
            "kill": self.on_kill,
        }

    def serve(self):
        """Never returns."""
        self.set_signals()
        poller = select.poll()
        poller.register(self.control.fileno(), select.POLLIN)
        poller.register(self.wake_read, select.POLLIN)
        self.tell('{"op":"ready"}')
        while True:
            for descriptor, _ in poller.poll():
                if descriptor == self.wake_read:
                    self.reap()
                else:
                    self.receive()

    @staticmethod
    def set_signals_back():
        _signal.set_wakeup_fd(-1)
        for number in IGNORED_SIGNALS + (_signal.SIGCHLD,):
            _signal.signal(number, _signal.SIG_DFL)

    def set_signals(self):
        """What ends vnode must not end the supervisor before it has cleaned up: that the control socket tells."""
        for number in IGNORED_SIGNALS:
            _signal.signal(number, _signal.SIG_IGN)
        _signal.signal(_signal.SIGCHLD, lambda number, frame: None)
        _signal.set_wakeup_fd(self.wake_write)

    def tell(self, text):
        try:
            self.control.send(text.encode("ascii"))
        except OSError:
            self.end()

    def receive(self):
        size = DESCRIPTOR_SIZE * MOST_DESCRIPTORS
        try:
            data, extras, _, _ = self.control.recvmsg(65536, _socket.CMSG_SPACE(size), _socket.MSG_CMSG_CLOEXEC)
        except OSError:
            data = b""
        if not data:
            self.end()
        descriptors = []
        for level, kind, content in extras:
            if level == _socket.SOL_SOCKET and kind == _socket.SCM_RIGHTS:
                for start in range(0, len(content) - DESCRIPTOR_SIZE + 1, DESCRIPTOR_SIZE):
                    descriptors.append(int.from_bytes(content[start : start + DESCRIPTOR_SIZE], sys.byteorder))
        request = parse_json(data.decode("utf-8"))
        self.handlers[request["op"]](request["host"], descriptors)

    # ---- requests

    def on_fork(self, number, descriptors):
        token = "%d-%d-%d" % (os.getpid(), number, time.time_ns())
        mark = "vnode-%d" % number
        try:
            pid = os.fork()
        except OSError as error:  # too many processes, no memory: this run cannot have a host, the others go on
            for descriptor in descriptors:
                os.close(descriptor)
            write_all(2, ("cannot start a Python process: %s\n" % error).encode())
            self.tell('{"op":"exited","host":%d,"status":71}' % number)
            return
        if pid == 0:
            self.become_host(descriptors, token, mark)
        for descriptor in descriptors:
            os.close(descriptor)
        self.hosts[number] = self.by_pid[pid] = HostProcess(number, pid, token, mark)
        self.tell('{"op":"forked","host":%d,"pid":%d}' % (number, pid))
        if not self.is_reaper:
            self.is_reaper = become_reaper()

    def become_host(self, descriptors, token, mark):
        """Never returns."""
        try:
            self.set_signals_back()
            os.setsid()
            self.control.close()
            os.close(self.wake_read)
            os.close(self.wake_write)
            channel, output, errors = descriptors
            os.dup2(output, 1)
            os.dup2(errors, 2)
            os.close(output)
            os.close(errors)
            name_process(mark)
            run_host(channel, token)
        finally:
            # Whatever happens, the copy of the supervisor must not go on as one.
            os._exit(EXIT_LOST_CHANNEL)

    def on_term(self, number, descriptors):
        host = self.hosts.get(number)
        if host is not None:
            for pid in ProcessTree(self).descendants(host):
                send_signal(pid, _signal.SIGTERM)

    def on_interrupt(self, number, descriptors):
        host = self.hosts.get(number)
        if host is not None and host.is_alive:
            send_signal(host.pid, _signal.SIGINT)

    def on_kill(self, number, descriptors):
        host = self.hosts.get(number)
        if host is not None and host.is_alive:
            send_signal(host.pid, _signal.SIGSTOP)  # so that it starts nothing meanwhile
            descendants = ProcessTree(self).descendants(host)
            send_signal(host.pid, _signal.SIGKILL)
            for pid in descendants:
                send_signal(pid, _signal.SIGKILL)

    # ---- ends

    def reap(self):
        """Children have ended: hosts, and orphans of theirs."""
        try:
            os.read(self.wake_read, 4096)
        except BlockingIOError:
            pass
        self.collect()
        while self.ended:
            host, status = self.ended.pop(0)
            self.kill_descendants(host)
            del self.hosts[host.number]
            self.tell('{"op":"exited","host":%d,"status":%d}' % (host.number, status))

    def collect(self):
        """Takes note of all children that have ended."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            host = self.by_pid.pop(pid, None)
            if host is not None:
                host.is_alive = False
                code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
                self.ended.append((host, code))

    def kill_descendants(self, host):
        """Of a host that has ended; returns when they are gone."""
        for _ in range(MOST_ROUNDS):
            if self.is_reaper and not self.has_orphans():
                return
            found = ProcessTree(self).descendants(host)
            if not found:
                return
            for pid in found:
                send_signal(pid, _signal.SIGKILL)
            time.sleep(ROUND_PAUSE)
            self.collect()

    def has_orphans(self):
        """Are there other children than the hosts?"""
        pid = os.getpid()
        try:
            with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
                children = file.read().split()
        except OSError:
            return True  # this kernel does not tell
        return any([int(child) not in self.by_pid for child in children])

    def end(self):
        """vnode is gone: so is everything that it has started. Never returns."""
        alive = [host for host in self.hosts.values() if host.is_alive]
        for host in alive:
            send_signal(host.pid, _signal.SIGSTOP)
        for host in alive:
            for pid in ProcessTree(self).descendants(host):
                send_signal(pid, _signal.SIGKILL)
            send_signal(host.pid, _signal.SIGKILL)
        while self.by_pid:
            self.collect()
            time.sleep(ROUND_PAUSE)
        for host in self.hosts.values():
            self.kill_descendants(host)
        os._exit(0)


SOCK_SEQPACKET = 5
DESCRIPTOR_SIZE = 4
MOST_DESCRIPTORS = 8
MOST_ROUNDS = 500
ROUND_PAUSE = 0.001  # seconds: the killed take a moment to go
IGNORED_SIGNALS = (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP, _signal.SIGQUIT)


def send_signal(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
    except PermissionError:
        pass  # it has become another user's: nothing to be done


def become_reaper():
    """Orphans of the hosts become children of this process. True if that worked."""
    try:
        import ctypes

        return ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    except Exception:
        return False


PR_SET_CHILD_SUBREAPER = 36


def name_process(name):
    try:
        with open("/proc/self/comm", "w") as file:
            file.write(name)
    except OSError:
        pass
