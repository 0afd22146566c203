# Executions, and driving their coroutines without asyncio.
#
# A *step* is what node code does from the moment that the engine lets it go on until it gives way. Without asyncio a
# coroutine can give way only by awaiting a push (a `Push` object comes out of it) or by a bare yield (None comes out);
# the host's loop then goes on with the next message, and `done` or `go` make it resume the coroutine.
# As soon as the asyncio module is there, coroutines run as its tasks instead (45_tasks.py): what they do after they have
# waited for something outside of the engine is a step too, for which they ask (`ready`).


class Execution:
    """One call of `execute`, or of the hook `on_parameter_changed`."""

    # Most executions of a run are over after one step and never change these.
    coroutine = None
    try_number = 1
    is_repeated = False
    owes = True  # it has been given a step, and has to tell when it gives way
    has_asked = False  # for a step: `go` will come
    pushing = 0  # how many of its pushes have not been answered
    is_over = False
    is_cancelled = False  # and over
    waits_for = None  # a Push or TURN, without asyncio
    is_blocking = False  # it has a thread of its own (50_blocking.py); nobody waits for its steps
    loop = None  # asyncio's, once it runs as a task there
    task = None
    driver = None
    # For the journal (67_records.py).
    known_variables = frozenset()  # those that it has read, or made its own
    knows_all_variables = False
    kept = None  # what its instance kept before
    is_stateful = False  # and told so
    told_modules = ""

    def __init__(self, number, instance):
        self.number = number
        self.instance = instance

    def know_variable(self, name):
        if not self.known_variables:
            self.known_variables = set()
        self.known_variables.add(name)


TURN = object()  # what a coroutine waits for after a bare yield


class NameTexts(dict):
    """The JSON texts of names, which come again and again."""

    def __missing__(self, name):
        if len(self) > 10000:
            self.clear()
        text = self[name] = quote(name if isinstance(name, str) else str(name))
        return text


QUOTED = NameTexts()


def start_execution(host, execution, call, *arguments):
    """Calls the coroutine function in a step of its own and drives what it returns."""
    if host.loop is not None:
        start_task(host, execution, call, arguments)
        return
    host.current = execution
    try:
        result = call(*arguments)
        if type(result) is not CoroutineType:
            result = as_coroutine(result)
        execution.coroutine = result
        if host.loop is not None:  # it was no coroutine function, and has imported asyncio
            host.end_code()
            make_task(host.loop, execution)
            return
    except BaseException as error:
        fail(host, execution, error)
        host.end_code()
        return
    run_step(host, execution, result.send, None)


async def as_coroutine(result):
    """For an `execute` that is no coroutine function: what it returned is an awaitable, or the result itself."""
    if hasattr(result, "__await__"):
        return await result
    return result


_sample = as_coroutine(None)
CoroutineType = type(_sample)
_sample.close()
del _sample


def run_step(host, execution, resume, argument):
    """Lets the coroutine go on, in the main thread, without asyncio (unless it imports that in this step)."""
    host.current = execution
    try:
        yielded = resume(argument)
    except StopIteration as end:
        finish(host, execution, end.value)
    except BaseException as error:
        fail(host, execution, error)
    else:
        if execution.driver is not None:
            execution.driver.adopt(yielded)
        elif type(yielded) is Push:
            execution.waits_for = yielded
        elif yielded is None:
            execution.waits_for = TURN
            execution.owes = False
            execution.has_asked = True
            host.channel.pending.append('["yield",%d]' % execution.number)
        else:
            host.end_code()
            problem = RuntimeError("a node can await only pushes and asyncio's objects, not %s" % short_repr(yielded))
            run_step(host, execution, execution.coroutine.throw, problem)
            return
    if host.is_forked or host.is_code_in_loop:
        host.end_code()
    host.current = None


def resume_execution(host, execution):
    """After `done` or `go`: the coroutine, which waits without asyncio, goes on."""
    execution.owes = True
    execution.waits_for = None
    if host.loop is None:
        run_step(host, execution, execution.coroutine.send, None)
    else:
        make_task(host.loop, execution)


