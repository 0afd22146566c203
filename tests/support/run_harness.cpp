#include "support/run_harness.h"

#include <stdexcept>
#include <thread>

#include "model/value_ops.h"
#include "nodes/native_nodes.h"

namespace vnode::test {

void add_test_nodes(NodeLibrary& library) {
  library.add(
      {.definition = {.node_id = "test_fail",
                      .inputs = {{"message", "string", "it failed"}, {"in"}},
                      .outputs = {{"value"}}},
       .compute = [](NodeCall& call) -> Outputs { throw NodeFailure(to_text(call.input("message"))); }});
  library.add({.definition = {.node_id = "test_fail_once", .inputs = {{"in"}}, .outputs = {{"value"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 const Value* failed = call.variables().find("failed");
                 call.variables().set("failed", true);
                 if (!failed) throw NodeFailure("the first time");
                 return {{"value", 1}};
               }});
  library.add({.definition = {.node_id = "test_slow_value",
                              .use_exec = false,
                              .inputs = {{"in"}},
                              .outputs = {{"value"}}},
               .execute = [](NodeContext& node) -> Task<Outputs> {
                 co_await node.sleep(std::chrono::seconds(10));
                 co_await node.set_output("value", node.input("in"));
                 co_return Outputs{{"value", node.input("in")}};
               }});
  library.add(
      {.definition = {.node_id = "test_fail_times",
                      .inputs = {{"times", "int", 1}, {"push", "bool", false}, {"log", "bool", false}},
                      .outputs = {{"value"}}},
       .execute = [](NodeContext& node) -> Task<Outputs> {
         const Value* before = node.variables().find("tries");
         const std::int64_t tries = (before ? before->as_int() : 0) + 1;
         node.variables().set("tries", tries);
         if (truthy(node.input("log"))) node.log_error("try " + std::to_string(node.try_number()));
         if (truthy(node.input("push"))) co_await node.set_output("value", tries);
         if (tries <= node.input("times").as_int()) throw NodeFailure("time " + std::to_string(tries));
         co_await node.set_output("value", tries);
         co_await node.fire("exec_out");
         co_return Outputs{{"value", tries}};
       }});
  library.add(
      {.definition = {.node_id = "test_value", .use_exec = false, .inputs = {{"in"}}, .outputs = {{"value"}}},
       .compute = [](NodeCall& call) -> Outputs {
         return {{"value", call.input("in")}};
       }});
  library.add(
      {.definition = {.node_id = "test_return", .inputs = {{"value"}, {"fire"}}, .outputs = {{"out"}}},
       .compute = [](NodeCall& call) -> Outputs {
         return {{"out", call.input("value")}, {"exec_out", call.input("fire")}};
       },
       .shape = Shape::kReturnOnly});
  library.add({.definition = {.node_id = "test_late", .inputs = {{"in"}}, .outputs = {{"value"}}},
               .execute = [](NodeContext& node) -> Task<Outputs> {
                 co_await node.set_output("value", 1);
                 co_await node.yield();
                 co_return Outputs{{"value", 2}};
               }});
  library.add({.definition = {.node_id = "test_yield",
                              .inputs = {{"times", "int", 1}, {"in"}},
                              .outputs = {{"value"}}},
               .execute = [](NodeContext& node) -> Task<Outputs> {
                 const std::int64_t times = node.input("times").as_int();
                 for (std::int64_t i = 0; i < times; ++i) co_await node.yield();
                 co_await node.set_output("value", times);
                 co_await node.fire("exec_out");
                 co_return Outputs{{"value", times}};
               }});
  library.add({.definition = {.node_id = "test_pass", .inputs = {{"in"}}, .outputs = {{"out"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 return {{"out", call.input("in")}};
               }});
  library.add(
      {.definition = {.node_id = "test_relay", .use_exec = false, .inputs = {{"in"}}, .outputs = {{"out"}}},
       .compute = [](NodeCall& call) -> Outputs {
         return {{"out", call.input("in")}};
       }});
  library.add({.definition = {.node_id = "test_hook_fail", .inputs = {{"in"}}, .outputs = {{"out"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 return {{"out", call.input("in")}};
               },
               .on_parameter_changed = [](NodeContext&, std::string_view, const Value&) -> Task<void> {
                 throw NodeFailure("the hook failed");
                 co_return;
               },
               .watches = {"in"}});
  library.add({.definition = {.node_id = "test_block", .outputs = {{"out"}}},
               .compute = [](NodeCall&) -> Outputs {
                 return {{"out", 1}};
               },
               .blocking = true});
}

const Registry& test_registry() {
  static const Registry kRegistry = [] {
    Registry registry;
    NodeLibrary library;
    add_native_nodes(library);
    add_test_nodes(library);
    registry.add_library(library);
    return registry;
  }();
  return kRegistry;
}

namespace {

std::shared_ptr<const Plan> plan_of(const WorkflowBuilder& builder, const Registry& registry) {
  Problems problems;
  auto plan = Plan::make(builder.workflow(), registry, problems);
  if (plan) return plan;
  std::string text = "the workflow is refused:";
  for (const Problem& problem : problems) text += "\n" + problem.pointer + ": " + problem.message;
  throw std::invalid_argument(text);
}

}  // namespace

RunHarness::RunHarness(const WorkflowBuilder& builder, RunOptions options, const Registry& registry,
                       Recorder* recorder, Resumption* resumption)
    : RunHarness(builder, plan_of(builder, registry), std::move(options), recorder, resumption) {}

RunHarness::RunHarness(const WorkflowBuilder& builder, std::shared_ptr<const Plan> plan, RunOptions options,
                       Recorder* recorder, Resumption* resumption)
    : builder_(builder), sink_([this](const Uuid& id) { return builder_.name(id); }) {
  if (options.run_id.empty()) options.run_id = "test";
  const RunServices services{clock_, workers_, http_, nullptr, recorder, resumption};
  run_ = std::make_unique<Run>(std::move(plan), services, sink_, std::move(options));
}

RunHarness::~RunHarness() = default;

RunHarness& RunHarness::run() {
  while (!run_->poll()) {
    if (run_->has_ready()) continue;
    if (auto deadline = run_->next_deadline()) {
      clock_.advance(*deadline - clock_.steady_now());
    } else {
      std::this_thread::yield();  // a worker thread is busy for the run
    }
  }
  return *this;
}

std::string RunHarness::result(const std::string& node, std::string_view port) const {
  const Value* value = run_->result(builder_.id(node), port);
  return value ? to_repr(*value) : "unset";
}

}  // namespace vnode::test
