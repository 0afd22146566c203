#include "node/child_messages.h"

#include <gmock/gmock.h>

namespace vnode::test {
namespace {

using MessageOf = ChildMessage::Kind;

std::string told(std::string_view line) {
  std::string text;
  for (const ChildMessage& message : read_child_messages(line)) {
    text += std::to_string(static_cast<int>(message.kind)) + "|" +
            std::to_string(message.fraction).substr(0, 4) + "|" + message.name + "|" + message.text + ";";
  }
  return text;
}

TEST(ChildMessages, AreThoseOfOpenJobDescription) {
  EXPECT_EQ(told("openjd_progress: 45.5"), "0|0.45||;");
  EXPECT_EQ(told("openjd_status: rendering"), "1|0.00||rendering;");
  EXPECT_EQ(told("openjd_fail: no licence\r"), "2|0.00||no licence;");
  EXPECT_EQ(told("openjd_env: A_1=x=y"), "5|0.00|A_1|x=y;");
  EXPECT_EQ(told("openjd_env: \"A=x\\ny\""), "5|0.00|A|x\ny;");
  EXPECT_EQ(told("openjd_unset_env: A"), "6|0.00|A|;");
  EXPECT_EQ(told("openjd_redacted_env: A=secret"), "4|0.00|A|secret;");
}

TEST(ChildMessages, AreOurOwn) {
  EXPECT_EQ(told(R"(vnode: {"progress": 0.5})"), "0|0.50||;");
  EXPECT_EQ(told(R"(vnode: {"log": "x", "level": "warning", "progress": 1})"), "0|1.00||;3|0.00||x;");
  EXPECT_EQ(read_child_messages(R"(vnode: {"log": "x", "level": "warning"})").at(0).level,
            LogLevel::kWarning);
  EXPECT_EQ(read_child_messages(R"(vnode: {"output": {"o": 1}})").at(0).values.size(), 1u);
}

TEST(ChildMessages, LeaveOtherLinesAlone) {
  for (const char* line :
       {"", "openjd_progress: many", "openjd_progress: 101", "openjd_progress: -1", "openjd_progress: nan",
        " openjd_progress: 5", "openjd_env: 1A=x", "openjd_env: A", "openjd_env: \"A=x", "openjd_other: x",
        "vnode: progress", "vnode: [1]", "vnode: {\"progress\": 2}", "vnode: {\"progress\": \"1\"}",
        "openjd_unset_env: A B", "openjd_"}) {
    EXPECT_EQ(told(line), "") << line;
  }
}

}  // namespace
}  // namespace vnode::test
