#pragma once

#include <span>
#include <string_view>

#include "model/value.h"

namespace vnode {

/// A dict that stands for something else (protocol.md, "Values"): its only key, and what that holds.
struct Form {
  std::string_view tag;  ///< empty for values that stand for themselves
  const Value* argument = nullptr;
};

/// What `raw` stands for. Lives as long as `raw`.
Form form_of(const Value& raw);

/// Whether a form is anywhere in the value.
bool has_form(const Value& value);

/// Whether a dict with these entries has to be written as `$d`.
bool needs_pairs(std::span<const DictEntry> entries);

}  // namespace vnode
