// One connection: what it may say wrong, how much it may leave unread, and how it goes away.
#include "daemon/session.h"

#include <sys/socket.h>

#include "model/json_reader.h"
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

std::string call(int id, const std::string& method, const std::string& params = "{}") {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + method + R"(","params":)" +
         params + "}";
}

class Connections : public DaemonFixture {
 protected:
  Connections() {
    settings.max_submission_bytes = kLongestLine;
    start();
  }
  static constexpr std::size_t kLongestLine = 16 * 1024 * 1024;
  /// The word of the error that comes back.
  static std::string word(RawConnection& raw) { return at(raw.read_reply(), "error/data/code"); }
};

TEST_F(Connections, AreGreeted) {
  RawConnection raw = connect_raw();
  const std::optional<std::string> line = raw.read_line();
  ASSERT_TRUE(line);
  EXPECT_EQ(*line, R"({"jsonrpc":"2.0","method":"hello","params":{"vnode":"0.0-test","protocol":1,)"
                   R"("authenticated":true}})");
}

TEST_F(Connections, SurviveWhatIsNoCall) {
  RawConnection raw = connect_raw();
  const std::pair<std::string, std::string> cases[] = {
      {"{ half", "bad_json"},
      {"\xff\xfe", "bad_utf8"},
      {R"({"jsonrpc":"2.0","id":1,"method":")"
       "\xc3\x28\"}",
       "bad_utf8"},
      {"5", "invalid_request"},
      {"[]", "invalid_request"},
      {R"({"id":1,"method":"daemon.info"})", "invalid_request"},
      {R"({"jsonrpc":"2.0","id":1,"method":"daemon.info","params":[1]})", "invalid_request"},
      {call(1, "no.method"), "unknown_method"},
      {call(1, "run.get"), "invalid_params"},
      {call(1, "run.get", R"({"id":5})"), "invalid_params"},
      {call(1, "run.list", R"({"limt":5})"), "invalid_params"}};
  for (const auto& [line, expected] : cases) {
    ASSERT_TRUE(raw.send(line + "\n"));
    EXPECT_EQ(word(raw), expected) << line;
  }
  raw.send("\n \n" + call(2, "daemon.info") + "\r\n");
  EXPECT_EQ(at(raw.read_reply(), "result/state"), "serving");
}

TEST_F(Connections, SkipALineThatIsTooLong) {
  RawConnection raw = connect_raw();
  const std::string much(1024 * 1024, 'x');
  for (int i = 0; i < 18; ++i) ASSERT_TRUE(raw.send(much));
  raw.send("\n" + call(1, "daemon.info") + "\n");
  EXPECT_EQ(word(raw), "line_too_long");
  EXPECT_EQ(at(raw.read_reply(), "id"), "1");
}

TEST_F(Connections, TakeALineThatIsAlmostTooLong) {
  RawConnection raw = connect_raw();
  const std::string padding(kLongestLine - 200, ' ');
  ASSERT_TRUE(raw.send(padding + call(1, "daemon.info") + "\n" + call(2, "daemon.info") + "\n"));
  EXPECT_EQ(at(raw.read_reply(), "id"), "1");
  EXPECT_EQ(at(raw.read_reply(), "id"), "2");
}

TEST_F(Connections, AnswerABatchWithOneLine) {
  RawConnection raw = connect_raw();
  raw.read_line();
  raw.send("[" + call(1, "queue.list") + R"(,{"jsonrpc":"2.0","method":"daemon.info"},5,)" +
           call(2, "no.method") + "," + call(3, "run.list") + "]\n");
  const std::optional<std::string> line = raw.read_line();
  ASSERT_TRUE(line);
  const Value batch = *parse_json(*line);
  ASSERT_TRUE(batch.is_list());
  EXPECT_THAT(each(batch, "id"), UnorderedElementsAre("1", "null", "2", "3"));
}

TEST_F(Connections, AnswerABatchWithOneLineWhenAllIsDone) {
  RawConnection raw = connect_raw();
  raw.read_line();
  const std::string submit = R"({"workflow":)" + at(quick_workflow(), "") + "}";
  raw.send("[" + call(1, "run.submit", submit) + "," + call(2, "run.submit", submit) + "]\n");
  const std::optional<std::string> line = raw.read_line();
  ASSERT_TRUE(line);
  EXPECT_EQ(parse_json(*line)->as_list().size(), 2U);
}

