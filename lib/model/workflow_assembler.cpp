#include "model/workflow_assembler.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/spelling.h"
#include "model/lenient.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

constexpr std::array<std::string_view, 5> kPartKeys = {"nodes", "connections", "sticky_notes", "backdrops",
                                                       "metadata"};

std::string to_string(const Value& text) {
  return text.is_text() ? std::string(text.as_text()) : std::string();
}

/// The place of each node in an open-addressing table by instance_id: 4 bytes a slot instead of a map's 60,
/// as files of a million nodes are read, too.
class NodeTable {
 public:
  explicit NodeTable(const std::vector<NodeInstance>& nodes) : nodes_(nodes) {
    std::size_t size = 16;
    while (size < nodes.size() * 2) size *= 2;
    slots_.assign(size, kFree);
  }

  /// The first node with the id of node `index`: itself, and then it is in the table from now on, or an
  /// earlier one.
  std::size_t first_with_id_of(std::size_t index) {
    const std::size_t mask = slots_.size() - 1;
    const Uuid& id = nodes_[index].instance_id;
    for (std::size_t slot = id.hash() & mask;; slot = (slot + 1) & mask) {
      if (slots_[slot] == kFree) slots_[slot] = static_cast<std::uint32_t>(index);
      if (nodes_[slots_[slot]].instance_id == id) return slots_[slot];
    }
  }

 private:
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;

  const std::vector<NodeInstance>& nodes_;
  std::vector<std::uint32_t> slots_;
};

}  // namespace

WorkflowAssembler::WorkflowAssembler(std::string_view pointer) : pointer_(pointer) {
  for (std::size_t part = 0; part < kPartCount; ++part)
    pointers_[part] = join_pointer(pointer, kPartKeys[part]);
}

void WorkflowAssembler::set(const Value& key, const Value& value) {
  const Part part = key.is_text() ? find_part(key.as_text()) : kPartCount;
  if (part == kPartCount) {
    workflow_.unknown.set(key, value);
    return;
  }
  start(part);
  if (part != kMetadata) {
    set_list(part, value);
  } else if (value.is_dict()) {
    workflow_.metadata = value;
  } else {
    refuse(kMetadata, "an object", value);
  }
}

bool WorkflowAssembler::start_list(std::string_view key) {
  const Part part = find_part(key);
  if (part != kNodes && part != kConnections) return false;
  start(part);
  return true;
}

void WorkflowAssembler::add(const Value& entry) {
  if (current_ == kNodes) {
    add_node(entry);
  } else {
    add_connection(entry);
  }
}

void WorkflowAssembler::fail(std::string code, std::string message, std::string hint) {
  document_problems_.push_back({.severity = Severity::kError,
                                .code = std::move(code),
                                .pointer = pointer_,
                                .message = std::move(message),
                                .hint = std::move(hint)});
}

WorkflowReading WorkflowAssembler::finish(bool is_whole) {
  WorkflowReading reading;
  if (is_whole && is_node_definition()) {
    // What else is wrong does not matter: it is another kind of document.
    fail("node_definition", "this is the definition of a node, not a workflow",
         "put the file where node definitions are looked for, and run a workflow that uses the node");
    reading.problems = std::move(document_problems_);
    return reading;
  }
  if (is_whole && is_foreign()) fail_foreign();
  check_duplicate_ids();
  collect_findings(reading.problems, is_whole);
  if (is_whole && !has_errors(reading.problems)) reading.workflow = std::move(workflow_);
  return reading;
}

WorkflowAssembler::Part WorkflowAssembler::find_part(std::string_view key) {
  std::size_t part = 0;
  while (part < kPartCount && kPartKeys[part] != key) ++part;
  return static_cast<Part>(part);
}

void WorkflowAssembler::start(Part part) {
  current_ = part;
  is_there_[part] = true;
  findings_[part] = {};
  switch (part) {
    case kNodes:
      workflow_.nodes.clear();
      break;
    case kConnections:
      workflow_.connections.clear();
      break;
    case kStickyNotes:
      workflow_.sticky_notes = Value::unset();
      break;
    case kBackdrops:
      workflow_.backdrops = Value::unset();
      break;
    case kMetadata:
      workflow_.metadata = Value::unset();
      break;
    case kPartCount:
      break;
  }
}

