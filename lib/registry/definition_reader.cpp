#include "registry/definition_reader.h"

#include <optional>
#include <unordered_set>
#include <utility>

#include "command/command_ports.h"
#include "command/command_reader.h"
#include "model/json_reader.h"
#include "model/lenient.h"
#include "model/problem.h"

namespace vnode {
namespace {

/// Reads the keys of one object; the first wrong one is the error of all.
class KeyReader {
 public:
  /// `name` is how messages call the object: empty for the document, else for example "inputs[2]".
  KeyReader(Dict object, std::string name, std::string pointer, std::optional<Error>& error)
      : object_(std::move(object)), name_(std::move(name)), pointer_(std::move(pointer)), error_(error) {}

  std::string required_text(std::string_view key) {
    if (!object_.find(key)) reject(key, "is missing; it must be a text");
    return text(key, "");
  }

  std::string text(std::string_view key, std::string_view otherwise) {
    const Value* value = object_.find(key);
    if (!value) return std::string(otherwise);
    if (!value->is_text()) {
      reject_type(key, "a text", *value);
      return {};
    }
    return std::string(value->as_text());
  }

  std::string text_or_null(std::string_view key) {
    const Value* value = object_.find(key);
    return !value || value->is_none() ? std::string() : text(key, "");
  }

  bool boolean(std::string_view key, bool otherwise) {
    const Value* value = object_.find(key);
    if (!value) return otherwise;
    const std::optional<bool> read = lenient_bool(*value);
    if (!read) reject_type(key, "true or false", *value);
    return read.value_or(otherwise);
  }

  bool reports_error_logs() {
    const Value* value = object_.find(kErrorLogs);
    if (!value) return false;
    const std::string_view word = value->is_text() ? value->as_text() : std::string_view();
    if (word != kFailErrorLogs && word != kReportErrorLogs)
      reject_type(kErrorLogs, "\"fail\" or \"report\"", *value);
    return word == kReportErrorLogs;
  }

  std::optional<bool> recorded() {
    if (!object_.find(kRecorded)) return std::nullopt;
    return boolean(kRecorded, true);
  }

  bool is_never_repeated() {
    const Value* value = object_.find(kRepeat);
    if (!value) return false;
    const std::string_view word = value->is_text() ? value->as_text() : std::string_view();
    if (word != kNeverRepeat && word != kMayRepeat) reject_type(kRepeat, "\"never\" or \"allowed\"", *value);
    return word == kNeverRepeat;
  }

  std::vector<std::string> texts_or_null(std::string_view key) {
    const Value* value = object_.find(key);
    std::vector<std::string> texts;
    if (!value || value->is_none()) return texts;
    if (!value->is_list()) {
      reject_type(key, "a list of texts or null", *value);
      return texts;
    }
    for (const Value& item : value->as_list()) {
      if (item.is_text()) {
        texts.emplace_back(item.as_text());
      } else {
        reject_type(key, "a list of texts", item, texts.size());
        return texts;
      }
    }
    return texts;
  }

  Value any(std::string_view key) {
    const Value* value = object_.find(key);
    return value ? *value : Value();
  }

  std::vector<Port> ports(std::string_view key) {
    const Value* value = object_.find(key);
    std::vector<Port> ports;
    if (!value) return ports;
    if (!value->is_list()) {
      reject_type(key, "a list of ports", *value);
      return ports;
    }
    for (const Value& item : value->as_list()) {
      if (error_) return ports;
      if (!item.is_dict()) {
        reject_type(key, "a list of ports, which are objects", item, ports.size());
        return ports;
      }
      ports.push_back(port(item.as_dict(), key, ports.size()));
    }
    return ports;
  }

 private:
  Port port(Dict object, std::string_view list, std::size_t index) {
    KeyReader keys(std::move(object), std::string(list) + "[" + std::to_string(index) + "]",
                   join_pointer(join_pointer(pointer_, list), index), error_);
    return {.name = keys.required_text("name"),
            .type = keys.text("type", "any"),
            .default_value = keys.any("default"),
            .widget = keys.text_or_null("widget_type"),
            .options = keys.texts_or_null("options")};
  }

  void reject(std::string_view key, const std::string& what) {
    if (error_) return;
    const std::string path = name_.empty() ? std::string(key) : name_ + "." + std::string(key);
    error_ =
        Error{ErrorCode::kBadDocument, "'" + path + "' " + what, {.pointer = join_pointer(pointer_, key)}};
  }

