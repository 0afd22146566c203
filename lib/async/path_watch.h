#pragma once

#include <functional>
#include <memory>
#include <string>

#include "async/event_loop.h"

namespace vnode {

/// Tells when something happens to one file or folder, so that nobody has to look again and again: it is
/// removed, renamed, put in the place of another, or one of the folders that it is in is; in a folder
/// something is made, removed or renamed, or closed by somebody who may have written to it. Of contents that
/// a program goes on writing nothing is told, nor of what is mounted over it. Thread rule: the loop's thread;
/// `on_change` comes from within `wait_until`, once for all that has happened until then, and may drop the
/// watch.
class PathWatch {
 public:
  /// Null where that cannot be told: it is not there, it is on a network, or the system gives no more
  /// watches. What happens afterwards is told, so look at the path once it is watched.
  static std::unique_ptr<PathWatch> make(EventLoop& loop, const std::string& path,
                                         std::function<void()> on_change);
  PathWatch(const PathWatch&) = delete;
  ~PathWatch();

  /// False once what it watches is not at that path any more: another watch is needed for what is there now.
  bool is_whole() const;

 private:
  struct State;
  explicit PathWatch(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace vnode
