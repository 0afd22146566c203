#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "command/text_template.h"

namespace vnode {

/// A text for `/bin/sh -c` whose placeholders have become positional parameters: values never become part of
/// what the shell reads (rules.md, rule 4).
struct ShellText {
  struct Parameter {
    std::string port;
    bool is_path = false;
  };

  std::string script;                 ///< with "${1}" where a placeholder was
  std::vector<Parameter> parameters;  ///< of the first, second, ... positional parameter

  /// Errors: kInvalidValue for a placeholder where the shell would not take its parameter as one word (in
  /// quotes, backquotes, "${...}", arithmetic, a comment or a here-document), for `${port}`, and for a quote
  /// that is not closed.
  static Result<ShellText> parse(std::string_view text, const PlaceholderNames& names);
};

}  // namespace vnode
