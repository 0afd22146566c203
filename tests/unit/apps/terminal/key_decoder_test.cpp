#include "apps/vnode/terminal/key_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vnode {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using KeyKind = Key::Kind;

Key text(const std::string& character) { return {KeyKind::kText, character}; }

TEST(KeyDecoder, ReadsWhatTerminalsSend) {
  KeyDecoder decoder;
  EXPECT_THAT(decoder.feed("q"), ElementsAre(text("q")));
  EXPECT_THAT(decoder.feed("\r\n"), ElementsAre(Key{KeyKind::kEnter}, Key{KeyKind::kEnter}));
  EXPECT_THAT(decoder.feed("\x7f\b"), ElementsAre(Key{KeyKind::kBackspace}, Key{KeyKind::kBackspace}));
  EXPECT_THAT(decoder.feed("\x1a"), ElementsAre(Key{KeyKind::kControl, "z"}));
  EXPECT_THAT(decoder.feed("\x1b[A\x1b[B\x1bOC\x1bOD"),
              ElementsAre(Key{KeyKind::kUp}, Key{KeyKind::kDown}, Key{KeyKind::kRight}, Key{KeyKind::kLeft}));
  EXPECT_THAT(decoder.feed("\x1b[5~\x1b[6~"), ElementsAre(Key{KeyKind::kPageUp}, Key{KeyKind::kPageDown}));
  EXPECT_THAT(decoder.feed("\x1b[H\x1b[1~\x1b[7~\x1bOH"), testing::Each(Key{KeyKind::kHome}));
  EXPECT_THAT(decoder.feed("\x1b[F\x1b[4~\x1b[8~\x1bOF"), testing::Each(Key{KeyKind::kEnd}));
  EXPECT_THAT(decoder.feed("\x1b[1;5A"), ElementsAre(Key{KeyKind::kUp})) << "with Control held down";
  EXPECT_THAT(decoder.feed("\x1b[15~\x1b[Z\x1bOP"), IsEmpty()) << "keys that nobody asks for";
  EXPECT_THAT(decoder.feed("漢"), ElementsAre(text("漢")));
}

TEST(KeyDecoder, TakesKeysInPieces) {
  KeyDecoder decoder;
  EXPECT_THAT(decoder.feed("\x1b"), IsEmpty());
  EXPECT_TRUE(decoder.is_waiting());
  EXPECT_THAT(decoder.feed("[5"), IsEmpty());
  EXPECT_THAT(decoder.feed("~x"), ElementsAre(Key{KeyKind::kPageUp}, text("x")));
  EXPECT_THAT(decoder.feed("\xe6\xbc"), IsEmpty());
  EXPECT_THAT(decoder.feed("\xa2"), ElementsAre(text("漢")));
}

TEST(KeyDecoder, AnEscapeThatNothingFollowsIsOne) {
  KeyDecoder decoder;
  EXPECT_THAT(decoder.feed("\x1b"), IsEmpty());
  EXPECT_THAT(decoder.give_up_waiting(), ElementsAre(Key{KeyKind::kEscape}));
  EXPECT_FALSE(decoder.is_waiting());
  EXPECT_THAT(decoder.feed("\x1bq"), ElementsAre(Key{KeyKind::kEscape}, text("q")));
  EXPECT_THAT(decoder.feed("\x1b\x1b"), ElementsAre(Key{KeyKind::kEscape}));
  EXPECT_THAT(decoder.give_up_waiting(), ElementsAre(Key{KeyKind::kEscape}));
  EXPECT_THAT(decoder.give_up_waiting(), IsEmpty());
}

TEST(KeyDecoder, NoiseMakesNoKeysAndDoesNotStayForEver) {
  KeyDecoder decoder;
  EXPECT_THAT(decoder.feed("\xff\xfe\xc3("), ElementsAre(text("(")));
  EXPECT_THAT(decoder.feed("\x1b[" + std::string(100, '1')),
              testing::Not(testing::Contains(Key{KeyKind::kUp})));
  EXPECT_FALSE(decoder.is_waiting());
}

}  // namespace
}  // namespace vnode
