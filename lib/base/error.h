#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace vnode {

/// What kind of thing went wrong. The word from `code_name` is stable: scripts may match on it.
enum class ErrorCode : std::uint8_t {
  kUsage,         ///< the caller asked for something that makes no sense
  kNotFound,      ///< a file or an id does not exist
  kUnreadable,    ///< it exists but cannot be read (permission, a directory, an I/O error)
  kBadText,       ///< not text in an encoding we read
  kBadJson,       ///< not JSON in the dialect of `model/json_reader.h`
  kBadDocument,   ///< JSON, but not the document that was expected
  kInvalidValue,  ///< a value cannot be used for this purpose (conversion, range, overflow)
  kUnavailable,   ///< a library or runtime that is needed is not there
  kIo,            ///< reading or writing failed
  kInternal,      ///< a bug in vnode itself
};

std::string_view code_name(ErrorCode code);

/// Where it went wrong; empty fields do not apply.
struct Place {
  std::string file;
  std::string pointer;  ///< JSON pointer into `file`, RFC 6901
  std::string node;     ///< instance id and type, as "type (uuid)"
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  Place place = {};
};

/// The caller's mistake.
inline Error usage_error(std::string message, Place place = {}) {
  return {ErrorCode::kUsage, std::move(message), std::move(place)};
}

/// Reading or writing failed with that errno: "WHAT: No space left on device".
Error io_error(const std::string& what, int error_number);

/// One line for people: place, then message.
std::string describe(const Error& error);

/// A value or the error that prevented it. Reading the wrong side is a bug (throws std::bad_variant_access).
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

/// Success, or the error that prevented it.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return error_.value(); }

 private:
  std::optional<Error> error_;
};

}  // namespace vnode
