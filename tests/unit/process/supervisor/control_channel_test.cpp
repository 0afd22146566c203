#include "process/supervisor/control_channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/owned_fd.h"
#include "support/no_descriptors.h"

namespace vnode::test {
namespace {

class ControlChannels : public testing::Test {
 protected:
  ControlChannels() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    near_end = OwnedFd(ends[0]);
    far_end = OwnedFd(ends[1]);
  }
  static std::vector<int> nulls(int count) {
    std::vector<int> descriptors;
    for (int i = 0; i < count; ++i) descriptors.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    return descriptors;
  }
  static void close_all(const std::vector<int>& descriptors) {
    for (const int descriptor : descriptors) ::close(descriptor);
  }
  OwnedFd near_end, far_end;
};

TEST_F(ControlChannels, KeepDescriptorsWithTheirFrames) {
  ControlChannel near(near_end.get()), far(far_end.get());
  near.send({0, wire::Kind::kStop, 0, 1}, "without");
  near.send({0, wire::Kind::kStart, 0, 2}, "two", nulls(2));
  near.send({0, wire::Kind::kStart, 0, 3}, "three", nulls(3));
  near.send({0, wire::Kind::kStop, 0, 4}, "");
  EXPECT_TRUE(near.has_unsent());
  ASSERT_TRUE(near.flush());
  ASSERT_TRUE(far.read());
  ControlChannel::Frame frame;
  for (const auto& [number, text, count] : {std::tuple(1, "without", 0u), std::tuple(2, "two", 2u),
                                            std::tuple(3, "three", 3u), std::tuple(4, "", 0u)}) {
    ASSERT_TRUE(far.next(frame));
    EXPECT_EQ(frame.head.process, number);
    EXPECT_EQ(frame.payload, text);
    EXPECT_EQ(frame.descriptors.size(), count);
    EXPECT_FALSE(frame.is_short);
    close_all(frame.descriptors);
  }
  EXPECT_FALSE(far.next(frame));
}

TEST_F(ControlChannels, SendLaterWhatDoesNotFit) {
  ControlChannel near(near_end.get()), far(far_end.get());
  const std::string large(1 << 20, 'x');
  for (int i = 0; i < 3; ++i) near.send({0, wire::Kind::kStart, 0, i}, large, nulls(1));
  EXPECT_TRUE(near.has_unsent());
  ControlChannel::Frame frame;
  for (int received = 0; received < 3;) {
    EXPECT_TRUE(near.flush());
    ASSERT_TRUE(far.read());
    while (far.next(frame)) {
      EXPECT_EQ(frame.head.process, received++);
      EXPECT_EQ(frame.payload, large);
      EXPECT_EQ(frame.descriptors.size(), 1u);
      close_all(frame.descriptors);
    }
  }
  EXPECT_FALSE(near.has_unsent());
}

TEST_F(ControlChannels, SayWhenDescriptorsAreMissing) {
  if (!NoDescriptors::kIsPossible) GTEST_SKIP() << "the sanitizer needs descriptors";
  ControlChannel near(near_end.get()), far(far_end.get());
  near.send({0, wire::Kind::kStart, 0, 1}, "a", nulls(3));
  near.send({0, wire::Kind::kStart, 0, 2}, "b", nulls(3));
  ASSERT_TRUE(near.flush());
  {
    const NoDescriptors none;
    EXPECT_TRUE(far.read() && far.read());
  }
  ControlChannel::Frame frame;
  for (int number = 1; number <= 2; ++number) {
    ASSERT_TRUE(far.next(frame));
    EXPECT_EQ(frame.head.process, number);
    EXPECT_TRUE(frame.is_short) << number;
    close_all(frame.descriptors);
  }
}

TEST_F(ControlChannels, TellOfTheOtherEndsEnd) {
  ControlChannel far(far_end.get());
  {
    ControlChannel near(near_end.get());
    near.send({0, wire::Kind::kStop, 0, 1}, "last");
    ASSERT_TRUE(near.flush());
  }
  near_end.reset();
  while (far.read()) continue;
  ControlChannel::Frame frame;
  EXPECT_TRUE(far.next(frame));
  EXPECT_EQ(frame.payload, "last");
  far.send({0, wire::Kind::kGone, 0, 1}, "to nobody");
  EXPECT_FALSE(far.flush());
}

TEST_F(ControlChannels, RefuseWhatIsNoFrame) {
  ControlChannel far(far_end.get());
  const std::string noise(100, '\xff');
  ASSERT_EQ(::write(near_end.get(), noise.data(), noise.size()), 100);
  EXPECT_TRUE(far.read());
  ControlChannel::Frame frame;
  EXPECT_FALSE(far.next(frame));
}

}  // namespace
}  // namespace vnode::test
