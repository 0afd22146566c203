#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "events/event_json.h"
#include "support/sample_events.h"

// That the lines of runs fit the schema is tested in tests/integration/schema_test.py.
namespace vnode::test {
namespace {

TEST(EventSchema, SchemaNamesEveryType) {
  const auto schema = nlohmann::json::parse(event_schema());
  for_each_sample_event([&](const Event& event) {
    const std::string type(type_name(event.body));
    ASSERT_TRUE(schema["$defs"].contains(type)) << type;
    EXPECT_EQ(schema["$defs"][type]["properties"]["type"]["const"], type);
  });
}

}  // namespace
}  // namespace vnode::test