TEST_F(Connections, DoNotAnswerNotifications) {
  RawConnection raw = connect_raw();
  raw.read_line();
  raw.send(R"({"jsonrpc":"2.0","method":"queue.set","params":{"name":"n","concurrency":2}})"
           "\n");
  raw.send(R"([{"jsonrpc":"2.0","method":"no.method"}])"
           "\n");
  raw.send(R"({"jsonrpc":"2.0","method":"run.get","params":{"id":"x"}})"
           "\n");
  raw.send(call(7, "queue.list") + "\n");
  const std::optional<std::string> line = raw.read_line();
  ASSERT_TRUE(line);
  EXPECT_THAT(*line, HasSubstr(R"("id":7)"));
  EXPECT_THAT(*line, HasSubstr(R"("name":"n")"));
}

TEST_F(Connections, KeepTheIdsOfTheirCalls) {
  RawConnection raw = connect_raw();
  for (const char* id : {"\"text\"", "null", "1.5", "123456789012345678901234567890"}) {
    raw.send(R"({"jsonrpc":"2.0","id":)" + std::string(id) +
             R"(,"method":"queue.list"})"
             "\n");
    const std::optional<std::string> line = [&] {
      std::optional<std::string> next = raw.read_line();
      while (next && next->find("hello") != next->npos) next = raw.read_line();
      return next;
    }();
    ASSERT_TRUE(line);
    EXPECT_THAT(*line, HasSubstr(R"("id":)" + std::string(id) + ","));
  }
}

