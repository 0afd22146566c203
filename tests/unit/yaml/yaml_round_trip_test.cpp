// JSON to YAML to JSON gives an equal document: of all workflows that are here, and of random ones. More
// cases: VNODE_PROPERTY_CASES; others: VNODE_PROPERTY_SEED.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "base/text_file.h"
#include "model/json_writer.h"
#include "model/value_ops.h"
#include "model/workflow_writer.h"
#include "unit/yaml/lowering_support.h"
#include "yaml/workflow_yaml.h"

namespace vnode {
namespace {

using test::yaml_registry;

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

void expect_round_trip(const Workflow& workflow, const std::string& what) {
  const Result<YamlText> yaml = write_yaml_workflow(workflow, yaml_registry());
  ASSERT_TRUE(yaml.ok()) << what << ": " << yaml.error().message << "\n" << write_workflow(workflow);
  const YamlReading reading =
      read_yaml_workflow("w.yaml", yaml->text, yaml_registry(), {.keeps_names = false});
  ASSERT_FALSE(reading.document.is_unset()) << what << "\n" << yaml->text;
  const WorkflowReading again = read_workflow(reading.document, "");
  ASSERT_TRUE(again.workflow) << what;
  EXPECT_TRUE(same(workflow_document(*again.workflow), workflow_document(workflow)))
      << what << "\n"
      << yaml->text << "\n"
      << write_workflow(workflow) << "\n"
      << write_workflow(*again.workflow);
  // With names it is what runs: as many nodes and wires.
  const YamlReading run = read_yaml_workflow("w.yaml", yaml->text, yaml_registry());
  EXPECT_FALSE(run.document.is_unset());
}

TEST(YamlRoundTrip, OfAllWorkflowsHere) {
  std::vector<std::string> folders = {VNODE_WORKFLOWS};
  if (const char* more = std::getenv("VNODE_SAMPLES")) folders.emplace_back(more);
  std::size_t count = 0;
  for (const std::string& folder : folders) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() != ".json") continue;
      const Result<TextFile> text = read_text_file(entry.path().string());
      ASSERT_TRUE(text);
      const WorkflowReading reading = read_workflow(text->text);
      if (!reading.workflow) continue;
      ++count;
      expect_round_trip(*reading.workflow, entry.path().string());
    }
  }
  EXPECT_GT(count, 10u);
}

// Its only difference from what people write are dollars that stand for no parameter.
TEST(YamlRoundTrip, OfTextsForAShell) {
  const YamlReading reading =
      read_yaml_workflow("w.yaml", "nodes:\n  a: {type: frame_range, text: home}\n", yaml_registry());
  WorkflowReading read = read_workflow(reading.document, "");
  ASSERT_TRUE(read.workflow);
  read.workflow->nodes[0].parameters.set("text", Value("in ${HOME}"));
  expect_round_trip(*read.workflow, "dollars");
}

/// Makes workflows of everything that a file can hold, mostly of what real ones have.
class RandomWorkflow {
 public:
  explicit RandomWorkflow(std::uint64_t seed) : random_(seed) {}

