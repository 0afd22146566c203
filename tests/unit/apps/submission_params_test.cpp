#include "apps/vnode/submission_params.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "model/json_writer.h"
#include "rpc/method_table.h"
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

std::string json_of(SubmissionOptions options) {
  if (options.directory.empty()) options.directory = "/w";
  const Result<Dict> params = submission_params(options);
  return params ? json(*params) : describe(params.error());
}

TEST(SubmissionParams, SendsOnlyWhatWasSaid) {
  EXPECT_EQ(json_of({}), R"({"directory":"/w"})");
  EXPECT_EQ(json(submission_params({}).value()),
            R"({"directory":")" + std::filesystem::current_path().string() + R"("})");
}

TEST(SubmissionParams, SayNothingOfFoldersThatAreNotThere) {
  EXPECT_EQ(json(submission_params({.is_elsewhere = true}).value()), "{}");
  EXPECT_EQ(json(submission_params({.directory = "/jobs", .is_elsewhere = true}).value()),
            R"({"directory":"/jobs"})");
  EXPECT_EQ(submission_params({.directory = "jobs", .is_elsewhere = true}).error().code, ErrorCode::kUsage);
  const ScratchFolder folder;
  const std::string file = folder.write("w.json", R"({"nodes":[],"connections":[]})");
  Dict params;
  EXPECT_TRUE(add_workflow(params, file, 100, true));
  EXPECT_EQ(add_workflow(params, file, 10, true).error().code, ErrorCode::kUsage)
      << "its path says nothing there";
}

TEST(SubmissionParams, FitTheProtocol) {
  SubmissionOptions options;
  options.parameters = {"a.b=1"};
  options.queue = "q";
  options.priority = -2;
  options.key = "k";
  options.info = {"shot=010", "note=a=b"};
  options.resources = {"gpu=2"};
  options.timeout = std::chrono::milliseconds(1500);
  options.retries = 1;
  options.on_interrupt = "retry";
  options.description = "d";
  options.fail_fast = options.init_only = true;
  options.failed_inputs = "default";
  options.seed = 7;
  options.environment = {"X=1"};
  options.hook_commands = {"notify 'a b'"};
  options.hook_urls = {"http://x"};
  Dict params = submission_params(options).value();
  params.set("workflow", Value(Dict()));
  EXPECT_EQ(check_call({.method = "run.submit", .params = params}), std::nullopt);
  const std::string text = json(params);
  for (const char* part :
       {R"("params":[{"target":"a.b","text":"1"}])", R"("priority":-2)",
        R"("info":{"shot":"010","note":"a=b"})", R"("resources":{"gpu":2})", R"("timeout":1.5)",
        R"("environment":{"X":"1"})", R"("hooks":[{"command":["notify","a b"]},{"url":"http://x"}])"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
}

TEST(SubmissionParams, FilesOfParametersAreReadHere) {
  const ScratchFolder folder;
  SubmissionOptions options;
  options.params_file = folder.write("p.yaml", "node: {port: [1, x]}");
  options.parameters = {"a.b=@" + folder.write("plain", "text"), "a.c=@" + folder.write("odd", "@text"),
                        "a.d=@@x"};
  const std::string text = json_of(options);
  for (const char* part :
       {R"({"target":"node","port":"port","value":[1,"x"]})", R"({"target":"a.b","text":"text"})",
        R"({"target":"a.c","text":"@@text"})", R"({"target":"a.d","text":"@@x"})"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
}

TEST(SubmissionParams, TheEnvironmentIsSentWhenAsked) {
  const EnvironmentEntry one("VNODE_TEST_ONE", "1");
  EXPECT_EQ(json_of({.environment = {"VNODE_TEST_ONE", "B="}}),
            R"({"directory":"/w","environment":{"VNODE_TEST_ONE":"1","B":""}})");
  const std::string all = json_of({.environment = {"VNODE_TEST_ONE=2"}, .passes_environment = true});
  EXPECT_NE(all.find(R"("VNODE_TEST_ONE":"2")"), std::string::npos) << "what is named counts";
  EXPECT_NE(all.find(R"("PATH":)"), std::string::npos);
}

TEST(SubmissionParams, RefusesWhatMakesNoSense) {
  EXPECT_NE(json_of({.parameters = {"a.b"}}).find("NODE.PORT=VALUE"), std::string::npos);
  EXPECT_NE(json_of({.parameters = {"a.b=@/absent"}}).find("absent"), std::string::npos);
  EXPECT_NE(json_of({.info = {"x"}}).find("--info KEY=VALUE"), std::string::npos);
  EXPECT_NE(json_of({.resources = {"gpu=0"}}).find("from 1"), std::string::npos);
  EXPECT_NE(json_of({.resources = {"gpu"}}).find("-r NAME=N"), std::string::npos);
  EXPECT_NE(json_of({.environment = {"VNODE_TEST_ABSENT"}}).find("no such variable"), std::string::npos);
  EXPECT_NE(json_of({.hook_commands = {"'"}}).find("--hook-command"), std::string::npos);
}

TEST(SubmissionParams, TheWorkflowGoesByValueOrByPath) {
  const ScratchFolder folder;
  const std::string file = folder.write("w.json", R"({"nodes":[],"connections":[]})");
  Dict params;
  ASSERT_TRUE(add_workflow(params, file, 100));
  EXPECT_EQ(json(params), R"({"workflow":{"nodes":[],"connections":[]},"name":")" + file + R"("})");
  Dict large;
  ASSERT_TRUE(add_workflow(large, file, 10));
  EXPECT_EQ(json(large), R"({"path":")" + file + R"("})");
  EXPECT_EQ(add_workflow(large, folder.write("bad.json", "{"), 100).error().code, ErrorCode::kBadJson);
  EXPECT_EQ(add_workflow(large, folder.write("list.json", "[]"), 100).error().code, ErrorCode::kBadDocument);
  EXPECT_EQ(add_workflow(large, folder.file("absent"), 100).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace vnode
