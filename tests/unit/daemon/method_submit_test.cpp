// run.submit: what is accepted, refused, and accepted once.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Submitting : public CallerFixture {
 protected:
  void SetUp() override { begin(); }
  Value submit(Dict params) { return caller->call("run.submit", std::move(params)); }
  RpcError refusal(Dict params) { return caller->refusal("run.submit", std::move(params)); }
  std::size_t count_runs() { return part(caller->call("run.list"), "runs").as_list().size(); }
};

TEST_F(Submitting, AFile) {
  {
    std::ofstream file(folder.file("w.json"));
    file << at(quick_workflow(), "");
  }
  const std::string id = at(submit({{"path", folder.file("w.json")}}), "id");
  const Value run = caller->wait(id);
  EXPECT_EQ(at(run, "status"), "completed");
  EXPECT_EQ(at(run, "workflow"), folder.file("w.json"));
  EXPECT_EQ(refusal({{"path", folder.file("absent.json")}}).word, "unreadable");
  folder.write("broken.json", "{ half");
  const RpcError error = refusal({{"path", folder.file("broken.json")}});
  EXPECT_EQ(error.word, "invalid_workflow");
  EXPECT_EQ(count_runs(), 1U);
}

TEST_F(Submitting, AnInvalidWorkflowIsRefusedWithItsProblems) {
  const RpcError error = refusal({{"workflow", document(WorkflowBuilder().node("x", "test_pas"))}});
  EXPECT_EQ(error.word, "invalid_workflow");
  const Value problems = *error.data.find("problems");
  EXPECT_EQ(at(problems, "0/severity"), "error");
  EXPECT_EQ(at(problems, "0/code"), "unknown_node");
  EXPECT_THAT(at(problems, "0/hint"), HasSubstr("test_pass"));
  EXPECT_EQ(count_runs(), 0U);
}

TEST_F(Submitting, TheReplyHasTheProblemsThatDoNotKeepItFromRunning) {
  const Value reply = submit(
      {{"workflow",
        document(WorkflowBuilder().node("a", "test_pass").node("b", "test_pass").data("a.gone", "b.in"))}});
  EXPECT_EQ(at(reply, "problems/0/severity"), "warning");
  EXPECT_EQ(at(reply, "problems/0/code"), "missing_port");
  EXPECT_EQ(at(caller->wait(at(reply, "id")), "status"), "completed");
  EXPECT_EQ(submit({{"workflow", quick_workflow()}}).as_dict().find(std::string_view("problems")), nullptr);
  folder.write("old.json", "{\"nodes\": [], \"metadata\": {\"by\": \"\xFC\"}}");
  EXPECT_EQ(at(submit({{"path", folder.file("old.json")}}), "problems/0/code"), "encoding");
}

TEST_F(Submitting, AWindowsPathIsToldInTheReply) {
  const std::string path = "C:\\shots\\out.txt";
  const Value reply = submit(
      {{"workflow", document(WorkflowBuilder().node("a", "file_write", {{"path", path}, {"content", "x"}}))},
       {"directory", folder.path()}});
  EXPECT_EQ(at(reply, "problems/0/code"), "windows_path");
  EXPECT_EQ(at(reply, "problems/0/severity"), "warning");
  EXPECT_THAT(at(reply, "problems/0/message"), HasSubstr(path));
  caller->wait(at(reply, "id"));
}

TEST_F(Submitting, ABrokenEditIsToldInTheReplyTheStreamAndTheLog) {
  const std::string good =
      R"({"node_id": "edited", "name": "e", "python_code": "async def execute(self, inputs): pass"})";
  runtime->behaviours["edited"].code = [](FakeRuntime&, NodeContext&, InstanceKey) -> Task<Outputs> {
    co_return Outputs{};
  };
  std::filesystem::create_directories(definitions);
  folder.write("nodes/edited.json", good);
  const Value workflow = document(WorkflowBuilder().node("a", "edited"));
  const Value before = submit({{"workflow", workflow}});
  EXPECT_EQ(before.as_dict().find(std::string_view("problems")), nullptr);
  folder.write("nodes/edited.json", "{ half");
  caller->call("nodes.reload", {});
  const Value reply = submit({{"workflow", workflow}});
  EXPECT_EQ(at(reply, "problems/0/code"), "definition_set_aside");
  EXPECT_THAT(at(reply, "problems/0/message"), HasSubstr("its last good version is used"));
  const std::string id = at(reply, "id");
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  std::ifstream events(event_file(id));
  const std::string stream{std::istreambuf_iterator<char>(events), {}};
  EXPECT_THAT(stream, HasSubstr("its last good version is used"));
  EXPECT_TRUE(log.has("edited.json: its last good version is kept"));
  const std::vector<std::string> lines = log.lines();
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                          [](const std::string& line) { return line.find("edited.json") != line.npos; }),
            1)
      << "once";
}

