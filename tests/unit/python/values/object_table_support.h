#pragma once

#include <gtest/gtest.h>

#include <string>

#include "model/json_reader.h"
#include "python/values/object_table.h"

namespace vnode {

/// The text that a host is sent for the value.
inline std::string written(ObjectTable& table, const Value& value) {
  std::string out;
  table.append_value(out, value);
  return out;
}

/// What a host's text stands for.
inline Value received(ObjectTable& table, const std::string& json) {
  const Result<Value> raw = parse_json(json);
  EXPECT_TRUE(raw.ok()) << json;
  Result<Value> value = table.read_value(*raw);
  EXPECT_TRUE(value.ok()) << json << ": " << (value.ok() ? "" : value.error().message);
  return value.ok() ? *value : Value::unset();
}

}  // namespace vnode
