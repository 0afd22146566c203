#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/clock.h"
#include "engine/recorder.h"
#include "engine/resumption.h"
#include "journal/cache_folder.h"
#include "journal/cached_record.h"
#include "journal/execution_digests.h"
#include "journal/journal_file.h"
#include "journal/journal_recorder.h"
#include "journal/recorded_values.h"
#include "journal/step_checks.h"

namespace vnode {

/// Between a run and its journal, if it has one: executions of nodes whose definition says `cache` are taken
/// from a cache where there is an equal one, and put there when they have succeeded (journal rule 21). A
/// cache that cannot be written is as good as none: that is no failure of the run. Thread rule: those of
/// Recorder and Resumption.
class CacheLayer final : public Recorder, public Resumption {
 public:
  struct Parts {
    CacheFolder& folder;
    const Clock& clock;
    Recorder* journal = nullptr;       ///< null: none
    Resumption* resumption = nullptr;  ///< null: none
    std::string directory = {};        ///< in which the run works; empty: the program's own
  };
  /// All parts must outlive it.
  explicit CacheLayer(Parts parts);
  ~CacheLayer() override;

  Taking take(const RecordedBegin& begin) override;
  ResumeOrder& order() override { return parts_.resumption ? parts_.resumption->order() : no_order_; }

  void begin_run(const RecordedRun& run) override;
  RecordNumber begin(const RecordedBegin& begin) override;
  void push(RecordNumber execution, std::string_view port, const Value& value,
            std::optional<std::uint32_t> turns) override;
  void log(RecordNumber execution, LogLevel level, std::string_view message,
           std::string_view stream) override;
  void variable(RecordNumber execution, const Value& name, const Value* value) override;
  void read(RecordNumber execution, const Value& name, const Value* value) override;
  void read_all(RecordNumber execution, const Dict& variables) override;
  void modules(RecordNumber execution, std::span<const UsersModule> modules) override;
  void mark(RecordNumber execution, RecordMark why, std::string_view detail) override;
  void end(RecordNumber execution, const RecordedEnd& end) override;
  void resume(const RecordedSuspension& suspension) override;
  void push_late(const RecordedPlace& place, std::string_view port, const Value& value) override;
  void end_run(bool is_stopped) override;
  void flush() override;
  bool is_settled() const override { return !parts_.journal || parts_.journal->is_settled(); }
  void settle(std::function<void()> done) override;
  std::optional<Error> error() const override;
  bool has_failed() const override { return parts_.journal && parts_.journal->has_failed(); }

 private:
  /// An execution that may be put into the cache.
  struct Open {
    std::string key;
    Uuid node;
    std::string type;
    SteadyTime started;
    std::unique_ptr<JournalFile> records = JournalFile::in_memory();
    std::unique_ptr<JournalRecorder> recorder = {};
  };

  /// By which it is found; nullopt: it is none for a cache.
  std::optional<std::string> key_of(const RecordedBegin& begin);
  std::optional<CachedRecord> find(const std::string& key, const RecordedBegin& begin);
  bool holds(const CachedRecord& record, const RecordedBegin& begin);
  JournalRecorder* open_recorder(RecordNumber execution);
  bool put(const Open& open);

  const Parts parts_;
  std::string directory_;
  ResumeOrder no_order_;
  std::shared_ptr<const SecretMask> mask_;
  std::optional<RecordedValues> values_;  ///< from `begin_run` on
  std::optional<Digester> digester_;
  std::optional<StepChecks> checks_;
  std::unordered_map<RecordNumber, Open> open_;
  std::unordered_map<Uuid, std::string> put_;  ///< the key that each instance was put under last
  RecordNumber last_ = 0;                      ///< without a journal
};

}  // namespace vnode
