#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret_mask.h"

namespace vnode {

/// The secrets in a file that only this user can read, or in a pipe: lines NAME=VALUE, or with the suffix
/// .json or .yaml (.yml), and where it begins with a brace, an object of texts. Errors: kUsage, with file and
/// line, and never with anything that is in it but names.
Result<Secrets> read_secret_file(const std::string& path);

/// Lines as shells and dotenv have them: NAME=VALUE, `export` in front of it or not, empty lines and those
/// that begin with # left out. A value in quotes may have several lines; in "..." \n, \r, \t, \", \$ and
/// \\ are escapes, in '...' nothing is. Without quotes it is the rest of the line, without the spaces around
/// it; " #" is refused there, since some would take it for a comment. Of a name that comes twice the last one
/// counts. Errors: kUsage with the line.
Result<Secrets> parse_secret_lines(std::string_view text);

}  // namespace vnode
