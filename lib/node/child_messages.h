#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/log_level.h"
#include "model/value.h"

namespace vnode {

/// Something that a node's program, or Python code, says to vnode in a line of its standard output
/// (command/rules.md, rule 10).
struct ChildMessage {
  enum class Kind : std::uint8_t {
    kProgress,     ///< `fraction`
    kStatus,       ///< `text`: what it is doing
    kFail,         ///< `text`: why it will fail
    kLog,          ///< `text` with `level`
    kRedactedEnv,  ///< `name`, `text`: a variable whose value is a secret
    kEnv,          ///< `name`, `text`: a variable for later commands
    kUnsetEnv,     ///< `name`
    kOutput,       ///< `values`: of outputs
  };

  Kind kind = Kind::kLog;
  double fraction = 0;  ///< 0 to 1
  std::string text = {};
  std::string name = {};
  LogLevel level = LogLevel::kInfo;
  Dict values = {};
};

/// What a line says; empty when it is an ordinary line, and also when it looks like a message with a mistake
/// in it.
std::vector<ChildMessage> read_child_messages(std::string_view line);

}  // namespace vnode
