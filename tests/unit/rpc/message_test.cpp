#include "rpc/message.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/json_reader.h"
#include "model/json_writer.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

RpcRequest::Item only_item(std::string_view line) {
  const RpcRequest request = read_rpc_request(line);
  EXPECT_EQ(request.items.size(), 1u) << line.substr(0, 200);
  EXPECT_FALSE(request.is_batch);
  return request.items.empty() ? RpcRequest::Item() : request.items[0];
}

RpcError error_of(std::string_view line) {
  const RpcRequest::Item item = only_item(line);
  EXPECT_FALSE(item.call.has_value()) << line.substr(0, 200);
  EXPECT_TRUE(item.error.has_value());
  return item.error.value_or(RpcError());
}

Value json(std::string_view text) { return parse_json(text).value(); }

TEST(RpcRequestReader, ReadsACall) {
  const auto item =
      only_item(R"( {"jsonrpc":"2.0","id":7,"method":"run.get","params":{"id":"x"},"more":1} )");
  ASSERT_TRUE(item.call.has_value());
  EXPECT_TRUE(same(*item.call->id, Value(7)));
  EXPECT_EQ(item.call->method, "run.get");
  EXPECT_TRUE(same(*item.call->params.find("id"), Value("x")));
}

TEST(RpcRequestReader, IdsAreTextsNumbersOrNull) {
  for (const char* id : {"1", "-3", "1.5", "\"a\"", "\"\"", "null", "123456789012345678901234567890"}) {
    const auto item = only_item(R"({"jsonrpc":"2.0","method":"m","id":)" + std::string(id) + "}");
    ASSERT_TRUE(item.call && item.call->id) << id;
    EXPECT_TRUE(same(*item.call->id, json(id)));
  }
  const std::string long_id = "\"" + std::string(2000, 'x') + "\"";
  for (const std::string id : {"true", "[]", "{}", "NaN", "1e999", "-Infinity", long_id.c_str()}) {
    const auto item = only_item(R"({"jsonrpc":"2.0","method":"m","id":)" + id + "}");
    ASSERT_TRUE(item.error) << id;
    EXPECT_EQ(item.error->code, RpcErrorCode::kInvalidRequest);
    EXPECT_TRUE(item.error_id.is_none());
  }
}

TEST(RpcRequestReader, ACallWithoutIdIsANotification) {
  const auto item = only_item(R"({"jsonrpc":"2.0","method":"m"})");
  ASSERT_TRUE(item.call.has_value());
  EXPECT_FALSE(item.call->id.has_value());
  EXPECT_TRUE(item.call->params.empty());
}

TEST(RpcRequestReader, TellsWhatIsNoRequest) {
  for (const char* line :
       {"1", "\"text\"", "null", "{}", R"({"method":"m","id":1})", R"({"jsonrpc":"1.0","method":"m","id":1})",
        R"({"jsonrpc":2.0,"method":"m","id":1})", R"({"jsonrpc":"2.0","id":1})",
        R"({"jsonrpc":"2.0","method":1,"id":1})", R"({"jsonrpc":"2.0","method":"m","params":[1],"id":1})",
        R"({"jsonrpc":"2.0","method":"m","params":null,"id":1})", "[]"}) {
    const RpcError error = error_of(line);
    EXPECT_EQ(error.code, RpcErrorCode::kInvalidRequest) << line;
    EXPECT_EQ(error.word, "invalid_request") << line;
    EXPECT_FALSE(error.message.empty());
  }
  const auto item = only_item(R"({"jsonrpc":"2.0","method":"m","params":[1],"id":"me"})");
  EXPECT_TRUE(same(item.error_id, Value("me")));
}

TEST(RpcRequestReader, TellsBadJson) {
  for (const char* line : {"{", "nonsense", R"({"jsonrpc":"2.0",})", "{}{}", "[1,"}) {
    const RpcError error = error_of(line);
    EXPECT_EQ(error.code, RpcErrorCode::kParse) << line;
    EXPECT_EQ(error.word, "bad_json") << line;
    EXPECT_NE(error.message.find("column"), std::string::npos) << error.message;
  }
}

