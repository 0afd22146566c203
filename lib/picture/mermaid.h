#pragma once

#include "picture/picture.h"

namespace vnode {

/// What Mermaid draws as it is set up on GitHub and GitLab; beyond that it shows an error instead.
inline constexpr std::size_t kMostMermaidEdges = 500;
inline constexpr std::size_t kMostMermaidCharacters = 50'000;

/// A picture as a flowchart of Mermaid: exec wires thick, groups and backdrops as subgraphs. Ends at
/// Mermaid's limits, with a warning.
Drawing draw_mermaid(const Picture& picture);

}  // namespace vnode
