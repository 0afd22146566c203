#include <gmock/gmock.h>

#include "sample_runs.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

GroupRow sample_group(std::int64_t number, std::int64_t size) {
  GroupRow group;
  group.number = number;
  group.id = group_id(number, sample_id(number));
  group.size = size;
  group.parameter = "frames";
  group.queue = "default";
  group.priority = 2;
  group.workflow = "render.json";
  group.description = "d";
  group.created_at = 5;
  group.info = R"({"shot":"010"})";
  return group;
}

Result<void> insert_group(RunStore& store, const GroupRow& group) {
  return change(store, [&](RunStore& inner) {
    Result<void> done =
        inner.insert_group(group, {.workflow = "{\"nodes\":[]}", .request = "{\"queue\":\"q\"}"});
    for (std::int64_t i = 0; done && i < group.size; ++i) {
      RunRow row = sample_row(group.number + i);
      row.group = group.number;
      row.group_value = std::to_string(i);
      row.info = group.info;
      done = inner.insert(row, {"", "{\"n\":" + std::to_string(i) + "}"});
    }
    return done;
  });
}

std::vector<std::string> counts(const std::vector<GroupCount>& found) {
  std::vector<std::string> texts;
  for (const GroupCount& count : found) {
    texts.push_back(std::to_string(count.group) + " " + std::string(word(count.status)) + " " +
                    std::to_string(count.runs));
  }
  return texts;
}

std::vector<std::int64_t> numbers(RunStore& store, const RunFilter& filter) {
  std::vector<std::int64_t> all;
  for (const RunRow& row : must(store.list(filter))) all.push_back(row.number);
  return all;
}

TEST(GroupsInAStore, AreReadBack) {
  const ScratchFolder folder;
  const auto store = must_open(folder.path());
  ASSERT_TRUE(insert_group(*store, sample_group(1, 2)));
  const std::vector<GroupRow> groups = must(store->groups());
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].id, "g" + sample_id(1));
  EXPECT_EQ(groups[0].size, 2);
  EXPECT_EQ(groups[0].parameter, "frames");
  EXPECT_EQ(groups[0].priority, 2);
  EXPECT_EQ(groups[0].workflow, "render.json");
  EXPECT_EQ(groups[0].created_at, 5);
  EXPECT_EQ(groups[0].info, R"({"shot":"010"})");
  const RunRow row = must(store->find(sample_id(2))).value();
  EXPECT_EQ(row.group, 1);
  EXPECT_EQ(row.group_value, "1");
  const StoredSubmission request = must(store->request(sample_id(2))).value();
  EXPECT_EQ(request.workflow, "") << "it may be large";
  EXPECT_EQ(request.request, "{\"n\":1}");
  EXPECT_EQ(request.group_request, "{\"queue\":\"q\"}");
  EXPECT_EQ(must(store->request_of_group(1))->request, "{\"queue\":\"q\"}");
  EXPECT_FALSE(must(store->request_of_group(2)));
  const StoredSubmission submission = must(store->submission(sample_id(2))).value();
  EXPECT_EQ(submission.workflow, "{\"nodes\":[]}");
  EXPECT_EQ(submission.request, "{\"n\":1}");
  EXPECT_EQ(submission.group_request, "{\"queue\":\"q\"}");
}

