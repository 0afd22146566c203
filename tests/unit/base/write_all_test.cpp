#include "base/write_all.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <thread>

#include "base/owned_fd.h"

namespace vnode::test {
namespace {

TEST(WritingAll, WaitsForTheReaderAlsoWhereTheDescriptorDoesNotBlock) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const OwnedFd near(ends[0]);
  OwnedFd far(ends[1]);
  ASSERT_EQ(::fcntl(far.get(), F_SETFL, O_NONBLOCK), 0);
  const std::string sent(1'000'000, 'x');  // many times what a pipe holds
  std::string read;
  std::thread reader([&] {
    char buffer[4096];
    for (ssize_t size; (size = ::read(near.get(), buffer, sizeof buffer)) > 0;)
      read.append(buffer, static_cast<std::size_t>(size));
  });
  EXPECT_EQ(write_all(far.get(), sent), 0);
  far.reset();
  reader.join();
  EXPECT_EQ(read, sent);
}

TEST(WritingAll, SaysWhyItCouldNot) {
  const OwnedFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  EXPECT_EQ(write_all(full.get(), "x"), ENOSPC);
  EXPECT_EQ(write_all(full.get(), ""), 0);
}

}  // namespace
}  // namespace vnode::test
