#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>

#include "command/command_runtime.h"
#include "command/run_command.h"
#include "engine/run.h"
#include "model/value_ops.h"
#include "nodes/native_nodes.h"
#include "registry/reload.h"
#include "support/recording_sink.h"
#include "support/scratch_folder.h"
#include "support/workflow_builder.h"

namespace vnode::test {

/// Runs of command nodes, with real processes and the real clock, in a folder of their own.
class CommandRunCase : public testing::Test {
 protected:
  CommandRunCase() {
    settings_.grace = std::chrono::milliseconds(300);
    options_.run_id = "test";
    options_.environment.working_directory = folder_.path();
  }

  /// A definition with the inputs a (any), list (list), file (path), flag (bool), and these members.
  void define(const std::string& node_id, const std::string& members) {
    definitions_.write(node_id + ".json", R"({"node_id": ")" + node_id +
                                              R"(", "name": "It", "inputs": [{"name": "a"},
        {"name": "list", "type": "list"}, {"name": "file", "type": "path"}, {"name": "flag", "type": "bool"}], )" +
                                              members + "}");
  }
  /// A shell script in the folder, executable.
  std::string script(const std::string& name, const std::string& text) {
    folder_.write(name, "#!/bin/sh\n" + text);
    std::filesystem::permissions(folder_.file(name), std::filesystem::perms::all);
    return folder_.file(name);
  }

  const Registry& registry() {
    if (!registry_) {
      runtime_ = std::make_shared<CommandRuntime>(settings_);
      NodeLibrary natives;
      add_native_nodes(natives);
      natives.add(run_command_type(runtime_));
      registry_ = reload_registry(Registry(), natives, {definitions_.path()}, {.commands = runtime_});
      for (const LoadNote& note : registry_->notes()) ADD_FAILURE() << note.file << ": " << note.message;
    }
    return *registry_;
  }

  struct RealRun {
    RealRun(CommandRunCase& test, const WorkflowBuilder& builder) : w(builder) {
      Problems problems;
      plan = Plan::make(w.workflow(), test.registry(), problems);
      if (!plan) throw std::runtime_error(problems.front().message);
      run = std::make_unique<vnode::Run>(plan, RunServices{test.clock_, *test.workers_, test.http_}, sink,
                                         test.options_);
    }
    RealRun& to_end() {
      run->run_to_end();
      return *this;
    }
    const RunOutcome& outcome() const { return run->outcome(); }
    std::string result(const std::string& node, std::string_view port) const {
      const Value* value = run->result(w.id(node), port);
      return value ? to_repr(*value) : "unset";
    }
    std::string all() const { return testing::PrintToString(sink.lines); }

    WorkflowBuilder w;
    RecordingSink sink{[this](const Uuid& id) { return w.name(id); }};
    std::shared_ptr<const Plan> plan;
    std::unique_ptr<vnode::Run> run;
  };

  ScratchFolder folder_;  ///< where commands run
  ScratchFolder definitions_;
  CommandSettings settings_;
  RunOptions options_;
  std::shared_ptr<CommandRuntime> runtime_;
  std::optional<Registry> registry_;
  SystemClock clock_;
  std::unique_ptr<WorkerPool> workers_ = std::make_unique<WorkerPool>(2);
  HttpClient http_;
};

}  // namespace vnode::test
