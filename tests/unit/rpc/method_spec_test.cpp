#include "rpc/method_spec.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "model/json_reader.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

constexpr std::array kRunParams = {
    ParamSpec{.name = "id", .kind = ParamKind::kText, .is_required = true, .summary = "which run"}};
constexpr std::array kEveryKind = {
    ParamSpec{.name = "text", .kind = ParamKind::kText, .summary = "s"},
    ParamSpec{.name = "count", .kind = ParamKind::kCount, .summary = "s"},
    ParamSpec{.name = "integer", .kind = ParamKind::kInteger, .summary = "s"},
    ParamSpec{.name = "switch", .kind = ParamKind::kSwitch, .summary = "s"},
    ParamSpec{.name = "duration", .kind = ParamKind::kDuration, .summary = "s"},
    ParamSpec{.name = "texts", .kind = ParamKind::kTexts, .summary = "s"},
    ParamSpec{.name = "text_map", .kind = ParamKind::kTextMap, .summary = "s"},
    ParamSpec{.name = "amount_map", .kind = ParamKind::kAmountMap, .summary = "s"},
    ParamSpec{.name = "object", .kind = ParamKind::kObject, .summary = "s"},
    ParamSpec{.name = "list", .kind = ParamKind::kList, .summary = "s"},
    ParamSpec{.name = "any", .kind = ParamKind::kAny, .summary = "s"},
};
constexpr MethodSpec kGet{.name = "run.get", .summary = "one run", .params = kRunParams};
constexpr MethodSpec kDo{.name = "do", .summary = "takes everything", .params = kEveryKind};
constexpr MethodSpec kWatch{.name = "run.watch", .summary = "takes nothing"};
constexpr std::array kMethods = {kGet, kDo, kWatch};

std::optional<RpcError> check(const MethodSpec& method, std::string_view params) {
  const Result<Value> value = parse_json(params);
  EXPECT_TRUE(value.ok()) << params;
  return check_call(method,
                    {.id = Value(1), .method = std::string(method.name), .params = value.value().as_dict()});
}

void expect_refused(const MethodSpec& method, std::string_view params, std::string_view message) {
  const std::optional<RpcError> error = check(method, params);
  ASSERT_TRUE(error.has_value()) << method.name << params;
  EXPECT_EQ(error->code, RpcErrorCode::kInvalidParams);
  EXPECT_EQ(error->word, "invalid_params");
  EXPECT_EQ(error->message, message);
}

TEST(MethodSpecs, AcceptWhatIsRight) {
  EXPECT_FALSE(check(kWatch, "{}"));
  EXPECT_FALSE(check(kGet, R"({"id":"x"})"));
  EXPECT_FALSE(check(kDo, "{}"));
  EXPECT_FALSE(
      check(kDo, R"({"text":"","count":0,"integer":-5,"switch":false,"duration":"1d12h","texts":["a"],
    "text_map":{"A":"b"},"amount_map":{"r":1},"object":{"a":[]},"list":[1],"any":null})"));
  EXPECT_FALSE(check(kDo, R"({"texts":[],"text_map":{},"amount_map":{},"object":{},"list":[],"any":[{}]})"));
}

TEST(MethodSpecs, NameTheNearestMethod) {
  const RpcError error = unknown_method("run.gt", kMethods);
  EXPECT_EQ(error.code, RpcErrorCode::kMethodNotFound);
  EXPECT_EQ(error.word, "unknown_method");
  EXPECT_EQ(error.message, "there is no method 'run.gt'; did you mean 'run.get'?");
  EXPECT_TRUE(same(*error.data.find("nearest"), Value("run.get")));
  const RpcError other = unknown_method("something else", kMethods);
  EXPECT_EQ(other.message, "there is no method 'something else'");
  EXPECT_EQ(other.data.find("nearest"), nullptr);
}

TEST(MethodSpecs, NameTheNearestParam) {
  expect_refused(kDo, R"({"integr":1})", "do has no param 'integr'; did you mean 'integer'?");
  expect_refused(kWatch, R"({"a":1})", "run.watch has no param 'a'");
  const std::optional<RpcError> error = check(kGet, R"({"ids":"x"})");
  EXPECT_TRUE(same(*error->data.find("nearest"), Value("id")));
  EXPECT_TRUE(same(*error->data.find("param"), Value("ids")));
}

TEST(MethodSpecs, NameWhatIsMissing) {
  expect_refused(kGet, "{}", "run.get needs the param 'id': which run");
}

