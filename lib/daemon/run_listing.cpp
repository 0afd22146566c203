#include "daemon/run_listing.h"

#include <memory>
#include <new>

#include "async/event_loop.h"
#include "async/worker_pool.h"
#include "daemon/run_book.h"
#include "daemon/run_lookup.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

/// Of so many the way to another thread takes longer than writing them down.
constexpr std::size_t kFewItems = 16;

}  // namespace

std::optional<ShownRun> shown_run(const DaemonCore& core, const RunRow& row) {
  if (const LiveRun* live = core.book.find(row.id)) return ShownRun{live->row, live_view(core, *live)};
  if (!is_ended(row.status)) return std::nullopt;
  return ShownRun{row, {}};
}

Value list_of(const std::vector<ShownRun>& runs) {
  std::vector<Value> values;
  values.reserve(runs.size());
  for (const ShownRun& run : runs) values.push_back(run_value(run.row, run.live));
  return Value::list(std::move(values));
}

void reply_with(DaemonCore& core, std::size_t items, std::function<Value()> result, const Reply& reply,
                std::function<void()> done) {
  if (items <= kFewItems) {
    reply.result(result());
    if (done) done();
    return;
  }
  core.background.submit([result = std::move(result), reply, done = std::move(done), loop = &core.loop] {
    const auto json = std::make_shared<std::string>();
    bool is_written = true;
    try {
      append_json(*json, result());
    } catch (const std::bad_alloc&) {
      is_written = false;
    }
    loop->post([json, is_written, reply, done] {
      is_written ? reply.result_json(*json) : reply.error(out_of_memory());
      if (done) done();
    });
  });
}

}  // namespace vnode
