#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <variant>

#include "client/client.h"

namespace vnode {

/// A command's connection to the daemon. It can outlive the daemon that it was made to: one that is restarted
/// is found again. Thread rule: one thread; `interrupt` and `wake` from any.
class DaemonConnection {
 public:
  explicit DaemonConnection(DaemonAddress address) : address_(std::move(address)) {}

  /// nullopt: connected.
  std::optional<CallError> connect();

  std::variant<Value, CallError> call(std::string_view method, const Dict& params);

  /// The same for calls that may be made twice. When the daemon goes away it is looked for again, for some
  /// seconds (a service manager may restart it); `on_lost` is called once then.
  std::variant<Value, CallError> call_patiently(std::string_view method, const Dict& params,
                                                const std::function<void()>& on_lost);

  /// As that of the client: nullopt at the deadline, when interrupted or woken, or when no longer connected.
  std::optional<Client::Notification> next_notification(std::optional<SteadyTime> deadline);
  bool is_connected() const;

  /// Ends what waits, now and from now on: calls come back with the word "interrupted".
  void interrupt();
  bool is_interrupted() const;
  /// Ends the wait for a notification, now or the next one.
  void wake();

 private:
  bool pause(Duration duration);

  const DaemonAddress address_;
  mutable std::mutex mutex_;  ///< for what `interrupt` looks at
  std::condition_variable interrupted_;
  bool is_interrupted_ = false;
  std::unique_ptr<Client> client_;
};

}  // namespace vnode