TEST(MethodSpecs, TellWhatHasTheWrongType) {
  expect_refused(kGet, R"({"id":5})", "run.get: 'id' has to be a text, not 5");
  expect_refused(kGet, R"({"id":null})", "run.get: 'id' has to be a text, not null");
  expect_refused(kDo, R"({"count":-1})", "do: 'count' has to be a whole number from 0, not -1");
  expect_refused(kDo, R"({"count":1.0})", "do: 'count' has to be a whole number from 0, not 1.0");
  expect_refused(kDo, R"({"switch":"yes"})", "do: 'switch' has to be true or false, not 'yes'");
  expect_refused(kDo, R"({"integer":[]})", "do: 'integer' has to be a whole number, not a list");
  expect_refused(kDo, R"({"integer":99999999999999999999})",
                 "do: 'integer' has to be a whole number, not a number that is too large");
  expect_refused(kDo, R"({"object":"w.json"})", "do: 'object' has to be an object, not 'w.json'");
  expect_refused(kDo, R"({"list":{}})", "do: 'list' has to be a list, not an object");
  expect_refused(kDo, R"({"texts":"x"})", "do: 'texts' has to be a list of texts, not 'x'");
  expect_refused(kDo, R"({"texts":["x",1]})", "do: 'texts' has to be a list of texts");
  expect_refused(kDo, R"({"text_map":{"A":1}})",
                 "do: 'text_map' has to be an object whose members are texts");
  expect_refused(
      kDo, R"({"amount_map":{"r":0}})",
      "do: 'amount_map' has to be an object whose members are numbers above 0, or sizes such as \"8G\"");
  expect_refused(kDo, R"({"amount_map":true})",
                 "do: 'amount_map' has to be an object whose members are numbers above 0, or sizes such as "
                 "\"8G\", not true");
}

TEST(MethodSpecs, TakeDurationsAsSecondsOrTexts) {
  for (const char* good : {"0", "5", "1.5", "\"90s\"", "\"0s\"", "\"1d12h\""})
    EXPECT_FALSE(check(kDo, R"({"duration":)" + std::string(good) + "}")) << good;
  for (const char* bad : {"-1", "-0.5", "NaN", "Infinity", "\"90\"", "\"soon\"", "null", "true", "[]"})
    EXPECT_TRUE(check(kDo, R"({"duration":)" + std::string(bad) + "}")) << bad;
  expect_refused(kDo, R"({"duration":"soon"})",
                 "do: 'duration' has to be a number of seconds, or a text such as \"90s\" or \"1.5h\", "
                 "not 'soon'");
}

TEST(MethodSpecs, CutLongNamesInMessages) {
  std::string name = "run.";
  while (name.size() < 1'000'000) name += "\u00e4";
  EXPECT_LT(unknown_method(name, kMethods).message.size(), 200u);
  const std::optional<RpcError> param = check(kGet, "{\"" + name + "\":\"" + name + "\"}");
  EXPECT_LT(param->message.size(), 200u);
  const std::optional<RpcError> value = check(kDo, "{\"count\":\"" + name + "\"}");
  EXPECT_LT(value->message.size(), 200u);
}

TEST(MethodSpecs, LimitTheSizesOfTheirParams) {
  const auto refusal = [](const std::string& params) {
    const std::optional<RpcError> error = check(kDo, params);
    return error ? error->message : "";
  };
  const std::string most(4096, 'x');
  const auto quoted = [](const std::string& text) { return '"' + text + '"'; };
  EXPECT_EQ(refusal(R"({"text":)" + quoted(most) + "}"), "");
  EXPECT_EQ(refusal(R"({"text":)" + quoted(most + "x") + "}"), "do: 'text' is longer than 4096 bytes");
  EXPECT_EQ(refusal(R"({"texts":["a",)" + quoted(most + "x") + "]}"),
            "do: 'texts' has an item that is longer than 4096 bytes");
  std::string many = R"("a")";
  for (int i = 1; i < 1000; ++i) many += R"(,"a")";
  EXPECT_EQ(refusal(R"({"texts":[)" + many + "]}"), "");
  EXPECT_EQ(refusal(R"({"texts":[)" + many + R"(,"a"]})"), "do: 'texts' has more than 1000 items");
  EXPECT_EQ(refusal(R"({"amount_map":{)" + quoted(std::string(257, 'x')) + ":1}}"),
            "do: 'amount_map' has a name that is longer than 256 bytes");
  EXPECT_EQ(refusal(R"({"text_map":{"PATH":)" + quoted(most + most) + "}}"), "")
      << "as long as the system takes";
}

TEST(MethodSpecs, FindNothingNearToAVeryLongName) {
  const std::string name = "run.get" + std::string(100'000, 't');
  EXPECT_EQ(unknown_method(name, kMethods).data.find("nearest"), nullptr);
}

}  // namespace
}  // namespace vnode
