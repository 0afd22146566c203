#include "base/text_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace vnode {
namespace {

using namespace std::string_literals;

class TextFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "vnode_text_file_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string write(const std::string& bytes) {
    const std::string path = directory_ / "file.txt";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  std::filesystem::path directory_;
};

/// Puts another descriptor in the place of standard input for as long as it lives.
class OtherStandardInput {
 public:
  explicit OtherStandardInput(int fd) : saved_(::dup(STDIN_FILENO)) {
    if (fd >= 0) {
      ::dup2(fd, STDIN_FILENO);
      ::close(fd);
    } else {
      ::close(STDIN_FILENO);
    }
  }
  ~OtherStandardInput() {
    ::dup2(saved_, STDIN_FILENO);
    ::close(saved_);
  }

 private:
  int saved_;
};

TEST_F(TextFileTest, ReadsUtf8AsItIs) {
  for (const std::string& text : {""s, "h\u00E9 \u20AC\n"s, "a\0b\r\n"s, std::string(3'000'000, 'x')}) {
    const auto file = read_text_file(write(text));
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_TRUE(file->text == text);
    EXPECT_EQ(file->warning, "");
  }
}

TEST_F(TextFileTest, DropsTheByteOrderMark) {
  const auto file = read_text_file(write("\xEF\xBB\xBF{}"));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->text, "{}");
  EXPECT_EQ(file->warning, "");
}

TEST_F(TextFileTest, FallsBackToWindows1252) {
  const auto file = read_text_file(write("line 1\ncaf\xE9 \x80 \x9F"));
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->text, "line 1\ncaf\u00E9 \u20AC \u0178");
  EXPECT_EQ(file->warning,
            "not UTF-8 (byte 10, line 2); read as Windows-1252; --encoding NAME says what it is");
}

TEST_F(TextFileTest, RefusesWhatIsNoText) {
  for (const std::string& bytes : {"caf\xE9 \x81"s, "caf\xE9\0"s, "\x8D\x8F\x90\x9D"s}) {
    const auto file = read_text_file(write(bytes));
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::kBadText);
    EXPECT_EQ(file.error().place.file, directory_ / "file.txt");
  }
}

TEST_F(TextFileTest, NamesUtf16) {
  const std::pair<std::string, const char*> cases[] = {
      {"\xFF\xFE{\0}\0"s, "UTF-16 (little endian)"},       {"\xFE\xFF\0{\0}"s, "UTF-16 (big endian)"},
      {"{\0\"\0\xE9\0\"\0}\0"s, "UTF-16 (little endian)"}, {"\0{\0\"\0a\0}"s, "UTF-16 (big endian)"},
      {"\xFF\xFE\0\0{\0\0\0"s, "UTF-32 (little endian)"},
  };
  for (const auto& [bytes, name] : cases) {
    const auto file = read_text_file(write(bytes));
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::kBadText);
    EXPECT_NE(file.error().message.find(name), std::string::npos) << file.error().message;
  }
}

TEST_F(TextFileTest, TellsMissingFromUnreadable) {
  EXPECT_EQ(read_text_file(directory_ / "missing").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_text_file(write("") + "/below_a_file").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_text_file("").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_text_file("a\0b"s).error().code, ErrorCode::kNotFound);

  const auto directory = read_text_file(directory_);
  EXPECT_EQ(directory.error().code, ErrorCode::kUnreadable);
  EXPECT_EQ(directory.error().message, "is a directory");
  EXPECT_EQ(read_text_file("/dev/zero").error().code, ErrorCode::kUnreadable);
}

TEST_F(TextFileTest, TellsThatPermissionIsMissing) {
  const std::string path = write("secret");
  ::chmod(path.c_str(), 0);
  ::chmod(std::string(directory_).c_str(), 0755);
  // Root may read everything, so it steps down to nobody for the call.
  constexpr uid_t kNobody = 65534;
  const bool is_root = ::geteuid() == 0;
  if (is_root) {
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const auto file = read_text_file(path);
  if (is_root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kUnreadable);
  EXPECT_EQ(file.error().message, "Permission denied");
}

TEST_F(TextFileTest, ReadsFilesThatDoNotTellTheirSize) {
  const auto file = read_text_file("/proc/self/status");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_NE(file->text.find("Pid:"), std::string::npos);
}

TEST_F(TextFileTest, ReadsNamedPipes) {
  const std::string path = directory_ / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&path] { std::ofstream(path) << "through the pipe"; });
  const auto file = read_text_file(path);
  writer.join();
  ASSERT_TRUE(file);
  EXPECT_EQ(file->text, "through the pipe");
}

TEST_F(TextFileTest, ReadsStandardInput) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_NONBLOCK), 0);  // the reader must wait, not give up
  const OtherStandardInput input(ends[0]);
  const std::string text(1'500'000, 'y');
  std::thread writer([&] {
    ::fcntl(ends[1], F_SETFL, 0);
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t part = ::write(ends[1], text.data() + sent, text.size() - sent);
      if (part <= 0) break;
      sent += static_cast<std::size_t>(part);
    }
    ::close(ends[1]);
  });
  const auto file = read_text_file("-");
  writer.join();
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_TRUE(file->text == text);
}

TEST_F(TextFileTest, TellsThatStandardInputIsClosed) {
  const OtherStandardInput input(-1);
  const auto file = read_text_file("-");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kUnreadable);
  EXPECT_EQ(file.error().message, "standard input is closed");
  EXPECT_EQ(file.error().place.file, "-");
}

TEST(DecodeTextTest, TakesBytesFromAnywhere) {
  EXPECT_EQ(decode_text("\xC3\xA9")->text, "\u00E9");
  EXPECT_EQ(decode_text("\xE9")->text, "\u00E9");
  EXPECT_FALSE(decode_text("\x81"));
}

}  // namespace
}  // namespace vnode
