#include "apps/vnode/ci/run_annotations.h"

#include <filesystem>

#include "base/text_file.h"
#include "model/source_lines.h"

namespace vnode {
namespace {

/// Empty for what is no file: standard input is gone by now.
std::string text_of_file(const std::string& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return {};
  const Result<TextFile> text = read_text_file(file);
  return text ? text->text : std::string();
}

std::string label_of_remark(const NodeRef& node) {
  return node.name.empty() ? std::string(node.node_type) : std::string(node.name);
}

}  // namespace

void RunAnnotations::on_event(const Event& event) {
  if (const auto* error = std::get_if<NodeError>(&event.body)) {
    if (!error->is_handled) note(event, true, error->message);
  } else if (const auto* log = std::get_if<NodeLog>(&event.body)) {
    const bool is_error = log->level == LogLevel::kError && !log->is_handled && log->stream.empty();
    if (is_error || log->level == LogLevel::kWarning) note(event, is_error, log->message);
  } else if (const auto* finished = std::get_if<ExecutionFinished>(&event.body)) {
    // What a node said, or the file's problems say, is not said twice.
    const bool is_told = finished->success() || finished->status == RunStatus::kInvalid ||
                         (finished->status == RunStatus::kFailed && errors_ > 0);
    if (!is_told && !finished->error.empty()) note(event, true, finished->error);
  }
}

void RunAnnotations::note(const Event& event, bool is_error, std::string_view message) {
  std::size_t& count = is_error ? errors_ : warnings_;
  if (++count > kMostAnnotations) return;
  Remark remark{.is_error = is_error, .id = {}, .name = {}, .label = {}, .message = std::string(message)};
  if (event.node) {
    // What is in a group is in the file that has the group.
    const Uuid& outermost = event.node->path.empty() ? event.node->instance_id : event.node->path.front();
    remark.id = outermost.text();
    remark.name = event.node->name;
    remark.label = label_of_remark(*event.node);
  }
  remarks_.push_back(std::move(remark));
}

std::string RunAnnotations::text() const {
  if (problems_.empty() && remarks_.empty()) return {};
  const bool is_file = file_ != "-";
  const std::string text = is_file ? text_of_file(file_) : std::string();
  Annotations annotations(system_);
  for (const Problem& problem : problems_) annotations.add(problem, is_file ? file_ : "", text);
  std::size_t told[2] = {0, 0};
  for (const Remark& remark : remarks_) {
    ++told[remark.is_error ? 1 : 0];
    annotations.add({.is_error = remark.is_error,
                     .file = is_file ? file_ : "",
                     .line = line_of_node(text, remark.id, remark.name),
                     .title = remark.label,
                     .message = remark.message});
  }
  // Those that were not kept count.
  for (; told[1] < errors_; ++told[1]) annotations.add(Annotation{});
  for (; told[0] < warnings_; ++told[0]) annotations.add(Annotation{.is_error = false});
  return annotations.text();
}

}  // namespace vnode
