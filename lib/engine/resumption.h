#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/recorder.h"
#include "engine/resume_order.h"
#include "model/value.h"
#include "node/outputs.h"

namespace vnode {

/// One thing that a taken execution has done, or that has happened to it.
struct TakenStep {
  enum class Kind : std::uint8_t {
    kPush,        ///< `name`: the port, `value`
    kPushBeside,  ///< the same, which came while its chain waited; at its `entry`
    kVariable,    ///< `key`, `value` (nullopt: it was removed)
    kLog,         ///< `level`, `name`: the message, `stream`
    kFailure,     ///< which it has handled: `name`: the message, `code`, `detail`
    kWait,        ///< it was suspended until its `entry`
    kYield,       ///< it has given way until its `entry`, which is no suspension (engine rule 28)
  };
  Kind kind = Kind::kPush;
  std::string name = {};
  Value key = {};
  std::optional<Value> value = std::nullopt;
  LogLevel level = LogLevel::kInfo;
  std::string stream = {}, code = {}, detail = {};
  ResumeOrder::Entry entry = 0;
};

/// An execution, or a call of a hook, of an earlier run, whose steps and end are taken instead of executing
/// it once more. Thread rule: the thread that steps the run.
class TakenExecution {
 public:
  virtual ~TakenExecution() = default;
  /// Its number in the journal of this run.
  virtual RecordNumber record() const = 0;
  /// The push that came beside it, its last step, comes now.
  virtual void repeat_push(const RecordedSuspension& now) = 0;
  /// The how manieth try it was, from 1.
  virtual int try_number() const = 0;
  /// The next step; nullopt behind the last one. Errors: the record cannot be read any more.
  virtual Result<std::optional<TakenStep>> next() = 0;
  /// Once there are no more steps: the table that it returned, and how long it took.
  virtual Outputs outputs() const = 0;
  virtual Duration duration() const = 0;
};

/// What becomes of an execution that is about to begin.
struct Taking {
  std::unique_ptr<TakenExecution> taken;  ///< null: it is executed
  std::string reason = {};        ///< why it is although there is a record of it; empty: there is none
  bool has_begun_before = false;  ///< it is executed, and had begun in an earlier run
  int used_tries = 0;             ///< of those that it may have, in earlier runs
  bool is_cached = false;         ///< `taken` is of any run, and not of the one that this one goes on from
};

/// What an earlier run has done, for one that goes on from there (journal rules 11 to 14): the counterpart of
/// Recorder. It never throws: what goes wrong stands in `error`. Thread rule: the thread that steps the run.
class Resumption {
 public:
  virtual ~Resumption() = default;
  virtual Taking take(const RecordedBegin& begin) = 0;
  /// Of the ends of suspensions.
  virtual ResumeOrder& order() = 0;
};

}  // namespace vnode
