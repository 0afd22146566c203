#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace vnode {

/// How the records of a journal end.
enum class RecordsEnd {
  kWhole,  ///< with the file
  kZeros,  ///< space that was allocated ahead, or that a loss of power has left empty
  kTorn,   ///< with something that is no whole record; none follows it
};

/// Reads the records of a journal's file (format.md) in their order. The file may grow meanwhile: what is
/// there when the reader is made counts. Thread rule: one thread.
class RecordReader {
 public:
  /// `fd`: open for reading, and open as long as the reader; `name`: of the file, for errors. Errors:
  /// kBadDocument (not a journal, or of another version), kIo. A file that ends within its preamble is a
  /// journal without records.
  static Result<RecordReader> open(int fd, std::string name);

  /// The payload of the next one, until the next call; nullopt behind the last one. Errors: kBadDocument for
  /// damage with records behind it, with the offset where it begins; kIo.
  Result<std::optional<std::string_view>> next();
  /// Where the record begins that `next` gave.
  std::uint64_t place() const { return place_; }
  /// Behind the last one that `next` gave: where a writer goes on.
  std::uint64_t end() const { return end_; }
  /// Valid once `next` gave nullopt.
  RecordsEnd how_it_ends() const { return how_it_ends_; }
  /// The payload of the record that begins there; for places that `place` told.
  Result<std::string> read_at(std::uint64_t place) const;
  /// The same, until the next call; for records that are near to each other mostly.
  Result<std::string_view> read_near(std::uint64_t place);
  /// Behind the record that `read_near` gave.
  std::uint64_t end_of_near() const { return near_end_; }

 private:
  RecordReader(int fd, std::string name, std::uint64_t size) : fd_(fd), name_(std::move(name)), size_(size) {}

  Result<void> read_into(std::string& bytes, std::uint64_t place, std::size_t count) const;
  Result<std::string_view> fetch(std::uint64_t place, std::size_t count);
  Result<std::optional<std::string_view>> record_at(std::uint64_t place);
  Result<bool> is_zero_from(std::uint64_t place);
  Result<std::optional<std::uint64_t>> find_record(std::uint64_t place);
  Result<std::optional<std::uint64_t>> find_record_in(std::string_view bytes, std::uint64_t place);
  Result<bool> is_record(std::uint64_t place, std::uint32_t length) const;
  Error damaged(const std::string& what) const;

  int fd_;
  std::string name_;
  std::uint64_t size_;
  std::uint64_t place_ = 0;
  std::uint64_t end_ = 0;
  RecordsEnd how_it_ends_ = RecordsEnd::kWhole;
  bool is_over_ = false;
  std::string window_;  ///< what was read, from `window_place_` on
  std::uint64_t window_place_ = 0;
  std::uint64_t near_end_ = 0;
};

}  // namespace vnode
