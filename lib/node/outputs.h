#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/port_value.h"

namespace vnode {

/// The table that a node returns: port -> value, in the order it was built. Names need not be ports.
/// The names are views: of literals, of the node's ports, or of anything else that outlives the execution.
/// For others there is `set_kept`.
class Outputs {
 public:
  using Entry = PortValue;

  Outputs() = default;
  Outputs(std::initializer_list<Entry> entries) : entries_(entries) {}

  void set(std::string_view port, Value value) {
    for (Entry& entry : entries_) {
      if (entry.port == port) {
        entry.value = std::move(value);
        return;
      }
    }
    entries_.push_back({port, std::move(value)});
  }
  /// The same for a name that does not live long enough: the table keeps it.
  void set_kept(std::string_view port, Value value) {
    kept_names_.push_back(std::make_shared<const std::string>(port));
    set(*kept_names_.back(), std::move(value));
  }
  /// For tables without repeated names: no search.
  void append(std::string_view port, Value value) { entries_.push_back({port, std::move(value)}); }

  std::size_t size() const { return entries_.size(); }
  const Entry* begin() const { return entries_.data(); }
  const Entry* end() const { return entries_.data() + entries_.size(); }

 private:
  std::vector<Entry> entries_;
  std::vector<std::shared_ptr<const std::string>> kept_names_;
};

}  // namespace vnode
