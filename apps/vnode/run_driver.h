#pragma once

#include "apps/vnode/pretty_view.h"
#include "async/event_loop.h"
#include "engine/run.h"

namespace vnode {

/// Steps `run` until it has ended, waiting in between. `view` may be null.
void drive(Run& run, EventLoop& loop, EventSink& sink, PrettyView* view);

}  // namespace vnode
