#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "rpc/method_table.h"

namespace vnode {
namespace {

using Json = nlohmann::json;

void collect_references(const Json& value, std::set<std::string>& references) {
  if (value.is_object() && value.contains("$ref")) references.insert(value["$ref"].get<std::string>());
  if (value.is_structured()) {
    for (const Json& item : value) collect_references(item, references);
  }
}

TEST(RpcSchema, TellsEveryMethodAndItsParams) {
  const Json schema = Json::parse(rpc_schema());
  for (const MethodSpec& method : method_table()) {
    const std::string name(method.name);
    ASSERT_TRUE(schema["$defs"].contains("call." + name)) << name;
    ASSERT_TRUE(schema["$defs"].contains("reply." + name)) << name;
    const Json& properties = schema["$defs"]["call." + name]["properties"];
    EXPECT_EQ(properties["method"]["const"], name);
    EXPECT_EQ(properties["params"]["properties"].size(), method.params.size());
    std::set<std::string> required;
    for (const Json& param : properties["params"].value("required", Json::array()))
      required.insert(param.get<std::string>());
    for (const ParamSpec& param : method.params)
      EXPECT_EQ(required.contains(std::string(param.name)), param.is_required) << name << " " << param.name;
  }
}

TEST(RpcSchema, EveryReferenceLeadsSomewhere) {
  const Json schema = Json::parse(rpc_schema());
  std::set<std::string> references;
  collect_references(schema, references);
  EXPECT_GT(references.size(), method_table().size());
  for (const std::string& reference : references) {
    ASSERT_TRUE(reference.starts_with("#/")) << reference;
    EXPECT_TRUE(schema.contains(Json::json_pointer(reference.substr(1)))) << reference;
  }
}

TEST(RpcSchema, NamesItsVersionAndTheNotifications) {
  const Json schema = Json::parse(rpc_schema());
  EXPECT_EQ(schema["title"], "vnode.rpc/" + std::to_string(kRpcProtocol));
  for (const char* name : {"hello", "run.event", "run.events_end", "run.changed", "run.removed"})
    EXPECT_TRUE(schema["$defs"].contains(std::string("notification.") + name)) << name;
}

}  // namespace
}  // namespace vnode
