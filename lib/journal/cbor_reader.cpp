#include "journal/cbor_reader.h"

#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "journal/cbor_writer.h"
#include "model/foreign_object.h"
#include "model/value_ops.h"

namespace vnode {
namespace {

constexpr std::uint64_t kUntilBreak = ~std::uint64_t{0};

Error bad(std::string what) {
  return {ErrorCode::kBadDocument, "not a value of a journal: " + std::move(what)};
}

/// The first byte of a data item, and the number that belongs to it.
struct Head {
  unsigned char first;
  std::uint64_t argument;

  unsigned major() const { return first >> 5u; }
  bool is_open() const { return (first & 31u) == 31; }
};

/// An object that a run has had, and of which this is left.
class KeptObject final : public ForeignObject {
 public:
  KeptObject(std::string type, std::string repr, std::string text, bool truth, std::string data)
      : ForeignObject(std::move(type), std::move(repr), std::move(text), truth), data_(std::move(data)) {}
  bool is_data() const override { return true; }
  std::string data() const override { return data_; }

 private:
  std::string data_;
};

class CborReader {
 public:
  CborReader(std::string_view bytes, const StoredValueFinder& stored) : rest_(bytes), stored_(stored) {}

  Result<Value> read() {
    while (!is_complete_) {
      const std::optional<Head> head = read_head();
      if (!head) return bad("it is cut off, or a size is none");
      if (Result<void> taken = take(*head); !taken) return taken.error();
    }
    if (!rest_.empty()) return bad("something follows it");
    return std::move(whole_);
  }

 private:
  enum class Form { kList, kDict, kDigits, kObject, kStored };
  struct Open {
    Form form;
    std::uint64_t left;  ///< items that are to come, or kUntilBreak
    std::size_t start;   ///< its first one in `items_`
  };

  std::optional<Head> read_head() {
    if (rest_.empty()) return std::nullopt;
    Head head{static_cast<unsigned char>(rest_.front()), 0};
    rest_.remove_prefix(1);
    head.argument = head.first & 31u;
    if (head.argument < 24 || head.is_open()) return head;
    if (head.argument > 27) return std::nullopt;
    const std::size_t size = std::size_t{1} << (head.argument - 24);
    if (rest_.size() < size) return std::nullopt;
    head.argument = 0;
    for (std::size_t i = 0; i < size; ++i)
      head.argument = head.argument << 8 | static_cast<unsigned char>(rest_[i]);
    rest_.remove_prefix(size);
    return head;
  }

  Result<void> take(const Head& head) {
    if (head.first == 0xff) return take_break();
    if (head.is_open()) return head.major() == 5 ? open(Form::kDict, kUntilBreak) : bad("a size is missing");
    switch (head.major()) {
      case 0:
        return take_integer(head.argument, false);
      case 1:
        return take_integer(head.argument, true);
      case 3:
        return take_text(head.argument);
      case 4:
        return open(Form::kList, head.argument);
      case 5:
        return head.argument > rest_.size() ? bad("it is cut off") : open(Form::kDict, 2 * head.argument);
      case 6:
        return take_tag(head.argument);
      case 7:
        return take_simple(head);
      default:
        return bad("a byte string is out of place");
    }
  }

  Result<void> take_integer(std::uint64_t argument, bool is_negative) {
    if (argument > static_cast<std::uint64_t>(INT64_MAX)) return bad("a number is too large");
    const auto number = static_cast<std::int64_t>(argument);
    return add(Value(is_negative ? ~number : number));
  }

  Result<void> take_text(std::uint64_t size) {
    if (size > rest_.size()) return bad("it is cut off");
    Value text(rest_.substr(0, static_cast<std::size_t>(size)));
    rest_.remove_prefix(static_cast<std::size_t>(size));
    return add(std::move(text));
  }

  Result<void> take_tag(std::uint64_t number) {
    if (number == kDigitsTag) return open(Form::kDigits, 1);
    if (number == kObjectTag) return open(Form::kObject, 1);
    if (number == kStoredTag) return open(Form::kStored, 1);
    return bad("tag " + std::to_string(number) + " is not known");
  }

  Result<void> take_simple(const Head& head) {
    switch (head.first) {
      case 0xf4:
        return add(Value(false));
      case 0xf5:
        return add(Value(true));
      case 0xf6:
        return add(Value());
      case 0xfb:
        return add(Value(std::bit_cast<double>(head.argument)));
      default:
        return bad("a simple value is not known");
    }
  }

