#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "model/foreign_object.h"
#include "model/value.h"

namespace vnode {

/// Numbers to free, and how often each has been received (protocol.md, "Values").
using FreeList = std::vector<std::pair<std::int64_t, std::uint64_t>>;

/// The error for text that does not follow the protocol.
Error protocol_error(std::string message);

/// The numbers of objects that nobody holds any more. May be used from any thread.
class EndedObjects {
 public:
  void add(std::int64_t number);
  std::vector<std::int64_t> take();

 private:
  std::mutex mutex_;
  std::vector<std::int64_t> numbers_;
};

/// An object that lives in a host. Reports its end to `home`, unless that is gone.
class HostObject final : public ForeignObject {
 public:
  struct Look {
    std::string type;
    std::string repr;
    std::string text;
    bool truth;
  };

  HostObject(std::int64_t number, Look look, std::weak_ptr<EndedObjects> home);
  ~HostObject() override;

  std::int64_t number() const { return number_; }
  bool lives_in(const std::shared_ptr<EndedObjects>& home) const;

 private:
  std::int64_t number_;
  std::weak_ptr<EndedObjects> home_;
};

/// The objects of one host that are no data: `$o` and `$x`.
/// Thread rule: one thread at a time; the objects may end on any thread.
class HostObjects {
 public:
  /// The object that `[id, type, repr, text, truth]` describes: the same one as long as it lives. Counts it
  /// as received.
  Result<Value> receive(const Value& arguments);

  /// Appends the form by which the host gets the object: its number, if it is the host's own.
  void append(std::string& out, const ForeignObject& object) const;

  /// Adds the numbers of objects that have ended, and forgets them.
  void take_ended(FreeList& freed);

 private:
  struct Known {
    std::weak_ptr<const HostObject> object;
    std::uint64_t received = 0;
  };

  std::unordered_map<std::int64_t, Known> known_;
  std::shared_ptr<EndedObjects> ended_ = std::make_shared<EndedObjects>();
};

}  // namespace vnode
