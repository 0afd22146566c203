#pragma once

#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "engine/run.h"
#include "model/value.h"
#include "support/workflow_builder.h"

namespace vnode::test {

/// One workflow of the property test, in the form that the generator makes, the model reads and a failure
/// prints.
struct CaseNode {
  std::string name;
  std::string kind;
  std::map<std::string, Value> saved;
  bool bypassed = false;
  int init_priority = 0;
};

struct CaseWire {
  std::size_t from = 0;
  std::string from_port;
  std::size_t to = 0;
  std::string to_port;
  bool is_exec = false;
};

struct Case {
  std::vector<CaseNode> nodes;
  std::vector<CaseWire> wires;
  FailedInputs failed_inputs = FailedInputs::kSkip;

  bool is_flow() const;
  WorkflowBuilder workflow() const;
  /// A line a node and a wire, data wires as `->` and exec wires as `=>`.
  std::string text() const;
};

/// A case of up to about ten nodes: everything that the rules speak of, wrong wiring included, but no cycle
/// that makes a data-flow workflow invalid.
Case random_case(std::mt19937_64& random);

/// Leaves out whatever can be left out of a case while `fails` stays true.
Case shrunk(Case failing, const std::function<bool(const Case&)>& fails);

}  // namespace vnode::test