TEST_F(Submitting, ParametersAreSet) {
  const Value workflow = document(WorkflowBuilder().node("x", "test_gate", {{"gate", "saved"}}));
  gates.open("given");
  Dict override{{"target", "test_gate"}, {"port", "gate"}, {"value", "given"}};
  const std::string id = caller->submit(workflow, {{"params", Value::list({Value(override)})}});
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  EXPECT_THAT(gates.arrivals(), ElementsAre("given"));
}

TEST_F(Submitting, ParametersThatMakeNoSenseAreRefused) {
  const Dict unknown{{"target", "nobody.in"}, {"text", "5"}};
  const RpcError error = refusal({{"workflow", quick_workflow()}, {"params", Value::list({Value(unknown)})}});
  EXPECT_EQ(error.word, "bad_parameters");
  EXPECT_EQ(at(*error.data.find("problems"), "0/code"), "unknown_node");
  EXPECT_EQ(refusal({{"workflow", quick_workflow()}, {"params", Value::list({Value(5)})}}).word,
            "invalid_params");
  EXPECT_EQ(count_runs(), 0U);
}

TEST_F(Submitting, WhatIsNotThereIsRefused) {
  settings.resources = {{"license", 1000}};
  again();
  const RpcError queue = refusal({{"workflow", quick_workflow()}, {"queue", "defualt"}});
  EXPECT_EQ(queue.word, "unknown_queue");
  EXPECT_THAT(queue.message, HasSubstr("'default'"));
  EXPECT_EQ(refusal({{"workflow", quick_workflow()}, {"resources", Dict{{"licence", 1}}}}).word,
            "unknown_resource");
  EXPECT_EQ(refusal({{"workflow", quick_workflow()}, {"resources", Dict{{"license", 2}}}}).word, "too_much");
  EXPECT_EQ(refusal({{"workflow", quick_workflow()}, {"retires", 2}}).word, "invalid_params");
  EXPECT_EQ(refusal({{"name", "nothing"}}).word, "invalid_params");
}

TEST_F(Submitting, ANodeThatNamesAnExecutorThatIsNotThereIsRefused) {
  settings.executors = {{.name = "local"}, {.name = "farm"}};
  again();
  const auto workflow_at = [](std::string_view executor) {
    return document(
        WorkflowBuilder().node("a", "math_add", {{"__vnode__", Dict{{"executor", Value(executor)}}}}));
  };
  const RpcError error = refusal({{"workflow", workflow_at("fram")}});
  EXPECT_EQ(at(*error.data.find("problems"), "0/code"), "unknown_executor");
  EXPECT_EQ(count_runs(), 0U);
  EXPECT_EQ(at(caller->wait(caller->submit(workflow_at("farm"))), "status"), "completed");
}

TEST_F(Submitting, TooManyPendingRunsAreRefused) {
  settings.max_pending = 2;
  again();
  caller->call("queue.pause", {{"name", "default"}});
  caller->submit(quick_workflow());
  const std::string second = caller->submit(quick_workflow());
  EXPECT_EQ(refusal({{"workflow", quick_workflow()}}).word, "queue_full");
  caller->cancel(second);
  caller->wait(second);
  caller->submit(quick_workflow());
}

