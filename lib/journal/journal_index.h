#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "engine/resume_order.h"
#include "journal/journal_reader.h"
#include "model/workflow.h"

namespace vnode {

class AttemptOrder;

/// By what an execution that is about to begin is looked up: hashes of parts of its `begin` record.
struct BeginKeys {
  std::array<std::uint64_t, 2> equal = {};  ///< where it is, but not the how manieth, and what it depends on
  std::uint64_t place = 0;                  ///< where it is, the how manieth included
  std::uint64_t cause = 0;
};

/// The keys of a `begin` record. Errors: kBadDocument, when it does not say where it is.
Result<BeginKeys> begin_keys(const Dict& begin);

/// What stands in a journal, all of its attempts together: where the steps of each execution are, and the
/// order in which suspensions have ended. The values themselves stay in the file. Thread rule: one thread.
class JournalIndex {
 public:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  /// Records of an execution that follow each other.
  struct Segment {
    std::uint64_t place = 0;
    std::uint32_t records = 0;
    std::uint32_t next = kNone;
  };

  struct Execution {
    BeginKeys keys;
    std::uint64_t begin = 0;          ///< where that record is
    std::uint64_t last = 0, end = 0;  ///< the same; 0: there is none
    std::uint32_t first_segment = kNone, last_segment = kNone;
    ResumeOrder::Entry first_entry = 0, last_entry = 0;  ///< of those that are steps of it
    std::uint16_t attempt = 0;                           ///< the last one in which it was executed or taken
    std::uint16_t try_number = 1;
    std::uint8_t status = 0;  ///< NodeStatus; meaningful with `last` or `end`
    bool is_handled = false;
    bool is_hook = false;
    bool has_checks = false;   ///< something in its steps has to hold still
    bool has_objects = false;  ///< that are no data
    bool is_stateful = false;
    bool is_replaced = false;  ///< a later attempt has executed it again
    bool has_files = false;
    bool is_used = false;  ///< nobody else takes it
    bool is_taken = false;
  };

  /// Of the last attempt.
  struct Header {
    std::string run_id;
    int attempt = 0;
    std::uint64_t seed = 0;
    std::string workflow;
  };

  /// `fd` is read as long as the index is used. Errors: those of JournalReader; kBadDocument.
  static Result<JournalIndex> read(int fd, const std::string& name);
  JournalIndex(JournalIndex&&) noexcept;
  JournalIndex& operator=(JournalIndex&&) noexcept;
  ~JournalIndex();

  /// nullopt: nothing stands in it.
  const std::optional<Header>& header() const { return header_; }
  /// Some of its executions, if it has any, are of nodes of that workflow.
  bool is_of(const Workflow& workflow) const;
  /// The last attempt has ended by itself, as opposed to having been cut off or stopped.
  bool has_ended() const { return has_ended_; }
  /// Where a writer goes on.
  std::uint64_t end() const { return end_; }
  std::uint64_t last_value() const { return last_value_; }
  ResumeOrder& order() { return order_; }
  std::deque<Execution>& executions() { return executions_; }
  const Segment& segment(std::uint32_t number) const { return segments_[number]; }
  /// Those of an execution, one after the other.
  ResumeOrder::Entry next_entry(ResumeOrder::Entry entry) const { return next_entries_[entry - 1]; }
  /// Its number in `order`, in which later attempts may have gone on elsewhere; 0: it has no place any more.
  ResumeOrder::Entry in_order(ResumeOrder::Entry entry) const {
    return entry == 0 || places_in_order_.empty() ? entry : places_in_order_[entry - 1];
  }
  /// Where that stored value is; 0: there is none.
  std::uint64_t value_place(std::uint64_t number) const;
  /// The execution that was the last one to name that file as its work; kNone: none.
  std::uint32_t last_writer(const std::string& path) const;

  /// Numbers of executions from 0, in their order.
  std::span<const std::uint32_t> equal(const BeginKeys& keys) const;
  std::span<const std::uint32_t> equal_with_cause(const BeginKeys& keys) const;
  std::span<const std::uint32_t> at(std::uint64_t place) const;

 private:
  JournalIndex();

  Result<void> add(const JournalRecord& record);
  Result<void> add_header(const JournalRecord& record);
  Result<void> add_begin(const JournalRecord& record);
  Result<void> add_step(const JournalRecord& record, Execution& execution);
  Result<void> add_taken(const JournalRecord& record, Execution& execution);
  Result<void> add_resume(const JournalRecord& record);
  void add_end(const JournalRecord& record, Execution& execution);
  void add_entry(Execution& execution, ResumeOrder::Entry entry);
  Result<Execution*> find_execution(const JournalRecord& record);
  void close();

  std::optional<Header> header_;
  std::uint16_t attempts_ = 0;
  bool has_ended_ = false;
  std::uint64_t end_ = 0;
  std::uint64_t last_value_ = 0;
  std::vector<std::uint64_t> values_;  ///< their places
  ResumeOrder order_;
  std::deque<std::uint32_t> next_entries_;
  std::unique_ptr<AttemptOrder> attempts_order_;     ///< until all is there
  std::vector<ResumeOrder::Entry> places_in_order_;  ///< empty: they are where they were added
  std::deque<Execution> executions_;
  std::deque<Segment> segments_;
  std::uint32_t last_step_of_ = kNone;  ///< the execution of the record before
  std::unordered_map<std::uint64_t, std::uint32_t> writers_;
  std::unordered_set<Uuid> nodes_;  ///< outermost ones of executions
  std::vector<std::uint32_t> by_keys_, by_cause_, by_place_;
};

}  // namespace vnode
