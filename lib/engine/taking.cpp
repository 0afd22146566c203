// Executions that are taken from the journal of an earlier run: journal rules 11 to 13.
#include "engine/taking.h"

#include <coroutine>

#include "engine/execution.h"
#include "engine/level.h"
#include "engine/recording.h"
#include "engine/run_state.h"
#include "engine/runtime_level.h"

namespace vnode {
namespace {

/// Until the entry's time has come.
struct OrderAwaiter {
  Scheduler& scheduler;
  Chain& chain;
  ResumeOrder::Entry entry;
  RecordNumber record = 0;  ///< of which it is told that it goes on; 0: none
  bool is_yield = false;

  bool await_ready() const noexcept { return entry == 0; }
  void await_suspend(std::coroutine_handle<> self) {
    scheduler.park_in_order(chain, self, entry, record, is_yield);
  }
  void await_resume() const noexcept {}
};

}  // namespace

/// What runtimes keep of the run's variables is known before a recorded execution begins, which may read
/// them.
Task<void> Level::read_variables_before(const Instance& node) {
  const NodeType& type = *node.plan->type;
  const bool has_variables = type.runtime && type.runtime->holds_parameters() && runtime_level_;
  return run_.recorder && has_variables && is_recorded(type) ? runtime_level_->read_variables()
                                                             : Task<void>();
}

/// What the journal is told when it begins. Null for a node that is not recorded.
std::unique_ptr<ExecutionBegin> Level::describe_begin(Chain& chain, Instance& node, StartReason reason) {
  if (!run_.recorder || !is_recorded(*node.plan->type)) return nullptr;
  auto beginning = std::make_unique<ExecutionBegin>();
  beginning->inputs = recorded_inputs(node);
  beginning->delivered = delivered_inputs(node);
  if (node.plan->type->runtime) {
    Execution asking(*this, chain, node, nullptr);
    beginning->command = runtime_level_->command_of(asking);
  }
  beginning->files = recorded_input_files(node);
  beginning->cause = cause_of(chain.at ? chain.at->outer : nullptr, reason == StartReason::kPull);
  return beginning;
}

/// Journal rule 11: what becomes of an execution, or a call of a hook, that is about to begin.
void Level::ask_resumption(ExecutionBegin& beginning, const RecordedBegin& begin) {
  if (run_.resumption) beginning.taking = run_.resumption->take(begin);
}

/// Its steps, in their order, instead of its code.
Task<void> Level::take_steps(Execution& execution, TakenExecution& taken) {
  Chain& chain = execution.chain();
  for (;;) {
    Result<std::optional<TakenStep>> next = taken.next();
    if (!next) run_.fail_output("the journal: " + describe(next.error()));
    run_.throw_if_stopped(chain);
    if (!*next) co_return;
    TakenStep& step = **next;
    switch (step.kind) {
      case TakenStep::Kind::kPush:
        co_await execution.set_output(step.name, std::move(*step.value));
        break;
      case TakenStep::Kind::kPushBeside:
        co_await OrderAwaiter{run_.scheduler, chain, step.entry};
        run_.throw_if_stopped(chain);
        taken.repeat_push({.place = place_of(execution.node()),
                           .execution = taken.record(),
                           .turns = run_.scheduler.take_turn_count()});
        execution.set_output_beside(std::move(step.name), std::move(*step.value), [] {});
        break;
      case TakenStep::Kind::kVariable:
        if (step.value)
          variables().set(step.key, std::move(*step.value));
        else if (step.key.is_text())
          variables().erase(step.key.as_text());
        break;
      case TakenStep::Kind::kLog:
        log(execution.node(), step.level, step.name, step.stream);
        break;
      case TakenStep::Kind::kFailure:
        execution.handle_failure(NodeFailure(step.name, std::move(step.code), std::move(step.detail)));
        break;
      case TakenStep::Kind::kWait:
      case TakenStep::Kind::kYield:
        co_await OrderAwaiter{run_.scheduler, chain, step.entry, taken.record(),
                              step.kind == TakenStep::Kind::kYield};
        break;
    }
  }
}

}  // namespace vnode
