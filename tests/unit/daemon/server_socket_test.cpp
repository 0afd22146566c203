#include "daemon/server_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "async/sockets.h"
#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;

std::string word_of(const Result<OwnedFd>& opened) {
  return opened ? "listens" : std::string(code_name(opened.error().code));
}

class ServerSockets : public testing::Test {
 protected:
  ScratchFolder folder;
  std::string path = folder.file("run/vnode/socket");
};

TEST_F(ServerSockets, AreMadeWithTheirFolder) {
  const Result<OwnedFd> opened = open_server_socket(path);
  ASSERT_EQ(word_of(opened), "listens");
  struct stat status = {};
  ASSERT_EQ(::stat(folder.file("run/vnode").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_TRUE(connect_unix(path).ok());
}

TEST_F(ServerSockets, ReplaceAStaleFile) {
  { ASSERT_EQ(word_of(open_server_socket(path)), "listens"); }
  ASSERT_TRUE(std::filesystem::exists(path));
  EXPECT_EQ(word_of(open_server_socket(path)), "listens");
}

TEST_F(ServerSockets, DoNotReplaceALiveOne) {
  const Result<OwnedFd> first = open_server_socket(path);
  ASSERT_EQ(word_of(first), "listens");
  const Result<OwnedFd> second = open_server_socket(path);
  ASSERT_EQ(word_of(second), code_name(ErrorCode::kUnavailable));
  EXPECT_THAT(second.error().message, HasSubstr("already"));
  EXPECT_TRUE(connect_unix(path).ok());
}

TEST_F(ServerSockets, LeaveAloneWhatIsNoSocket) {
  folder.write("file", "mine");
  const Result<OwnedFd> opened = open_server_socket(folder.file("file"));
  EXPECT_EQ(word_of(opened), code_name(ErrorCode::kIo));
  EXPECT_EQ(folder.read("file"), "mine");
  std::filesystem::create_symlink(folder.file("file"), folder.file("link"));
  EXPECT_EQ(word_of(open_server_socket(folder.file("link"))), code_name(ErrorCode::kIo));
  EXPECT_TRUE(std::filesystem::is_symlink(folder.file("link")));
}

TEST_F(ServerSockets, HaveToFitIntoAnAddress) {
  const std::string name(max_socket_path(), 'x');
  const Result<OwnedFd> opened = open_server_socket(folder.file(name));
  ASSERT_EQ(word_of(opened), code_name(ErrorCode::kUsage));
  EXPECT_THAT(opened.error().message, HasSubstr(std::to_string(max_socket_path())));
}

TEST_F(ServerSockets, AreNotPutWhereOthersCanWrite) {
  std::filesystem::create_directory(folder.file("open"));
  ASSERT_EQ(::chmod(folder.file("open").c_str(), 0777), 0);
  EXPECT_EQ(word_of(open_server_socket(folder.file("open/socket"))), code_name(ErrorCode::kUnreadable));
}

}  // namespace
}  // namespace vnode::test
