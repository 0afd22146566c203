// Results of a run, as the daemon tells them, for people.
#include "apps/vnode/show/result_listing.h"

#include <gtest/gtest.h>

#include "apps/vnode/show/result_text.h"
#include "model/json_reader.h"

namespace vnode::test {
namespace {

Value json(const char* text) { return parse_json(text).value(); }

TEST(ResultListing, NamesNodesSoThatTheyCanBeAskedFor) {
  const Value results = json(R"({"nodes":[
    {"node_id":"id-1","node_type":"sum","name":"total","results":{"a":1,"exec_out":true}},
    {"node_id":"id-2","node_type":"print","results":{}},
    {"node_id":"id-3","node_type":"sum","results":{"a":[2.0,"x\u001b"]}},
    {"node_id":"id-4","node_type":"print","results":{"b":null}},
    {"node_id":"id-5","node_type":"once","results":{"c.d":{}}}]})");
  EXPECT_EQ(result_listing(results),
            "total.a: 1\n"
            "total.exec_out: true\n"
            "id-3.a: [2.0,\"x\\u001b\"]\n"
            "id-4.b: null\n"
            "once.c.d: {}\n");
}

TEST(ResultListing, SaysWhatIsMissing) {
  EXPECT_EQ(missing_results_text(json(R"({"truncated":[],"left_out":0,"limit":10})")), "");
  EXPECT_EQ(
      missing_results_text(json(R"({"truncated":["a.b"],"left_out":0,"limit":8388608})")),
      "one result is shortened: the daemon keeps 8M of each run's results (max_result_bytes in vnode.yaml)");
  EXPECT_EQ(missing_results_text(json(R"({"truncated":["a","b"],"left_out":3,"limit":1024})")),
            "2 results are shortened, and 3 nodes are left out: the daemon keeps 1K of each run's results "
            "(max_result_bytes in vnode.yaml)");
}

TEST(ResultText, IsALineEachOrOneObject) {
  const std::vector<NamedResult> results = {{"b.x", Value(1)}, {"a.y", json(R"({"k":[null,"t"]})")}};
  EXPECT_EQ(result_text(results, ResultFormat::kLines), "1\n{\"k\":[null,\"t\"]}\n");
  EXPECT_EQ(result_text(results, ResultFormat::kJson), "{\"b.x\":1,\"a.y\":{\"k\":[null,\"t\"]}}\n");
  EXPECT_EQ(result_text({}, ResultFormat::kJson), "{}\n");
}

}  // namespace
}  // namespace vnode::test
