#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "rpc/message.h"

namespace vnode {

/// Answers one call, now or later, once: what comes behind the first answer is dropped. For a notification
/// nothing is sent. Copies answer the same call. An answer to a client that has gone is dropped. Owner's
/// thread; copies may be carried to other threads and back.
class Reply {
 public:
  /// `send` gets the line without its newline, unless the call has no id; then `on_answered` is called in any
  /// case.
  Reply(std::optional<Value> id, std::function<void(std::string line)> send,
        std::function<void()> on_answered = {})
      : state_(std::make_shared<State>(
            State{.id = std::move(id), .send = std::move(send), .on_answered = std::move(on_answered)})) {}

  void result(const Value& value) const {
    answer([&](const Value& id) { return rpc_result(id, value); });
  }
  /// The same with a result that is JSON text already: a large one is written elsewhere.
  void result_json(std::string_view json) const {
    answer([&](const Value& id) { return rpc_result_json(id, json); });
  }
  void error(const RpcError& error) const {
    answer([&](const Value& id) { return rpc_error(id, error); });
  }

 private:
  struct State {
    std::optional<Value> id;
    std::function<void(std::string)> send;
    std::function<void()> on_answered;
    bool is_answered = false;
  };

  template <class Write>
  void answer(const Write& write) const {
    if (state_->is_answered) return;
    std::string line = state_->id ? write(*state_->id) : std::string();
    state_->is_answered = true;
    if (state_->id) state_->send(std::move(line));
    if (state_->on_answered) state_->on_answered();
  }

  std::shared_ptr<State> state_;
};

/// An error of the daemon's own (-32000).
inline RpcError daemon_error(std::string word, std::string message, Dict data = {}) {
  return {RpcErrorCode::kServer, std::move(word), std::move(message), std::move(data)};
}

/// What a call costs for which there is no memory: itself.
inline RpcError out_of_memory() {
  return daemon_error("out_of_memory", "there is no memory for this; nothing was done");
}

}  // namespace vnode
