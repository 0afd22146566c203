#pragma once

#include <cstddef>
#include <string>

#include "model/value.h"

namespace vnode {

/// Writes values into events, and replaces those whose JSON text is longer than `limit` bytes by
/// `{"$truncated": true, "bytes": n, "preview": "..."}`.
///
/// The last long list is remembered with its size: lists that grow by one item an event share their storage
/// (model/value.h), so that a loop which collects n items costs n steps here, not n * n.
/// Thread rule: one thread at a time.
class ValueShortener {
 public:
  explicit ValueShortener(std::size_t limit) : limit_(limit) {}

  void append(std::string& out, const Value& value);

 private:
  bool is_long(const Value& value);
  void append_shortened(std::string& out, const Value& value);
  std::size_t exact_size(const Value& value);
  bool knows(const Value& list) const;

  std::size_t limit_;
  Value known_list_ = Value::unset();
  std::size_t known_size_ = 0;
};

}  // namespace vnode
