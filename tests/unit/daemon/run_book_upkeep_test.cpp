// Retention: what is kept of ended runs.
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
  std::vector<std::string> make_runs(int count) {
    const auto caller = connect();
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) ids.push_back(caller->submit(quick_workflow()));
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

TEST_F(Retention, KeepsSoManyBytesOfEvents) {
  start();
  const std::vector<std::string> ids = make_runs(3);
  settings.retention.event_bytes =
      static_cast<std::int64_t>(std::filesystem::file_size(event_file(ids[2]))) + 10;
  restart();
  EXPECT_THAT(left(1), ElementsAre(ids[2]));
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
  folder.write("state/events/200101/00001.ndjson", "{}\n");
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
