#include "daemon/run_cancelling.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include "async/event_loop.h"
#include "daemon/run_book.h"
#include "daemon/run_listing.h"
#include "tasks/task_table.h"

namespace vnode {
namespace {

/// Runs that are looked at in one turn of the loop.
constexpr std::size_t kInATurn = 64;
/// Ends on their way to the disk: one commit takes them, and what others want to store meanwhile waits for
/// it.
constexpr std::size_t kMostOnTheWay = 1024;

bool is_pending(const LiveRun& run) { return run.task && run.task->status() == RunStatus::kPending; }

/// What is answered when all is done.
struct Cancelled {
  /// In the order of `place`.
  struct Entry {
    std::int64_t place = 0;
    std::string id;
    bool had_ended = false;
  };
  std::vector<Entry> entries;
  /// What was asked for, in order; the place of an entry is the one in it.
  std::vector<std::string> named;
  bool are_all = false;
  std::optional<std::vector<std::string>> passed_over = {};  ///< PickedRuns

  Value result() { return are_all ? result_of_all() : result_of_named(); }

 private:
  Value result_of_named() const {
    std::vector<bool> is_cancelled(named.size());
    for (const Entry& entry : entries) {
      if (!entry.had_ended) is_cancelled[static_cast<std::size_t>(entry.place)] = true;
    }
    std::vector<Value> cancelled;
    std::vector<Value> ended;
    for (std::size_t i = 0; i < named.size(); ++i)
      (is_cancelled[i] ? cancelled : ended).emplace_back(named[i]);
    Dict result{{"cancelled", Value::list(std::move(cancelled))}, {"ended", Value::list(std::move(ended))}};
    add_passed_over(result, passed_over);
    return result;
  }

  Value result_of_all() {
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.place < b.place; });
    std::vector<Value> cancelled;
    std::vector<Value> ended;
    for (const Entry& entry : entries) (entry.had_ended ? ended : cancelled).emplace_back(entry.id);
    return Dict{{"cancelled", Value::list(std::move(cancelled))}, {"ended", Value::list(std::move(ended))}};
  }
};

class Cancelling : public std::enable_shared_from_this<Cancelling> {
 public:
  Cancelling(DaemonCore& core, Reply reply) : core_(core), reply_(std::move(reply)) {}

  void start(const PickedRuns& picked) {
    before_ = 0;
    done_.passed_over = picked.passed_over;
    std::vector<Next> running;
    for (const NamedRuns& one : picked.named) done_.named.push_back(one.id);
    // The last ones first: what starts meanwhile is not what is next.
    for (std::size_t place = picked.named.size(); place-- > 0;) {
      const std::vector<std::string>& runs = picked.named[place].runs;
      for (auto id = runs.rbegin(); id != runs.rend(); ++id) {
        const LiveRun* run = core_.book.find(*id);
        (run && is_pending(*run) ? rest_ : running).push_back({static_cast<std::int64_t>(place), *id});
      }
    }
    rest_.insert(rest_.end(), running.begin(), running.end());
    go_on();
  }
  void start_all() {
    done_.are_all = true;
    go_on();
  }

 private:
  struct Next {
    std::int64_t place = 0;
    std::string id;
  };

  void go_on() {
    for (std::size_t i = 0; i < kInATurn && on_the_way_ < kMostOnTheWay && !is_lost_; ++i) {
      if (!cancel_next()) {
        is_through_ = true;
        return finish();
      }
    }
    if (is_lost_) return finish();
    if (on_the_way_ >= kMostOnTheWay) {
      is_waiting_ = true;
      return;
    }
    core_.loop.post([self = shared_from_this()] { self->go_on(); });
  }

  /// False when there is none left.
  bool cancel_next() {
    if (const LiveRun* run = before_ > 0 ? core_.book.newest_before(before_) : nullptr) {
      before_ = run->row.number;
      const Next next{run->row.number, run->row.id};
      is_pending(*run) ? cancel(next) : rest_.push_back(next);
      return true;
    }
    before_ = 0;
    if (next_ == rest_.size()) return false;
    cancel(rest_[next_++]);
    return true;
  }

  void cancel(const Next& next) {
    const LiveRun* run = core_.book.find(next.id);
    const bool was_pending = run && is_pending(*run);
    const bool had_ended = !core_.book.cancel(next.id);
    done_.entries.push_back({next.place, next.id, had_ended});
    if (had_ended || !was_pending) return;
    ++on_the_way_;
    core_.book.when_ended(
        next.id, [self = shared_from_this()](const RunRow& row) { self->on_ended(row); },
        [] { return true; });
  }

  void on_ended(const RunRow& row) {
    --on_the_way_;
    if (!row.completed_at) is_lost_ = true;
    if (is_through_) return finish();
    if (is_waiting_ && (is_lost_ || on_the_way_ <= kMostOnTheWay / 2)) {
      is_waiting_ = false;
      core_.loop.post([self = shared_from_this()] { self->go_on(); });
    }
  }

  void finish() {
    if (is_lost_) {
      return reply_.error(daemon_error("shutting_down",
                                       "the daemon ends, and it could not be stored that all "
                                       "of these runs are cancelled"));
    }
    if (on_the_way_ > 0) return;
    const auto done = std::make_shared<Cancelled>(std::move(done_));
    reply_with(
        core_, done->entries.size(), [done] { return done->result(); }, reply_);
  }

  DaemonCore& core_;
  const Reply reply_;
  /// Of all: those with a lower number have not been looked at. 0: there are none.
  std::int64_t before_ = std::numeric_limits<std::int64_t>::max();
  std::vector<Next> rest_;  ///< to be cancelled in this order after those,
  std::size_t next_ = 0;    ///< from here on
  Cancelled done_;
  std::size_t on_the_way_ = 0;
  bool is_through_ = false;
  bool is_waiting_ = false;  ///< for ends that are on their way
  bool is_lost_ = false;     ///< the daemon goes, and one of them is not stored
};

}  // namespace

void cancel_runs(DaemonCore& core, const PickedRuns& picked, const Reply& reply) {
  std::make_shared<Cancelling>(core, reply)->start(picked);
}

void cancel_all_runs(DaemonCore& core, const Reply& reply) {
  std::make_shared<Cancelling>(core, reply)->start_all();
}

}  // namespace vnode
