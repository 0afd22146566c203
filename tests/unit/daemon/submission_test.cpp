#include "daemon/submission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/json_reader.h"
#include "model/value_ops.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

const std::string kEmpty = R"({"nodes":[],"connections":[]})";

Dict params(const std::string& json) {
  const Result<Value> value = parse_json(json);
  EXPECT_TRUE(value.ok()) << json;
  return value ? value->as_dict() : Dict();
}

/// With a workflow and what else is given.
Submission read(const std::string& rest) {
  const std::string json = R"({"workflow":)" + kEmpty + (rest.empty() ? "" : "," + rest) + "}";
  auto submission = read_submission(params(json));
  if (const auto* error = std::get_if<RpcError>(&submission)) {
    ADD_FAILURE() << error->message;
    return {};
  }
  return std::get<Submission>(std::move(submission));
}

RpcError refused(const std::string& json) {
  auto submission = read_submission(params(json));
  if (auto* error = std::get_if<RpcError>(&submission)) return std::move(*error);
  ADD_FAILURE() << "not refused: " << json;
  return {};
}

std::string refusal(const std::string& rest) {
  const RpcError error = refused(R"({"workflow":)" + kEmpty + "," + rest + "}");
  EXPECT_EQ(error.code, RpcErrorCode::kInvalidParams);
  EXPECT_EQ(error.word, "invalid_params");
  return error.message;
}

TEST(Submissions, HaveStandards) {
  const Submission submission = read("");
  EXPECT_EQ(submission.workflow, kEmpty);
  EXPECT_EQ(submission.path, "");
  EXPECT_EQ(submission.queue, "default");
  EXPECT_EQ(submission.priority, 0);
  EXPECT_EQ(submission.retries, 0);
  EXPECT_FALSE(submission.retries_interrupts);
  EXPECT_FALSE(submission.timeout);
  EXPECT_FALSE(submission.fail_fast);
  EXPECT_FALSE(submission.init_only);
  EXPECT_EQ(submission.failed_inputs, FailedInputs::kSkip);
  EXPECT_FALSE(submission.seed);
  EXPECT_TRUE(submission.hooks.empty());
}

TEST(Submissions, TakeEveryParam) {
  const Submission submission = read(
      R"("name":"n","description":"d","info":{"shot":"010"},"key":"k","queue":"q","priority":-7,"retries":2,)"
      R"("on_interrupt":"retry","resources":{"license":2},"timeout":"90s","fail_fast":true,"init_only":true,)"
      R"("failed_inputs":"default","seed":42,"directory":"/tmp","environment":{"A":"1","B":""})");
  EXPECT_EQ(submission.shown_workflow(), "n");
  EXPECT_EQ(submission.description, "d");
  EXPECT_EQ(to_repr(submission.info), "{'shot': '010'}");
  EXPECT_EQ(submission.key, "k");
  EXPECT_EQ(submission.queue, "q");
  EXPECT_EQ(submission.priority, -7);
  EXPECT_EQ(submission.retries, 2);
  EXPECT_TRUE(submission.retries_interrupts);
  EXPECT_THAT(submission.resources, ElementsAre(Pair("license", 2)));
  EXPECT_EQ(submission.timeout, Duration(90s));
  EXPECT_TRUE(submission.fail_fast);
  EXPECT_TRUE(submission.init_only);
  EXPECT_EQ(submission.failed_inputs, FailedInputs::kDefault);
  EXPECT_EQ(submission.seed, 42U);
  EXPECT_EQ(submission.environment.working_directory, "/tmp");
  EXPECT_THAT(submission.environment.variables, ElementsAre(Pair("A", "1"), Pair("B", "")));
}

TEST(Submissions, TakeOverridesAsTextAndAsValue) {
  const Submission submission =
      read(R"("params":[{"target":"a.in","text":"5"},{"target":"a","port":"b","value":{"x":null}},)"
           R"({"target":"a.c","value":null}])");
  ASSERT_EQ(submission.overrides.size(), 3U);
  EXPECT_EQ(submission.overrides[0].target, "a.in");
  EXPECT_FALSE(submission.overrides[0].port);
  EXPECT_EQ(std::get<std::string>(submission.overrides[0].value), "5");
  EXPECT_EQ(submission.overrides[1].port, "b");
  EXPECT_EQ(to_repr(std::get<Value>(submission.overrides[1].value)), "{'x': None}");
  EXPECT_TRUE(std::get<Value>(submission.overrides[2].value).is_none());
}

