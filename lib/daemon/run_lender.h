#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "node/resource_pool.h"

namespace vnode {

class TaskTable;

/// Lends to the nodes of one run what all runs of the daemon share (rule 19). Whoever asks does so on the
/// run's thread; the table is asked on its owner's. Thread rule: any thread.
class RunLender final : public ResourceLender {
 public:
  struct Parts {
    TaskTable& tasks;
    std::function<void(std::function<void()>)>
        post;  ///< to the table's owner; what it is given runs in order
    std::string run_id;
    int priority = 0;
    ResourceAmounts total = {};  ///< what the daemon has, when the run begins
  };
  explicit RunLender(Parts parts);
  ~RunLender() override;

  bool is_possible(const ResourceAmounts& amounts) const override;
  std::uint64_t borrow(const ResourceAmounts& amounts, std::function<void()> granted) override;
  void end(std::uint64_t loan) override;
  std::string lack_of(const ResourceAmounts& amounts) const override;

 private:
  struct State;
  const std::shared_ptr<State> state_;
  std::atomic<std::uint64_t> last_ = 0;
};

}  // namespace vnode
