#include <algorithm>
#include <tuple>

#include "validate/checks.h"

namespace vnode {
namespace {

/// Looks at the wires that arrive at one node.
class FanIn {
 public:
  FanIn(const Subject& subject, ProblemList& problems) : subject_(subject), problems_(problems) {}

  void check(NodeIndex node) {
    check_data(node, subject_.graph().data_in(node));
    sort_wires(subject_.graph().exec_in(node));
    report_repeated(node);
  }

 private:
  const Connection& wire(WireIndex index) const { return subject_.workflow().connections[index]; }

  void check_data(NodeIndex node, std::span<const WireIndex> wires) {
    sort_wires(wires);
    report_repeated(node);
    for (std::size_t begin = 0, end = 0; begin < wires_.size(); begin = end) {
      while (end < wires_.size() && wire(wires_[end]).to_port == wire(wires_[begin]).to_port) ++end;
      report_sources(node, std::span(wires_).subspan(begin, end - begin));
    }
  }

  /// By input, then by source, then by place in the file; so all that are to be compared stand together.
  void sort_wires(std::span<const WireIndex> wires) {
    wires_.assign(wires.begin(), wires.end());
    if (wires_.size() < 2) return;
    std::sort(wires_.begin(), wires_.end(), [this](WireIndex a, WireIndex b) {
      return std::tie(wire(a).to_port, wire(a).from_node, wire(a).from_port, a) <
             std::tie(wire(b).to_port, wire(b).from_node, wire(b).from_port, b);
    });
  }

  bool has_same_source(WireIndex a, WireIndex b) const {
    return wire(a).from_node == wire(b).from_node && wire(a).from_port == wire(b).from_port;
  }

  void report_repeated(NodeIndex node) {
    for (std::size_t i = 1, first = 0; i < wires_.size(); ++i) {
      if (!has_same_source(wires_[first], wires_[i]) ||
          wire(wires_[first]).to_port != wire(wires_[i]).to_port) {
        first = i;
        continue;
      }
      problems_.warn("repeated_connection", [&] {
        return Problem{.pointer = wire_pointer(wires_[i]),
                       .message = "this connection to " + subject_.label(node) + " is the same as " +
                                  wire_pointer(wires_[first]) +
                                  (wire(wires_[i]).is_exec ? ": it runs the node once more" : ""),
                       .hint = "remove one of them",
                       .node = subject_.label(node)};
      });
    }
  }

  /// `wires`: all data wires into one input, sorted.
  void report_sources(NodeIndex node, std::span<const WireIndex> wires) {
    std::size_t sources = 1;
    for (std::size_t i = 1; i < wires.size(); ++i) sources += has_same_source(wires[i - 1], wires[i]) ? 0 : 1;
    if (sources < 2) return;
    problems_.warn("several_sources", [&] {
      const WireIndex last = *std::max_element(wires.begin(), wires.end());
      return Problem{.pointer = wire_pointer(last) + "/to_port",
                     .message = std::to_string(sources) + " outputs are wired to the input \"" +
                                wire(last).to_port + "\" of " + subject_.label(node) +
                                "; when the node reads its wires, the last one in the file, this one, wins",
                     .hint = "keep one of them",
                     .node = subject_.label(node)};
    });
  }

  const Subject& subject_;
  ProblemList& problems_;
  std::vector<WireIndex> wires_;  ///< of the list at hand, sorted
};

}  // namespace

void check_fan_in(const Subject& subject, ProblemList& problems) {
  FanIn fan_in(subject, problems);
  for (NodeIndex node = 0; node < subject.graph().node_count(); ++node) fan_in.check(node);
}

}  // namespace vnode
