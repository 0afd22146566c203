#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace vnode {

class Value;
class Dict;
class ForeignObject;
struct DictEntry;

/// The kinds of Python's data model that a workflow can hold (nodes.md, section 2).
enum class Kind : std::uint8_t {
  kUnset,  ///< no value at all; engine bookkeeping, never handed to a node
  kNone,
  kBool,
  kInt,  ///< fits 64 bits
  kFloat,
  kBigInt,  ///< an integer beyond 64 bits: its exact decimal digits, kept and passed on, not computed with
  kText,    ///< UTF-8
  kObject,  ///< something that only the runtime it comes from understands (foreign_object.h)
  kList,
  kDict,
};

namespace detail {

/// What all shared contents begin with: how many Values and Dicts hold them.
struct Rep {
  std::atomic<std::uint32_t> refs{1};
};

/// Shared, immutable text or digits; the bytes follow the header in the same allocation.
struct TextRep : Rep {
  explicit TextRep(std::size_t bytes) : size(bytes) {}
  std::size_t size;
  char* bytes() { return reinterpret_cast<char*>(this + 1); }
};

/// What a foreign object is held by.
struct ObjectRep : Rep {
  explicit ObjectRep(std::shared_ptr<const ForeignObject> held) : object(std::move(held)) {}
  std::shared_ptr<const ForeignObject> object;
};

/// Contents that can hold other contents. Once nobody holds them they wait in a chain to be taken apart.
struct ContainerRep : Rep {
  explicit ContainerRep(Kind container) : kind(container) {}
  Kind kind;
  ContainerRep* next_doomed = nullptr;
};

/// Storage that several lists may share: each sees its own prefix, and the one that ends where the used part
/// ends may append in place. So appending in a loop is amortised O(1) although lists are immutable.
struct alignas(8) ListRep : ContainerRep {
  explicit ListRep(std::uint32_t room) : ContainerRep(Kind::kList), capacity(room) {}
  std::atomic<std::uint32_t> used{0};
  std::uint32_t capacity;
  Value* items() { return reinterpret_cast<Value*>(this + 1); }
};

struct DictRep;

}  // namespace detail