TEST(RpcRequestReader, TellsBadUtf8) {
  const RpcError error = error_of("{\"jsonrpc\":\"2.0\",\"method\":\"\xff\",\"id\":1}");
  EXPECT_EQ(error.code, RpcErrorCode::kParse);
  EXPECT_EQ(error.word, "bad_utf8");
  EXPECT_NE(error.message.find("28"), std::string::npos) << error.message;
}

TEST(RpcRequestReader, BlankLinesAreNothing) {
  for (const char* line : {"", " ", "\t \r"}) EXPECT_TRUE(read_rpc_request(line).items.empty());
}

TEST(RpcRequestReader, ReadsBatches) {
  const RpcRequest request = read_rpc_request(
      R"([{"jsonrpc":"2.0","id":1,"method":"a"},1,{"jsonrpc":"2.0","method":"b"},{"id":5},[]])");
  EXPECT_TRUE(request.is_batch);
  ASSERT_EQ(request.items.size(), 5u);
  EXPECT_EQ(request.items[0].call->method, "a");
  EXPECT_TRUE(request.items[1].error && request.items[1].error_id.is_none());
  EXPECT_EQ(request.items[2].call->method, "b");
  EXPECT_TRUE(same(request.items[3].error_id, Value(5)));
  EXPECT_TRUE(request.items[4].error);
}

TEST(RpcRequestReader, ABatchHasALimit) {
  const auto batch_of = [](std::size_t count) {
    std::string line = "[";
    for (std::size_t i = 0; i < count; ++i) line += i == 0 ? "1" : ",1";
    return line + "]";
  };
  EXPECT_EQ(read_rpc_request(batch_of(kMaxRpcBatch)).items.size(), kMaxRpcBatch);
  const RpcError error = error_of(batch_of(kMaxRpcBatch + 1));
  EXPECT_EQ(error.code, RpcErrorCode::kInvalidRequest);
  EXPECT_NE(error.message.find("1000"), std::string::npos) << error.message;
}

TEST(RpcRequestReader, DepthIsNoDanger) {
  for (const std::size_t depth : {50'000u, 1'000'000u}) {
    for (const char* open : {"[", "{\"a\":"}) {
      std::string line;
      for (std::size_t i = 0; i < depth; ++i) line += open;
      EXPECT_TRUE(only_item(line).error);
    }
    const std::string deep = std::string(depth, '[') + std::string(depth, ']');
    const auto item = only_item(R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"x":)" + deep + "}}");
    EXPECT_EQ(item.call.has_value(), depth == 50'000u);
    if (item.error) {
      EXPECT_EQ(item.error->code, RpcErrorCode::kInvalidRequest);
    }
  }
}

TEST(RpcMessages, RepliesComeBackAsTheyWere) {
  const Value results[] = {Value(), Value(1), json(R"({"a":[1,2.5,"\n\u0000"],"b":{}})")};
  for (const Value& result : results) {
    const std::string line = rpc_result("id", result);
    EXPECT_EQ(line.find('\n'), line.npos);
    const Result<RpcIncoming> incoming = read_rpc_incoming(line);
    ASSERT_TRUE(incoming.ok()) << line;
    EXPECT_TRUE(same(*incoming.value().id, Value("id")));
    EXPECT_TRUE(same(*incoming.value().result, result));
    EXPECT_FALSE(incoming.value().error.has_value());
  }
  EXPECT_EQ(rpc_result_json(1, R"({"a":1})"), R"({"jsonrpc":"2.0","id":1,"result":{"a":1}})");
  EXPECT_EQ(rpc_result(1, Dict({{"a", 1}})), rpc_result_json(1, R"({"a":1})"));
}

