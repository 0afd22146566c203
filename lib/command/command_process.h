#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "command/command_output.h"
#include "command/command_plan.h"
#include "command/wrapped_command.h"
#include "node/node_context.h"
#include "node/parking.h"
#include "process/piped_process.h"

namespace vnode {

class CommandProcess;

/// What the commands of a run share, also with what is still looked at when the run has been stopped and is
/// gone. Thread rule: any thread.
struct SharedByCommands {
  SharedByCommands(std::uint64_t most_log, std::shared_ptr<SecretMask> secrets)
      : budget(most_log), mask(std::move(secrets)) {}
  RunLogBudget budget;
  const std::shared_ptr<SecretMask> mask;
};

/// What the processes of a run have to tell it. Shared with them, so that one that tells it late tells
/// nobody. Thread rule: any thread.
class CommandNews {
 public:
  struct Item {
    std::shared_ptr<CommandProcess> process;
    std::vector<CommandReport> reports;
    bool has_ended = false;
  };

  /// `wake` is called after each item.
  explicit CommandNews(std::function<void()> wake) : wake_(std::move(wake)) {}
  void post(Item item);
  std::vector<Item> take();
  /// Nobody takes any more: what is there and what still comes is dropped, as it holds the processes, and
  /// they hold this.
  void close();

 private:
  std::mutex mutex_;
  std::vector<Item> items_;
  bool is_closed_ = false;
  const std::function<void()> wake_;
};

/// The process of one execution of a command. Thread rule: until it has ended the watcher's thread, but for
/// what is said to be the run's; then the run's.
class CommandProcess final : public ProcessListener, public std::enable_shared_from_this<CommandProcess> {
 public:
  CommandProcess(RunLink& run, std::shared_ptr<CommandNews> news, const CommandPlan& plan,
                 const CommandOutput::Settings& settings, std::unique_ptr<OutputFile> file,
                 std::shared_ptr<SharedByCommands> shared)
      : parking(run),
        definition_(plan.definition),
        shared_(std::move(shared)),
        file_(std::move(file)),
        output_(*definition_, settings, shared_->budget, *shared_->mask),
        news_(std::move(news)) {}

  void on_output(OutputStream stream, std::string_view bytes) override;
  void on_end(const ProcessEnd& end) override;

  // The run's.
  Parking parking;
  NodeContext* node = nullptr;  ///< whose execution waits for it
  InstanceKey instance = 0;
  ProcessNumber number = 0;
  bool has_ended = false;
  WrapStop wrap_stop;                                 ///< what ends it behind its executor's words
  std::optional<SteadyTime> kill_due = std::nullopt;  ///< it has been asked to
  double fraction = 0;                                ///< of the progress it has told
  Dict said_outputs;

  // Once it has ended.
  const ProcessEnd& end() const { return end_; }
  const CommandOutput& output() const { return output_; }

 private:
  const std::shared_ptr<const CommandDefinition> definition_;
  const std::shared_ptr<SharedByCommands> shared_;
  const std::unique_ptr<OutputFile> file_;
  CommandOutput output_;
  ProcessEnd end_;
  const std::shared_ptr<CommandNews> news_;
};

}  // namespace vnode
