#include "apps/vnode/show/problem_report.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(ProblemReport, SaysWhatWhereAndWhatToDo) {
  const Problem problem{Severity::kError,      "unknown_node",          "/nodes/3",
                        "no node type 'prnt'", "did you mean 'print'?", "prnt (1)"};
  EXPECT_EQ(problem_text({problem}, "flow.json", false),
            "error[unknown_node]: no node type 'prnt'\n"
            "  --> flow.json#/nodes/3, node prnt (1)\n"
            "  hint: did you mean 'print'?\n");
  EXPECT_EQ(problem_value(problem).as_dict().find("traceback"), nullptr);
}

TEST(ProblemReport, ShowsTheLineOfADocumentThatPeopleWrite) {
  const Problem problem{.code = "unknown_port",
                        .pointer = "/nodes/3",
                        .message = "no",
                        .source = {.file = "b.yaml", .line = 12, .column = 9, .text = "  a: b.\x1b"}};
  EXPECT_EQ(problem_text({problem}, "a.yaml", false),
            "error[unknown_port]: no\n"
            "  --> b.yaml:12:9\n"
            "   |   a: b.\\x1b\n");
  const Dict value = problem_value(problem).as_dict();
  EXPECT_EQ(value.find("line")->as_int(), 12);
  EXPECT_EQ(value.find("column")->as_int(), 9);
}

TEST(ProblemReport, TellsNotesFromWarnings) {
  const Problem note{.severity = Severity::kNote, .code = "idle_values", .message = "left"};
  EXPECT_EQ(problem_text({note}, "", false), "note[idle_values]: left\n");
  EXPECT_EQ(problem_text({note}, "", true), "\x1b[1;36mnote[idle_values]\x1b[0m: left\n");
  EXPECT_EQ(problem_value(note).as_dict().find("severity")->as_text(), "note");
}

TEST(ProblemReport, ShowsATracebackOnceAndIndented) {
  Problem problem{
      .code = "python_definition", .message = "no", .traceback = "Traceback:\n  File x\nError: \x1b[2J\n"};
  EXPECT_EQ(problem_text({problem, problem}, "", false),
            "error[python_definition]: no\n"
            "    Traceback:\n"
            "      File x\n"
            "    Error: \\x1b[2J\n"
            "error[python_definition]: no\n");
  EXPECT_EQ(problem_value(problem).as_dict().find("traceback")->as_text(), problem.traceback);
}

}  // namespace
}  // namespace vnode
