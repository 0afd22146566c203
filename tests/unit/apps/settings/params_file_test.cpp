#include "apps/vnode/settings/params_file.h"

#include <gtest/gtest.h>

#include "model/value_ops.h"
#include "support/scratch_folder.h"

namespace vnode {
namespace {

Result<std::vector<Override>> read_params(const std::string& suffix, const std::string& text) {
  const test::ScratchFolder folder;
  return read_params_file(folder.write("params" + suffix, text));
}

TEST(ParamsFile, ReadsYamlAndJson) {
  for (const auto& [suffix, text] : {std::pair{".yaml", "my.node:\n  a.b: 1\n  c: '2'\n"},
                                     std::pair{".json", R"({"my.node": {"a.b": 1, "c": "2"}})"}}) {
    const auto overrides = read_params(suffix, text);
    ASSERT_TRUE(overrides) << suffix;
    ASSERT_EQ(overrides->size(), 2u);
    EXPECT_EQ(overrides->at(0).target, "my.node");
    EXPECT_EQ(overrides->at(0).port, "a.b");
    EXPECT_TRUE(same(std::get<Value>(overrides->at(0).value), Value(1)));
    EXPECT_TRUE(same(std::get<Value>(overrides->at(1).value), Value("2")));
  }
}

TEST(ParamsFile, NamesThatAreNoMappingsAreParametersOfTheWorkflow) {
  const auto overrides = read_params(".yaml", "frames: 1-20\nnode:\n  port: 1\nfiles: [a]\n");
  ASSERT_TRUE(overrides);
  ASSERT_EQ(overrides->size(), 3u);
  EXPECT_EQ(overrides->at(0).target, "frames");
  EXPECT_FALSE(overrides->at(0).port);
  EXPECT_TRUE(same(std::get<Value>(overrides->at(0).value), Value("1-20")));
  EXPECT_EQ(overrides->at(1).port, "port");
  EXPECT_TRUE(same(std::get<Value>(overrides->at(2).value), Value::list({Value("a")})));
}

TEST(ParamsFile, AnEmptyFileSetsNothing) { EXPECT_TRUE(read_params(".yaml", "")->empty()); }

TEST(ParamsFile, RefusesOtherShapes) {
  for (const char* text : {"[1]", "a.b: 1", "a: {b: [}"}) EXPECT_FALSE(read_params(".yaml", text)) << text;
  EXPECT_FALSE(read_params(".json", "{"));
  EXPECT_EQ(read_params_file("/nonexistent.yaml").error().code, ErrorCode::kNotFound);
}

TEST(ParamsFile, SplitsParametersAtTheFirstEqualsSign) {
  const Result<Override> parameter = parse_parameter("a.b=c=d");
  ASSERT_TRUE(parameter);
  EXPECT_EQ(parameter->target, "a.b");
  EXPECT_EQ(std::get<std::string>(parameter->value), "c=d");
  EXPECT_FALSE(parse_parameter("a.b"));
  EXPECT_FALSE(parse_parameter("=c"));
}

}  // namespace
}  // namespace vnode