TEST(RpcMessages, ErrorsComeBackAsTheyWere) {
  const RpcError error{RpcErrorCode::kServer, "unknown_run", "there is no run 'x'", {{"candidates", 3}}};
  const std::string line = rpc_error(Value(), error);
  EXPECT_EQ(line, R"({"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"there is no run 'x'",)"
                  R"("data":{"code":"unknown_run","candidates":3}}})");
  const Result<RpcIncoming> incoming = read_rpc_incoming(line);
  ASSERT_TRUE(incoming.ok());
  EXPECT_TRUE(incoming.value().id->is_none());
  ASSERT_TRUE(incoming.value().error.has_value());
  EXPECT_EQ(incoming.value().error->code, error.code);
  EXPECT_EQ(incoming.value().error->word, error.word);
  EXPECT_EQ(incoming.value().error->message, error.message);
  EXPECT_EQ(incoming.value().error->data.size(), 1u);
}

TEST(RpcMessages, NotificationsComeBackAsTheyWere) {
  const Result<RpcIncoming> incoming = read_rpc_incoming(rpc_notification("run.event", Dict({{"seq", 2}})));
  ASSERT_TRUE(incoming.ok());
  EXPECT_EQ(incoming.value().method, "run.event");
  EXPECT_FALSE(incoming.value().id.has_value());
  EXPECT_TRUE(same(incoming.value().params, json(R"({"seq":2})")));
}

TEST(RpcMessages, CallsAreRead) {
  const auto item = only_item(rpc_call(3, "run.get", Dict({{"id", "x\ny"}})));
  ASSERT_TRUE(item.call.has_value());
  EXPECT_TRUE(same(*item.call->id, Value(3)));
  EXPECT_EQ(item.call->method, "run.get");
  EXPECT_TRUE(same(*item.call->params.find("id"), Value("x\ny")));
}

TEST(RpcMessages, AreJsonWhateverTheyHold) {
  const Value odd = Value::list({1e308 * 10, Value("\xff\xfe"), Value("\x01\"\\")});
  for (const std::string& line : {rpc_result(odd.as_list()[1], odd), rpc_call(odd.as_list()[2], "m\n", odd),
                                  rpc_error(1.5, {RpcErrorCode::kInternal, "\n", "\xff", {}})}) {
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
    EXPECT_EQ(line.find('\n'), line.npos);
  }
}

TEST(RpcIncomingReader, RefusesOtherThings) {
  for (const char* line :
       {"", "1", "[]", "{}", R"({"jsonrpc":"2.0"})", R"({"jsonrpc":"2.0","id":1})",
        R"({"jsonrpc":"2.0","result":1})", R"({"id":1,"result":1})", R"({"jsonrpc":"2.0","method":1})",
        R"({"jsonrpc":"2.0","id":1,"method":"m"})", R"({"jsonrpc":"2.0","id":[],"result":1})",
        R"({"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":""}})",
        R"({"jsonrpc":"2.0","id":1,"error":1})", R"({"jsonrpc":"2.0","id":1,"error":{"code":1}})",
        R"({"jsonrpc":"2.0","id":1,"error":{"code":99999999999,"message":""}})",
        R"({"jsonrpc":"2.0","id":1,"error":{"code":"x","message":""}})"}) {
    const Result<RpcIncoming> incoming = read_rpc_incoming(line);
    ASSERT_FALSE(incoming.ok()) << line;
    EXPECT_FALSE(incoming.error().message.empty());
  }
  EXPECT_EQ(read_rpc_incoming("{").error().code, ErrorCode::kBadJson);
  EXPECT_EQ(read_rpc_incoming("\xff").error().code, ErrorCode::kBadJson);
  EXPECT_EQ(read_rpc_incoming("{}").error().code, ErrorCode::kBadDocument);
}

TEST(RpcIncomingReader, TakesErrorsOfOtherServers) {
  const Result<RpcIncoming> incoming =
      read_rpc_incoming(R"({"jsonrpc":"2.0","id":1,"error":{"code":5,"message":"m","data":"text"}})");
  ASSERT_TRUE(incoming.ok());
  EXPECT_EQ(incoming.value().error->word, "");
  EXPECT_EQ(static_cast<int>(incoming.value().error->code), 5);
}

}  // namespace
}  // namespace vnode
