#include "validate/missing_port.h"

#include <gtest/gtest.h>

namespace vnode {
namespace {

TEST(MissingPort, SaysWhatTheWireDoesAllTheSame) {
  const NodeInstance node{.node_id = "a"};
  Connection wire{.from_port = "x", .to_port = "y"};
  const auto ends_with = [&](bool is_source, std::string_view end) {
    return missing_port_text(node, wire, is_source).ends_with(end);
  };
  EXPECT_TRUE(ends_with(true,
                        "has no output \"x\": nothing comes through the wire, and its target does not use "
                        "the saved value either"));
  EXPECT_TRUE(ends_with(false, "has no input \"y\": the value appears among the node's inputs all the same"));
  wire.is_exec = true;
  EXPECT_TRUE(ends_with(true, "the wire never fires"));
  EXPECT_TRUE(ends_with(false, "the wire runs the node all the same"));
}

}  // namespace
}  // namespace vnode
