#include "events/event_json.h"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "model/json_writer.h"
#include "support/sample_events.h"

namespace vnode::test {
namespace {

std::string line_of(const Event& event, std::size_t max_value_bytes = 1000) {
  EventFormatter formatter(max_value_bytes);
  std::string line;
  formatter.append_line(line, event);
  return line;
}

std::string output_line(const Value& value, EventFormatter& formatter) {
  const std::array output = {PortValue{"out", value}};
  std::string line;
  formatter.append_line(line, sample_node_event(NodeOutput{output}));
  return line;
}

TEST(EventJson, HasTheCommonFieldsInOrder) {
  EXPECT_EQ(
      line_of(sample_event(StreamGap{3, 9})),
      "{\"type\":\"stream_gap\",\"seq\":7,\"time\":\"2026-01-02T03:04:05.678901Z\",\"run_id\":\"run-1\","
      "\"from\":3,\"to\":9}\n");
}

TEST(EventJson, NamesTheNodeAndItsGroups) {
  const std::array path = {*Uuid::parse("00000000-0000-0000-0000-00000000000a")};
  const auto json =
      nlohmann::json::parse(line_of(sample_node_event(NodeStarted{StartReason::kExec, 2, 1}, path)));
  EXPECT_EQ(json["node_id"], "1b4e28ba-2fa1-11d2-883f-b9a761bde3fb");
  EXPECT_EQ(json["node_type"], "For Each");
  EXPECT_EQ(json["path"], nlohmann::json::array({"00000000-0000-0000-0000-00000000000a"}));
  EXPECT_EQ(json["reason"], "exec");
  EXPECT_EQ(json["execution"], 2);
  EXPECT_EQ(json["try"], 1);
}

TEST(EventJson, HasTheNameThatPeopleGaveTheNode) {
  Event event = sample_node_event(NodeStarted{});
  EXPECT_EQ(line_of(event).find("\"name\""), std::string::npos);
  event.node->name = "render";
  EXPECT_EQ(nlohmann::json::parse(line_of(event))["name"], "render");
}

TEST(EventJson, EveryTypeIsOneLineOfJsonWithItsType) {
  std::set<std::string> types;
  for_each_sample_event([&](const Event& event) {
    const std::string line = line_of(event);
    ASSERT_EQ(line.find('\n'), line.size() - 1);
    const auto json = nlohmann::json::parse(line, nullptr, false);
    ASSERT_FALSE(json.is_discarded()) << line;
    EXPECT_EQ(json["type"], std::string(type_name(event.body)));
    types.insert(json["type"]);
  });
  EXPECT_EQ(types.size(), std::variant_size_v<EventBody>);
}

TEST(EventJson, WritesWhatJsonLacksAsTexts) {
  EventFormatter formatter;
  const std::string line =
      output_line(Value::list({Value(std::numeric_limits<double>::quiet_NaN()), Value(1.0)}), formatter);
  EXPECT_NE(line.find(R"("output":{"out":["NaN",1.0]})"), std::string::npos) << line;
}

TEST(EventJson, ProgressStaysWithinItsRange) {
  EXPECT_NE(line_of(sample_node_event(NodeProgress{7.0})).find("\"fraction\":1.0}"), std::string::npos);
  EXPECT_NE(line_of(sample_node_event(NodeProgress{-1.0})).find("\"fraction\":0.0}"), std::string::npos);
  const std::string unknown =
      line_of(sample_node_event(NodeProgress{std::numeric_limits<double>::quiet_NaN(), "m"}));
  EXPECT_EQ(unknown.find("fraction"), std::string::npos);
}

TEST(EventJson, DurationsAreSecondsWithMicroseconds) {
  const std::string line =
      line_of(sample_node_event(NodeFinished{NodeStatus::kSuccess, std::chrono::microseconds(1'500'007)}));
  EXPECT_NE(line.find("\"duration\":1.500007}"), std::string::npos) << line;
}

TEST(EventJson, SaysOfAFailureThatItIsHandled) {
  const auto ends_so = [](EventBody body) {
    return line_of(sample_node_event(std::move(body))).ends_with(",\"handled\":true}\n");
  };
  EXPECT_TRUE(ends_so(NodeFinished{NodeStatus::kFailed, Duration(0), "", true}));
  EXPECT_TRUE(ends_so(NodeError{"broken", "", "", true}));
  EXPECT_FALSE(ends_so(NodeFinished{NodeStatus::kFailed, Duration(0)}));
}

TEST(EventJson, TheSecondMayGoBackAndForth) {
  EventFormatter formatter;
  Event event = sample_event(StreamGap{1, 1});
  std::string lines;
  formatter.append_line(lines, event);
  event.time -= std::chrono::seconds(6);
  formatter.append_line(lines, event);
  EXPECT_NE(lines.find("03:03:59.678901Z"), std::string::npos);
  event.time = WallTime(std::chrono::microseconds(-1));
  formatter.append_line(lines, event);
  EXPECT_NE(lines.find("1969-12-31T23:59:59.999999Z"), std::string::npos) << lines;
}

}  // namespace
}  // namespace vnode::test
