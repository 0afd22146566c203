// What is wrong with a YAML workflow is told with line, column and what was meant.
#include <gtest/gtest.h>

#include <string>

#include "unit/yaml/lowering_support.h"

namespace vnode {
namespace {

using test::first_problem;

struct Mistake {
  const char* what;
  std::string text;
  const char* told;
  Severity severity = Severity::kError;
};

class YamlMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(YamlMistakes, AreToldWithTheirPlace) {
  const std::string told = first_problem(GetParam().text, GetParam().severity);
  EXPECT_EQ(told.substr(0, std::string(GetParam().told).size()), GetParam().told) << told;
}

const std::string kTwo = "nodes:\n  range: {type: any_values}\n  b: {type: any_values, ";

INSTANTIATE_TEST_SUITE_P(
    OfOneKindEach, YamlMistakes,
    testing::Values(
        Mistake{"duplicate keys", "nodes:\n  a: {type: any_values}\n  a: {type: any_values}\n",
                "3:3 duplicate_key: the key 'a' is there twice"},
        Mistake{"duplicate ports", kTwo + "a: 1, a: 2}\n", "3:31 duplicate_key: "},
        Mistake{"merge", "base: &b {type: x}\nnodes:\n  a:\n    <<: *b\n",
                "4:5 merge_key: '<<' would be a merge"},
        Mistake{"tab", "nodes:\n\ta: {type: any_values}\n", "2:1 tab: a tab in the indentation"},
        Mistake{"tab behind spaces", "nodes:\n  a:\n  \ttype: any_values\n", "3:3 tab: "},
        Mistake{"unknown key of a workflow", "node:\n  a: {type: any_values}\n",
                "1:1 unknown_key: a workflow has no key 'node'; did you mean 'nodes'?"},
        Mistake{"unknown port", kTwo + "tex: 1}\n",
                "3:25 unknown_port: any_values has no input 'tex' (node 'b'); did you mean 'text'?"},
        Mistake{"mistyped key", kTwo + "thn: range}\n",
                "3:25 unknown_port: any_values has no input 'thn' (node 'b'); did you mean 'then'?"},
        Mistake{"an output", kTwo + "x: 1}\n", "3:25 not_settable: 'x' is an output of any_values"},
        Mistake{"an exec port", kTwo + "exec_in: 1}\n", "3:34 not_settable: 'exec_in' is an exec port"},
        Mistake{"wire to a port that is none", kTwo + "a: range.z}\n",
                "3:28 unknown_port: node 'range' (any_values) has no output 'z'"},
        Mistake{"from no node", kTwo + "a: {from: rang.x}}\n",
                "3:35 unknown_node: there is no node 'rang'; did you mean 'range'?"},
        Mistake{"then to no node", kTwo + "then: rang}\n",
                "3:31 unknown_node: there is no node 'rang'; did you mean 'range'?"},
        Mistake{"then by no exec port", kTwo + "then: {x: range}}\n",
                "3:32 no_exec_port: 'x' of node 'b' is no exec output"},
        Mistake{"then of several", "nodes:\n  t: {type: two_exec_inputs, then: t}\n",
                "2:36 no_exec_port: node 't' (two_exec_inputs) has several exec outputs"},
        Mistake{
            "then to several", "nodes:\n  a: {type: any_values, then: t}\n  t: {type: two_exec_inputs}\n",
            "2:31 no_exec_port: node 't' (two_exec_inputs) has several exec inputs; there are t.one, t.two"},
        Mistake{"mixed wires", kTwo + "a: range.x}\n  c: {type: any_values}\nconnections: [[range.x, c.a]]\n",
                "3:28 mixed_wires: "},
        Mistake{"near wire", kTwo + "a: rang.x}\n",
                "3:28 near_wire: 'rang.x' is a text, as no node has that name; did you mean 'range.x'?",
                Severity::kWarning},
        Mistake{"tag", kTwo + "a: !python/object x}\n", "3:28 bad_tag: "},
        Mistake{"wrong core tag", kTwo + "a: !!int x}\n", "3:28 bad_tag: 'x' is not what its tag says"},
        Mistake{"several documents", "nodes: {}\n---\nnodes: {}\n", "2:1 several_documents: "},
        Mistake{"alias of nothing", kTwo + "a: *nobody}\n", "3:28 bad_alias: "},
        Mistake{"alias of itself", "nodes: &n\n  a: {type: any_values, a: *n}\n",
                "2:28 bad_alias: this alias is inside of what it stands for"},
        Mistake{"NUL", std::string("nodes:\n  a\0b: {}\n", 16),
                "2:4 bad_character: a NUL cannot stand in a YAML file"},
        Mistake{"control character", "nodes:\n  a: \x04 b\n",
                "2:6 bad_character: the control character U+0004"},
        Mistake{"surrogates", kTwo + "text: \"\\ud83d\\ude00\"}\n",
                "3:32 bad_escape: this escape is half a character (a surrogate), which YAML does not have; "
                "write the character itself, or \\U0001F600 for both"},
        Mistake{"list of nodes", "nodes:\n  - {type: any_values}\n",
                "2:3 wrong_type: 'nodes' must be a map of names, not a list"},
        Mistake{"no type", "nodes:\n  a: {text: x}\n", "2:3 missing_type: node 'a' has no type"},
        Mistake{"no map", "nodes:\n  a: any_values\n", "2:6 wrong_type: node 'a' must be a map"},
        Mistake{"no workflow", "- a\n- b\n", "1:1 wrong_type: a workflow must be a map"},
        Mistake{"empty", "# nothing\n", "1:1 empty_document: the file is empty"},
        Mistake{"open quote", "nodes:\n  a: \"x\n", "2:6 bad_yaml: this text is not closed"},
        Mistake{"colon in a text", "nodes:\n  a: {type: any_values}\n  b: c: d\n", "3:7 bad_yaml: "},
        Mistake{"limits", kTwo + "limits: 5}\n", "3:33 wrong_type: 'limits' of node 'b' must be a map"},
        Mistake{"parameter key", "parameters:\n  p: {typ: text}\nnodes: {}\n",
                "2:7 unknown_key: parameter 'p' has no key 'typ'; did you mean 'type'?"},
        Mistake{"emoji before it", kTwo + "text: \"\xF0\x9F\x8E\xAC\", a: range.z}\n",
                "3:39 unknown_port: "}),
    [](const testing::TestParamInfo<Mistake>& info) {
      std::string name;
      for (const char c : std::string(info.param.what)) name += c == ' ' ? '_' : c;
      return name;
    });

TEST(YamlMistakesOfSize, AnAliasBombIsAnError) {
  std::string text = "a: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    text += "k" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int k = 0; k < 8; ++k) text += ", " + last;
    text += "]\n";
  }
  EXPECT_NE(first_problem(text).find("too_large: its aliases make the document more than 100 times"),
            std::string::npos)
      << first_problem(text);
}

TEST(YamlMistakesOfSize, DepthIsAnErrorAndNoCrash) {
  for (const char* open : {"[", "{a: ", "- "}) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += open;
    const std::string told = first_problem(text);
    EXPECT_NE(told.find("1:"), std::string::npos) << told;
    EXPECT_NE(told.find("too_deep"), std::string::npos) << told;
  }
}

TEST(YamlMistakesOfSize, TheLineIsShownShortened) {
  const std::string text =
      "nodes:\n  a: {type: any_values, text: \"" + std::string(1 << 20, 'x') + "\", tex: 1}\n";
  const YamlReading reading = read_yaml_workflow("flow.yaml", text, test::yaml_registry());
  ASSERT_EQ(reading.problems.size(), 1u);
  EXPECT_EQ(reading.problems[0].source.line, 2u);
  EXPECT_LT(reading.problems[0].source.text.size(), 200u);
  EXPECT_NE(reading.problems[0].source.text.find("tex: 1"), std::string::npos);
}

TEST(YamlMistakesOfSize, ThousandsOfMistakesTakeNoTime) {
  std::string text = "nodes:\n";
  for (int i = 0; i < 3000; ++i)
    text += "  n" + std::to_string(i) + ": {type: any_values, a: {from: m" + std::to_string(i) + ".x}}\n";
  EXPECT_EQ(read_yaml_workflow("flow.yaml", text, test::yaml_registry()).problems.size(), 1001u);
}

}  // namespace
}  // namespace vnode
