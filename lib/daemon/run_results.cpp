#include "daemon/run_results.h"

#include "base/text_file.h"
#include "engine/node_address.h"
#include "events/value_shortener.h"
#include "model/json_reader.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

constexpr std::string_view kSchema = "vnode.results/1";
constexpr std::string_view kEventSuffix = ".ndjson";
/// Kept for the last line.
constexpr std::size_t kEndBytes = 128;

void append_line(std::string& out, const Dict& line) {
  append_json(out, line);
  out += '\n';
}

class ResultsWriter {
 public:
  explicit ResultsWriter(const ResultsHead& head) : limit_(head.limit) {
    append_line(text_, Dict{{"schema", kSchema},
                            {"run_id", head.run_id},
                            {"attempt", head.attempt},
                            {"limit", static_cast<std::int64_t>(head.limit)}});
  }

  void add(const NodeInstance& node, const Dict& results) {
    line_ = R"({"node_id":")" + node.instance_id.text() + R"(","node_type":)";
    append_json_text(line_, node.node_id);
    if (const std::string_view name = node_name(node); !name.empty()) {
      line_ += R"(,"name":)";
      append_json_text(line_, name);
    }
    line_ += R"(,"results":{)";
    std::vector<Value> shortened;
    for (const Dict::Entry& entry : results) {
      if (line_.back() != '{') line_ += ',';
      append_json_text(line_, entry.key.as_text());
      line_ += ':';
      if (!append_value(entry.value)) shortened.push_back(entry.key);
    }
    line_ += '}';
    if (!shortened.empty()) {
      line_ += R"(,"truncated":)";
      append_json(line_, Value::list(shortened));
    }
    line_ += "}\n";
    if (line_.size() > room(text_.size())) {
      ++left_out_;
      return;
    }
    text_ += line_;
    truncated_ += static_cast<std::int64_t>(shortened.size());
  }

  std::string take() {
    if (text_.size() + kEndBytes > limit_) return {};
    append_line(text_, Dict{{"end", true}, {"truncated", truncated_}, {"left_out", left_out_}});
    return std::move(text_);
  }

 private:
  /// What is left behind so many bytes.
  std::size_t room(std::size_t used) const {
    return used + kEndBytes < limit_ ? limit_ - used - kEndBytes : 0;
  }
  /// False when it had to be shortened.
  bool append_value(const Value& value) {
    const std::size_t left = room(text_.size() + line_.size());
    if (json_size(value, left) <= left) {
      append_json(line_, value);
      return true;
    }
    ValueShortener(0).append(line_, value);
    return false;
  }

  const std::size_t limit_;
  std::string text_;
  std::string line_;
  std::int64_t truncated_ = 0;
  std::int64_t left_out_ = 0;
};

std::int64_t int_member(const Dict& line, std::string_view name) {
  const Value* value = line.find(name);
  return value && value->is_int() ? value->as_int() : 0;
}

bool is_head_of(const Dict& line, std::string_view run_id, int attempt) {
  const Value* schema = line.find("schema");
  const Value* id = line.find("run_id");
  return schema && schema->is_text() && schema->as_text() == kSchema && id && id->is_text() &&
         id->as_text() == run_id && int_member(line, "attempt") == attempt;
}

}  // namespace

std::string results_text(const Run& run, const Workflow& workflow, const ResultsHead& head) {
  ResultsWriter writer(head);
  for (const NodeInstance& node : workflow.nodes) writer.add(node, run.results(node.instance_id));
  return writer.take();
}

Result<RunResults> parse_results(std::string_view text, std::string_view run_id, int attempt) {
  const Error damaged{ErrorCode::kBadDocument, "what is kept of them is damaged"};
  RunResults found;
  bool has_head = false;
  for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string_view::npos; at = end + 1) {
    const Result<Value> line = parse_json(text.substr(at, end - at));
    if (!line || !line->is_dict()) return damaged;
    Dict members = line->as_dict();
    if (members.find("end")) {
      found.truncated = int_member(members, "truncated");
      found.left_out = int_member(members, "left_out");
      return found;
    }
    if (has_head) {
      found.nodes.push_back(std::move(members));
      continue;
    }
    if (!is_head_of(members, run_id, attempt)) return damaged;
    has_head = true;
    found.limit = int_member(members, "limit");
  }
  return damaged;
}

Result<RunResults> read_results(const std::string& path, std::string_view run_id, int attempt) {
  const Result<TextFile> file = read_text_file(path);
  if (!file) return file.error();
  Result<RunResults> results = parse_results(file->text, run_id, attempt);
  if (results) return results;
  Error error = results.error();
  error.place.file = path;
  return error;
}

std::string results_path(std::string_view event_path) {
  const std::string_view stem = event_path.substr(0, event_path.size() - kEventSuffix.size());
  return std::string(stem).append(kResultsSuffix);
}

}  // namespace vnode
