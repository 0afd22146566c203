#include "apps/vnode/show/node_story.h"

#include <algorithm>

#include "base/duration_text.h"
#include "engine/node_address.h"
#include "model/members.h"

namespace vnode {
namespace {

std::vector<std::string> group_path(const Value& event) {
  std::vector<std::string> path;
  for (const Value& group : list_member(event, "path")) {
    if (group.is_text()) path.emplace_back(group.as_text());
  }
  return path;
}

/// "[3]", or "[3][0]" in a map within a map; empty elsewhere.
std::string item_of(const Value& event) {
  std::string item;
  for (const Value& index : list_member(event, "iteration")) {
    if (index.is_int()) item += "[" + std::to_string(index.as_int()) + "]";
  }
  return item;
}

void tell(NodeStory& story, const std::string& type, const Value& event) {
  if (type == "node_started") {
    if (integer_member(event, "try").value_or(1) <= 1) ++story.executions;
    const Value* taken = member(event, "resumed");
    if (taken && taken->is_bool() && taken->as_bool())
      ++story.taken;
    else
      story.detail = text_member(event, "reason_detail");
    story.reason = text_member(event, "reason");
    story.status = "running";
    story.duration.reset();
    story.cause.clear();
    story.message.clear();
    story.waiting.clear();
  } else if (type == "node_waiting") {
    story.status = "running";  // also between two tries
    story.waiting = text_member(event, "for");
    if (const std::string detail = text_member(event, "detail"); !detail.empty())
      story.waiting += " (" + detail + ")";
  } else if (type == "node_resumed") {
    story.waiting.clear();
  } else if (type == "node_error") {
    story.message = text_member(event, "message");
  } else if (type == "node_finished") {
    story.status = text_member(event, "status");
    story.duration = number_member(event, "duration");
    story.cause = text_member(event, "cause");
    story.waiting.clear();
  }
}

std::string times(std::int64_t count) { return count == 1 ? "once" : std::to_string(count) + " times"; }

std::string duration_of(const NodeStory& story) {
  if (!story.duration) return "";
  return duration_text(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(*story.duration)));
}

/// Whoever ends a run that was cut off does not know them: all are 0.
bool has_counts(const Value& nodes) {
  constexpr const char* kCounts[] = {"executed", "succeeded", "failed",
                                     "skipped",  "cancelled", "never_started"};
  return std::any_of(std::begin(kCounts), std::end(kCounts),
                     [&nodes](const char* name) { return integer_member(nodes, name).value_or(0) > 0; });
}

std::string ending(const NodeStory& story) {
  const std::string last = story.executions > 1 ? "the last one " : "it ";
  std::string text = last;
  if (story.status == "success") {
    text += "succeeded";
  } else if (story.status == "timeout") {
    text += "ran out of time";
  } else if (story.status == "failed") {
    text += "failed";
  } else {
    text += "was " + story.status;
  }
  if (const std::string duration = duration_of(story); !duration.empty()) text += " after " + duration;
  if (!story.message.empty()) text += ": " + story.message;
  return text;
}

}  // namespace

bool is_event_of(const Value& event, std::string_view node) {
  const std::string_view id = text_view(event, "node_id");
  if (id.empty()) return false;
  return id == node || text_view(event, "node_type") == node || text_view(event, "name") == node ||
         (node.size() >= kShortestIdBeginning && id.starts_with(node));
}

bool NodeStories::is_meant(const Value& event) const {
  return node_.empty() ? !text_view(event, "node_id").empty() : is_event_of(event, node_);
}

NodeStory& NodeStories::story_of(const Value& event) {
  const std::string id = text_member(event, "node_id");
  const std::vector<std::string> path = group_path(event);
  const auto found = std::find_if(stories_.begin(), stories_.end(), [&](const NodeStory& story) {
    return story.node_id == id && story.path == path;
  });
  if (found != stories_.end()) return *found;
  return stories_.emplace_back(NodeStory{.node_id = id,
                                         .node_type = text_member(event, "node_type"),
                                         .name = text_member(event, "name"),
                                         .path = path});
}

void NodeStories::learn(const std::string& word) {
  if (!word.empty() && std::find(node_words_.begin(), node_words_.end(), word) == node_words_.end())
    node_words_.push_back(word);
}

