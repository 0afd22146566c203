#pragma once

#include "base/secret_mask.h"
#include "model/problem.h"
#include "model/value.h"

namespace vnode {

/// Values as anybody may see them: without the secrets in their texts, keys, numbers, and what objects show
/// of themselves. A value without any comes back as it is.
///
/// The last list is remembered with what became of it: lists that grow by one item share their storage
/// (model/value.h), so that a loop which collects n items costs n steps here, not n * n.
/// Thread rule: one thread at a time; the mask must outlive it.
class ValueMask {
 public:
  explicit ValueMask(const SecretMask& mask) : mask_(mask) {}

  Value apply(const Value& value);

 private:
  Value apply_to_list(const Value& list);

  const SecretMask& mask_;
  Value known_list_ = Value::unset();
  Value known_masked_ = Value::unset();
  std::uint64_t known_generation_ = 0;
};

/// Everything that is there to be read in it.
void mask_problem(const SecretMask& mask, Problem& problem);

}  // namespace vnode
