#include "daemon/submission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/run.h"
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
CheckedSubmission read(const std::string& rest) {
  const std::string json = R"({"workflow":)" + kEmpty + (rest.empty() ? "" : "," + rest) + "}";
  auto submission = check_submission(params(json));
  if (const auto* error = std::get_if<RpcError>(&submission)) {
    ADD_FAILURE() << error->message;
    return {};
  }
  return std::get<CheckedSubmission>(std::move(submission));
}

RpcError refused(const std::string& json) {
  auto submission = check_submission(params(json));
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

TEST(Submissions, HaveTheValuesOfSecretsNowhereButInMemory) {
  CheckedSubmission submission = read(R"("secrets":{"A":"hunter2","B":"opensesame"})");
  const std::shared_ptr<const Secrets> secrets = take_secrets(submission);
  EXPECT_THAT(*secrets, ElementsAre(Pair("A", "hunter2"), Pair("B", "opensesame")));
  EXPECT_THAT(submission.given.secrets, ElementsAre(Pair("A", ""), Pair("B", "")));
  EXPECT_EQ(stored_request(params(R"({"queue":"q","secrets":{"A":"hunter2"}})")),
            R"({"queue":"q","secrets":{"A":""}})");
  EXPECT_TRUE(run_options(submission).environment.secrets.empty());
  CheckedSubmission without = read("");
  EXPECT_EQ(take_secrets(without), nullptr);
  // As the store has it.
  const auto restored = check_submission(params(R"({"secrets":{"A":""}})"), {.stored = &kEmpty});
  ASSERT_TRUE(std::holds_alternative<CheckedSubmission>(restored));
  EXPECT_THAT(std::get<CheckedSubmission>(restored).given.secrets, ElementsAre(Pair("A", "")));
}

TEST(Submissions, AreRefusedForWhatCanBeNoSecret) {
  EXPECT_THAT(refusal(R"("secrets":{"A":"short"})"), HasSubstr("the secret 'A' has fewer than 6 characters"));
  EXPECT_THAT(refusal(R"("secrets":{"A-B":"hunter2"})"), testing::Not(HasSubstr("hunter2")));
}

TEST(Submissions, HaveStandards) {
  const CheckedSubmission submission = read("");
  EXPECT_EQ(submission.document, kEmpty);
  EXPECT_EQ(submission.shown_workflow(), "");
  EXPECT_EQ(submission.given.queue, "default");
  EXPECT_EQ(submission.priority(), 0);
  EXPECT_EQ(submission.retries(), 0);
  EXPECT_FALSE(submission.retries_interrupts());
  EXPECT_FALSE(submission.given.timeout);
  EXPECT_FALSE(submission.given.fail_fast);
  EXPECT_FALSE(submission.given.init_only);
  EXPECT_EQ(run_options(submission).failed_inputs, FailedInputs::kSkip);
  EXPECT_FALSE(submission.given.seed);
  EXPECT_TRUE(submission.given.hooks.empty());
}

TEST(Submissions, TakeEveryParam) {
  const CheckedSubmission submission = read(
      R"("name":"n","description":"d","info":{"shot":"010"},"key":"k","queue":"q","priority":-7,"retries":2,)"
      R"("on_interrupt":"retry","resources":{"license":2},"timeout":"90s","fail_fast":true,"init_only":true,)"
      R"("failed_inputs":"default","seed":42,"directory":"/tmp","environment":{"A":"1","B":""})");
  EXPECT_EQ(submission.shown_workflow(), "n");
  EXPECT_EQ(submission.given.description, "d");
  EXPECT_EQ(to_repr(submission.info()), "{'shot': '010'}");
  EXPECT_EQ(submission.given.key, "k");
  EXPECT_EQ(submission.given.queue, "q");
  EXPECT_EQ(submission.priority(), -7);
  EXPECT_EQ(submission.retries(), 2);
  EXPECT_TRUE(submission.retries_interrupts());
  EXPECT_THAT(submission.demands(), ElementsAre(Pair("license", 2000)));
  EXPECT_EQ(submission.given.timeout, Duration(90s));
  EXPECT_TRUE(submission.given.fail_fast);
  EXPECT_TRUE(submission.given.init_only);
  EXPECT_EQ(run_options(submission).failed_inputs, FailedInputs::kDefault);
  EXPECT_EQ(submission.given.seed, 42);
  EXPECT_EQ(submission.given.directory, "/tmp");
  EXPECT_THAT(submission.given.environment, ElementsAre(Pair("A", "1"), Pair("B", "")));
}

TEST(Submissions, TakeOverridesAsTextAndAsValue) {
  const CheckedSubmission submission =
      read(R"("params":[{"target":"a.in","text":"5"},{"target":"a","port":"b","value":{"x":null}},)"
           R"({"target":"a.c","value":null}])");
  ASSERT_EQ(submission.given.params.size(), 3U);
  EXPECT_EQ(submission.given.params[0].target, "a.in");
  EXPECT_FALSE(submission.given.params[0].port);
  EXPECT_EQ(std::get<std::string>(submission.given.params[0].value), "5");
  EXPECT_EQ(submission.given.params[1].port, "b");
  EXPECT_EQ(to_repr(std::get<Value>(submission.given.params[1].value)), "{'x': None}");
  EXPECT_TRUE(std::get<Value>(submission.given.params[2].value).is_none());
}

TEST(Submissions, RefuseOverridesThatAreNone) {
  EXPECT_THAT(refusal(R"("params":[{"text":"5"}])"), HasSubstr("target"));
  EXPECT_THAT(refusal(R"("params":[5])"), HasSubstr("target"));
  EXPECT_THAT(refusal(R"("params":[{"target":"a.in"}])"), HasSubstr("'a.in' needs a"));
}

TEST(Submissions, TakeHooks) {
  const CheckedSubmission submission = read(R"("hooks":[{"command":["a","b"]},{"url":"http://x"}])");
  ASSERT_EQ(submission.given.hooks.size(), 2U);
  EXPECT_THAT(submission.given.hooks[0].command, ElementsAre("a", "b"));
  EXPECT_EQ(submission.given.hooks[1].url, "http://x");
}

TEST(Submissions, RefuseHooksThatAreNone) {
  EXPECT_THAT(refusal(R"("hooks":[{}])"), HasSubstr("hooks:"));
  EXPECT_THAT(refusal(R"("hooks":["text"])"), HasSubstr("hooks:"));
  EXPECT_THAT(refusal(R"("hooks":[{"command":[]}])"), HasSubstr("hooks:"));
  EXPECT_THAT(refusal(R"("hooks":[{"command":["a",5]}])"), HasSubstr("list of texts"));
  EXPECT_THAT(refusal(R"("hooks":[{"command":["a\u0000b"]}])"), HasSubstr("zero byte"));
  EXPECT_THAT(refusal(R"("hooks":[{"command":["a"],"url":"http://x"}])"), HasSubstr("either"));
  EXPECT_THAT(refusal(R"("hooks":[{"command":["","a"]}])"), HasSubstr("empty"));
  EXPECT_THAT(refusal(R"("hooks":[{"command":["a"]},{"url":"ftp://x"}])"), HasSubstr("'ftp://x'"));
}

TEST(Submissions, OfOlderVersionsKeepTheirHooks) {
  const std::string document = "{}";
  const Dict params = parse_json(R"({"hooks":[{"url":"ftp://x"},{"command":[""]}]})").value().as_dict();
  const auto checked = check_submission(params, {.stored = &document});
  ASSERT_TRUE(std::holds_alternative<CheckedSubmission>(checked));
  EXPECT_EQ(std::get<CheckedSubmission>(checked).given.hooks.size(), 2U);
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
  EXPECT_EQ(read(R"("description":")" + std::string(4096, 'd') + "\"").given.description.size(), 4096U);
}

TEST(Submissions, ReadNothingButPlainFiles) {
  const ScratchFolder folder;
  for (const std::string& path : {folder.path(), std::string("/dev/zero")}) {
    auto read = check_submission({{"path", path}});
    ASSERT_TRUE(std::holds_alternative<RpcError>(read));
    EXPECT_EQ(std::get<RpcError>(read).word, "unreadable");
  }
}

TEST(Submissions, ReadAFile) {
  const ScratchFolder folder;
  const std::string path = folder.write("w.json", kEmpty);
  auto read = check_submission({{"path", path}, {"name", "ignored"}});
  ASSERT_TRUE(std::holds_alternative<CheckedSubmission>(read));
  EXPECT_EQ(std::get<CheckedSubmission>(read).document, kEmpty);
  EXPECT_EQ(std::get<CheckedSubmission>(read).shown_workflow(), path);

  auto absent = check_submission({{"path", folder.file("absent.json")}});
  ASSERT_TRUE(std::holds_alternative<RpcError>(absent));
  EXPECT_EQ(std::get<RpcError>(absent).word, "unreadable");
  EXPECT_THAT(std::get<RpcError>(absent).message, HasSubstr("absent.json"));
}

TEST(Submissions, NameNoFileThatIsLargerThanWhatMayBeSent) {
  const ScratchFolder folder;
  const std::string path = folder.write("w.json", std::string(2000, ' ') + "{}");
  EXPECT_TRUE(names_large_file({{"path", path}}, 2001));
  EXPECT_FALSE(names_large_file({{"path", path}}, 2002));
  EXPECT_TRUE(
      std::holds_alternative<CheckedSubmission>(check_submission({{"path", path}}, {.largest_file = 2002})));
  const auto refused = check_submission({{"path", path}}, {.largest_file = 2001});
  ASSERT_TRUE(std::holds_alternative<RpcError>(refused));
  EXPECT_EQ(std::get<RpcError>(refused).word, "unreadable");
}

TEST(Submissions, WithADocumentReadNoFile) {
  auto read =
      check_submission({{"path", "/no/such/file.json"}, {"workflow", Dict{{"nodes", Value::empty_list()}}}});
  ASSERT_TRUE(std::holds_alternative<CheckedSubmission>(read));
  EXPECT_EQ(std::get<CheckedSubmission>(read).document, R"({"nodes":[]})");
  EXPECT_EQ(std::get<CheckedSubmission>(read).shown_workflow(), "/no/such/file.json");
}

TEST(Submissions, ComeBackFromTheirStoredForm) {
  const ScratchFolder folder;
  const std::string path = folder.write("w.json", kEmpty);
  Dict given = params(
      R"({"queue":"q","priority":3,"retries":1,"timeout":1.5,"environment":{"A":"1"},"directory":"/tmp",)"
      R"("params":[{"target":"a.in","value":NaN}],"hooks":[{"command":["a"]}],"seed":7,"key":"k"})");
  given.set("path", path);
  const auto first = std::get<CheckedSubmission>(check_submission(given));
  const std::string request = stored_request(given);
  std::filesystem::remove(path);
  const Result<Value> stored = parse_json(request);
  ASSERT_TRUE(stored.ok());
  auto again = check_submission(stored->as_dict(), {.stored = &first.document});
  ASSERT_TRUE(std::holds_alternative<CheckedSubmission>(again));
  const auto& second = std::get<CheckedSubmission>(again);
  EXPECT_EQ(second.document, kEmpty);
  EXPECT_EQ(second.given.path, path);
  EXPECT_EQ(second.given.queue, "q");
  EXPECT_EQ(second.priority(), 3);
  EXPECT_EQ(second.given.timeout, first.given.timeout);
  EXPECT_EQ(second.given.environment, first.given.environment);
  EXPECT_EQ(second.given.directory, "/tmp");
  EXPECT_EQ(to_repr(std::get<Value>(second.given.params.front().value)), "nan");
  EXPECT_THAT(second.given.hooks.front().command, ElementsAre("a"));
  EXPECT_EQ(second.given.seed, 7);
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

/// Stores keep digests, and outlive programs.
TEST(Submissions, HaveTheDigestThatStoresKnow) {
  EXPECT_EQ(submission_digest(R"({"nodes":[]})", R"({"queue":"q","key":"k","name":"n"})"),
            "11671684496898566189");
}

TEST(Submissions, BecomeOptionsOfTheRun) {
  const CheckedSubmission submission =
      read(R"("name":"n","fail_fast":true,"failed_inputs":"default","logged_errors":"report","seed":7,)"
           R"("directory":"/tmp")");
  const RunOptions options = run_options(submission);
  EXPECT_EQ(options.workflow_path, "n");
  EXPECT_TRUE(options.fail_fast);
  EXPECT_FALSE(options.init_only);
  EXPECT_EQ(options.failed_inputs, FailedInputs::kDefault);
  EXPECT_EQ(options.logged_errors, LoggedErrors::kReport);
  EXPECT_EQ(options.seed, 7U);
  EXPECT_EQ(options.environment.working_directory, "/tmp");
  EXPECT_EQ(options.path_map, nullptr);
}

TEST(Submissions, BringTheirPathMap) {
  const RunOptions options = run_options(
      read(R"("path_map":{"version":"pathmapping-1.0","path_mapping_rules":[{"source_path_format":"POSIX",)"
           R"("source_path":"/a","destination_path":"/b"}]})"));
  ASSERT_NE(options.path_map, nullptr);
  EXPECT_EQ(options.path_map->map("/a/x"), "/b/x");
  EXPECT_THAT(refusal(R"("path_map":{"version":"pathmapping-1.0"})"),
              HasSubstr("path_map: /path_mapping_rules"));
}

}  // namespace
}  // namespace vnode::test
