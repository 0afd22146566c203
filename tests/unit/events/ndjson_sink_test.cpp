#include "events/ndjson_sink.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "support/pipe.h"
#include "support/sample_events.h"

// How text gets out, and what happens when it cannot: async/stream_writer_test.cpp.
namespace vnode::test {
namespace {

constexpr std::size_t kMaxValue = 65536;
constexpr std::chrono::seconds kLong(20);

const Event kEvent = sample_event(StreamGap{1, 2});

TEST(NdjsonSink, ALineComesOutWithoutFlushWhileTheProducerIsBusy) {
  Pipe pipe;
  NdjsonSink sink(pipe.writer(), kMaxValue);
  sink.on_event(kEvent);
  // Nothing here lets the sink go on but its own thread; the test fails by the limit, not by a measured time.
  ASSERT_TRUE(pipe.has_text_within(kLong));
  EXPECT_TRUE(pipe.read_some().ends_with("\"to\":2}\n"));
}

TEST(NdjsonSink, GoesQuietWhenTheReaderGoesAway) {
  Pipe pipe;
  int calls = 0;
  StreamWriter::Options options;
  options.on_reader_gone = [&calls] { ++calls; };
  NdjsonSink sink(pipe.writer(), kMaxValue, options);
  EXPECT_TRUE(sink.wants_node_events());
  pipe.close_reader();
  for (int i = 0; i < 100'000; ++i) sink.on_event(kEvent);
  EXPECT_TRUE(sink.close());
  EXPECT_TRUE(sink.reader_gone());
  EXPECT_FALSE(sink.wants_node_events());
  EXPECT_EQ(calls, 1);
}

TEST(NdjsonSink, CanBeCutOffWithALastLine) {
  Pipe pipe;
  NdjsonSink sink(pipe.writer(), kMaxValue);
  Event event = kEvent;
  event.seq = 7;
  sink.on_event(event);
  std::thread other([&sink] {
    EXPECT_TRUE(sink.cut_off(sample_event(ExecutionFinished{.exit_code = 130}), kLong));
    EXPECT_TRUE(sink.cut_off(sample_event(ExecutionFinished{.exit_code = 0}), kLong));
  });
  other.join();
  sink.on_event(event);
  EXPECT_TRUE(sink.close());
  const std::string text = pipe.read_some();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_NE(text.find(R"("type":"execution_finished","seq":8)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("exit_code":130)"), std::string::npos) << text;
}

}  // namespace
}  // namespace vnode::test
