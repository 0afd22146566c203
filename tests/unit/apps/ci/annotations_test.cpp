#include "apps/vnode/ci/annotations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vnode {
namespace {

using testing::HasSubstr;

TEST(AnnotationLine, IsEscapedAsGitHubHasIt) {
  EXPECT_EQ(annotation_line(CiSystem::kGithub, {.is_error = true,
                                                .file = "a,b:c.yaml",
                                                .line = 3,
                                                .column = 7,
                                                .title = "50%: x",
                                                .message = "100% wrong,\r\nor: not"}),
            "::error file=a%2Cb%3Ac.yaml,line=3,col=7,title=50%25%3A x::100%25 wrong,%0D%0Aor: not\n");
  EXPECT_EQ(annotation_line(CiSystem::kGithub, {.is_error = false, .message = "x"}), "::warning::x\n");
  EXPECT_EQ(annotation_line(CiSystem::kGithub, {.line = 3, .message = "x"}), "::error::x\n")
      << "a line of what?";
}

TEST(AnnotationLine, IsEscapedAsAzureHasIt) {
  EXPECT_EQ(
      annotation_line(
          CiSystem::kAzure,
          {.is_error = false, .file = "a;b].yaml", .line = 3, .title = "code", .message = "100%\nof; it]"}),
      "##vso[task.logissue type=warning;sourcepath=a%3Bb%5D.yaml;linenumber=3]code: 100%AZP25%0Aof; it]\n");
}

TEST(AnnotationLine, IsNoneWhereOnlyReportsAreRead) {
  EXPECT_EQ(annotation_line(CiSystem::kGitlab, {.message = "x"}), "");
  EXPECT_EQ(annotation_line(CiSystem::kNone, {.message = "x"}), "");
}

TEST(Annotations, AreTenOfEachKindAndTheLastSaysHowManyMore) {
  Annotations annotations(CiSystem::kGithub);
  for (int i = 0; i < 10; ++i) annotations.add({.message = "e" + std::to_string(i)});
  for (int i = 0; i < 15; ++i) annotations.add({.is_error = false, .message = "w" + std::to_string(i)});
  const std::string text = annotations.text();
  EXPECT_THAT(text, HasSubstr("::error::e9\n"));
  EXPECT_THAT(text, HasSubstr("::warning::w8\n::warning::and 6 more warnings: see the log\n"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 20);
}

TEST(Annotations, HaveTheLinesOfProblems) {
  Annotations annotations(CiSystem::kGithub);
  annotations.add(Problem{Severity::kError, "unknown_port", "/nodes/0", "no port", "take one"}, "w.json",
                  "{\"nodes\": [\n\n{}]}");
  annotations.add({.severity = Severity::kWarning,
                   .code = "tab",
                   .pointer = "",
                   .message = "a tab",
                   .source = {.file = "sub/x.yaml", .line = 4, .column = 2}},
                  "w.yaml", "");
  annotations.add(Problem{Severity::kNote, "code", "", "nothing"}, "w.json", "");
  EXPECT_EQ(annotations.text(),
            "::error file=w.json,line=3,title=unknown_port::no port%0Atake one\n"
            "::warning file=sub/x.yaml,line=4,col=2,title=tab::a tab\n");
}

}  // namespace
}  // namespace vnode
