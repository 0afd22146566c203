#pragma once

#include <functional>
#include <memory>
#include <string>

#include "rpc/message.h"

namespace vnode {

/// Answers one call, now or later, once; for a notification nothing is sent. Copies answer the same call. An
/// answer to a client that has gone is dropped. Owner's thread.
class Reply {
 public:
  /// `send` gets the line without its newline, unless the call has no id; then `on_answered` is called in any
  /// case.
  Reply(std::optional<Value> id, std::function<void(std::string line)> send,
        std::function<void()> on_answered = {})
      : id_(std::move(id)), send_(std::move(send)), on_answered_(std::move(on_answered)) {}

  void result(const Value& value) const {
    if (id_) send_(rpc_result(*id_, value));
    if (on_answered_) on_answered_();
  }
  void error(const RpcError& error) const {
    if (id_) send_(rpc_error(*id_, error));
    if (on_answered_) on_answered_();
  }

 private:
  std::optional<Value> id_;
  std::function<void(std::string)> send_;
  std::function<void()> on_answered_;
};

/// An error of the daemon's own (-32000).
inline RpcError daemon_error(std::string word, std::string message, Dict data = {}) {
  return {RpcErrorCode::kServer, std::move(word), std::move(message), std::move(data)};
}

}  // namespace vnode
