#include "rpc/rpc_schema.h"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "rpc/submission.h"

namespace vnode {
namespace {

using Json = nlohmann::json;

constexpr std::array kThingParams = {
    ParamSpec{.name = "id", .kind = ParamKind::kText, .is_required = true, .summary = "which one"},
    ParamSpec{.name = "for", .kind = ParamKind::kDuration, .summary = "how long"},
    ParamSpec{.name = "names", .kind = ParamKind::kTexts, .summary = "what of it"},
    ParamSpec{.name = "any", .kind = ParamKind::kAny, .summary = "whatever"}};
constexpr std::array kThings = {
    MethodSpec{.name = "thing.get",
               .summary = "one thing",
               .params = kThingParams,
               .result = R"({"required":["at"],"properties":{"at":{"$ref":"#/$defs/time"}}})"},
    MethodSpec{.name = "thing.run", .summary = "its run", .result = R"({"$ref":"#/$defs/run"})"},
    MethodSpec{.name = "plain", .summary = "says nothing of its result"}};

Json schema_of_things() { return Json::parse(rpc_schema(kThings)); }

void collect_references(const Json& value, std::set<std::string>& references) {
  if (value.is_object() && value.contains("$ref")) references.insert(value["$ref"].get<std::string>());
  if (value.is_structured()) {
    for (const Json& item : value) collect_references(item, references);
  }
}

TEST(RpcSchema, TellsEveryMethodAndItsParams) {
  const Json defs = schema_of_things()["$defs"];
  for (const MethodSpec& method : kThings) {
    const Json call = defs.at("call." + std::string(method.name));
    EXPECT_EQ(call["properties"]["method"]["const"], method.name);
    EXPECT_EQ(call["description"], method.summary);
    EXPECT_EQ(call["properties"]["params"]["properties"].size(), method.params.size());
  }
  EXPECT_EQ(defs["call.thing.get"]["required"], Json::parse(R"(["jsonrpc","method","params"])"));
  EXPECT_EQ(defs["call.plain"]["required"], Json::parse(R"(["jsonrpc","method"])"));
  EXPECT_EQ(defs["call.thing.get"]["properties"]["params"], Json::parse(R"({
    "type": "object",
    "required": ["id"],
    "additionalProperties": false,
    "properties": {
      "id": {"type": "string", "description": "which one"},
      "for": {"$ref": "#/$defs/duration", "description": "how long"},
      "names": {"type": "array", "items": {"type": "string"}, "description": "what of it"},
      "any": {"description": "whatever"}
    }
  })"));
}

TEST(RpcSchema, TellsEveryResult) {
  const Json defs = schema_of_things()["$defs"];
  const auto result = [&defs](const std::string& method) {
    return defs.at("reply." + method)["properties"]["result"];
  };
  EXPECT_EQ(
      result("thing.get"),
      Json::parse(R"({"type":"object","required":["at"],"properties":{"at":{"$ref":"#/$defs/time"}}})"));
  EXPECT_EQ(result("thing.run"), Json::parse(R"({"type":"object","$ref":"#/$defs/run"})"));
  EXPECT_EQ(result("plain"), Json::parse(R"({"type":"object"})"));
}

TEST(RpcSchema, EveryReferenceLeadsSomewhere) {
  const Json schema = schema_of_things();
  std::set<std::string> references;
  collect_references(schema, references);
  EXPECT_GT(references.size(), kThings.size());
  for (const std::string& reference : references) {
    ASSERT_TRUE(reference.starts_with("#/")) << reference;
    EXPECT_TRUE(schema.contains(Json::json_pointer(reference.substr(1)))) << reference;
  }
}

TEST(RpcSchema, NamesItsVersionAndTheNotifications) {
  const Json schema = schema_of_things();
  EXPECT_EQ(schema["title"], "vnode.rpc/" + std::to_string(kRpcProtocol));
  for (const char* name : {"hello", "run.event", "run.events_end", "run.changed", "run.removed"})
    EXPECT_TRUE(schema["$defs"].contains(std::string("notification.") + name)) << name;
}

TEST(RpcSchema, TellsWhatWasSubmittedByTheSameNames) {
  const Json properties = schema_of_things()["$defs"]["submitted"]["properties"];
  EXPECT_EQ(properties.size(), kSubmissionFields.size() - 1) << "all but the document";
  EXPECT_FALSE(properties.contains("workflow"));
  EXPECT_EQ(properties["retries"]["type"], "integer");
  for (const char* name : {"secrets", "environment"}) EXPECT_EQ(properties[name]["type"], "array") << name;
}

}  // namespace
}  // namespace vnode
