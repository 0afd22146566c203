#include "rpc/submission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "model/json_reader.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

/// Every param, in the order in which the program wrote them from the first version on (the document aside),
/// with those that have come since.
constexpr std::string_view kEverything =
    R"({"workflow":{"nodes":[]},"directory":"/w","queue":"q","key":"k","on_interrupt":"retry",)"
    R"("description":"d","failed_inputs":"default","logged_errors":"report","priority":-2,"retries":1,)"
    R"("seed":7,"timeout":1.5,)"
    R"("fail_fast":true,"init_only":true,)"
    R"("params":[{"target":"a.b","text":"1"},{"target":"a","port":"c","value":[1,null]}],)"
    R"("info":{"shot":"010"},"resources":{"gpu":2,"cpu":1},"environment":{"X":"1","A":""},)"
    R"("hooks":[{"command":["notify","a b"]},{"url":"http://x"}],"name":"n","path":"/w.json",)"
    R"("node_timeout":60.0,"idle_timeout":2.5,"node_retries":3,)"
    R"("path_map":{"version":"pathmapping-1.0","path_mapping_rules":[]},"secrets":{"TOKEN":"hunter2"},)"
    R"("targets":["a.b","c"],"only":"d","skip":["e"],"map":{"target":"frames","text":"1-9"},)"
    R"("after":["a","b"],"after_any":["c"],"journal":false,"cache":"/c"})";

constexpr MethodSpec kSubmit{.name = "run.submit", .summary = "accepts a run", .params = kSubmissionParams};

Dict object(std::string_view json) { return parse_json(json).value().as_dict(); }

std::string json(const Dict& params) {
  std::string text;
  append_json(text, params);
  return text;
}

Submission read(std::string_view params) {
  auto submission = read_submission(object(params));
  if (const auto* error = std::get_if<RpcError>(&submission)) {
    ADD_FAILURE() << error->message;
    return {};
  }
  return std::get<Submission>(std::move(submission));
}

std::string refusal(std::string_view params) {
  const auto submission = read_submission(object(params));
  const auto* error = std::get_if<RpcError>(&submission);
  if (!error) return "accepted";
  EXPECT_EQ(error->code, RpcErrorCode::kInvalidParams);
  return error->message;
}

TEST(SubmissionFields, AreReadIntoTheirMembers) {
  const Submission submission = read(kEverything);
  EXPECT_EQ(json(*submission.workflow), R"({"nodes":[]})");
  EXPECT_EQ(submission.directory, "/w");
  EXPECT_EQ(submission.queue, "q");
  EXPECT_EQ(submission.key, "k");
  EXPECT_EQ(submission.on_interrupt, "retry");
  EXPECT_EQ(submission.description, "d");
  EXPECT_EQ(submission.failed_inputs, "default");
  EXPECT_EQ(submission.logged_errors, "report");
  EXPECT_EQ(submission.priority, -2);
  EXPECT_EQ(submission.retries, 1);
  EXPECT_EQ(submission.seed, 7);
  EXPECT_EQ(submission.timeout, Duration(1500ms));
  EXPECT_TRUE(submission.fail_fast);
  EXPECT_TRUE(submission.init_only);
  ASSERT_EQ(submission.params.size(), 2U);
  EXPECT_EQ(std::get<std::string>(submission.params[0].value), "1");
  EXPECT_EQ(submission.params[1].port, "c");
  EXPECT_EQ(json(*submission.info), R"({"shot":"010"})");
  EXPECT_THAT(submission.resources, ElementsAre(Pair("gpu", 2000), Pair("cpu", 1000)));
  EXPECT_THAT(submission.environment, ElementsAre(Pair("X", "1"), Pair("A", "")));
  ASSERT_EQ(submission.hooks.size(), 2U);
  EXPECT_THAT(submission.hooks[0].command, ElementsAre("notify", "a b"));
  EXPECT_EQ(submission.hooks[1].url, "http://x");
  EXPECT_EQ(submission.name, "n");
  EXPECT_EQ(submission.path, "/w.json");
  EXPECT_EQ(submission.node_timeout, Duration(60s));
  EXPECT_EQ(submission.idle_timeout, Duration(2500ms));
  EXPECT_EQ(submission.node_retries, 3);
  EXPECT_EQ(json(*submission.path_map), R"({"version":"pathmapping-1.0","path_mapping_rules":[]})");
  EXPECT_EQ(submission.secrets, (NamedTexts{{"TOKEN", "hunter2"}}));
  EXPECT_THAT(submission.targets, ElementsAre("a.b", "c"));
  EXPECT_EQ(submission.only, "d");
  EXPECT_THAT(submission.skip, ElementsAre("e"));
}