  Result<void> take_break() {
    if (open_.empty() || open_.back().left != kUntilBreak) return bad("a break is out of place");
    if ((items_.size() - open_.back().start) % 2 != 0) return bad("a key has no value");
    return close();
  }

  Result<void> open(Form form, std::uint64_t items) {
    // Each takes a byte at least: nobody gets more memory by asking for it.
    if (items != kUntilBreak && items > rest_.size()) return bad("it is cut off");
    open_.push_back({form, items, items_.size()});
    return items == 0 ? close() : Result<void>();
  }

  /// A data item that is complete; it may complete those around it.
  Result<void> add(Value item) {
    if (open_.empty()) {
      whole_ = std::move(item);
      is_complete_ = true;
      return {};
    }
    items_.push_back(std::move(item));
    Open& around = open_.back();
    if (around.left == kUntilBreak || --around.left > 0) return {};
    return close();
  }

  /// The innermost that is open has all its items. As deep as it nests: no recursion.
  Result<void> close() {
    for (;;) {
      const Open full = open_.back();
      open_.pop_back();
      Result<Value> made = make(full);
      if (!made) return made.error();
      items_.resize(full.start);
      if (open_.empty()) {
        whole_ = std::move(*made);
        is_complete_ = true;
        return {};
      }
      items_.push_back(std::move(*made));
      Open& around = open_.back();
      if (around.left == kUntilBreak || --around.left > 0) return {};
    }
  }

  Result<Value> make(const Open& full) {
    const std::span<Value> items(items_.data() + full.start, items_.size() - full.start);
    switch (full.form) {
      case Form::kList:
        return Value::list(std::span<const Value>(items));
      case Form::kDict:
        return make_dict(items);
      case Form::kDigits:
        return make_digits(items[0]);
      case Form::kObject:
        return make_object(items[0]);
      case Form::kStored:
        break;
    }
    if (!items[0].is_int() || items[0].as_int() < 0) return bad("a stored value has no number");
    if (!stored_) return bad("a stored value is out of place");
    return stored_(static_cast<std::uint64_t>(items[0].as_int()));
  }

  static Result<Value> make_dict(std::span<Value> items) {
    Dict dict;
    dict.reserve(items.size() / 2);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      if (!is_hashable(items[i])) return bad("a key is no key");
      if (dict.find(items[i])) return bad("a key stands twice");
      dict.set(std::move(items[i]), std::move(items[i + 1]));
    }
    return Value(std::move(dict));
  }

  static Result<Value> make_digits(const Value& item) {
    if (!item.is_text()) return bad("digits are missing");
    std::string_view digits = item.as_text();
    if (digits.starts_with('-')) digits.remove_prefix(1);
    // Shorter ones are plain numbers.
    if (digits.size() < 19 || digits.front() == '0' || digits.find_first_not_of("0123456789") != digits.npos)
      return bad("digits are none");
    return Value::big_int(item.as_text());
  }

  static Result<Value> make_object(const Value& item) {
    const std::span<const Value> parts = item.is_list() ? item.as_list() : std::span<const Value>();
    if (parts.size() < 4 || !parts[0].is_text() || !parts[1].is_text() || !parts[2].is_text() ||
        !parts[3].is_bool())
      return bad("an object is none");
    std::string type(parts[0].as_text()), repr(parts[1].as_text()), text(parts[2].as_text());
    if (parts.size() > 4 && parts[4].is_text() && !parts[4].as_text().empty())
      return Value::object(std::make_shared<const KeptObject>(std::move(type), std::move(repr),
                                                              std::move(text), parts[3].as_bool(),
                                                              std::string(parts[4].as_text())));
    return Value::object(std::make_shared<const ForeignObject>(std::move(type), std::move(repr),
                                                               std::move(text), parts[3].as_bool()));
  }

  std::string_view rest_;
  const StoredValueFinder& stored_;
  std::vector<Open> open_;
  std::vector<Value> items_;  ///< of all that are open, the outermost first
  Value whole_;
  bool is_complete_ = false;
};

}  // namespace

Result<Value> read_cbor(std::string_view bytes, const StoredValueFinder& stored) {
  return CborReader(bytes, stored).read();
}

}  // namespace vnode
