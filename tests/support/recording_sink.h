#pragma once

#include <functional>
#include <string>
#include <vector>

#include "events/sink.h"

namespace vnode::test {

/// Keeps every event as one short line, for example:
///   started a exec · output a result=5.0 · log a info "text" · error a "text" · finished a success · skipped
///   "cause"
/// Inside groups the name is "group/inner".
class RecordingSink final : public EventSink {
 public:
  using Namer = std::function<std::string(const Uuid&)>;
  explicit RecordingSink(Namer namer) : namer_(std::move(namer)) {}

  void on_event(const Event& event) override;

  std::vector<std::string> lines;  ///< everything
  /// Those that start with one of the texts.
  std::vector<std::string> only(std::initializer_list<std::string_view> words) const;
  /// started, output and finished lines: what traces compare.
  std::vector<std::string> trace() const { return only({"started", "output", "finished"}); }
  bool has(const std::string& line) const;
  std::size_t count(const std::string& line) const;

  std::size_t resumed = 0;  ///< executions that were taken from a journal
  std::size_t cached = 0;   ///< the same, from a cache
  std::uint64_t last_seq = 0;
  bool seq_has_gaps = false;

 private:
  Namer namer_;
};

}  // namespace vnode::test
