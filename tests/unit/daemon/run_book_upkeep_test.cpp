// Retention: what is kept of ended runs.
#include "daemon/run_results.h"
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Retention : public DaemonFixture {
 protected:
  // They end in the order of their submission.
  Retention() { settings.queues = {{"default", 1}}; }
  /// Runs that have ended, oldest first.
  std::vector<std::string> make_runs(int count, const Value& workflow = quick_workflow()) {
    const auto caller = connect();
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) ids.push_back(caller->submit(workflow));
    for (const std::string& id : ids) caller->wait(id);
    return ids;
  }
  /// Those that are left, newest first, once `count` are; what is over the limits goes at the start.
  std::vector<std::string> left(std::size_t count) {
    const auto caller = connect();
    std::vector<std::string> ids;
    for (int i = 0; i < 10'000; ++i) {
      ids = each(part(caller->call("run.list"), "runs"), "id");
      if (ids.size() == count) break;
    }
    return ids;
  }
};

TEST_F(Retention, KeepsSoManyRuns) {
  start();
  const std::vector<std::string> ids = make_runs(5);
  settings.retention.runs = 2;
  restart();
  EXPECT_THAT(left(2), ElementsAre(ids[4], ids[3]));
  for (int i = 0; i < 10'000 && std::filesystem::exists(event_file(ids[0])); ++i) left(2);
  EXPECT_FALSE(std::filesystem::exists(event_file(ids[0])));
  EXPECT_TRUE(std::filesystem::exists(event_file(ids[4])));
}

TEST_F(Retention, KeepsRunsSoLong) {
  start();
  make_runs(2);
  settings.retention.age = std::chrono::nanoseconds(1);
  restart();
  EXPECT_THAT(left(0), IsEmpty());
}

TEST_F(Retention, DoesNotBelieveAClockThatHasJumped) {
  settings.retention.age = std::chrono::hours(24 * 30);
  start();
  std::vector<std::string> ids;
  for (int i = 0; i < 2; ++i) {
    ids.push_back(connect()->submit(quick_workflow()));
    connect()->wait(ids.back());
  }
  stop();
  clock.jump(std::chrono::hours(24 * 400));
  settings.retention.runs = 1;
  start();
  const auto caller = connect();
  // What is removed at the same look shows that it has looked.
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (at(caller->call("daemon.info"), "runs/completed") == "2") {
    ASSERT_LT(std::chrono::steady_clock::now(), until);
  }
  EXPECT_EQ(caller->status(ids.back()), "completed");
}

TEST_F(Retention, TellsWhatTheDiskHolds) {
  start();
  const auto caller = connect();
  const std::string id = caller->submit(quick_workflow());
  caller->wait(id);
  const auto until = std::chrono::steady_clock::now() + kPatience;
  const std::string bytes = at(caller->get(id), "event_bytes");
  while (at(caller->call("daemon.info"), "disk/event_bytes") != bytes) {
    ASSERT_LT(std::chrono::steady_clock::now(), until);
  }
  const Value info = caller->call("daemon.info");
  EXPECT_GT(std::stoll(at(info, "disk/store_bytes")), 0);
  EXPECT_GT(std::stoll(at(info, "disk/free_bytes")), 0);
}

TEST_F(Retention, KeepsSoManyBytesOfEventsAndResults) {
  start();
  const std::vector<std::string> ids = make_runs(3);
  const std::int64_t bytes = std::stoll(at(connect()->get(ids[2]), "event_bytes"));
  EXPECT_GT(bytes, static_cast<std::int64_t>(std::filesystem::file_size(event_file(ids[2]))));
  settings.retention.event_bytes = bytes + 10;
  restart();
  EXPECT_THAT(left(1), ElementsAre(ids[2]));
}

TEST_F(Retention, KeepsTheRunThatEndedLastWhateverItTakes) {
  start();
  const std::vector<std::string> ids = make_runs(3);
  settings.retention.event_bytes = 1;
  restart();
  EXPECT_THAT(left(1), ElementsAre(ids[2]));
  settings.retention.runs = 0;
  restart();
  EXPECT_THAT(left(0), IsEmpty()) << "the other limits are for all";
}

TEST_F(Retention, RemovesResultsWithTheirRun) {
  start();
  const std::string large(2 * kMostStoredResults, 'x');
  const std::vector<std::string> ids =
      make_runs(2, document(WorkflowBuilder().node("p", "test_pass", {{"in", large}})));
  settings.retention.runs = 1;
  restart();
  EXPECT_THAT(left(1), ElementsAre(ids[1]));
  for (int i = 0; i < 10'000 && std::filesystem::exists(event_file(ids[0])); ++i) left(1);
  EXPECT_FALSE(std::filesystem::exists(results_path(event_file(ids[0]))));
  EXPECT_TRUE(std::filesystem::exists(results_path(event_file(ids[1]))));
}

TEST_F(Retention, KeepsWhatHasNotEnded) {
  start();
  const auto caller = connect();
  caller->call("queue.pause", {{"name", "default"}});
  const std::string id = caller->submit(quick_workflow());
  settings.retention = {.age = std::chrono::nanoseconds(1), .runs = 0, .event_bytes = 0};
  restart();
  EXPECT_THAT(left(1), ElementsAre(id));
}

TEST_F(Retention, RemovesEventsThatBelongToNoRun) {
  start();
  const std::string id = make_runs(1).front();
  for (const char* name : {"200101", "200102", "saved"}) {
    std::filesystem::create_directory(folder.file("state/events/" + std::string(name)));
  }
  for (const char* name : {"00001.ndjson", "00001.results", "00002.results.aBcDeF"}) {
    folder.write("state/events/200101/" + std::string(name), "{}\n");
  }
  const std::string beside_foreign = folder.write("state/events/200102/00001.ndjson", "{}\n");
  const std::string foreign = folder.write("state/events/200102/notes", "of somebody else");
  const std::string other = folder.write("state/events/saved/00001.ndjson", "{}\n");
  restart();
  for (int i = 0; i < 10'000 && std::filesystem::exists(folder.file("state/events/200101")); ++i) left(1);
  for (int i = 0; i < 10'000 && std::filesystem::exists(beside_foreign); ++i) left(1);
  EXPECT_FALSE(std::filesystem::exists(folder.file("state/events/200101")));
  EXPECT_FALSE(std::filesystem::exists(beside_foreign));
  EXPECT_TRUE(std::filesystem::exists(foreign));
  EXPECT_TRUE(std::filesystem::exists(other));
  EXPECT_TRUE(std::filesystem::exists(event_file(id)));
}

TEST_F(Retention, ActsSoonAfterALimitIsPassed) {
  settings.retention.runs = 2;
  start();
  const auto watching = connect();
  watching->call("run.watch");
  const std::vector<std::string> ids = make_runs(5);
  std::set<std::string> removed;
  while (removed.size() < 3) {
    for (const std::string& id : each(part(watching->next("run.removed"), "ids"), "")) removed.insert(id);
  }
  EXPECT_THAT(removed, ElementsAre(ids[0], ids[1], ids[2]));
  EXPECT_THAT(left(2), ElementsAre(ids[4], ids[3]));
  EXPECT_FALSE(std::filesystem::exists(event_file(ids[0])));
}

TEST_F(Retention, ActsWhenRunsGetTooOld) {
  settings.retention.age = std::chrono::milliseconds(500);
  start();
  const auto watching = connect();
  watching->call("run.watch");
  const std::vector<std::string> ids = make_runs(1);
  EXPECT_THAT(each(part(watching->next("run.removed"), "ids"), ""), ElementsAre(ids[0]));
}

TEST_F(Retention, ActsWhenItsLimitsAreReadAgain) {
  DaemonSettings next;
  load_settings = [&next] { return Result<DaemonSettings>(next); };
  start();
  const std::vector<std::string> ids = make_runs(3);
  const auto watching = connect();
  watching->call("run.watch");
  next = settings;
  next.retention.runs = 1;
  daemon->signal(DaemonSignal::kReload);
  EXPECT_THAT(each(part(watching->next("run.removed"), "ids"), ""), ElementsAre(ids[0], ids[1]));
}

TEST_F(Retention, RemovesEventsBeforeTheirRuns) {
  start();
  const std::vector<std::string> ids = make_runs(700);
  const auto caller = connect();
  EXPECT_EQ(at(caller->call("run.clear"), "removed"), "700");
  for (const std::string& id : ids) EXPECT_FALSE(std::filesystem::exists(event_file(id)));
  EXPECT_THAT(left(0), IsEmpty());
}

TEST_F(Retention, LeavesAloneTheEventsInPlaceOfALostStore) {
  start();
  const std::string id = make_runs(1).front();
  const auto caller = connect();
  std::filesystem::remove(settings.state_directory + "/runs.db");
  EXPECT_EQ(caller->refusal("run.clear").word, "store_unavailable");
  EXPECT_TRUE(std::filesystem::exists(event_file(id)));
}

TEST_F(Retention, TellsThoseWhoWatch) {
  start();
  const std::vector<std::string> ids = make_runs(1);
  const auto caller = connect();
  caller->call("run.watch");
  caller->call("run.clear");
  EXPECT_THAT(each(part(caller->next("run.removed"), "ids"), ""), ElementsAre(ids[0]));
}

}  // namespace
}  // namespace vnode::test

namespace vnode::test {
namespace {

class RunIds : public DaemonFixture {
 protected:
  std::string make_run() {
    const auto caller = connect();
    std::string id = caller->submit(quick_workflow());
    caller->wait(id);
    return id;
  }
};

TEST_F(RunIds, AreNotGivenAgainByANewStore) {
  start();
  std::set<std::string> ids = {make_run(), make_run()};
  for (int round = 0; round < 2; ++round) {
    stop();
    std::filesystem::remove_all(settings.state_directory);
    start();
    EXPECT_TRUE(ids.insert(make_run()).second);
  }
}

TEST_F(RunIds, AreNotGivenAgainByAStoreThatWasPutBack) {
  start();
  const std::string first = make_run();
  stop();
  std::filesystem::copy(settings.state_directory + "/runs.db", folder.file("copy.db"));
  start();
  const std::string forgotten = make_run();
  stop();
  std::filesystem::rename(folder.file("copy.db"), settings.state_directory + "/runs.db");
  start();
  EXPECT_GT(make_run(), forgotten);
}

TEST_F(RunIds, AreNotAcceptedIntoAStoreThatIsGone) {
  start();
  make_run();
  const auto caller = connect();
  std::filesystem::remove_all(settings.state_directory);
  const Value workflow = quick_workflow();
  EXPECT_EQ(caller->refusal("run.submit", {{"workflow", workflow}}).word, "store_unavailable");
  EXPECT_EQ(at(caller->call("daemon.info"), "store/ok"), "false");
  const Result<void> ended = join();
  ASSERT_FALSE(ended);
  EXPECT_NE(ended.error().message.find("removed"), std::string::npos);
  EXPECT_TRUE(log.has("ends, because"));
}

TEST_F(RunIds, AreGivenAgainOnceTheStoreIsPutBack) {
  start();
  const std::string first = make_run();
  const auto caller = connect();
  std::filesystem::rename(settings.state_directory, folder.file("away"));
  EXPECT_TRUE(log.wait_for("the store is lost"));  // nobody has asked
  std::filesystem::rename(folder.file("away"), settings.state_directory);
  EXPECT_TRUE(log.wait_for("can be written again"));
  EXPECT_GT(make_run(), first);
}

}  // namespace
}  // namespace vnode::test
