// Results of a run as their file has them.
#include "daemon/run_results.h"

#include "model/foreign_object.h"
#include "model/json_reader.h"
#include "model/json_writer.h"
#include "support/daemon_fixture.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::size_t kPlenty = 1024 * 1024;

/// A run of nodes that give these values, one each.
class ResultTexts : public testing::Test {
 protected:
  std::string text_of(const std::vector<Value>& values, std::size_t limit = kPlenty) {
    WorkflowBuilder builder;
    for (std::size_t i = 0; i < values.size(); ++i) {
      builder.node("n" + std::to_string(i), "test_pass", {{"in", values[i]}});
    }
    RunHarness run(builder);
    run.run();
    return results_text(run.get(), builder.workflow(), {"261121-00001", 2, limit});
  }
  RunResults read(const std::string& text) {
    Result<RunResults> results = read_results(folder.write("r", text), "261121-00001", 2);
    EXPECT_TRUE(results) << (results ? "" : describe(results.error()));
    return results ? std::move(*results) : RunResults();
  }
  ScratchFolder folder;
};

TEST_F(ResultTexts, ComeBackAsTheyWere) {
  const Value nested =
      parse_json(R"({"a":[1,1.0,true,null,"\u00fc\n"],"big":123456789012345678901234567890})").value();
  const RunResults results = read(text_of({nested, Value("two")}));
  ASSERT_EQ(results.nodes.size(), 2U);
  EXPECT_EQ(at(results.nodes[0], "results/out"), at(nested, ""));
  EXPECT_EQ(at(results.nodes[0], "node_id"), numbered_id(1).text());
  EXPECT_EQ(at(results.nodes[0], "node_type"), "test_pass");
  EXPECT_EQ(at(results.nodes[1], "results/out"), "two");
  EXPECT_EQ(results.limit, static_cast<std::int64_t>(kPlenty));
  EXPECT_EQ(results.truncated, 0);
  EXPECT_EQ(results.left_out, 0);
}

TEST_F(ResultTexts, HaveOpaqueObjectsAndWhatJsonLacksAsEventsDo) {
  const auto object = std::make_shared<ForeignObject>("Scene", "<Scene 1>", "scene", true);
  const RunResults results = read(text_of({Value::object(object), Value(std::nan(""))}));
  EXPECT_EQ(at(results.nodes[0], "results/out"), R"({"$object":"Scene","repr":"<Scene 1>"})");
  EXPECT_EQ(at(results.nodes[1], "results/out"), "NaN");
}

TEST_F(ResultTexts, NameInstancesThatGaveNothingToo) {
  WorkflowBuilder builder;
  builder.node("fails", "test_fail")
      .node("named", "test_pass", {{"__name__", "mine"}})
      .exec("fails", "named");
  RunHarness run(builder);
  run.run();
  const RunResults results = read(results_text(run.get(), builder.workflow(), {"261121-00001", 2, kPlenty}));
  ASSERT_EQ(results.nodes.size(), 2U);
  EXPECT_EQ(at(results.nodes[1], "name"), "mine");
  EXPECT_EQ(at(results.nodes[1], "results/out"), "(none)");
}

TEST_F(ResultTexts, ShortenOnlyWhatDoesNotFit) {
  constexpr std::size_t kLimit = 4000;
  const std::string text =
      text_of({Value("small"), Value(std::string(5000, 'x')), Value(std::string(1500, 'y'))}, kLimit);
  EXPECT_LE(text.size(), kLimit);
  const RunResults results = read(text);
  EXPECT_EQ(results.truncated, 1);
  EXPECT_EQ(at(results.nodes[0], "truncated"), "(none)");
  EXPECT_EQ(at(results.nodes[1], "truncated"), R"(["out"])");
  EXPECT_EQ(at(results.nodes[1], "results/out/$truncated"), "true");
  EXPECT_EQ(at(results.nodes[1], "results/out/bytes"), "5002");
  EXPECT_THAT(at(results.nodes[1], "results/out/preview"), HasSubstr("xxx"));
  EXPECT_EQ(at(results.nodes[2], "results/out"), std::string(1500, 'y'));
}

TEST_F(ResultTexts, KeepToTheirLimitWhateverItIs) {
  const std::vector<Value> values(20, Value(std::string(300, 'x')));
  for (std::size_t limit = 0; limit < 9000; limit += 211) {
    const std::string text = text_of(values, limit);
    ASSERT_LE(text.size(), limit);
    if (text.empty()) continue;
    const RunResults results = read(text);
    ASSERT_EQ(static_cast<std::int64_t>(results.nodes.size()) + results.left_out, 20);
  }
  EXPECT_EQ(text_of(values, 100), "");
}

TEST_F(ResultTexts, ThatAreCutAtAnyByteAreKnownForIt) {
  const std::string text = text_of({Value("one"), Value(2)});
  for (std::size_t size = 0; size < text.size(); ++size) {
    const Result<RunResults> cut = read_results(folder.write("r", text.substr(0, size)), "261121-00001", 2);
    ASSERT_FALSE(cut) << size;
    ASSERT_EQ(cut.error().code, ErrorCode::kBadDocument) << size;
  }
  // As after a loss of power.
  EXPECT_FALSE(read_results(folder.write("r", std::string(text.size(), '\0')), "261121-00001", 2));
}

TEST_F(ResultTexts, BelongToOneAttemptOfOneRun) {
  const std::string path = folder.write("r", text_of({Value(1)}));
  EXPECT_TRUE(read_results(path, "261121-00001", 2));
  EXPECT_FALSE(read_results(path, "261121-00001", 3));
  EXPECT_FALSE(read_results(path, "261121-00002", 2));
  const Result<RunResults> absent = read_results(folder.file("absent"), "261121-00001", 2);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace vnode::test