void WorkflowAssembler::set_list(Part part, const Value& value) {
  if (!value.is_list()) return refuse(part, "a list", value);
  std::size_t index = 0;
  for (const Value& entry : value.as_list()) {
    switch (part) {
      case kNodes:
        add_node(entry);
        break;
      case kConnections:
        add_connection(entry);
        break;
      case kStickyNotes:
        check_note(entry, index);
        break;
      default:
        check_backdrop(entry, index);
        break;
    }
    ++index;
  }
  if (part == kStickyNotes) workflow_.sticky_notes = value;
  if (part == kBackdrops) workflow_.backdrops = value;
}

// An entry with errors is added all the same, so that places in the lists stay those of the file.
void WorkflowAssembler::add_node(const Value& entry) {
  Findings& findings = findings_[kNodes];
  const std::size_t known_problems = findings.problems.size();
  EntryReader reader(entry, "node", pointers_[kNodes], workflow_.nodes.size(), findings);
  NodeInstance node;
  const std::optional<Uuid> id = reader.uuid("instance_id", Need::kOptional);
  node.instance_id = id ? *id : Uuid::random();
  node.node_id = to_string(reader.text("node_id", Need::kRequired));
  node.position = reader.number_pair("position", Need::kRequired);
  node.parameters = reader.object("parameters");
  node.state = reader.text("state", Need::kOptional);
  const std::optional<bool> bypassed = reader.boolean("bypassed");
  node.has_bypassed = bypassed.has_value();
  node.bypassed = bypassed.value_or(false);
  const std::optional<std::int64_t> init_priority = reader.integer("init_priority");
  node.has_init_priority = init_priority.has_value();
  node.init_priority = init_priority.value_or(0);
  node.unknown = reader.unknown();
  if (findings.problems.size() > known_problems && id && !node.node_id.empty()) {
    const std::string label = node_label(node);
    for (std::size_t i = known_problems; i < findings.problems.size(); ++i) findings.problems[i].node = label;
  }
  workflow_.nodes.push_back(std::move(node));
}

void WorkflowAssembler::add_connection(const Value& entry) {
  EntryReader reader(entry, "connection", pointers_[kConnections], workflow_.connections.size(),
                     findings_[kConnections]);
  Connection connection;
  connection.id = reader.uuid_text("id");
  connection.from_node = reader.uuid("from_node", Need::kRequired).value_or(Uuid());
  connection.from_port = to_string(reader.text("from_port", Need::kRequired));
  connection.to_node = reader.uuid("to_node", Need::kRequired).value_or(Uuid());
  connection.to_port = to_string(reader.text("to_port", Need::kRequired));
  connection.is_exec = reader.boolean("is_exec").value_or(false);
  connection.unknown = reader.unknown();
  workflow_.connections.push_back(std::move(connection));
}

void WorkflowAssembler::check_note(const Value& entry, std::size_t index) {
  EntryReader reader(entry, "sticky note", pointers_[kStickyNotes], index, findings_[kStickyNotes]);
  reader.uuid("id", Need::kOptional);
  reader.number_pair("position", Need::kRequired);
  reader.number_pair("size", Need::kOptional);
  reader.text("text", Need::kOptional);
  reader.text("color", Need::kOptional);
  reader.unknown();
}

void WorkflowAssembler::check_backdrop(const Value& entry, std::size_t index) {
  EntryReader reader(entry, "backdrop", pointers_[kBackdrops], index, findings_[kBackdrops]);
  reader.uuid("id", Need::kOptional);
  reader.number_pair("position", Need::kRequired);
  reader.number_pair("size", Need::kOptional);
  reader.text("title", Need::kOptional);
  reader.text("color", Need::kOptional);
  reader.unknown();
}

void WorkflowAssembler::refuse(Part part, std::string_view expected, const Value& found) {
  findings_[part].problems.push_back(
      {.severity = Severity::kError,
       .code = "wrong_type",
       .pointer = pointers_[part],
       .message = "\"" + std::string(kPartKeys[part]) + "\" must be " + std::string(expected) + ", but is " +
                  describe_found(found),
       .hint = "write " + std::string(part == kMetadata ? "{}" : "[]") + ", or leave the key out"});
}

