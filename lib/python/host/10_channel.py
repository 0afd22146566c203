# The channel to the engine: frames of messages, over a stream socket (protocol.md, "Channel").
#
# Outgoing messages are texts that wait in `pending` until `flush` sends them as one frame. Whoever ends a step flushes.
# Messages that need no answer may wait for that; should the step take long, the flusher, a thread that is asleep
# otherwise, sends them after FLUSH_DELAY.
#
# Thread rule: `pending.append` and `flush` from any thread. Reading: by whoever holds `reading`.

FLUSH_DELAY = 0.02
# Node code that sends faster than the engine reads is slowed down.
MOST_PENDING = 1000
# How long to look for the next frame before going to sleep: an engine that has something to do answers within this.
# Without giving way: under load the processor would come back only after everybody else's time slice.
SPIN_TIME = 100e-6
EXIT_LOST_CHANNEL = 70
EXIT_DEFECT = 71


class Channel:
    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.socket = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, descriptor)
        self.socket.setblocking(True)
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        self.poll = poller.poll
        self.reading = _thread.allocate_lock()
        self.view = memoryview(bytearray(65536))
        self.filled = 0  # bytes at the beginning of `view` that have arrived and not been taken

        self.pending = []
        self.sending = _thread.allocate_lock()
        self.is_calm = True  # nobody has told the flusher that there is something to send
        self.has_flusher = False
        self.wake_flusher = _thread.allocate_lock()
        self.wake_flusher.acquire()
        self.has_to_interrupt = False  # the flusher is to repeat an interrupt

    # ---- out

    def queue(self, text):
        """Sends a message some time soon."""
        self.pending.append(text)
        if self.is_calm or len(self.pending) > MOST_PENDING:
            self.attend()

    def attend(self):
        """Called with the first message that waits, so that it does not wait for long, and when there are too many."""
        if len(self.pending) > MOST_PENDING:
            self.flush()
        else:
            self.call_flusher()

    def call_flusher(self):
        self.is_calm = False
        if HOST is not None and HOST.is_forked:
            return
        if not self.has_flusher:
            self.has_flusher = True
            _thread.start_new_thread(self.run_flusher, ())
        try:
            self.wake_flusher.release()
        except RuntimeError:
            pass  # another thread was quicker

    def run_flusher(self):
        while True:
            self.wake_flusher.acquire()
            time.sleep(FLUSH_DELAY)
            self.is_calm = True  # before the flush, so that a message after it wakes us again
            self.flush()
            if self.has_to_interrupt:
                self.has_to_interrupt = False
                _signal.pthread_kill(HOST.main_thread, _signal.SIGINT)

    def flush(self):
        """Sends all that waits. Blocks as long as the engine does not read."""
        if HOST is not None and HOST.is_forked:
            self.pending.clear()
            return
        with self.sending:
            pending = self.pending
            count = len(pending)
            if count == 0:
                return
            text = "[" + ",".join(pending[:count]) + "]"
            del pending[:count]
            body = text.encode("ascii")
            try:
                if len(body) < 65536:
                    data = len(body).to_bytes(4, "little") + body
                    sent = self.socket.send(data)
                    if sent != len(data):
                        self.socket.sendall(memoryview(data)[sent:])
                else:
                    self.socket.sendall(len(body).to_bytes(4, "little"))
                    self.socket.sendall(body)
            except OSError:
                self.lose()

    def lose(self):
        """The engine is gone: so is the reason to live."""
        os._exit(EXIT_LOST_CHANNEL)

    # ---- in

    def has_input(self):
        """Any thread may ask, while another one waits; a poller serves one at a time."""
        if self.filled > 0:
            return True
        poller = select.poll()
        poller.register(self.descriptor, select.POLLIN)
        return bool(poller.poll(0))

    def wait_for_input(self):
        """Returns when something has probably arrived, or after SPIN_TIME."""
        poll = self.poll
        if self.filled or poll(0):
            return
        deadline = time.perf_counter() + SPIN_TIME
        while not poll(0) and time.perf_counter() < deadline:
            pass

    def receive(self):
        """The messages of the next frame. Blocks until it is there."""
        view = self.view
        filled = self.filled or self.read_into(view)
        while filled < 4:
            filled += self.read_into(view[filled:])
        total = 4 + int.from_bytes(view[:4], "little")
        if filled < total:
            if total > len(view):
                return self.receive_large(filled, total)
            while filled < total:
                filled += self.read_into(view[filled:])
        text = str(view[4:total], "utf-8", "surrogatepass")
        if filled > total:
            view[: filled - total] = bytes(view[total:filled])
        self.filled = filled - total
        return parse_json(text)

    def receive_large(self, filled, total):
        body = bytearray(total - 4)
        body[: filled - 4] = self.view[4:filled]
        self.filled = 0
        rest = memoryview(body)[filled - 4 :]
        while len(rest):
            rest = rest[self.read_into(rest) :]
        return parse_json(str(body, "utf-8", "surrogatepass"))

    def read_into(self, view):
        try:
            count = self.socket.recv_into(view)
        except OSError:
            count = 0
        if count == 0:
            self.lose()
        return count