TEST(Submissions, RefuseOverridesThatAreNone) {
  EXPECT_THAT(refusal(R"("params":[{"text":"5"}])"), HasSubstr("target"));
  EXPECT_THAT(refusal(R"("params":[5])"), HasSubstr("target"));
  EXPECT_THAT(refusal(R"("params":[{"target":"a.in"}])"), HasSubstr("'a.in' needs a"));
}

TEST(Submissions, TakeHooks) {
  const Submission submission = read(R"("hooks":[{"command":["a","b"]},{"url":"http://x"}])");
  ASSERT_EQ(submission.hooks.size(), 2U);
  EXPECT_THAT(submission.hooks[0].command, ElementsAre("a", "b"));
  EXPECT_EQ(submission.hooks[1].url, "http://x");
}

TEST(Submissions, RefuseHooksThatAreNone) {
  EXPECT_THAT(refusal(R"("hooks":[{}])"), HasSubstr("hooks:"));
  EXPECT_THAT(refusal(R"("hooks":["text"])"), HasSubstr("hooks:"));
  EXPECT_THAT(refusal(R"("hooks":[{"command":[]}])"), HasSubstr("hooks:"));
  EXPECT_THAT(refusal(R"("hooks":[{"command":["a",5]}])"), HasSubstr("list of texts"));
  EXPECT_THAT(refusal(R"("hooks":[{"command":["a\u0000b"]}])"), HasSubstr("zero byte"));
  EXPECT_THAT(refusal(R"("hooks":[{"command":["a"],"url":"http://x"}])"), HasSubstr("either"));
}

TEST(Submissions, RefuseWhatCannotBe) {
  EXPECT_THAT(refusal(R"("on_interrupt":"again")"), HasSubstr("on_interrupt"));
  EXPECT_THAT(refusal(R"("failed_inputs":"ignore")"), HasSubstr("failed_inputs"));
  EXPECT_THAT(refusal(R"("timeout":0)"), HasSubstr("timeout"));
  EXPECT_THAT(refusal(R"("directory":"relative")"), HasSubstr("directory"));
  EXPECT_THAT(refusal(R"("directory":"/a\u0000b")"), HasSubstr("directory: must not contain a zero byte"));
  EXPECT_THAT(refusal(R"("environment":{"A=B":"1"})"), HasSubstr("environment"));
  EXPECT_THAT(refusal(R"("environment":{"":"1"})"), HasSubstr("environment"));
  EXPECT_THAT(refusal(R"("environment":{"A\u0000B":"1"})"), HasSubstr("environment"));
  EXPECT_THAT(refusal(R"("environment":{"A":"a\u0000b"})"), HasSubstr("the value of 'A'"));
  EXPECT_THAT(refused(R"({"path":"/a\u0000b"})").message, HasSubstr("path: must not contain a zero byte"));
  EXPECT_THAT(refused(R"({"name":"x"})").message, HasSubstr("'workflow' and 'path'"));
  EXPECT_THAT(refused(R"({"path":"relative.json"})").message, HasSubstr("absolute"));
}

TEST(Submissions, RefuseNumbersThatAreTooLarge) {
  EXPECT_THAT(refusal(R"("priority":5000000000)"), HasSubstr("priority"));
  EXPECT_THAT(refusal(R"("priority":-5000000000)"), HasSubstr("priority"));
  EXPECT_THAT(refusal(R"("retries":2147483647)"), HasSubstr("retries"));
  EXPECT_THAT(refusal(R"("retries":9000000000)"), HasSubstr("retries"));
}

TEST(Submissions, RefuseTextsThatAreTooLong) {
  EXPECT_THAT(refusal(R"("description":")" + std::string(4097, 'd') + "\""), HasSubstr("description"));
  EXPECT_THAT(refusal(R"("key":")" + std::string(4097, 'k') + "\""), HasSubstr("key"));
  EXPECT_THAT(refusal(R"("info":{"x":")" + std::string(65'536, 'x') + "\"}"), HasSubstr("info"));
  EXPECT_EQ(read(R"("description":")" + std::string(4096, 'd') + "\"").description.size(), 4096U);
}

TEST(Submissions, ReadNothingButPlainFiles) {
  const ScratchFolder folder;
  for (const std::string& path : {folder.path(), std::string("/dev/zero")}) {
    auto read = read_submission({{"path", path}});
    ASSERT_TRUE(std::holds_alternative<RpcError>(read));
    EXPECT_EQ(std::get<RpcError>(read).word, "unreadable");
  }
}

