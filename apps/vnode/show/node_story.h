#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/value.h"

namespace vnode {

/// What has become of one node of a run, as its events tell it.
struct NodeStory {
  std::string node_id;
  std::string node_type;
  std::string name = {};          ///< how people call it; may be empty
  std::vector<std::string> path;  ///< the groups it is in, the outermost first
  /// In bodies of maps: "[3]", the item; empty for all items together, and elsewhere.
  std::string item;
  std::int64_t executions = 0;
  std::int64_t taken = 0;  ///< of them, from the journal of an earlier attempt
  std::string detail;      ///< why the last one that was not taken ran, though it stands in that journal
  std::string reason;      ///< why it was started last: exec, pull, ...
  std::string status;      ///< "running", or how it ended last
  std::optional<double> duration;  ///< seconds, of the last execution
  std::string cause;               ///< why it was skipped
  std::string message;             ///< of its last error, if it failed
  std::string waiting;             ///< for what, while it waits; else empty
};

/// Collects the stories of the nodes that `node` means: an instance's id, its beginning (from 4 characters
/// on), its name, or a node type; empty: all of them.
class NodeStories {
 public:
  explicit NodeStories(std::string node) : node_(std::move(node)) {}

  /// Takes the run's events in order.
  void add(const Value& event);

  /// In the order in which they were first heard of; of nodes in bodies of maps that for all items first,
  /// then those of the items of which the node has not succeeded.
  std::vector<NodeStory> stories() const;
  bool has_ended() const { return has_ended_; }
  /// Which nodes (by name, and by type) the run's events have told of, in that order.
  const std::vector<std::string>& node_words() const { return node_words_; }
  /// How many nodes of the run were never started; nullopt while nobody knows: until its end, and of a run
  /// that was cut off.
  std::optional<std::int64_t> never_started() const { return never_started_; }

 private:
  bool is_meant(const Value& event) const;
  NodeStory& story_of(const Value& event);
  void add_item(const Value& event, const std::string& item);
  void learn(const std::string& word);

  const std::string node_;
  std::vector<NodeStory> stories_;
  std::map<std::string, NodeStory> items_;  ///< that have not succeeded, by node, path and item
  std::vector<std::string> item_order_;     ///< their keys, as they were begun
  std::vector<std::string> node_words_;
  std::optional<std::int64_t> never_started_;
  bool has_ended_ = false;
};

/// Whether `node` means the event's node, as NodeStories understands it.
bool is_event_of(const Value& event, std::string_view node);

/// "python_script (c0ffee...): executed 3 times; the last one failed after 1.2 s: no such file".
std::string story_text(const NodeStory& story);
Value story_value(const NodeStory& story);

}  // namespace vnode
