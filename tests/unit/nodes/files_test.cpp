#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "nodes/native_nodes.h"
#include "support/fake_node_context.h"
#include "support/scratch_folder.h"

namespace vnode {
namespace {

using test::FakeNode;
using test::ScratchFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

FakeNode make(std::string_view id) { return FakeNode(add_file_nodes, id); }

std::string load(const Value& path) {
  FakeNode node = make("File Loader");
  node.set("file_path", path).run();
  EXPECT_THAT(node.trace, IsEmpty());
  EXPECT_THAT(node.logs, IsEmpty());
  return node.failure ? "failed: " + *node.failure : node.returned.at(0);
}

TEST(FileLoader, ReadsTextWithPlainNewlines) {
  ScratchFolder folder;
  EXPECT_EQ(load(folder.write("a", "a\r\nb\rc\n\r\r\n\xFF")), "file_data = 'a\\nb\\nc\\n\\n\\n\xEF\xBF\xBD'");
  EXPECT_EQ(load(folder.write("b", "\xEF\xBB\xBFx")), "file_data = '\\ufeffx'");
  EXPECT_EQ(load(folder.file("missing")), "file_data = ''");
  EXPECT_EQ(load({}), "file_data = ''");
  EXPECT_THAT(load(folder.path()), HasSubstr("Error reading file: [Errno 21] Is a directory: "));
  EXPECT_EQ(load(5), "failed: file_path must be a text, not int");
}

TEST(FileLoader, ContinuesWhereAWireLeaves) {
  FakeNode node = make("File Loader");
  node.wired_outputs.insert("exec_out");
  node.run();
  EXPECT_THAT(node.returned, ElementsAre("file_data = ''", "exec_out = True"));
}

TEST(FileWrite, CreatesFoldersAndWritesPythonText) {
  ScratchFolder folder;
  FakeNode node = make("file_write");
  node.set("path", folder.file("x/y/a")).set("content", Value::list({1, "b", Value()})).run();
  EXPECT_THAT(node.trace, ElementsAre("result = True", "exec_out = True"));
  EXPECT_EQ(folder.read("x/y/a"), "[1, 'b', None]");
  node.set("content", Value()).run();
  EXPECT_EQ(folder.read("x/y/a"), "None");
}

TEST(FileWrite, AFailureWarnsAndKeepsTheOldContent) {
  ScratchFolder folder;
  FakeNode node = make("file_write");
  node.set("path", folder.write("a", "old")).set("content", "é");
  for (const char* encoding : {"ascii", "", "no-such"}) {
    node.set("encoding", encoding).run();
    EXPECT_THAT(node.trace, ElementsAre("result = False", "exec_out = True")) << encoding;
    EXPECT_THAT(node.levels, ElementsAre(LogLevel::kWarning));
    EXPECT_EQ(folder.read("a"), "old");
  }
  node.set("encoding", "utf-8");
  for (const Value& path : {Value(""), Value(), Value(5), Value("/dev/full"), Value(folder.path())}) {
    node.set("path", path).run();
    EXPECT_THAT(node.trace, ElementsAre("result = False", "exec_out = True"));
    EXPECT_THAT(node.levels, ElementsAre(LogLevel::kWarning));
  }
}

TEST(FileAppend, WritesTheMarkOnce) {
  ScratchFolder folder;
  FakeNode node = make("file_append");
  node.set("path", folder.file("n/a")).set("content", "x").set("encoding", "utf-8-sig");
  node.run();
  node.run();
  EXPECT_EQ(folder.read("n/a"), "\xEF\xBB\xBFxx");
  node.set("encoding", "ascii").set("content", "é").run();
  EXPECT_THAT(node.trace, ElementsAre("result = False", "exec_out = True"));
  EXPECT_EQ(folder.read("n/a"), "\xEF\xBB\xBFxx");
}

TEST(CreateFolder, MindsWhatIsThere) {
  ScratchFolder folder;
  FakeNode node = make("create_folder");
  node.set("path", folder.file("a//b/c/"));
  node.run();
  EXPECT_THAT(node.returned, ElementsAre("result = True"));
  node.run();
  EXPECT_THAT(node.returned, ElementsAre("result = True"));
  node.set("exist_ok", false).run();
  EXPECT_THAT(node.returned, ElementsAre("result = False"));
  EXPECT_THAT(node.levels, ElementsAre(LogLevel::kWarning));
  node.set("exist_ok", "false").set("path", folder.write("f", "")).run();
  EXPECT_THAT(node.returned, ElementsAre("result = False"));
}

TEST(ListDirectory, SortsAndWalksTopDown) {
  ScratchFolder folder;
  std::filesystem::create_directories(folder.file("b/z"));
  std::filesystem::create_directories(folder.file("a"));
  for (const char* name : {"c", "B", ".h", "a/q", "b/z/r", "b/s"}) folder.write(name, "");
  ASSERT_EQ(symlink("a", folder.file("link").c_str()), 0);
  auto list = [&](const Value& path, bool recursive) {
    FakeNode node = make("list_directory");
    node.set("path", path).set("recursive", recursive).run();
    std::string text = node.returned.at(0) + (node.logs.empty() ? "" : " warned");
    for (std::size_t at; (at = text.find(folder.path() + "/")) != std::string::npos;) {
      text.erase(at, folder.path().size() + 1);
    }
    return text;
  };
  EXPECT_EQ(list(folder.path(), false), "result = ['.h', 'B', 'a', 'b', 'c', 'link']");
  EXPECT_EQ(list(folder.path() + "//./", true),
            "result = ['a', 'b', 'link', '.h', 'B', 'c', 'a/q', 'b/z', 'b/s', 'b/z/r']");
  EXPECT_EQ(list(folder.file("missing"), false), "result = []");
  EXPECT_EQ(list(folder.file("c"), false), "result = [] warned");
  EXPECT_EQ(list(folder.file("c"), true), "result = []");
  EXPECT_EQ(list({}, false), "result = [] warned");
}

TEST(FileNodes, WarnOfAWindowsPathThatIsAboutToBecomeAFileName) {
  const std::pair<const char*, const char*> ports[] = {{"File Loader", "file_path"},
                                                       {"file_write", "path"},
                                                       {"file_append", "path"},
                                                       {"create_folder", "path"},
                                                       {"list_directory", "path"}};
  ScratchFolder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  for (const auto& [id, port] : ports) {
    FakeNode node = make(id);
    node.set(port, R"(C:\shots\a)").run();
    ASSERT_FALSE(node.logs.empty()) << id;
    EXPECT_THAT(node.logs[0], HasSubstr(R"(C:\shots\a is a Windows path)")) << id;
  }
  std::filesystem::current_path(before);
}

}  // namespace
}  // namespace vnode
