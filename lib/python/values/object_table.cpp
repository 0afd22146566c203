#include "python/values/object_table.h"

#include <charconv>
#include <span>
#include <utility>

#include "model/json_writer.h"
#include "model/value_ops.h"
#include "python/values/data_object.h"
#include "python/values/forms.h"
#include "python/values/known_contents.h"
#include "python/values/value_decoder.h"
#include "python/values/value_encoder.h"

namespace vnode {
namespace {

/// Texts from this many characters on have numbers.
constexpr std::size_t kLongText = 1'000;

/// Whether a value gets a number where it is outermost.
bool is_numbered(const Value& value) {
  switch (value.kind()) {
    case Kind::kList:
    case Kind::kDict:
      return true;
    case Kind::kText:
      return value.as_text().size() >= kLongText && count_code_points(value.as_text()) >= kLongText;
    case Kind::kObject: {
      const auto* data = dynamic_cast<const DataObject*>(&value.as_object());
      return data && data->is_mutable();
    }
    default:
      return false;
  }
}

void append_number(std::string& out, std::int64_t number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_reference(std::string& out, const ContentPlace& place) {
  out += R"({"$r":[)";
  append_number(out, place.number);
  if (place.part != 0) {
    out += ',';
    append_number(out, place.part);
  }
  out += "]}";
}

/// Whether a host may give this a number: what it could not send as a reference later has none.
bool may_be_numbered(const Value& content) {
  if (content.is_object()) return dynamic_cast<const DataObject*>(&content.as_object()) != nullptr;
  return content.is_list() || content.is_dict() || content.is_text();
}

bool is_host_number(const Value& value) { return value.is_int() && value.as_int() > 0; }

bool is_part_number(const Value& value) {
  return value.is_int() && value.as_int() >= 0 && value.as_int() <= std::int64_t{0xFFFFFFFF};
}

}  // namespace

struct ObjectTable::State {
  HostObjects objects;
  KnownContents contents;
  ValueEncoder encoder{objects};

  void append_new(std::string& out, const Value& value);
  Result<Value> read_new(const Value& arguments);
  Result<Value> read_reference(const Value& arguments);
};

ObjectTable::ObjectTable() : state_(std::make_shared<State>()) {}

ObjectTable::~ObjectTable() = default;

void ObjectTable::append_value(std::string& out, const Value& value) {
  if (!is_numbered(value)) {
    state_->encoder.append(out, value);
  } else if (const ContentPlace* place = state_->contents.find(value)) {
    append_reference(out, *place);
  } else {
    state_->append_new(out, value);
  }
}

Result<Value> ObjectTable::read_value(const Value& raw) {
  const Form form = form_of(raw);
  if (form.tag == "$n") return state_->read_new(*form.argument);
  if (form.tag == "$r") return state_->read_reference(*form.argument);
  if (!has_form(raw)) return raw;
  return ValueDecoder(state_->objects).decode(raw);
}

std::string ObjectTable::take_free_message() {
  FreeList freed;
  // Contents first: objects may end with them.
  state_->contents.take_unused(freed);
  state_->objects.take_ended(freed);
  if (freed.empty()) return {};
  std::string message = R"(["free",[)";
  for (const auto& [number, count] : freed) {
    message += message.back() == ']' ? ",[" : "[";
    append_number(message, number);
    message += ',';
    append_number(message, static_cast<std::int64_t>(count));
    message += ']';
  }
  message += "]]";
  return message;
}

void ObjectTable::State::append_new(std::string& out, const Value& value) {
  const std::int64_t number = contents.next_number();
  out += R"({"$n":[)";
  append_number(out, number);
  out += ',';
  ContentParts parts = encoder.append(out, value);
  out += "]}";
  contents.add_own(number, value, std::move(parts));
}

Result<Value> ObjectTable::State::read_new(const Value& arguments) {
  if (!arguments.is_list() || arguments.as_list().size() != 2 || !is_host_number(arguments.as_list()[0])) {
    return protocol_error("$n must hold [id, value]");
  }
  const std::int64_t number = arguments.as_list()[0].as_int();
  Value content = arguments.as_list()[1];
  ValueDecoder decoder(objects);
  if (has_form(content)) {
    Result<Value> decoded = decoder.decode(content);
    if (!decoded) return decoded.error();
    content = *std::move(decoded);
  }
  if (!may_be_numbered(content)) return protocol_error("$n cannot hold a " + std::string(type_name(content)));
  contents.add_received(number, content, find_parts(content, decoder.gaps()));
  return content;
}

Result<Value> ObjectTable::State::read_reference(const Value& arguments) {
  const auto items = arguments.is_list() ? arguments.as_list() : std::span<const Value>();
  const bool has_part = items.size() == 2 && is_part_number(items[1]);
  if (items.empty() || !is_host_number(items[0]) || (items.size() != 1 && !has_part)) {
    return protocol_error("$r must hold [id] or [id, part]");
  }
  const auto part = static_cast<std::uint32_t>(has_part ? items[1].as_int() : 0);
  const Value* content = contents.receive_again(items[0].as_int(), part);
  if (!content) return protocol_error("$r refers to content " + to_text(items[0]) + ", which is not there");
  return *content;
}

}  // namespace vnode