/// Digests of submissions under a key are kept in stores that other versions have written.
TEST(SubmissionFields, AreWrittenAsTheyAlwaysWere) {
  EXPECT_EQ(json(submission_params(read(kEverything))), kEverything);
  EXPECT_EQ(json(submission_params({})), "{}") << "what is empty is left out";
  EXPECT_EQ(json(submission_params({.timeout = 90s, .retries = 0, .priority = 0})),
            R"({"priority":0,"retries":0,"timeout":90.0})")
      << "what was said is not";
}

TEST(SubmissionFields, AreAllThatTheMethodTakes) {
  const Dict everything = object(kEverything);
  EXPECT_EQ(everything.size(), kSubmissionFields.size()) << "the example above has to have the new one";
  EXPECT_EQ(check_call(kSubmit, {.params = everything}), std::nullopt);
  std::set<std::string_view> names;
  for (const SubmissionField& field : kSubmissionFields) {
    EXPECT_TRUE(everything.find(field.name)) << field.name;
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
    EXPECT_FALSE(field.summary.empty()) << field.name;
  }
}

TEST(SubmissionFields, OfAnotherKindCountAsNotGiven) {
  for (const SubmissionField& field : kSubmissionFields) {
    for (const Value& wrong :
         {Value(), Value("5"), Value(5), Value::list({Value()}), Value(Dict{{"x", Value()}})}) {
      const ParamSpec& param = kSubmissionParams[static_cast<std::size_t>(&field - kSubmissionFields.data())];
      ASSERT_EQ(param.name, field.name);
      const Dict params{{field.name, wrong}};
      if (!check_call(kSubmit, {.params = params}) || !field.words.front().empty()) continue;
      const auto submission = read_submission(params);
      if (const auto* read = std::get_if<Submission>(&submission)) {
        EXPECT_TRUE(field.kind == ParamKind::kDuration || submission_params(*read).empty())
            << field.name << json(submission_params(*read));
      } else {
        EXPECT_EQ(field.kind, ParamKind::kList) << field.name;
      }
    }
  }
}

TEST(SubmissionFields, WithWordsTakeNoOthers) {
  EXPECT_EQ(refusal(R"({"on_interrupt":"again"})"),
            "on_interrupt: must be 'fail', 'retry' or 'resume', not 'again'");
  EXPECT_EQ(refusal(R"({"failed_inputs":"ignore"})"),
            "failed_inputs: must be 'skip' or 'default', not 'ignore'");
  EXPECT_EQ(refusal(R"({"logged_errors":"hide"})"), "logged_errors: must be 'fail' or 'report', not 'hide'");
  EXPECT_EQ(read(R"({"on_interrupt":"","failed_inputs":"skip"})").failed_inputs, "skip");
}

TEST(SubmissionFields, RefuseItemsThatMakeNoSense) {
  EXPECT_THAT(refusal(R"({"params":[{"text":"5"}]})"), HasSubstr("target"));
  EXPECT_THAT(refusal(R"({"params":[{"target":"a.in"}]})"), HasSubstr("'a.in' needs a"));
  EXPECT_THAT(refusal(R"({"hooks":[{"command":["a",5]}]})"), HasSubstr("list of texts"));
  EXPECT_THAT(refusal(R"({"hooks":[{"command":["a"],"url":"http://x"}]})"), HasSubstr("either"));
}

std::string_view kind_word(ParamKind kind) {
  switch (kind) {
    case ParamKind::kText:
      return "text";
    case ParamKind::kCount:
      return "whole number from 0";
    case ParamKind::kInteger:
      return "whole number";
    case ParamKind::kSwitch:
      return "true or false";
    case ParamKind::kDuration:
      return "seconds, or a text such as `\"90s\"`";
    case ParamKind::kTexts:
      return "list of texts";
    case ParamKind::kTextMap:
      return "object of texts";
    case ParamKind::kAmountMap:
      return "object of numbers above 0, or sizes such as `\"8G\"`";
    case ParamKind::kObject:
      return "object";
    case ParamKind::kList:
      return "list";
    case ParamKind::kAny:
      return "anything";
  }
  return "";
}

TEST(SubmissionFields, AreTheTableInTheDocument) {
  std::string table = "| param | is | meaning |\n|---|---|---|\n";
  for (const SubmissionField& field : kSubmissionFields) {
    table += "| `" + std::string(field.name) + "` | " + std::string(kind_word(field.kind)) + " | " +
             std::string(field.summary) + " |\n";
  }
  std::ifstream file(VNODE_SOURCE_DIR "/lib/rpc/protocol.md");
  std::stringstream document;
  document << file.rdbuf();
  EXPECT_NE(document.str().find("\n" + table + "\n"), std::string::npos)
      << "lib/rpc/protocol.md has another table than this:\n"
      << table;
}

}  // namespace
}  // namespace vnode
