#include "daemon/run_pausing.h"

#include <memory>
#include <utility>

#include "async/event_loop.h"
#include "daemon/run_book.h"

namespace vnode {
namespace {

/// Runs that are looked at in one turn of the loop.
constexpr std::size_t kPausedInATurn = 64;
/// Changes on their way to the disk.
constexpr std::size_t kMostPausesOnTheWay = 1024;

class Pausing : public std::enable_shared_from_this<Pausing> {
 public:
  Pausing(DaemonCore& core, PickedRuns picked, RunPause how, std::string name, Reply reply)
      : core_(core),
        named_(std::move(picked.named)),
        passed_over_(std::move(picked.passed_over)),
        is_done_(named_.size()),
        how_(how),
        name_(std::move(name)),
        reply_(std::move(reply)) {}

  void go_on() {
    for (std::size_t i = 0; i < kPausedInATurn && on_the_way_ < kMostPausesOnTheWay; ++i) {
      if (!pause_next()) {
        is_through_ = true;
        return finish();
      }
    }
    if (on_the_way_ < kMostPausesOnTheWay)
      return core_.loop.post([self = shared_from_this()] { self->go_on(); });
    is_waiting_ = true;
  }

 private:
  /// False when there is none left.
  bool pause_next() {
    while (at_ < named_.size() && next_ == named_[at_].runs.size()) {
      ++at_;
      next_ = 0;
    }
    if (at_ == named_.size()) return false;
    const bool is_paused =
        core_.book.pause(named_[at_].runs[next_++], how_, [self = shared_from_this()] { self->on_stored(); });
    if (is_paused) {
      is_done_[at_] = true;
      ++on_the_way_;
    }
    return true;
  }

  void on_stored() {
    --on_the_way_;
    if (is_through_) return finish();
    if (std::exchange(is_waiting_, false)) core_.loop.post([self = shared_from_this()] { self->go_on(); });
  }

  void finish() {
    if (on_the_way_ > 0) return;
    std::vector<Value> done;
    std::vector<Value> ended;
    for (std::size_t i = 0; i < named_.size(); ++i) (is_done_[i] ? done : ended).emplace_back(named_[i].id);
    Dict result{{name_, Value::list(std::move(done))}, {"ended", Value::list(std::move(ended))}};
    add_passed_over(result, passed_over_);
    reply_.result(result);
  }

  DaemonCore& core_;
  const std::vector<NamedRuns> named_;
  const std::optional<std::vector<std::string>> passed_over_;
  std::vector<bool> is_done_;  ///< of each
  const RunPause how_;
  const std::string name_;
  const Reply reply_;
  std::size_t at_ = 0;    ///< which of `named_` is next,
  std::size_t next_ = 0;  ///< and which of its runs
  std::size_t on_the_way_ = 0;
  bool is_through_ = false;
  bool is_waiting_ = false;  ///< for changes that are on their way
};

}  // namespace

void pause_runs(DaemonCore& core, PickedRuns picked, RunPause how, const std::string& name,
                const Reply& reply) {
  std::make_shared<Pausing>(core, std::move(picked), how, name, reply)->go_on();
}

}  // namespace vnode
