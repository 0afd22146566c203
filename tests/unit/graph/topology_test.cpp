#include "graph/topology.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/graph/long_chain.h"

namespace vnode {
namespace {

using test::kManyNodes;
using test::long_chain;
using test::wire;
using test::WorkflowBuilder;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

bool all_wires(WireIndex) { return true; }

WorkflowBuilder letters(int count) {
  WorkflowBuilder file;
  for (int i = 0; i < count; ++i) file.node(std::string(1, static_cast<char>('a' + i)), "x");
  return file;
}

TEST(FindCycles, NamesACycleInWireOrderFromItsFirstNodeInTheFile) {
  WorkflowBuilder file = letters(4);
  file.data("d.o", "c.i").data("c.o", "b.i").data("b.o", "d.i").data("a.o", "b.i");
  EXPECT_THAT(find_cycles(Graph(file.workflow()), all_wires), ElementsAre(ElementsAre(1, 3, 2)));
}

TEST(FindCycles, FindsOneForEachPart) {
  WorkflowBuilder file = letters(6);
  file.data("e.o", "d.i").data("d.o", "e.i").data("a.o", "b.i").data("b.o", "a.i").data("b.o", "d.i");
  file.data("f.o", "f.i");
  EXPECT_THAT(find_cycles(Graph(file.workflow()), all_wires),
              ElementsAre(ElementsAre(0, 1), ElementsAre(3, 4), ElementsAre(5)));
}

TEST(FindCycles, TakesAShortestOneOfATangle) {
  WorkflowBuilder file = letters(4);
  file.data("a.o", "b.i").data("b.o", "c.i").data("c.o", "d.i").data("d.o", "a.i").data("c.o", "a.i");
  EXPECT_THAT(find_cycles(Graph(file.workflow()), all_wires), ElementsAre(ElementsAre(0, 1, 2)));
}

TEST(FindCycles, CountsWiresOfBothKinds) {
  WorkflowBuilder file = letters(2);
  file.exec("a", "b").data("b.o", "a.i");
  const Graph graph(file.workflow());
  EXPECT_THAT(find_cycles(graph, all_wires), ElementsAre(ElementsAre(0, 1)));
  EXPECT_THAT(find_cycles(graph, [](WireIndex wire) { return wire != 1; }), IsEmpty());
}

TEST(FindCycles, SeesNoneWhereWaysOnlyMeet) {
  WorkflowBuilder file = letters(4);
  file.data("a.o", "b.i").data("a.o", "c.i").data("b.o", "d.i").data("c.o", "d.i").data("a.o", "d.i");
  EXPECT_THAT(find_cycles(Graph(file.workflow()), all_wires), IsEmpty());
}

TEST(FindCycles, GoesAsDeepAsTheGraph) {
  Workflow ring = long_chain(kManyNodes);
  ring.connections.push_back(wire(kManyNodes, 1));
  EXPECT_THAT(find_cycles(Graph(ring), all_wires), ElementsAre(SizeIs(kManyNodes)));
}

TEST(FindLayers, PutsEachNodeBehindAllItsSources) {
  WorkflowBuilder file = letters(5);
  file.data("e.o", "d.i").data("d.o", "a.i").data("c.o", "a.i").data("c.o", "b.i");
  const Layers found = find_layers(file.workflow(), Graph(file.workflow()));
  EXPECT_THAT(found.layers, ElementsAre(ElementsAre(2, 4), ElementsAre(1, 3), ElementsAre(0)));
  EXPECT_THAT(found.cycle, IsEmpty());
}

TEST(FindLayers, LeavesFeedbackOut) {
  WorkflowBuilder file = letters(2);
  file.data("a.o", "b.i").data("b.o", "a.break_condition");
  const Layers found = find_layers(file.workflow(), Graph(file.workflow()));
  EXPECT_THAT(found.layers, ElementsAre(ElementsAre(0), ElementsAre(1)));
}

TEST(FindLayers, CountsParallelWires) {
  WorkflowBuilder file = letters(2);
  file.data("b.o", "a.i").data("b.p", "a.j").data("b.o", "a.i");
  const Layers found = find_layers(file.workflow(), Graph(file.workflow()));
  EXPECT_THAT(found.layers, ElementsAre(ElementsAre(1), ElementsAre(0)));
}

TEST(FindLayers, NamesTheCycleAndNotWhatHangsOnIt) {
  WorkflowBuilder file = letters(4);
  file.data("b.o", "a.i").data("b.o", "c.i").data("c.o", "d.i").data("d.o", "b.i");
  const Layers found = find_layers(file.workflow(), Graph(file.workflow()));
  EXPECT_THAT(found.layers, IsEmpty());
  EXPECT_THAT(found.cycle, ElementsAre(1, 2, 3));
}

TEST(FindLayers, IsEmptyForAnEmptyWorkflow) {
  const Workflow workflow;
  EXPECT_THAT(find_layers(workflow, Graph(workflow)).layers, IsEmpty());
}

TEST(FindLayers, GoesAsDeepAsTheGraph) {
  const Workflow chain = long_chain(kManyNodes);
  EXPECT_THAT(find_layers(chain, Graph(chain)).layers, SizeIs(kManyNodes));
}

TEST(CycleText, ComesBackToItsStart) {
  auto label = [](std::size_t i) { return std::to_string(i); };
  EXPECT_EQ(cycle_text(1, label), "0 -> 0");
  EXPECT_EQ(cycle_text(3, label), "0 -> 1 -> 2 -> 0");
}

TEST(CycleText, LeavesOutTheMiddleOfALongOne) {
  auto label = [](std::size_t i) { return std::to_string(i); };
  EXPECT_EQ(cycle_text(11, label), "0 -> 1 -> 2 -> 3 -> 4 -> 5 -> 6 -> 7 -> 8 -> 9 -> 10 -> 0");
  EXPECT_EQ(cycle_text(1000, label),
            "0 -> 1 -> 2 -> 3 -> 4 -> (990 more nodes) -> 995 -> 996 -> 997 -> 998 -> 999 -> 0");
}

}  // namespace
}  // namespace vnode
