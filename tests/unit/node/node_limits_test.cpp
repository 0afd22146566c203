#include "node/node_limits.h"

#include <gmock/gmock.h>

#include "model/json_reader.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

NodeLimits limits_of(const std::string& json, Problems* problems = nullptr) {
  Problems found;
  const Value object = parse_json(json).value();
  NodeLimits limits = read_node_limits(MemberReader(object, "", found, "bad_limit"));
  if (problems) {
    *problems = found;
  } else {
    EXPECT_TRUE(found.empty()) << found.front().message;
  }
  return limits;
}

TEST(NodeLimits, AreReadAndOthersLeftAlone) {
  const NodeLimits limits = limits_of(
      R"({"timeout": "1.5h", "idle_timeout": 90, "retries": 2, "backoff": "250ms", "backoff_max": "1m",
          "idempotent": true, "memory": "8G"})");
  EXPECT_EQ(limits.timeout, 90min);
  EXPECT_EQ(limits.idle_timeout, 90s);
  EXPECT_EQ(limits.retries, 2);
  EXPECT_EQ(limits.backoff, 250ms);
  EXPECT_EQ(limits.backoff_max, 1min);
  EXPECT_EQ(limits.is_idempotent, true);
}

TEST(NodeLimits, TellWhatIsWrongWithItsPlace) {
  Problems problems;
  limits_of(R"({"timeout": "soon", "retries": -1, "retry_on": ["failed", "never", {"match": "("}, 300]})",
            &problems);
  std::vector<std::string> pointers;
  for (const Problem& problem : problems) pointers.push_back(problem.pointer);
  EXPECT_THAT(pointers,
              ElementsAre("/timeout", "/retries", "/retry_on/1", "/retry_on/2/match", "/retry_on/3"));
}

TEST(NodeLimits, TakeFromTheNextPlaceOnlyWhatTheyDoNotSay) {
  NodeLimits limits = limits_of(R"({"retries": 0})");
  limits.complete_from(limits_of(R"({"retries": 3, "timeout": "1s"})"));
  EXPECT_EQ(limits.retries, 0);
  EXPECT_EQ(limits.timeout, 1s);
}

TEST(NodeLimits, HaveResourcesInNumbersAndSizes) {
  const NodeLimits limits = limits_of(R"({"resources": {"license": 1, "gpu": 0.5, "mem": "1K", "none": 0}})");
  EXPECT_THAT(limits.resources,
              testing::Optional(ElementsAre(testing::Pair("gpu", 500), testing::Pair("license", 1000),
                                            testing::Pair("mem", 1024 * 1000))));
  NodeLimits nothing = limits_of(R"({"resources": {}})");
  nothing.complete_from(limits);
  EXPECT_FALSE(nothing.has_resources()) << "none is said, and counts";
  Problems problems;
  limits_of(R"({"resources": {"gpu": -1, "": 1, "a/b": "much"}})", &problems);
  ASSERT_EQ(problems.size(), 3u);
  EXPECT_EQ(problems[0].pointer, "/resources/gpu");
  EXPECT_EQ(problems[2].pointer, "/resources/a~1b");
}

TEST(NodeLimits, RetryOnWhatIsNamed) {
  NodeFailure exit("it exited with code 75", std::string(kExitCodeFailure));
  exit.set_exit_code(75);
  const NodeFailure signal("it was ended by SIGSEGV", std::string(kSignalFailure));
  const NodeFailure timeout("too long", std::string(kTimeoutFailure));
  const NodeFailure other("licence server is busy");
  const auto which = [&](const std::string& conditions) {
    const NodeLimits limits = limits_of(R"({"retry_on": )" + conditions + "}");
    std::string met;
    for (const NodeFailure* failure : {static_cast<const NodeFailure*>(&exit), &signal, &timeout, &other})
      met += limits.retries_on(*failure) ? 'y' : 'n';
    return met;
  };
  EXPECT_EQ(which("null"), "yyyy");
  EXPECT_EQ(which("[]"), "nnnn");
  EXPECT_EQ(which(R"(["failed"])"), "yyny");
  EXPECT_EQ(which(R"(["timeout"])"), "nnyn");
  EXPECT_EQ(which(R"(["signal"])"), "nynn");
  EXPECT_EQ(which("[75]"), "ynnn");
  EXPECT_EQ(which("[1]"), "nnnn");
  EXPECT_EQ(which(R"([{"match": "licen[cs]e"}])"), "nnny");
}

}  // namespace
}  // namespace vnode::test
