#include "model/member_reader.h"

#include <algorithm>
#include <vector>

#include "base/duration_text.h"
#include "base/size_text.h"
#include "base/spelling.h"
#include "model/lenient.h"

namespace vnode {
MemberReader::MemberReader(const Value& object, std::string pointer, Problems& problems,
                           std::string_view code)
    : object_(object.is_dict() ? object.as_dict() : Dict()),
      pointer_(std::move(pointer)),
      problems_(problems),
      code_(code) {
  if (!object.is_dict()) complain("", "must be an object, not " + describe_found(object));
}

const Value* MemberReader::find(std::string_view member) const {
  const Value* value = object_.find(member);
  return value && !value->is_none() ? value : nullptr;
}

std::string MemberReader::pointer_to(std::string_view member) const {
  return member.empty() ? pointer_ : join_pointer(pointer_, member);
}

void MemberReader::complain(std::string_view member, std::string message) const {
  if (!member.empty()) message.insert(0, "'" + std::string(member) + "' ");
  complain_at(pointer_to(member), std::move(message));
}

void MemberReader::complain_at(std::string pointer, std::string message) const {
  problems_.push_back(
      {.code = std::string(code_), .pointer = std::move(pointer), .message = std::move(message)});
}

void MemberReader::complain_type(std::string_view member, std::string_view expected,
                                 const Value& found) const {
  complain(member, "must be " + std::string(expected) + ", not " + describe_found(found));
}

std::optional<std::string_view> MemberReader::text(std::string_view member) const {
  const Value* value = find(member);
  if (!value) return std::nullopt;
  if (value->is_text()) return value->as_text();
  complain_type(member, "a text", *value);
  return std::nullopt;
}

bool MemberReader::boolean(std::string_view member, bool otherwise) const {
  const Value* value = find(member);
  if (!value) return otherwise;
  if (!value->is_bool()) complain_type(member, "true or false", *value);
  return value->is_bool() ? value->as_bool() : otherwise;
}

void MemberReader::each(std::string_view member, std::string_view what,
                        const std::function<void(const Value&, const std::string&)>& read) const {
  const Value* value = find(member);
  if (!value) return;
  if (!value->is_list()) return complain_type(member, what, *value);
  for (std::size_t i = 0; i < value->as_list().size(); ++i) {
    read(value->as_list()[i], join_pointer(pointer_to(member), i));
  }
}

std::optional<std::uint64_t> MemberReader::size_limit(std::string_view member) const {
  const Value* value = find(member);
  if (!value) return std::nullopt;
  std::optional<std::uint64_t> size;
  if (value->is_int() && value->as_int() > 0) size = static_cast<std::uint64_t>(value->as_int());
  if (value->is_text()) {
    const Result<std::uint64_t> bytes = parse_size(value->as_text());
    if (bytes && *bytes > 0) size = *bytes;
  }
  if (!size) complain(member, "must be a number of bytes, such as 1048576, \"512M\" or \"8G\"");
  return size;
}

std::optional<std::uint64_t> MemberReader::count_limit(std::string_view member, std::uint64_t most) const {
  const Value* value = find(member);
  if (!value) return std::nullopt;
  const bool is_one =
      value->is_int() && value->as_int() >= 0 && static_cast<std::uint64_t>(value->as_int()) <= most;
  if (!is_one) complain(member, "must be a whole number from 0 to " + std::to_string(most));
  return is_one ? std::optional(static_cast<std::uint64_t>(value->as_int())) : std::nullopt;
}

std::optional<std::uint64_t> MemberReader::time_limit(std::string_view member) const {
  const std::optional<Duration> read = time(member);
  if (!read) return std::nullopt;
  return static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(*read).count());
}

std::optional<Duration> MemberReader::time(std::string_view member) const {
  constexpr std::int64_t kMostSeconds = 100ll * 366 * 86400;  // as parse_duration
  const Value* value = find(member);
  if (!value) return std::nullopt;
  if (value->is_int() && value->as_int() > 0 && value->as_int() <= kMostSeconds)
    return std::chrono::seconds(value->as_int());
  if (value->is_text()) {
    const Result<Duration> time = parse_duration(value->as_text());
    if (time && *time > Duration::zero()) return *time;
  }
  complain(member, "must be a time, such as 90, \"90s\" or \"1.5h\"");
  return std::nullopt;
}

void MemberReader::check_known(std::span<const std::string_view> members) const {
  const std::vector<std::string> known(members.begin(), members.end());
  for (const DictEntry& entry : object_) {
    const std::string name(entry.key.as_text());
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string nearest = nearest_word(name, known);
    complain(name, "is not known here" + (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
  }
}

void MemberReader::check_spelling(std::span<const std::string_view> members) const {
  const std::vector<std::string> known(members.begin(), members.end());
  for (const DictEntry& entry : object_) {
    const std::string name(entry.key.as_text());
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string nearest = nearest_word(name, known);
    if (!nearest.empty()) complain(name, "is not known; did you mean '" + nearest + "'?");
  }
}

}  // namespace vnode
