#include "apps/vnode/show/submitted_text.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "apps/vnode/terminal/time_text.h"
#include "command/command_call.h"
#include "model/json_writer.h"
#include "model/members.h"
#include "model/value_ops.h"
#include "rpc/submission.h"

namespace vnode {
namespace {

using SubmittedRows = std::vector<std::pair<std::string, std::string>>;

/// Of these the run has a row of its own, with what has become of it.
constexpr std::array<std::string_view, 9> kToldOfTheRun = {
    "workflow", "path", "queue", "key", "priority", "resources", "timeout", "info", "description"};

bool is_told(std::string_view field, const Value& value, const Value& run) {
  if (field == "name") return to_text(value) == text_member(run, "workflow");
  return std::find(kToldOfTheRun.begin(), kToldOfTheRun.end(), field) != kToldOfTheRun.end();
}

/// "node timeout" of `node_timeout`.
std::string title_of(std::string_view field) {
  std::string title(field);
  std::replace(title.begin(), title.end(), '_', ' ');
  return title;
}

std::string json_of(const Value& value) {
  std::string text;
  append_json(text, value);
  return text;
}

std::string joined_texts(const Value& texts) {
  std::string text;
  for (const Value& item : texts.is_list() ? texts.as_list() : std::span<const Value>())
    text += (text.empty() ? "" : ", ") + to_text(item);
  return text;
}

/// Inputs of nodes; parameters of the workflow have rows with their values already.
void add_inputs(SubmittedRows& rows, const Value& run, const Value& params) {
  const Value* parameters = member(run, "parameters");
  for (const Value& param : params.is_list() ? params.as_list() : std::span<const Value>()) {
    std::string target = text_member(param, "target");
    if (parameters && member(*parameters, target)) continue;
    if (const std::string port = text_member(param, "port"); !port.empty()) target += "." + port;
    const Value* text = member(param, "text");
    const Value* value = member(param, "value");
    if (text) target += " = " + to_text(*text);
    if (!text && value) target += " = " + json_of(*value);
    rows.emplace_back("input", std::move(target));
  }
}

void add_path_map(SubmittedRows& rows, const Value& map) {
  for (const Value& rule : list_member(map, "path_mapping_rules")) {
    rows.emplace_back("path map",
                      text_member(rule, "source_path") + " -> " + text_member(rule, "destination_path"));
  }
}

void add_hooks(SubmittedRows& rows, const Value& hooks) {
  for (const Value& hook : hooks.is_list() ? hooks.as_list() : std::span<const Value>()) {
    const std::vector<std::string> command = texts_member(hook, "command");
    rows.emplace_back("hook", command.empty() ? text_member(hook, "url") : command_text(command));
  }
}

std::string text_of_field(const SubmissionField& field, const Value& value) {
  if (value.is_bool()) return value.as_bool() ? "yes" : "no";
  if (field.kind == ParamKind::kDuration && value.is_float()) return short_duration_text(value.as_float());
  if (value.is_list()) return joined_texts(value);
  return value.is_dict() ? json_of(value) : to_text(value);
}

}  // namespace

SubmittedRows submitted_rows(const Value& run) {
  SubmittedRows rows;
  const Value* submitted = member(run, "submitted");
  if (!submitted || !submitted->is_dict()) return rows;
  for (const SubmissionField& field : kSubmissionFields) {
    const Value* value = member(*submitted, field.name);
    if (!value || value->is_none() || is_told(field.name, *value, run)) continue;
    if (field.name == "params") {
      add_inputs(rows, run, *value);
    } else if (field.name == "path_map") {
      add_path_map(rows, *value);
    } else if (field.name == "hooks") {
      add_hooks(rows, *value);
    } else {
      rows.emplace_back(title_of(field.name), text_of_field(field, *value));
    }
  }
  return rows;
}

}  // namespace vnode
