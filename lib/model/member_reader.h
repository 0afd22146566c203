#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/problem.h"
#include "model/value.h"

namespace vnode {

/// Reads the members of one object of a document, strictly: what is wrong is a problem with its pointer,
/// and reading goes on. Null counts as absent.
class MemberReader {
 public:
  /// A value that is no object is a problem, and has no members. `code`: of all problems; it outlives the
  /// reader.
  MemberReader(const Value& object, std::string pointer, Problems& problems, std::string_view code);
  MemberReader(const Dict& object, std::string pointer, Problems& problems, std::string_view code)
      : object_(object), pointer_(std::move(pointer)), problems_(problems), code_(code) {}

  const Value* find(std::string_view member) const;
  std::size_t size() const { return object_.size(); }
  const Dict& entries() const { return object_; }
  std::string pointer_to(std::string_view member) const;

  std::optional<std::string_view> text(std::string_view member) const;
  bool boolean(std::string_view member, bool otherwise) const;
  /// `read` is called with each item of a list.
  void each(std::string_view member, std::string_view what,
            const std::function<void(const Value& item, const std::string& pointer)>& read) const;

  /// Bytes: a whole number, or a text such as "64K", "2M", "8G".
  std::optional<std::uint64_t> size_limit(std::string_view member) const;
  /// A whole number.
  std::optional<std::uint64_t> count_limit(std::string_view member, std::uint64_t most = UINT32_MAX) const;
  /// Seconds, or a text such as "90s" or "1.5h"; in whole seconds, rounded up.
  std::optional<std::uint64_t> time_limit(std::string_view member) const;
  /// The same with its fractions.
  std::optional<Duration> time(std::string_view member) const;

  /// Members that are none of these are problems.
  void check_known(std::span<const std::string_view> members) const;
  /// Of an object that may have others: members that look like one of these with a mistake in it.
  void check_spelling(std::span<const std::string_view> members) const;

  /// About that member; an empty name: about the object.
  void complain(std::string_view member, std::string message) const;
  /// About something inside a member.
  void complain_at(std::string pointer, std::string message) const;
  void complain_type(std::string_view member, std::string_view expected, const Value& found) const;

 private:
  Dict object_;
  std::string pointer_;
  Problems& problems_;
  std::string_view code_;
};

}  // namespace vnode
