#include "apps/vnode/show/node_story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/json_reader.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kFirst = "c0ffee00-0000-0000-0000-000000000001";
constexpr const char* kSecond = "c0ffee00-0000-0000-0000-000000000002";

class NodeStoriesOf : public testing::Test {
 protected:
  void add(const std::string& type, const std::string& id, const std::string& rest = "",
           const std::string& node_type = "sum") {
    event(R"("type":")" + type + R"(","node_id":")" + id + R"(","node_type":")" + node_type + "\"" + rest);
  }
  void event(const std::string& members) {
    for (NodeStories* stories : {&first, &all}) stories->add(parse_json("{" + members + "}").value());
  }
  NodeStories first{kFirst};
  NodeStories all{"sum"};
};

std::vector<std::string> story_texts(const NodeStories& stories) {
  std::vector<std::string> lines;
  for (const NodeStory& story : stories.stories()) lines.push_back(story_text(story));
  return lines;
}

std::string named(const std::string& rest) { return "sum (" + std::string(kFirst) + "): " + rest; }

TEST_F(NodeStoriesOf, ASuccess) {
  event(R"("type":"execution_started")");
  add("node_started", kFirst, R"(,"reason":"exec")");
  EXPECT_THAT(story_texts(first), ElementsAre(named("is running (exec)")));
  add("node_output", kFirst);
  add("node_finished", kFirst, R"(,"status":"success","duration":1.5)");
  EXPECT_THAT(story_texts(first), ElementsAre(named("executed once; it succeeded after 1.5s")));
  EXPECT_FALSE(first.never_started());
  event(R"("type":"execution_finished","nodes":{"never_started":3})");
  EXPECT_EQ(first.never_started(), 3);
}

TEST_F(NodeStoriesOf, WhatWasTakenFromAJournal) {
  const std::string taken = R"(,"reason":"exec","resumed":true)";
  add("node_started", kFirst, taken);
  add("node_finished", kFirst, R"(,"status":"success","duration":1.5)");
  EXPECT_THAT(story_texts(first), ElementsAre(named("not executed: taken from the journal")));
  add("node_started", kFirst, R"(,"reason":"exec","reason_detail":"input changed: a")");
  add("node_finished", kFirst, R"(,"status":"success","duration":1.5)");
  EXPECT_THAT(story_texts(first),
              ElementsAre(named("executed once (input changed: a), taken from the journal once; the last one "
                                "succeeded after 1.5s")));
}

TEST_F(NodeStoriesOf, AllNodes) {
  NodeStories every("");
  for (const char* id : {kFirst, kSecond})
    every.add(
        parse_json(R"({"type":"node_started","node_id":")" + std::string(id) + R"(","node_type":"sum"})")
            .value());
  EXPECT_THAT(every.stories(), SizeIs(2));
}

TEST_F(NodeStoriesOf, KnowsWhichNodesThereAre) {
  event(R"("type":"execution_started")");
  add("node_started", kFirst);
  add("node_started", kSecond, "", "product");
  add("node_finished", kFirst);
  EXPECT_THAT(first.node_words(), ElementsAre("sum", "product"));
}

TEST_F(NodeStoriesOf, AreToldByNames) {
  NodeStories named_so("total");
  for (NodeStories* stories : {&named_so, &first}) {
    stories->add(parse_json(R"({"type":"node_started","node_id":")" + std::string(kFirst) +
                            R"(","node_type":"sum","name":"total","reason":"exec"})")
                     .value());
  }
  EXPECT_THAT(story_texts(named_so), ElementsAre("total, " + named("is running (exec)")));
  EXPECT_THAT(first.node_words(), ElementsAre("total", "sum"));
}

TEST_F(NodeStoriesOf, AFailureAfterASuccess) {
  add("node_started", kFirst, R"(,"reason":"exec")");
  add("node_finished", kFirst, R"(,"status":"success","duration":2)");
  add("node_started", kFirst, R"(,"reason":"pull")");
  EXPECT_THAT(story_texts(first), ElementsAre(named("is running (pull); executed once before")));
  add("node_error", kFirst, R"(,"message":"no such file")");
  add("node_finished", kFirst, R"(,"status":"failed","duration":0.25)");
  EXPECT_THAT(story_texts(first),
              ElementsAre(named("executed 2 times; the last one failed after 250ms: no such file")));
  const NodeStory story = first.stories().front();
  std::string json;
  append_json(json, story_value(story));
  EXPECT_THAT(json, HasSubstr(R"("executions":2,"status":"failed","reason":"pull","duration":0.25)"));
}

TEST_F(NodeStoriesOf, WhatWasSkipped) {
  add("node_finished", kFirst, R"(,"status":"skipped","cause":"its source failed","duration":0)");
  EXPECT_THAT(story_texts(first), ElementsAre(named("skipped: its source failed")));
}

TEST_F(NodeStoriesOf, WhatWasCutOff) {
  add("node_started", kFirst, R"(,"reason":"exec")");
  event(R"("type":"execution_finished","status":"interrupted","nodes":{"executed":0,"never_started":0})");
  EXPECT_THAT(story_texts(first), ElementsAre(named("executed once; it was interrupted")));
  EXPECT_TRUE(first.has_ended());
  EXPECT_FALSE(first.never_started()) << "nobody has counted them";
}

TEST_F(NodeStoriesOf, AnAttemptThatWasCutOff) {
  add("node_started", kFirst, R"(,"reason":"exec")");
  event(R"("type":"execution_started","attempt":2)");
  EXPECT_THAT(story_texts(first), ElementsAre(named("executed once; it was interrupted")));
}

TEST_F(NodeStoriesOf, AllOfATypeAndInEachGroup) {
  add("node_started", kFirst, R"(,"path":["g1"])");
  add("node_started", kFirst, R"(,"path":["g2"])");
  add("node_started", kSecond);
  add("node_started", "dddd0000-0000-0000-0000-000000000003", "", "other");
  EXPECT_THAT(all.stories(), SizeIs(3));
  EXPECT_THAT(all.stories()[1].path, ElementsAre("g2"));
}

TEST_F(NodeStoriesOf, TheBeginningOfAnId) {
  NodeStories long_enough("c0ff");
  NodeStories too_short("c0f");
  for (NodeStories* stories : {&long_enough, &too_short}) {
    stories->add(parse_json(R"({"type":"node_started","node_id":"c0ffee00","node_type":"sum"})").value());
  }
  EXPECT_THAT(long_enough.stories(), SizeIs(1));
  EXPECT_THAT(too_short.stories(), IsEmpty());
}

// Engine rule 44.
TEST_F(NodeStoriesOf, ItemsForWhichItDidNotSucceedAreToldEach) {
  for (const char* item : {"[0]", "[1]", "[2]"}) {
    const std::string of = R"(,"iteration":)" + std::string(item);
    const bool fails = item[1] == '1';
    add("node_started", kFirst, of + R"(,"reason":"exec")");
    if (fails) add("node_error", kFirst, of + R"(,"message":"it broke")");
    add("node_finished", kFirst,
        of + (fails ? R"(,"status":"failed","duration":1)" : R"(,"status":"success")"));
  }
  EXPECT_THAT(story_texts(first), ElementsAre(named("executed 3 times; the last one succeeded"),
                                              "sum (" + std::string(kFirst) +
                                                  ")[1]: executed once; it failed after 1.0s: it broke"));
  EXPECT_EQ(first.stories()[1].item, "[1]");
}

}  // namespace
}  // namespace vnode
