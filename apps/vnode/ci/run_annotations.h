#pragma once

#include <string>
#include <vector>

#include "apps/vnode/ci/annotations.h"
#include "events/sink.h"

namespace vnode {

/// What a run tells a CI server: problems of its workflow, failures of nodes and their warnings, at the lines
/// of the workflow file. Secrets are masked in what it gets. Thread rule: that of sinks; `add` and `text` by
/// the same thread.
class RunAnnotations final : public EventSink {
 public:
  RunAnnotations(CiSystem system, std::string file) : system_(system), file_(std::move(file)) {}

  void on_event(const Event& event) override;
  bool wants_node_events() const override { return false; }

  void add(const Problems& problems) { problems_.insert(problems_.end(), problems.begin(), problems.end()); }

  /// The lines to print. Reads the file to find places in it, if there is anything to say.
  std::string text() const;

 private:
  struct Remark {
    bool is_error = true;
    std::string id, name, label, message;
  };
  void note(const Event& event, bool is_error, std::string_view message);

  const CiSystem system_;
  const std::string file_;
  Problems problems_;
  std::vector<Remark> remarks_;  ///< the first ones
  std::size_t errors_ = 0;       ///< all of them
  std::size_t warnings_ = 0;
};

}  // namespace vnode
