#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/owned_fd.h"

namespace vnode {

/// What the end of an event file says.
struct EventFileEnd {
  std::uint64_t last_seq = 0;           ///< 0: no event
  std::uint64_t size = 0;               ///< bytes up to the end of the last whole event
  std::optional<std::string> finished;  ///< the last line, if it is execution_finished
  std::optional<std::string> started;   ///< the last line that is execution_started
};

/// Reads what was left behind, whatever way the writer ended. What is no event (a line that is cut, a hole of
/// zero bytes after a loss of power, junk) counts as not there; where events follow, it stays in the file,
/// and readers are told of a gap. An absent file is an empty one. Errors: kIo.
Result<EventFileEnd> inspect_event_file(const std::string& path);

inline constexpr std::uint64_t kUnlimitedEventBytes = ~std::uint64_t{0};

/// Appends the events of one run to its file (rule 11): whole lines, in blocks.
///
/// When the disk is full or fails the run goes on: events are lost from then on, until there is space again;
/// then one `stream_gap` line with `from` and `to` stands in their place (its seq is `to`), and the file goes
/// on behind it. Never a partial line in front of another one: what a failed write has left is cut off.
///
/// The file may be damaged meanwhile: made shorter, it gets a hole; removed, it is made again, and begins
/// with one. Places in the file stay what they were, and readers tell of the gap.
///
/// Beyond `most_bytes` events are counted and not kept, but for the last one (`append_last`); a `stream_gap`
/// stands for them before it.
/// Thread rule: the thread that steps the run; `published` from any.
class EventFileWriter {
 public:
  /// Goes on behind `end.size` of an existing file (the rest is cut off), or makes it and the folder it is
  /// in: mode 0600. Even when that fails (`error()`), the writer can be used: it tries again.
  EventFileWriter(std::string path, std::string run_id, EventFileEnd end = {},
                  std::uint64_t most_bytes = kUnlimitedEventBytes);
  ~EventFileWriter();

  /// `line` with its newline; `seq` is the line's.
  void append(std::string_view line, std::uint64_t seq);
  /// The same, whatever the file has grown to; what was not kept is told before it.
  void append_last(std::string_view line, std::uint64_t seq);
  /// What is buffered goes out (appending does that by itself when a block is full). Does not wait for the
  /// disk.
  void flush();
  /// No more comes. Once everything is written the file may be gone on with by another writer; what cannot be
  /// written now stays (`error`), for another call.
  void close();
  /// What could not be written until now is lost, and the file may be gone on with.
  void give_up();
  /// Flushes and waits for the disk: what was appended survives a loss of power. The error if some of it is
  /// not there.
  Result<void> sync();

  /// Bytes of the file that readers may read: whole lines.
  std::uint64_t published() const;
  std::uint64_t last_seq() const;
  /// How many events were not kept because the file has reached its limit.
  std::uint64_t beyond_limit() const;
  /// What keeps it from writing now.
  const std::optional<Error>& error() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether the last line of the file is the last event of its run. False for what cannot be read.
bool has_last_event(const std::string& path);

/// Opens an event file for reading. Invalid, with errno, also for what is no file: nothing may wait there.
OwnedFd open_event_file(const std::string& path);

/// Reads lines of an event file, from the first event with seq > since on. For many readers of one growing
/// file: each has a place of its own. Thread rule: one thread.
class EventFileReader {
 public:
  /// Finds the place in logarithmic time. kNotFound when there is no file.
  static Result<EventFileReader> open(const std::string& path, std::uint64_t since, std::uint64_t published);
  /// Appends whole lines to `out`, at most about `most` bytes (at least one line), up to `published`. False
  /// when there was nothing, or is not any more: a file that somebody has made shorter is waited for, one
  /// that was put in its place is gone on with. True also where junk was passed over. Lines may be damaged
  /// (event_mending.h); the last one before `published` may lack its newline.
  Result<bool> read(std::string& out, std::size_t most, std::uint64_t published);

 private:
  explicit EventFileReader(std::string path) : path_(std::move(path)) {}
  Result<std::size_t> fill(char* out, std::size_t size);
  bool reopen();
  Result<bool> pass_zeros(std::string& out, std::size_t before, std::uint64_t published);
  Result<bool> read_long_line(std::string& out, std::size_t before, std::uint64_t published);

  std::string path_;
  OwnedFd file_;
  std::uint64_t at_ = 0;
};

}  // namespace vnode