def cancel_execution(host, execution):
    """After `stop` and `cancel`: ends what it waits for, if it waits."""
    if execution.is_blocking:
        cancel_blocking(execution)
    elif execution.task is not None:
        execution.task.cancel()
    elif execution.waits_for is not None:
        execution.waits_for = None
        if host.loop is None:
            run_step(host, execution, execution.coroutine.throw, Stopped())
        else:
            make_task(host.loop, execution)
            execution.task.cancel()


# ---- the end of an execution


def finish(host, execution, result):
    """`result` is what `execute` has returned."""
    try:
        if not result:
            text = '["ret",%d,[]]' % execution.number
        elif isinstance(result, dict):
            text = None
        else:
            refuse_result(host, execution, result)
            return
    except Exception:
        refuse_result(host, execution, result)  # numpy's arrays have no truth value
        return
    end_execution(host, execution)
    if text is not None:
        host.channel.pending.append(text)
        return
    pairs = []
    for name, value in result.items():
        kind = type(value)
        if kind not in SCALAR_TYPES or kind is str and len(value) >= LONG_TEXT:
            break
        pairs.append("[%s,%s]" % (QUOTED[name], SCALAR_TEXT[kind](value)))
    else:
        host.channel.pending.append('["ret",%d,[%s]]' % (execution.number, ",".join(pairs)))
        return
    finish_with_objects(host, execution, result)


def finish_with_objects(host, execution, result):
    objects = host.objects
    with objects.lock:
        try:
            pairs = ["[%s,%s]" % (QUOTED[name], objects.encode(value)) for name, value in result.items()]
        except Exception as error:
            send_failure(host, execution, error)
            return
        host.channel.pending.append('["ret",%d,[%s]]' % (execution.number, ",".join(pairs)))


def refuse_result(host, execution, result):
    end_execution(host, execution)
    message = "execute returned %s (%s); it has to return a dict of outputs, or None" % (
        type(result).__name__,
        short_repr(result),
    )
    host.channel.pending.append('["err",%d,%s,"","bad_return"]' % (execution.number, quote(message)))


def fail(host, execution, error):
    """`error` is what has come out of node code, or a BaseException by which the host ended it."""
    if host.is_forked:
        leave_child(error)
    end_execution(host, execution)
    send_failure(host, execution, error)


def send_failure(host, execution, error):
    message = failure_message(error)
    code = "exception"
    traceback = None
    is_ours = host.is_stopped or host.has_cancelled or execution.is_cancelled
    if isinstance(error, (Stopped, Interrupted)) or is_ours and is_cancellation(error):
        code = "cancelled"
        if not isinstance(error, Interrupted):
            message = "cancelled: its time is over" if execution.is_cancelled else "cancelled: the run was stopped"
        traceback = ""
    elif isinstance(error, (SystemExit, KeyboardInterrupt)):
        code = "system_exit"
        message = "node code raised %s" % short_repr(error)
    elif isinstance(error, MemoryError):
        code = "out_of_memory"
    if traceback is None:
        traceback = failure_traceback(error)
    text = '["err",%d,%s,%s,"%s"]' % (execution.number, quote(message), quote(traceback), code)
    host.channel.pending.append(text)


def is_cancellation(error):
    asyncio = asyncio_module()
    return asyncio is not None and isinstance(error, asyncio.CancelledError)


def end_execution(host, execution):
    if execution.is_over:
        return
    instance = execution.instance
    if host.has_open_lines:
        host.end_lines(instance)
    if host.is_recorded:
        end_record(host, execution)
    variables = host.levels.get(instance.level)
    if variables is not None and variables.is_dirty:
        variables.share()
    execution.is_over = True
    if execution.number in host.cancelled:
        execution.is_cancelled = True
        host.cancelled.discard(execution.number)
    instance.executions.remove(execution)
    host.executions.pop(execution.number, None)
