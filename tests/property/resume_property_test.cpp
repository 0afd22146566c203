// Random workflows with a journal that are cut off and go on from it, perhaps several times: each time they
// do what they did without (journal rules 11 and 13), and execute nothing that had ended.
//
//   VNODE_RESUME_CASES=10000 VNODE_RESUME_SEED=7 ./property_test --gtest_filter='Resume*'

#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <set>
#include <string>

#include "journal/journal_file.h"
#include "journal/journal_resumption.h"
#include "property/property_nodes.h"
#include "property/random_case.h"
#include "support/run_harness.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

constexpr std::size_t kMostPollsOfACase = 20000;
constexpr std::size_t kLongestTrace = 400;

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// Kinds that do their work before they fire, once, and keep nothing: they stand for what touches the world.
bool is_deed(const std::string& kind) {
  static const std::set<std::string, std::less<>> kDeeds = {
      "source",   "relay",       "pass",         "starter", "pair", "shared", "undeclared",
      "feedback", "return_data", "return_empty", "retype",  "late", "slow",   "yielding"};
  return kDeeds.contains(kind);
}

bool has_kind(const Case& workflow, const std::set<std::string, std::less<>>& kinds) {
  return std::any_of(workflow.nodes.begin(), workflow.nodes.end(),
                     [&kinds](const CaseNode& node) { return kinds.contains(node.kind); });
}

/// Chains of the case take turns. What runs for real after a cut may then come at another place than it did:
/// such a run is one that could have been, and not the same (journal rule 11).
bool takes_turns(const Case& workflow) { return has_kind(workflow, {"slow", "yielding"}); }

const Registry& resume_registry() {
  static const Registry kRegistry = [] {
    NodeLibrary library;
    for (const PropertyKind& kind : property_kinds()) {
      NodeType type = kind.type;
      type.touches_world = is_deed(type.definition.node_id);
      library.add(std::move(type));
    }
    Registry registry;
    registry.add_library(library);
    return registry;
  }();
  return kRegistry;
}

struct Told {
  std::vector<std::string> trace;
  std::size_t resumed = 0;
  bool has_ended = false;
};

/// What the run of a case needs, and its journal.
class ResumedCase {
 public:
  explicit ResumedCase(const Case& workflow) : workflow_(workflow), builder_(workflow.workflow()) {
    Problems problems;
    plan_ = Plan::make(builder_.workflow(), resume_registry(), problems);
  }

  bool is_valid() const { return plan_ != nullptr; }

  Told first() {
    std::filesystem::remove(path());
    const auto file = JournalFile::create(path()).value();
    JournalRecorder recorder(*file, clock_);
    return run(&recorder, nullptr);
  }

  /// Empty: it has been refused.
  Told resume() {
    auto file = JournalFile::open(path(), {}).value();
    auto index = JournalIndex::read(file->descriptor(), path());
    if (!index || !file->go_on(index->end())) return {};
    JournalRecorder recorder(*file, clock_);
    recorder.go_on(index->executions().size(), index->last_value());
    const auto resumption =
        JournalResumption::open(file->descriptor(), path(), std::move(*index), recorder, {}).value();
    return run(&recorder, resumption.get());
  }

  std::string bytes() const { return folder_.read("run.journal"); }
  void cut(const std::string& whole, std::size_t size) const {
    folder_.write("run.journal", whole.substr(0, size));
  }

 private:
  std::string path() const { return folder_.file("run.journal"); }

  void wake() {
    const std::lock_guard lock(mutex_);
    is_woken_ = true;
    changed_.notify_one();
  }
  /// False: it stands still, which random workflows may.
  bool wait_for_wake() {
    std::unique_lock lock(mutex_);
    const bool is_woken = changed_.wait_for(lock, std::chrono::seconds(5), [this] { return is_woken_; });
    is_woken_ = false;
    return is_woken;
  }

