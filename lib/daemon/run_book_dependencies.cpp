// The part of RunBook that makes runs wait for others (rule 23).
#include <algorithm>
#include <array>
#include <utility>

#include "daemon/run_book.h"

namespace vnode {
namespace {

/// Runs that are told in one turn of the loop that what they wait for has ended.
constexpr std::size_t kToldInATurn = 64;
constexpr std::size_t kDependenciesShown = 3;

DependencyState state_of_end(RunStatus status) {
  return {.has_ended = true,
          .has_failed = status != RunStatus::kCompleted,
          .what_is = "has ended as " + std::string(word(status))};
}

std::string noun(const std::string& id) { return looks_like_group_id(id) ? "group " : "run "; }

DependencyState state_of_gone() {
  return {.has_ended = true, .has_failed = true, .what_is = "is not there any more"};
}

/// In the order in which they are told.
constexpr std::array kBadEnds = {RunStatus::kFailed, RunStatus::kTimeout, RunStatus::kInterrupted,
                                 RunStatus::kCancelled};

std::int64_t bad_runs(const RunGroup& group) {
  std::int64_t runs = 0;
  for (const RunStatus bad : kBadEnds) runs += group.count(bad);
  return runs;
}

AttemptEnd refused_end(const std::string& id, const DependencyState& state) {
  return {.status = RunStatus::kCancelled,
          .exit_code = kExitNodeFailed,
          .error = "dependency_failed: " + noun(id) + id + " " + state.what_is};
}

}  // namespace

/// From its entrance on it is told of every end; what has ended before is looked for.
void RunBook::watch_dependencies(LiveRun& live) {
  Dependencies dependencies = Dependencies::read(live.row.dependencies);
  const std::vector<std::string> open = dependencies.open();
  if (open.empty()) return;
  dependencies_.add(live.row.id, std::move(dependencies));
  for (const std::string& id : open) look_at_dependency(live.row.id, id);
}

/// nullopt: that it goes on means nothing to anybody.
std::optional<DependencyState> RunBook::state_of_group(const RunGroup& group) const {
  for (const RunStatus bad : kBadEnds) {
    if (group.count(bad) > 0) {
      return DependencyState{.has_ended = group.has_ended(),
                             .has_failed = true,
                             .what_is = "has a run that ended as " + std::string(word(bad))};
    }
  }
  if (!group.has_ended()) return std::nullopt;
  return DependencyState{.has_ended = true, .has_failed = false, .what_is = "has ended"};
}

/// For one that has just begun to wait for it.
void RunBook::look_at_dependency(const std::string& run, const std::string& id) {
  if (looks_like_group_id(id)) {
    if (!are_groups_counted_) return;
    const std::vector<const RunGroup*> found = groups_.with_prefix(id, 1);
    const auto state = found.empty() ? std::optional(state_of_gone()) : state_of_group(*found.front());
    if (state) tell_dependents({run}, id, *state);
    return;
  }
  if (find(id)) return;  // its end will be told
  // Many may ask at once: it is looked for once.
  std::vector<std::string>& waiting = dependencies_looked_for_[id];
  waiting.push_back(run);
  if (waiting.size() == 1 && store_) read_dependency(id);
}

/// Once it is known how those runs of groups ended that had ended before a restart.
void RunBook::look_at_groups_waited_for() {
  for (const auto& entry : live_) {
    const Dependencies* dependencies = dependencies_.find(entry.first);
    if (!dependencies) continue;
    for (const std::string& id : dependencies->open()) {
      if (looks_like_group_id(id)) look_at_dependency(entry.first, id);
    }
  }
}

void RunBook::read_dependency(const std::string& id) {
  store_->read<std::optional<RunRow>>(
      [id](RunStore& store) { return store.find(id); },
      [this, id](Result<std::optional<RunRow>> found) {
        if (!found) {  // it is there, and will be readable again
          note_store(found.error());
          const SteadyTime again = parts_.surroundings.clock.steady_now() + std::chrono::seconds(1);
          parts_.timers.add(again, [this, id] { read_dependency(id); });
          return;
        }
        const std::vector<std::string> runs = std::move(dependencies_looked_for_[id]);
        dependencies_looked_for_.erase(id);
        // One that goes on is live, or about to be; its end will be told.
        if (*found && !is_ended((*found)->status)) return;
        tell_dependents(runs, id, *found ? state_of_end((*found)->status) : state_of_gone());
      });
}

/// A run's end is durable and known.
void RunBook::tell_dependents_of(const RunRow& ended) {
  dependencies_.remove(ended.id);
  tell_dependents(dependencies_.waiting_for(ended.id), ended.id, state_of_end(ended.status));
  const RunGroup* group = groups_.find(ended.group);
  if (!group || !dependencies_.is_waited_for(group->row.id)) return;
  // Of those that end badly the first one is news, and of all of them the last one.
  const bool is_news = group->has_ended() || (ended.status != RunStatus::kCompleted && bad_runs(*group) == 1);
  const auto state = is_news ? state_of_group(*group) : std::nullopt;
  if (state) tell_dependents(dependencies_.waiting_for(group->row.id), group->row.id, *state);
}

void RunBook::tell_dependents(const std::vector<std::string>& runs, const std::string& id,
                              const DependencyState& state) {
  if (runs.empty()) return;
  const bool is_idle = dependency_news_.empty();
  for (const std::string& run : runs) dependency_news_.push_back({run, id, state});
  if (is_idle) parts_.post([this] { go_on_telling_dependents(); });
}

/// In pieces, so that others have their turns.
void RunBook::go_on_telling_dependents() {
  for (std::size_t i = 0; i < kToldInATurn && !dependency_news_.empty(); ++i) {
    const DependencyNews news = std::move(dependency_news_.front());
    dependency_news_.pop_front();
    if (LiveRun* live = live_run(news.run)) apply_dependency(*live, news.id, news.state);
  }
  if (!dependency_news_.empty()) parts_.post([this] { go_on_telling_dependents(); });
}

void RunBook::apply_dependency(LiveRun& live, const std::string& id, const DependencyState& state) {
  using Verdict = RunDependencies::Verdict;
  const std::string run = live.row.id;
  const Verdict verdict = dependencies_.judge(run, id, state);
  if (verdict == Verdict::kWaits) return;
  if (verdict == Verdict::kFailed) return carry_out(live, live.life.cannot_begin(refused_end(id, state)));
  live.row.dependencies = dependencies_.find(run)->json();
  // That it was met is kept: what has ended may be cleared before this one begins.
  write([run, json = live.row.dependencies](RunStore& store) { return store.set_dependencies(run, json); },
        [] {},
        [this, run, json = live.row.dependencies] {
          const LiveRun* still = find(run);
          return still && still->row.dependencies == json;
        });
  if (verdict == Verdict::kMet) return observer_.on_changed(live);
  dependencies_.remove(run);
  parts_.tasks.release(run);
}

/// "waits for A (running), B to end well, C (pending) to end".
std::string RunBook::dependency_text(const LiveRun& live) const {
  const Dependencies* dependencies = dependencies_.find(live.row.id);
  if (!dependencies) return {};
  const std::vector<std::string> open = dependencies->open();
  const auto how = [&after = dependencies->after](const std::string& id) {
    return std::find(after.begin(), after.end(), id) == after.end() ? " to end" : " to end well";
  };
  const std::size_t shown = std::min(open.size(), kDependenciesShown);
  std::string text = "waits for ";
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string& id = open[i];
    const std::string_view status = status_of_dependency(id);
    text += (i == 0 ? "" : ", ") + id;
    if (!status.empty()) text += " (" + std::string(status) + ")";
    // What holds for several stands behind the last of them.
    if (i + 1 == shown || std::string_view(how(id)) != how(open[i + 1])) text += how(id);
  }
  if (open.size() > shown) text += ", and for " + std::to_string(open.size() - shown) + " more";
  return text;
}

/// Empty: nobody knows it any more.
std::string_view RunBook::status_of_dependency(const std::string& id) const {
  if (const LiveRun* run = find(id)) return word(run->row.status);
  if (!looks_like_group_id(id)) return {};
  const std::vector<const RunGroup*> group = groups_.with_prefix(id, 1);
  return group.empty() ? std::string_view() : word(group.front()->status());
}

}  // namespace vnode
