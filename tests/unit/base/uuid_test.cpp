#include "base/uuid.h"

#include <gtest/gtest.h>

#include <set>

namespace vnode {
namespace {

constexpr const char* kText = "01234567-89ab-cdef-fedc-ba9876543210";

TEST(UuidTest, AcceptsEveryFormOfTheFormat) {
  for (const char* form :
       {kText, "0123456789abcdeffedcba9876543210", "01234567-89AB-CDEF-FEDC-BA9876543210",
        "{01234567-89ab-cdef-fedc-ba9876543210}", "urn:uuid:01234567-89ab-cdef-fedc-ba9876543210"}) {
    const auto id = Uuid::parse(form);
    ASSERT_TRUE(id) << form;
    EXPECT_EQ(id->text(), kText) << form;
  }
  EXPECT_TRUE(Uuid::parse("11111111-1111-1111-1111-111111111111"));
}

TEST(UuidTest, RefusesEverythingElse) {
  for (const char* form : {"", "n_init", "01234567-89ab-cdef-fedc-ba987654321",
                           "0123456789abcdeffedcba987654321g", "01234567-89ab-cdef-fedc-ba98765432100",
                           "0123456-789ab-cdef-fedc-ba9876543210", "{01234567-89ab-cdef-fedc-ba9876543210",
                           " 01234567-89ab-cdef-fedc-ba9876543210", "{}", "urn:uuid:"}) {
    EXPECT_FALSE(Uuid::parse(form)) << form;
  }
}

TEST(UuidTest, RandomOnesDifferAndAreOfVersionFour) {
  std::set<Uuid> ids;
  for (int i = 0; i < 100; ++i) {
    const Uuid id = Uuid::random();
    EXPECT_EQ(id.text()[14], '4');
    EXPECT_NE(std::string("89ab").find(id.text()[19]), std::string::npos);
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 100u);
}

TEST(UuidTest, OfANameIsTheSameEverywhere) {
  const Uuid dns = *Uuid::parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  EXPECT_EQ(Uuid::named(dns, "python.org").text(), "886313e1-3b8a-5372-9b90-0c9aee199e5d");
  EXPECT_NE(Uuid::named(dns, "a"), Uuid::named(dns, "b"));
}

TEST(UuidTest, ComparesAndHashesByValue) {
  const auto low = *Uuid::parse("00000000-0000-0000-0000-000000000001");
  const auto high = *Uuid::parse("00000000-0000-0001-0000-000000000000");
  EXPECT_LT(low, high);
  EXPECT_NE(low.hash(), high.hash());
  EXPECT_EQ(low.hash(), Uuid::parse("00000000000000000000000000000001")->hash());
  EXPECT_EQ(Uuid().text(), "00000000-0000-0000-0000-000000000000");
}

}  // namespace
}  // namespace vnode
