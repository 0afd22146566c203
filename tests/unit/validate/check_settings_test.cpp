#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_runtime.h"
#include "unit/validate/validate_support.h"

namespace vnode::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Problems validate_settings(Value settings) {
  WorkflowBuilder file;
  file.node("a", "sink", {{"__vnode__", std::move(settings)}});
  return validate(file);
}

TEST(CheckSettings, ResourcesAreAmountsThatAreNotNegative) {
  EXPECT_THAT(briefly(validate_settings(Dict{{"resources", Dict{{"gpu", 0.5}, {"mem", "8G"}}}})), IsEmpty());
  for (const Value& wrong : {Value(Dict{{"gpu", -1}}), Value(Dict{{"gpu", "much"}}), Value("gpu")})
    EXPECT_THAT(briefly(validate_settings(Dict{{"resources", wrong}})),
                ElementsAre("!bad_setting /nodes/0/parameters/__vnode__/resources"));
}

TEST(CheckSettings, LimitsAreReadStrictly) {
  EXPECT_THAT(briefly(validate_settings(Dict{{"timeout", "10m"},
                                             {"idle_timeout", "90s"},
                                             {"retries", 2},
                                             {"backoff", "5s"},
                                             {"backoff_max", "1m"},
                                             {"idempotent", true},
                                             {"retry_on", Value::list({Value("failed"), Value(75)})}})),
              IsEmpty());
  EXPECT_THAT(briefly(validate_settings(Dict{{"timeout", "soon"}})),
              ElementsAre("!bad_setting /nodes/0/parameters/__vnode__/timeout"));
  EXPECT_THAT(briefly(validate_settings(Dict{{"retry_on", Value::list({Value("always")})}})),
              ElementsAre("!bad_setting /nodes/0/parameters/__vnode__/retry_on"));
}

TEST(CheckSettings, WhatANodeCannotHaveIsAnError) {
  Registry registry = small_registry();
  registry.add(fake_runtime_type("foreign", std::make_shared<FakeRuntime>()));
  NodeType loop;
  loop.definition = {.node_id = "loop"};
  loop.contents = NodeType::Contents::kLoop;
  registry.add(std::make_shared<NodeType>(loop));
  const auto check = [&registry](const char* type, Dict settings) {
    WorkflowBuilder file;
    file.node("a", type, {{"__vnode__", Value(std::move(settings))}});
    return briefly(vnode::validate(file.workflow(), Graph(file.workflow()), registry));
  };
  EXPECT_THAT(check("loop", {{"retries", 1}}),
              ElementsAre("!bad_setting /nodes/0/parameters/__vnode__/retries"));
  EXPECT_THAT(check("loop", {{"timeout", "1h"}}), IsEmpty());
  EXPECT_THAT(check("loop", {{"resources", Dict{{"gpu", 1}}}}),
              ElementsAre("!bad_setting /nodes/0/parameters/__vnode__/resources"));
  EXPECT_THAT(check("foreign", {{"timeout", "1h"}, {"idle_timeout", "5m"}}), IsEmpty());
  EXPECT_THAT(check("foreign", {{"retries", 1}, {"idempotent", true}}), IsEmpty());
}

TEST(CheckSettings, LimitsThatAskForNothingAreFine) {
  EXPECT_THAT(briefly(validate_settings(Dict{{"retries", 0}, {"timeout", Value()}, {"resources", Dict()}})),
              IsEmpty());
  EXPECT_THAT(briefly(validate_settings(Value())), IsEmpty());
}

TEST(CheckSettings, MistypedOnesAreErrors) {
  const Problems problems = validate_settings(Dict{{"retrys", 2}});
  ASSERT_THAT(briefly(problems), ElementsAre("!bad_setting /nodes/0/parameters/__vnode__/retrys"));
  EXPECT_EQ(problems[0].hint, "did you mean 'retries'?");
  EXPECT_THAT(briefly(validate_settings(Value("10m"))),
              ElementsAre("!bad_setting /nodes/0/parameters/__vnode__"));
}

TEST(CheckSettings, ErrorLogsFailOrReport) {
  for (const char* word : {"fail", "report"}) {
    EXPECT_THAT(briefly(validate_settings(Dict{{"error_logs", word}})), IsEmpty());
  }
  EXPECT_THAT(briefly(validate_settings(Dict{{"error_logs", "ignore"}})),
              ElementsAre("!bad_setting /nodes/0/parameters/__vnode__/error_logs"));
}

TEST(CheckSettings, ParametersAreForInputsThatCanBeSet) {
  const auto check = [](const char* type, const char* port) {
    WorkflowBuilder file;
    file.node("source", "source")
        .node("a", type, {{"__vnode__", Dict{{"parameters", Dict{{port, Dict{}}}}}}});
    file.data("source.out", "a.list");
    return validate(file);
  };
  EXPECT_THAT(briefly(check("sink", "number")), IsEmpty());
  EXPECT_THAT(briefly(check("takes_any", "whatever")), IsEmpty());
  const Problems mistyped = check("sink", "nubmer");
  EXPECT_THAT(briefly(mistyped), ElementsAre("!bad_setting /nodes/1/parameters/__vnode__/parameters/nubmer"));
  EXPECT_EQ(mistyped[0].hint, "did you mean 'number'?");
  const Problems wired = check("sink", "list");
  EXPECT_THAT(briefly(wired), ElementsAre("!bad_setting /nodes/1/parameters/__vnode__/parameters/list"));
  EXPECT_THAT(wired[0].message, HasSubstr("is wired"));
  EXPECT_THAT(briefly(check("action", "exec_in")),
              testing::Contains("!bad_setting /nodes/1/parameters/__vnode__/parameters/exec_in"));
}

TEST(CheckSettings, BlockingIsForNodesThatARuntimeExecutes) {
  EXPECT_THAT(briefly(validate_settings(Dict{{"blocking", true}})),
              ElementsAre("unused_setting /nodes/0/parameters/__vnode__/blocking"));
  EXPECT_THAT(briefly(validate_settings(Dict{{"blocking", "maybe"}})),
              ElementsAre("!bad_setting /nodes/0/parameters/__vnode__/blocking"));
  Registry registry = small_registry();
  registry.add(fake_runtime_type("foreign", std::make_shared<FakeRuntime>()));
  WorkflowBuilder file;
  file.node("a", "foreign", {{"__vnode__", Dict{{"blocking", "yes"}}}});
  EXPECT_THAT(briefly(vnode::validate(file.workflow(), Graph(file.workflow()), registry)), IsEmpty());
}

TEST(CheckSettings, KeepAWorkflowFromRunning) {
  WorkflowBuilder file;
  file.node("a", "sink", {{"__vnode__", Dict{{"resources", "all"}}}});
  EXPECT_TRUE(has_errors(validate_before_run(file.workflow(), Graph(file.workflow()), small_registry())));
}

}  // namespace
}  // namespace vnode::test
