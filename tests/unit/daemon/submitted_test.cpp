#include "daemon/submitted.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/json_writer.h"
#include "store/run_row.h"

namespace vnode {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string told(const StoredSubmission& stored, const Secrets* secrets = nullptr) {
  std::string text;
  append_json(text, submitted_value(stored, secrets));
  return text;
}

TEST(Submitted, IsWhatWasSaidWithoutTheDocument) {
  EXPECT_EQ(told({"{}", R"({"retries":2,"queue":"q","seed":null,"description":"","fail_fast":false})"}),
            R"({"queue":"q","retries":2})");
  EXPECT_EQ(told({"{}", "{}"}), "{}");
}

TEST(Submitted, NamesVariablesOnly) {
  EXPECT_EQ(told({"{}", R"({"environment":{"A":"1","B":"2"},"secrets":{"TOKEN":""}})"}),
            R"({"environment":["A","B"],"secrets":["TOKEN"]})");
}

TEST(Submitted, HasNoSecretInIt) {
  const StoredSubmission stored{
      "{}", R"({"description":"x hunter2-hunter2","params":[{"target":"a.b","text":"hunter2-hunter2"},)"
            R"({"target":"c","port":"d","value":1}],"secrets":{"TOKEN":""}})"};
  const Secrets secrets{{"TOKEN", "hunter2-hunter2"}};
  const std::string known = told(stored, &secrets);
  EXPECT_THAT(known, Not(HasSubstr("hunter2")));
  EXPECT_THAT(known, HasSubstr(R"({"target":"a.b","text":"***"},{"target":"c","port":"d","value":1})"));
  EXPECT_THAT(told(stored), HasSubstr(R"("params":[{"target":"a.b"},{"target":"c","port":"d"}])"))
      << "nobody knows any more which text is the secret";
}

TEST(Submitted, OfARunOfAGroupIsWhatAllHaveAndItsOwn) {
  EXPECT_EQ(told({"", R"({"params":[{"target":"f","text":"2"}]})",
                  R"({"retries":1,"params":[{"target":"a.b","text":"1"}]})"}),
            R"({"retries":1,"params":[{"target":"a.b","text":"1"},{"target":"f","text":"2"}]})");
}

TEST(Submitted, CannotBeToldOfWhatIsDamagedOrVeryLarge) {
  for (const char* damaged : {"", "[]", "{", R"({"params":[{}]})"}) EXPECT_EQ(told({"{}", damaged}), "null");
  EXPECT_EQ(told({"{}", "{}", "{"}), "null");
  EXPECT_EQ(told({"{}", R"({"description":")" + std::string(5'000'000, 'x') + "\"}"}), "null");
}

}  // namespace
}  // namespace vnode
