#include "apps/vnode/watch/watch_model.h"

#include <algorithm>
#include <utility>

#include "apps/vnode/watch/node_rows.h"
#include "apps/vnode/watch/text_filter.h"

namespace vnode {
namespace {

bool is_control(const Key& key, std::string_view letter) {
  return key.kind == Key::Kind::kControl && key.text == letter;
}

bool is_back(const Key& key) {
  return key.kind == Key::Kind::kEscape || key.kind == Key::Kind::kLeft || key.kind == Key::Kind::kBackspace;
}

}  // namespace

void WatchModel::add_event(const std::string& run, const Event& event) {
  if (detail_ && detail_->id() == run) detail_->apply(event);
}

WatchRequest WatchModel::press(const Key& key, TerminalSize size) {
  said_.clear();
  if (shows_help_) {
    shows_help_ = false;
    return {};
  }
  if (!question_.empty()) return answer(key);
  if (is_typing_) {
    edit_filter(key);
    return {};
  }
  if (key.is("q") || key.is("Q")) return {WatchRequest::Kind::kQuit};
  if (key.is("?") || key.is("h")) {
    shows_help_ = true;
    return {};
  }
  if (key.is("/")) {
    is_typing_ = true;
    filter().clear();
    return {};
  }
  if (key.kind == Key::Kind::kEscape && !filter().empty()) {
    filter().clear();
    return {};
  }
  const std::size_t rows = layout(size).body;
  switch (pane_) {
    case Pane::kRuns:
    case Pane::kGroup:
      return press_in_runs(key, rows);
    case Pane::kNodes:
      return press_in_nodes(key, rows);
    case Pane::kLog:
      break;
  }
  return press_in_log(key, rows);
}

WatchRequest WatchModel::press_in_runs(const Key& key, std::size_t rows) {
  RunTable& shown = table();
  const std::vector<const RunInfo*> runs = shown_runs();
  select_run(shown, runs);
  if (move(shown.cursor, key, runs.size(), rows)) {
    // At the top it is whatever comes there.
    const std::size_t selected = shown.cursor.selected;
    shown.selected = runs.empty() || selected == 0 ? std::string() : runs[selected]->id;
    return {};
  }
  if (pane_ == Pane::kGroup && is_back(key)) return leave_group();
  if (runs.empty()) return {};
  const RunInfo& run = *runs[shown.cursor.selected];
  if (key.kind == Key::Kind::kEnter || key.kind == Key::Kind::kRight) return open_row(run, Pane::kNodes);
  if (key.is("l")) return open_row(run, Pane::kLog);
  if (key.is("c")) ask_to_cancel(run.id);
  return {};
}

WatchRequest WatchModel::open_row(const RunInfo& run, Pane pane) {
  if (!run.is_group) return open(run.id, pane);
  if (pane == Pane::kNodes) return open_group_of(run.id);
  say("Enter shows the runs of a group; each of them has its log");
  return {};
}

WatchRequest WatchModel::press_in_nodes(const Key& key, std::size_t rows) {
  const auto nodes = ordered_nodes(detail_->progress(), filter());
  select_node(nodes);
  if (move(nodes_, key, nodes.size(), rows)) {
    selected_node_ =
        nodes.empty() || nodes_.selected == 0 ? std::string() : node_label(*nodes[nodes_.selected]);
    return {};
  }
  if (is_back(key)) return leave();
  const bool is_enter = key.kind == Key::Kind::kEnter || key.kind == Key::Kind::kRight;
  if (is_enter || key.is("l")) {
    log_node_ = is_enter && nodes_.selected < nodes.size() ? node_label(*nodes[nodes_.selected]) : "";
    came_from_nodes_ = true;
    log_follows_ = true;
    pane_ = Pane::kLog;
  } else if (key.is("c")) {
    ask_to_cancel(detail_->id());
  }
  return {};
}

WatchRequest WatchModel::press_in_log(const Key& key, std::size_t rows) {
  constexpr std::size_t kPanStep = 8;
  if (key.kind == Key::Kind::kRight) {
    pan_ += kPanStep;
  } else if (key.kind == Key::Kind::kLeft && pan_ > 0) {
    pan_ -= std::min(pan_, kPanStep);
  } else if (is_back(key)) {
    return leave();
  } else if (key.is("c")) {
    ask_to_cancel(detail_->id());
  } else {
    const std::size_t count = shown_log().size();
    const std::size_t last = count > rows ? count - rows : 0;
    if (log_follows_) log_first_ = last;
    // The cursor of a list that is as long as there are places for the first line.
    ListCursor cursor{std::min(log_first_, last), 0};
    if (!move(cursor, key, last + 1, rows)) return {};
    log_first_ = cursor.selected;
    log_follows_ = log_first_ == last;
  }
  return {};
}

WatchRequest WatchModel::open(const std::string& run, Pane pane) {
  detail_.emplace(run);
  nodes_ = {};
  selected_node_.clear();
  log_node_.clear();
  log_follows_ = true;
  pan_ = 0;
  came_from_nodes_ = false;
  filters_[static_cast<std::size_t>(Pane::kNodes)].clear();
  filters_[static_cast<std::size_t>(Pane::kLog)].clear();
  table().selected = run;
  pane_ = pane;
  return {WatchRequest::Kind::kFollow, run};
}

WatchRequest WatchModel::open_group_of(const std::string& group) {
  all_.selected = group;
  group_id_ = group;
  group_.emplace(RunTable{.board = RunBoard({})});
  filters_[static_cast<std::size_t>(Pane::kGroup)].clear();
  pane_ = Pane::kGroup;
  return {WatchRequest::Kind::kOpenGroup, group};
}

WatchRequest WatchModel::leave_group() {
  pane_ = Pane::kRuns;
  group_.reset();
  return {WatchRequest::Kind::kCloseGroup, std::exchange(group_id_, {})};
}

void WatchModel::open_alone(const std::string& run) {
  is_alone_ = true;
  if (!detail_) detail_.emplace(run);
  log_node_.clear();
  log_follows_ = true;
  pane_ = Pane::kNodes;
}

WatchRequest WatchModel::leave() {
  pan_ = 0;
  if (pane_ == Pane::kLog && came_from_nodes_) {
    log_node_.clear();
    pane_ = Pane::kNodes;
    return {};
  }
  const std::string run = detail_->id();
  if (is_alone_) return {WatchRequest::Kind::kUnfollow, run};
  pane_ = group_ ? Pane::kGroup : Pane::kRuns;
  detail_.reset();
  return {WatchRequest::Kind::kUnfollow, run};
}

void WatchModel::ask_to_cancel(const std::string& run) {
  const RunInfo* info = find_run(run);
  const bool has_ended = info ? info->has_ended() : detail_ && detail_->end();
  if (has_ended) {
    say(noun_of(run) + " " + run + " has ended");
  } else {
    question_ = run;
  }
}

WatchRequest WatchModel::answer(const Key& key) {
  const std::string run = std::exchange(question_, {});
  if (!key.is("y") && !key.is("Y")) return {};
  return {WatchRequest::Kind::kCancel, run};
}

void WatchModel::edit_filter(const Key& key) {
  std::string& text = filter();
  if (key.kind == Key::Kind::kEnter) {
    is_typing_ = false;
  } else if (key.kind == Key::Kind::kEscape) {
    is_typing_ = false;
    text.clear();
  } else if (key.kind == Key::Kind::kBackspace) {
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) text.pop_back();
    if (!text.empty()) text.pop_back();
  } else if (is_control(key, "u")) {
    text.clear();
  } else if (key.kind == Key::Kind::kText) {
    text += key.text;
  }
}

