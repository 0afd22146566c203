// Loads, validates and runs a workflow in one process, and prints how long each step took as one JSON object:
//
//     in_process FILE [REPEAT]
//
// Medians of REPEAT rounds (default 3), in seconds. `parse` is what nlohmann::json takes to parse the same
// text into a document tree: the measure for `read` (text to workflow), `check` (validate, with all warnings)
// and `plan` (errors only, and ready to run).

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/text_file.h"
#include "engine/run.h"
#include "graph/graph.h"
#include "model/workflow_reader.h"
#include "nodes/native_nodes.h"
#include "registry/registry.h"
#include "validate/validate.h"

namespace {

using namespace vnode;

class NullSink final : public EventSink {
 public:
  void on_event(const Event&) override {}
  bool wants_node_events() const override { return false; }
};

/// The steps of one round, in seconds.
struct Round {
  double parse = 0, read = 0, check = 0, plan = 0, run = 0;
};

template <class Step>
double seconds(Step step) {
  const auto begin = std::chrono::steady_clock::now();
  step();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

[[noreturn]] void refuse(const std::string& why) {
  std::fprintf(stderr, "in_process: %s\n", why.c_str());
  std::exit(1);
}

Registry native_types() {
  NodeLibrary library;
  add_native_nodes(library);
  Registry registry;
  registry.add_library(library);
  return registry;
}

Round measure(const std::string& text, const Registry& registry) {
  Round round;
  round.parse = seconds([&] {
    if (nlohmann::json::parse(text).empty()) refuse("empty document");
  });
  WorkflowReading reading;
  round.read = seconds([&] { reading = read_workflow(text); });
  if (!reading.workflow) refuse("not a workflow: " + reading.problems.front().message);
  round.check = seconds([&] {
    if (has_errors(validate(*reading.workflow, Graph(*reading.workflow), registry)))
      refuse("invalid workflow");
  });
  std::shared_ptr<const Plan> plan;
  round.plan = seconds([&] { plan = Plan::make(std::move(*reading.workflow), registry, reading.problems); });
  SystemClock clock;
  WorkerPool workers(2);
  HttpClient http;
  NullSink sink;
  round.run = seconds([&] {
    Run run(plan, RunServices{clock, workers, http}, sink, {.run_id = "bench"});
    if (run.run_to_end().exit_code != 0) refuse("the run failed");
  });
  return round;
}

double median(const std::vector<Round>& rounds, double Round::*step) {
  std::vector<double> values;
  for (const Round& round : rounds) values.push_back(round.*step);
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) refuse("usage: in_process FILE [REPEAT]");
  Result<TextFile> file = read_text_file(argv[1]);
  if (!file) refuse(file.error().message);
  const int repeat = argc > 2 ? std::max(1, std::atoi(argv[2])) : 3;
  const Registry registry = native_types();
  std::vector<Round> rounds;
  for (int i = 0; i < repeat; ++i) rounds.push_back(measure(file->text, registry));
  std::printf(R"({"parse": %.6f, "read": %.6f, "check": %.6f, "plan": %.6f, "run": %.6f})"
              "\n",
              median(rounds, &Round::parse), median(rounds, &Round::read), median(rounds, &Round::check),
              median(rounds, &Round::plan), median(rounds, &Round::run));
}
