#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace vnode {

/// A 128-bit id. Any version and variant bits are fine: files hold hand-written ones.
class Uuid {
 public:
  static constexpr std::size_t kTextSize = 36;

  constexpr Uuid() = default;

  /// Accepts hyphenated text, 32 hex digits, upper case, `{...}` and `urn:uuid:...`
  /// (workflow_format, "Leniency of the reader"); anything else is nullopt.
  static std::optional<Uuid> parse(std::string_view text);

  /// A random (version 4) id from the system's entropy source.
  static Uuid random();

  /// The id (version 5) that `name` has within `space`: the same each time, everywhere.
  static Uuid named(const Uuid& space, std::string_view name);

  /// Lower-case hyphenated form: 36 characters written to `out`, no terminator.
  void write(char* out) const;
  std::string text() const;

  auto operator<=>(const Uuid&) const = default;
  std::size_t hash() const;

 private:
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

}  // namespace vnode

template <>
struct std::hash<vnode::Uuid> {
  std::size_t operator()(const vnode::Uuid& id) const { return id.hash(); }
};
