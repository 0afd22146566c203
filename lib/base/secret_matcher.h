#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vnode {

/// Finds any of many patterns in a text that comes byte by byte (Aho-Corasick): it takes time in proportion
/// to the text, however many patterns there are and whatever they have in common. Immutable. Thread rule: any
/// thread.
class SecretMatcher {
 public:
  /// Where it stands in a text. 0: at the beginning, and wherever no pattern could have begun.
  using State = std::uint32_t;

  explicit SecretMatcher(const std::vector<std::string>& patterns);

  State step(State state, unsigned char byte) const;
  /// Of a text that is at state 0 at that place: the next place where a pattern may begin.
  std::size_t next_begin(std::string_view text, std::size_t at) const {
    while (at < text.size() && from_root_[static_cast<unsigned char>(text[at])] == 0) ++at;
    return at;
  }
  /// How many of the last bytes may be the beginning of a pattern.
  std::size_t begun(State state) const { return nodes_[state].begun; }
  /// The size of the longest pattern that ends here; 0: none does.
  std::size_t ended(State state) const { return nodes_[state].ended; }

 private:
  struct Node {
    std::uint32_t depth = 0;
    std::uint32_t begun = 0;
    std::uint32_t ended = 0;
    State shorter = 0;             ///< the longest other node that the text may be in as well
    std::uint32_t first_edge = 0;  ///< in `edges_`
    std::uint32_t edges = 0;
  };
  struct Edge {
    unsigned char byte = 0;
    State to = 0;
  };

  State child(State state, unsigned char byte) const;
  void link();

  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::array<State, 256> from_root_{};
};

}  // namespace vnode
