#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/json_reader.h"
#include "nodes/glob.h"
#include "nodes/native_nodes.h"
#include "nodes/path_text.h"
#include "support/fake_node_context.h"
#include "support/scratch_folder.h"

namespace vnode {
namespace {

using test::FakeNode;
using test::ScratchFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

FakeNode run(std::string_view id, std::initializer_list<std::pair<const char*, Value>> inputs) {
  FakeNode node(add_batch_nodes, id);
  for (const auto& [port, value] : inputs) node.set(port, value);
  node.run();
  return node;
}

TEST(FileHash, KnowsTheUsualAlgorithms) {
  ScratchFolder folder;
  std::string path = folder.write("a", "abc");
  EXPECT_THAT(run("file_hash", {{"path", path}}).returned,
              ElementsAre("digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'",
                          "size = 3", "success = True"));
  EXPECT_THAT(run("file_hash", {{"path", path}, {"algorithm", "MD5"}}).returned[0],
              "digest = '900150983cd24fb0d6963f7d28e17f72'");
  EXPECT_THAT(run("file_hash", {{"path", path}, {"algorithm", "sha-1"}}).returned[0],
              "digest = 'a9993e364706816aba3e25717850c26c9cd0d89d'");
  for (const Value& bad : {Value(folder.path()), Value(folder.file("none")), Value()}) {
    FakeNode node = run("file_hash", {{"path", bad}});
    EXPECT_THAT(node.returned, ElementsAre("digest = ''", "size = 0", "success = False"));
    EXPECT_THAT(node.levels, ElementsAre(LogLevel::kWarning));
  }
}

TEST(JsonQuery, FollowsPaths) {
  const char* text = R"({"a": [{"n": 1}, {"n": 2}, {}], "b.c": {"d": true}, "e": []})";
  auto query = [&](const char* path) {
    FakeNode node = run("json_query", {{"data", text}, {"path", path}, {"default", "?"}});
    return node.failure ? "failed" : node.returned[0] + " " + node.returned[1];
  };
  EXPECT_EQ(query("a[0].n"), "result = 1 found = True");
  EXPECT_EQ(query("$.a[-2].n"), "result = 2 found = True");
  EXPECT_EQ(query("a[*].n"), "result = [1, 2] found = True");
  EXPECT_EQ(query("\"b.c\".d"), "result = True found = True");
  EXPECT_EQ(query("['b.c'][\"d\"]"), "result = True found = True");
  EXPECT_EQ(query("e[*].x"), "result = [] found = True");
  EXPECT_EQ(query("a[3]"), "result = '?' found = False");
  EXPECT_EQ(query("a.n"), "result = '?' found = False");
  for (const char* bad : {"a[", "a[x]", "a..b", "a.", "a[0]n", "'a", "a]"})
    EXPECT_EQ(query(bad), "failed") << bad;
  EXPECT_THAT(run("json_query", {{"data", "{"}}).returned, ElementsAre("result = None", "found = False"));
}

TEST(Json, ParsesAndFormats) {
  EXPECT_THAT(run("json_parse", {{"text", "[1.0]"}}).returned,
              ElementsAre("result = [1.0]", "success = True"));
  EXPECT_THAT(run("json_parse", {{"text", "["}}).levels, ElementsAre(LogLevel::kWarning));
  EXPECT_THAT(run("json_format", {{"data", Value::list({1, "é"})}}).returned,
              ElementsAre("text = '[1,\"é\"]'"));
}

TEST(Lists, SortAndFilter) {
  Value people = *parse_json(R"([{"n": "b", "age": 2}, {"n": "a", "age": 10}, {"n": "c", "age": 2.5}])");
  EXPECT_THAT(run("sort_list", {{"items", Value::list({3, 1.5, true})}}).returned[0],
              "result = [True, 1.5, 3]");
  EXPECT_THAT(run("sort_list", {{"items", people}, {"key", "age"}, {"descending", true}}).returned[0],
              HasSubstr("[{'n': 'a', 'age': 10}, {'n': 'c'"));
  EXPECT_THAT(*run("sort_list", {{"items", Value::list({1, "a"})}}).failure, HasSubstr("cannot sort"));
  EXPECT_TRUE(run("sort_list", {{"items", Value::list({Value()})}}).failure);
  EXPECT_THAT(
      run("filter_list", {{"items", people}, {"key", "age"}, {"test", ">"}, {"value", 2}}).returned[1],
      "count = 2");
  EXPECT_THAT(
      run("filter_list", {{"items", Value::list({"ab", 1, "cb"})}, {"test", "matches"}, {"value", "a*"}})
          .returned[0],
      "result = ['ab']");
}

TEST(Files, InfoAndFilter) {
  ScratchFolder folder;
  Value small = folder.write("a.txt", "x");
  Value large = folder.write("b.txt", "12345");
  Value files = Value::list({small, large, folder.file("c.txt"), folder.file("d.log")});
  EXPECT_THAT(run("filter_files", {{"files", files}, {"pattern", "*.txt"}}).returned[1], "count = 3");
  EXPECT_THAT(run("filter_files", {{"files", files}, {"min_size", 2}}).returned[1], "count = 1");
  EXPECT_THAT(run("filter_files", {{"files", files}, {"newer_than", 1}}).returned[1], "count = 2");
  FakeNode info = run("file_info", {{"path", large}});
  EXPECT_THAT(info.returned[1], "kind = 'file'");
  EXPECT_THAT(info.returned[2], "size = 5");
  EXPECT_THAT(run("file_info", {{"path", folder.file("no")}}).returned[0], "exists = False");
}

TEST(Paths, FollowPythonsRules) {
  EXPECT_THAT(run("path_parts", {{"path", "/x//a.tar.gz"}}).returned,
              ElementsAre("folder = '/x'", "name = 'a.tar.gz'", "stem = 'a.tar'", "suffix = '.gz'"));
  EXPECT_THAT(run("path_join", {{"folder", "./a/"}, {"name", "b"}}).returned[0], "path = 'a/b'");
  EXPECT_THAT(run("path_join", {{"folder", "a"}, {"name", "/b"}}).returned[0], "path = '/b'");
  const char* normal[][2] = {{"//a//b/", "//a/b"}, {"///a", "/a"}, {"./a/./b", "a/b"}, {"", "."},
                             {"a/..", "a/.."},     {"/", "/"},     {"//", "//"},       {"./", "."},
                             {"/.", "/"}};
  for (auto& [given, wanted] : normal) EXPECT_EQ(normalise_path(given), wanted) << given;
  const char* parts[][3] = {{".bashrc", ".bashrc", ""}, {"a.", "a.", ""},   {"..a", ".", ".a"},
                            {".a.b", ".a", ".b"},       {"...", "...", ""}, {"..", "..", ""}};
  for (auto& [given, stem, suffix] : parts) {
    EXPECT_EQ(split_path(given).stem, stem) << given;
    EXPECT_EQ(split_path(given).suffix, suffix) << given;
  }
  EXPECT_EQ(split_path("//a").folder, "//");
  EXPECT_EQ(split_path("/").name, "");
}

TEST(Glob, MatchesCharacters) {
  EXPECT_TRUE(matches_glob("*.t?t", "a/b.tét"));
  EXPECT_TRUE(matches_glob("[a-c]*[!0-9]", "box"));
  EXPECT_FALSE(matches_glob("[a-c]*[!0-9]", "box1"));
  EXPECT_TRUE(matches_glob("[]x", "[]x"));
  EXPECT_TRUE(matches_glob("[]]", "]"));
  EXPECT_TRUE(matches_glob("a**b*", "ab"));
  EXPECT_FALSE(matches_glob("", "a"));
  EXPECT_FALSE(matches_glob("*a*a*a*a*a*b", std::string(2000, 'a')));
}

TEST(DateTime, FormatsATime) {
  auto utc = [](const char* format, double seconds, Value offset = 0.0) {
    FakeNode node = run(
        "date_time", {{"format", format}, {"utc", true}, {"timestamp", seconds}, {"offset_seconds", offset}});
    return node.failure ? "failed" : node.returned[0];
  };
  EXPECT_EQ(utc("", 0), "text = '1970-01-01T00:00:00+00:00'");
  EXPECT_EQ(utc("%Y/%m/%d %H", 86400, "3600"), "text = '1970/01/02 01'");
  EXPECT_EQ(utc("", -0.5), "text = '1969-12-31T23:59:59+00:00'");
  EXPECT_EQ(utc("", 1e20), "failed");
  EXPECT_THAT(run("date_time", {}).returned[0], HasSubstr("T"));
}

}  // namespace
}  // namespace vnode