/// One immutable value, 16 bytes, cheap to copy: containers and texts are shared, never copied.
///
/// Thread rule: distinct Values may be used from different threads even when they share their contents.
/// Nothing here depends on nesting depth: values nested 100,000 deep are destroyed without recursion.
class Value {
 public:
  constexpr Value() noexcept : kind_(Kind::kNone), size_(0), payload_{.integer = 0} {}
  constexpr Value(std::nullptr_t) noexcept : Value() {}
  template <std::same_as<bool> Bool>  // not the plain type: every pointer would turn into it
  constexpr Value(Bool b) noexcept : kind_(Kind::kBool), size_(0), payload_{.integer = b} {}
  template <class Integer>
  requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>) constexpr Value(Integer i) noexcept
      : kind_(Kind::kInt), size_(0), payload_{.integer = static_cast<std::int64_t>(i)} {}
  constexpr Value(double d) noexcept : kind_(Kind::kFloat), size_(0), payload_{.real = d} {}
  Value(std::string_view text);
  Value(const char* text) : Value(std::string_view(text)) {}
  Value(const std::string& text) : Value(std::string_view(text)) {}
  Value(const Dict& dict);
  Value(Dict&& dict);

  static Value unset() noexcept { return Value(Kind::kUnset); }
  /// `digits`: optional '-', then decimal digits without leading zeros, beyond the 64-bit range.
  static Value big_int(std::string_view digits);
  /// `object` must not be null. Values of the same object are equal, however often it is wrapped.
  static Value object(std::shared_ptr<const ForeignObject> object);
  static Value list(std::initializer_list<Value> items) {
    return list(std::span(items.begin(), items.size()));
  }
  static Value list(std::span<const Value> items);
  static Value list(std::vector<Value>&& items);
  static Value empty_list() { return list(std::span<const Value>()); }

  Value(const Value& other) noexcept : kind_(other.kind_), size_(other.size_), payload_(other.payload_) {
    if (is_shared()) payload_.rep->refs.fetch_add(1, std::memory_order_relaxed);
  }
  Value(Value&& other) noexcept : kind_(other.kind_), size_(other.size_), payload_(other.payload_) {
    other.kind_ = Kind::kNone;
  }
  Value& operator=(const Value& other) noexcept {
    Value copy(other);
    swap(copy);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    Value moved(std::move(other));
    swap(moved);
    return *this;
  }
  ~Value() {
    if (is_shared() && payload_.rep->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }
  void swap(Value& other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(size_, other.size_);
    std::swap(payload_, other.payload_);
  }

  Kind kind() const { return kind_; }
  bool is_unset() const { return kind_ == Kind::kUnset; }
  bool is_none() const { return kind_ == Kind::kNone; }
  bool is_bool() const { return kind_ == Kind::kBool; }
  bool is_int() const { return kind_ == Kind::kInt; }
  bool is_big_int() const { return kind_ == Kind::kBigInt; }
  bool is_float() const { return kind_ == Kind::kFloat; }
  bool is_text() const { return kind_ == Kind::kText; }
  bool is_object() const { return kind_ == Kind::kObject; }
  bool is_list() const { return kind_ == Kind::kList; }
  bool is_dict() const { return kind_ == Kind::kDict; }

  // Each accessor requires the kind it names. Views live as long as a Value that shares the contents.
  bool as_bool() const { return payload_.integer != 0; }
  std::int64_t as_int() const { return payload_.integer; }
  double as_float() const { return payload_.real; }
  std::string_view as_text() const { return {text_rep()->bytes(), text_rep()->size}; }
  std::string_view as_digits() const { return as_text(); }
  const ForeignObject& as_object() const { return *object_rep()->object; }
  std::span<const Value> as_list() const { return {list_rep()->items(), size_}; }
  /// The entries of a dict without taking a share of it.
  std::span<const DictEntry> as_entries() const;
  Dict as_dict() const;

  /// A list with `item` behind the items of `list` (which must be a list); amortised O(1), plus the time to
  /// look through an item that is itself a container, at most that of copying the list.
  static Value appended(const Value& list, Value item);

  /// True when both share the same contents (or are the same scalar): a quick yes, a no says nothing.
  bool is_same_object(const Value& other) const {
    return kind_ == other.kind_ && size_ == other.size_ && payload_.integer == other.payload_.integer;
  }

  /// How many Values and Dicts share the contents at this moment, this one included; 0 for scalars, which
  /// have none. Lists on one storage share it whatever their sizes. 1 means that nobody else can get at the
  /// contents.
  std::uint32_t use_count() const {
    return is_shared() ? payload_.rep->refs.load(std::memory_order_acquire) : 0;
  }
  /// The address of the shared contents (of the ForeignObject, for an object); null for scalars. Tells
  /// contents apart as long as they live. Lists that share their storage have the same address even when they
  /// differ in size: compare the sizes too.
  const void* identity() const {
    if (is_object()) return object_rep()->object.get();
    return is_shared() ? payload_.rep : nullptr;
  }

 private:
  explicit constexpr Value(Kind kind) noexcept : kind_(kind), size_(0), payload_{.integer = 0} {}
  explicit Value(detail::ListRep* rep, std::size_t size) noexcept;
  bool is_shared() const { return kind_ >= Kind::kBigInt; }
  bool is_container() const { return kind_ >= Kind::kList; }
  detail::TextRep* text_rep() const { return static_cast<detail::TextRep*>(payload_.rep); }
  detail::ObjectRep* object_rep() const { return static_cast<detail::ObjectRep*>(payload_.rep); }
  detail::ListRep* list_rep() const { return static_cast<detail::ListRep*>(payload_.rep); }
  void destroy() noexcept;
  static void destroy_containers(detail::ContainerRep* first) noexcept;
  static bool may_hold(const Value& item, const detail::ListRep* storage, std::size_t effort);

  Kind kind_;
  std::uint32_t size_;  ///< lists: how much of the shared storage belongs to this list
  union Payload {
    std::int64_t integer;
    double real;
    detail::Rep* rep;
  } payload_;
};

struct DictEntry {
  Value key;
  Value value;
};

/// An insertion-ordered dictionary with Python's key rule: keys are hashable values, and 1, 1.0 and true are
/// the same key. Copying is cheap (shared); changing a shared one copies it first.
class Dict {
 public:
  using Entry = DictEntry;

  Dict() noexcept = default;
  Dict(std::initializer_list<std::pair<std::string_view, Value>> entries);
  Dict(const Dict& other) noexcept;
  Dict(Dict&& other) noexcept : rep_(std::exchange(other.rep_, nullptr)) {}
  Dict& operator=(Dict other) noexcept {
    std::swap(rep_, other.rep_);
    return *this;
  }
  ~Dict();

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  std::span<const Entry> entries() const;
  const Entry* begin() const { return entries().data(); }
  const Entry* end() const { return entries().data() + size(); }

  /// nullptr when absent. The key must be hashable (`is_hashable`).
  const Value* find(std::string_view key) const;
  template <std::same_as<Value> Key>  // only a Value: text literals and strings are for the function above
  const Value* find(const Key& key) const {
    const Entry* entry = find_entry(key);
    return entry ? &entry->value : nullptr;
  }
  /// The same with the key as it was first inserted: it may be of another type than an equal `key`.
  const Entry* find_entry(const Value& key) const;

  /// Inserts, or replaces the value and keeps the place of the first insertion (Python's rule).
  void set(Value key, Value value);
  /// Removes the key if it is there; the order of the others stays.
  void erase(std::string_view key);
  void reserve(std::size_t size);

  /// True when both share the same contents: a quick yes to whether they are equal, a no says nothing.
  bool is_same_object(const Dict& other) const { return rep_ == other.rep_; }

 private:
  friend class Value;
  detail::DictRep& writable();

  detail::DictRep* rep_ = nullptr;
};

/// Numbers, texts, None, foreign objects; not lists and dicts.
bool is_hashable(const Value& value);

}  // namespace vnode
