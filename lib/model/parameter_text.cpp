#include "model/parameter_text.h"

#include <utility>
#include <vector>

#include "model/parameter.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

constexpr std::string_view kOpen = "${";
constexpr std::string_view kEscaped = "$${";

/// A text in pieces: plain ones, and names.
struct Piece {
  std::string_view text;
  bool is_name = false;
};

/// kInvalidValue for a `${` without its end, or with something else than a name; `pieces` gets all of the
/// text in any case.
Result<void> take_apart(std::string_view text, const std::function<void(Piece)>& take) {
  Result<void> found;
  std::size_t from = 0;
  for (std::size_t at = 0; (at = text.find('$', at)) != text.npos;) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with(kEscaped)) {
      take({text.substr(from, at - from)});
      take({kOpen});
      at = from = at + kEscaped.size();
      continue;
    }
    const std::size_t end = rest.starts_with(kOpen) ? rest.find('}') : rest.npos;
    const std::string_view name = end == rest.npos ? rest.substr(0, 0) : rest.substr(2, end - 2);
    if (is_parameter_name(name)) {
      take({text.substr(from, at - from)});
      take({name, true});
      at = from = at + end + 1;
      continue;
    }
    if (rest.starts_with(kOpen) && found) {
      found = Error{ErrorCode::kInvalidValue,
                    end == rest.npos ? "a ${ without its }; write $${ for the characters themselves"
                                     : "${" + std::string(rest.substr(2, end - 2)) +
                                           "} is no name of a parameter; write $${ for the characters "
                                           "themselves"};
    }
    ++at;
  }
  take({text.substr(from)});
  return found;
}

bool may_hold_texts(const Value& value) { return value.is_list() || value.is_dict(); }

std::size_t inner_count(const Value& container) {
  return container.is_list() ? container.as_list().size() : container.as_entries().size();
}

const Value& inner_at(const Value& container, std::size_t index) {
  return container.is_list() ? container.as_list()[index] : container.as_entries()[index].value;
}

/// One container on the way down: values may be nested more deeply than any stack is.
struct Open {
  Value source;
  std::size_t next = 0;
  std::vector<Value> items = {};
};

Value made_of(Open open) {
  if (open.source.is_list()) return Value::list(std::move(open.items));
  Dict dict;
  for (std::size_t i = 0; i < open.items.size(); ++i)
    dict.set(open.source.as_entries()[i].key, std::move(open.items[i]));
  return dict;
}

Value fill_item(const Value& item, const ParameterOf& value_of) {
  if (!item.is_text() || !has_parameters(item.as_text())) return item;
  Value filled = fill_text(item.as_text(), value_of);
  return filled.is_unset() ? Value() : filled;
}

Value filled_copy(const Value& root, const ParameterOf& value_of) {
  std::vector<Open> open = {{root}};
  for (;;) {
    Open& inner = open.back();
    if (inner.next < inner_count(inner.source)) {
      Value item = inner_at(inner.source, inner.next++);
      if (may_hold_texts(item)) {
        open.push_back({std::move(item)});
      } else {
        inner.items.push_back(fill_item(item, value_of));
      }
      continue;
    }
    Value made = made_of(std::move(inner));
    open.pop_back();
    if (open.empty()) return made;
    open.back().items.push_back(std::move(made));
  }
}

}  // namespace

std::string_view lone_parameter(std::string_view text) {
  if (!text.starts_with(kOpen) || !text.ends_with('}')) return {};
  const std::string_view name = text.substr(2, text.size() - 3);
  return is_parameter_name(name) ? name : std::string_view();
}

Result<void> each_parameter(std::string_view text, const std::function<void(std::string_view)>& take) {
  return take_apart(text, [&take](Piece piece) {
    if (piece.is_name) take(piece.text);
  });
}

Value fill_text(std::string_view text, const ParameterOf& value_of) {
  if (const std::string_view name = lone_parameter(text); !name.empty()) {
    const Value* value = value_of(name);
    return value ? *value : Value(text);
  }
  std::string out;
  (void)take_apart(text, [&](Piece piece) {
    if (!piece.is_name) {
      out += piece.text;
      return;
    }
    const Value* value = value_of(piece.text);
    if (!value) {
      out.append(kOpen).append(piece.text).append("}");
    } else if (!value->is_unset()) {
      out += to_text(*value);
    }
  });
  return Value(out);
}

std::optional<Value> fill_value(const Value& value, const ParameterOf& value_of) {
  bool has_any = false;
  each_text_with_parameters(value, [&has_any](std::string_view) { has_any = true; });
  if (!has_any) return std::nullopt;
  if (value.is_text()) return fill_text(value.as_text(), value_of);
  return filled_copy(value, value_of);
}

void each_text_with_parameters(const Value& value, const std::function<void(std::string_view)>& take) {
  const auto look = [&take](const Value& leaf) {
    if (leaf.is_text() && has_parameters(leaf.as_text())) take(leaf.as_text());
  };
  if (!may_hold_texts(value)) return look(value);
  std::vector<Open> open = {{value}};
  while (!open.empty()) {
    Open& inner = open.back();
    if (inner.next == inner_count(inner.source)) {
      open.pop_back();
      continue;
    }
    const Value& item = inner_at(inner.source, inner.next++);
    if (may_hold_texts(item)) {
      Value deeper = item;
      open.push_back({std::move(deeper)});
    } else {
      look(item);
    }
  }
}

}  // namespace vnode
