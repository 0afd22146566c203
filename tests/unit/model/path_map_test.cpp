#include "model/path_map.h"

#include <gmock/gmock.h>

#include <random>

#include "model/json_reader.h"
#include "model/value_ops.h"

namespace vnode::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

struct RuleOfTest {
  std::string format, source, destination;
};

Value document_of(const std::vector<RuleOfTest>& rules) {
  std::vector<Value> list;
  for (const RuleOfTest& rule : rules) {
    list.emplace_back(Dict{{"source_path_format", Value(rule.format)},
                           {"source_path", Value(rule.source)},
                           {"destination_path", Value(rule.destination)}});
  }
  return Value(Dict{{"version", "pathmapping-1.0"}, {"path_mapping_rules", Value::list(std::move(list))}});
}

PathMap map_of(const std::vector<RuleOfTest>& rules) { return PathMap::read(document_of(rules)).value(); }

std::string mapped(const PathMap& map, std::string_view path) { return map.map(path).value_or("as it is"); }

std::string from_wire(const PathMap& map, const std::string& path) {
  const auto value = map.map(Value(path), PathMap::From::kWire);
  return value ? std::string(value->as_text()) : "as it is";
}

TEST(PathMap, MapsASourceAndWhatIsBelowIt) {
  const PathMap map = map_of({{"POSIX", "/mnt/show", "/farm/show"}});
  EXPECT_EQ(mapped(map, "/mnt/show/a/b.exr"), "/farm/show/a/b.exr");
  EXPECT_EQ(mapped(map, "/mnt/show"), "/farm/show");
  EXPECT_EQ(mapped(map, "/mnt/show/"), "/farm/show/");
  EXPECT_EQ(mapped(map, "/mnt//./show//a"), "/farm/show/a");
  for (const char* other : {"/mnt/shows/a", "/mnt", "mnt/show", "/MNT/show/a", "/mnt\\show", "", "/"}) {
    EXPECT_EQ(mapped(map, other), "as it is") << other;
  }
}

TEST(PathMap, TakesTheLongestSourceFirst) {
  const PathMap map =
      map_of({{"POSIX", "/mnt", "/all"}, {"POSIX", "/mnt/show/", "/one/"}, {"POSIX", "/mnt/show", "/two"}});
  EXPECT_EQ(mapped(map, "/mnt/show/a"), "/one/a");
  EXPECT_EQ(mapped(map, "/mnt/other/a"), "/all/other/a");
}

TEST(PathMap, AppliesOneRuleOnce) {
  const PathMap map = map_of({{"POSIX", "/a", "/b"}, {"POSIX", "/b", "/c"}});
  EXPECT_EQ(mapped(map, "/a/x"), "/b/x");
  EXPECT_EQ(mapped(map, "/b/x"), "/c/x");
}

TEST(PathMap, ReadsWindowsPathsInEveryCaseAndWithEitherSlash) {
  const PathMap map = map_of({{"WINDOWS", "P:\\Shows\\\xc3\x84pfel", "/mnt/shows"},
                              {"WINDOWS", "\\\\server\\Share", "/mnt/share/"},
                              {"WINDOWS", "Z:", "/"}});
  EXPECT_EQ(mapped(map, "p:/shows\\\xc3\xa4PFEL\\Shot 1/Plate.exr"), "/mnt/shows/Shot 1/Plate.exr");
  EXPECT_EQ(mapped(map, "//SERVER/share/a\\b\\"), "/mnt/share/a/b/");
  EXPECT_EQ(mapped(map, "z:\\tmp\\x"), "/tmp/x");
  for (const char* other : {"P:\\Shows2", "P:shows", "\\server\\share", "\\\\server\\share2\\a", "Z"}) {
    EXPECT_EQ(mapped(map, other), "as it is") << other;
  }
}

TEST(PathMap, WritesTheSlashesOfItsDestination) {
  const PathMap map = map_of({{"POSIX", "/mnt/show", "P:\\show\\"}, {"POSIX", "/", "\\\\server\\root"}});
  EXPECT_EQ(mapped(map, "/mnt/show/a/b"), "P:\\show\\a\\b");
  EXPECT_EQ(mapped(map, "/etc/x"), "\\\\server\\root\\etc\\x");
}

TEST(PathMap, LeavesBackslashesOfPosixPathsAlone) {
  EXPECT_EQ(mapped(map_of({{"POSIX", "/mnt", "/x"}}), "/mnt/a\\b"), "/x/a\\b");
}