  Workflow make(int depth = 0) {
    Workflow workflow;
    const std::size_t nodes = below(7);
    for (std::size_t i = 0; i < nodes; ++i) workflow.nodes.push_back(node(depth));
    const std::size_t wires = nodes == 0 ? 0 : below(10);
    for (std::size_t i = 0; i < wires; ++i) workflow.connections.push_back(wire(workflow));
    if (rarely())
      workflow.sticky_notes = Value::list({Value(Dict{{"position", Value::list({1, 2})}, {"text", text()}})});
    if (rarely()) workflow.backdrops = Value::empty_list();
    if (rarely()) workflow.metadata = Value(Dict{{pick({"name", "x", "parameters"}), value(2)}});
    if (rarely()) workflow.unknown.set(Value(key()), value(2));
    return workflow;
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool rarely() { return below(6) == 0; }
  std::string pick(std::initializer_list<const char*> words) {
    return *(words.begin() + below(words.size()));
  }

  std::string text() {
    static const std::vector<std::string> kTexts = {"",
                                                    "hello",
                                                    "010",
                                                    "no",
                                                    "null",
                                                    "~",
                                                    "1e3",
                                                    "a: b",
                                                    "a #b",
                                                    "- a",
                                                    "any_values.x",
                                                    "n.x",
                                                    "inputs.x",
                                                    "line\nline",
                                                    "line\n",
                                                    "\n\n",
                                                    "  lead\nx",
                                                    "tab\there",
                                                    "trail ",
                                                    "\"q\"",
                                                    "'q'",
                                                    "\\",
                                                    "<<",
                                                    "*a",
                                                    "&a",
                                                    "!a",
                                                    "%a",
                                                    "@a",
                                                    "`a",
                                                    "${p}",
                                                    "\xF0\x9F\x8E\xAC",
                                                    "\xC3\xA4",
                                                    "\xC2\x85",
                                                    "\xE2\x80\xA8",
                                                    "\xEF\xBB\xBF",
                                                    std::string("\0", 1),
                                                    "\x01\x7F",
                                                    "\r\n",
                                                    "x\n\n\n",
                                                    "P:\\show\\x",
                                                    "0x1F",
                                                    "0o7",
                                                    "...",
                                                    "---",
                                                    "a,b",
                                                    "[x]",
                                                    "{x}",
                                                    "y",
                                                    "12:30",
                                                    ".5",
                                                    "+1",
                                                    "-",
                                                    "?",
                                                    "? a",
                                                    "=",
                                                    "x\n \ny",
                                                    "x\n\ty"};
    return kTexts[below(kTexts.size())];
  }
  std::string key() {
    std::string made = text();
    return made.empty() ? "k" : made;
  }

  Value value(int depth) {
    switch (below(depth > 0 ? 9 : 7)) {
      case 0:
        return Value();
      case 1:
        return Value(below(2) == 0);
      case 2:
        return Value(static_cast<std::int64_t>(below(2000)) - 1000);
      case 3:
        return Value(pick_float());
      case 4:
        return Value::big_int("-123456789012345678901234567890");
      case 5:
      case 6:
        return Value(text());
      case 7: {
        std::vector<Value> items;
        for (std::size_t i = below(4); i > 0; --i) items.push_back(value(depth - 1));
        return Value::list(std::move(items));
      }
      default: {
        Dict dict;
        for (std::size_t i = below(4); i > 0; --i) dict.set(Value(key()), value(depth - 1));
        if (rarely()) dict = Dict{{pick({"from", "value"}), value(0)}};
        return Value(std::move(dict));
      }
    }
  }
  double pick_float() {
    static const double kFloats[] = {0.0,   -0.0, 1.0,       1.5,        1e16, 1e-7,
                                     1e300, -2.5, 1.0 / 0.0, -1.0 / 0.0, 0.1};
    return kFloats[below(std::size(kFloats))];
  }

  NodeInstance node(int depth) {
    NodeInstance made;
    made.instance_id = Uuid::named(Uuid(), std::to_string(random_()));
    made.node_id =
        pick({"any_values", "any_values", "frame_range", "file_write", "run_command", "two_exec_inputs",
              "For Each", "nobody knows", "group_node", "Parallel For Each", "", "Sequencer"});
    made.position = Value::list({static_cast<int>(below(100)), 2.5});
    for (std::size_t i = below(5); i > 0; --i) made.parameters.set(Value(port()), value(3));
    if (rarely()) made.parameters.set("__name__", rarely() ? value(1) : Value(text()));
    if (rarely()) made.parameters.set("__vnode__", value(2));
    if (made.node_id == "group_node" && depth < 2)
      made.parameters.set("__workflow__", workflow_document(make(depth + 1)));
    if (made.node_id == "group_node")
      made.parameters.set("__port_defs__", Value::list({Value(Dict{{"name", "a"}, {"is_input", true}}),
                                                        Value(Dict{{"name", "x"}, {"is_input", false}})}));
    if (below(2) == 0) made.state = Value("idle");
    made.has_bypassed = below(2) == 0;
    made.bypassed = rarely();
    made.has_init_priority = below(2) == 0;
    made.init_priority = rarely() ? 3 : 0;
    if (rarely()) made.unknown.set(Value("u" + key()), value(2));
    return made;
  }

  std::string port() {
    if (rarely()) return key();
    return pick({"a",
                 "b",
                 "type",
                 "number",
                 "text",
                 "path",
                 "x",
                 "y",
                 "exec_in",
                 "exec_out",
                 "one",
                 "two",
                 "left",
                 "frames",
                 "command",
                 "collection",
                 "each_item",
                 "then",
                 "inputs",
                 "python_code",
                 "limits",
                 "note",
                 "max_concurrency"});
  }

  Connection wire(const Workflow& workflow) {
    const auto& nodes = workflow.nodes;
    Connection made;
    made.from_node = rarely() && rarely() ? Uuid() : nodes[below(nodes.size())].instance_id;
    made.to_node = nodes[below(nodes.size())].instance_id;
    made.is_exec = below(3) == 0;
    made.from_port = made.is_exec ? pick({"exec_out", "each_item", "left", "x"})
                                  : pick({"x", "y", "frames", "current_item", "exec_out", "none"});
    made.to_port = made.is_exec
                       ? pick({"exec_in", "one", "two", "a"})
                       : pick({"a", "b", "type", "text", "collection", "command", "path", "exec_in", "none"});
    if (below(2) == 0) made.id = Value(Uuid::named(Uuid(), std::to_string(random_())).text());
    if (rarely()) made.unknown.set(Value("u" + key()), value(2));
    return made;
  }

  std::mt19937_64 random_;
};

TEST(YamlRoundTrip, OfRandomWorkflows) {
  const std::uint64_t cases = number_of("VNODE_PROPERTY_CASES", 300);
  const std::uint64_t seed = number_of("VNODE_PROPERTY_SEED", 1);
  for (std::uint64_t i = 0; i < cases && !HasFailure(); ++i)
    expect_round_trip(RandomWorkflow(seed + i).make(), "seed " + std::to_string(seed + i));
}

}  // namespace
}  // namespace vnode
