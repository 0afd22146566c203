#include "apps/vnode/settings/setting_value.h"

#include <gtest/gtest.h>

#include "apps/vnode/schemas/config_schema.h"
#include "model/json_reader.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

Result<Value> read_for(std::string_view key, const Value& written) {
  return read_setting(find_setting(key), written);
}

TEST(SettingTable, TakesEachTypeInItsForms) {
  EXPECT_TRUE(same(read_for("python", "mayapy").value(), "mayapy"));
  EXPECT_TRUE(same(read_for("memory", "1G").value(), Value(1 << 30)));
  EXPECT_TRUE(same(read_for("memory", Value(1 << 30)).value(), Value(1 << 30)));
  EXPECT_TRUE(same(read_for("grace", "1.5s").value(), "1.5s"));
  EXPECT_TRUE(same(read_for("prefer_native", Value(true)).value(), Value(true)));
  EXPECT_TRUE(same(read_for("jobs", Value(3)).value(), Value(3)));
  EXPECT_TRUE(same(read_for("logged_errors", "report").value(), "report"));
  EXPECT_EQ(read_for("nodes", Value::list({"a", "b"}))->as_list().size(), 2u);
  EXPECT_EQ(read_for("nodes", "a")->as_list().size(), 1u);
  for (const SettingEntry& entry : setting_table()) EXPECT_TRUE(read_setting(entry, Value())->is_none());
}

TEST(SettingTable, RefusesWrongTypesAndRanges) {
  const Value list = Value::list({Value(1)});
  for (const auto& [key, value] :
       {std::pair{"python", Value(3)}, std::pair{"python", Value("")}, std::pair{"memory", list},
        std::pair{"memory", Value("much")}, std::pair{"memory", Value(512)}, std::pair{"memory", Value(true)},
        std::pair{"grace", Value(5)}, std::pair{"grace", Value("5")}, std::pair{"nodes", list},
        std::pair{"nodes", Value(1)}, std::pair{"prefer_native", Value("yes")},
        std::pair{"prefer_native", Value(1)}, std::pair{"jobs", Value(0)}, std::pair{"jobs", Value("3")},
        std::pair{"jobs", Value(5000)}, std::pair{"jobs", Value(1.5)},
        std::pair{"logged_errors", Value("never")}, std::pair{"logged_errors", Value(true)},
        std::pair{"max_value_bytes", Value(-1)}}) {
    EXPECT_FALSE(read_for(key, value)) << key << " " << to_repr(value);
  }
  EXPECT_NE(read_for("memory", Value(512)).error().message.find("16M"), std::string::npos);
  EXPECT_TRUE(read_for("max_result_bytes", Value(0)));
  EXPECT_NE(read_for("max_result_bytes", "16M").error().message.find("15M"), std::string::npos);
}

TEST(SettingTable, TakesMapsHooksAndWhatIsUnlimited) {
  const Dict queues = {{"render", Value(2)}, {"default", Value(8)}};
  EXPECT_TRUE(same(read_for("queues", queues).value(), queues));
  EXPECT_TRUE(read_for("resources", Value(Dict{{"gpu", Value(0)}})));
  const Value command(Dict{{"command", Value::list({"notify", "done"})}});
  const Value url(Dict{{"url", Value("http://x")}});
  EXPECT_TRUE(read_for("hooks", Value::list({command, url})));
  for (const std::string_view key : {"keep_age", "keep_runs", "keep_event_bytes", "max_event_bytes"}) {
    EXPECT_TRUE(same(read_for(key, kUnlimited).value(), kUnlimited)) << key;
  }
  EXPECT_TRUE(same(read_for("keep_runs", Value(5)).value(), Value(5)));
  EXPECT_TRUE(same(read_for("keep_event_bytes", "1M").value(), Value(1 << 20)));
}

TEST(SettingTable, RefusesWrongMapsAndHooks) {
  const auto dict = [](std::string_view key, const Value& value) {
    Dict made;
    made.set(key, value);
    return Value(made);
  };
  for (const auto& [key, value] :
       {std::pair{"queues", Value("default")}, std::pair{"queues", dict("q", 0)},
        std::pair{"queues", dict("q", "2")}, std::pair{"queues", dict("", 1)},
        std::pair{"resources", dict("r", -1)}, std::pair{"hooks", dict("command", Value::list({"x"}))},
        std::pair{"hooks", Value::list({Value("x")})},
        std::pair{"hooks", Value::list({dict("command", "x")})},
        std::pair{"hooks", Value::list({dict("command", Value::empty_list())})},
        std::pair{"hooks", Value::list({dict("command", Value::list({Value("")}))})},
        std::pair{"hooks", Value::list({dict("url", "file:///x")})},
        std::pair{"hooks", Value::list({dict("url", "")})}, std::pair{"hooks", Value::list({Value(Dict())})},
        std::pair{"max_pending", Value(kUnlimited)}, std::pair{"keep_runs", Value("many")},
        std::pair{"keep_age", Value("")}, std::pair{"socket", Value("")}, std::pair{"listen", Value(80)}}) {
    EXPECT_FALSE(read_for(key, value)) << key << " " << to_repr(value);
  }
}

TEST(SettingTable, AdvisesOnUnknownKeys) {
  EXPECT_EQ(advise_setting("memroy"), "did you mean 'memory'?");
  EXPECT_EQ(advise_setting("prefer-native"), "did you mean 'prefer_native'?");
  EXPECT_NE(advise_setting("colour scheme").find("there are 'python', 'memory'"), std::string::npos);
}

TEST(SettingTable, TheSchemaDescribesEveryKey) {
  const Result<Value> schema = parse_json(config_schema());
  ASSERT_TRUE(schema);
  const Value properties = *schema->as_dict().find("properties");
  EXPECT_EQ(properties.as_dict().size(), setting_table().size());
  for (const SettingEntry& entry : setting_table()) EXPECT_NE(properties.as_dict().find(entry.key), nullptr);
}

}  // namespace
}  // namespace vnode
