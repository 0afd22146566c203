#pragma once

#include <string>
#include <vector>

#include "model/value.h"
#include "python/values/content_parts.h"
#include "python/values/host_objects.h"

namespace vnode {

/// Writes values as the host of `objects` reads them, in full: without `$n` and `$r`. No recursion.
/// Thread rule: one thread at a time.
class ValueEncoder {
 public:
  explicit ValueEncoder(const HostObjects& objects) : objects_(objects) {}

  /// Appends the value and says which parts it has.
  ContentParts append(std::string& out, const Value& value);

 private:
  struct Opened {
    const Value* items;
    const DictEntry* entries;
    std::size_t size;
    std::size_t next;
    std::uint32_t part;
    const char* closing;
    bool has_pairs;  ///< a dict that is written as `$d`
  };

  void begin(std::string& out, const Value& value);
  void begin_dict(std::string& out, const Value& dict);
  void next_member(std::string& out);
  void end(std::string& out);
  void append_object(std::string& out, const ForeignObject& object);

  const HostObjects& objects_;
  std::vector<Opened> opened_;
  ContentParts parts_;
};

}  // namespace vnode