void NodeStories::add(const Value& event) {
  const std::string type = text_member(event, "type");
  if (type == "execution_started" || type == "execution_finished") {
    // Of what was running when a daemon was killed no more is told.
    for (NodeStory& story : stories_) {
      if (story.status == "running") story.status = "interrupted";
    }
    for (auto& [key, story] : items_) {
      if (story.status == "running") story.status = "interrupted";
    }
  }
  if (type == "execution_finished") {
    const Value* nodes = member(event, "nodes");
    if (nodes && has_counts(*nodes)) never_started_ = integer_member(*nodes, "never_started");
    has_ended_ = true;
    return;
  }
  learn(text_member(event, "name"));
  learn(text_member(event, "node_type"));
  if (!is_meant(event)) return;
  tell(story_of(event), type, event);
  if (const std::string item = item_of(event); !item.empty()) add_item(event, item);
}

/// A map may have a million items: those for which the node has succeeded are not kept.
void NodeStories::add_item(const Value& event, const std::string& item) {
  std::string key = text_member(event, "node_id") + item;
  for (const std::string& group : group_path(event)) key += "/" + group;
  const auto [entry, is_new] = items_.try_emplace(key);
  NodeStory& story = entry->second;
  if (is_new) {
    story = {.node_id = text_member(event, "node_id"),
             .node_type = text_member(event, "node_type"),
             .name = text_member(event, "name"),
             .path = group_path(event),
             .item = item};
    item_order_.push_back(key);
  }
  tell(story, text_member(event, "type"), event);
  if (story.status != "success") return;
  items_.erase(entry);
  std::erase(item_order_, key);
}

std::vector<NodeStory> NodeStories::stories() const {
  std::vector<NodeStory> all;
  for (const NodeStory& story : stories_) {
    all.push_back(story);
    for (const std::string& key : item_order_) {
      const NodeStory& item = items_.at(key);
      if (item.node_id == story.node_id && item.path == story.path) all.push_back(item);
    }
  }
  return all;
}

std::string story_text(const NodeStory& story) {
  std::string text = story.name.empty() ? "" : story.name + ", ";
  text += story.node_type + " (" + story.node_id + ")" + story.item + ": ";
  if (story.status == "skipped") {
    text += "skipped" + (story.cause.empty() ? "" : ": " + story.cause);
    if (story.executions > 0) text += "; executed " + times(story.executions) + " before";
    return text;
  }
  if (story.status == "running") {
    const std::int64_t before = story.executions - 1;
    return text + (story.waiting.empty() ? "is running (" : "waits for " + story.waiting + " (") +
           story.reason + ")" + (before > 0 ? "; executed " + times(before) + " before" : "");
  }
  if (story.executions == 0) return text + (story.status.empty() ? "not executed" : story.status);
  if (story.taken == story.executions)
    return text + "not executed: taken from the journal" + (story.taken > 1 ? " " + times(story.taken) : "") +
           (story.status == "success" ? "" : "; " + ending(story));
  text += "executed " + times(story.executions - story.taken);
  if (!story.detail.empty()) text += " (" + story.detail + ")";
  if (story.taken > 0) text += ", taken from the journal " + times(story.taken);
  return text + "; " + ending(story);
}

Value story_value(const NodeStory& story) {
  Dict value = {{"node_id", story.node_id},
                {"node_type", story.node_type},
                {"executions", story.executions},
                {"status", story.status}};
  if (!story.name.empty()) value.set("name", story.name);
  if (!story.path.empty()) {
    value.set("path", Value::list(std::vector<Value>(story.path.begin(), story.path.end())));
  }
  if (!story.item.empty()) value.set("item", story.item);
  if (!story.reason.empty()) value.set("reason", story.reason);
  if (story.taken > 0) value.set("resumed", story.taken);
  if (!story.detail.empty()) value.set("reason_detail", story.detail);
  if (story.duration) value.set("duration", Value(*story.duration));
  if (!story.cause.empty()) value.set("cause", story.cause);
  if (!story.message.empty()) value.set("message", story.message);
  if (!story.waiting.empty()) value.set("waiting", story.waiting);
  return Value(std::move(value));
}

}  // namespace vnode
