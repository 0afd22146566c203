# BaseNode.memory: the run's variables, which native nodes use too. They live in the engine; what node code asks for is
# fetched and kept until it goes stale, what it changes is sent when the engine asks for it, and at the end of executions.
#
# Thread rule: any thread. A request blocks its thread until the engine has answered.

from _collections_abc import MutableMapping


SHARED_AT_ONCE = 16384  # characters


class Variables:
    """Those of one level, as far as the host knows them."""

    def __init__(self, host, level):
        self.host = host
        self.level = level
        self.lock = _thread.RLock()
        self.values = {}
        self.snapshots = {}  # of the values that are containers, as the engine knows them
        self.names = None  # a dict with all names as keys, once it has been asked for
        self.absent = set()
        self.changed = set()
        self.removed = set()
        self.local = {}  # variables whose name is no text: for Python alone
        self.is_dirty = False
        self.sent_length = 0
        self.sent_at = 0.0

    def touch(self):
        if not self.is_dirty:
            self.is_dirty = True
            self.host.channel.queue('["dirty",%d]' % self.level)

    def read(self, name):
        is_recorded = self.host.is_recorded
        if type(name) is not str:
            if is_recorded:
                note_local_variable(self)
            return self.local[name]
        with self.lock:
            if is_recorded:
                note_read(self, name)
            self.touch()
            if name in self.values:
                return self.values[name]
            if name in self.absent or self.names is not None and name not in self.names:
                raise KeyError(name)
            answer = self.host.ask('["var",%%d,%d,%s]' % (self.level, quote(name)))
            if not answer:
                self.absent.add(name)
                raise KeyError(name)
            value = self.values[name] = answer[0]
            self.remember(name, value)
            return value

    def write(self, name, value):
        is_recorded = self.host.is_recorded
        if type(name) is not str:
            if is_recorded:
                note_local_variable(self)
            self.local[name] = value
            return
        with self.lock:
            if is_recorded:
                note_written(self, name)
            self.touch()
            self.values[name] = value
            self.changed.add(name)
            self.removed.discard(name)
            self.absent.discard(name)
            if self.names is not None:
                self.names[name] = None

    def remove(self, name):
        if type(name) is not str:
            if self.host.is_recorded:
                note_local_variable(self)
            del self.local[name]
            return
        with self.lock:
            self.read(name)
            del self.values[name]
            self.snapshots.pop(name, None)
            self.changed.discard(name)
            self.removed.add(name)
            self.absent.add(name)
            if self.names is not None:
                self.names.pop(name, None)

    def list_names(self):
        with self.lock:
            if self.host.is_recorded:
                note_all_read(self)
            self.touch()
            if self.names is None:
                names = dict.fromkeys(self.host.ask('["keys",%%d,%d]' % self.level) or ())
                names.update(dict.fromkeys(self.values))
                for name in self.removed:
                    names.pop(name, None)
                self.names = names
            return list(self.names) + list(self.local)

    def remember(self, name, value):
        """The engine knows `value` as it is now."""
        self.snapshots.pop(name, None)
        if isinstance(value, MUTABLE_TYPES):
            self.snapshots[name] = SnapshotTaker().take(value)

    def forget(self, names):
        """The engine has changed them; None: any of them."""
        with self.lock:
            self.names = None
            if names is None:
                names = [name for name in self.values if name not in self.changed]
                self.absent = set(self.removed)
            for name in names:
                if name not in self.changed:
                    self.values.pop(name, None)
                    self.snapshots.pop(name, None)
                self.absent.discard(name)
                self.removed.discard(name)

    def share(self):
        """At the end of an execution: the host may die over the next one. Large changes wait until the engine asks, or
        a second has passed, so that a loop does not send a long list in each of its rounds."""
        if self.sent_length < SHARED_AT_ONCE or time.perf_counter() - self.sent_at > 1.0:
            self.send_changes()

    def send_changes(self):
        """The answer to `sync`, and what `share` sends."""
        with self.lock, self.host.objects.lock:
            for name, snapshot in self.snapshots.items():
                if name not in self.changed and not is_unchanged(snapshot):
                    self.changed.add(name)
            pairs = []
            for name in sorted(self.changed):
                value = self.values[name]
                try:
                    pairs.append("[%s,%s]" % (quote(name), self.host.objects.encode(value)))
                    self.remember(name, value)
                except Exception as error:
                    text = "the variable '%s' cannot be passed on: %s" % (name, failure_message(error))
                    send_log(self.host, None, "error", text)
            removed = ",".join([quote(name) for name in sorted(self.removed)])
            self.host.channel.pending.append('["vars",%d,[%s],[%s]]' % (self.level, ",".join(pairs), removed))
            self.sent_length = sum(map(len, pairs))
            self.sent_at = time.perf_counter()
            self.changed.clear()
            self.removed.clear()
            self.is_dirty = False


class RunMemory(MutableMapping):
    """The variables of the level that the running code belongs to."""

    def __getitem__(self, name):
        return self.variables().read(name)

    def __setitem__(self, name, value):
        self.variables().write(name, value)

    def __delitem__(self, name):
        self.variables().remove(name)

    def __iter__(self):
        return iter(self.variables().list_names())

    def __len__(self):
        return len(self.variables().list_names())

    def __repr__(self):
        return repr(dict(self))

    def copy(self):
        return dict(self)

    @staticmethod
    def variables():
        host = HOST
        if host is None:
            raise RuntimeError("BaseNode.memory exists only while vnode runs a workflow")
        instance = host.current_instance()
        return host.variables_of(0 if instance is None else instance.level)


BaseNode.memory = RunMemory()


def current_memory():
    return BaseNode.memory