TEST(Submissions, ReadAFile) {
  const ScratchFolder folder;
  const std::string path = folder.write("w.json", kEmpty);
  auto read = read_submission({{"path", path}, {"name", "ignored"}});
  ASSERT_TRUE(std::holds_alternative<Submission>(read));
  EXPECT_EQ(std::get<Submission>(read).workflow, kEmpty);
  EXPECT_EQ(std::get<Submission>(read).shown_workflow(), path);

  auto absent = read_submission({{"path", folder.file("absent.json")}});
  ASSERT_TRUE(std::holds_alternative<RpcError>(absent));
  EXPECT_EQ(std::get<RpcError>(absent).word, "unreadable");
  EXPECT_THAT(std::get<RpcError>(absent).message, HasSubstr("absent.json"));
}

TEST(Submissions, WithADocumentReadNoFile) {
  auto read =
      read_submission({{"path", "/no/such/file.json"}, {"workflow", Dict{{"nodes", Value::empty_list()}}}});
  ASSERT_TRUE(std::holds_alternative<Submission>(read));
  EXPECT_EQ(std::get<Submission>(read).workflow, R"({"nodes":[]})");
  EXPECT_EQ(std::get<Submission>(read).shown_workflow(), "/no/such/file.json");
}

TEST(Submissions, ComeBackFromTheirStoredForm) {
  const ScratchFolder folder;
  const std::string path = folder.write("w.json", kEmpty);
  Dict given = params(
      R"({"queue":"q","priority":3,"retries":1,"timeout":1.5,"environment":{"A":"1"},"directory":"/tmp",)"
      R"("params":[{"target":"a.in","value":NaN}],"hooks":[{"command":["a"]}],"seed":7,"key":"k"})");
  given.set("path", path);
  const auto first = std::get<Submission>(read_submission(given));
  const std::string request = stored_request(given);
  std::filesystem::remove(path);
  const Result<Value> stored = parse_json(request);
  ASSERT_TRUE(stored.ok());
  auto again = read_submission(stored->as_dict(), &first.workflow);
  ASSERT_TRUE(std::holds_alternative<Submission>(again));
  const auto& second = std::get<Submission>(again);
  EXPECT_EQ(second.workflow, kEmpty);
  EXPECT_EQ(second.path, path);
  EXPECT_EQ(second.queue, "q");
  EXPECT_EQ(second.priority, 3);
  EXPECT_EQ(second.timeout, first.timeout);
  EXPECT_EQ(second.environment.variables, first.environment.variables);
  EXPECT_EQ(second.environment.working_directory, "/tmp");
  EXPECT_EQ(to_repr(std::get<Value>(second.overrides.front().value)), "nan");
  EXPECT_THAT(second.hooks.front().command, ElementsAre("a"));
  EXPECT_EQ(second.seed, 7U);
}

TEST(Submissions, AreStoredWithoutTheirDocument) {
  EXPECT_EQ(stored_request(params(R"({"workflow":{"nodes":[]},"name":"n"})")), R"({"name":"n"})");
}

TEST(Submissions, AreToldApartByDocumentAndParams) {
  EXPECT_EQ(submission_digest("a", "b"), submission_digest("a", "b"));
  EXPECT_NE(submission_digest("a", "b"), submission_digest("ab", ""));
  EXPECT_NE(submission_digest("a", "b"), submission_digest("a", "c"));
  EXPECT_NE(submission_digest("a", "b"), submission_digest("b", "a"));
}

TEST(Submissions, BecomeOptionsOfTheRun) {
  const Submission submission =
      read(R"("name":"n","fail_fast":true,"failed_inputs":"default","seed":7,"directory":"/tmp")");
  const RunOptions options = run_options(submission);
  EXPECT_EQ(options.workflow_path, "n");
  EXPECT_TRUE(options.fail_fast);
  EXPECT_FALSE(options.init_only);
  EXPECT_EQ(options.failed_inputs, FailedInputs::kDefault);
  EXPECT_EQ(options.seed, 7U);
  EXPECT_EQ(options.environment.working_directory, "/tmp");
}

TEST(DurationParams, AreNumbersOrTexts) {
  EXPECT_EQ(param_duration(Value(2)), Duration(2s));
  EXPECT_EQ(param_duration(Value(0.5)), Duration(500ms));
  EXPECT_EQ(param_duration(Value("1m30s")), Duration(90s));
  EXPECT_EQ(param_duration(Value(0)), Duration::zero());
  EXPECT_EQ(param_duration(Value(-1)), Duration::zero());
  EXPECT_EQ(param_duration(Value("soon")), Duration::zero());
  EXPECT_GT(param_duration(Value(1e300)), Duration(24h * 365));
}

}  // namespace
}  // namespace vnode::test
