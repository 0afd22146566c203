#include "base/secret_forms.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace vnode::test {
namespace {

TEST(SecretForms, AreTheTextItselfAndItsBase64WhereNothingIsEscaped) {
  const std::vector<std::string> forms = secret_forms("hunter2", 6);
  EXPECT_EQ(std::set<std::string>(forms.begin(), forms.end()),
            (std::set<std::string>{"hunter2", "aHVudGVyM", "h1bnRlcj", "odW50ZXIy"}));
}

TEST(SecretForms, AreNeverTwiceThere) {
  std::vector<std::string> forms = secret_forms("a line of it\nanother \"line\"\na line of it", 6);
  EXPECT_TRUE(std::is_sorted(forms.begin(), forms.end()));
  EXPECT_EQ(std::adjacent_find(forms.begin(), forms.end()), forms.end());
}

TEST(SecretForms, AreNoneOfWhatIsTooShort) {
  EXPECT_TRUE(secret_forms("short", 6).empty());
  EXPECT_TRUE(secret_forms("  short  ", 6).empty());
  // (Its JSON form would be long enough.)
  EXPECT_TRUE(secret_forms("\x01\x02", 6).empty());
}

}  // namespace
}  // namespace vnode::test