TEST(GroupsInAStore, SelectRuns) {
  const ScratchFolder folder;
  const auto store = must_open(folder.path());
  ASSERT_TRUE(insert(*store, sample_row(1)));
  ASSERT_TRUE(insert_group(*store, sample_group(2, 3)));
  RunRow named = sample_row(5);
  named.info = R"({"shot":"020","n":5})";
  ASSERT_TRUE(insert(*store, named));
  ASSERT_TRUE(finish(*store, must(store->find(sample_id(3))).value()));
  EXPECT_THAT(numbers(*store, {.group = 2}), ElementsAre(4, 3, 2));
  EXPECT_THAT(numbers(*store, {.group = 2, .limit = 1}), ElementsAre(4));
  EXPECT_THAT(numbers(*store, {.statuses = {RunStatus::kPending}, .group = 2}), ElementsAre(4, 2));
  EXPECT_THAT(numbers(*store, {.is_alone = true}), ElementsAre(5, 1));
  EXPECT_THAT(numbers(*store, {.is_alone = true, .before = 5}), ElementsAre(1));
  EXPECT_THAT(numbers(*store, {.info = {{"shot", "020"}}}), ElementsAre(5));
  EXPECT_THAT(numbers(*store, {.info = {{"shot", "020"}, {"n", "5"}}}), ElementsAre(5));
  EXPECT_THAT(numbers(*store, {.info = {{"shot", "020"}, {"n", "6"}}}), IsEmpty());
  EXPECT_THAT(
      numbers(*store, {.statuses = {RunStatus::kCompleted, RunStatus::kPending}, .info = {{"shot", "010"}}}),
      ElementsAre(4, 3, 2));
}

TEST(GroupsInAStore, AreCounted) {
  const ScratchFolder folder;
  const auto store = must_open(folder.path());
  ASSERT_TRUE(insert(*store, sample_row(1)));
  ASSERT_TRUE(insert_group(*store, sample_group(2, 3)));
  ASSERT_TRUE(insert_group(*store, sample_group(5, 1)));
  ASSERT_TRUE(finish(*store, must(store->find(sample_id(3))).value(), RunStatus::kFailed));
  EXPECT_THAT(counts(must(store->group_counts())), ElementsAre("2 failed 1", "2 pending 2", "5 pending 1"));
  EXPECT_THAT(counts(must(store->group_counts_of({sample_id(1), sample_id(3), sample_id(5)}))),
              ElementsAre("2 failed 1", "5 pending 1"));
}

TEST(GroupsInAStore, GoWithTheirLastRun) {
  const ScratchFolder folder;
  const auto store = must_open(folder.path());
  ASSERT_TRUE(insert_group(*store, sample_group(1, 2)));
  const auto remove = [&store](std::int64_t number) {
    return change(*store, [number](RunStore& inner) { return inner.remove({sample_id(number)}); });
  };
  ASSERT_TRUE(remove(1));
  EXPECT_EQ(must(store->groups()).size(), 1U);
  EXPECT_EQ(must(store->submission(sample_id(2)))->workflow, "{\"nodes\":[]}");
  ASSERT_TRUE(remove(2));
  EXPECT_THAT(must(store->groups()), IsEmpty());
}

TEST(GroupsInAStore, AreThereInWholeOrNotAtAll) {
  const ScratchFolder folder;
  const auto store = must_open(folder.path());
  ASSERT_TRUE(insert(*store, sample_row(2)));
  EXPECT_FALSE(insert_group(*store, sample_group(1, 3))) << "its numbers were used before";
  EXPECT_THAT(must(store->groups()), IsEmpty());
  EXPECT_EQ(numbers(*store, {}), std::vector<std::int64_t>{2});
}

TEST(GroupsInAStore, TellWhenTheLastOfTheirRunsHasEnded) {
  const ScratchFolder folder;
  const auto store = must_open(folder.path());
  ASSERT_TRUE(insert_group(*store, sample_group(1, 3)));
  ASSERT_TRUE(insert_group(*store, sample_group(4, 1)));
  EXPECT_THAT(must(store->group_ends()), IsEmpty());
  for (const std::int64_t number : {2, 1}) {
    RunRow row = sample_row(number, RunStatus::kCompleted);
    row.completed_at = number * 1000;
    row.exit_code = 0;
    ASSERT_TRUE(change(*store, [&](RunStore& inner) { return inner.finish(row); }));
  }
  EXPECT_THAT(must(store->group_ends()), ElementsAre(testing::Pair(1, 2000)));
}

}  // namespace
}  // namespace vnode::test
