#include "journal/record_reader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "journal/record_frame.h"

namespace vnode {
namespace {

/// So much is read at once, unless a record is larger.
constexpr std::size_t kWindow = 256 * 1024;
/// The least that a record takes.
constexpr std::size_t kLeast = kFrameSize + 1 + kTrailerSize;

}  // namespace

Result<RecordReader> RecordReader::open(int fd, std::string name) {
  struct stat status = {};
  if (::fstat(fd, &status) != 0) return io_error("cannot read " + name, errno);
  RecordReader reader(fd, std::move(name), static_cast<std::uint64_t>(status.st_size));
  const std::size_t there = std::min<std::uint64_t>(reader.size_, kPreambleSize);
  const Result<std::string_view> begin = reader.fetch(0, there);
  if (!begin) return begin.error();
  if (there < kPreambleSize) {
    if (!journal_preamble().starts_with(*begin))
      return Error{ErrorCode::kBadDocument, "this is no journal of vnode", {reader.name_}};
    reader.is_over_ = true;
    reader.how_it_ends_ = there == 0 ? RecordsEnd::kWhole : RecordsEnd::kTorn;
    return reader;
  }
  switch (read_preamble(*begin)) {
    case Preamble::kOurs:
      break;
    case Preamble::kOtherVersion:
      return Error{ErrorCode::kBadDocument, "this is a journal of another version of vnode", {reader.name_}};
    case Preamble::kForeign:
      return Error{ErrorCode::kBadDocument,
                   "this is no journal of vnode, or it is damaged at its beginning (offset 0)",
                   {reader.name_}};
  }
  reader.end_ = kPreambleSize;
  return reader;
}

Result<void> RecordReader::read_into(std::string& bytes, std::uint64_t place, std::size_t count) const {
  bytes.resize(count);
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = ::pread(fd_, bytes.data() + done, count - done, static_cast<off_t>(place + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("cannot read " + name_, errno);
    if (got == 0) return Error{ErrorCode::kIo, "the file has become shorter while it was read", {name_}};
    done += static_cast<std::size_t>(got);
  }
  return {};
}

/// Bytes that are within the file; until the next call.
Result<std::string_view> RecordReader::fetch(std::uint64_t place, std::size_t count) {
  const bool is_there = place >= window_place_ && place + count <= window_place_ + window_.size();
  if (!is_there) {
    const std::size_t most = static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, size_ - place));
    if (Result<void> read = read_into(window_, place, std::max(count, most)); !read) {
      window_.clear();
      return read.error();
    }
    window_place_ = place;
  }
  return std::string_view(window_).substr(static_cast<std::size_t>(place - window_place_), count);
}

/// nullopt: there is no whole one.
Result<std::optional<std::string_view>> RecordReader::record_at(std::uint64_t place) {
  using Found = std::optional<std::string_view>;
  if (size_ - place < kLeast) return Found();
  const Result<std::string_view> frame = fetch(place, kFrameSize);
  if (!frame) return frame.error();
  const std::optional<std::uint32_t> length = read_frame(place, *frame);
  if (!length || *length > size_ - place - kFrameSize - kTrailerSize) return Found();
  const Result<std::string_view> rest = fetch(place + kFrameSize, *length + kTrailerSize);
  if (!rest) return rest.error();
  const std::string_view payload = rest->substr(0, *length);
  return is_whole(place, payload, rest->substr(*length)) ? Found(payload) : Found();
}

Result<std::optional<std::string_view>> RecordReader::next() {
  using Found = std::optional<std::string_view>;
  if (is_over_) return Found();
  if (end_ == size_) {
    is_over_ = true;
    return Found();
  }
  Result<Found> found = record_at(end_);
  if (!found) return found;
  if (*found) {
    place_ = end_;
    end_ += kFrameSize + (*found)->size() + kTrailerSize;
    return found;
  }
  const Result<bool> is_zero = is_zero_from(end_);
  if (!is_zero) return is_zero.error();
  if (!*is_zero) {
    const Result<std::optional<std::uint64_t>> behind = find_record(end_ + 1);
    if (!behind) return behind.error();
    if (*behind) return damaged("the next record begins at offset " + std::to_string(**behind));
  }
  is_over_ = true;
  how_it_ends_ = *is_zero ? RecordsEnd::kZeros : RecordsEnd::kTorn;
  return Found();
}

Error RecordReader::damaged(const std::string& what) const {
  return {ErrorCode::kBadDocument,
          "the journal is damaged at offset " + std::to_string(end_) + "; " + what,
          {name_}};
}

Result<bool> RecordReader::is_zero_from(std::uint64_t place) {
  while (place < size_) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, size_ - place));
    const Result<std::string_view> bytes = fetch(place, count);
    if (!bytes) return bytes.error();
    if (bytes->find_first_not_of('\0') != bytes->npos) return false;
    place += count;
  }
  return true;
}

/// The first whole record from that place on; nullopt: there is none.
Result<std::optional<std::uint64_t>> RecordReader::find_record(std::uint64_t place) {
  while (size_ - place >= kLeast) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, size_ - place));
    const Result<std::string_view> bytes = fetch(place, count);
    if (!bytes) return bytes.error();
    Result<std::optional<std::uint64_t>> found = find_record_in(*bytes, place);
    if (!found || *found) return found;
    place += count - (kFrameSize - 1);
  }
  return std::optional<std::uint64_t>();
}

Result<std::optional<std::uint64_t>> RecordReader::find_record_in(std::string_view bytes,
                                                                  std::uint64_t place) {
  for (std::size_t i = 0; i + kFrameSize <= bytes.size(); ++i) {
    const std::optional<std::uint32_t> length = read_frame(place + i, bytes.substr(i, kFrameSize));
    if (!length) continue;
    const Result<bool> is_one = is_record(place + i, *length);
    if (!is_one) return is_one.error();
    if (*is_one) return std::optional(place + i);
  }
  return std::optional<std::uint64_t>();
}

Result<bool> RecordReader::is_record(std::uint64_t place, std::uint32_t length) const {
  if (size_ - place < kFrameSize + kTrailerSize || length > size_ - place - kFrameSize - kTrailerSize)
    return false;
  std::string bytes;
  if (Result<void> read = read_into(bytes, place + kFrameSize, length + kTrailerSize); !read)
    return read.error();
  return is_whole(place, std::string_view(bytes).substr(0, length), std::string_view(bytes).substr(length));
}

Result<std::string_view> RecordReader::read_near(std::uint64_t place) {
  const Result<std::optional<std::string_view>> found = record_at(place);
  if (!found) return found.error();
  if (!*found) return Error{ErrorCode::kBadDocument, "the journal has changed since it was read", {name_}};
  near_end_ = place + kFrameSize + (*found)->size() + kTrailerSize;
  return **found;
}

Result<std::string> RecordReader::read_at(std::uint64_t place) const {
  std::string bytes;
  if (Result<void> read = read_into(bytes, place, kFrameSize); !read) return read.error();
  const std::optional<std::uint32_t> length = read_frame(place, bytes);
  if (!length) return damaged("it has changed since it was read");
  if (Result<void> read = read_into(bytes, place + kFrameSize, *length + kTrailerSize); !read)
    return read.error();
  if (!is_whole(place, std::string_view(bytes).substr(0, *length), std::string_view(bytes).substr(*length)))
    return damaged("it has changed since it was read");
  bytes.resize(*length);
  return bytes;
}

}  // namespace vnode
