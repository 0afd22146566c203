#include "model/value.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

#include "model/dict_rep.h"
#include "model/foreign_object.h"

namespace vnode {

using detail::ContainerRep;
using detail::DictRep;
using detail::ListRep;
using detail::ObjectRep;
using detail::TextRep;

namespace {

constexpr std::size_t kMaxListSize = std::numeric_limits<std::uint32_t>::max();

TextRep* make_text(std::string_view text) {
  void* memory = ::operator new(sizeof(TextRep) + text.size());
  auto* rep = new (memory) TextRep(text.size());
  if (!text.empty()) std::memcpy(rep->bytes(), text.data(), text.size());
  return rep;
}

/// Room for `capacity` items, none of them constructed.
ListRep* make_list(std::size_t capacity) {
  if (capacity > kMaxListSize) throw std::bad_alloc();
  void* memory = ::operator new(sizeof(ListRep) + capacity * sizeof(Value));
  return new (memory) ListRep(static_cast<std::uint32_t>(capacity));
}

}  // namespace

Value::Value(std::string_view text) : kind_(Kind::kText), size_(0), payload_{.rep = make_text(text)} {}

Value::Value(const Dict& dict) : Value(Dict(dict)) {}

Value::Value(Dict&& dict) : kind_(Kind::kDict), size_(0) {
  payload_.rep = dict.rep_ ? dict.rep_ : new DictRep;
  dict.rep_ = nullptr;
}

/// Takes over `rep`, of which the first `size` items are constructed and all belong to this list.
Value::Value(ListRep* rep, std::size_t size) noexcept
    : kind_(Kind::kList), size_(static_cast<std::uint32_t>(size)), payload_{.rep = rep} {
  rep->used.store(size_, std::memory_order_relaxed);
}

Value Value::big_int(std::string_view digits) {
  Value value(digits);
  value.kind_ = Kind::kBigInt;
  return value;
}

Value Value::object(std::shared_ptr<const ForeignObject> object) {
  Value value(Kind::kObject);
  value.payload_.rep = new ObjectRep(std::move(object));
  return value;
}

Value Value::list(std::span<const Value> items) {
  ListRep* rep = make_list(items.size());
  std::uninitialized_copy(items.begin(), items.end(), rep->items());
  return Value(rep, items.size());
}

Value Value::list(std::vector<Value>&& items) {
  ListRep* rep = make_list(items.size());
  std::uninitialized_move(items.begin(), items.end(), rep->items());
  items.clear();
  return Value(rep, rep->capacity);
}

Value Value::appended(const Value& list, Value item) {
  ListRep* rep = list.list_rep();
  const std::uint32_t size = list.size_;
  std::uint32_t expected = size;
  // An item that leads back to the storage would, placed there, keep the storage alive for ever. Whoever
  // moves `used` from `size` to `size + 1` owns that place; everybody else copies.
  if (size < rep->capacity && rep->used.load(std::memory_order_relaxed) == size &&
      !may_hold(item, rep, std::max<std::size_t>(32, size)) &&
      rep->used.compare_exchange_strong(expected, size + 1, std::memory_order_acq_rel)) {
    new (rep->items() + size) Value(std::move(item));
    Value longer(list);
    longer.size_ = size + 1;
    return longer;
  }
  const std::size_t doubled = std::min(kMaxListSize, std::size_t{size} * 2);
  ListRep* copy = make_list(std::max<std::size_t>({4, doubled, std::size_t{size} + 1}));
  std::uninitialized_copy_n(rep->items(), size, copy->items());
  new (copy->items() + size) Value(std::move(item));
  return Value(copy, std::size_t{size} + 1);
}

/// False only if `storage` cannot be reached from `item`. Looks at no more than `effort` values, then says
/// true.
bool Value::may_hold(const Value& item, const ListRep* storage, std::size_t effort) {
  if (!item.is_container()) return false;
  std::vector<const Value*> pending{&item};
  auto look_at = [&](const Value& member) {
    if (member.is_container()) pending.push_back(&member);
  };
  while (!pending.empty()) {
    const Value& container = *pending.back();
    pending.pop_back();
    if (container.payload_.rep == storage) return true;
    const bool is_list = container.is_list();
    const std::size_t members = is_list ? container.size_ : container.as_entries().size();
    if (members >= effort) return true;
    effort -= members + 1;
    if (is_list) {
      // Items behind this list's own may just be written by another thread: not to be looked at.
      if (container.list_rep()->used.load(std::memory_order_relaxed) != container.size_) return true;
      for (const Value& member : container.as_list()) look_at(member);
    } else {
      for (const DictEntry& entry : container.as_entries()) look_at(entry.value);
    }
  }
  return false;
}

Dict Value::as_dict() const {
  Dict dict;
  dict.rep_ = static_cast<DictRep*>(payload_.rep);
  dict.rep_->refs.fetch_add(1, std::memory_order_relaxed);
  return dict;
}

std::span<const DictEntry> Value::as_entries() const { return static_cast<DictRep*>(payload_.rep)->entries; }

/// Called by the last owner.
void Value::destroy() noexcept {
  if (is_container()) {
    destroy_containers(static_cast<ContainerRep*>(payload_.rep));
  } else if (is_object()) {
    delete object_rep();
  } else {
    ::operator delete(text_rep());
  }
}

/// Containers that die with the first one are chained through their own headers and taken apart one after the
/// other: depth costs neither stack nor further memory.
void Value::destroy_containers(ContainerRep* first) noexcept {
  ContainerRep* doomed = first;
  auto drop = [&doomed](Value& member) {
    if (!member.is_container()) return;
    auto* inner = static_cast<ContainerRep*>(member.payload_.rep);
    member.kind_ = Kind::kNone;
    if (inner->refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    inner->next_doomed = doomed;
    doomed = inner;
  };
  while (doomed) {
    ContainerRep* container = doomed;
    doomed = container->next_doomed;
    if (container->kind == Kind::kDict) {
      auto* rep = static_cast<DictRep*>(container);
      for (DictEntry& entry : rep->entries) drop(entry.value);
      delete rep;
      continue;
    }
    auto* rep = static_cast<ListRep*>(container);
    for (Value& item : std::span(rep->items(), rep->used.load(std::memory_order_acquire))) {
      drop(item);
      item.~Value();
    }
    rep->~ListRep();
    ::operator delete(rep);
  }
}

}  // namespace vnode
