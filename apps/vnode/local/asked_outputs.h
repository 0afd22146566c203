#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/vnode/show/result_text.h"
#include "engine/node_address.h"
#include "engine/run.h"

namespace vnode {

/// The outputs of a node, looked at closely if `wanted` is not among those that its file tells; nullopt where
/// only its instance in the run will tell.
using OutputFinder =
    std::function<std::optional<std::vector<Port>>(const NodeInstance& node, std::string_view wanted)>;

/// The results that --output asks for (rule 33).
class AskedOutputs {
 public:
  /// Finds the node and port of each NODE.PORT before anything runs. False when one is not there: `problems`
  /// says which, all of them.
  bool resolve(const std::vector<std::string>& names, const Workflow& workflow,
               const OutputFinder& outputs_of, Problems& problems);

  /// What the run has given there; null where it gave nothing. The run has ended; it is one of that workflow.
  std::vector<NamedResult> of(const Run& run, const Workflow& workflow) const;

  /// As RunOptions has them.
  std::vector<std::pair<Uuid, std::string>> wanted(const Workflow& workflow) const;

 private:
  struct Asked {
    std::string name;
    NodeAddress address;
  };
  std::vector<Asked> asked_;
};

}  // namespace vnode
