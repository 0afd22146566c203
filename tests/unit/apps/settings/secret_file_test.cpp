#include "apps/vnode/settings/secret_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "support/scratch_folder.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

Secrets secrets_in(std::string_view text) {
  Result<Secrets> read = parse_secret_lines(text);
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? std::move(*read) : Secrets();
}

std::string mistake_in(std::string_view text) {
  const Result<Secrets> read = parse_secret_lines(text);
  return read ? "none" : read.error().message;
}

TEST(SecretFile, ReadsLinesWithAndWithoutQuotes) {
  EXPECT_THAT(secrets_in("# comment\n\nA=one two=3 \r\n  export B = \"a \\\"b\\\" \\\\ \\n\\$x \\q\" # "
                         "more\nC='a \\n\"b\"'\n"
                         "D=\"several\nlines#of it\"\nLAST=unended"),
              ElementsAre(Pair("A", "one two=3"), Pair("B", "a \"b\" \\ \n$x \\q"), Pair("C", "a \\n\"b\""),
                          Pair("D", "several\nlines#of it"), Pair("LAST", "unended")));
}

TEST(SecretFile, TakesTheLastOfAName) {
  EXPECT_THAT(secrets_in("A=first one\nA=second one\n"), ElementsAre(Pair("A", "second one")));
}

TEST(SecretFile, SaysWhereAMistakeIsAndNeverWhatStandsThere) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"A=hunter2\nhunter2", "line 2: a line must be NAME=VALUE"},
      {"hun ter2=hunter2", "line 1: what is in front of '='"},
      {"A=\"one\ntwo\"\nB='hunter2", "line 3: a quote is not closed"},
      {"A='hunter2' hunter2", "line 1: something follows"},
      {"A=hunter2 # or is it", "line 1: a value with ' #' needs quotes"},
      {"\nA=hunt", "line 2: the secret 'A' has fewer than 6 characters"}};
  for (const auto& [text, message] : mistakes) {
    EXPECT_THAT(mistake_in(text), HasSubstr(message)) << text;
    EXPECT_THAT(mistake_in(text), Not(HasSubstr("hunt"))) << text;
  }
}

struct SecretFileTest : testing::Test {
  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const std::string path = scratch.write(name, text);
    ::chmod(path.c_str(), mode);
    return path;
  }
  ScratchFolder scratch;
};

TEST_F(SecretFileTest, ReadsJsonAndYaml) {
  EXPECT_THAT(*read_secret_file(write("a.env", " {\"A\": \"hunter2\"}")), ElementsAre(Pair("A", "hunter2")));
  EXPECT_THAT(*read_secret_file(write("a.yml", "A: hunter2\nB: '1234567'\n")),
              ElementsAre(Pair("A", "hunter2"), Pair("B", "1234567")));
  for (const std::string text :
       {"{\"A\": 1234567}", "[\"hunter2\"]", "{\"A\": hunter2}", "{\"A\": \"hunt\"}"}) {
    const Result<Secrets> read = read_secret_file(write("b.json", text));
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kUsage);
    EXPECT_THAT(read.error().place.file, testing::EndsWith("b.json"));
    EXPECT_THAT(read.error().message, Not(testing::ContainsRegex("hunt|1234"))) << text;
  }
}

TEST_F(SecretFileTest, RefusesAFileThatOthersCanRead) {
  for (const mode_t mode : {0640, 0604, 0644})
    EXPECT_THAT(read_secret_file(write("a.env", "A=hunter2", mode)).error().message,
                HasSubstr("others can read"));
}

}  // namespace
}  // namespace vnode::test
