#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "engine/instance.h"
#include "engine/level.h"
#include "engine/recorder.h"
#include "engine/scheduler.h"
#include "engine/tries.h"
#include "engine/turn.h"
#include "node/node_context.h"

namespace vnode {

/// What node code sees of the engine during one execution, or one call of a hook. Lives in the coroutine that
/// runs it.
class Execution final : public NodeContext {
 public:
  /// `snapshot`: the parameters as `execute` sees them (rule 10); null where they are the live ones: for
  /// hooks, and for computations, which end before anything else can change a parameter.
  /// `tries`: of a node with limits; null for others, and for hooks.
  Execution(Level& level, Chain& chain, Instance& node, const Value* snapshot, Tries* tries = nullptr)
      : level_(level),
        chain_(chain),
        node_(node),
        snapshot_(snapshot ? snapshot : node.parameters),
        tries_(tries) {}

  Chain& chain() { return chain_; }
  Instance& node() { return node_; }
  const Instance& node() const { return node_; }

  /// Remembers a push for rules 16 and 17.
  void record_push(SlotIndex slot, const Value& value);
  /// The value pushed last on that output in this execution, or null.
  const Value* last_push(SlotIndex slot) const;
  /// The exec output was pushed a truthy value in this execution.
  bool has_fired(SlotIndex slot) const;

  /// Takes its turn at that before its code is at work; gives it back while it is not.
  Task<void> take_turn(const ResourceDemand& demand);
  void end_turn() { turn_.reset(); }

  bool has_pushed() const { return has_set_output_ || first_pushes_[0].slot != kNoSlot; }
  Tries* tries() { return tries_; }

  /// That it has handed on; null: none.
  const NodeFailure* handled_failure() const { return handled_failure_.get(); }

  /// Of this execution, or call of a hook, in the run's journal; 0: it is not recorded.
  RecordNumber record() const { return record_; }
  void set_record(RecordNumber record);
  /// Those that its inputs name, as they were before it began, if it is recorded.
  void set_input_files(std::vector<RecordedFile> files) { first_->files = std::move(files); }
  std::span<const RecordedFile> input_files() const {
    return first_ ? std::span<const RecordedFile>(first_->files) : std::span<const RecordedFile>();
  }
  /// How often it has pushed.
  std::uint32_t push_count() const { return push_count_; }
  /// What executes it keeps variables of its own, and hands them over when they are needed.
  bool has_variables() const;
  /// What variables have become since it was asked last, as far as the engine knows.
  void record_variables();

  bool has_pushes_beside() const { return beside_.pending > 0; }
  JoinAwaiter join_pushes_beside();

  const Value& input(std::string_view port) const override;
  bool has_input(std::string_view port) const override;
  bool is_output_wired(std::string_view port) const override;
  void log(LogLevel level, std::string message) override;
  void forward_error(std::string message) override;
  void print(std::string text) override;
  void report_progress(double fraction, std::string message) override;
  bool is_stopped() const override;
  Dict& variables() override;
  std::uint64_t random_bits() override;

  const Value& parameter(std::string_view port) const override;
  void set_parameter(std::string_view port, Value value) override;
  bool is_saved(std::string_view port) const override;
  bool is_input_wired(std::string_view port) const override;
  std::vector<std::string_view> input_ports() const override;
  Task<void> set_output(std::string_view port, Value value) override;
  void set_output_beside(std::string port, Value value, std::function<void()> done) override;
  Task<void> pull_input(std::string_view port) override;
  Task<void> sleep(Duration duration) override;
  Task<void> wait_for(ExternalOperation operation) override;
  Task<void> run_blocking(std::function<void()> work) override;
  Task<GroupOutcome> run_group(const Value& document, const Dict& injected) override;
  Task<MapOutcome> run_map(const MapRequest& request) override;
  void handle_failure(const NodeFailure& failure) override;
  bool is_output_wanted(std::string_view port) const override;
  HttpClient& http() override;
  void declare_file(std::string path) override { declared_files_.push_back(std::move(path)); }
  const std::vector<std::string>& declared_files() const { return declared_files_; }
  void note_read(const Value& name) override;
  void note_all_read(const std::vector<Value>& except) override;
  void note_stateful(std::string_view what) override;
  void note_modules(const std::vector<UsersModule>& modules) override;
  void note_last(Outputs returned) override;
  bool is_repeated() const override { return is_repeated_; }
  void set_repeated() { is_repeated_ = true; }
  int try_number() const override { return tries_ ? tries_->number() : 1; }
  bool is_to_be_repeated(const NodeFailure& failure) const override;
  std::optional<NodeFailure> take_expiry() override;
  void begin_wait(WaitFor what, std::string detail) override;
  void end_wait() override;
  bool is_timed() const override { return tries_ && tries_->is_timed(); }
  void pause_time() override;
  void resume_time() override;

 protected:
  void enqueue(Trampoline& trampoline, std::coroutine_handle<> coroutine) override;
  void throw_if_stopped() const override;

 private:
  /// What it began with, as far as records go by that.
  struct First {
    Dict variables;
    std::vector<RecordedFile> files;
    bool has_set_off = false;         ///< it has pushed since what others go by
    std::optional<Outputs> returned;  ///< what it returns behind its next push
  };
  struct Push {
    SlotIndex slot = kNoSlot;
    bool fired = false;
    Value value;
  };

  Level& level_;
  Chain& chain_;
  Instance& node_;
  const Value* snapshot_;
  Tries* tries_;
  // Nodes have few outputs: the first ones are kept in place.
  std::array<Push, 3> first_pushes_;
  std::vector<Push> more_pushes_;
  std::optional<SteadyTime> last_progress_;
  JoinCount beside_;
  std::unique_ptr<NodeFailure> handled_failure_;
  bool is_repeated_ = false;
  bool has_set_output_ = false;
  std::unique_ptr<Turn> turn_;  ///< null: nothing
  SteadyTime wait_began_;
  RecordNumber record_ = 0;
  std::uint32_t push_count_ = 0;
  std::vector<std::string> declared_files_;
  std::uint64_t random_state_ = 0;  ///< 0: not yet asked for
  Dict known_variables_;            ///< when something of it is recorded
  std::unique_ptr<First> first_;    ///< null: it is not recorded

  Task<void> while_away(Task<void> task);
  Task<void> push(SlotIndex slot, Value value);
  Task<void> push_recorded(SlotIndex slot, Value value);
  bool fires(SlotIndex slot, const Value& value) const;
  bool is_last_of_code(SlotIndex slot, const Value& value) const;
  bool sets_off_others(SlotIndex slot, const Value& value) const;
  std::optional<std::uint32_t> turns_outside();
  Push* find_push(SlotIndex slot);
  bool is_read_late(const Value& name) const;
};

}  // namespace vnode
