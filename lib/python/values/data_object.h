#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/foreign_object.h"
#include "model/value.h"
#include "python/values/host_objects.h"

namespace vnode {

/// How deep sets, and tuples in them, may nest: as deep as Python shows them.
inline constexpr std::size_t kMaxSetDepth = 1'000;

/// Whether that is the `$v` form of an object without objects of a host in it.
bool is_data_form(std::string_view text);

/// bytes, bytearray, set, frozenset: data that the engine carries without looking into it (`$v`). Any host
/// can take it.
class DataObject final : public ForeignObject {
 public:
  /// The object that `[type, repr, truth, payload]` describes. Errors: kBadDocument.
  static Result<Value> read(const Value& arguments, HostObjects& objects);

  /// Appends the `$v` form for the host of `objects`.
  void append(std::string& out, const HostObjects& objects) const;

  /// Objects of a host in it are none.
  bool is_data() const override { return payload_.holes.empty(); }
  /// The `$v` form.
  std::string data() const override;

  /// Of a type whose objects can change: each is one object, whatever equals it.
  bool is_mutable() const { return type() == "set" || type() == "bytearray"; }

  /// Of the payload, in bytes.
  std::size_t size() const { return payload_.text.size(); }

 private:
  friend class PayloadReader;

  /// Where an object of a host stands in the payload's text. Held, so that it lives as long as the data does.
  struct Hole {
    std::size_t at;
    Value object;
  };
  struct Payload {
    std::string text;
    std::vector<Hole> holes;
  };

  DataObject(std::string type, const std::string& repr, bool truth, Payload payload)
      : ForeignObject(std::move(type), repr, repr, truth), payload_(std::move(payload)) {}

  Payload payload_;
};

}  // namespace vnode
