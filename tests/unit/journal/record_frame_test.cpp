#include "journal/record_frame.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

std::string_view view(const auto& bytes) { return {bytes.data(), bytes.size()}; }

TEST(RecordFrame, IsOfItsPlaceOnly) {
  const auto frame = record_frame(100, "payload");
  const auto trailer = record_trailer(100, "payload");
  EXPECT_EQ(read_frame(100, view(frame)), 7u);
  EXPECT_TRUE(is_whole(100, "payload", view(trailer)));
  EXPECT_EQ(read_frame(101, view(frame)), std::nullopt);
  EXPECT_FALSE(is_whole(101, "payload", view(trailer)));
  EXPECT_FALSE(is_whole(100, "Payload", view(trailer)));
}

TEST(RecordFrame, IsNotMadeOfZeros) { EXPECT_EQ(read_frame(0, std::string(8, '\0')), std::nullopt); }

TEST(RecordFrame, PreambleTellsTheVersion) {
  std::string preamble = journal_preamble();
  ASSERT_EQ(preamble.size(), kPreambleSize);
  EXPECT_EQ(read_preamble(preamble), Preamble::kOurs);
  for (std::size_t i = 0; i < preamble.size(); ++i) {
    std::string other = preamble;
    other[i] ^= 1;
    EXPECT_EQ(read_preamble(other), Preamble::kForeign) << i;
  }
  EXPECT_EQ(read_preamble(preamble.substr(0, 15)), Preamble::kForeign);
}

}  // namespace
}  // namespace vnode
