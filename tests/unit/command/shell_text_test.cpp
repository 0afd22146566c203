#include "command/shell_text.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "command/command_call.h"
#include "unit/command/command_support.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;

const PlaceholderNames kShellNames(std::vector<Port>{
    {.name = "a"}, {.name = "b"}, {.name = "file", .type = "path"}});

std::string script(std::string_view text) {
  const Result<ShellText> shell = ShellText::parse(text, kShellNames);
  return shell ? shell->script : "error: " + shell.error().message;
}

/// What the words print, run by the real shell.
std::string output_of(const std::vector<std::string>& words) {
  int ends[2];
  if (::pipe(ends) != 0) return "no pipe";
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(ends[1], 1);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string output;
  char buffer[4096];
  for (ssize_t size; (size = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    output.append(buffer, static_cast<std::size_t>(size));
  ::close(ends[0]);
  ::waitpid(pid, nullptr, 0);
  return output;
}

TEST(ShellText, HandsValuesOverAsParameters) {
  const ShellText shell = ShellText::parse("cp {a} {file} && echo {a}", kShellNames).value();
  EXPECT_EQ(shell.script, "cp \"${1}\" \"${2}\" && echo \"${1}\"");
  ASSERT_EQ(shell.parameters.size(), 2u);
  EXPECT_EQ(shell.parameters[0].port, "a");
  EXPECT_TRUE(shell.parameters[1].is_path);
}

TEST(ShellText, LeavesTheShellsOwnBracesAlone) {
  EXPECT_EQ(script("f() { echo ${HOME}; }; f"), "f() { echo ${HOME}; }; f");
  EXPECT_EQ(script("awk '{print $1}' {a}"), "awk '{print $1}' \"${1}\"");
  EXPECT_EQ(script("echo {{a}"), "echo {a}");
  EXPECT_EQ(script("echo '{{a}'"), "echo '{a}'");
  EXPECT_EQ(script("echo \\{a}"), "echo \\{a}");
  EXPECT_EQ(script("echo a#{a} # nothing"), "echo a#\"${1}\" # nothing");
}

TEST(ShellText, RefusesAPlaceholderInsideQuotes) {
  for (const char* text :
       {"echo '{a}'", "echo \"{a}\"", "echo \"x $(cat \"q\") {a}\"", "echo \"$(echo ')' {a})\""}) {
    EXPECT_THAT(script(text), HasSubstr("{a} is inside quotes")) << text;
  }
  EXPECT_THAT(script("echo `cat {a}`"), HasSubstr("inside backquotes"));
  EXPECT_EQ(script("x=\"$(echo \"b\")\" y={a}"), "x=\"$(echo \"b\")\" y=\"${1}\"");
  EXPECT_EQ(script("cat $(ls {a})"), "cat $(ls \"${1}\")");
}

TEST(ShellText, RefusesAPlaceholderInACommentOrHereDocument) {
  EXPECT_THAT(script("ls # {a}"), HasSubstr("inside a comment"));
  EXPECT_THAT(script("cat <<END\n{a}\nEND\n"), HasSubstr("inside a here-document"));
  EXPECT_THAT(script("cat <<-'E D'\n\t{a}\n\tE D\n"), HasSubstr("inside a here-document"));
  EXPECT_THAT(script("cat <<{a}\nx\n{a}\n"), HasSubstr("ends a here-document"));
  EXPECT_THAT(script("cat <<END\nEND x\n"), HasSubstr("not ended by a line with END"));
  EXPECT_EQ(script("cat <<E; echo {a}\n'\nE\necho {b}"), "cat <<E; echo \"${1}\"\n'\nE\necho \"${2}\"");
}

TEST(ShellText, RefusesAPlaceholderInExpansions) {
  EXPECT_THAT(script("echo $(({a} + 1))"), HasSubstr("inside an arithmetic expression"));
  EXPECT_THAT(script("echo ${x:-{a}}"), HasSubstr("inside ${...}"));
  EXPECT_THAT(script("rm -r ${a}"), HasSubstr("a variable of the shell; the value is {a}"));
  EXPECT_THAT(script("echo $'{a}'"), HasSubstr("different shells"));
}

TEST(ShellText, RefusesWhatIsNoInputOrNotClosed) {
  EXPECT_THAT(script("echo {fille}"), HasSubstr("did you mean {file}?"));
  EXPECT_THAT(script("echo 'x"), HasSubstr("not closed"));
  EXPECT_THAT(script("echo $((1"), HasSubstr("not closed"));
}

/// The real shell gives each value back as it was, whatever it is.
TEST(ShellText, ValuesNeverBecomeCode) {
  const auto definition = command_of(
      R"("shell": true, "command": "x={a}; printf '%s.' {a} \"$x\" $(printf '%s' {a} >/dev/null)p{a}")");
  ASSERT_TRUE(definition);
  for (const std::string value : {"$(echo hacked)",
                                  "`echo hacked`",
                                  "'; echo hacked; '",
                                  "\"; echo hacked; \"",
                                  "a b  c",
                                  "*",
                                  "\n\nx",
                                  "${HOME}",
                                  "\\",
                                  "'",
                                  "\"",
                                  "--",
                                  "-n",
                                  "}",
                                  "{b}",
                                  "#",
                                  "\xff\xfe",
                                  "~",
                                  "!x",
                                  "a\tb",
                                  "$1",
                                  "|cat",
                                  ">x"}) {
    const CommandCall call = make_call(*definition, values({{"a", value}})).value();
    EXPECT_EQ(output_of(call.words), value + "." + value + ".p" + value + ".") << value;
  }
}

/// Random texts of what matters to a shell: read without trouble, and a value in them is not executed.
TEST(ShellText, ReadsAnyText) {
  const std::vector<std::string> pieces = {
      "{a}", "{b}", "{{", "{",  "}",     "'",     "\"",     "`", "$",   "$(", "$((", ")",  "))",   "${",
      "#",   "\n",  " ",  "\\", "<<E\n", "\nE\n", "echo x", ";", "<<-", "E",  "<",   "$'", "|cat", "&"};
  const std::string hostile = "$(touch /tmp/vnode_shell_text_hacked)`touch /tmp/vnode_shell_text_hacked`";
  ::unlink("/tmp/vnode_shell_text_hacked");
  std::mt19937 random(1);
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::size_t n = random() % 12; n > 0; --n) text += pieces[random() % pieces.size()];
    const Result<ShellText> shell = ShellText::parse(text, kShellNames);
    if (!shell || shell->parameters.empty()) continue;
    if (++accepted % 40 != 0) continue;
    std::vector<std::string> words = {"/bin/sh", "-c", "exec 2>/dev/null </dev/null\n" + shell->script, "sh"};
    for (std::size_t n = shell->parameters.size(); n > 0; --n) words.push_back(hostile);
    output_of(words);
    ASSERT_NE(::access("/tmp/vnode_shell_text_hacked", F_OK), 0) << text;
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace vnode::test
