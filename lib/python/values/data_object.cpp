#include "python/values/data_object.h"

#include <span>
#include <string_view>
#include <utility>

#include "model/json_reader.h"
#include "model/json_writer.h"
#include "python/values/forms.h"

namespace vnode {
namespace {

bool is_bytes(std::string_view type) { return type == "bytes" || type == "bytearray"; }
bool is_set(std::string_view type) { return type == "set" || type == "frozenset"; }

bool describes_data(const Value& arguments) {
  if (!arguments.is_list() || arguments.as_list().size() != 4) return false;
  const auto parts = arguments.as_list();
  if (!parts[0].is_text() || !parts[1].is_text() || !parts[2].is_bool()) return false;
  return parts[3].is_text() ? is_bytes(parts[0].as_text()) : parts[3].is_list() && is_set(parts[0].as_text());
}

Error malformed() { return protocol_error("$v must hold [type, repr, truth, payload]"); }

}  // namespace

/// Turns a payload into the text that hosts get. Each function returns false once there is an error.
class PayloadReader {
 public:
  explicit PayloadReader(HostObjects& objects) : objects_(objects) {}

  static void begin(std::string& out, std::string_view type) {
    out += R"({"$v":[)";
    append_json_text(out, type);
    out += ",null,null,";
  }

  /// `payload`: base64 text, or a list of values that can be in sets.
  bool read(const Value& payload, std::size_t depth) {
    if (payload.is_list()) return read_items(payload.as_list(), depth);
    append_json(result_.text, payload);
    return true;
  }

  DataObject::Payload take() { return std::move(result_); }
  Error take_error() { return std::move(error_); }

 private:
  bool read_items(std::span<const Value> items, std::size_t depth) {
    if (depth > kMaxSetDepth) return fail(protocol_error("a set nests too deep"));
    result_.text += '[';
    for (const Value& item : items) {
      if (&item != items.data()) result_.text += ',';
      if (!read_item(item, depth + 1)) return false;
    }
    result_.text += ']';
    return true;
  }

  bool read_item(const Value& item, std::size_t depth) {
    const Form form = form_of(item);
    if (form.tag == "$t") return read_tuple(*form.argument, depth);
    if (form.tag == "$v") return read_data(*form.argument, depth);
    if (form.tag == "$o") return read_object(*form.argument);
    if (item.is_list() || item.is_dict()) return fail(protocol_error("a set cannot hold lists and dicts"));
    append_json(result_.text, item, NonFinite::kBare);
    return true;
  }

  bool read_tuple(const Value& items, std::size_t depth) {
    if (!items.is_list()) return fail(protocol_error("$t must hold a list"));
    result_.text += R"({"$t":)";
    if (!read_items(items.as_list(), depth)) return false;
    result_.text += '}';
    return true;
  }

  bool read_data(const Value& arguments, std::size_t depth) {
    if (!describes_data(arguments)) return fail(malformed());
    begin(result_.text, arguments.as_list()[0].as_text());
    if (!read(arguments.as_list()[3], depth)) return false;
    result_.text += "]}";
    return true;
  }

  bool read_object(const Value& arguments) {
    Result<Value> object = objects_.receive(arguments);
    if (!object) return fail(object.error());
    result_.holes.push_back({result_.text.size(), *std::move(object)});
    return true;
  }

  bool fail(Error error) {
    error_ = std::move(error);
    return false;
  }

  HostObjects& objects_;
  DataObject::Payload result_;
  Error error_;
};

bool is_data_form(std::string_view text) {
  if (text.empty()) return false;
  const Result<Value> form = parse_json(text);
  if (!form || form_of(*form).tag != "$v") return false;
  const Value& arguments = *form_of(*form).argument;
  if (!arguments.is_list() || arguments.as_list().size() != 4 || !arguments.as_list()[0].is_text())
    return false;
  const Value& payload = arguments.as_list()[3];
  const std::string_view type = arguments.as_list()[0].as_text();
  return payload.is_text() ? is_bytes(type) : payload.is_list() && is_set(type);
}

Result<Value> DataObject::read(const Value& arguments, HostObjects& objects) {
  if (!describes_data(arguments)) return malformed();
  const auto parts = arguments.as_list();
  PayloadReader reader(objects);
  if (!reader.read(parts[3], 0)) return reader.take_error();
  return Value::object(std::shared_ptr<const DataObject>(new DataObject(
      std::string(parts[0].as_text()), std::string(parts[1].as_text()), parts[2].as_bool(), reader.take())));
}

std::string DataObject::data() const {
  if (!is_data()) return {};
  std::string form;
  PayloadReader::begin(form, type());
  return form + payload_.text + "]}";
}

void DataObject::append(std::string& out, const HostObjects& objects) const {
  PayloadReader::begin(out, type());
  std::size_t done = 0;
  for (const Hole& hole : payload_.holes) {
    out.append(payload_.text, done, hole.at - done);
    objects.append(out, hole.object.as_object());
    done = hole.at;
  }
  out.append(payload_.text, done);
  out += "]}";
}

}  // namespace vnode
