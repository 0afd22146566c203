# Executions of definitions that are marked `blocking`: each has a thread of its own, with an asyncio loop of its own if
# the code uses asyncio. Nobody waits for their steps, so they tell nothing but pushes and their end.


def start_blocking(host, execution, call, arguments):
    execution.is_blocking = True
    execution.owes = False
    _thread.start_new_thread(run_blocking, (host, execution, call, arguments))


def run_blocking(host, execution, call, arguments):
    EXECUTION.set(execution)
    execution.coroutine = call_coroutine(call, arguments)
    host.light_threads.add(execution.number)  # before the look: imports are watched as long as there is one
    if asyncio_module() is None:
        run_without_asyncio(host, execution)
        host.light_threads.discard(execution.number)
    else:
        host.light_threads.discard(execution.number)
        enter_own_loop(execution, False)
    if execution.loop is not None:
        run_own_loop(execution)
    if host.is_forked:
        leave_child(None)
    host.channel.flush()


def run_without_asyncio(host, execution):
    """To the end of the execution, or until it waits for something of asyncio's, which it has imported meanwhile."""
    resume = execution.coroutine.send
    argument = None
    while True:
        try:
            yielded = resume(argument)
        except StopIteration as end:
            finish(host, execution, end.value)
            break
        except BaseException as error:
            fail(host, execution, error)
            break
        resume = execution.coroutine.send
        argument = None
        if execution.driver is not None:
            execution.driver.adopt(yielded)
            break
        if type(yielded) is Push:
            yielded.gate.acquire()
            execution.waits_for = None
            if not yielded.is_answered:
                resume = execution.coroutine.throw
                argument = Stopped()
        elif yielded is not None:
            resume = execution.coroutine.throw
            argument = RuntimeError("a node can await only pushes and asyncio's objects, not %s" % short_repr(yielded))
    if execution.loop is not None:
        asyncio = sys.modules["asyncio"]
        asyncio.tasks._leave_task(execution.loop, execution.task)
        set_running(execution.loop, False)


def enter_own_loop(execution, is_running=True):
    """In the execution's thread. `is_running`: its code is, and has just imported asyncio."""
    asyncio = sys.modules["asyncio"]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    make_task(loop, execution)
    if is_running:
        set_running(loop, True)
        asyncio.tasks._enter_task(loop, execution.task)


def run_own_loop(execution):
    asyncio = sys.modules["asyncio"]
    loop = execution.loop
    try:
        loop.run_until_complete(execution.task)
        rest = [task for task in asyncio.all_tasks(loop) if not task.done()]
        for task in rest:
            task.cancel()
        if rest:
            loop.run_until_complete(asyncio.gather(*rest, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
    except BaseException as error:
        # SystemExit in a task of the node's leaves the loop.
        if not execution.is_over:
            fail(HOST, execution, error)
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def cancel_blocking(execution):
    """From the main thread."""
    push = execution.waits_for
    if execution.task is not None:
        try:
            execution.loop.call_soon_threadsafe(execution.task.cancel)
        except RuntimeError:
            pass  # the loop has been closed: it is about to end
    elif push is not None:
        try:
            push.gate.release()
        except RuntimeError:
            pass  # it has been answered
