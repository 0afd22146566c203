# Which processes descend from a host? A host's children may have called setsid, or have been orphaned: then they are
# the supervisor's children, whoever started them. What tells them apart:
#
# - by parent: below the host, or below an orphan that is known to be the host's;
# - by session: the host leads one;
# - by name: a process that was forked without exec keeps the name that the host gave itself;
# - by environment: a program that was started has VNODE_HOST=<token>, unless somebody took it out;
# - when there is no other host, any orphan is this one's.


class ProcessTree:
    """The processes of this machine, as they are now."""

    def __init__(self, supervisor):
        self.supervisor = supervisor
        self.own_pid = os.getpid()
        self.processes = {}  # pid -> (parent, session, name)
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                self.read(int(entry))

    def read(self, pid):
        try:
            descriptor = os.open("/proc/%d/stat" % pid, os.O_RDONLY)
        except OSError:
            return
        try:
            text = os.read(descriptor, 4096)
        except OSError:
            return
        finally:
            os.close(descriptor)
        begin, end = text.find(b"("), text.rfind(b")")
        fields = text[end + 2 :].split()
        if fields[0] in (b"Z", b"X"):
            return
        self.processes[pid] = (int(fields[1]), int(fields[3]), text[begin + 1 : end].decode("utf-8", "replace"))

    def descendants(self, host):
        """Their pids, without the host's own."""
        hosts = self.supervisor.by_pid
        found = {host.pid}
        others = set(hosts) - found
        children = {}
        for pid, (parent, session, name) in self.processes.items():
            children.setdefault(parent, []).append(pid)
            if pid in others or pid == self.own_pid:
                continue
            is_orphan_of_host = parent == self.own_pid and (not others or name == host.mark)
            if session == host.pid or is_orphan_of_host or self.has_token(pid, host):
                found.add(pid)
        waiting = list(found)
        while waiting:
            for pid in children.get(waiting.pop(), ()):
                if pid not in found and pid not in others:
                    found.add(pid)
                    waiting.append(pid)
        found.discard(host.pid)
        return found

    @staticmethod
    def has_token(pid, host):
        try:
            descriptor = os.open("/proc/%d/environ" % pid, os.O_RDONLY)
        except OSError:
            return False
        try:
            parts = []
            while True:
                part = os.read(descriptor, 1 << 20)
                if not part:
                    break
                parts.append(part)
        except OSError:
            return False
        finally:
            os.close(descriptor)
        entries = b"\0" + b"".join(parts)
        return b"\0VNODE_HOST=" + host.token.encode("ascii") + b"\0" in entries
