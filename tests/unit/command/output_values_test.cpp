#include "command/output_values.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "model/value_ops.h"
#include "support/scratch_folder.h"
#include "unit/command/command_support.h"

namespace vnode::test {
namespace {

using testing::HasSubstr;

std::string value_of(OutputSource::Kind kind, const std::string& path, const std::string& folder,
                     std::string_view text = "") {
  const CommandDefinition definition{.outputs = {{.port = "o", .kind = kind}}};
  RunLogBudget budget;
  SecretMask mask;
  CommandOutput output(definition, {}, budget, mask);
  output.add(OutputStream::kOutput, text, {});
  output.finish();
  const Result<Value> value = output_value(definition.outputs[0], 0, path, folder, output);
  return value ? to_repr(*value) : "error: " + value.error().message;
}

TEST(OutputValues, AreStandardOutputInThreeForms) {
  using Kind = OutputSource::Kind;
  EXPECT_EQ(value_of(Kind::kText, "", "", "a\n\n"), "'a\\n'");
  EXPECT_EQ(value_of(Kind::kLines, "", "", "a\r\n\nb\n"), "['a', '', 'b']");
  EXPECT_EQ(value_of(Kind::kLines, "", "", ""), "[]");
  EXPECT_EQ(value_of(Kind::kJson, "", "", "[1, null]\n"), "[1, None]");
  EXPECT_THAT(value_of(Kind::kJson, "", "", "[1"), HasSubstr("is not JSON"));
  EXPECT_THAT(value_of(Kind::kJson, "", "", std::string(100'000, ' ') + "1"), HasSubstr("too long"));
}

TEST(OutputValues, AreFilesAndWhatIsInThem) {
  using Kind = OutputSource::Kind;
  const ScratchFolder folder;
  folder.write("f", "{\"a\": \xff}");
  EXPECT_EQ(value_of(Kind::kFile, "f", folder.path()), "'f'");
  EXPECT_THAT(value_of(Kind::kFile, "g", folder.path()), HasSubstr("g is not there"));
  EXPECT_THAT(value_of(Kind::kFileText, "f", folder.path()), HasSubstr("\xEF\xBF\xBD"));
  EXPECT_THAT(value_of(Kind::kFileJson, "f", folder.path()), HasSubstr("f is not JSON"));
  EXPECT_THAT(value_of(Kind::kFileText, ".", folder.path()), HasSubstr("is not a file"));
}

TEST(OutputValues, AreWhatAPatternFindsAndNoMore) {
  const ScratchFolder folder;
  std::filesystem::create_directory(folder.file("a[1]"));
  std::filesystem::create_directory(folder.file("a1"));
  for (const char* name : {"a[1]/2.x", "a[1]/1.x", "a1/3.x"}) folder.write(name, "");
  EXPECT_EQ(value_of(OutputSource::Kind::kGlob, escape_glob("a[1]") + "/*.x", folder.path()),
            "['a[1]/1.x', 'a[1]/2.x']");
  EXPECT_EQ(value_of(OutputSource::Kind::kGlob, "*.none", folder.path()), "[]");
  EXPECT_EQ(value_of(OutputSource::Kind::kGlob, "*.x", folder.file("a[1]")), "['1.x', '2.x']");
}

}  // namespace
}  // namespace vnode::test
