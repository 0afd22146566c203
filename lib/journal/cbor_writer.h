#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/value.h"

namespace vnode {

// Tags of what CBOR has no form of its own for, as format.md describes them.
inline constexpr std::uint64_t kDigitsTag = 80001;
inline constexpr std::uint64_t kObjectTag = 80002;
inline constexpr std::uint64_t kStoredTag = 80003;

/// Appends data items in CBOR (RFC 8949), in the subset that format.md describes: the shortest heads,
/// definite lengths but for `begin_map`, floats of 64 bits. So equal values (`same`, dicts also in their
/// order) have equal bytes. Thread rule: one thread at a time.
class CborWriter {
 public:
  /// What stands in the place of a text: the number of a stored value, or 0 for the text itself.
  using TextStore = std::function<std::uint64_t(const Value& text)>;

  /// By what an object is known that is no data: for digests.
  using ObjectName = std::function<std::string(const ForeignObject& object)>;

  /// `name`: objects are written by their data, or this, and not as they show themselves; null: they are.
  explicit CborWriter(std::string& out, const ObjectName* name = nullptr) : out_(out), name_(name) {}

  void null() { out_ += '\xf6'; }
  void boolean(bool value) { out_ += value ? '\xf5' : '\xf4'; }
  void integer(std::int64_t value);
  void number(std::uint64_t value) { head(0, value); }
  void real(double value);
  void text(std::string_view value);
  void array(std::uint64_t size) { head(4, size); }
  void map(std::uint64_t size) { head(5, size); }
  void tag(std::uint64_t number) { head(6, number); }
  /// A map of a size that shows at its end. Keys and values follow in turn.
  void begin_map() { out_ += '\xbf'; }
  void end_map() { out_ += '\xff'; }

  /// Any value, however deep it nests. Foreign objects as what they show of themselves.
  void value(const Value& value, const TextStore* store = nullptr);

 private:
  struct Open {
    const Value* items;  ///< null: of a dict
    const DictEntry* entries;
    std::size_t size;
    std::size_t next = 0;
  };

  void head(unsigned major, std::uint64_t argument);
  void begin(const Value& value, const TextStore* store);
  void object(const Value& value);

  std::string& out_;
  const ObjectName* name_;
  std::vector<Open> open_;
};

}  // namespace vnode
