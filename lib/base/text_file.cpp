#include "base/text_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "base/text.h"
#include "base/text_encoding.h"

namespace vnode {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;

std::string system_message(int code) { return std::generic_category().message(code); }

/// Owns a descriptor that was opened here.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

/// What keeps the opened file from being read as a text, or success. `size` becomes its size as far as it is
/// known.
Result<void> check_kind(int fd, std::size_t& size) {
  struct stat info;
  if (::fstat(fd, &info) != 0) return Error{ErrorCode::kUnreadable, system_message(errno)};
  if (S_ISDIR(info.st_mode)) return Error{ErrorCode::kUnreadable, "is a directory"};
  if (S_ISREG(info.st_mode)) size = static_cast<std::size_t>(std::max<off_t>(info.st_size, 0));
  return {};
}

/// A device such as /dev/zero has no end; pipes are fine ("<(...)" of the shell), and so is a terminal.
Result<void> refuse_devices(int fd) {
  struct stat info;
  const bool device = ::fstat(fd, &info) == 0 && (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode));
  if (device && !::isatty(fd)) return Error{ErrorCode::kUnreadable, "is a device, not a file"};
  return {};
}

/// Reads to the end. The first read asks for one byte more than the size that is known, so that a regular
/// file takes one allocation and no copy.
Result<std::string> read_all(int fd, std::size_t known_size) {
  std::string bytes;
  std::size_t used = 0;
  std::size_t room = known_size > 0 ? known_size + 1 : kChunk;
  while (true) {
    if (bytes.size() == used) {
      bytes.resize(used + room);
      room = std::max(kChunk, used);  // doubling
    }
    const ssize_t got = ::read(fd, bytes.data() + used, bytes.size() - used);
    if (got == 0) break;
    if (got > 0) {
      used += static_cast<std::size_t>(got);
    } else if (errno == EAGAIN) {  // a standard input that somebody made non-blocking
      pollfd wait{fd, POLLIN, 0};
      ::poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      return Error{ErrorCode::kUnreadable, system_message(errno)};
    }
  }
  bytes.resize(used);
  return bytes;
}

Result<std::string> read_standard_input() {
  std::size_t size = 0;
  if (::fcntl(STDIN_FILENO, F_GETFD) < 0) return Error{ErrorCode::kUnreadable, "standard input is closed"};
  if (Result<void> kind = check_kind(STDIN_FILENO, size); !kind) return kind.error();
  return read_all(STDIN_FILENO, size);
}

Result<std::string> read_file(const std::string& path) {
  if (path.find('\0') != std::string::npos) return Error{ErrorCode::kNotFound, system_message(ENOENT)};
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (file.get() < 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    return Error{missing ? ErrorCode::kNotFound : ErrorCode::kUnreadable, system_message(errno)};
  }
  std::size_t size = 0;
  if (Result<void> kind = check_kind(file.get(), size); !kind) return kind.error();
  if (Result<void> kind = refuse_devices(file.get()); !kind) return kind.error();
  return read_all(file.get(), size);
}

/// The UTF-16 or UTF-32 that the bytes are beyond doubt, or nullptr. Without byte-order mark: ASCII in UTF-16
/// has a NUL at every other place, and only there.
const char* wide_encoding(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xFF\xFE\0\0"sv)) return "UTF-32 (little endian)";
  if (bytes.starts_with("\0\0\xFE\xFF"sv)) return "UTF-32 (big endian)";
  if (bytes.starts_with("\xFF\xFE"sv)) return "UTF-16 (little endian)";
  if (bytes.starts_with("\xFE\xFF"sv)) return "UTF-16 (big endian)";
  if (bytes.size() % 2 != 0) return nullptr;
  const std::string_view sample = bytes.substr(0, 512);
  std::array<std::size_t, 2> nuls{};
  for (std::size_t i = 0; i < sample.size(); ++i) nuls[i % 2] += sample[i] == '\0' ? 1 : 0;
  // Documents that are not ASCII throughout still are so for the most part.
  const std::size_t too_few = sample.size() / 4;
  if (nuls[0] == 0 && nuls[1] > too_few) return "UTF-16 (little endian)";
  if (nuls[1] == 0 && nuls[0] > too_few) return "UTF-16 (big endian)";
  return nullptr;
}

/// Windows-1252 from 0x80 to 0x9F; 0 where it is undefined. All other bytes are the code point of the same
/// number.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

/// `place`: of a byte; becomes that of its character in the text.
Result<std::string> decode_windows_1252(std::string_view bytes, std::size_t& place) {
  const std::size_t marked = place;
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 8);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == marked) place = text.size();
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const char32_t code_point = byte >= 0x80 && byte < 0xA0 ? kWindows1252[byte - 0x80] : byte;
    if (code_point == 0) return Error{ErrorCode::kBadText, "byte " + std::to_string(i)};
    append_utf8(text, code_point);
  }
  return text;
}

}  // namespace

Result<TextFile> decode_text(std::string bytes, const std::string& encoding) {
  if (!encoding.empty()) {
    Result<std::string> text = decode_from(bytes, encoding);
    if (!text) return text.error();
    return TextFile{std::move(*text), {}};
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (const char* wide = wide_encoding(bytes)) {
    return Error{ErrorCode::kBadText,
                 std::string("the text is ") + wide + "; save it as UTF-8, or name it with --encoding"};
  }
  const std::size_t bad = find_invalid_utf8(bytes);
  if (bad == std::string_view::npos) {
    if (bytes.starts_with(kByteOrderMark)) bytes.erase(0, kByteOrderMark.size());
    return TextFile{std::move(bytes), {}};
  }
  const auto line = 1 + std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(bad), '\n');
  const std::string where = "byte " + std::to_string(bad) + ", line " + std::to_string(line);
  std::size_t guessed_from = bad;
  Result<std::string> text = decode_windows_1252(bytes, guessed_from);
  if (!text) {
    return Error{ErrorCode::kBadText,
                 "the text is neither UTF-8 (" + where + ") nor Windows-1252 (" + text.error().message + ")"};
  }
  return TextFile{std::move(*text),
                  "not UTF-8 (" + where + "); read as Windows-1252; --encoding NAME says what it is",
                  guessed_from};
}

Result<TextFile> read_text_file(const std::string& path, const std::string& encoding) {
  auto in_file = [&path](Error error) {
    error.place.file = path;
    return error;
  };
  Result<std::string> bytes = path == "-" ? read_standard_input() : read_file(path);
  if (!bytes) return in_file(bytes.error());
  Result<TextFile> text = decode_text(std::move(*bytes), encoding);
  if (!text) return in_file(text.error());
  return text;
}

}  // namespace vnode
