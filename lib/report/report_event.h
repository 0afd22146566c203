#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/value.h"

namespace vnode {

/// One line of an event stream as reports need it. Read leniently: the stream may come from another version.
/// Its views live as long as this.
class ReportEvent {
 public:
  enum class Kind : std::uint8_t {
    kOther,  ///< of a type that reports do not need, or do not know
    kExecutionStarted,
    kNodeStarted,
    kNodeOutput,
    kNodeLog,
    kNodeError,
    kNodeWaiting,
    kNodeResumed,
    kNodeFinished,
    kStreamGap,
    kExecutionFinished,
  };

  /// nullopt for what is no event: no object, or without `type`, `seq` or `run_id`.
  static std::optional<ReportEvent> read(Value object);

  Kind kind() const { return kind_; }
  /// Microseconds since 1970; nullopt when it says no time.
  std::optional<std::int64_t> micros() const { return micros_; }
  std::string_view run_id() const { return run_id_; }

  // Empty where the event concerns no node, or does not say it.
  std::string_view node_id() const { return node_id_; }
  std::string_view node_type() const { return node_type_; }
  std::string_view node_name() const { return node_name_; }
  std::string_view host() const { return host_; }
  /// The ids of the enclosing groups and its own, with "/" between them.
  std::string address() const;
  /// Which item of a map, such as "3", or "3.1" in a map within a map; empty outside of maps.
  std::string iteration() const;

  const Value& object() const { return object_; }

 private:
  explicit ReportEvent(Value object) : object_(std::move(object)) {}
  bool read_members();

  Value object_;
  Kind kind_ = Kind::kOther;
  std::optional<std::int64_t> micros_;
  std::string_view run_id_, node_id_, node_type_, node_name_, host_;
  const Value* path_ = nullptr;
  const Value* iteration_ = nullptr;
};

}  // namespace vnode
