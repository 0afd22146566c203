#include "daemon/run_lender.h"

#include <map>
#include <utility>

#include "tasks/task_table.h"

namespace vnode {

/// What follows a call to the table's thread. Only `parts` is read elsewhere.
struct RunLender::State {
  explicit State(Parts all) : parts(std::move(all)) {}

  const Parts parts;
  std::map<std::uint64_t, TaskKey> loans;
};

RunLender::RunLender(Parts parts) : state_(std::make_shared<State>(std::move(parts))) {}

RunLender::~RunLender() {
  state_->parts.post([state = state_] {
    for (const auto& [loan, key] : std::exchange(state->loans, {})) state->parts.tasks.end_loan(key);
  });
}

bool RunLender::is_possible(const ResourceAmounts& amounts) const {
  return has_all(state_->parts.total, amounts);
}

std::uint64_t RunLender::borrow(const ResourceAmounts& amounts, std::function<void()> granted) {
  const std::uint64_t loan = ++last_;
  state_->parts.post([state = state_, loan, amounts, granted = std::move(granted)] {
    const Parts& parts = state->parts;
    state->loans[loan] = parts.tasks.borrow(
        {.borrower = parts.run_id, .priority = parts.priority, .demands = amounts, .on_lent = granted});
  });
  return loan;
}

void RunLender::end(std::uint64_t loan) {
  state_->parts.post([state = state_, loan] {
    const auto found = state->loans.find(loan);
    if (found == state->loans.end()) return;
    state->parts.tasks.end_loan(found->second);
    state->loans.erase(found);
  });
}

/// Who holds it is known on the table's thread only, where `explain` asks.
std::string RunLender::lack_of(const ResourceAmounts& amounts) const {
  return resource_amounts_text(amounts) + " of the daemon";
}

}  // namespace vnode