  Told run(Recorder* recorder, Resumption* resumption) {
    RecordingSink sink([this](const Uuid& id) { return builder_.name(id); });
    Told told;
    Run run(plan_, {clock_, workers_, http_, nullptr, recorder, resumption}, sink,
            {.run_id = "resumed",
             .failed_inputs = workflow_.failed_inputs,
             .logged_errors = LoggedErrors::kReport,
             .seed = 1});
    run.set_wake([this] { wake(); });
    std::size_t polls = 0;
    while (!run.poll() && polls < kMostPollsOfACase && sink.lines.size() <= 2 * kLongestTrace) {
      if (run.has_ready())
        ++polls;
      else if (!wait_for_wake())
        break;
    }
    told.has_ended = run.finished();
    told.trace = sink.trace();
    told.resumed = sink.resumed;
    return told;
  }

  const Case workflow_;
  const WorkflowBuilder builder_;
  const ScratchFolder folder_;
  const FakeClock clock_;
  WorkerPool workers_{1};
  HttpClient http_;
  std::shared_ptr<const Plan> plan_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_woken_ = false;
};

std::string first_difference(const std::vector<std::string>& whole, const std::vector<std::string>& now) {
  std::size_t at = 0;
  while (at < whole.size() && at < now.size() && whole[at] == now[at]) ++at;
  if (at == whole.size() && at == now.size()) return {};
  std::string text;
  for (std::size_t i = at < 20 ? 0 : at - 20; i < at; ++i) text += "           " + whole[i] + "\n";
  for (std::size_t i = at; i < std::min(at + 12, whole.size()); ++i) text += "  whole:   " + whole[i] + "\n";
  for (std::size_t i = at; i < std::min(at + 12, now.size()); ++i) text += "  resumed: " + now[i] + "\n";
  return text;
}

/// What is wrong; empty: nothing, or the case is too wild, or not one that is taken exactly: what pushes
/// behind its end is executed again (rule 12), and the place of a hook that gives way is not kept. `cuts`:
/// where the journal ends, each as a part of it.
std::string check(const Case& workflow, const std::vector<double>& cuts) {
  if (has_kind(workflow, {"reactive_slow", "late", "late_exec"})) return {};
  ResumedCase resumed(workflow);
  if (!resumed.is_valid()) return {};
  const Told whole = resumed.first();
  if (!whole.has_ended || whole.trace.size() > kLongestTrace) return {};
  const Told all = resumed.resume();
  if (const std::string text = first_difference(whole.trace, all.trace); !text.empty())
    return "all of it is taken:\n" + text;
  for (const double part : cuts) {
    const std::string journal = resumed.bytes();
    const auto size = static_cast<std::size_t>(part * static_cast<double>(journal.size()));
    resumed.cut(journal, size);
    const Told now = resumed.resume();
    std::vector<std::string> sorted = now.trace, wanted = whole.trace;
    std::sort(sorted.begin(), sorted.end());
    std::sort(wanted.begin(), wanted.end());
    if (!now.has_ended) return "cut off at " + std::to_string(size) + ": it does not end\n";
    if (!takes_turns(workflow) && !first_difference(wanted, sorted).empty())
      return "cut off at " + std::to_string(size) + ":\n" + first_difference(whole.trace, now.trace);
    const Told again = resumed.resume();
    if (const std::string text = first_difference(now.trace, again.trace); !text.empty())
      return "once more, cut off at " + std::to_string(size) + " before:\n" + text;
    if (again.resumed < now.resumed) return "less is taken the next time\n";
  }
  return {};
}

TEST(ResumeProperty, GoesOnAsItWas) {
  const std::uint64_t cases = number_from("VNODE_RESUME_CASES", 150);
  const std::uint64_t first_seed = number_from("VNODE_RESUME_SEED", 1);
  for (std::uint64_t seed = first_seed; seed < first_seed + cases; ++seed) {
    std::mt19937_64 random(seed);
    const Case workflow = random_case(random);
    std::vector<double> cuts;
    for (int i = 0; i < 3; ++i) cuts.push_back(std::uniform_real_distribution<double>(0.1, 1)(random));
    const std::string wrong = check(workflow, cuts);
    if (wrong.empty()) continue;
    const Case small = shrunk(workflow, [&](const Case& smaller) { return !check(smaller, cuts).empty(); });
    FAIL() << "VNODE_RESUME_SEED=" << seed << " VNODE_RESUME_CASES=1, made smaller:\n"
           << small.text() << check(small, cuts) << "the whole case:\n"
           << workflow.text() << wrong;
  }
}

}  // namespace
}  // namespace vnode::test
