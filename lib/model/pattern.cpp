#include "model/pattern.h"

#include <re2/re2.h>

#include "base/text.h"

namespace vnode {
namespace {

re2::RE2::Options options() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  return options;
}

}  // namespace

struct Pattern::Program {
  explicit Program(std::string_view text)
      : expression(re2::StringPiece(text.data(), text.size()), options()) {}
  re2::RE2 expression;
};

Result<Pattern> Pattern::compile(std::string_view text) {
  auto program = std::make_shared<const Program>(text);
  if (!program->expression.ok()) {
    return Error{ErrorCode::kInvalidValue, "not a regular expression of RE2: " + program->expression.error()};
  }
  return Pattern(std::move(program));
}

bool Pattern::is_in(std::string_view line) const {
  const re2::StringPiece text(line.data(), line.size());
  return program_->expression.Match(text, 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

std::optional<std::vector<std::string>> Pattern::groups_in(std::string_view line) const {
  const re2::StringPiece text(line.data(), line.size());
  std::vector<re2::StringPiece> found(group_count() + 1);
  if (!program_->expression.Match(text, 0, text.size(), re2::RE2::UNANCHORED, found.data(),
                                  static_cast<int>(found.size()))) {
    return std::nullopt;
  }
  std::vector<std::string> groups;
  for (std::size_t i = found.size() > 1 ? 1 : 0; i < found.size(); ++i) {
    groups.push_back(replace_invalid_utf8({found[i].data(), found[i].size()}));
  }
  return groups;
}

std::size_t Pattern::group_count() const {
  return static_cast<std::size_t>(program_->expression.NumberOfCapturingGroups());
}

const std::string& Pattern::text() const { return program_->expression.pattern(); }

}  // namespace vnode
