#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "yaml/file_lowering.h"

namespace vnode {

/// Where the parts of a level stand: of a whole file, or of a group in it. kNoYaml: it has none.
struct LevelParts {
  YamlIndex nodes = kNoYaml;
  YamlIndex connections = kNoYaml;
  YamlIndex editor = kNoYaml;
  YamlIndex outputs = kNoYaml;           ///< of a group: name -> node.port
  std::vector<std::string> inputs = {};  ///< of a group
  bool takes_parameters = false;         ///< "${name}" as a whole value is a wire from an input
};

/// The dot before the one at `dot`; npos when it is the first.
inline std::size_t previous_dot(std::string_view text, std::size_t dot) {
  return dot == 0 ? std::string_view::npos : text.rfind('.', dot - 1);
}

/// A level as a document.
struct LoweredLevel {
  Dict document;
  std::shared_ptr<YamlPlaces> places;
};

/// Lowers the nodes and wires of one level. One use. Its parts are in files of their own: level_entries.cpp
/// (what the keys of nodes are), level_ports.cpp (values and wires of ports), level_wires.cpp (then,
/// connections, references), level_groups.cpp (nodes, use), level_editor.cpp (editor).
class LevelLowering {
 public:
  /// `path`: of the group, with its final slash; empty: of the document itself.
  LevelLowering(FileLowering& file, std::string path) : file_(file), path_(std::move(path)) {}

  LoweredLevel lower(const LevelParts& parts);

 private:
  struct PortEntry {
    YamlIndex key;
    YamlIndex value;
  };

  /// A node as the file says it.
  struct Draft {
    std::string name;
    std::uint32_t at = 0;
    YamlIndex entry = kNoYaml;  ///< kNoYaml: made for an input or output of the group
    std::string type = {};
    bool has_type = false;
    const NodeType* known = nullptr;
    const PortTable* ports = nullptr;  ///< null: nobody knows them
    std::vector<PortEntry> port_entries = {};
    YamlIndex then = kNoYaml;
    YamlIndex limits = kNoYaml;
    YamlIndex bypassed = kNoYaml;
    YamlIndex init_priority = kNoYaml;
    YamlIndex note = kNoYaml;
    YamlIndex editor = kNoYaml;
    Dict parameters = {};
    std::optional<Uuid> id = std::nullopt;
    YamlPlaces::Node places = {};
  };

  struct OwnPorts {
    std::vector<Port> inputs;
    std::vector<Port> outputs;
    std::unique_ptr<PortTable> table;
  };

  /// A port of a node that a text names.
  struct Reference {
    std::size_t node;
    std::string_view port;
  };

  struct Wire {
    Reference from;
    Reference to;
    bool is_exec = false;
    std::uint32_t at = 0;
    Value id = Value::unset();
    Value raw = Value::unset();  ///< the whole entry, of one that the plain form cannot say
    Dict unknown = {};
  };

  enum class Side { kInput, kOutput };

  // level_entries.cpp
  void read_entries(YamlIndex nodes);
  void read_entry(Draft& draft);
  void read_key(Draft& draft, YamlIndex key, YamlIndex value);
  std::optional<std::size_t> find_interface_node(std::string_view type, std::string_view port) const;
  std::size_t interface_node(std::string_view side, std::string_view type, const std::string& port);
  void find_ports(Draft& draft);
  void read_plain_parts(Draft& draft);
  void set_parameter(Draft& draft, Value name, Value value, std::uint32_t at);

  // level_ports.cpp
  void read_ports(std::size_t node);
  void read_port(std::size_t node, const PortEntry& entry);
  bool accept_input(const Draft& draft, const PortEntry& entry, const Port*& port);
  std::optional<Reference> inline_source(std::size_t node, YamlIndex value, bool& is_wire);
  void warn_near_wire(std::string_view text, std::uint32_t at, std::size_t node);
  void add_inline_wire(Reference from, Reference to, std::uint32_t at);

  // level_wires.cpp
  void read_then(std::size_t node);
  void read_targets(std::size_t node, std::string_view port, YamlIndex value);
  void add_exec_wire(std::size_t node, std::string_view port, YamlIndex target);
  std::optional<std::string_view> single_exec_output(const Draft& draft, std::uint32_t at);
  std::optional<Reference> exec_target(YamlIndex target);
  void read_connections(YamlIndex connections);
  void read_connection(YamlIndex entry);
  void check_mixed_wires();
  std::optional<Reference> find_reference(YamlIndex index, Side side);
  std::optional<Reference> find_reference(std::string_view text, std::uint32_t at, Side side, bool must_be);
  bool may_have(const Draft& draft, std::string_view port, Side side) const;
  bool is_exec_output(const Reference& from, bool otherwise) const;
  std::vector<std::string> names() const;

  // level_groups.cpp
  void read_group(Draft& draft, YamlIndex nodes);
  void read_use(Draft& draft, YamlIndex use);
  void embed(Draft& draft, LoweredLevel inner, std::vector<Value> port_definitions);
  void wire_outputs(YamlIndex outputs);
  std::vector<Value> read_group_ports(Draft& draft, YamlIndex ports, LevelParts& parts);
  UsedParameters use_site_parameters(Draft& draft, FileLowering& used, YamlIndex declared,
                                     std::vector<Value>& port_definitions);
  YamlIndex given_value(const Draft& draft, std::string_view port) const;
  Value literal_for_use(YamlIndex given, YamlIndex standard, const FileLowering& used, bool is_text);

  // level_editor.cpp
  void read_editor(YamlIndex editor);
  void read_editor_nodes(YamlIndex nodes);
  void read_editor_node(Draft& draft);
  void apply_editor(const Draft& draft, Dict& entry);
  void order_wires(YamlIndex slots);
  void add_editor_parts(Dict& document);
  Value editor_value(YamlIndex index);

  // level_lowering.cpp
  bool has_position(const Draft& draft) const;
  Value node_value(Draft& draft);
  Value wire_value(const Wire& wire);
  void add_notes(Dict& document);
  Value id_text(const Draft& draft) { return draft.id ? Value(draft.id->text()) : Value(); }
  std::string_view text(YamlIndex index) const { return file_.tree.text(index); }
  std::uint32_t at(YamlIndex index) const { return file_.at(index); }
  std::string label(const Draft& draft) const { return "node '" + draft.name + "'"; }

  FileLowering& file_;
  std::string path_;
  std::deque<Draft> drafts_;  ///< what is in it stays where it is
  std::unordered_map<std::string_view, std::size_t> by_name_;
  std::vector<std::unique_ptr<OwnPorts>> own_ports_;
  std::vector<Wire> wires_;
  std::size_t inline_wires_ = 0;                       ///< how many of them stand at nodes
  std::unordered_set<std::string_view> output_names_;  ///< of all nodes; for near_wire
  std::size_t near_checks_ = 0;
  YamlIndex editor_ = kNoYaml;
  std::vector<std::string> inputs_;  ///< of the group that this is the inside of
  bool takes_parameters_ = false;
};

}  // namespace vnode
