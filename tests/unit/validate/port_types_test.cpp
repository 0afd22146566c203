#include "validate/port_types.h"

#include <gtest/gtest.h>

#include <string>

namespace vnode {
namespace {

constexpr bool kExecWire = true;
constexpr bool kDataWire = false;

std::string key_of(bool is_exec, std::string_view source, std::string_view target) {
  const auto mismatch = find_mismatch(is_exec, source, target);
  return mismatch ? mismatch->key : "";
}

TEST(PortTypes, AnyAndUnknownTypesGoWithAllData) {
  for (const char* type : {"any", "string", "int", "list", "dict", "bool", "Image"}) {
    EXPECT_EQ(key_of(kDataWire, "any", type), "") << type;
    EXPECT_EQ(key_of(kDataWire, type, "any"), "") << type;
    EXPECT_EQ(key_of(kDataWire, "Image", type), "") << type;
    EXPECT_EQ(key_of(kDataWire, type, type), "") << type;
  }
}

TEST(PortTypes, SingleValuesGoTogether) {
  const char* types[] = {"int", "float", "number", "bool", "boolean", "string"};
  for (const char* source : types) {
    for (const char* target : types)
      EXPECT_EQ(key_of(kDataWire, source, target), "") << source << " " << target;
  }
}

TEST(PortTypes, ListsAndDictsGoWithTextsOnly) {
  for (const char* container : {"list", "dict"}) {
    for (const char* number : {"int", "float", "number", "bool", "boolean"}) {
      EXPECT_EQ(key_of(kDataWire, container, number), "/to_port");
      EXPECT_EQ(key_of(kDataWire, number, container), "/to_port");
    }
    EXPECT_EQ(key_of(kDataWire, container, "string"), "");
    EXPECT_EQ(key_of(kDataWire, "string", container), "");
  }
  EXPECT_EQ(key_of(kDataWire, "list", "dict"), "/to_port");
  EXPECT_EQ(key_of(kDataWire, "dict", "list"), "/to_port");
}

TEST(PortTypes, ExecWiresStartAndEndAtExecPorts) {
  EXPECT_EQ(key_of(kExecWire, "exec", "exec"), "");
  EXPECT_EQ(key_of(kExecWire, "exec", "any"), "");
  EXPECT_EQ(key_of(kExecWire, "exec", "int"), "/to_port");
  EXPECT_EQ(key_of(kExecWire, "any", "exec"), "/is_exec");
  EXPECT_EQ(key_of(kExecWire, "int", "int"), "/is_exec");
}

TEST(PortTypes, DataWiresDoNotTouchExecPorts) {
  EXPECT_EQ(key_of(kDataWire, "exec", "exec"), "/is_exec");
  EXPECT_EQ(key_of(kDataWire, "any", "exec"), "/to_port");
  EXPECT_EQ(key_of(kDataWire, "exec", "string"), "/from_port");
  EXPECT_EQ(key_of(kDataWire, "exec", "any"), "") << "true or null is a value like others";
}

}  // namespace
}  // namespace vnode
