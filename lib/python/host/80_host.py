# The host: handles the messages of one run.
#
# Without asyncio, `serve` reads frames and handles their messages one after the other; node code runs inside of the
# handlers until it gives way. With asyncio the same handlers are called from the loop. Messages that arrive while node
# code itself reads the channel (it asks for a variable, or whether the run was stopped) wait in `inbox`.


class Host:
    def __init__(self, channel):
        self.channel = channel
        self.main_thread = get_ident()
        self.process = os.getpid()
        self.is_forked = False  # this is a process that node code has forked
        self.is_stopped = False
        self.is_recorded = False  # the run has a journal (67_records.py)
        self.users_modules = UsersModules(self)
        self.cancelled = set()  # numbers of executions whose time is over
        self.repeated = set()  # numbers of executions that had begun in an earlier attempt
        self.has_repeated = False  # there has been one
        self.has_cancelled = False  # an interrupt has cancelled a task that node code had made
        self.next_look = 0.0  # when `look_for_stop` may look again
        self.inbox = deque()
        self.objects = ObjectTable()
        self.definitions = {}
        self.instances = {}
        self.levels = {}  # level -> Variables
        self.numbers = {}  # level -> the numbers of its instances
        self.executions = {}
        self.pushes = {}  # number -> Push
        self.turns = {}  # execution -> future, after a bare yield under asyncio
        self.answers = {}  # request -> Answer
        self.push_numbers = itertools.count(1)
        self.request_numbers = itertools.count(1)
        self.current = None  # the execution whose step the main thread is in
        self.has_open_lines = False
        self.streams = ()
        # asyncio (45_tasks.py)
        self.loop = None
        self.is_code_in_loop = False
        self.context_token = None
        self.import_module = None
        self.watching_import = None
        self.light_threads = set()
        self.handlers = {
            "begin": self.on_begin,
            "load": self.on_load,
            "look": self.on_look,
            "new": self.on_new,
            "wire": self.on_wire,
            "exec": self.on_exec,
            "hook": self.on_hook,
            "set": self.on_set,
            "repeated": self.repeated.add,
            "done": self.on_done,
            "go": self.on_go,
            "stale": self.on_stale,
            "value": self.on_value,
            "sync": self.on_sync,
            "free": self.on_free,
            "close": self.on_close,
            "prism": self.on_prism,
            "cancel": self.on_cancel,
            "stop": self.on_stop,
            "bye": self.on_bye,
        }

    # ---- the loop

    def serve(self):
        """Never returns."""
        watch_imports(self)
        channel = self.channel
        inbox = self.inbox
        while True:
            while inbox and self.loop is None:
                self.handle(inbox.popleft())
                if "asyncio" in sys.modules and self.loop is None and asyncio_module() is not None:
                    enter_asyncio(self)
            if self.loop is not None:
                break
            channel.flush()
            channel.wait_for_input()
            with channel.reading:
                if not inbox:
                    self.receive()
        self.loop.call_soon(self.handle_inbox)
        while True:
            try:
                self.loop.run_forever()
            except (SystemExit, KeyboardInterrupt, Interrupted, Stopped):
                continue  # out of a task of the node's own, which has kept it for those who await it

    def on_readable(self):
        """With asyncio: something has arrived."""
        channel = self.channel
        while True:
            if not channel.reading.acquire(False):
                return  # a thread that waits for an answer reads
            try:
                if not channel.has_input():
                    return
                self.receive()
            finally:
                channel.reading.release()
            self.handle_inbox()
            if not channel.filled:
                return

    def receive(self):
        """Takes the next frame in; requires `reading`. Answers are handled at once, by whichever thread reads them, so
        that nobody who waits for one holds up those who read; the rest waits in the inbox for the main thread. Content
        is decoded in the order in which it comes: an answer may refer to that of a message that is put off."""
        try:
            for message in self.channel.receive():
                name = message[0]
                if name == "value":
                    self.on_value(*message[1:])
                    continue
                if name == "stop":
                    self.is_stopped = True
                elif name == "cancel":
                    self.cancelled.add(message[1])
                elif name in VALUE_MESSAGES:
                    for pair in message[-1]:
                        if type(pair[1]) is dict and "$n" in pair[1]:
                            pair[1] = Decoded(decode(self.objects, pair[1]))
                self.inbox.append(message)
        except BaseException:
            self.report_defect()

    def handle_inbox(self):
        inbox = self.inbox
        while inbox:
            self.handle(inbox.popleft())
        try:
            self.channel.flush()
        except BaseException:
            self.report_defect()
        if self.channel.filled and self.loop is not None:
            self.loop.call_soon(self.on_readable)  # a frame that has come with the last one wakes nobody

    def handle(self, message):
        try:
            self.handlers[message[0]](*message[1:])
        except (Exception, Stopped, Interrupted):
            self.report_defect()

    def report_defect(self):
        """A message that cannot be handled: an error of this program or of the engine. There is no way to go on."""
        import traceback

        write_all(2, ("vnode's Python host failed:\n" + traceback.format_exc()).encode("utf-8", "replace"))
        os._exit(EXIT_DEFECT)

    def end_code(self):
        """After node code has run in the main thread."""
        execution = self.current
        self.current = None
        if self.is_forked:
            leave_child(None)
        if self.is_code_in_loop:
            leave_entered_loop(self, execution)

    # ---- requests of node code

    def current_execution(self):
        """The one that the running code belongs to, or None."""
        execution = self.current
        if execution is None or get_ident() != self.main_thread:
            execution = EXECUTION.get(None)
        return execution

    def current_instance(self):
        """The instance that the running code belongs to, or None."""
        execution = self.current_execution()
        return None if execution is None else execution.instance

    def is_to_end(self, execution):
        """As far as has been read."""
        return self.is_stopped or execution is not None and (execution.number in self.cancelled or execution.is_cancelled)

    def variables_of(self, level):
        variables = self.levels.get(level)
        if variables is None:
            variables = self.levels.setdefault(level, Variables(self, level))
        return variables

    def end_lines(self, instance):
        for stream in self.streams:
            stream.end_line(self, instance)
        self.has_open_lines = any([stream.open_lines for stream in self.streams])

    def ask(self, form):
        """Sends a request, whose number `form` lacks, and blocks until it is answered."""
        if self.is_forked:
            return None
        number = next(self.request_numbers)
        answer = self.answers[number] = Answer()
        self.channel.pending.append(form % number)
        self.channel.flush()
        while not answer.is_there:
            if self.read_for_later(lambda: answer.is_there):
                if not answer.is_there and get_ident() != self.main_thread:
                    answer.gate.acquire(True, READING_PAUSE)  # the main thread may want to read
            else:
                answer.gate.acquire(True, READING_PAUSE)
        return answer.result

    def read_for_later(self, is_enough):
        """Reads one frame, blocking, unless another thread does or `is_enough()`. True when it did read."""
        channel = self.channel
        if not channel.reading.acquire(False):
            return False
        try:
            if is_enough():
                return True
            self.receive()
        finally:
            channel.reading.release()
        if (self.inbox or channel.filled) and self.loop is not None:
            self.loop.call_soon_threadsafe(self.handle_inbox)
        return True

    def interrupt_here(self):
        """At the end of a call by node code: an interrupt came in the middle of one."""
        if self.current is not None and get_ident() == self.main_thread:
            self.channel.has_to_interrupt = False
            if self.has_been_told_to_end(self.current):
                raise Interrupted(INTERRUPTED)

    def has_been_told_to_end(self, execution):
        """Reads what has arrived, if nobody else does."""
        if not self.is_to_end(execution) and self.channel.has_input():
            self.read_for_later(lambda: not self.channel.has_input())
        return self.is_to_end(execution)

    def look_for_stop(self):
        """is_stopped(): node code may ask in a loop that never gives way."""
        execution = self.current_execution()
        if self.is_to_end(execution):
            return True
        now = time.perf_counter()
        if now < self.next_look:
            return False
        self.next_look = now + LOOKING_PAUSE
        return self.has_been_told_to_end(execution)

    # ---- messages

    def on_begin(self, settings):
        begin_run(self, settings)

    def on_load(self, number, description):
        definition = Definition(number, description)
        self.definitions[number] = definition
        problem = self.run_for(None, definition.load)
        text = "null"
        if problem is not None:
            line = failure_line(problem, definition.file)
            text = "[%s,%s,%s]" % (describe_failure(problem), quote(failure_traceback(problem)), json_text(line))
        self.channel.pending.append('["loaded",%d,%s]' % (number, text))
        self.channel.flush()

    def on_look(self, number):
        definition = self.definitions[number]
        try:
            has_work = has_work_behind_firings(definition.source, definition.outputs)
        except (SyntaxError, ValueError, RecursionError):
            has_work = True
        self.channel.pending.append('["looked",%d,%s]' % (number, json_text(has_work)))
        self.channel.flush()

    def on_new(self, number, definition, level, name, saved, wired, is_blocking=False):
        instance = Instance(number, self.definitions[definition], level)
        self.instances[number] = instance
        self.numbers.setdefault(level, []).append(number)
        instance.is_blocking = is_blocking or instance.definition.is_blocking
        instance.held_logs = held = []
        problem = self.run_for(instance, lambda: instance.make(name, decode_table(self.objects, saved), wired))
        with self.objects.lock:
            if problem is None:
                try:
                    text = instance.describe_ports(self.objects.encode)
                except Exception as error:
                    problem = error
            if problem is not None:
                text = "[%s,%s]" % (describe_failure(problem), quote(failure_traceback(problem)))
            self.channel.pending.append('["made",%d,%s]' % (number, text))
        self.end_lines(instance)
        instance.held_logs = None
        self.channel.pending.extend(held)  # in the same frame: before any node starts
        self.channel.flush()

    def run_for(self, instance, call, *arguments):
        """Runs code that is no execution, for an instance or None. Returns what it raises, if anything."""
        stand_in = Execution(0, instance)
        self.current = stand_in
        try:
            call(*arguments)
        except BaseException as error:
            if self.is_forked:
                leave_child(error)
            return error
        finally:
            self.current = stand_in
            self.end_code()
        return None

    def on_wire(self, number, wires):
        self.instances[number].wires = {port: (waits, targets) for port, waits, targets in wires}

    def on_exec(self, number, execution_number, try_number, values):
        instance = self.instances[number]
        execution = Execution(execution_number, instance)
        if try_number > 1:
            execution.try_number = try_number
        if self.repeated or self.has_repeated:
            tell_whether_repeated(self, execution)
        self.executions[execution_number] = execution
        instance.executions.append(execution)
        try:
            if values:
                instance.wired.update(decode_table(self.objects, values))
            snapshot = instance.prepare_execution()
            begin_record(self, execution)
            call = instance.node.execute
        except Exception as error:
            fail(self, execution, error)
            return
        if instance.is_blocking:
            start_blocking(self, execution, call, (snapshot,))
        else:
            start_execution(self, execution, call, snapshot)

    def on_hook(self, number, execution_number, port, values):
        instance = self.instances[number]
        execution = Execution(execution_number, instance)
        self.executions[execution_number] = execution
        instance.executions.append(execution)
        try:
            instance.apply(decode_table(self.objects, values))
            begin_record(self, execution)
            value = instance.node.parameters.get(port)
            call = instance.node.on_parameter_changed
        except Exception as error:
            fail(self, execution, error)
            return
        if instance.is_blocking:
            start_blocking(self, execution, call_hook, (call, port, value))
        else:
            start_execution(self, execution, call_hook, call, port, value)

    def on_set(self, number, values):
        instance = self.instances.get(number)
        if instance is None:
            return
        try:
            instance.apply(decode_table(self.objects, values))
        except Exception as error:
            send_log(self, instance, "error", "a value was lost: " + failure_message(error))

    def on_done(self, execution_number, push_number):
        push = self.pushes.pop(push_number, None)
        if push is not None:
            answer_push(self, push)

    def on_go(self, execution_number):
        execution = self.executions.get(execution_number)
        if execution is not None:
            give_turn(self, execution)

    def on_stale(self, level, names):
        if level in self.levels:
            self.levels[level].forget(names)

    def on_value(self, request, result):
        answer = self.answers.pop(request, None)
        if answer is not None:
            answer.result = [decode(self.objects, item) for item in result]
            answer.is_there = True
            answer.gate.release()

    def on_sync(self, level):
        self.variables_of(level).send_changes()
        self.channel.flush()

    def on_free(self, counts):
        self.objects.free(counts)

    def on_close(self, level):
        self.levels.pop(level, None)
        for number in self.numbers.pop(level, ()):
            self.instances.pop(number, None)

    def on_prism(self, number, saved):
        instance = self.instances.get(number)
        problem = self.run_for(instance, lambda: bootstrap_prism_for_instance(decode_table(self.objects, saved)))
        self.end_lines(instance)
        text = "null"
        if problem is not None:
            text = "[%s,%s]" % (describe_failure(problem), quote(failure_traceback(problem)))
        self.channel.pending.append('["prismed",%d,%s]' % (number, text))
        self.channel.flush()

    def on_cancel(self, execution_number):
        execution = self.executions.get(execution_number)
        if execution is None:
            self.cancelled.discard(execution_number)
        else:
            cancel_execution(self, execution)

    def on_stop(self):
        self.is_stopped = True
        for execution in list(self.executions.values()):
            cancel_execution(self, execution)

    def on_bye(self):
        end_run(self)


VALUE_MESSAGES = frozenset(("exec", "hook", "set"))  # those that end with a table of values
READING_PAUSE = 0.005  # seconds
LOOKING_PAUSE = 0.001


class Answer:
    """To a request of node code."""

    def __init__(self):
        self.is_there = False
        self.result = None
        self.gate = _thread.allocate_lock()
        self.gate.acquire()


async def call_hook(hook, port, value):
    result = hook(port, value)
    if hasattr(result, "__await__"):
        await result


def describe_failure(error):
    """The message of a failed load, constructor or the like, as JSON."""
    if isinstance(error, (SystemExit, KeyboardInterrupt)):
        return quote("node code raised %s" % short_repr(error))
    if isinstance(error, BadDefinition):
        return quote(failure_message(error))
    return quote("%s: %s" % (type(error).__name__, failure_message(error)))
