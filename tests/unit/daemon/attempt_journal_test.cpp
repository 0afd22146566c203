// Rule 25: journals of runs.
#include "daemon/attempt_journal.h"

#include <filesystem>
#include <fstream>

#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Runs whose first node writes a line each time that it is executed, and whose second one has to be let
/// through.
class JournalsOfRuns : public CallerFixture {
 protected:
  void SetUp() override {
    settings.keeps_journals = true;
    begin();
  }
  std::string done_file() const { return folder.file("done"); }
  std::string done() const {
    std::ifstream in(done_file());
    return {std::istreambuf_iterator<char>(in), {}};
  }
  Value workflow(const std::string& gate) const {
    return document(WorkflowBuilder()
                        .node("w", "file_append", {{"path", done_file()}, {"content", "x"}})
                        .node("g", "test_gate", {{"gate", gate}})
                        .exec("w", "g"));
  }
  static Value ids(const std::vector<std::string>& texts) {
    return Value::list(std::vector<Value>(texts.begin(), texts.end()));
  }
  std::string journal_of(const std::string& id) const { return journal_path(event_file(id)); }
};

TEST_F(JournalsOfRuns, GoOnAfterACrashWhereTheyAreTo) {
  const std::string id = caller->submit(workflow("a"), {{"on_interrupt", "resume"}});
  ASSERT_TRUE(gates.wait_for("a"));
  EXPECT_EQ(at(caller->get(id), "resumes"), "false");
  crash();
  ASSERT_TRUE(gates.wait_for("a", 2));
  EXPECT_EQ(at(caller->get(id), "resumes"), "true");
  EXPECT_THAT(at(caller->call("run.explain", {{"id", id}}), "text"), HasSubstr("goes on from the journal"));
  gates.open("a");
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  EXPECT_EQ(at(caller->get(id), "attempt"), "2");
  EXPECT_EQ(done(), "x");
  EXPECT_TRUE(are_in_order(caller->events(id)));
}

TEST_F(JournalsOfRuns, AreOfOneAttemptWhereThatBeginsAgain) {
  const std::string id = caller->submit(workflow("a"), {{"on_interrupt", "retry"}});
  ASSERT_TRUE(gates.wait_for("a"));
  crash();
  ASSERT_TRUE(gates.wait_for("a", 2));
  gates.open("a");
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  EXPECT_EQ(done(), "xx");
}

TEST_F(JournalsOfRuns, AreWhatARetryGoesOnFrom) {
  const std::string id = caller->submit(workflow("a"));
  ASSERT_TRUE(gates.wait_for("a"));
  caller->cancel(id);
  caller->wait(id);
  gates.open("a");
  caller->call("run.retry", {{"ids", ids({id})}});
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  EXPECT_EQ(done(), "x");
  caller->call("run.retry", {{"ids", ids({id})}, {"resume", false}});
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  EXPECT_EQ(done(), "xx") << "from the beginning";
  EXPECT_EQ(at(caller->get(id), "attempt"), "3");
}

TEST_F(JournalsOfRuns, GoOnWithOtherParameters) {
  gates.open("a");
  const std::string id = caller->submit(workflow("a"));
  caller->wait(id);
  const Value params = Value::list({Dict{{"target", "file_append"}, {"port", "content"}, {"value", "y"}}});
  caller->call("run.retry", {{"ids", ids({id})}, {"params", params}});
  EXPECT_EQ(at(caller->wait(id), "status"), "completed");
  EXPECT_EQ(done(), "xy");
  caller->call("run.retry", {{"ids", ids({id})}});
  caller->wait(id);
  EXPECT_EQ(done(), "xy") << "what was set stays, and is done";
  const Value wrong = Value::list({Dict{{"target", "nobody"}, {"port", "content"}, {"value", "y"}}});
  EXPECT_EQ(caller->refusal("run.retry", {{"ids", ids({id})}, {"params", wrong}}).word, "bad_parameters");
}

TEST_F(JournalsOfRuns, AreNoneWhereTheSubmissionOrTheSettingsSaySo) {
  gates.open("a");
  const std::string with = caller->submit(workflow("a"));
  const std::string without = caller->submit(workflow("a"), {{"journal", false}});
  caller->wait(with);
  caller->wait(without);
  EXPECT_TRUE(std::filesystem::exists(journal_of(with)));
  EXPECT_FALSE(std::filesystem::exists(journal_of(without)));
  caller->call("run.retry", {{"ids", ids({without})}});
  EXPECT_EQ(at(caller->wait(without), "resumes"), "false");
  EXPECT_EQ(done(), "xxx");
  EXPECT_EQ(caller
                ->refusal("run.submit",
                          {{"workflow", workflow("a")}, {"journal", false}, {"on_interrupt", "resume"}})
                .word,
            "invalid_params");
}

TEST_F(JournalsOfRuns, CountAsTheirEventsDoAndGoWithThem) {
  gates.open("a");
  const std::string id = caller->submit(workflow("a"));
  const Value ended = caller->wait(id);
  const auto size = [](const std::string& file) {
    return static_cast<std::int64_t>(std::filesystem::file_size(file));
  };
  const std::string journal = journal_of(id);
  const std::string events = event_file(id);
  EXPECT_GT(size(journal), 100);
  EXPECT_GE(part(ended, "event_bytes").as_int(), size(journal) + size(events));
  caller->call("run.clear", {{"ids", ids({id})}});
  EXPECT_FALSE(std::filesystem::exists(journal));
}

TEST_F(JournalsOfRuns, OfRunsOfPureNodesAreNoFiles) {
  const std::string id = caller->submit(quick_workflow());
  caller->wait(id);
  EXPECT_FALSE(std::filesystem::exists(journal_of(id)));
}

}  // namespace
}  // namespace vnode::test
