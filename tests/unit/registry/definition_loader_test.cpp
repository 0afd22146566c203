#include "registry/definition_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/fake_runtime.h"
#include "unit/registry/temp_folder.h"

namespace vnode {
namespace {

namespace fs = std::filesystem;
using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string definition(const std::string& id, const std::string& description = "") {
  return R"({"node_id": ")" + id + R"(", "name": "N", "description": ")" + description +
         R"(", "python_code": "async def execute(self, inputs): pass"})";
}

LoadNote only_note(const Registry& registry) {
  EXPECT_THAT(registry.notes(), SizeIs(1));
  return registry.notes().empty() ? LoadNote{} : registry.notes().front();
}

TEST(DefinitionLoader, RegistersATypeThatCannotRunYet) {
  TempFolder folder;
  folder.write("sub/n.json", definition("my node"));
  Registry registry;
  load_definitions(registry, folder.path());

  const NodeTypePtr type = registry.find("my node");
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(type->origin, folder.file("sub/n.json"));
  EXPECT_THAT(type->unusable, HasSubstr(folder.file("sub/n.json")));
  EXPECT_THAT(type->unusable, HasSubstr("Python runtime"));
  EXPECT_EQ(type->definition.inputs.front().name, "exec_in");
  EXPECT_THAT(registry.notes(), IsEmpty());
}

TEST(DefinitionLoader, TheLaterFileWins) {
  TempFolder folder;
  folder.write("a/b.json", definition("n", "second"));
  folder.write("a-b.json", definition("n", "first"));
  Registry registry;
  load_definitions(registry, folder.path());

  EXPECT_EQ(registry.find("n")->definition.description, "second");
  const LoadNote note = only_note(registry);
  EXPECT_EQ(note.kind, LoadNote::Kind::kReplaced);
  EXPECT_EQ(note.file, folder.file("a/b.json"));
  EXPECT_EQ(note.node_id, "n");
  EXPECT_THAT(note.message, HasSubstr(folder.file("a-b.json")));
}

TEST(DefinitionLoader, ReplacesNatives) {
  TempFolder folder;
  folder.write("n.json", definition("For Each"));
  NodeLibrary library;
  library.add({.definition = {.node_id = "For Each"}});
  Registry registry;
  registry.add_library(library);
  load_definitions(registry, folder.path());
  EXPECT_EQ(registry.find("For Each")->origin, folder.file("n.json"));
  EXPECT_THAT(only_note(registry).message, HasSubstr("native"));
}

TEST(DefinitionLoader, ReadingAFileAgainIsNotWorthANote) {
  TempFolder folder;
  folder.write("n.json", definition("n"));
  Registry registry;
  load_definitions(registry, folder.path());
  load_definitions(registry, folder.path());
  EXPECT_THAT(registry.notes(), IsEmpty());
}

TEST(DefinitionLoader, NotesBrokenFilesAndGoesOn) {
  TempFolder folder;
  folder.write("a.json", "{");
  folder.write("b.json", R"({"node_id": "b", "name": "B"})");
  folder.write("c.json", R"({"nodes": [], "connections": []})");
  folder.write("d.json", R"({"node_id": "d", "name": "D", "python_code": ""})");
  folder.write("e.json", R"({"node_id": "e", "name": "E", "python_code": "x", "inputs": [{"name": 1}]})");
  folder.write("f.json", "");
  folder.write("z.json", definition("z"));
  Registry registry;
  load_definitions(registry, folder.path());

  EXPECT_THAT(registry.types(), SizeIs(1));
  ASSERT_THAT(registry.notes(), SizeIs(6));
  std::vector<std::string> ids;
  for (const LoadNote& note : registry.notes()) {
    EXPECT_EQ(note.kind, LoadNote::Kind::kBroken);
    ids.push_back(note.node_id);
  }
  EXPECT_THAT(ids, ElementsAre("a", "b", "", "d", "e", "f"));
  EXPECT_THAT(registry.notes()[0].message, HasSubstr("not JSON"));
  EXPECT_THAT(registry.notes()[1].message, HasSubstr("'python_code' is missing"));
  EXPECT_THAT(registry.notes()[2].message, HasSubstr("workflow"));
  EXPECT_THAT(registry.notes()[4].message, HasSubstr("'inputs[0].name' must be a text"));
  EXPECT_EQ(registry.notes()[4].file, folder.file("e.json"));
}

TEST(DefinitionLoader, ReadsWindows1252WithAWarning) {
  TempFolder folder;
  folder.write("n.json", definition("n", "a \x95 b"));
  Registry registry;
  load_definitions(registry, folder.path());
  ASSERT_NE(registry.find("n"), nullptr);
  EXPECT_EQ(registry.find("n")->definition.description, "a \xe2\x80\xa2 b");
  EXPECT_EQ(only_note(registry).kind, LoadNote::Kind::kWarning);
  EXPECT_EQ(only_note(registry).node_id, "n");
}

