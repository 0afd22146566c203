#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "validate/subject.h"
#include "yaml/yaml_text.h"

namespace vnode {

/// What is not said in the plain form, since it came out differently.
struct WriterDoubts {
  std::set<std::size_t> nodes;  ///< of the document itself: all of their parameters
  bool has_wires = false;
  bool has_metadata = false;
};

/// Writes the nodes and wires of one level: of a document, or of a group in it. One use.
class LevelWriter {
 public:
  /// `path`: of the group, with its final slash; empty: of the document itself. `doubts`: null in groups.
  LevelWriter(TypeCache& types, const Dict& document, std::string path, const WriterDoubts* doubts)
      : types_(types), document_(document), path_(std::move(path)), doubts_(doubts) {}

  /// Appends `nodes:`, `connections:` and `editor:`, each at `indent`. `editor`: further members of the last
  /// one.
  void write(std::string& out, std::size_t indent, const Dict& editor);

  const std::vector<std::string>& kept_for_editor() const { return kept_; }
  /// An `editor` part was needed.
  bool has_editor() const { return has_editor_; }

 private:
  struct OwnPorts {
    std::vector<Port> inputs;
    std::vector<Port> outputs;
    std::unique_ptr<PortTable> table;
  };

  struct Node {
    Dict entry;
    Dict parameters;
    std::string type;
    std::string name;
    Uuid id;
    const NodeType* known = nullptr;
    const PortTable* ports = nullptr;
    bool is_exact = false;
    Dict plain_inputs = {};
    Dict wired_inputs = {};  ///< port -> the text of its wire
    std::vector<std::pair<std::string, std::vector<std::string>>> then = {};
    Dict editor = {};
    Dict editor_parameters = {};
  };

  struct Wire {
    Dict entry;
    std::optional<std::size_t> from;  ///< none: the plain form cannot say the wire
    std::size_t to = 0;
    std::string from_port;
    std::string to_port;
    bool is_exec = false;
    bool is_listed = false;  ///< in `connections`
  };

  void read_nodes();
  void name_nodes();
  std::string free_name(const std::string& wanted);
  void find_ports(Node& node);
  void read_wires();
  bool is_sayable(const Wire& wire) const;
  bool has_port(const Node& node, std::string_view port, bool is_input) const;
  bool is_exec_port(const Node& node, std::string_view port, bool otherwise) const;
  void place_wires();
  void share_parameters(Node& node);
  bool is_plain_input(const Node& node, std::string_view port, const Value& value) const;
  void fill_editor(Node& node);
  void write_node(std::string& out, Node& node, std::size_t indent);
  void write_ports(std::string& out, const Node& node, bool of_keys, std::size_t indent);
  void write_group(std::string& out, Node& node, std::size_t indent);
  void write_port(std::string& out, std::string_view port, const Value& value, const Value& wire,
                  std::size_t indent);
  void write_then(std::string& out, const Node& node, std::size_t indent) const;
  void write_connections(std::string& out, std::size_t indent) const;
  Value slot(const Wire& wire) const;
  Value editor_parts(const Dict& further);
  std::string end_text(std::size_t node, std::string_view port) const {
    return nodes_[node].name + "." + std::string(port);
  }
  std::string target_text(const Node& target, std::string_view port) const;
  YamlStyle style() const;

  TypeCache& types_;
  const Dict& document_;
  std::string path_;
  const WriterDoubts* doubts_;
  bool has_editor_ = false;
  std::vector<Node> nodes_;
  std::unordered_map<std::string, std::size_t> by_id_;
  std::set<std::string, std::less<>> names_;
  std::vector<std::unique_ptr<OwnPorts>> own_ports_;
  std::vector<Wire> wires_;
  std::vector<std::string> kept_;
};

}  // namespace vnode
