#include "apps/vnode/watch/draw_pace.h"

#include <gtest/gtest.h>

#include "daemon/progress_watch.h"

namespace vnode {
namespace {

using namespace std::chrono_literals;

/// What happens in a daemon is told after kTellEvery at the latest, and drawn with the next picture.
TEST(DrawPace, NoScreenIsOlderThanHalfASecond) {
  DrawPace pace;
  SteadyTime now{1h};
  pace.note_drawn(now);
  for (int i = 0; i < 1000; ++i) {
    const SteadyTime happened = now;
    const SteadyTime told = happened + ProgressWatch::kTellEvery;
    // Whatever is told just behind a picture waits for the next one.
    pace.note_drawn(told);
    pace.note_change();
    now = pace.next(false);
    EXPECT_LE(now - happened, 500ms);
    pace.note_drawn(now);
    now += 7ms;
  }
}

TEST(DrawPace, DrawsAtOnceWhatAKeyDoes) {
  DrawPace pace;
  pace.note_drawn(SteadyTime{1h});
  EXPECT_EQ(pace.next(true), SteadyTime{1h});
  EXPECT_EQ(pace.next(false), SteadyTime{1h} + 1s) << "times go on";
  for (int i = 0; i < 1000; ++i) pace.note_change();
  EXPECT_EQ(pace.next(false), SteadyTime{1h} + 250ms) << "a thousand changes are one picture";
}

}  // namespace
}  // namespace vnode
