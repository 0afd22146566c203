#include "apps/vnode/nodes/definition_comparison.h"

#include <gtest/gtest.h>

#include "apps/vnode/nodes/node_description.h"

namespace vnode {
namespace {

DefinitionCheck check_of(std::vector<Port> in_class, std::vector<Port> in_file) {
  auto type = std::make_shared<NodeType>();
  type->definition = {.node_id = "mine", .name = "Mine"};
  type->definition.inputs = std::move(in_file);
  DefinitionCheck check;
  check.type = type;
  check.inputs = std::move(in_class);
  return check;
}

std::vector<std::string> difference_texts(const DefinitionCheck& check) {
  std::vector<std::string> lines;
  for (const PortDifference& difference : compare_ports(check)) lines.push_back(difference_text(difference));
  return lines;
}

TEST(DefinitionComparison, FindsWhatDisagrees) {
  const Port number{.name = "a", .type = "int", .default_value = Value(30)};
  const Port text{.name = "a", .type = "int", .default_value = Value("30")};
  EXPECT_TRUE(difference_texts(check_of({number}, {number})).empty());
  EXPECT_EQ(difference_texts(check_of({number}, {text})),
            std::vector<std::string>{"input 'a': default 30 in the class, \"30\" in the file"});
  EXPECT_EQ(difference_texts(check_of({number}, {})),
            std::vector<std::string>{"input 'a' is only in the class"});
  EXPECT_EQ(difference_texts(check_of({}, {number})),
            std::vector<std::string>{"input 'a' is only in the file"});
}

TEST(DefinitionComparison, WidgetsHaveNoMeaning) {
  EXPECT_TRUE(difference_texts(check_of({{.name = "a", .widget = "text"}}, {{.name = "a"}})).empty());
  EXPECT_EQ(difference_texts(check_of({{.name = "a", .options = {"x"}}}, {{.name = "a"}})),
            std::vector<std::string>{"input 'a': options [\"x\"] in the class, [] in the file"});
}

TEST(DefinitionComparison, DescriptionsShowThePortsOfTheClass) {
  const DefinitionCheck check = check_of({{.name = "real"}}, {{.name = "declared"}});
  const std::string text = node_type_text(*check.type, &check);
  EXPECT_NE(text.find("\n  real  any"), std::string::npos) << text;
  EXPECT_NE(text.find("Class and file disagree"), std::string::npos) << text;
  const Dict value = node_type_value(*check.type, &check).as_dict();
  EXPECT_TRUE(value.find("load")->as_dict().find("ok")->as_bool());
  EXPECT_EQ(value.find("differences")->as_list().size(), 2u);
}

TEST(DefinitionComparison, DescriptionsOfWhatDoesNotLoadShowTheFile) {
  DefinitionCheck check = check_of({}, {{.name = "declared"}});
  check.failure = {"boom", "Traceback ...", 3};
  const std::string text = node_type_text(*check.type, &check);
  EXPECT_NE(text.find("declared"), std::string::npos) << text;
  EXPECT_NE(text.find("it does not load: boom"), std::string::npos) << text;
  const Dict load = node_type_value(*check.type, &check).as_dict().find("load")->as_dict();
  EXPECT_FALSE(load.find("ok")->as_bool());
  EXPECT_EQ(load.find("line")->as_int(), 3);
}

}  // namespace
}  // namespace vnode