TEST(PathMap, MapsListsItemByItem) {
  const PathMap map = map_of({{"POSIX", "/mnt", "/x"}});
  const Value list = parse_json(R"(["/mnt/a", 3, "/etc", ["/mnt/b"], "/mnt/c"])").value();
  EXPECT_EQ(to_repr(*map.map(list, PathMap::From::kOutside)), "['/x/a', 3, '/etc', ['/mnt/b'], '/x/c']");
  EXPECT_FALSE(map.map(parse_json(R"(["/etc"])").value(), PathMap::From::kOutside));
  EXPECT_FALSE(map.map(parse_json(R"({"a": "/mnt/a"})").value(), PathMap::From::kOutside));
  EXPECT_FALSE(map.map(Value(), PathMap::From::kOutside));
}

TEST(PathMap, LeavesWhatANodeHasGivenBelowADestination) {
  const PathMap map = map_of({{"POSIX", "/mnt", "/mnt/farm"}, {"WINDOWS", "P:", "/mnt/p"}});
  EXPECT_EQ(mapped(map, "/mnt/farm/x"), "/mnt/farm/farm/x");
  EXPECT_EQ(from_wire(map, "/mnt/farm/x"), "as it is");
  EXPECT_EQ(from_wire(map, "/mnt/farms/x"), "/mnt/farm/farms/x");
  EXPECT_EQ(from_wire(map, "P:\\x"), "/mnt/p/x");
}

TEST(PathMap, NeverMapsAgainWhatItHasMapped) {
  std::mt19937 random(5);
  const auto path = [&random](std::size_t most) {
    std::string text;
    for (std::size_t n = 1 + random() % most; n > 0; --n) text += std::string("/") + "ab"[random() % 2];
    return text;
  };
  for (int i = 0; i < 500; ++i) {
    std::vector<RuleOfTest> rules;
    for (int n = 0; n < 3; ++n) rules.push_back({"POSIX", path(3), path(3)});
    const PathMap map = map_of(rules);
    const std::string given = path(5);
    if (const auto once = map.map(given)) {
      ASSERT_EQ(from_wire(map, *once), "as it is") << given;
    }
  }
}

std::string refusal(std::string_view text) {
  const Result<PathMap> map = PathMap::read(parse_json(text).value());
  return map ? "none" : map.error().place.pointer + ": " + map.error().message;
}

TEST(PathMap, PointsAtWhatIsWrong) {
  EXPECT_THAT(refusal("[]"), HasSubstr(": must be an object, not a list"));
  EXPECT_EQ(refusal(R"({"version": "pathmapping-1.0", "path_mapping_rules": []})"), "none");
  EXPECT_EQ(refusal(R"({"path_mapping_rules": []})"), "/version: 'version' must be 'pathmapping-1.0'");
  EXPECT_THAT(refusal(R"({"version": "2", "path_mapping_rules": []})"), HasSubstr("not '2'"));
  EXPECT_EQ(refusal(R"({"version": "pathmapping-1.0"})"),
            "/path_mapping_rules: 'path_mapping_rules' is missing");
  EXPECT_THAT(refusal(R"({"version": "pathmapping-1.0", "path_mapping_rules": [3]})"),
              HasSubstr("/path_mapping_rules/0: must be an object"));
  const auto rule = [](const std::string& members) {
    return refusal(R"({"version": "pathmapping-1.0", "path_mapping_rules": [{)" + members + "}]}");
  };
  EXPECT_THAT(rule(R"("source_path_format": "posix", "source_path": "/a", "destination_path": "/b")"),
              AllOf(HasSubstr("/path_mapping_rules/0/source_path_format: "), HasSubstr("not 'posix'")));
  EXPECT_EQ(rule(R"("source_path_format": "POSIX", "source_path": "/a")"),
            "/path_mapping_rules/0/destination_path: 'destination_path' is missing");
  EXPECT_EQ(rule(R"("source_path_format": "POSIX", "source_path": "", "destination_path": "")"),
            "/path_mapping_rules/0/destination_path: 'destination_path' must not be empty (and 1 more)");
  EXPECT_THAT(rule(R"("source_path_format": "POSIX", "source_path": 3, "destination_path": "/b")"),
              HasSubstr("/path_mapping_rules/0/source_path: "));
  EXPECT_THAT(rule(R"("source_path_format": "POSIX", "source_path": "/a", "destination_path": "/b", "x": 1)"),
              HasSubstr("/path_mapping_rules/0/x: "));
}

}  // namespace
}  // namespace vnode::test
