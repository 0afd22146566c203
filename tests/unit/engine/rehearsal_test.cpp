// Journal rule 16: what a rehearsal does not execute. Where it ends is tested with the whole program.
#include "engine/rehearsal.h"

#include <gtest/gtest.h>

#include "node/node_type.h"

namespace vnode {
namespace {

TEST(RehearsalTest, ExecutesNoCodeToMakeInstances) {
  const std::unique_ptr<RuntimeSession> session = make_rehearsal_session();
  EXPECT_FALSE(session->pump(Duration::zero()));
}

TEST(RehearsalTest, OnlyWhatTouchesTheWorldIsLeftOut) {
  EXPECT_TRUE(touches_world(NodeType{.touches_world = true}));
  EXPECT_TRUE(touches_world(NodeType{.blocking = true}));
  EXPECT_FALSE(touches_world(NodeType{}));
}

}  // namespace
}  // namespace vnode
