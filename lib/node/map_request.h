#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/value.h"

namespace vnode {

/// What a map does about bodies that fail (engine rule 45).
struct MapTolerance {
  enum class Beyond : std::uint8_t {
    kStop,      ///< no new bodies begin; those that have begun end
    kContinue,  ///< all others are executed
    kCancel,    ///< those that have begun are cancelled
  };

  std::size_t allowed = 0;        ///< so many may fail
  Beyond beyond = Beyond::kStop;  ///< when more do, the map fails
};

/// What a map asks the engine to do with its body.
struct MapRequest {
  Value items;                 ///< a list
  std::size_t batch_size = 1;  ///< of more, a body gets a list of so many
  std::size_t at_once = 0;     ///< bodies; 0: as many as the run has slots
  MapTolerance tolerance = {};
  bool is_failure_handled = false;  ///< a wire leads on from the map's failure

  std::size_t bodies() const { return (items.as_list().size() + batch_size - 1) / batch_size; }
};

/// What became of it.
struct MapOutcome {
  struct FailedItem {
    std::int64_t index = 0;  ///< the item's; of a batch its first one's
    Value item;
    std::string error;
  };

  std::vector<Value> results;      ///< one a body, in the order of the items; None where nothing came
  std::vector<FailedItem> failed;  ///< in the order of the items
  bool has_failed = false;         ///< more bodies than it allows
};

}  // namespace vnode
