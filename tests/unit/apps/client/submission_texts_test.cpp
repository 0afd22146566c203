#include "apps/vnode/client/submission_texts.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "daemon/methods.h"
#include "model/json_writer.h"
#include "rpc/submission.h"
#include "support/scratch_folder.h"
#include "unit/python/python_support.h"

namespace vnode {
namespace {

using test::EnvironmentEntry;
using test::ScratchFolder;

std::string json(const Dict& dict) {
  std::string out;
  append_json(out, Value(dict));
  return out;
}

/// What is sent, with /w as the working directory.
std::string json_of(const SubmissionTexts& texts, Submission submission = {}) {
  if (submission.directory.empty()) submission.directory = "/w";
  const Result<void> completed = complete_submission(submission, texts);
  return completed ? json(submission_params(submission)) : describe(completed.error());
}

TEST(SubmissionTexts, SendsOnlyWhatWasSaid) {
  EXPECT_EQ(json_of({}), R"({"directory":"/w"})");
  Submission submission;
  ASSERT_TRUE(complete_submission(submission, {}));
  EXPECT_EQ(json(submission_params(submission)),
            R"({"directory":")" + std::filesystem::current_path().string() + R"("})");
}

TEST(SubmissionTexts, SayNothingOfFoldersThatAreNotThere) {
  Submission silent;
  ASSERT_TRUE(complete_submission(silent, {.is_elsewhere = true}));
  EXPECT_EQ(json(submission_params(silent)), "{}");
  Submission absolute{.directory = "/jobs"};
  ASSERT_TRUE(complete_submission(absolute, {.is_elsewhere = true}));
  EXPECT_EQ(json(submission_params(absolute)), R"({"directory":"/jobs"})");
  Submission relative{.directory = "jobs"};
  EXPECT_EQ(complete_submission(relative, {.is_elsewhere = true}).error().code, ErrorCode::kUsage);
  const ScratchFolder folder;
  const std::string file = folder.write("w.json", R"({"nodes":[],"connections":[]})");
  Submission submission;
  EXPECT_TRUE(add_workflow(submission, file, 100, true));
  Submission large;
  EXPECT_TRUE(add_workflow(large, file, 10, true));
  EXPECT_TRUE(large.workflow) << "its path says nothing there";
}

TEST(SubmissionTexts, FitTheProtocol) {
  const SubmissionTexts texts{.parameters = {"a.b=1"},
                              .info = {"shot=010", "note=a=b"},
                              .resources = {"gpu=2"},
                              .environment = {"X=1"},
                              .hook_commands = {"notify 'a b'"},
                              .hook_urls = {"http://x"}};
  Submission submission{.workflow = Dict(),
                        .timeout = std::chrono::milliseconds(1500),
                        .retries = 1,
                        .on_interrupt = "retry",
                        .queue = "q",
                        .priority = -2,
                        .description = "d",
                        .key = "k",
                        .fail_fast = true,
                        .failed_inputs = "default",
                        .init_only = true,
                        .seed = 7};
  ASSERT_TRUE(complete_submission(submission, texts));
  const Dict params = submission_params(submission);
  EXPECT_EQ(check_call(find_method("run.submit")->spec, {.params = params}), std::nullopt);
  const std::string text = json(params);
  for (const char* part :
       {R"("params":[{"target":"a.b","text":"1"}])", R"("priority":-2)",
        R"("info":{"shot":"010","note":"a=b"})", R"("resources":{"gpu":2})", R"("timeout":1.5)",
        R"("environment":{"X":"1"})", R"("hooks":[{"command":["notify","a b"]},{"url":"http://x"}])"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
}

TEST(SubmissionTexts, OfOneNameCountAsTheLast) {
  EXPECT_EQ(json_of({.info = {"a=1", "b=2", "a=3"},
                     .resources = {"x=1", "y=2", "x=3"},
                     .environment = {"A=1", "B=2", "A=3"}}),
            R"({"directory":"/w","info":{"a":"3","b":"2"},"resources":{"x":3,"y":2},)"
            R"("environment":{"A":"3","B":"2"}})");
}

TEST(SubmissionTexts, FilesOfParametersAreReadHere) {
  const ScratchFolder folder;
  SubmissionTexts texts;
  texts.params_file = folder.write("p.yaml", "node: {port: [1, x]}");
  texts.parameters = {"a.b=@" + folder.write("plain", "text"), "a.c=@" + folder.write("odd", "@text"),
                      "a.d=@@x"};
  const std::string text = json_of(texts);
  for (const char* part :
       {R"({"target":"node","port":"port","value":[1,"x"]})", R"({"target":"a.b","text":"text"})",
        R"({"target":"a.c","text":"@@text"})", R"({"target":"a.d","text":"@@x"})"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
}

TEST(SubmissionTexts, TheEnvironmentIsSentWhenAsked) {
  const EnvironmentEntry one("VNODE_TEST_ONE", "1");
  EXPECT_EQ(json_of({.environment = {"VNODE_TEST_ONE", "B="}}),
            R"({"directory":"/w","environment":{"VNODE_TEST_ONE":"1","B":""}})");
  const std::string all = json_of({.environment = {"VNODE_TEST_ONE=2"}, .passes_environment = true});
  EXPECT_NE(all.find(R"("VNODE_TEST_ONE":"2")"), std::string::npos) << "what is named counts";
  EXPECT_NE(all.find(R"("PATH":)"), std::string::npos);
}

TEST(SubmissionTexts, RefusesWhatMakesNoSense) {
  EXPECT_NE(json_of({.parameters = {"a.b"}}).find("NODE.PORT=VALUE"), std::string::npos);
  EXPECT_NE(json_of({.parameters = {"a.b=@/absent"}}).find("absent"), std::string::npos);
  EXPECT_NE(json_of({.info = {"x"}}).find("--info KEY=VALUE"), std::string::npos);
  EXPECT_NE(json_of({.resources = {"gpu=0"}}).find("above 0"), std::string::npos);
  EXPECT_NE(json_of({.resources = {"gpu"}}).find("-r NAME=AMOUNT"), std::string::npos);
  EXPECT_NE(json_of({.environment = {"VNODE_TEST_ABSENT"}}).find("no such variable"), std::string::npos);
  for (const char* command : {"'", "", "''", "'' a"}) {
    EXPECT_NE(json_of({.hook_commands = {command}}).find("--hook-command"), std::string::npos) << command;
  }
  for (const char* url : {"", "x", "ftp://x", "http://"}) {
    EXPECT_NE(json_of({.hook_urls = {url}}).find("--hook-url"), std::string::npos) << url;
  }
}

TEST(SubmissionTexts, TheWorkflowGoesByValueOrByPath) {
  const ScratchFolder folder;
  const std::string file = folder.write("w.json", R"({"nodes":[],"connections":[]})");
  Submission submission;
  ASSERT_TRUE(add_workflow(submission, file, 100));
  EXPECT_EQ(json(submission_params(submission)),
            R"({"workflow":{"nodes":[],"connections":[]},"name":")" + file + R"("})");
  Submission large;
  ASSERT_TRUE(add_workflow(large, file, 10));
  EXPECT_EQ(json(submission_params(large)), R"({"path":")" + file + R"("})");
  EXPECT_EQ(add_workflow(large, folder.write("bad.json", "{"), 100).error().code, ErrorCode::kBadJson);
  EXPECT_EQ(add_workflow(large, folder.write("list.json", "[]"), 100).error().code, ErrorCode::kBadDocument);
  EXPECT_EQ(add_workflow(large, folder.file("absent"), 100).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace vnode
