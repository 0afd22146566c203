#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "events/event.h"

namespace vnode {

/// What a run's events say about where it stands. No output, no clock of its own; cheap for a million events
/// a second.
class RunProgress {
 public:
  /// One node instance that has started at least once, or was skipped.
  struct Node {
    Uuid id;
    std::string type;
    std::string name;       ///< how people call it; may be empty
    std::size_t depth = 0;  ///< in how many groups it is
    std::string item;       ///< in the body of a map: "[3]", which item it is executed for
    bool is_running = false;
    bool has_ended = false;
    bool is_handled = false;  ///< its failure is none of the run's
    std::uint64_t started_seq = 0;
    WallTime started_at;
    std::uint64_t ended_seq = 0;
    Duration duration{};  ///< of its last execution, once it has ended
    std::optional<double> fraction;
    std::string message;  ///< of its progress
    std::string waiting;  ///< for what, while it waits; else empty
    NodeStatus status = NodeStatus::kSuccess;
    std::string error;  ///< the last message of node_error, or the cause of skipping, of its last execution
    std::size_t error_logs = 0;   ///< that count as failures (engine rule 22), of all its executions
    std::string first_error_log;  ///< of them
    std::size_t place = 0;        ///< in running_
  };

  void apply(const Event& event);

  std::size_t total() const { return total_; }    ///< nodes of the workflow, without those in groups
  std::size_t ended() const { return ended_; }    ///< how many of them have ended at least once
  std::size_t failed() const { return failed_; }  ///< instances whose last execution failed
  std::size_t running() const { return running_.size(); }
  /// Executions that have ended, of nodes in groups, loops and maps, too.
  std::uint64_t executions() const { return executions_; }
  WallTime started_at() const { return started_at_; }
  /// How much of the workflow is done, from 0 to 1, with what running nodes say of themselves.
  double fraction() const;
  /// How long it will go on, in seconds, when it has been running for so long; nullopt while nobody
  /// can tell.
  std::optional<double> seconds_left(Duration elapsed) const;

  /// The nodes that were started last, at most `count`, in the order of their start: those at
  /// work, and behind them, as far as there is room, those that wait.
  std::vector<const Node*> latest_running(std::size_t count) const;
  /// All that are known, in no order.
  std::vector<const Node*> nodes() const;
  /// Those that did not succeed the last time, or have logged errors, in the order of their start.
  std::vector<const Node*> troubled() const;

 private:
  static std::size_t key_of(const NodeRef& ref);
  Node& node_of(const NodeRef& ref);
  void forget(const NodeRef& ref);
  void start(Node& node, const Event& event);
  void finish(Node& node, const Event& event, const NodeFinished& finished);
  void wait(Node& node, const NodeWaiting& waiting);

  /// By a hash of id, path and iteration. Of nodes in bodies of maps only those that are running, or did not
  /// succeed.
  std::unordered_map<std::size_t, Node> nodes_;
  std::unordered_set<Uuid> ended_items_;  ///< nodes in bodies that have ended at least once
  std::unordered_set<Uuid> in_bodies_;    ///< of these those whose map may still have items
  std::vector<Node*> running_;
  std::size_t total_ = 0;
  std::size_t ended_ = 0;
  std::size_t failed_ = 0;
  std::uint64_t executions_ = 0;
  WallTime started_at_;
};

/// "type 1b4e28ba": what views call a node.
std::string short_label(std::string_view type, const Uuid& id);
/// What views call a node of a run: its name if it has one, else that; with the item: "render[3]".
std::string node_label(const RunProgress::Node& node);
/// The same of an event's node.
std::string node_label(const NodeRef& node);
/// "[3]", or "[3][0]" in a map within a map; empty elsewhere.
std::string item_text(std::span<const std::int64_t> iteration);

}  // namespace vnode
