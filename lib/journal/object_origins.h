#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "model/value.h"

namespace vnode {

/// Where objects that are no data come from: digests go by that, since their contents are unknown. Holds none
/// of them. Thread rule: one thread at a time.
class ObjectOrigins {
 public:
  ObjectOrigins();

  /// Those in `value` whose origin is not known come from there: an execution, by its digests, and a port or
  /// variable.
  void add(const Value& value, std::string_view maker, std::string_view port);
  /// The same for each run that has made it in the same way; of an unknown origin, a name that no other
  /// object ever has.
  std::string name_of(const ForeignObject& object);

 private:
  struct Known {
    std::weak_ptr<const ForeignObject> object;  ///< another one may be at its place later
    std::string name;
  };

  Known* find(const ForeignObject& object);
  void remember(const ForeignObject& object, std::string name);

  const std::string nonce_;  ///< of this process
  std::unordered_map<const ForeignObject*, Known> known_;
  std::size_t look_at_ = 64;  ///< when there are as many, those that are gone are forgotten
  std::size_t unknown_ = 0;
};

}  // namespace vnode
