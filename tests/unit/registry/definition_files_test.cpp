#include "registry/definition_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/registry/temp_folder.h"

namespace vnode {
namespace {

namespace fs = std::filesystem;
using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

TEST(DefinitionFiles, ListsJsonFilesAtAnyDepthInByteOrder) {
  TempFolder folder;
  for (const char* file :
       {"b.json", "a/z.json", "a-b.json", "a/b/c.json", "B.json", "a.txt", "x.JSON", "\xc3\xa4.json"}) {
    folder.write(file, "{}");
  }
  // '-' stands before '/', capitals before small letters, and bytes above 127 are large.
  EXPECT_THAT(find_definition_files(folder.path()).relative_paths,
              ElementsAre("B.json", "a-b.json", "a/b/c.json", "a/z.json", "b.json", "\xc3\xa4.json"));
}

TEST(DefinitionFiles, EndsWhereLinksLeadInACircle) {
  TempFolder folder;
  folder.write("sub/n.json", "{}");
  fs::create_directory_symlink(folder.path(), folder.file("sub/up"));
  fs::create_directory_symlink(folder.file("sub"), folder.file("again"));
  fs::create_directory_symlink(folder.file("self"), folder.file("self"));
  EXPECT_THAT(find_definition_files(folder.path()).relative_paths, ElementsAre("sub/n.json"));
}

TEST(DefinitionFiles, FollowsLinksOutOfTheTree) {
  TempFolder folder, elsewhere;
  elsewhere.write("far/n.json", "{}");
  fs::create_directory_symlink(elsewhere.path(), folder.file("link"));
  EXPECT_THAT(find_definition_files(folder.path()).relative_paths, ElementsAre("link/far/n.json"));
  EXPECT_THAT(find_definition_files(folder.file("link")).relative_paths, ElementsAre("far/n.json"));
}

TEST(DefinitionFiles, SaysWhyThereIsNothing) {
  TempFolder folder;
  folder.write("file", "");
  EXPECT_THAT(find_definition_files(folder.file("absent")).obstacles,
              ElementsAre(Pair(folder.file("absent"), HasSubstr("does not exist"))));
  EXPECT_THAT(find_definition_files(folder.file("file")).obstacles,
              ElementsAre(Pair(folder.file("file"), HasSubstr("not a folder"))));
  EXPECT_THAT(find_definition_files(folder.path()).obstacles, IsEmpty());
}

}  // namespace
}  // namespace vnode
