#include "base/error.h"

#include <system_error>

namespace vnode {

std::string_view code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage:
      return "usage";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kUnreadable:
      return "unreadable";
    case ErrorCode::kBadText:
      return "bad_text";
    case ErrorCode::kBadJson:
      return "bad_json";
    case ErrorCode::kBadDocument:
      return "bad_document";
    case ErrorCode::kInvalidValue:
      return "invalid_value";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kIo:
      return "io";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "internal";
}

Error io_error(const std::string& what, int error_number) {
  return {ErrorCode::kIo, what + ": " + std::generic_category().message(error_number)};
}

std::string describe(const Error& error) {
  std::string line = error.place.file;
  auto add = [&line](std::string_view part, std::string_view separator) {
    if (part.empty()) return;
    if (!line.empty()) line += separator;
    line += part;
  };
  add(error.place.pointer, error.place.file.empty() ? "" : "#");
  add(error.place.node, ": ");
  add(error.message, ": ");
  return line;
}

}  // namespace vnode
