# What set_output does: a push that nobody has to wait for is a message that rides along; any other is awaited.

HOST_NAMES = globals()
LARGE_TEXT = 65536  # characters; such messages are not collected


class Push:
    """An awaited push, as long as the engine has not said that all it set off has ended."""

    __slots__ = ("number", "execution", "future", "loop", "task", "gate", "is_answered")

    def __init__(self, number, execution):
        self.number = number
        self.execution = execution  # or None
        self.future = None  # with asyncio: in the loop of the code that waits
        self.loop = None
        self.task = None
        self.gate = None  # without asyncio, in a blocking execution: a lock that is released with the answer
        self.is_answered = False

    def __await__(self):
        if self.future is not None:
            return self.future.__await__()
        return self.wait_without_asyncio()

    def wait_without_asyncio(self):
        yield self


def push_output(instance, name, value):
    """Sends the push. Returns a Push to be awaited, or None."""
    host = HOST
    if host.is_forked:
        return None
    execution = host.current
    if execution is None or get_ident() != host.main_thread:
        execution = EXECUTION.get(None)
    if execution is None or execution.instance is not instance or execution.is_over:
        execution = instance.executions[-1] if instance.executions else None
    wire = instance.wires.get(name)
    if wire is not None and has_to_wait(host, instance, name, value, wire):
        return send_push(host, execution, instance, name, value)
    channel = host.channel
    number = 0 if execution is None else execution.number
    kind = type(value)
    if kind in SCALAR_TYPES and not (kind is str and len(value) >= LONG_TEXT):
        text = SCALAR_TEXT[kind](value)
        channel.pending.append('["out",%d,%d,%s,%s]' % (instance.number, number, QUOTED[name], text))
    else:
        with host.objects.lock:
            text = host.objects.encode(value)
            channel.pending.append('["out",%d,%d,%s,%s]' % (instance.number, number, QUOTED[name], text))
        if len(text) > LARGE_TEXT:
            channel.flush()
    if channel.is_calm or len(channel.pending) > MOST_PENDING:
        channel.attend()
        if channel.has_to_interrupt:
            host.interrupt_here()
    return None


def has_to_wait(host, instance, name, value, wire):
    waits, targets = wire
    if waits and (instance.node.outputs[name].data_type != "exec" or is_true(value)):
        return True
    for number in targets:
        target = host.instances.get(number)
        if target is not None and target.executions:
            return True
    return False


def send_push(host, execution, instance, name, value):
    if host.is_to_end(execution):
        raise cancellation()
    end = ""
    if host.is_recorded and execution is not None:
        tell_modules(host, execution)
        if instance.node.outputs[name].data_type == "exec":
            tell_kept_changes(host, execution)
            end = table_behind_firing(host, execution)
    push = Push(next(host.push_numbers), execution)
    asyncio = asyncio_module()
    if asyncio is not None:
        loop = asyncio._get_running_loop()
        if loop is not None:
            push.loop = loop
            push.future = loop.create_future()
            push.task = asyncio.current_task(loop)
    if push.future is None and execution is not None and execution.is_blocking:
        push.gate = _thread.allocate_lock()
        push.gate.acquire()
        execution.waits_for = push
    with host.objects.lock:
        text = host.objects.encode(value)
        host.pushes[push.number] = push
        number = 0
        if execution is not None:
            execution.pushing += 1
            if push.task is not None and push.loop is host.loop or push.future is None:
                execution.owes = False  # the push is its step's end; one from another thread is not
            number = execution.number
        host.channel.pending.append(
            '["push",%d,%d,%d,%s,%s%s]' % (instance.number, number, push.number, QUOTED[name], text, end)
        )
    if push.future is not None or push.gate is not None:
        host.channel.flush()
    if push.gate is not None and host.is_to_end(execution):
        cancel_blocking(execution)  # that came in between
    return push


def table_behind_firing(host, execution):
    """JSON of the table that it returns once it has fired, behind a comma; empty where it does something else before, or
    may."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_globals is HOST_NAMES:
        frame = frame.f_back
    # Code that calls `execute` itself may go on behind it.
    if frame is None or frame.f_back is None or frame.f_back.f_globals is not HOST_NAMES:
        return ""
    end = execution.instance.definition.find_firing_end(frame)
    if end is None or execution.pushing:
        return ""
    try:
        table = {} if end is NO_RETURN else eval(end, frame.f_globals, frame.f_locals) or {}
        if not isinstance(table, dict):
            return ""
        with host.objects.lock:
            pairs = ["[%s,%s]" % (QUOTED[name], host.objects.encode(value)) for name, value in table.items()]
    except Exception:
        return ""  # it is about to fail
    return ",[%s]" % ",".join(pairs)


def cancellation():
    asyncio = asyncio_module()
    return Stopped() if asyncio is None else asyncio.CancelledError()


def answer_push(host, push):
    """All that the push set off has ended; that is a step for its execution, if it has one."""
    push.is_answered = True
    execution = push.execution
    if execution is not None:
        with host.objects.lock:
            execution.pushing -= 1
    if push.gate is not None:
        push.gate.release()
        return
    if push.future is None:
        if execution is not None and execution.waits_for is push:
            resume_execution(host, execution)
        return
    has_step = execution is not None and not execution.is_over and not execution.is_blocking
    if push.loop is not host.loop:
        # Code in a loop of another thread goes on by itself.
        try:
            push.loop.call_soon_threadsafe(set_done, push.future)
        except RuntimeError:
            pass  # that loop has been closed
        if has_step:
            host.channel.pending.append('["wait",%d]' % execution.number)
        return
    if has_step:
        execution.owes = True
        settle_step(host, execution, 0 if push.future.done() else SETTLING_ROUNDS)
    set_done(push.future)


def set_done(future):
    if not future.done():
        future.set_result(None)


# How many rounds of the loop a step may take to get from a task that was waiting for a push to the execution's own
# coroutine, which then tells how it went on: through gather, wait_for and the like.
SETTLING_ROUNDS = 8


def settle_step(host, execution, rounds):
    """Tells the engine that the step is over if the execution's own coroutine does not get to it."""
    if execution.is_over or not execution.owes:
        return
    if rounds > 0:
        host.loop.call_soon(settle_step, host, execution, rounds - 1)
        return
    execution.owes = False
    host.channel.pending.append('["wait",%d]' % execution.number)
    host.channel.flush()