TEST_F(Connections, ThatDoNotReadRepliesAreNotReadFrom) {
  // Some replies are as large as this; a client that asks and never reads must not be read for ever.
  const auto caller = connect();
  const Dict info{{"much", std::string(60'000, 'd')}};
  for (int i = 0; i < 5; ++i) {
    caller->wait(caller->submit(quick_workflow(), {{"info", info}}));
  }
  RawConnection deaf = connect_raw();
  constexpr int kCalls = 400;
  std::thread asking([&deaf] {
    for (int i = 1; i <= kCalls; ++i) deaf.send(call(i, "run.list") + "\n");
  });
  // Others are served meanwhile.
  for (int i = 0; i < 20; ++i) EXPECT_EQ(at(caller->call("daemon.info"), "state"), "serving");
  for (int i = 1; i <= kCalls; ++i) ASSERT_EQ(at(deaf.read_reply(), "id"), std::to_string(i));
  asking.join();
}

TEST_F(Connections, ThatDoNotReadEventsGetThemLater) {
  const auto caller = connect();
  WorkflowBuilder builder;
  builder.node("speak", "test_speak", {{"count", 2000}, {"size", 2000}});
  RawConnection slow = connect_raw();
  caller->call("queue.pause", {{"name", "default"}});
  const std::string id = caller->submit(document(builder));
  slow.send(call(1, "run.events", R"({"id":")" + id + "\"}") + "\n");
  EXPECT_EQ(at(slow.read_reply(), "result/id"), id);
  caller->call("queue.resume", {{"name", "default"}});
  // The run does not wait for the reader.
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  std::int64_t seq = 0;
  while (true) {
    const std::optional<std::string> line = slow.read_line();
    ASSERT_TRUE(line);
    const Value note = *parse_json(*line);
    if (at(note, "method") == "run.events_end") break;
    ASSERT_EQ(at(note, "params/event/seq"), std::to_string(++seq));
  }
  EXPECT_GT(seq, 2000);
}

TEST_F(Connections, MayEndInTheMiddleOfAnything) {
  const auto caller = connect();
  const std::string id = caller->submit(gate_workflow("a"));
  ASSERT_TRUE(gates.wait_for("a"));
  const std::string submit = call(2, "run.submit", R"({"workflow":)" + at(quick_workflow(), "") + "}") + "\n";
  const std::string large =
      call(3, "run.submit", R"({"workflow":)" + at(quick_workflow(), "") + std::string(300'000, ' ') + "}") +
      "\n";
  const std::string texts[] = {R"({"jsonrpc":"2.0","id":1,"meth)",
                               call(1, "run.wait", R"({"id":")" + id + "\"}") + "\n",
                               call(1, "run.events", R"({"id":")" + id + "\"}") + "\n",
                               call(1, "run.watch") + "\n" + call(2, "run.list") + "\n",
                               submit + submit + submit,
                               large,
                               large.substr(0, 200'000),
                               call(1, "nodes.list") + "\n" + call(2, "nodes.reload") + "\n"};
  for (const std::string& text : texts) {
    RawConnection raw = connect_raw();
    raw.send(text);
    RawConnection half = connect_raw();
    half.send(text);
    ::shutdown(half.fd(), SHUT_WR);
    half.read_line();
  }
  gates.open("a");
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  // The daemon notices those that have gone as it serves others.
  std::string clients;
  for (int i = 0; i < 10'000 && clients != "1"; ++i) clients = at(caller->call("daemon.info"), "clients");
  EXPECT_EQ(clients, "1");
}

TEST_F(Connections, GoOnBehindACallThatWaits) {
  const auto caller = connect();
  const std::string id = caller->submit(gate_workflow("a"));
  ASSERT_TRUE(gates.wait_for("a"));
  RawConnection raw = connect_raw();
  raw.send(call(1, "run.wait", R"({"id":")" + id + "\"}") + "\n" + call(2, "daemon.info") + "\n");
  EXPECT_EQ(at(raw.read_reply(), "id"), "2");
  gates.open("a");
  EXPECT_EQ(at(raw.read_reply(), "id"), "1");
}

TEST_F(Connections, MayLeaveOnlySoManyCallsWaiting) {
  constexpr int kMost = 10'000;
  const auto caller = connect();
  const std::string id = caller->submit(gate_workflow("a"));
  RawConnection raw = connect_raw();
  std::string lines;
  for (int i = 1; i <= kMost + 1; ++i) lines += call(i, "run.wait", R"({"id":")" + id + "\"}") + "\n";
  raw.send(lines);
  const Value refused = raw.read_reply();
  EXPECT_EQ(at(refused, "id"), std::to_string(kMost + 1));
  EXPECT_EQ(at(refused, "error/data/code"), "too_busy");
  gates.open("a");
}

TEST_F(Connections, ThatOnlyEndTheirSendingGetTheirAnswers) {
  RawConnection raw = connect_raw();
  raw.send(call(1, "queue.list") + "\n");
  ::shutdown(raw.fd(), SHUT_WR);
  EXPECT_THAT(raw.read_all(), HasSubstr(R"("id":1)"));
}

TEST_F(Connections, KeepTheOrderOfLargeAndSmallCalls) {
  RawConnection raw = connect_raw();
  const auto large = [](int id, std::size_t size) {
    return call(id, "run.submit",
                R"({"workflow":)" + at(quick_workflow(), "") + std::string(size, ' ') + "}") +
           "\n";
  };
  raw.send(call(1, "queue.list") + "\n" + large(2, 5'000'000) + call(3, "queue.list") + "\n" +
           large(4, 200'000) + large(5, 2'000'000) + call(6, "run.list") + "\n");
  std::vector<std::string> ids;
  Value last;
  for (int i = 0; i < 6; ++i) {
    last = raw.read_reply();
    ids.push_back(at(last, "id"));
  }
  // The reply to a submission comes when it is durable; that of a large one before what is behind it.
  EXPECT_THAT(ids,
              testing::ElementsAre("1", "2", "3", testing::AnyOf("4", "5"), testing::AnyOf("4", "5"), "6"));
  EXPECT_EQ(part(last, "result/runs").as_list().size(), 3U) << "all that was submitted before is in the list";
}

TEST_F(Connections, GetAShareOfEachTurn) {
  // However many calls one client has sent at once, another one is not behind all of them.
  const auto caller = connect();
  RawConnection busy = connect_raw();
  std::string lines;
  for (int i = 1; i <= 1000; ++i) lines += "[" + call(i, "queue.list") + std::string(50'000, ' ') + "]\n";
  std::thread sending([&] { busy.send(lines); });
  for (int i = 0; i < 20; ++i) EXPECT_EQ(at(caller->call("daemon.info"), "state"), "serving");
  busy.read_line();
  for (int i = 1; i <= 1000; ++i) {
    const std::optional<std::string> line = busy.read_line();
    ASSERT_TRUE(line);
    ASSERT_THAT(*line, HasSubstr(R"("id":)" + std::to_string(i) + ","));
  }
  sending.join();
}

}  // namespace
}  // namespace vnode::test
