// Random workflows, run by the engine and by a model of its rules: both must do the same, event for event.
//
//   VNODE_PROPERTY_CASES=100000 VNODE_PROPERTY_SEED=7 ./property_test

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>

#include "model/value_ops.h"
#include "property/engine_model.h"
#include "property/property_nodes.h"
#include "property/random_case.h"
#include "support/run_harness.h"

namespace vnode::test {
namespace {

constexpr std::size_t kMostLines = 400;  ///< of a trace; wilder cases are left out
constexpr std::size_t kMostPolls = 20000;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

const Registry& property_registry() {
  static const Registry kRegistry = [] {
    NodeLibrary library;
    for (const PropertyKind& kind : property_kinds()) library.add(kind.type);
    Registry registry;
    registry.add_library(library);
    return registry;
  }();
  return kRegistry;
}

/// What the surroundings of a run are; shared by all cases, as each would start threads.
struct Surroundings {
  FakeClock clock;
  WorkerPool workers{1};
  HttpClient http;
};

Observed engine_run(const Case& workflow, Surroundings& surroundings) {
  const WorkflowBuilder builder = workflow.workflow();
  Observed observed;
  Problems problems;
  const auto plan = Plan::make(builder.workflow(), property_registry(), problems);
  if (!plan) {
    for (const Problem& problem : problems) observed.trace.push_back("refused: " + problem.message);
    return observed;
  }
  RecordingSink sink([&builder](const Uuid& id) { return builder.name(id); });
  {
    Run run(plan, {surroundings.clock, surroundings.workers, surroundings.http}, sink,
            {.run_id = "property",
             .failed_inputs = workflow.failed_inputs,
             .logged_errors = LoggedErrors::kReport});
    std::size_t polls = 0;
    while (!run.poll() && run.has_ready() && ++polls < kMostPolls) {
    }
    if (run.finished()) {
      observed.succeeded = run.outcome().status == RunStatus::kCompleted;
      for (const CaseNode& node : workflow.nodes) {
        auto& results = observed.results[node.name];
        for (const Dict::Entry& entry : run.results(builder.id(node.name))) {
          results[std::string(entry.key.as_text())] = to_repr(entry.value);
        }
      }
    } else {
      sink.lines.push_back("finished: never, it stands still or goes on for ever");
    }
  }
  for (const std::string& line : sink.lines) {
    if (line.starts_with("log ") || line.starts_with("execution_")) continue;
    const bool has_text = line.starts_with("error ") || line.find(" skipped \"") != line.npos;
    observed.trace.push_back(has_text ? line.substr(0, line.find(" \"")) : line);
  }
  return observed;
}

std::string results_text(const Observed& observed) {
  std::string text;
  for (const auto& [node, results] : observed.results) {
    for (const auto& [port, value] : results) text += node + "." + port + "=" + value + "\n";
  }
  return text;
}

/// Where the two part, with the lines before; empty when they agree.
std::string difference(const Observed& engine, const Observed& model) {
  std::size_t at = 0;
  while (at < engine.trace.size() && at < model.trace.size() && engine.trace[at] == model.trace[at]) ++at;
  if (at < engine.trace.size() || at < model.trace.size()) {
    std::string text;
    for (std::size_t i = at < 12 ? 0 : at - 12; i < at; ++i) text += "          " + engine.trace[i] + "\n";
    for (std::size_t i = at; i < std::min(at + 5, engine.trace.size()); ++i)
      text += "  engine: " + engine.trace[i] + "\n";
    for (std::size_t i = at; i < std::min(at + 5, model.trace.size()); ++i)
      text += "  model:  " + model.trace[i] + "\n";
    return text;
  }
  if (results_text(engine) != results_text(model)) {
    return "results of the engine:\n" + results_text(engine) + "results of the model:\n" +
           results_text(model);
  }
  if (engine.succeeded != model.succeeded)
    return std::string("only the ") + (model.succeeded ? "model" : "engine") + " succeeds\n";
  return {};
}

TEST(EngineProperty, DoesWhatTheModelDoes) {
  const std::uint64_t cases = setting("VNODE_PROPERTY_CASES", 5000);
  const std::uint64_t first_seed = setting("VNODE_PROPERTY_SEED", 1);
  Surroundings surroundings;
  std::size_t compared = 0, lines = 0, data_flow = 0, failed = 0;

  auto compare = [&](const Case& workflow) -> std::string {
    std::optional<Observed> model;
    try {
      model = model_run(workflow, kMostLines);
    } catch (const std::logic_error& error) {
      return error.what();
    }
    if (!model) return {};
    ++compared;
    lines += model->trace.size();
    failed += !model->succeeded;
    return difference(engine_run(workflow, surroundings), *model);
  };
  for (std::uint64_t seed = first_seed; seed < first_seed + cases; ++seed) {
    std::mt19937_64 random(seed);
    const Case workflow = random_case(random);
    data_flow += !workflow.is_flow();
    if (compare(workflow).empty()) continue;
    const Case small = shrunk(workflow, [&](const Case& smaller) { return !compare(smaller).empty(); });
    FAIL() << "VNODE_PROPERTY_SEED=" << seed << " VNODE_PROPERTY_CASES=1, made smaller:\n"
           << small.text() << compare(small);
  }
  if (cases >= 1000) {
    // A generator that makes nothing but trivial or hopeless cases would go unnoticed.
    EXPECT_GT(compared, cases * 8 / 10);
    EXPECT_GT(lines, compared * 10);
    EXPECT_GT(data_flow, cases / 10);
    EXPECT_GT(failed, cases / 10);
  }
  RecordProperty("compared", std::to_string(compared));
  RecordProperty("lines", std::to_string(lines));
  RecordProperty("data_flow", std::to_string(data_flow));
  RecordProperty("failed", std::to_string(failed));
}

}  // namespace
}  // namespace vnode::test
