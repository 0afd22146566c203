#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret_mask.h"
#include "base/uuid.h"
#include "model/log_level.h"
#include "model/port_value.h"
#include "model/workflow.h"

namespace vnode {

struct LevelPath;
struct NodeType;
struct UsersModule;

/// Which execution, or call of a hook, of those that are recorded; 0: none of them.
using RecordNumber = std::uint64_t;

/// The run as a whole.
struct RecordedRun {
  std::string_view run_id;
  int attempt = 1;
  std::uint64_t seed = 0;  ///< of its random numbers
  const Workflow& workflow;
  std::span<const std::shared_ptr<const NodeType>> types;  ///< that it uses
  std::shared_ptr<const SecretMask> secret_mask;
};

/// One of the run's nodes, in one of its executions.
struct RecordedPlace {
  const LevelPath* path = nullptr;  ///< of the groups around it
  const Uuid* node = nullptr;       ///< null: none
  std::uint32_t execution = 0;      ///< the how manieth of that instance
};

/// What has fired or pulled an execution: which push of that place. `push`: counted from 1; 0: it has pulled
/// it; kReturned: what it has returned is followed.
struct RecordedCause {
  static constexpr std::uint32_t kReturned = ~std::uint32_t{0};
  RecordedPlace place;
  std::uint32_t push = 0;
};

/// What a file is like, as far as it shows whether it has changed.
struct RecordedFile {
  std::string path;  ///< absolute
  bool is_there = false;
  std::uint64_t size = 0;
  std::int64_t changed = 0;  ///< its mtime, in nanoseconds since 1970
  std::string digest = {};   ///< of its contents, where somebody wants to know that

  bool operator==(const RecordedFile&) const = default;
};

/// What a chain waited for that was suspended.
enum class SuspendedFor : std::uint8_t {
  kCode,    ///< what its code, or what executes that, has asked for: time, a program, its turn
  kNode,    ///< one that another chain was executing (engine rule 11)
  kFiring,  ///< that what stands in the journal is durable, before an exec wire is followed
  kGate,    ///< the end of a pause
  kRetry,   ///< the time before the next try
  kYield,   ///< nothing: its code has given way
};

/// A chain was suspended, and goes on now.
struct RecordedSuspension {
  RecordedPlace place;
  SuspendedFor what = SuspendedFor::kCode;
  RecordNumber execution = 0;  ///< whose code goes on; 0: of none that is recorded
  std::uint32_t firing = 0;    ///< of kFiring: the how manieth exec wire that is followed there, from 1
  std::uint32_t turns = 0;     ///< that chains have had since the last such record without having been woken
};

struct RecordedBegin {
  RecordedPlace place;
  const NodeType& type;
  std::string_view reason;  ///< as in `node_started`; empty for a hook
  int try_number = 1;
  std::string_view hook;  ///< a call of the hook for that port; empty: an execution
  RecordedCause cause;
  std::span<const PortValue> inputs = {};     ///< names and values, in a fixed order
  std::span<const PortValue> delivered = {};  ///< those that wires bring
  std::span<const PortValue> command = {};  ///< what its runtime is about to start, by the names of its parts
  std::span<const RecordedFile> files = {};  ///< that inputs name
  bool is_stateful = false;                  ///< it is known to leave behind more than records tell
  const Dict* variables = nullptr;           ///< of its level, as they are now
};

/// Why an execution is not to be taken from records.
enum class RecordMark : std::uint8_t {
  kStateful,  ///< it has left behind more than they tell
  kLateRead,  ///< it has read a variable that others may have changed since it began
};

/// As records have it.
constexpr std::string_view word(RecordMark mark) {
  return mark == RecordMark::kStateful ? "stateful" : "late_read";
}

struct RecordedEnd {
  std::string_view status;  ///< as in `node_finished`
  bool is_handled = false;
  bool is_before_firing = false;              ///< nothing is left for it to do but to fire and to return
  bool is_returned = false;                   ///< `outputs` is known
  std::span<const PortValue> outputs = {};    ///< the returned table
  std::span<const RecordedFile> files = {};   ///< that it has declared as its work
  std::span<const std::string> changed = {};  ///< others, that inputs name, and that are not as they were
  std::string_view port = {};                 ///< of one before a firing: which fires
  std::string_view message = {}, code = {}, detail = {};  ///< of the failure, also of one that is handled
  Duration duration{};
};

/// Is told what a run does, so that another one can go on from there (journal rules 1 to 4). What it is told
/// is in the order of the run. It never throws: what goes wrong stands in `error`.
///
/// Thread rule: the thread that steps the run, but for what `settle` calls. Must outlive the run.
class Recorder {
 public:
  virtual ~Recorder() = default;

  virtual void begin_run(const RecordedRun& run) = 0;
  /// An execution begins; returns what the others take, never 0.
  virtual RecordNumber begin(const RecordedBegin& begin) = 0;
  /// `turns`: of a push that comes while its chain waits, what RecordedSuspension has.
  virtual void push(RecordNumber execution, std::string_view port, const Value& value,
                    std::optional<std::uint32_t> turns) = 0;
  virtual void log(RecordNumber execution, LogLevel level, std::string_view message,
                   std::string_view stream) = 0;
  /// A variable of the run has that value now; null: it is gone.
  virtual void variable(RecordNumber execution, const Value& name, const Value* value) = 0;
  /// It reads a variable, of which it goes by that value then; null: there is none.
  virtual void read(RecordNumber execution, const Value& name, const Value* value) = 0;
  /// It goes through all variables.
  virtual void read_all(RecordNumber execution, const Dict& variables) = 0;
  /// What its code has imported so far.
  virtual void modules(RecordNumber execution, std::span<const UsersModule> modules) = 0;
  virtual void mark(RecordNumber execution, RecordMark why, std::string_view detail) = 0;
  virtual void end(RecordNumber execution, const RecordedEnd& end) = 0;
  /// Nothing has to be durable for the sake of this.
  virtual void resume(const RecordedSuspension& suspension) = 0;
  /// A push outside of any execution.
  virtual void push_late(const RecordedPlace& place, std::string_view port, const Value& value) = 0;
  virtual void end_run(bool is_stopped) = 0;

  /// What was told so far survives the end of this process.
  virtual void flush() = 0;
  /// True when it survives the end of the machine.
  virtual bool is_settled() const = 0;
  /// Calls `done` once, when that is so or has failed: at once, or on any thread.
  virtual void settle(std::function<void()> done) = 0;
  /// The first thing that went wrong; what came after it is not recorded. Any thread.
  virtual std::optional<Error> error() const = 0;
  virtual bool has_failed() const = 0;
};

}  // namespace vnode