void WorkflowAssembler::check_duplicate_ids() {
  const std::vector<NodeInstance>& nodes = workflow_.nodes;
  NodeTable table(nodes);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::size_t first = table.first_with_id_of(i);
    if (first == i) continue;
    findings_[kNodes].problems.push_back(
        {.severity = Severity::kError,
         .code = "duplicate_id",
         .pointer = join_pointer(join_pointer(pointers_[kNodes], i), "instance_id"),
         .message = "the same instance_id as at " + join_pointer(pointers_[kNodes], first) + ", which is " +
                    node_label(nodes[first]),
         .hint = "give one of the two nodes a new UUID, and point its connections to it",
         .node = node_label(nodes[i])});
  }
}

void WorkflowAssembler::collect_findings(Problems& problems, bool is_whole) {
  Findings unknown;
  for (Findings& findings : findings_) {
    problems.insert(problems.end(), std::make_move_iterator(findings.problems.begin()),
                    std::make_move_iterator(findings.problems.end()));
    unknown.unknown_keys += findings.unknown_keys;
    for (std::string& pointer : findings.unknown_pointers)
      unknown.unknown_pointers.push_back(std::move(pointer));
  }
  problems.insert(problems.end(), std::make_move_iterator(document_problems_.begin()),
                  std::make_move_iterator(document_problems_.end()));
  for (const Dict::Entry& entry : workflow_.unknown) {
    unknown.unknown_keys++;
    unknown.unknown_pointers.push_back(
        join_pointer(pointer_, entry.key.is_text() ? std::string(entry.key.as_text()) : to_text(entry.key)));
  }
  if (is_whole && unknown.unknown_keys > 0 && !is_foreign()) add_unknown_keys_warning(unknown, problems);
}

void WorkflowAssembler::add_unknown_keys_warning(const Findings& unknown, Problems& problems) const {
  const std::size_t shown = std::min(unknown.unknown_pointers.size(), Findings::kShownKeys);
  std::string names;
  for (std::size_t i = 0; i < shown; ++i) names += (i == 0 ? "" : ", ") + unknown.unknown_pointers[i];
  if (unknown.unknown_keys > shown) names += " and " + std::to_string(unknown.unknown_keys - shown) + " more";
  problems.push_back({.severity = Severity::kWarning,
                      .code = "unknown_keys",
                      .pointer = unknown.unknown_pointers.front(),
                      .message = "keys that have no meaning here: " + names,
                      .hint = with_hint("they are kept; look for spelling mistakes", near_part())});
}

/// Nothing in it would run, and it says something: another program's document, or one with misspelt keys.
bool WorkflowAssembler::is_foreign() const {
  return !is_there_[kNodes] && !is_there_[kConnections] && workflow_.unknown.size() > 0;
}

void WorkflowAssembler::fail_foreign() {
  constexpr std::size_t kMostNamed = 3;
  std::string names;
  std::size_t count = 0;
  for (const Dict::Entry& entry : workflow_.unknown) {
    if (++count <= kMostNamed) names += (count == 1 ? "\"" : ", \"") + to_text(entry.key) + "\"";
  }
  const std::string hint = near_part();
  fail("foreign_document",
       "this is no workflow: it has neither \"nodes\" nor \"connections\", but " + names +
           (count > kMostNamed ? " and " + std::to_string(count - kMostNamed) + " more" : ""),
       hint.empty() ? "it may be another program's file; an empty workflow is {}" : hint);
}

/// A part that is not there and that an unknown key looks like: "did you mean 'nodes'?".
std::string WorkflowAssembler::near_part() const {
  std::vector<std::string> missing;
  for (std::size_t part = 0; part < kPartCount; ++part) {
    if (!is_there_[part]) missing.emplace_back(kPartKeys[part]);
  }
  for (const Dict::Entry& entry : workflow_.unknown) {
    if (std::string hint = spelling_hint(to_text(entry.key), missing); !hint.empty()) return hint;
  }
  return {};
}

bool WorkflowAssembler::is_node_definition() const {
  const Dict& unknown = workflow_.unknown;
  return unknown.find(std::string_view("node_id")) && unknown.find(std::string_view("python_code"));
}

}  // namespace vnode