  void reject_type(std::string_view key, const std::string& expected, const Value& found) {
    reject(key, "must be " + expected + ", not " + describe_found(found));
  }

  void reject_type(std::string_view key, const std::string& expected, const Value& found, std::size_t index) {
    const bool is_first = !error_.has_value();
    reject(key,
           "must be " + expected + ", but entry " + std::to_string(index) + " is " + describe_found(found));
    if (is_first) error_->place.pointer = join_pointer(error_->place.pointer, index);
  }

  Dict object_;
  std::string name_;
  std::string pointer_;
  std::optional<Error>& error_;
};

bool has(const Dict& document, std::string_view key) { return document.find(key) != nullptr; }

/// What makes a document something else than a definition; empty when it looks like one.
std::string describe_other_document(const Dict& document) {
  if (has(document, "node_id") || has(document, "python_code") || has(document, "command")) return {};
  if (has(document, "nodes") || has(document, "connections")) {
    return "this is a workflow, not a node definition; keep workflows outside of the folders that are "
           "searched for "
           "nodes";
  }
  return "this is not a node definition: it has neither 'node_id' nor 'python_code' nor 'command'";
}

/// Instances take the first of several ports with one name. `exec_pin` is dropped altogether where `use_exec`
/// gives it: that one comes first of all, whatever the definition says about it.
std::vector<Port> drop_repeated(std::vector<Port> ports, std::string_view exec_pin) {
  std::vector<Port> kept;
  std::unordered_set<std::string> names;
  for (Port& port : ports) {
    if (port.name != exec_pin && names.insert(port.name).second) kept.push_back(std::move(port));
  }
  return kept;
}

/// All that is wrong with a command, as one error.
Error error_of(const Problems& problems) {
  Error error{ErrorCode::kBadDocument, problems.front().message, {.pointer = problems.front().pointer}};
  if (problems.size() == 1) return error;
  error.place = {};
  error.message.clear();
  for (const Problem& problem : problems) {
    error.message += (error.message.empty() ? "" : "; ") + problem.message + " (at " + problem.pointer + ")";
  }
  return error;
}

}  // namespace

Result<NodeDefinition> read_definition(std::string_view text) {
  const Result<Value> document = parse_json(text);
  if (!document) return document.error();
  return read_definition_document(*document);
}

Result<NodeDefinition> read_definition_document(const Value& document) {
  if (!document.is_dict()) {
    return Error{ErrorCode::kBadDocument,
                 "a node definition must be an object, but this is " + describe_found(document)};
  }
  const std::string other = describe_other_document(document.as_dict());
  if (!other.empty()) return Error{ErrorCode::kBadDocument, other};

  std::optional<Error> error;
  KeyReader keys(document.as_dict(), "", "", error);
  NodeDefinition definition;
  definition.node_id = keys.required_text("node_id");
  definition.name = keys.required_text("name");
  const bool is_command = has(document.as_dict(), "command");
  if (!is_command) definition.python_code = keys.required_text("python_code");
  definition.description = keys.text("description", "");
  definition.category = keys.text("category", "General");
  keys.text_or_null("icon_path");
  definition.use_exec = keys.boolean("use_exec", true);
  definition.reports_error_logs = keys.reports_error_logs();
  definition.is_recorded = keys.recorded();
  definition.fires_last = keys.boolean(kFiresLast, false);
  definition.is_never_repeated = keys.is_never_repeated();
  definition.is_stateful = keys.boolean(kStateful, false);
  definition.is_cached = keys.boolean(kCache, false);
  definition.inputs = keys.ports("inputs");
  definition.outputs = keys.ports("outputs");
  if (error) return *error;
  if (definition.node_id.empty()) {
    return Error{ErrorCode::kBadDocument, "'node_id' is empty", {.pointer = "/node_id"}};
  }
  if (is_command) {
    CommandReading reading = read_command(document.as_dict(), definition.inputs, definition.outputs);
    if (!reading.problems.empty()) return error_of(reading.problems);
    definition.command = std::move(reading.command);
  }
  definition.inputs = drop_repeated(std::move(definition.inputs), definition.use_exec ? "exec_in" : "");
  definition.outputs = drop_repeated(std::move(definition.outputs), definition.use_exec ? "exec_out" : "");
  for (Port& port : definition.outputs) port.default_value = Value();
  normalise(definition);
  if (is_command) add_command_outputs(definition.outputs);
  definition.document = document;
  return definition;
}

}  // namespace vnode
