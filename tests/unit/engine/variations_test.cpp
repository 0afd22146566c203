#include "engine/variations.h"

#include <gmock/gmock.h>

#include "model/value_ops.h"
#include "support/run_harness.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kWithParameters = R"({
  "nodes": [{"instance_id": "00000000-0000-0000-0000-000000000001", "node_id": "math_add", "position": [0, 0],
             "parameters": {"a": "${count}", "b": 1}}],
  "connections": [],
  "metadata": {"parameters": {"count": {"type": "int", "minimum": 1, "maximum": 9},
                              "shot": {"type": "text", "default": "010"}}}})";

Override variation(std::string target, std::string text) {
  return {.target = std::move(target), .value = std::move(text)};
}

std::vector<std::string> codes(const Problems& problems) {
  std::vector<std::string> all;
  for (const Problem& problem : problems) all.push_back(problem.code);
  return all;
}

TEST(Variations, HaveTheParametersOfTheWorkflowInEachOfThem) {
  std::vector<Dict> parameters;
  const std::vector<Override> counts = {variation("count", "1"), variation("count", "9")};
  const Problems problems = check_variations(kWithParameters, test_registry(),
                                             {.overrides = {variation("shot", "020")}}, counts, parameters);
  EXPECT_THAT(problems, IsEmpty());
  ASSERT_THAT(parameters, SizeIs(2));
  EXPECT_EQ(to_repr(Value(parameters[0])), "{'count': 1, 'shot': '020'}");
  EXPECT_EQ(to_repr(Value(parameters[1])), "{'count': 9, 'shot': '020'}");
}

TEST(Variations, AreRefusedForTheFirstThatIsNotTaken) {
  std::vector<Dict> parameters;
  const std::vector<Override> counts = {variation("count", "1"), variation("count", "10"),
                                        variation("count", "x")};
  const Problems problems = check_variations(kWithParameters, test_registry(), {}, counts, parameters);
  EXPECT_THAT(codes(problems), ElementsAre("bad_value"));
  EXPECT_THAT(parameters, SizeIs(2)) << "up to the one that is refused";
}

TEST(Variations, SetInputsOfNodes) {
  std::vector<Dict> parameters;
  const std::vector<Override> some = {variation("math_add.b", "1"), variation("math_add.b", "2")};
  const PreparationRequest request{.overrides = {variation("count", "1")}};
  EXPECT_THAT(check_variations(kWithParameters, test_registry(), request, some, parameters), IsEmpty());
  EXPECT_THAT(parameters, SizeIs(2));
  const std::vector<Override> wrong = {variation("math_add.b", "1"), variation("math_add.c", "2")};
  EXPECT_THAT(codes(check_variations(kWithParameters, test_registry(), request, wrong, parameters)),
              ElementsAre("unknown_port"));
}

}  // namespace
}  // namespace vnode::test
