#include "apps/vnode/watch/node_rows.h"

#include <algorithm>

#include "apps/vnode/terminal/progress_text.h"
#include "apps/vnode/terminal/terminal_styles.h"
#include "apps/vnode/terminal/time_text.h"
#include "apps/vnode/watch/marked_table.h"
#include "apps/vnode/watch/text_filter.h"

namespace vnode {
namespace {

using ShownNode = RunProgress::Node;

enum class Section { kRunning, kWaiting, kFailed, kEnded };

Section section_of(const ShownNode& node) {
  if (node.is_running) return node.waiting.empty() ? Section::kRunning : Section::kWaiting;
  if (!node.has_ended) return Section::kWaiting;
  const bool has_failed = node.status == NodeStatus::kFailed || node.status == NodeStatus::kTimeout;
  return has_failed && !node.is_handled ? Section::kFailed : Section::kEnded;
}

std::vector<TableColumn> node_columns() {
  return {{.title = "STATUS", .importance = 4},
          {.title = "NODE", .least = 10},
          {.title = "DONE", .importance = 2, .hides_when_empty = true},
          {.title = "TIME", .importance = 3},
          {.title = "MESSAGE", .least = 12, .importance = 1, .hides_when_empty = true}};
}

TableCell status_cell(const ShownNode& node) {
  switch (section_of(node)) {
    case Section::kRunning:
      return {"running", kBold};
    case Section::kWaiting:
      return {"waiting", kYellow};
    default:
      break;
  }
  if (node.is_handled) return {"handled", kYellow};
  const std::string_view style = node.status == NodeStatus::kSuccess    ? kGreen
                                 : section_of(node) == Section::kFailed ? kRed
                                                                        : kYellow;
  return {std::string(word(node.status)), style};
}

std::string message_of(const ShownNode& node) {
  const bool has_failed = node.has_ended && node.status != NodeStatus::kSuccess && !node.error.empty();
  const std::string& text = !node.waiting.empty() ? node.waiting
                            : node.is_running     ? node.message
                            : has_failed          ? node.error
                                                  : node.first_error_log;
  return text.substr(0, text.find('\n'));
}

std::string done_text(const ShownNode& node, std::size_t width) {
  if (!node.is_running || !node.fraction) return {};
  constexpr std::size_t kAll = 100;
  const auto done = static_cast<std::size_t>(std::clamp(*node.fraction, 0.0, 1.0) * kAll);
  const std::string percent = std::to_string(done) + "%";
  return width < 60 ? percent : progress_bar(done, kAll, width < 120 ? 7 : 12) + " " + percent;
}

std::vector<TableCell> row_of(const ShownNode& node, WallTime now, std::size_t width) {
  const Duration time =
      node.is_running ? std::max<Duration>(now - node.started_at, Duration(0)) : node.duration;
  const bool has_time = node.is_running || node.status != NodeStatus::kSkipped;
  return {status_cell(node),
          {node_label(node)},
          {done_text(node, width), kGreen},
          {has_time ? short_duration_text(std::chrono::duration<double>(time).count()) : std::string()},
          {message_of(node)}};
}

}  // namespace

std::vector<const ShownNode*> ordered_nodes(const RunProgress& progress, std::string_view filter) {
  const TextFilter texts(filter);
  std::vector<const ShownNode*> nodes = progress.nodes();
  std::erase_if(nodes, [&texts](const ShownNode* node) {
    if (!node->is_running && !node->has_ended) return true;  // it has only been heard of
    return !texts.is_in(node_label(*node)) && !texts.is_in(node->type) && !texts.is_in(message_of(*node));
  });
  std::sort(nodes.begin(), nodes.end(), [](const ShownNode* a, const ShownNode* b) {
    const Section section = section_of(*a);
    if (section != section_of(*b)) return section < section_of(*b);
    if (section == Section::kRunning || section == Section::kWaiting) return a->started_seq < b->started_seq;
    return a->ended_seq > b->ended_seq;
  });
  return nodes;
}

std::vector<std::string> node_rows(std::span<const ShownNode* const> nodes, std::size_t selected,
                                   WallTime now, RowStyle style) {
  std::vector<std::vector<TableCell>> rows;
  rows.reserve(nodes.size());
  for (const ShownNode* node : nodes) rows.push_back(row_of(*node, now, style.columns));
  return marked_table(node_columns(), std::move(rows), selected, style);
}

}  // namespace vnode
