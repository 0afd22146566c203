#include "yaml/yaml_source.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(YamlSource, CountsLinesAndCharacters) {
  const YamlSource source("f", "a\n\xC3\xA4\xC3\xB6x\n");
  EXPECT_EQ(source.place_of(0).line, 1u);
  EXPECT_EQ(source.place_of(6).line, 2u);
  EXPECT_EQ(source.place_of(6).column, 3u);
  EXPECT_EQ(source.place_of(6).text, "\xC3\xA4\xC3\xB6x");
  EXPECT_EQ(source.place_of(8).line, 3u);
  EXPECT_EQ(source.place_of(1000).line, 3u);
}

TEST(YamlSource, ShowsWhatIsAroundThePlaceInALongLine) {
  const std::string line(10'000, 'x');
  const YamlSource source("f", line + "HERE" + line);
  const SourcePlace place = source.place_of(10'000);
  EXPECT_LT(place.text.size(), 150u);
  EXPECT_NE(place.text.find("HERE"), std::string::npos);
  EXPECT_TRUE(place.text.starts_with("...") && place.text.ends_with("..."));
}

}  // namespace
}  // namespace vnode