TEST(DefinitionLoader, DoesNotOpenWhatIsNoOrdinaryFile) {
  TempFolder folder;
  ASSERT_EQ(mkfifo(folder.file("pipe.json").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", folder.file("device.json"));
  fs::create_symlink("nowhere", folder.file("link.json"));
  folder.write("huge.json", "{}");
  fs::resize_file(folder.file("huge.json"), 1ull << 33);
  Registry registry;
  load_definitions(registry, folder.path());
  ASSERT_THAT(registry.notes(), SizeIs(4));
  EXPECT_THAT(registry.notes()[0].message, HasSubstr("not a regular file"));
  EXPECT_THAT(registry.notes()[1].message, HasSubstr("bytes"));
  EXPECT_EQ(registry.notes()[2].file, folder.file("link.json"));
  EXPECT_THAT(registry.notes()[3].message, HasSubstr("not a regular file"));
}

TEST(DefinitionLoader, NotesAMissingFolder) {
  Registry registry;
  load_definitions(registry, "/no/such/folder");
  EXPECT_EQ(only_note(registry).file, "/no/such/folder");
  EXPECT_THAT(only_note(registry).message, HasSubstr("does not exist"));
}

TEST(DefinitionLoader, GuessesTheIdOfAFileThatCannotBeRead) {
  TempFolder folder;
  const std::string text = definition("wide id");
  std::string wide = "\xFF\xFE";
  for (const char c : text) wide.append(1, c).append(1, '\0');
  folder.write("a.json", wide);
  folder.write("b.json", R"({ "node_id" : "half", "name": )");
  folder.write("by_its_name.json", R"({"name": "x", "node_id")");
  Registry registry;
  load_definitions(registry, folder.path());
  for (const char* id : {"wide id", "half", "by_its_name"})
    EXPECT_NE(registry.broken_definition(id), nullptr) << id;
}

TEST(DefinitionLoader, ABrokenDefinitionIsMissedOnlyWhereItWouldBeUsed) {
  TempFolder first, second;
  first.write("x.json", "{");
  second.write("x.json", definition("x"));
  Registry replaced;
  load_definitions(replaced, first.path());
  load_definitions(replaced, second.path());
  EXPECT_EQ(replaced.broken_definition("x"), nullptr);
  Registry set_aside;
  load_definitions(set_aside, second.path());
  load_definitions(set_aside, first.path());
  ASSERT_NE(set_aside.broken_definition("x"), nullptr);
  EXPECT_THAT(set_aside_text(set_aside, *set_aside.find("x")),
              HasSubstr("that of " + second.file("x.json") + " is used"));

  NodeLibrary natives;
  natives.add({.definition = {.node_id = "x"}});
  for (const bool prefers_native : {false, true}) {
    Registry registry;
    registry.add_library(natives);
    load_definitions(registry, first.path(), {.prefer_native = prefers_native});
    EXPECT_EQ(registry.broken_definition("x") == nullptr, prefers_native);
  }
}

TEST(DefinitionLoader, LimitsThatItCannotHaveMakeADefinitionUnusable) {
  TempFolder folder;
  const std::string text = definition("x");
  folder.write("x.json", text.substr(0, text.rfind('}')) + R"(, "limits": {"memory": "1G"}})");
  Registry registry;
  load_definitions(registry, folder.path(), {.runtime = std::make_shared<test::FakeRuntime>()});
  EXPECT_THAT(registry.find("x")->unusable, HasSubstr("limits"));
}

/// Leaves the variables unset.
class SearchPath : public testing::Test {
 protected:
  void TearDown() override {
    unsetenv("v_nodes_dir");
    unsetenv("VNODE_PATH");
  }
};

TEST_F(SearchPath, GoesFromBundledOverVariablesToFlags) {
  setenv("v_nodes_dir", "/one: /two words \t::", 1);
  setenv("VNODE_PATH", ":/three:/four", 1);
  EXPECT_THAT(definition_search_path("/bundled", {"/five", "/six"}),
              ElementsAre("/bundled", "/one", "/two words", "/three", "/four", "/five", "/six"));
}

TEST_F(SearchPath, MayHaveNothingButTheBundledFolder) {
  unsetenv("v_nodes_dir");
  setenv("VNODE_PATH", "  ", 1);
  EXPECT_THAT(definition_search_path("/bundled", {}), ElementsAre("/bundled"));
  EXPECT_THAT(definition_search_path("", {}), IsEmpty());
}

}  // namespace
}  // namespace vnode