const RunInfo* WatchModel::find_run(const std::string& id) const {
  const RunInfo* run = group_ ? group_->board.find(id) : nullptr;
  return run ? run : all_.board.find(id);
}

/// The selected run stays so; when it has gone, what is in its place.
void WatchModel::select_run(RunTable& table, const std::vector<const RunInfo*>& runs) {
  std::size_t& selected = table.cursor.selected;
  if (table.selected.empty()) {
    selected = 0;
    return;
  }
  const auto place = std::find_if(runs.begin(), runs.end(),
                                  [&table](const RunInfo* run) { return run->id == table.selected; });
  if (place != runs.end()) selected = static_cast<std::size_t>(place - runs.begin());
  if (!runs.empty()) selected = std::min(selected, runs.size() - 1);
}

void WatchModel::select_node(const std::vector<const RunProgress::Node*>& nodes) {
  if (selected_node_.empty()) {
    nodes_.selected = 0;
    return;
  }
  const auto place = std::find_if(nodes.begin(), nodes.end(), [this](const RunProgress::Node* node) {
    return node_label(*node) == selected_node_;
  });
  if (place != nodes.end()) nodes_.selected = static_cast<std::size_t>(place - nodes.begin());
}

std::vector<const LogEntry*> WatchModel::shown_log() const {
  const TextFilter texts(filters_[static_cast<std::size_t>(Pane::kLog)]);
  std::vector<const LogEntry*> lines;
  for (const LogEntry& entry : detail_->log()) {
    if (!log_node_.empty() && entry.source != log_node_) continue;
    if (texts.is_in(entry.text) || texts.is_in(entry.source) || texts.is_in(entry.word))
      lines.push_back(&entry);
  }
  return lines;
}

}  // namespace vnode
