#include "apps/vnode/client/run_picks.h"

#include "apps/vnode/client/submission_texts.h"
#include "apps/vnode/options/option_builders.h"
#include "model/members.h"

namespace vnode {

void declare_picks(CommandSpec& command, RunPicks& picks) {
  add_texts(command, "ID", picks.ids, "", "Ids of runs or groups, or their beginnings");
  add_texts(command, "--info", picks.info, "KEY=VALUE",
            "Only runs with that in their info (repeatable); without ids all of them");
}

Result<void> add_picks(const RunPicks& picks, Dict& params) {
  const auto info = read_info(picks.info);
  if (!info) return info.error();
  if (!picks.ids.empty()) {
    params.set("ids", Value::list(std::vector<Value>(picks.ids.begin(), picks.ids.end())));
  }
  Dict wanted;
  for (const auto& [name, text] : *info) wanted.set(Value(name), Value(text));
  if (!wanted.empty()) params.set("info", std::move(wanted));
  return {};
}

void tell_passed_over(const Value& reply, Diagnostics& diagnostics) {
  for (const Value& id : list_member(reply, "passed_over")) {
    if (id.is_text())
      diagnostics.warning(std::string(id.as_text()) + ": none of its runs that have not ended has that info");
  }
}

}  // namespace vnode
