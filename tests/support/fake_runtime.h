#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "node/node_failure.h"
#include "node/node_type.h"

namespace vnode::test {

/// A runtime without a process: its nodes are C++ functions, and everything that comes from outside (replies,
/// late pushes) comes when the test says so.
class FakeRuntime final : public NodeRuntime {
 public:
  /// One suspension of a node's code: the test ends it with `reply`.
  struct Waiting {
    RunLink* run = nullptr;
    Trampoline* chain = nullptr;
    bool replied = false;

    struct Awaiter {
      Waiting& waiting;
      bool holds;
      bool await_ready() const noexcept { return waiting.replied; }
      template <class Promise>
      void await_suspend(std::coroutine_handle<Promise> self) {
        waiting.chain = self.promise().trampoline;
        if (holds) waiting.run->hold(*waiting.chain);
        waiting.run->park(*waiting.chain, self, std::nullopt);
      }
      void await_resume() const noexcept { waiting.chain = nullptr; }
    };
    Awaiter wait(bool holds) { return {*this, holds}; }
    void reply() {
      replied = true;
      if (chain) run->wake(*chain);
    }
  };

  using Code = std::function<Task<Outputs>(FakeRuntime&, NodeContext&, InstanceKey)>;

  /// What nodes of a type do; the shape that their instances turn out to have, and why they cannot be made.
  struct Behaviour {
    Code code;
    Code hook = nullptr;
    std::vector<Port> further_inputs = {};
    std::vector<Port> further_outputs = {};
    std::string refusal = {};
    std::string refusal_code = "python_definition";
  };

  std::map<std::string, Behaviour> behaviours;  ///< by node_id
  std::map<std::string, Waiting> waitings;      ///< by a name that code and test agree on
  std::vector<std::string> calls;               ///< what the session was asked to do
  std::vector<Dict> saved;                      ///< parameters of each instance that was made
  RunLink* run = nullptr;

  std::unique_ptr<RuntimeSession> open(RunLink& link) override;
};

/// A type with exec pins, data input `in` and data output `out`, executed by the runtime.
NodeTypePtr fake_runtime_type(const std::string& node_id, std::shared_ptr<FakeRuntime> runtime);

}  // namespace vnode::test
