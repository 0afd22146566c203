// Computations on worker threads: rule 8.
#include <memory>
#include <optional>
#include <utility>

#include "base/at_end.h"
#include "engine/execution.h"
#include "engine/level.h"
#include "engine/life_sign.h"

namespace vnode {
namespace {

/// What a computation on a worker thread sees: its own copy of the inputs; reports are kept until it is back.
class DetachedCall final : public NodeCall {
 public:
  struct Report {
    LogLevel level;
    std::string message;
    std::string_view stream;
  };

  DetachedCall(const Layout& layout, std::vector<Value> inputs, std::vector<bool> wired,
               std::shared_ptr<const std::atomic<StopReason>> stop,
               std::shared_ptr<const std::atomic<bool>> scope, std::optional<LifeSign> life)
      : layout_(layout),
        inputs_(std::move(inputs)),
        wired_(std::move(wired)),
        stop_(std::move(stop)),
        scope_(std::move(scope)),
        life_(std::move(life)) {}

  const Value& input(std::string_view port) const override {
    static const Value none_value;
    const SlotIndex slot = layout_.find(port);
    return slot == kNoSlot || inputs_[slot].is_unset() ? none_value : inputs_[slot];
  }
  bool has_input(std::string_view port) const override {
    const SlotIndex slot = layout_.find(port);
    return slot != kNoSlot && !inputs_[slot].is_unset();
  }
  bool is_output_wired(std::string_view port) const override {
    const SlotIndex slot = layout_.find(port);
    return slot != kNoSlot && wired_[slot];
  }
  void log(LogLevel level, std::string message) override { report({level, std::move(message), {}}); }
  void print(std::string text) override { report({LogLevel::kInfo, std::move(text), "stdout"}); }
  void report_progress(double, std::string) override {
    if (life_) life_->give();
  }
  bool is_stopped() const override {
    return stop_->load(std::memory_order_relaxed) != StopReason::kNone ||
           (scope_ && scope_->load(std::memory_order_relaxed));
  }
  Dict& variables() override { throw std::logic_error("a blocking node has no variables"); }
  std::uint64_t random_bits() override { throw std::logic_error("a blocking node has no random numbers"); }

  std::vector<Report> reports;
  Outputs outputs;

 private:
  void report(Report report) {
    reports.push_back(std::move(report));
    if (life_) life_->give();
  }

  const Layout& layout_;
  std::vector<Value> inputs_;
  std::vector<bool> wired_;
  std::shared_ptr<const std::atomic<StopReason>> stop_;
  std::shared_ptr<const std::atomic<bool>> scope_;  ///< null: there is none
  const std::optional<LifeSign> life_;              ///< nullopt: nobody listens
};

}  // namespace

/// Rule 8: blocking nodes of a layer use all cores.
Task<Outputs> Level::compute_on_worker(Execution& execution) {
  Instance& node = execution.node();
  const Layout& layout = *node.layout;
  std::vector<bool> wired(layout.size());
  for (const OutPort& port : part(data().out_ports, node.plan->out_ports))
    wired[port.slot] = is_wired(node, port.slot);
  std::optional<LifeSign> life;
  if (execution.chain().scope) life.emplace(run_.scheduler.inbox(), [this, &node] { touch(node); });
  const AtEnd end_life([&life] {
    if (life) life->end();
  });
  // The job may outlive the run when that is stopped: the plan keeps the layout and the type alive.
  auto call = std::make_shared<DetachedCall>(
      layout, std::vector<Value>(node.parameters, node.parameters + layout.size()), std::move(wired),
      run_.stop_flag(), execution.chain().scope ? execution.chain().scope->flag() : nullptr, life);
  std::exception_ptr failure;
  std::function<void()> work = [call, plan = plan_, &type = *node.plan->type] {
    if (!call->is_stopped()) call->outputs = type.compute(*call);  // rule 24: nothing new starts
  };
  // A try is over when its code has given way, which a thread does by itself: only the run's stop does not
  // wait for it.
  CancelScope* const scope = std::exchange(execution.chain().scope, nullptr);
  try {
    co_await execution.run_blocking(std::move(work));
  } catch (...) {
    failure = std::current_exception();
  }
  execution.chain().scope = scope;
  if (!run_.is_stopped(execution.chain())) {
    for (const DetachedCall::Report& report : call->reports)
      log(node, report.level, report.message, report.stream);
  }
  if (failure) std::rethrow_exception(failure);
  co_return std::move(call->outputs);
}

}  // namespace vnode
