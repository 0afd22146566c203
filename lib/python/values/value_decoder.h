#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/value.h"
#include "python/values/host_objects.h"

namespace vnode {

/// How deep a value with forms may nest.
inline constexpr std::size_t kMaxFormDepth = 5'000;

/// Makes values of what the host of `objects` has written: everything but `$n` and `$r`, which are outermost
/// only. One object decodes one value.
class ValueDecoder {
 public:
  explicit ValueDecoder(HostObjects& objects) : objects_(objects) {}

  /// Errors: kBadDocument for malformed forms, and for values that nest too deep.
  Result<Value> decode(const Value& raw);

  /// The numbers of parts that are no Values here (content_parts.h): tuples that are keys of dicts.
  std::span<const std::uint32_t> gaps() const { return gaps_; }

 private:
  enum class Shape { kList, kDict, kPairs };

  /// A container that is being decoded: of pairs, keys and values are members of their own.
  struct Opened {
    Shape shape;
    const Value* items;  ///< of a list, or the pairs
    const DictEntry* entries;
    std::size_t size;
    std::size_t next = 0;
    std::vector<Value> values = {};
    Dict dict = {};
    Value key = {};
    std::uint32_t first_part = 0;  ///< the number of the first part in the pair
  };

  // Each returns false once there is an error.
  bool begin(const Value& raw);
  bool begin_form(const Value& raw);
  bool begin_next();
  bool begin_key(Opened& pairs);
  bool open(Opened container);
  bool deliver(Value value);
  bool deliver_key(Opened& pairs, Value key);
  bool deliver_member(Opened& pairs, Value member);
  bool deliver_object(Result<Value> object);
  bool end();
  bool fail(std::string message);
  void forget_parts_from(std::uint32_t first);

  HostObjects& objects_;
  std::vector<Opened> opened_;
  Value result_;
  Error error_;
  std::uint32_t next_part_ = 0;
  std::vector<std::uint32_t> gaps_;
};

}  // namespace vnode
