#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace vnode {

/// A regular expression of RE2: searching a line takes time in proportion to its length, whatever the
/// pattern. Immutable; cheap to copy; may be shared by threads.
class Pattern {
 public:
  /// Errors: kInvalidValue with RE2's words.
  static Result<Pattern> compile(std::string_view text);

  /// The pattern is somewhere in the line.
  bool is_in(std::string_view line) const;
  /// The groups of the first place where it is, "" for one that took no part; without groups the whole of it.
  /// Nullopt when it is nowhere.
  std::optional<std::vector<std::string>> groups_in(std::string_view line) const;

  std::size_t group_count() const;
  const std::string& text() const;

 private:
  struct Program;
  explicit Pattern(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
  std::shared_ptr<const Program> program_;
};

}  // namespace vnode
