#include "journal/step_checks.h"

#include "engine/recorder.h"
#include "journal/recorded_values.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

std::string text_of(const Value& value) {
  return value.is_text() ? std::string(value.as_text()) : std::string();
}

/// Of a step that is repeated as it stands.
bool is_repeated_as_it_is(const std::string& kind) {
  return kind == "push" || kind == "variable" || kind == "end" || kind == "last";
}

std::optional<std::string> against_mark(const JournalRecord& mark) {
  const std::string detail = text_of(mark.field("detail"));
  if (text_of(mark.field("why")) == word(RecordMark::kLateRead)) return "variable changed: " + detail;
  return detail.empty() ? "stateful" : "stateful: " + detail;
}

}  // namespace

std::optional<std::string> StepChecks::reason_against(const JournalRecord& record, const Dict& variables) {
  if (record.kind == "read") return against_read(record.field("name"), record.field("digest"), variables);
  if (record.kind == "reads_all") return against_read_of_all(record.field("variables"), variables);
  if (record.kind == "modules") return against_modules(record.field("modules"));
  if (record.kind == "mark") return against_mark(record);
  if (!is_repeated_as_it_is(record.kind)) return std::nullopt;
  if (record.field("masked").is_bool() && record.field("masked").as_bool()) return "secret";
  const Value changed = record.field("changed");
  if (changed.is_list() && !changed.as_list().empty())
    return "file changed: " + text_of(changed.as_list()[0]);
  return std::nullopt;
}

/// `digest`: None where there was no such variable.
std::optional<std::string> StepChecks::against_read(const Value& name, const Value& digest,
                                                    const Dict& variables) {
  const Value* const now = is_hashable(name) ? variables.find(name) : nullptr;
  bool was_masked = false;
  const bool is_same = now ? values_.digest(*now, was_masked) == text_of(digest) : digest.is_none();
  if (is_same) return std::nullopt;
  return "variable changed: " + to_text(name);
}

std::optional<std::string> StepChecks::against_read_of_all(const Value& recorded, const Dict& variables) {
  const Dict then = recorded.is_dict() ? recorded.as_dict() : Dict();
  for (const Dict::Entry& entry : then) {
    if (auto reason = against_read(entry.key, entry.value, variables)) return reason;
  }
  for (const Dict::Entry& entry : variables) {
    if (!then.find(entry.key)) return "variable changed: " + to_text(entry.key);
  }
  return std::nullopt;
}

std::optional<std::string> StepChecks::against_modules(const Value& modules) {
  for (const DictEntry& entry : modules.is_dict() ? modules.as_entries() : std::span<const DictEntry>()) {
    const Dict module = entry.value.is_dict() ? entry.value.as_dict() : Dict();
    const Value* const path = module.find("path");
    const Value* const digest = module.find("digest");
    const std::string now = path ? files_.of(text_of(*path)) : "";
    if (now.empty() || !digest || now != text_of(*digest)) return "module changed: " + to_text(entry.key);
  }
  return std::nullopt;
}

}  // namespace vnode
