#include <bit>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "model/number_text.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

bool is_integer_kind(Kind kind) { return kind == Kind::kBool || kind == Kind::kInt; }

/// Whether a float has no fraction and lies within 64 bits, so that it can be compared as an integer,
/// exactly.
bool is_small_whole(double value) {
  return value >= -kTwoTo63 && value < kTwoTo63 &&
         static_cast<double>(static_cast<std::int64_t>(value)) == value;
}

bool is_large_whole(double value) {
  return std::isfinite(value) &&
         (value < -kTwoTo63 || value >= kTwoTo63);  // so far out there are no fractions
}

bool float_equals(double real, const Value& other) {
  if (other.is_float()) return real == other.as_float();
  if (is_integer_kind(other.kind())) {
    return is_small_whole(real) && static_cast<std::int64_t>(real) == other.as_int();
  }
  return other.is_big_int() && is_large_whole(real) && exact_digits(real) == other.as_digits();
}

/// Python's `==` of two values that are not both lists or both dicts.
bool equal_scalars(const Value& a, const Value& b) {
  if (is_integer_kind(a.kind()) && is_integer_kind(b.kind())) return a.as_int() == b.as_int();
  if (a.is_float()) return float_equals(a.as_float(), b);
  if (b.is_float()) return float_equals(b.as_float(), a);
  if (a.kind() != b.kind()) return false;
  if (a.is_text() || a.is_big_int()) return a.as_text() == b.as_text();
  if (a.is_object()) return a.identity() == b.identity();
  return true;  // None, unset
}

bool same_scalars(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  if (a.is_float() && std::isnan(a.as_float())) return std::isnan(b.as_float());
  return equal_scalars(a, b);
}

using Leaf = bool (*)(const Value&, const Value&);

/// Compares two values with `leaf` for all that is not a container, for keys of dicts too. Pairs of
/// containers that are still to be compared wait in a list, so that depth costs heap, not stack.
class Comparison {
 public:
  explicit Comparison(Leaf leaf) : leaf_(leaf) {}

  bool run(const Value& a, const Value& b) {
    if (!compare(a, b)) return false;
    while (!pending_.empty()) {
      const auto [left, right] = pending_.back();
      pending_.pop_back();
      if (!(left->is_list() ? compare_lists(*left, *right) : compare_dicts(*left, *right))) return false;
    }
    return true;
  }

 private:
  bool compare(const Value& a, const Value& b) {
    const bool containers = (a.is_list() && b.is_list()) || (a.is_dict() && b.is_dict());
    if (!containers) return leaf_(a, b);
    if (!a.is_same_object(b)) pending_.emplace_back(&a, &b);
    return true;
  }

  bool compare_lists(const Value& a, const Value& b) {
    const auto left = a.as_list();
    const auto right = b.as_list();
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (!compare(left[i], right[i])) return false;
    }
    return true;
  }

  bool compare_dicts(const Value& a, const Value& b) {
    const auto left = a.as_entries();
    const Dict right = b.as_dict();
    if (left.size() != right.size()) return false;
    for (const DictEntry& entry : left) {
      const DictEntry* other = right.find_entry(entry.key);
      if (!other || !leaf_(entry.key, other->key) || !compare(entry.value, other->value)) return false;
    }
    return true;
  }

  Leaf leaf_;
  std::vector<std::pair<const Value*, const Value*>> pending_;
};

std::size_t mix(std::uint64_t bits) {
  bits = (bits ^ bits >> 32) * 0x9E3779B97F4A7C15u;
  return static_cast<std::size_t>(bits ^ bits >> 29);
}

}  // namespace

bool equal(const Value& a, const Value& b) { return Comparison(equal_scalars).run(a, b); }

bool same(const Value& a, const Value& b) { return Comparison(same_scalars).run(a, b); }

std::size_t hash_text(std::string_view text) { return std::hash<std::string_view>()(text); }

std::size_t hash_value(const Value& value) {
  switch (value.kind()) {
    case Kind::kText:
    case Kind::kBigInt:
      return hash_text(value.as_text());
    case Kind::kBool:
    case Kind::kInt:
      return mix(static_cast<std::uint64_t>(value.as_int()));
    case Kind::kObject:
      return mix(reinterpret_cast<std::uintptr_t>(value.identity()));
    case Kind::kFloat:
      break;
    default:
      return 0;
  }
  // Whole floats are equal to integers, so they have the hashes of those.
  const double real = value.as_float();
  if (is_small_whole(real)) return mix(static_cast<std::uint64_t>(static_cast<std::int64_t>(real)));
  if (is_large_whole(real)) return hash_text(exact_digits(real));
  return mix(std::bit_cast<std::uint64_t>(real));
}

}  // namespace vnode
