#include "command/text_template.h"

#include <gmock/gmock.h>

#include "unit/command/command_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const PlaceholderNames kNames(std::vector<Port>{
    {.name = "a"}, {.name = "b"}, {.name = "file", .type = "path"}, {.name = "exec_in", .type = "exec"}});

std::vector<std::string> words(std::string_view text, std::map<std::string, Value> table) {
  std::vector<std::string> words;
  const Result<void> added =
      TextTemplate::parse(text, kNames).value().append_words(values(std::move(table)), words);
  if (!added) return {"error: " + added.error().message};
  return words;
}

TEST(TextTemplate, PutsValuesInAsText) {
  EXPECT_THAT(words("x{a}y{b}z", {{"a", 1}, {"b", 2.0}}), ElementsAre("x1y2.0z"));
  EXPECT_THAT(words("{a}", {{"a", true}}), ElementsAre("True"));
  EXPECT_THAT(words("{a}", {{"a", ""}}), ElementsAre(""));
  EXPECT_THAT(words("", {}), ElementsAre(""));
}

TEST(TextTemplate, DoublesABraceThatIsNoPlaceholder) {
  EXPECT_THAT(words("{{\"k\": {{}}", {}), ElementsAre("{\"k\": {}}"));
  EXPECT_THAT(words("}{{a}", {}), ElementsAre("}{a}"));
}

TEST(TextTemplate, NamesWhatIsNoInput) {
  const auto complaint = [](std::string_view text) {
    return TextTemplate::parse(text, kNames).error().message;
  };
  EXPECT_THAT(complaint("{fille}"), HasSubstr("did you mean {file}?"));
  EXPECT_THAT(complaint("{exec_in}"), HasSubstr("names no data input"));
  EXPECT_THAT(complaint("{}"), HasSubstr("names no data input"));
  EXPECT_THAT(complaint("a{"), HasSubstr("without its }"));
}

TEST(TextTemplate, TakesSecretsOnlyWhereItMay) {
  const auto complaint = [](std::string_view text, const PlaceholderNames& names) {
    return TextTemplate::parse(text, names).error().message;
  };
  EXPECT_THAT(complaint("{secret.KEY}", kNames), HasSubstr("'environment' and 'stdin' take it"));
  EXPECT_THAT(complaint("{secret.a-b}", kNames.with_secrets()), HasSubstr("is no name of a secret"));
  const ValueOf value_of = [](std::string_view port) {
    return port == "secret.KEY" ? Value("hunter2") : Value();
  };
  const Result<TextTemplate> text = TextTemplate::parse("a {secret.KEY}", kNames.with_secrets());
  EXPECT_EQ(text->fill(value_of).value(), "a hunter2");
  EXPECT_THAT(TextTemplate::parse("{secret.OTHER}", kNames.with_secrets())->fill(value_of).error().message,
              HasSubstr("no secret 'OTHER'"));
  EXPECT_EQ(TextTemplate::parse_leniently("{secret.KEY} {secret.} {x}", kNames.with_secrets())
                .fill(value_of)
                .value(),
            "hunter2 {secret.} {x}");
  EXPECT_EQ(TextTemplate::parse_leniently("{secret.KEY}", kNames).fill(value_of).value(), "{secret.KEY}");
}

TEST(TextTemplate, KnowsATextThatNamesASecret) {
  EXPECT_TRUE(names_secret("x{secret.A}"));
  EXPECT_TRUE(names_secret("${secret.A_1}"));
  EXPECT_FALSE(names_secret("{secret.}{secret.1}{secret.A {secretA} secret.A}"));
}

TEST(TextTemplate, NoInputTakesTheNameOfASecret) {
  EXPECT_FALSE(PlaceholderNames({"secret.KEY"}).has("secret.KEY"));
  EXPECT_TRUE(PlaceholderNames({"a"}).with_secrets().has("secret.KEY"));
}

TEST(TextTemplate, MakesAListOneWordAnItem) {
  const Value list = Value::list({Value("x y"), Value(2), Value("")});
  EXPECT_THAT(words("{a}", {{"a", list}}), ElementsAre("x y", "2", ""));
  EXPECT_THAT(words("{a}", {{"a", Value::empty_list()}}), ElementsAre());
  EXPECT_THAT(words("-{a}", {{"a", list}}), ElementsAre("-['x y', 2, '']"));
}

TEST(TextTemplate, RefusesNone) {
  EXPECT_THAT(words("{a}", {}), ElementsAre(HasSubstr("'a' has no value")));
  EXPECT_THAT(words("{a}", {{"a", Value::list({Value()})}}),
              ElementsAre(HasSubstr("an item of 'a' is None")));
}

TEST(TextTemplate, KeepsPathsFromBeingOptions) {
  EXPECT_THAT(words("{file}", {{"file", "-rf"}}), ElementsAre("./-rf"));
  EXPECT_THAT(words("{file}", {{"file", Value::list({Value("-"), Value("a-b")})}}),
              ElementsAre("./-", "a-b"));
  EXPECT_THAT(words("if={file}", {{"file", "-x"}}), ElementsAre("if=./-x"));
  EXPECT_THAT(words("{a}", {{"a", "-rf"}}), ElementsAre("-rf"));
}

TEST(TextTemplate, LeavesForeignBracesAlone) {
  const PlaceholderNames names(std::vector<std::string>{"x", "x y"});
  const auto filled = [&names](std::string_view text) {
    return TextTemplate::parse_leniently(text, names).fill(values({{"x", "1"}, {"x y", "2"}})).value();
  };
  EXPECT_EQ(filled("{print $1} {x} {{x}} {\"x\": {y}} {"), "{print $1} 1 {1} {\"x\": {y}} {");
  EXPECT_EQ(filled("{x y}{x}}"), "21}");
}

/// Whatever the values, a command has the words that its template has, each with the value as it is.
TEST(TextTemplate, NeverMakesMoreWordsOfAText) {
  const std::vector<std::string> hostile = {"",      " ",
                                            "a b",   "\n",
                                            "'",     "\"",
                                            "`id`",  "$(id)",
                                            "{a}",   "{{",
                                            "}",     "\\",
                                            "*",     "-x",
                                            "--",    "\xff\xfe",
                                            ";",     "|",
                                            "\t",    "~",
                                            "$HOME", "#",
                                            "&&",    "\x7f",
                                            "%s",    "\xf0\x9f\x98\x80"};
  for (const std::string& value : hostile) {
    EXPECT_THAT(words("{a}", {{"a", value}}), ElementsAre(value));
    EXPECT_THAT(words("-o={a}{b}", {{"a", value}, {"b", value}}), ElementsAre("-o=" + value + value));
  }
}

}  // namespace
}  // namespace vnode::test
