#include "daemon/run_picking.h"

#include <limits>
#include <unordered_set>
#include <utility>

#include "daemon/run_book.h"
#include "model/members.h"
#include "store/store_thread.h"

namespace vnode {
namespace {

using WantedInfo = std::vector<std::pair<std::string, std::string>>;
using Ids = std::vector<std::string>;
using GoOn = std::function<void(PickedRuns)>;

WantedInfo info_param(const Dict& params) {
  WantedInfo info;
  for (const DictEntry& entry : dict_member(params, "info"))
    info.emplace_back(entry.key.as_text(), entry.value.as_text());
  return info;
}

/// Of runs that have not ended, in order of submission. Looked for in the store, since taking apart what they
/// say of themselves would keep the loop from its clients.
void find_with_info(DaemonCore& core, WantedInfo info, const Reply& reply, std::function<void(Ids)> then) {
  const auto query = [info = std::move(info)](RunStore& store) -> Result<Ids> {
    const Result<std::vector<RunRow>> rows =
        store.list({.statuses = {RunStatus::kPending, RunStatus::kRunning},
                    .info = info,
                    .limit = std::numeric_limits<std::size_t>::max()});
    if (!rows) return rows.error();
    Ids ids;
    for (auto row = rows->rbegin(); row != rows->rend(); ++row) ids.push_back(row->id);
    return ids;
  };
  core.store.read<Ids>(query, [reply, then = std::move(then)](Result<Ids> ids) {
    if (!ids) return reply.error(daemon_error("store_unavailable", describe(ids.error())));
    then(std::move(*ids));
  });
}

/// What had ended stays, so that it is said.
void pick_of_named(const DaemonCore& core, std::vector<NamedRuns> named, const Ids& with_info,
                   const GoOn& then) {
  const std::unordered_set<std::string> wanted(with_info.begin(), with_info.end());
  PickedRuns picked{.named = {}, .passed_over = Ids()};
  for (NamedRuns& one : named) {
    const RunGroup* group = one.group == 0 ? nullptr : core.book.groups().find(one.group);
    if (group) one.runs = core.book.live_of_group(*group);
    const bool had_ended = one.group == 0 ? one.row->completed_at.has_value() : one.runs.empty();
    std::erase_if(one.runs, [&wanted](const std::string& id) { return !wanted.contains(id); });
    if (one.runs.empty() && !had_ended) {
      picked.passed_over->push_back(one.id);
    } else {
      picked.named.push_back(std::move(one));
    }
  }
  then(std::move(picked));
}

}  // namespace

void with_picked_runs(DaemonCore& core, const Dict& params, const Reply& reply, GoOn then) {
  const Ids ids = texts_member(params, "ids");
  WantedInfo info = info_param(params);
  if (ids.empty() && info.empty()) {
    return reply.error({RpcErrorCode::kInvalidParams, "invalid_params", "one of 'ids' and 'info' is needed"});
  }
  if (info.empty()) {
    return with_named_runs(core, ids, reply, [then = std::move(then)](std::vector<NamedRuns> named) {
      then({.named = std::move(named), .passed_over = {}});
    });
  }
  if (ids.empty()) {
    return find_with_info(core, std::move(info), reply, [&core, then = std::move(then)](const Ids& found) {
      PickedRuns picked{.named = {}, .passed_over = Ids()};
      for (const std::string& id : found) {
        if (core.book.find(id)) picked.named.push_back({.id = id, .runs = {id}});
      }
      then(std::move(picked));
    });
  }
  with_named_runs(
      core, ids, reply,
      [&core, info = std::move(info), reply, then = std::move(then)](const std::vector<NamedRuns>& named) {
        find_with_info(core, info, reply,
                       [&core, named, then](const Ids& found) { pick_of_named(core, named, found, then); });
      });
}

void add_passed_over(Dict& result, const std::optional<std::vector<std::string>>& passed_over) {
  if (!passed_over) return;
  result.set("passed_over", Value::list(std::vector<Value>(passed_over->begin(), passed_over->end())));
}

}  // namespace vnode
