#include "apps/vnode/settings/path_map_file.h"

#include <gtest/gtest.h>

#include "support/scratch_folder.h"

namespace vnode {
namespace {

constexpr std::string_view kRules = R"({"version": "pathmapping-1.0", "path_mapping_rules": [
    {"source_path_format": "POSIX", "source_path": "/a", "destination_path": "/b"}]})";

Result<std::shared_ptr<const PathMap>> load_named(const std::string& file) {
  SettingFlags flags;
  flags.values["path_map"] = Value(file);
  return load_path_map(Settings::load(flags).value());
}

TEST(PathMapFile, IsReadWhereTheSettingsNameOne) {
  const test::ScratchFolder folder;
  const auto map = load_named(folder.write("map.json", std::string(kRules)));
  ASSERT_TRUE(map);
  EXPECT_EQ((*map)->map("/a/x"), "/b/x");
  EXPECT_EQ(load_path_map(Settings::load({}).value()).value(), nullptr);
}

TEST(PathMapFile, ErrorsNameItAndThePlace) {
  const test::ScratchFolder folder;
  const std::string file = folder.write("map.json", R"({"version": 1})");
  const Error wrong = load_named(file).error();
  EXPECT_EQ(wrong.place.file, file);
  EXPECT_EQ(wrong.place.pointer, "/version");
  EXPECT_EQ(load_named(folder.write("map.json", "{")).error().place.file, file);
  EXPECT_EQ(load_named(folder.file("none.json")).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace vnode
