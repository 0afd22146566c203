#include "journal/execution_digests.h"

#include <algorithm>

#include "base/sha256.h"
#include "journal/cbor_writer.h"
#include "journal/recorded_values.h"
#include "node/node_type.h"

namespace vnode {
namespace {

/// The name of the first part that is not the same in both; nullopt: there is none.
std::optional<std::string> first_difference(const ExecutionDigests::Parts& recorded,
                                            const ExecutionDigests::Parts& now) {
  const auto find = [](const ExecutionDigests::Parts& parts, const std::string& name) {
    return std::find_if(parts.begin(), parts.end(), [&name](const auto& part) { return part.first == name; });
  };
  for (const auto& [name, digest] : now) {
    const auto before = find(recorded, name);
    if (before == recorded.end() || before->second != digest) return name;
  }
  for (const auto& [name, digest] : recorded) {
    if (find(now, name) == now.end()) return name;
  }
  return std::nullopt;
}

void append(CborWriter& writer, const ExecutionDigests::Parts& parts) {
  writer.map(parts.size());
  for (const auto& [name, digest] : parts) {
    writer.text(name);
    writer.text(digest);
  }
}

ExecutionDigests::Parts read_parts(const Value& members) {
  ExecutionDigests::Parts parts;
  if (!members.is_dict()) return parts;
  for (const DictEntry& entry : members.as_entries()) {
    if (entry.key.is_text() && entry.value.is_text())
      parts.emplace_back(entry.key.as_text(), entry.value.as_text());
  }
  return parts;
}

}  // namespace

std::string ExecutionDigests::whole() const {
  std::string bytes;
  CborWriter writer(bytes);
  writer.text(definition);
  append(writer, inputs);
  append(writer, command);
  return short_digest(bytes);
}

std::optional<std::string> difference(const ExecutionDigests& recorded, const ExecutionDigests& now) {
  if (recorded.definition != now.definition) return "definition changed";
  if (const auto port = first_difference(recorded.inputs, now.inputs)) return "input changed: " + *port;
  if (const auto part = first_difference(recorded.command, now.command)) return "command changed: " + *part;
  return std::nullopt;
}

ExecutionDigests read_digests(const JournalRecord& begin) {
  const Value definition = begin.field("definition");
  return {.definition = definition.is_text() ? std::string(definition.as_text()) : std::string(),
          .inputs = read_parts(begin.field("inputs")),
          .command = read_parts(begin.field("command"))};
}

ExecutionDigests Digester::digests_of(const RecordedBegin& begin, bool& was_masked) {
  bool was_command_masked = false;  // whoever gives it another password has not changed what it does
  return {.definition = definition_digest(begin.type),
          .inputs = parts_of(begin.inputs, was_masked),
          .command = parts_of(begin.command, was_command_masked)};
}

ExecutionDigests::Parts Digester::parts_of(std::span<const PortValue> values, bool& was_masked) {
  ExecutionDigests::Parts parts;
  parts.reserve(values.size());
  for (const PortValue& value : values)
    parts.emplace_back(value.port, values_.digest(value.value, was_masked));
  return parts;
}

/// A definition file is looked at once; a native type has none.
std::string Digester::definition_digest(const NodeType& type) {
  const NodeDefinition& definition = type.definition;
  const void* document = definition.document.identity();
  if (const auto known = definitions_.find(document); document && known != definitions_.end())
    return known->second.digest;
  bool was_masked = false;
  std::string bytes;
  CborWriter writer(bytes);
  writer.text(definition.node_id);
  writer.integer(type.revision);
  writer.text(values_.digest(definition.document, was_masked));
  writer.text(values_.text(definition.python_code, was_masked));
  std::string digest = short_digest(bytes);
  if (document) definitions_.emplace(document, Known{definition.document, digest});
  return digest;
}

}  // namespace vnode