TEST_F(Submitting, TheSameKeyGivesTheFirstRun) {
  const Dict params{{"workflow", gate_workflow("a")}, {"key", "k"}};
  const Value first = submit(params);
  EXPECT_EQ(at(first, "duplicate"), "false");
  const Value second = submit(params);
  EXPECT_EQ(at(second, "duplicate"), "true");
  EXPECT_EQ(at(second, "id"), at(first, "id"));
  gates.open("a");
  caller->wait(at(first, "id"));
  EXPECT_EQ(at(submit(params), "id"), at(first, "id"));
  EXPECT_EQ(at(caller->get(at(first, "id")), "key"), "k");
  EXPECT_EQ(count_runs(), 1U);

  again();
  const Value again = submit(params);
  EXPECT_EQ(at(again, "duplicate"), "true");
  EXPECT_EQ(at(again, "id"), at(first, "id"));
  EXPECT_EQ(gates.arrivals().size(), 1U);
}

TEST_F(Submitting, TheSameKeyForSomethingElseIsAConflict) {
  const std::string id = caller->submit(quick_workflow(), {{"key", "k"}});
  const RpcError workflow = refusal({{"workflow", gate_workflow("a")}, {"key", "k"}});
  EXPECT_EQ(workflow.word, "key_conflict");
  EXPECT_EQ(at(*workflow.data.find("run_id"), ""), id);
  EXPECT_EQ(refusal({{"workflow", quick_workflow()}, {"key", "k"}, {"priority", 1}}).word, "key_conflict");
  caller->wait(id);
  EXPECT_EQ(caller->refusal("run.submit", {{"workflow", gate_workflow("a")}, {"key", "k"}}).word,
            "key_conflict");
  EXPECT_EQ(count_runs(), 1U);
}

TEST_F(Submitting, TheSameKeyTwiceAtOnceGivesOneRun) {
  gates.open("a");
  constexpr int kClients = 8;
  std::vector<std::string> ids(kClients);
  std::vector<std::thread> threads;
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([&, i] {
      const auto own = connect();
      const Value reply = own->call("run.submit", {{"workflow", gate_workflow("a")}, {"key", "k"}});
      ids[i] = at(reply, "id");
      own->wait(ids[i]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(ids, testing::Each(ids.front()));
  EXPECT_EQ(count_runs(), 1U);
  EXPECT_EQ(gates.arrivals().size(), 1U);
}

TEST_F(Submitting, ManyInOneWriteKeepTheirOrder) {
  constexpr int kRuns = 100;
  caller->call("queue.set", {{"name", "one"}, {"concurrency", 1}});
  std::string text;
  for (int i = 0; i < kRuns; ++i) {
    const std::string gate = std::to_string(i);
    gates.open(gate);
    text += R"({"jsonrpc":"2.0","id":)" + gate +
            R"(,"method":"run.submit","params":{"queue":"one","workflow":)" + at(gate_workflow(gate), "") +
            "}}\n";
  }
  RawConnection raw = connect_raw();
  ASSERT_TRUE(raw.send(text));
  std::vector<std::string> ids;
  for (int i = 0; i < kRuns; ++i) {
    const Value reply = raw.read_reply();
    EXPECT_EQ(at(reply, "id"), std::to_string(i));
    ids.push_back(at(reply, "result/id"));
  }
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  caller->wait(ids.back());
  std::vector<std::string> expected;
  for (int i = 0; i < kRuns; ++i) expected.push_back(std::to_string(i));
  EXPECT_EQ(gates.arrivals(), expected);
}

TEST_F(Submitting, AnAcceptedRunIsKnownToTheNextCall) {
  RawConnection raw = connect_raw();
  const std::string submit =
      R"("method":"run.submit","params":{"key":"k","workflow":)" + at(gate_workflow("a"), "") + "}}\n";
  raw.send(R"({"jsonrpc":"2.0","id":1,)" + submit + R"({"jsonrpc":"2.0","id":2,"method":"run.list"})" + "\n");
  EXPECT_EQ(at(raw.read_reply(), "id"), "1");
  EXPECT_EQ(part(raw.read_reply(), "result/runs").as_list().size(), 1U);
}

TEST_F(Submitting, ALargeWorkflowIsReadFromTheStoreWhenItsTurnComes) {
  gates.open("a");
  WorkflowBuilder builder;
  builder.node("gate", "test_gate", {{"gate", "a"}, {"in", std::string(300'000, 'x')}});
  caller->call("queue.pause", {{"name", "default"}});
  const std::string id = caller->submit(document(builder));
  caller->call("queue.resume", {{"name", "default"}});
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
}

}  // namespace
}  // namespace vnode::test
