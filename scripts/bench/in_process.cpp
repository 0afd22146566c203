// One thing done once with a workflow, in a process that does nothing else; prints how long each step of it
// took, in seconds, as one JSON object:
//
//     bench_in_process parse FILE    "parse": the text to a document tree of nlohmann::json, the measure for
//                                    the others
//     bench_in_process check FILE    "read": the text to a workflow; "check": validate, with all warnings
//     bench_in_process run FILE      "read"; "plan": errors only, and ready to run; "run"
//
// A second round in the same process, or one thing behind the other, would find memory there that the first
// one had to ask the system for.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

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

template <class Step>
double seconds(Step step) {
  const auto begin = std::chrono::steady_clock::now();
  step();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

[[noreturn]] void refuse(const std::string& why) {
  std::fprintf(stderr, "bench_in_process: %s\n", why.c_str());
  std::exit(1);
}

Registry native_types() {
  NodeLibrary library;
  add_native_nodes(library);
  Registry registry;
  registry.add_library(library);
  return registry;
}

void measure_parse(const std::string& text) {
  nlohmann::json document;
  const double parse = seconds([&] { document = nlohmann::json::parse(text); });
  if (document.empty()) refuse("empty document");
  std::printf("{\"parse\": %.6f}\n", parse);
}

double measure_read(const std::string& text, WorkflowReading& reading) {
  const double read = seconds([&] { reading = read_workflow(text); });
  if (!reading.workflow) refuse("not a workflow: " + reading.problems.front().message);
  return read;
}

void measure_check(const std::string& text) {
  const Registry registry = native_types();
  WorkflowReading reading;
  const double read = measure_read(text, reading);
  const double check = seconds([&] {
    if (has_errors(validate(*reading.workflow, Graph(*reading.workflow), registry)))
      refuse("invalid workflow");
  });
  std::printf("{\"read\": %.6f, \"check\": %.6f}\n", read, check);
}

void measure_run(const std::string& text) {
  const Registry registry = native_types();
  WorkflowReading reading;
  const double read = measure_read(text, reading);
  std::shared_ptr<const Plan> plan;
  const double planning =
      seconds([&] { plan = Plan::make(std::move(*reading.workflow), registry, reading.problems); });
  if (!plan) refuse("invalid workflow");
  SystemClock clock;
  WorkerPool workers(2);
  HttpClient http;
  NullSink sink;
  const double running = seconds([&] {
    Run run(plan, RunServices{clock, workers, http}, sink, {.run_id = "bench"});
    if (run.run_to_end().exit_code != 0) refuse("the run failed");
  });
  std::printf("{\"read\": %.6f, \"plan\": %.6f, \"run\": %.6f}\n", read, planning, running);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) refuse("usage: bench_in_process parse|check|run FILE");
  const Result<TextFile> file = read_text_file(argv[2]);
  if (!file) refuse(file.error().message);
  const std::string what = argv[1];
  if (what == "parse") {
    measure_parse(file->text);
  } else if (what == "check") {
    measure_check(file->text);
  } else if (what == "run") {
    measure_run(file->text);
  } else {
    refuse("not one of parse, check, run: " + what);
  }
}
