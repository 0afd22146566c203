#include "daemon/map_values.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/shown_text.h"
#include "model/frames.h"
#include "model/json_reader.h"
#include "model/json_writer.h"
#include "model/members.h"

namespace vnode {
namespace {

using Refusal = std::optional<RpcError>;

constexpr std::size_t kLongestShown = 200;

RpcError refuse_map(std::string message) {
  return {RpcErrorCode::kInvalidParams, "invalid_params", "map: " + std::move(message)};
}

/// As it would be typed: a text of its own must not be taken for the name of a file.
std::string typed(std::string text) { return text.starts_with('@') ? "@" + text : text; }

/// Digits, and the signs of ranges.
bool looks_like_frames(std::string_view text) {
  return text.find_first_not_of("0123456789-,x: \t") == text.npos &&
         text.find_first_of("0123456789") != text.npos;
}

std::vector<std::string> split_names(std::string_view text) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    std::string_view name = text.substr(at, comma - at);
    const std::size_t first = name.find_first_not_of(" \t");
    name = first == name.npos ? std::string_view()
                              : name.substr(first, name.find_last_not_of(" \t") - first + 1);
    names.emplace_back(name);
    at = comma + 1;
  }
  return names;
}

/// Makes the values of one map.
class MapReader {
 public:
  explicit MapReader(std::size_t chunk) : chunk_(chunk) {}

  Refusal read_text(std::string_view text);
  Refusal read_list(std::span<const Value> items);
  std::vector<std::variant<std::string, Value>> values;

 private:
  Refusal check_count(std::size_t items) const;
  template <class Items, class Make>
  void cut(const Items& items, const Make& make) {
    const std::size_t size = std::max<std::size_t>(chunk_, 1);
    for (std::size_t at = 0; at < items.size(); at += size) {
      values.push_back(make(std::span(items).subspan(at, std::min(size, items.size() - at))));
    }
  }

  std::size_t chunk_;  ///< 0: there are none
};

Refusal MapReader::check_count(std::size_t items) const {
  if (items == 0) return refuse_map("has no values, so there is nothing to run");
  const std::size_t size = std::max<std::size_t>(chunk_, 1);
  const std::size_t runs = (items - 1) / size + 1;
  if (runs <= kMostRunsOfAGroup) return std::nullopt;
  return refuse_map("makes " + std::to_string(runs) + " runs, of at most " +
                    std::to_string(kMostRunsOfAGroup) + "; larger chunks make fewer");
}

Refusal MapReader::read_text(std::string_view text) {
  if (text.starts_with('[')) {
    const Result<Value> list = parse_json(text);
    if (!list || !list->is_list()) return refuse_map("begins with '[' and is no JSON list");
    return read_list(list->as_list());
  }
  if (looks_like_frames(text)) {
    const Result<std::vector<std::int64_t>> frames = parse_frames(text);
    if (!frames) return refuse_map(frames.error().message);
    if (Refusal refused = check_count(frames->size())) return refused;
    cut(*frames, [](std::span<const std::int64_t> part) { return frames_text(part); });
    return std::nullopt;
  }
  const std::vector<std::string> names = split_names(text);
  if (Refusal refused = check_count(text.empty() ? 0 : names.size())) return refused;
  if (std::any_of(names.begin(), names.end(), [](const std::string& name) { return name.empty(); }))
    return refuse_map("has nothing between two commas");
  cut(names, [](std::span<const std::string> part) {
    std::string joined;
    for (const std::string& name : part) joined += (joined.empty() ? "" : ",") + name;
    return typed(std::move(joined));
  });
  return std::nullopt;
}

Refusal MapReader::read_list(std::span<const Value> items) {
  if (Refusal refused = check_count(items.size())) return refused;
  if (chunk_ > 0) {
    cut(items, [](std::span<const Value> part) {
      return Value::list(std::vector<Value>(part.begin(), part.end()));
    });
    return std::nullopt;
  }
  for (const Value& item : items) {
    if (item.is_text()) {
      values.emplace_back(typed(std::string(item.as_text())));
    } else {
      values.emplace_back(item);
    }
  }
  return std::nullopt;
}

}  // namespace

std::string MapValues::text(std::size_t index) const {
  const auto& value = values[index].value;
  std::string text;
  if (const auto* own = std::get_if<std::string>(&value)) {
    text = own->starts_with("@@") ? own->substr(1) : *own;
  } else {
    append_json(text, std::get<Value>(value));
  }
  const std::string_view shown = beginning(text, kLongestShown);
  return shown.size() < text.size() ? std::string(shown) + "..." : text;
}

std::variant<MapValues, RpcError> read_map(const Dict& map) {
  MapValues found{.target = text_member(map, "target"), .values = {}};
  if (found.target.empty())
    return refuse_map("needs a \"target\": a parameter of the workflow, or NODE.PORT");
  const Value* chunk = map.find("chunk");
  if (chunk && !(chunk->is_int() && chunk->as_int() > 0))
    return refuse_map("\"chunk\" must be a whole number above 0");
  MapReader reader(chunk ? static_cast<std::size_t>(chunk->as_int()) : 0);
  const Value* text = map.find("text");
  const Value* values = map.find("values");
  if ((text && text->is_text()) == (values && values->is_list()))
    return refuse_map("needs either a \"text\" or a list of \"values\"");
  Refusal refused =
      text && text->is_text() ? reader.read_text(text->as_text()) : reader.read_list(values->as_list());
  if (refused) return std::move(*refused);
  found.values.reserve(reader.values.size());
  for (auto& value : reader.values) {
    found.values.push_back({.target = found.target, .value = std::move(value)});
  }
  return found;
}

}  // namespace vnode
