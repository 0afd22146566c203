#include "registry/definition_review.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/spelling.h"
#include "command/command_reader.h"
#include "model/value_ops.h"
#include "registry/definition_limits.h"

namespace vnode {
namespace {

/// What definitions with `python_code` have; `version` and `author` are what people write beside it.
constexpr std::array<std::string_view, 20> kPythonMembers = {
    "node_id",     "name",     "python_code", "description", "category", "icon_path", "use_exec",
    "interpreter", "inputs",   "error_logs",  "outputs",     "blocking", "limits",    "version",
    "author",      "recorded", "repeat",      "fires_last",  "stateful", "cache"};

/// The words that mean something here or in the editor.
constexpr std::array<std::string_view, 13> kPortTypes = {"any",  "string",  "int",      "float", "number",
                                                         "bool", "boolean", "list",     "dict",  "exec",
                                                         "path", "file",    "directory"};

std::vector<std::string> texts(std::span<const std::string_view> words) {
  return {words.begin(), words.end()};
}

class Review {
 public:
  explicit Review(const Dict& document) : document_(document) {}

  Problems run() && {
    const bool is_command = document_.find("command") != nullptr;
    check_limits();
    check_ports("inputs", "input");
    check_ports("outputs", "output");
    check_keys(is_command);
    return std::move(problems_);
  }

 private:
  void add(Severity severity, std::string code, std::string pointer, std::string message, std::string hint) {
    problems_.push_back({severity, std::move(code), std::move(pointer), std::move(message), std::move(hint)});
  }

  void check_limits() {
    Problems found;
    definition_limits(Value(document_), found);
    for (Problem& problem : found) {
      problem.message += ": workflows that use it are refused";
      problems_.push_back(std::move(problem));
    }
  }

  void check_ports(const std::string& list, const std::string& side) {
    const Value* ports = document_.find(list);
    if (!ports || !ports->is_list()) return;
    std::unordered_set<std::string_view> names;
    std::size_t index = 0;
    for (const Value& port : ports->as_list()) {
      const std::string pointer = join_pointer("/" + list, index++);
      if (port.is_dict()) check_port(port.as_dict(), side, pointer, names);
    }
  }

  void check_port(const Dict& port, const std::string& side, const std::string& pointer,
                  std::unordered_set<std::string_view>& names) {
    const Value* name = port.find("name");
    if (!name || !name->is_text()) return;
    const std::string quoted = side + " '" + std::string(name->as_text()) + "'";
    if (!names.insert(name->as_text()).second) {
      add(Severity::kWarning, "repeated_port", pointer + "/name",
          quoted + " is declared more than once; the first one counts", "");
    }
    const Value* type = port.find("type");
    if (!type || !type->is_text()) return;
    if (std::find(kPortTypes.begin(), kPortTypes.end(), type->as_text()) != kPortTypes.end()) return;
    const std::string word(type->as_text());
    add(Severity::kWarning, "unknown_port_type", pointer + "/type",
        quoted + " has the unknown type '" + word + "', which goes with everything, as 'any'",
        spelling_hint(word, texts(kPortTypes)));
  }

  void check_keys(bool is_command) {
    std::vector<std::string> known = texts(kPythonMembers);
    if (is_command) {
      const std::vector<std::string> more = texts(command_members());
      known.insert(known.end(), more.begin(), more.end());
    }
    for (const Dict::Entry& entry : document_) {
      if (!entry.key.is_text()) continue;
      const std::string key(entry.key.as_text());
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      add(Severity::kWarning, "unknown_key", join_pointer("", key),
          "the key '" + key + "' means nothing here", spelling_hint(key, known));
    }
  }

  const Dict& document_;
  Problems problems_;
};

}  // namespace

Problems review_definition(const Value& document) {
  if (!document.is_dict()) return {};
  const Dict keys = document.as_dict();
  return Review(keys).run();
}

}  // namespace vnode
