#include "python/values/host_objects.h"

#include <span>

#include "model/json_writer.h"

namespace vnode {
namespace {

bool describes_object(std::span<const Value> parts) {
  return parts.size() == 5 && parts[0].is_int() && parts[0].as_int() > 0 && parts[1].is_text() &&
         parts[2].is_text() && (parts[3].is_text() || parts[3].is_none()) && parts[4].is_bool();
}

}  // namespace

Error protocol_error(std::string message) { return {ErrorCode::kBadDocument, std::move(message)}; }

void EndedObjects::add(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  numbers_.push_back(number);
}

std::vector<std::int64_t> EndedObjects::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(numbers_, {});
}

HostObject::HostObject(std::int64_t number, Look look, std::weak_ptr<EndedObjects> home)
    : ForeignObject(std::move(look.type), std::move(look.repr), std::move(look.text), look.truth),
      number_(number),
      home_(std::move(home)) {}

HostObject::~HostObject() {
  if (const auto home = home_.lock()) home->add(number_);
}

bool HostObject::lives_in(const std::shared_ptr<EndedObjects>& home) const {
  return !home_.owner_before(home) && !home.owner_before(home_);
}

Result<Value> HostObjects::receive(const Value& arguments) {
  if (!arguments.is_list() || !describes_object(arguments.as_list())) {
    return protocol_error("$o must hold [id, type, repr, text, truth]");
  }
  const auto parts = arguments.as_list();
  Known& known = known_[parts[0].as_int()];
  ++known.received;
  std::shared_ptr<const HostObject> object = known.object.lock();
  if (!object) {
    const Value& text = parts[3].is_none() ? parts[2] : parts[3];
    HostObject::Look look{std::string(parts[1].as_text()), std::string(parts[2].as_text()),
                          std::string(text.as_text()), parts[4].as_bool()};
    object = std::make_shared<HostObject>(parts[0].as_int(), std::move(look), ended_);
    known.object = object;
  }
  return Value::object(std::move(object));
}

void HostObjects::append(std::string& out, const ForeignObject& object) const {
  const auto* own = dynamic_cast<const HostObject*>(&object);
  if (own && own->lives_in(ended_)) {
    out += R"({"$o":[)";
    out += std::to_string(own->number());
  } else {
    out += R"({"$x":[)";
    append_json_text(out, object.type());
    out += ',';
    append_json_text(out, object.repr());
  }
  out += "]}";
}

void HostObjects::take_ended(FreeList& freed) {
  for (const std::int64_t number : ended_->take()) {
    const auto found = known_.find(number);
    // It may have been received again before its end was noticed: then that one's end counts for both.
    if (found == known_.end() || !found->second.object.expired()) continue;
    freed.emplace_back(number, found->second.received);
    known_.erase(found);
  }
}

}  // namespace vnode
