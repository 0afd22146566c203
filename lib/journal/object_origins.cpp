#include "journal/object_origins.h"

#include "base/uuid.h"
#include "model/foreign_object.h"
#include "model/value_objects.h"

namespace vnode {

ObjectOrigins::ObjectOrigins() : nonce_(Uuid::random().text()) {}

ObjectOrigins::Known* ObjectOrigins::find(const ForeignObject& object) {
  const auto found = known_.find(&object);
  return found == known_.end() || found->second.object.expired() ? nullptr : &found->second;
}

void ObjectOrigins::remember(const ForeignObject& object, std::string name) {
  if (known_.size() >= look_at_) {
    std::erase_if(known_, [](const auto& known) { return known.second.object.expired(); });
    look_at_ = 64 + 2 * known_.size();
  }
  known_[&object] = {object.weak_from_this(), std::move(name)};
}

void ObjectOrigins::add(const Value& value, std::string_view maker, std::string_view port) {
  std::size_t number = 0;
  for_each_opaque_object(value, [&](const ForeignObject& object) {
    ++number;
    if (find(object)) return;
    remember(object, std::string(maker) + "/" + std::string(port) + "/" + std::to_string(number));
  });
}

std::string ObjectOrigins::name_of(const ForeignObject& object) {
  if (const Known* known = find(object)) return known->name;
  remember(object, nonce_ + "/" + std::to_string(++unknown_));
  return known_.at(&object).name;
}

}  // namespace vnode
