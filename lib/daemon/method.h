#pragma once

#include "daemon/reply.h"
#include "model/value.h"
#include "rpc/method_spec.h"

namespace vnode {

class Session;
struct DaemonCore;

/// Carries out a checked call; the reply comes now or later. Owner's thread.
using MethodHandler = void (*)(DaemonCore& core, Session& session, const Dict& params, Reply reply);

/// When the calls that come behind one on its connection are carried out.
enum class CallOrder {
  kAfterReply,   ///< when it is answered
  kHandlerSays,  ///< when the handler has let them go on (Session::hold, Session::resume)
  kAtOnce,       ///< a client may leave many of such calls open
};

/// One method of the protocol: what it is, and who carries it out.
struct Method {
  MethodSpec spec;
  MethodHandler handler = nullptr;
  CallOrder order = CallOrder::kAfterReply;
  /// May be called by clients that have not shown the token.
  bool is_for_strangers = false;
};

}  // namespace vnode
