#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/json_writer.h"
#include "model/value.h"
#include "python/values/object_table.h"

namespace vnode {

/// Builds the text of one message to a host: `Message("exec").add(instance).add(exec).text()` is
/// `["exec",3,7]`.
class Message {
 public:
  explicit Message(std::string_view name) {
    text_ = "[\"";
    text_.append(name).append(1, '"');
  }

  Message& add(std::uint64_t number) {
    text_.append(1, ',').append(std::to_string(number));
    return *this;
  }
  Message& add(std::string_view text) {
    text_ += ',';
    append_json_text(text_, text);
    return *this;
  }
  Message& add(const char* text) { return add(std::string_view(text)); }
  Message& add(const Value& value, ObjectTable& objects) {
    text_ += ',';
    objects.append_value(text_, value);
    return *this;
  }
  Message& add_null() { return add_json("null"); }
  /// Something that is JSON text already.
  Message& add_json(std::string_view json) {
    text_.append(1, ',').append(json);
    return *this;
  }

  /// A table of names, or any other list: `open`, any number of `pair` or `item`, `close`.
  Message& open() {
    text_ += ",[";
    return *this;
  }
  Message& pair(std::string_view name, const Value& value, ObjectTable& objects) {
    separate();
    text_ += '[';
    append_json_text(text_, name);
    text_ += ',';
    objects.append_value(text_, value);
    text_ += ']';
    return *this;
  }
  Message& item(std::string_view text) {
    separate();
    append_json_text(text_, text);
    return *this;
  }
  Message& item(std::uint64_t number) {
    separate();
    text_ += std::to_string(number);
    return *this;
  }
  Message& item(const Value& value, ObjectTable& objects) {
    separate();
    objects.append_value(text_, value);
    return *this;
  }
  Message& close() {
    text_ += ']';
    return *this;
  }

  /// The whole message. Nothing can be added afterwards.
  const std::string& text() {
    text_ += ']';
    return text_;
  }

 private:
  void separate() {
    if (text_.back() != '[') text_ += ',';
  }

  std::string text_;
};

}  // namespace vnode
