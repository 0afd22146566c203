#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace vnode {

/// The file of a journal, open and locked (flock) for one run: appends records, and makes them durable.
///
/// Nothing is written twice: the first error of a write or of a sync stays, and nothing counts as durable
/// from then on.
/// Thread rule: the thread that steps the run, but for `error`, and for what `sync` calls.
class JournalFile {
 public:
  /// When the name of a new one is durable.
  enum class Name { kAtOnce, kWithFirstSync };

  /// A new one, mode 0600. Its name is durable once this has returned, or with the first sync: then nothing
  /// waits for the disk here. Errors: kUsage when there is something already (an empty file is taken), kIo.
  static Result<std::unique_ptr<JournalFile>> create(const std::string& path, Name name = Name::kAtOnce);
  /// One without a file: payloads are kept in memory, and count as durable.
  static std::unique_ptr<JournalFile> in_memory();
  /// One that is there, to be read and gone on with. Waits so long for whoever holds the lock. Errors:
  /// kNotFound, kUnavailable (it is in use), kUnreadable, kIo.
  static Result<std::unique_ptr<JournalFile>> open(const std::string& path, Duration patience);
  /// None: nothing is written, all is durable, and nobody else needs it. Without a path and a descriptor.
  static std::unique_ptr<JournalFile> none();
  JournalFile(const JournalFile&) = delete;
  /// Waits for a sync that is under way; what was appended is in the file.
  ~JournalFile();

  const std::string& path() const;
  /// Whoever holds a copy of it holds the lock. For reading, too.
  int descriptor() const;
  /// Of a journal that was opened: what stands behind `end` is cut off, and records follow there. 0: it
  /// begins anew. Durable when it returns.
  Result<void> go_on(std::uint64_t end);
  /// Beyond so many bytes it is given up: the file is removed, and what is appended is nowhere from then on,
  /// which is no error.
  void give_up_beyond(std::uint64_t bytes);
  bool is_given_up() const;
  /// Of one in memory: what was appended.
  const std::vector<std::string>& payloads() const;
  /// Their bytes.
  std::size_t payload_bytes() const;

  /// Returns where it stands. It is in a buffer of this process at first.
  std::uint64_t append(std::string_view payload);
  /// The same for what need not be durable for its own sake: `sync` and `is_durable` do not ask for it.
  std::uint64_t append_lazily(std::string_view payload);
  /// What was appended survives the end of this process.
  void flush();
  /// Calls `done` once all that was appended survives the end of the machine, or `error` is set: at once when
  /// that is so already, else on a thread of the journal's own. Syncs that are asked for while one is under
  /// way are one.
  void sync(std::function<void()> done);
  /// Waits for that, with what was appended lazily.
  void sync_and_wait();
  /// All that was appended survives the end of the machine.
  bool is_durable() const;
  /// Any thread.
  std::optional<Error> error() const;
  bool has_failed() const;

 private:
  struct State;
  explicit JournalFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vnode
