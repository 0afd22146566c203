#include "apps/vnode/terminal/screen_update.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

constexpr TerminalSize kSmallScreen{20, 4};

TEST(ScreenUpdate, SendsOnlyWhatHasChanged) {
  ScreenUpdate screen;
  EXPECT_EQ(screen.show({"one", "two"}, kSmallScreen), "\x1b[1;1H\x1b[Kone\x1b[2;1H\x1b[Ktwo\x1b[3;1H\x1b[J");
  EXPECT_EQ(screen.show({"one", "two"}, kSmallScreen), "");
  EXPECT_EQ(screen.show({"one", "2"}, kSmallScreen), "\x1b[2;1H\x1b[K2");
  EXPECT_EQ(screen.show({"one"}, kSmallScreen), "\x1b[2;1H\x1b[J") << "the rest goes";
  EXPECT_EQ(screen.show({"1", "2", "3", "4", "5"}, kSmallScreen).find("5"), std::string::npos) << "no room";
}

TEST(ScreenUpdate, SendsAllWhereNobodyKnows) {
  ScreenUpdate screen;
  const std::string all = screen.show({"one", "two"}, kSmallScreen);
  screen.forget();
  EXPECT_EQ(screen.show({"one", "two"}, kSmallScreen), all);
  EXPECT_NE(screen.show({"one", "two"}, {30, 4}), "") << "another size";
}

}  // namespace
}  // namespace vnode
