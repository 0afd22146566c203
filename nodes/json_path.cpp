#include "nodes/json_path.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace vnode {
namespace {

/// Reads the parts of a path from left to right.
class PathReader {
 public:
  explicit PathReader(std::string_view text) : text_(text) { skip('$'); }

  bool at_end() const { return at_ == text_.size(); }
  bool skip(char c) {
    if (at_end() || text_[at_] != c) return false;
    at_ += 1;
    return true;
  }
  bool is_quote() const { return !at_end() && (text_[at_] == '"' || text_[at_] == '\''); }

  /// Between quotes; a backslash takes the next character as it is. nullopt when it is not closed.
  std::optional<std::string> read_quoted() {
    char quote = text_[at_++];
    std::string out;
    while (!at_end()) {
      char c = text_[at_++];
      if (c == quote) return out;
      if (c == '\\' && !at_end()) c = text_[at_++];
      out += c;
    }
    return std::nullopt;
  }

  std::string read_until(std::string_view ends) {
    std::size_t end = std::min(text_.find_first_of(ends, at_), text_.size());
    std::string out(text_.substr(at_, end - at_));
    at_ = end;
    return out;
  }

  Error problem(const std::string& what) const {
    return {ErrorCode::kUsage,
            what + " at position " + std::to_string(at_) + " of the path " + std::string(text_)};
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::optional<std::int64_t> to_index(std::string_view text) {
  std::int64_t index = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return index;
}

const Value* find_item(const Value& value, std::int64_t index) {
  if (!value.is_list()) return nullptr;
  auto size = static_cast<std::int64_t>(value.as_list().size());
  if (index < 0) index += size;
  return index >= 0 && index < size ? &value.as_list()[static_cast<std::size_t>(index)] : nullptr;
}

void append_all(std::vector<Value>& out, const Value& value) {
  if (value.is_list()) {
    out.insert(out.end(), value.as_list().begin(), value.as_list().end());
  } else if (value.is_dict()) {
    Dict dict = value.as_dict();
    for (const Dict::Entry& entry : dict) out.push_back(entry.value);
  }
}

}  // namespace

Result<JsonPath> JsonPath::parse(std::string_view text) {
  JsonPath path;
  PathReader reader(text);
  while (!reader.at_end()) {
    bool is_bracket = reader.skip('[');
    bool is_separated = is_bracket || reader.skip('.') || path.steps_.empty();
    if (!is_separated) return reader.problem("a missing dot");
    if (reader.is_quote()) {
      std::optional<std::string> key = reader.read_quoted();
      if (!key) return reader.problem("a quote that is not closed");
      path.steps_.emplace_back(std::move(*key));
    } else if (!is_bracket) {
      std::string key = reader.read_until(".[]");
      if (key.empty()) return reader.problem("a missing key");
      path.steps_.emplace_back(std::move(key));
    } else if (std::string inside = reader.read_until("]"); inside == "*") {
      path.steps_.emplace_back(All{});
    } else if (std::optional<std::int64_t> index = to_index(inside)) {
      path.steps_.emplace_back(*index);
    } else {
      return reader.problem("neither an index nor * nor a quoted key");
    }
    if (is_bracket && !reader.skip(']')) return reader.problem("a missing ]");
  }
  return path;
}

std::optional<Value> JsonPath::find(const Value& value) const {
  std::vector<Value> found = {value};
  bool is_many = false;
  for (const Step& step : steps_) {
    std::vector<Value> next;
    for (const Value& item : found) {
      if (const auto* key = std::get_if<std::string>(&step)) {
        if (!item.is_dict()) continue;
        Dict dict = item.as_dict();
        if (const Value* member = dict.find(std::string_view(*key))) next.push_back(*member);
      } else if (const auto* index = std::get_if<std::int64_t>(&step)) {
        if (const Value* member = find_item(item, *index)) next.push_back(*member);
      } else {
        append_all(next, item);
      }
    }
    bool is_all = std::holds_alternative<All>(step);
    // `[*]` of what has no items: nothing is there, as for any other step, unless an earlier one gave a list.
    if (is_all && !is_many && !found.front().is_list() && !found.front().is_dict()) return std::nullopt;
    is_many = is_many || is_all;
    if (next.empty() && !is_many) return std::nullopt;
    found = std::move(next);
  }
  if (is_many) return Value::list(std::move(found));
  return found.front();
}

}  // namespace vnode
