#include <algorithm>
#include <array>

#include "async/timer_queue.h"
#include "daemon/daemon.h"
#include "daemon/methods.h"
#include "daemon/run_book.h"
#include "daemon/run_listing.h"
#include "daemon/run_lookup.h"
#include "daemon/session.h"
#include "daemon/submitted.h"
#include "model/json_reader.h"
#include "model/members.h"
#include "model/value_ops.h"
#include "rpc/duration_param.h"
#include "store/run_id.h"
#include "store/store_thread.h"

namespace vnode {
namespace {

constexpr std::size_t kMostGroupsListed = 1000;

constexpr std::array kGroupGetParams = {kGroupParam};
constexpr std::string_view kGroupResult = R"json({"$ref": "#/$defs/group"})json";

/// Calls `found` with the group that a call names, or answers that there is none.
template <class Found>
void with_group(DaemonCore& core, const Dict& params, const Reply& reply, const Found& found) {
  const auto group = find_group(core, text_member(params, kGroupParam.name));
  if (const auto* error = std::get_if<RpcError>(&group)) return reply.error(*error);
  found(*std::get<const RunGroup*>(group));
}

void group_get(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  with_group(core, params, reply, [&core, &reply](const RunGroup& found) {
    using Request = std::optional<StoredSubmission>;
    const auto tell = [&core, number = found.row.number, reply](const Result<Request>& request) {
      const RunGroup* group = core.book.groups().find(number);
      if (!group) return reply.error(daemon_error("unknown_group", "the group has been removed"));
      Dict told = group_value(*group).as_dict();
      told.set("submitted", request && *request ? submitted_value(**request, nullptr) : Value());
      reply.result(Value(std::move(told)));
    };
    core.store.read<Request>(
        [number = found.row.number](RunStore& store) { return store.request_of_group(number); }, tell,
        StoreOrder::kAtOnce);
  });
}

constexpr std::array kGroupListParams = {
    ParamSpec{.name = "statuses", .kind = ParamKind::kTexts, .summary = "only groups with one of these"},
    ParamSpec{.name = "queue", .kind = ParamKind::kText, .summary = "only groups of this queue"},
    ParamSpec{.name = "workflow",
              .kind = ParamKind::kText,
              .summary = "only groups whose workflow's name holds this"},
    ParamSpec{
        .name = "info", .kind = ParamKind::kTextMap, .summary = "only groups with these texts in their info"},
    ParamSpec{.name = "before",
              .kind = ParamKind::kText,
              .summary = "only groups older than the one with this id: the next page"},
    ParamSpec{.name = "limit", .kind = ParamKind::kCount, .summary = "at most so many: 100, up to 1,000"},
};
constexpr std::string_view kGroupListResult = R"json({
  "required": ["groups", "more"],
  "properties": {"groups": {"type": "array", "items": {"$ref": "#/$defs/group"}}, "more": {"type": "boolean"}}
})json";

struct GroupFilter {
  std::vector<std::string> statuses;
  std::string queue;
  std::string workflow;
  Dict info;

  bool takes(const RunGroup& group) const {
    const GroupRow& row = group.row;
    const std::string_view status = word(group.status());
    if (!statuses.empty() && std::find(statuses.begin(), statuses.end(), status) == statuses.end())
      return false;
    if (!queue.empty() && row.queue != queue) return false;
    if (!workflow.empty() && row.workflow.find(workflow) == std::string::npos) return false;
    return info.empty() || has_info(row.info);
  }

 private:
  bool has_info(const std::string& json) const {
    const Result<Value> own = parse_json(json);
    if (!own) return false;
    return std::all_of(info.begin(), info.end(), [&own](const Dict::Entry& wanted) {
      const Value* value = member(*own, wanted.key.as_text());
      return value && to_text(*value) == wanted.value.as_text();
    });
  }
};

void group_list(DaemonCore& core, Session&, const Dict& params, Reply reply) {
  GroupFilter filter{.statuses = texts_member(params, "statuses"),
                     .queue = text_member(params, "queue"),
                     .workflow = text_member(params, "workflow"),
                     .info = {}};
  for (const DictEntry& entry : dict_member(params, "info")) filter.info.set(entry.key, entry.value);
  const auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(
      integer_member(params, "limit").value_or(100), 1, static_cast<std::int64_t>(kMostGroupsListed)));
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  if (const std::string id = text_member(params, "before"); !id.empty()) {
    const auto number = looks_like_group_id(id) ? run_number(id.substr(1)) : std::nullopt;
    if (!number) return reply.error(daemon_error("unknown_group", id + " is no group's id"));
    before = *number;
  }
  const auto groups = std::make_shared<std::vector<RunGroup>>();
  const RunGroup* next = core.book.groups().newest_before(before);
  for (; next && groups->size() <= limit; next = core.book.groups().newest_before(next->row.number)) {
    if (filter.takes(*next)) groups->push_back(*next);
  }
  const bool is_more = groups->size() > limit;
  if (is_more) groups->pop_back();
  const auto result = [groups, is_more] {
    std::vector<Value> values;
    for (const RunGroup& group : *groups) values.push_back(group_value(group));
    return Value(Dict{{"groups", Value::list(std::move(values))}, {"more", is_more}});
  };
  reply_with(core, groups->size(), result, reply);
}

constexpr std::array kGroupWaitParams = {
    kGroupParam,
    ParamSpec{
        .name = "timeout", .kind = ParamKind::kDuration, .summary = "replies with the group as it is then"}};

void group_wait(DaemonCore& core, Session& session, const Dict& params, Reply reply) {
  const Value* limit = params.find("timeout");
  const std::optional<Duration> timeout =
      limit && !limit->is_none() ? std::optional(param_duration(*limit)) : std::nullopt;
  const std::weak_ptr<Session> self = session.weak_from_this();
  with_group(core, params, reply, [&](const RunGroup& found) {
    if (found.has_ended()) return reply.result(group_value(found));
    // Whichever comes first answers.
    auto is_answered = std::make_shared<bool>(false);
    auto timer = std::make_shared<TimerQueue::Id>(0);
    const auto answer = [&core, reply, is_answered, timer](const RunGroup& group) {
      core.timers.cancel(*timer);
      if (!std::exchange(*is_answered, true)) reply.result(group_value(group));
    };
    const std::int64_t number = found.row.number;
    core.book.groups().when_ended(number, answer,
                                  [is_answered, self] { return !*is_answered && !self.expired(); });
    if (!timeout) return;
    *timer =
        core.timers.add(core.services.clock.steady_now() + *timeout, [&core, reply, is_answered, number] {
          if (std::exchange(*is_answered, true)) return;
          if (const RunGroup* still = core.book.groups().find(number)) reply.result(group_value(*still));
        });
  });
}

constexpr std::array kMethodsOfGroups = {
    Method{.spec = {.name = "group.get",
                    .summary = "one group of runs",
                    .params = kGroupGetParams,
                    .result = kGroupResult},
           .handler = group_get},
    Method{.spec = {.name = "group.list",
                    .summary = "groups of runs, newest first",
                    .params = kGroupListParams,
                    .result = kGroupListResult},
           .handler = group_list},
    Method{.spec = {.name = "group.wait",
                    .summary = "replies with the group when all its runs have ended",
                    .params = kGroupWaitParams,
                    .result = kGroupResult},
           .handler = group_wait,
           .order = CallOrder::kAtOnce},
};

}  // namespace

std::span<const Method> group_methods() { return kMethodsOfGroups; }

}  // namespace vnode
