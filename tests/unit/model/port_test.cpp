#include "model/port.h"

#include <gtest/gtest.h>

#include "model/value_ops.h"

namespace vnode {
namespace {

TEST(Port, NoDefaultBecomesTheDefaultOfTheType) {
  EXPECT_TRUE(same(with_type_default("string", Value()), Value("")));
  EXPECT_TRUE(same(with_type_default("list", Value()), Value::empty_list()));
  EXPECT_TRUE(same(with_type_default("bool", Value()), Value(false)));
  EXPECT_TRUE(same(with_type_default("int", Value()), Value(0)));
  EXPECT_TRUE(same(with_type_default("float", Value()), Value(0)));
  EXPECT_TRUE(same(with_type_default("number", Value()), Value(0)));
}

TEST(Port, OtherTypesKeepNone) {
  for (const char* type : {"any", "dict", "exec", "image", "", "String"}) {
    EXPECT_TRUE(with_type_default(type, Value()).is_none()) << type;
  }
}

TEST(Port, ExplicitDefaultIsKeptWhateverItsType) {
  EXPECT_TRUE(same(with_type_default("int", Value("x")), Value("x")));
  EXPECT_TRUE(same(with_type_default("string", Value(false)), Value(false)));
  EXPECT_TRUE(same(with_type_default("list", Value("")), Value("")));
}

TEST(Port, TypeWidgetOrMarkSayThatItNamesAFile) {
  EXPECT_TRUE((Port{.name = "a", .type = "path"}.names_file()));
  EXPECT_TRUE((Port{.name = "a", .type = "string", .widget = "file_save"}.names_file()));
  EXPECT_TRUE((Port{.name = "a", .type = "string", .is_file_name = true}.names_file()));
  EXPECT_FALSE((Port{.name = "path", .type = "string", .widget = "text"}.names_file()));
}

TEST(Port, OnlyTheExactTypeIsExec) {
  EXPECT_TRUE((Port{.name = "a", .type = "exec"}.is_exec()));
  EXPECT_FALSE((Port{.name = "exec_in"}.is_exec()));
  EXPECT_FALSE((Port{.name = "a", .type = "Exec"}.is_exec()));
}

}  // namespace
}  // namespace vnode
