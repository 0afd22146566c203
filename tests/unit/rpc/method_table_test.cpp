#include "rpc/method_table.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "model/json_reader.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

std::optional<RpcError> check(std::string_view method, std::string_view params) {
  const Result<Value> value = parse_json(params);
  EXPECT_TRUE(value.ok()) << params;
  return check_call({.id = Value(1), .method = std::string(method), .params = value.value().as_dict()});
}

void expect_refused(std::string_view method, std::string_view params, std::string_view message) {
  const std::optional<RpcError> error = check(method, params);
  ASSERT_TRUE(error.has_value()) << method << params;
  EXPECT_EQ(error->code, RpcErrorCode::kInvalidParams);
  EXPECT_EQ(error->word, "invalid_params");
  EXPECT_EQ(error->message, message);
}

TEST(MethodTable, HasTheMethodsOfTheProtocol) {
  std::set<std::string> names;
  for (const MethodSpec& method : method_table()) {
    EXPECT_TRUE(names.emplace(method.name).second) << method.name;
    EXPECT_FALSE(method.summary.empty());
    EXPECT_EQ(find_method(method.name), &method);
    std::set<std::string_view> params;
    for (const ParamSpec& param : method.params) {
      EXPECT_TRUE(params.insert(param.name).second) << method.name << " " << param.name;
      EXPECT_FALSE(param.summary.empty()) << method.name << " " << param.name;
    }
  }
  EXPECT_EQ(names, (std::set<std::string>{
                       "auth",       "daemon.info", "daemon.shutdown", "nodes.list",   "nodes.reload",
                       "queue.list", "queue.pause", "queue.remove",    "queue.resume", "queue.set",
                       "run.cancel", "run.clear",   "run.events",      "run.explain",  "run.get",
                       "run.list",   "run.submit",  "run.unsubscribe", "run.wait",     "run.watch"}));
  EXPECT_EQ(find_method("run"), nullptr);
  EXPECT_EQ(find_method(""), nullptr);
}

TEST(MethodTable, AcceptsWhatIsRight) {
  EXPECT_FALSE(check("run.watch", "{}"));
  EXPECT_FALSE(check("run.get", R"({"id":"x"})"));
  EXPECT_FALSE(check("run.wait", R"({"id":"x","timeout":1.5})"));
  EXPECT_FALSE(check("run.submit", R"({"workflow":{},"name":"w","params":[1],"environment":{"A":"b"},
    "directory":"/","timeout":"1d12h","retries":0,"on_interrupt":"retry","queue":"q","priority":-5,
    "resources":{"r":1},"description":"","info":{"a":[]},"key":"k","hooks":[],"fail_fast":true,
    "failed_inputs":"skip","init_only":false,"seed":42,"path":"/w.json"})"));
  EXPECT_FALSE(check("run.list", R"({"statuses":["failed","pending"],"limit":5})"));
}

TEST(MethodTable, NamesTheNearestMethod) {
  const std::optional<RpcError> error = check("run.lst", "{}");
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, RpcErrorCode::kMethodNotFound);
  EXPECT_EQ(error->word, "unknown_method");
  EXPECT_EQ(error->message, "there is no method 'run.lst'; did you mean 'run.list'?");
  EXPECT_TRUE(same(*error->data.find("nearest"), Value("run.list")));
  const std::optional<RpcError> other = check("something else", "{}");
  EXPECT_EQ(other->message, "there is no method 'something else'");
  EXPECT_EQ(other->data.find("nearest"), nullptr);
}

TEST(MethodTable, NamesTheNearestParam) {
  expect_refused("run.submit", R"({"workfow":{}})",
                 "run.submit has no param 'workfow'; did you mean 'workflow'?");
  expect_refused("run.watch", R"({"a":1})", "run.watch has no param 'a'");
  const std::optional<RpcError> error = check("run.get", R"({"ids":"x"})");
  EXPECT_TRUE(same(*error->data.find("nearest"), Value("id")));
  EXPECT_TRUE(same(*error->data.find("param"), Value("ids")));
}

