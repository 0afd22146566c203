#include "report/report_event.h"

#include <gtest/gtest.h>

#include "model/json_reader.h"

namespace vnode {
namespace {

std::optional<ReportEvent> read_event(std::string_view json) { return ReportEvent::read(*parse_json(json)); }

TEST(ReportEvent, HasTheAddressOfItsNode) {
  const auto event = read_event(
      R"({"type":"node_started","seq":1,"run_id":"r","time":"1970-01-01T00:00:01.5Z","node_id":"n","path":["a","b"],"iteration":[3,1],"host":"h","name":"render"})");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind(), ReportEvent::Kind::kNodeStarted);
  EXPECT_EQ(event->address(), "a/b/n");
  EXPECT_EQ(event->iteration(), "3.1");
  EXPECT_EQ(event->micros(), 1'500'000);
  EXPECT_EQ(event->host(), "h");
  EXPECT_EQ(event->node_name(), "render");
}

TEST(ReportEvent, IsReadLeniently) {
  const auto event = read_event(
      R"({"type":"new","seq":1,"run_id":"r","time":"yesterday","node_id":7,"path":"x","iteration":{"a":1}})");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind(), ReportEvent::Kind::kOther);
  EXPECT_EQ(event->address(), "");
  EXPECT_EQ(event->iteration(), "");
  EXPECT_FALSE(event->micros());
}

TEST(ReportEvent, IsNothingElse) {
  for (const char* json :
       {"1", "[]", "{}", R"({"type":"x","seq":1})", R"({"type":1,"seq":1,"run_id":"r"})"}) {
    EXPECT_FALSE(read_event(json)) << json;
  }
}

}  // namespace
}  // namespace vnode
