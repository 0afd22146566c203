#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/value.h"

namespace vnode {

/// What becomes of one node, or of one inside of a group, when a run goes on from a journal. A value.
struct ResumeRow {
  std::string word;  ///< how it is called
  std::string node_id;
  bool is_inner = false;        ///< of a group; those follow it
  std::size_t taken = 0;        ///< executions from the journal
  std::size_t computed = 0;     ///< executions that only compute or control
  bool runs = false;            ///< it is executed
  std::string reason;           ///< why, though it stands in the journal; empty: it does not
  bool is_never_taken = false;  ///< it runs whenever the run goes on
  bool is_open = false;         ///< nobody knows what else becomes of it
};

/// "taken", "runs", "computed", "unknown" or "not_reached": the first thing that is to be known of it.
std::string_view resume_action(const ResumeRow& row);

/// For people, a line a node.
std::string resume_table_text(const std::vector<ResumeRow>& rows, const std::string& journal);

/// For programs: {node, node_id, action, taken, computed, reason, then}.
Value resume_row_value(const ResumeRow& row);

}  // namespace vnode
