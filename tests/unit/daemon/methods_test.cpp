#include "daemon/methods.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "model/json_reader.h"
#include "rpc/rpc_schema.h"

namespace vnode {
namespace {

using Json = nlohmann::json;

/// lib/rpc/protocol.md.
std::string protocol_document() {
  std::ifstream file(VNODE_SOURCE_DIR "/lib/rpc/protocol.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Paragraphs of methods begin with the name of one, `**name**`; what belongs to it ends where the next
/// begins, or a chapter.
std::vector<std::string> method_sections(const std::string& document) {
  std::vector<std::string> sections;
  std::istringstream lines(document);
  bool is_within = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) is_within = false;
    if (line.starts_with("**")) {
      is_within = true;
      sections.emplace_back();
    }
    if (is_within) sections.back() += line + "\n";
  }
  return sections;
}

std::string section_of(std::string_view method, const std::vector<std::string>& sections) {
  for (const std::string& section : sections) {
    if (section.find("**" + std::string(method) + "**") != section.npos) return section;
  }
  return "";
}

/// As a name in the text, or a member in an example.
bool names(const std::string& text, const std::string& name) {
  return text.find("`" + name + "`") != text.npos || text.find("\"" + name + "\":") != text.npos;
}

std::optional<RpcError> check(std::string_view method, std::string_view params) {
  const Result<Value> value = parse_json(params);
  EXPECT_TRUE(value.ok()) << params;
  const Method* found = find_method(method);
  EXPECT_NE(found, nullptr) << method;
  return check_call(found->spec, {.method = std::string(method), .params = value.value().as_dict()});
}

TEST(Methods, AreDeclaredOnceAndInFull) {
  std::set<std::string_view> names;
  for (const MethodSpec& spec : method_specs()) {
    EXPECT_TRUE(names.insert(spec.name).second) << spec.name;
    EXPECT_FALSE(spec.summary.empty()) << spec.name;
    const Method* method = find_method(spec.name);
    ASSERT_NE(method, nullptr) << spec.name;
    EXPECT_EQ(method->spec.name, spec.name);
    EXPECT_NE(method->handler, nullptr) << spec.name;
    std::set<std::string_view> params;
    for (const ParamSpec& param : spec.params) {
      EXPECT_TRUE(params.insert(param.name).second) << spec.name << " " << param.name;
      EXPECT_FALSE(param.summary.empty()) << spec.name << " " << param.name;
    }
  }
  EXPECT_EQ(find_method("run"), nullptr);
  EXPECT_EQ(find_method(""), nullptr);
}

TEST(Methods, AreThoseOfTheProtocolDocument) {
  const std::string document = protocol_document();
  std::set<std::string> documented;
  const std::regex name(R"(\*\*([a-z_]+\.[a-z_]+|auth)\*\*)");
  for (std::sregex_iterator at(document.begin(), document.end(), name), end; at != end; ++at) {
    documented.insert((*at)[1]);
  }
  std::set<std::string> declared;
  for (const MethodSpec& spec : method_specs()) declared.emplace(spec.name);
  EXPECT_EQ(documented, declared);
  EXPECT_GE(declared.size(), 20u);
}

TEST(Methods, HaveTheirParamsAndResultsInTheProtocolDocument) {
  const std::vector<std::string> sections = method_sections(protocol_document());
  const Json schema = Json::parse(rpc_schema(method_specs()));
  for (const MethodSpec& spec : method_specs()) {
    const std::string section = section_of(spec.name, sections);
    for (const ParamSpec& param : spec.params) {
      EXPECT_TRUE(names(section, std::string(param.name))) << spec.name << ": param " << param.name;
    }
    const Json result = Json::parse(spec.result);
    EXPECT_TRUE(result.contains("properties") || result.contains("$ref")) << spec.name;
    const Json members = result.value("properties", Json::object());
    for (const auto& [member, kind] : members.items()) {
      EXPECT_TRUE(names(section, member)) << spec.name << ": result " << member;
    }
  }
  for (const auto& [member, kind] : schema["$defs"]["run"]["properties"].items()) {
    EXPECT_TRUE(names(protocol_document(), member)) << "a run: " << member;
  }
}

TEST(Methods, RequireOnlyMembersOfTheirResultsThatTheyTell) {
  for (const MethodSpec& spec : method_specs()) {
    const Json result = Json::parse(spec.result);
    for (const Json& member : result.value("required", Json::array())) {
      EXPECT_TRUE(result.at("properties").contains(member.get<std::string>())) << spec.name << " " << member;
    }
  }
}

TEST(Methods, ReferOnlyToWhatTheSchemaHas) {
  const Json schema = Json::parse(rpc_schema(method_specs()));
  const std::string text = rpc_schema(method_specs());
  const std::regex reference(R"re("\$ref": *"#([^"]+)")re");
  std::size_t found = 0;
  for (std::sregex_iterator at(text.begin(), text.end(), reference), end; at != end; ++at, ++found) {
    EXPECT_TRUE(schema.contains(Json::json_pointer((*at)[1].str()))) << (*at)[1];
  }
  EXPECT_GT(found, method_specs().size());
}

TEST(Methods, ForStrangersAreOnlyThoseThatShowTheToken) {
  for (const MethodSpec& spec : method_specs()) {
    EXPECT_EQ(find_method(spec.name)->is_for_strangers, spec.name == "auth") << spec.name;
  }
}

TEST(Methods, TakeTheirParams) {
  EXPECT_FALSE(check("run.watch", "{}"));
  EXPECT_FALSE(check("run.get", R"({"id":"x"})"));
  EXPECT_FALSE(check("run.wait", R"({"id":"x","timeout":1.5})"));
  EXPECT_FALSE(check("run.submit", R"({"workflow":{},"name":"w","params":[1],"environment":{"A":"b"},
    "directory":"/","timeout":"1d12h","retries":0,"on_interrupt":"retry","queue":"q","priority":-5,
    "resources":{"r":1},"description":"","info":{"a":[]},"key":"k","hooks":[],"fail_fast":true,
    "failed_inputs":"skip","init_only":false,"seed":42,"path":"/w.json"})"));
  EXPECT_FALSE(check("run.list", R"({"statuses":["failed","pending"],"limit":5})"));
}

TEST(Methods, RefuseOtherParams) {
  const std::pair<const char*, const char*> cases[] = {{"run.watch", R"({"a":1})"},
                                                       {"run.get", "{}"},
                                                       {"auth", "{}"},
                                                       {"run.submit", R"({"workfow":{}})"},
                                                       {"run.submit", R"({"priority":[]})"},
                                                       {"run.submit", R"({"workflow":"w.json"})"},
                                                       {"run.submit", R"({"params":{}})"},
                                                       {"run.submit", R"({"environment":{"A":1}})"},
                                                       {"run.submit", R"({"resources":{"r":0}})"},
                                                       {"run.events", R"({"id":"x","since":-1})"},
                                                       {"run.events", R"({"id":"x","follow":"yes"})"},
                                                       {"run.cancel", R"({"ids":"x"})"},
                                                       {"run.wait", R"({"id":"x","timeout":"soon"})"}};
  for (const auto& [method, params] : cases) {
    EXPECT_TRUE(check(method, params).has_value()) << method << params;
  }
  EXPECT_EQ(check("run.get", "{}")->message,
            "run.get needs the param 'id': a run's id, or the beginning of it");
  EXPECT_EQ(check("auth", "{}")->message, "auth needs the param 'token': as in the daemon's token file");
  EXPECT_EQ(check("run.submit", R"({"workfow":{}})")->message,
            "run.submit has no param 'workfow'; did you mean 'workflow'?");
}

}  // namespace
}  // namespace vnode
