// Python nodes from inside one process:
//
//     bench_python round_trip PYTHON COUNT    seconds for one of COUNT blocking JSON round trips, over a
//                                             socket pair
//     bench_python runs FILE FOLDER COUNT PAUSE   seconds for each of COUNT runs, one after the other, with a
//                                             pause of so many seconds in between, warm (median, worst)
//
// The round trip is the measure for what a Python node costs: a request of 177 bytes parsed and answered by a
// child that does nothing else.

#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/text_file.h"
#include "engine/run.h"
#include "model/workflow_reader.h"
#include "nodes/native_nodes.h"
#include "python/python_runtime.h"
#include "registry/reload.h"

extern char** environ;

namespace {

using namespace vnode;

class NullSink final : public EventSink {
 public:
  void on_event(const Event&) override {}
};

[[noreturn]] void refuse(const std::string& why) {
  std::fprintf(stderr, "bench_python: %s\n", why.c_str());
  std::exit(1);
}

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

constexpr const char* kEcho = R"(
import json, socket
s = socket.socket(fileno=3)
while True:
    data = s.recv(65536)
    if not data:
        break
    s.sendall(json.dumps(json.loads(data)).encode() + b"\n")
)";

double round_trip(const char* python, int count) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) refuse("no socket pair");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 3);
  const char* arguments[] = {python, "-I", "-S", "-c", kEcho, nullptr};
  pid_t child = 0;
  if (::posix_spawn(&child, python, &actions, nullptr, const_cast<char**>(arguments), environ) != 0)
    refuse(python);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  const std::string request =
      R"({"id": 12345, "op": "execute", "node": "0f8fad5b-d9cb-469f-a165-70867728950e", "inputs": {"a": 1, "b": 2.5, "text": "some words"}, "parameters": {"exec_in": null, "exec_out": null}})"
      "\n";
  char answer[4096];
  double begin = 0;
  for (int i = 0; i <= count; ++i) {
    if (::write(ends[0], request.data(), request.size()) < 0 || ::read(ends[0], answer, sizeof answer) <= 0)
      refuse("the child is gone");
    if (i == 0) begin = now();  // the first one starts the interpreter
  }
  const double took = now() - begin;
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return took / count;
}

void runs(const char* file, const char* folder, int count, std::chrono::duration<double> pause) {
  NodeLibrary natives;
  add_native_nodes(natives);
  const Registry registry =
      reload_registry(Registry(), natives, {folder},
                      {.runtime = std::make_shared<PythonRuntime>(PythonSettings{.keeps_spare_host = true})});
  Result<TextFile> text = read_text_file(file);
  if (!text) refuse(text.error().message);
  WorkflowReading reading = read_workflow(text->text);
  if (!reading.workflow) refuse("not a workflow");
  const std::shared_ptr<const Plan> plan =
      Plan::make(std::move(*reading.workflow), registry, reading.problems);
  if (!plan) refuse("invalid workflow");
  SystemClock clock;
  WorkerPool workers(2);
  HttpClient http;
  NullSink sink;
  std::vector<double> times;
  for (int i = 0; i <= count; ++i) {
    std::this_thread::sleep_for(pause);
    const double begin = now();
    Run run(plan, RunServices{clock, workers, http}, sink, {.run_id = "bench"});
    if (run.run_to_end().exit_code != 0) refuse("the run failed");
    if (i > 0) times.push_back(now() - begin);  // the first one starts the interpreter
  }
  std::printf("%.9f %.9f\n", median(times), *std::max_element(times.begin(), times.end()));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "round_trip" && argc == 4) {
    std::printf("%.9f\n", round_trip(argv[2], std::atoi(argv[3])));
  } else if (what == "runs" && argc == 6) {
    runs(argv[2], argv[3], std::atoi(argv[4]), std::chrono::duration<double>(std::atof(argv[5])));
  } else {
    refuse("usage: bench_python round_trip PYTHON COUNT | runs FILE FOLDER COUNT PAUSE");
  }
}