TEST(MethodTable, NamesWhatIsMissing) {
  expect_refused("run.get", "{}", "run.get needs the param 'id': a run's id, or the beginning of it");
  expect_refused("auth", "{}", "auth needs the param 'token': as in the daemon's token file");
}

TEST(MethodTable, TellsWhatHasTheWrongType) {
  expect_refused("run.get", R"({"id":5})", "run.get: 'id' has to be a text, not 5");
  expect_refused("run.get", R"({"id":null})", "run.get: 'id' has to be a text, not null");
  expect_refused("run.events", R"({"id":"x","since":-1})",
                 "run.events: 'since' has to be a whole number from 0, not -1");
  expect_refused("run.events", R"({"id":"x","since":1.0})",
                 "run.events: 'since' has to be a whole number from 0, not 1.0");
  expect_refused("run.events", R"({"id":"x","follow":"yes"})",
                 "run.events: 'follow' has to be true or false, not 'yes'");
  expect_refused("run.submit", R"({"priority":[]})",
                 "run.submit: 'priority' has to be a whole number, not a list");
  expect_refused("run.submit", R"({"priority":99999999999999999999})",
                 "run.submit: 'priority' has to be a whole number, not a number that is too large");
  expect_refused("run.submit", R"({"workflow":"w.json"})",
                 "run.submit: 'workflow' has to be an object, not 'w.json'");
  expect_refused("run.submit", R"({"params":{}})", "run.submit: 'params' has to be a list, not an object");
  expect_refused("run.cancel", R"({"ids":"x"})", "run.cancel: 'ids' has to be a list of texts, not 'x'");
  expect_refused("run.cancel", R"({"ids":["x",1]})", "run.cancel: 'ids' has to be a list of texts");
  expect_refused("run.submit", R"({"environment":{"A":1}})",
                 "run.submit: 'environment' has to be an object whose members are texts");
  expect_refused("run.submit", R"({"resources":{"r":0}})",
                 "run.submit: 'resources' has to be an object whose members are whole numbers from 1");
  expect_refused(
      "run.submit", R"({"resources":true})",
      "run.submit: 'resources' has to be an object whose members are whole numbers from 1, not true");
}

TEST(MethodTable, DurationsAreSecondsOrTexts) {
  for (const char* good : {"0", "5", "1.5", "\"90s\"", "\"0s\"", "\"1d12h\""})
    EXPECT_FALSE(check("run.wait", R"({"id":"x","timeout":)" + std::string(good) + "}")) << good;
  for (const char* bad : {"-1", "-0.5", "NaN", "Infinity", "\"90\"", "\"soon\"", "null", "true", "[]"})
    EXPECT_TRUE(check("run.wait", R"({"id":"x","timeout":)" + std::string(bad) + "}")) << bad;
  expect_refused("run.wait", R"({"id":"x","timeout":"soon"})",
                 "run.wait: 'timeout' has to be a number of seconds, or a text such as \"90s\" or \"1.5h\", "
                 "not 'soon'");
}

TEST(MethodTable, LongNamesAreCutInMessages) {
  std::string name = "run.";
  while (name.size() < 1'000'000) name += "\u00e4";
  const std::optional<RpcError> error = check(name, "{}");
  ASSERT_TRUE(error.has_value());
  EXPECT_LT(error->message.size(), 200u);
  const std::optional<RpcError> param = check("run.get", "{\"" + name + "\":\"" + name + "\"}");
  EXPECT_LT(param->message.size(), 200u);
  const std::optional<RpcError> value = check("run.events", "{\"id\":\"x\",\"since\":\"" + name + "\"}");
  EXPECT_LT(value->message.size(), 200u);
}

}  // namespace
}  // namespace vnode
