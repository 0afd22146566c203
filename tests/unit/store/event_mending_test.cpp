#include "store/event_mending.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "sample_lines.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string line(std::uint64_t seq, const std::string& type = "node_log") {
  return "{\"type\":\"" + type + "\",\"seq\":" + std::to_string(seq) + "}";
}

/// "3" for an event, "1-2" for a gap.
class Told {
 public:
  EventMending::Tell tell() {
    return [this](std::string_view text) {
      const auto head = parse_event_line(text);
      ASSERT_TRUE(head) << text;
      const std::string from = head->type == "stream_gap" ? std::to_string(head->from) + "-" : "";
      events.push_back(from + std::to_string(head->seq));
    };
  }
  std::vector<std::string> events;
};

std::vector<std::string> mended(const std::vector<std::string>& lines, std::uint64_t since = 0) {
  EventMending mending("run-1", since);
  Told told;
  for (const std::string& text : lines) mending.take_line(text, told.tell());
  mending.settle(told.tell());
  return told.events;
}

TEST(EventMending, LeavesWhatIsWholeAsItIs) {
  EventMending mending("run-1", 0);
  std::string text;
  for (const std::string& whole : sample_lines(1, 60)) {
    mending.take_line(std::string_view(whole).substr(0, whole.size() - 1),
                      [&text](std::string_view event) { text.append(event).append("\n"); });
  }
  EXPECT_EQ(text, joined(sample_lines(1, 60)));
  EXPECT_TRUE(mending.has_end());
}

TEST(EventMending, TellsAGapInPlaceOfWhatIsMissing) {
  EXPECT_THAT(mended({line(1), line(4), line(5)}), ElementsAre("1", "2-3", "4", "5"));
  EXPECT_THAT(mended({line(3)}), ElementsAre("1-2", "3"));
  EXPECT_THAT(mended({line(1), "junk", "{\"type\":3}", "[]", std::string(9, '\0'), line(3)}),
              ElementsAre("1", "2-2", "3"));
  EXPECT_THAT(mended({line(1), "junk"}), ElementsAre("1"));
}

TEST(EventMending, TellsNothingTwiceAndNothingThatIsNotWanted) {
  EXPECT_THAT(mended({line(1), line(2), line(1), line(2), line(3)}), ElementsAre("1", "2", "3"));
  EXPECT_THAT(mended({line(1), line(2), line(5)}, 3), ElementsAre("4-4", "5"));
  EXPECT_THAT(mended({line(1), line(2)}, 2), IsEmpty());
}

TEST(EventMending, AWrongNumberCostsOnlyItsEvent) {
  EXPECT_THAT(mended({line(1), line(2), line(999), line(4), line(5)}),
              ElementsAre("1", "2", "3-3", "4", "5"));
  EXPECT_THAT(mended({line(1), line(2), line(4), line(4), line(5)}), ElementsAre("1", "2", "3-3", "4", "5"));
  EXPECT_THAT(mended({line(1), line(2), line(1), line(4), line(5)}), ElementsAre("1", "2", "3-3", "4", "5"));
  EXPECT_THAT(mended({line(1), line(2), line(2), line(4), line(5)}), ElementsAre("1", "2", "3-3", "4", "5"));
  EXPECT_THAT(mended({line(7), line(2), line(3)}), ElementsAre("1-1", "2", "3"));
  EXPECT_THAT(mended({line(1), line(60), line(70), line(4), line(5)}), ElementsAre("1", "2-3", "4", "5"));
  EXPECT_THAT(mended({line(1), line(20), line(21), line(22), line(5), line(6)}),
              ElementsAre("1", "2-4", "5", "6"))
      << "several that agree";
  EXPECT_THAT(mended({line(1), line(2), line(999)}, 1), ElementsAre("2", "3-998", "999"))
      << "nothing says that it is wrong";
}

TEST(EventMending, OnlyAnEndThatIsToldIsOne) {
  const std::string end = "execution_finished";
  EventMending hidden("run-1", 0);
  EventMending wrong("run-1", 0);
  EventMending told_last("run-1", 0);
  Told told;
  for (const std::string& text : {line(1), line(2), line(2, end)}) hidden.take_line(text, told.tell());
  for (const std::string& text : {line(1), line(999, end), line(3)}) wrong.take_line(text, told.tell());
  for (const std::string& text : {line(1), line(999), line(3, end), line(1)})
    told_last.take_line(text, told.tell());
  for (EventMending* mending : {&hidden, &wrong, &told_last}) mending->settle(told.tell());
  EXPECT_FALSE(hidden.has_end());
  EXPECT_FALSE(wrong.has_end());
  EXPECT_TRUE(told_last.has_end());
}

TEST(EventMending, FindsEventsInDamagedLines) {
  const std::string zeros(100, '\0');
  EXPECT_THAT(mended({line(1) + line(2) + line(3)}), ElementsAre("1", "2", "3"));
  EXPECT_THAT(mended({zeros + line(1) + zeros + line(2) + zeros}), ElementsAre("1", "2"));
  EXPECT_THAT(mended({line(1), R"({"type":"node_log","seq":2,"mess)" + line(3)}),
              ElementsAre("1", "2-2", "3"));
  EXPECT_THAT(mended({"\xff\xfejunk" + line(1)}), ElementsAre("1"));
}

TEST(EventMending, DoesNotTakeAValueForAnEvent) {
  const std::string inner = R"({"type":"node_log","seq":9})";
  EXPECT_THAT(mended({R"({"type":"node_output","seq":1,"output":{"a":)" + inner + "}}"}), ElementsAre("1"));
  EXPECT_THAT(mended({R"({"type":"node_output","s\x01q":1,"output":{"a":)" + inner + "}}", line(2)}),
              ElementsAre("1-1", "2"));
}

TEST(EventMending, MissesTheLastEvent) {
  EventMending mending("run-1", 0);
  Told told;
  mending.take_line(line(1), told.tell());
  EXPECT_FALSE(mending.has_end());
  mending.miss_end(told.tell());
  EXPECT_THAT(told.events, ElementsAre("1", "2-2"));
  mending.take_line(line(3, "execution_finished"), told.tell());
  mending.settle(told.tell());
  EXPECT_TRUE(mending.has_end());
}

TEST(EventMending, OfWhateverThereIsTellsOneValidStream) {
  std::mt19937 random(11);
  const std::vector<std::string> lines = sample_lines(1, 25);
  for (int round = 0; round < 500; ++round) {
    std::string broken = joined(lines);
    for (unsigned i = 0; i <= random() % 5; ++i) {
      const std::size_t at = random() % broken.size();
      const std::size_t size = std::min<std::size_t>(random() % 300, broken.size() - at);
      if (random() % 2 == 0) {
        broken.erase(at, size);
      } else {
        broken.insert(at, broken.substr(random() % broken.size(), size));
      }
      if (broken.empty()) broken = "x";
      broken[random() % broken.size()] = static_cast<char>(random());
    }
    EventMending mending("run-1", 0);
    std::string text;
    const auto tell = [&text](std::string_view event) { text.append(event).append("\n"); };
    for (std::size_t at = 0; at < broken.size();) {
      const std::size_t newline = std::min(broken.find('\n', at), broken.size());
      mending.take_line(std::string_view(broken).substr(at, newline - at), tell);
      at = newline + 1;
    }
    mending.settle(tell);
    heads_of(text);
  }
}

}  // namespace
}  // namespace vnode::test
