# sys.stdout and sys.stderr of node code: what is written becomes log messages of the node that wrote it.
#
# Text is kept until a write ends with a newline, and is one message then, without that newline: print("a\nb") is one.
# What is left at the end of an execution is a message too. Writes to the descriptors 1 and 2 themselves do not come
# by here: they go to pipes that the engine reads.

from _io import _TextIOBase

MOST_PIECES = 1000  # of one line


class NodeStream(_TextIOBase):
    encoding = "utf-8"
    errors = "backslashreplace"
    newlines = None
    mode = "w"

    def __init__(self, name, level, descriptor):
        self.name = "<%s>" % name
        self.ending = ',"%s"]' % name
        self.level = level
        self.descriptor = descriptor
        self.open_lines = {}  # Instance or None -> pieces of text
        self.raw = None

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError("write() argument must be str, not %s" % type(text).__name__)
        host = attached_host()
        if host is None:
            write_all(self.descriptor, text.encode("utf-8", "backslashreplace"))
            return len(text)
        instance = host.current_instance()
        pieces = self.open_lines.get(instance)
        if text.endswith("\n"):
            line = text[:-1]
            if pieces:
                line = "".join(pieces) + line
                pieces.clear()
            send_log(host, instance, self.level, line, self.ending)
        elif text:
            if pieces is None:
                pieces = self.open_lines[instance] = []
                host.has_open_lines = True
            pieces.append(text)
            if len(pieces) >= MOST_PIECES:
                self.end_line(host, instance)
        if host.channel.has_to_interrupt:
            host.interrupt_here()
        return len(text)

    def end_line(self, host, instance):
        pieces = self.open_lines.pop(instance, None)
        if pieces:
            send_log(host, instance, self.level, "".join(pieces), self.ending)

    def flush(self):
        pass

    def writable(self):
        return True

    def isatty(self):
        return False

    def fileno(self):
        return self.descriptor

    def reconfigure(self, **settings):
        pass

    @property
    def buffer(self):
        """For bytes: the descriptor itself."""
        if self.raw is None:
            from io import FileIO

            self.raw = FileIO(self.descriptor, "wb", closefd=False)
        return self.raw


def write_all(descriptor, data):
    while data:
        data = data[os.write(descriptor, data) :]


def send_log(host, instance, level, text, ending=",null]"):
    number = 0 if instance is None else instance.number
    message = '["log",%d,"%s",%s%s' % (number, level, quote(text), ending)
    if instance is not None and instance.held_logs is not None:
        instance.held_logs.append(message)
    else:
        host.channel.queue(message)


def log_from_node(node, level, text):
    host = attached_host()
    if host is None:
        return
    if type(text) is not str:
        try:
            text = str(text)
        except Exception:
            text = short_repr(text)
    send_log(host, node._vnode or host.current_instance(), level, text)
    if host.channel.has_to_interrupt:
        host.interrupt_here()
