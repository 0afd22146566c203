#include "daemon/event_subscription.h"

#include <algorithm>
#include <filesystem>

namespace vnode {

EventSubscription::EventSubscription(std::uint64_t number, std::string run_id, std::string path,
                                     std::uint64_t since, bool is_following)
    : number_(number),
      run_id_(std::move(run_id)),
      path_(std::move(path)),
      since_(since),
      is_following_(is_following),
      prefix_(R"({"jsonrpc":"2.0","method":"run.event","params":{"subscription":)" + std::to_string(number) +
              R"(,"event":)"),
      mending_(run_id_, since) {}

bool EventSubscription::open(std::uint64_t visible) {
  if (reader_) return true;
  Result<EventFileReader> opened = EventFileReader::open(path_, since_, visible);
  if (!opened) return false;
  reader_.emplace(std::move(*opened));
  return true;
}

std::uint64_t EventSubscription::visible(const LiveRun* live) const {
  // Before its first attempt under this daemon: the whole events of earlier ones.
  if (!ended_ && live) {
    return live->events ? live->events->visible() : static_cast<std::uint64_t>(live->row.event_bytes);
  }
  // Ended. A file that is not there (any more) has no events.
  std::error_code none;
  const std::uintmax_t size = std::filesystem::file_size(path_, none);
  return none ? 0 : size;
}

bool EventSubscription::pump(const LiveRun* live, std::size_t most, std::string& out) {
  if (is_over_) return false;
  const std::uint64_t there = visible(live);
  lines_.clear();
  bool has_read = false;
  if (there > 0 && open(there)) {
    const Result<bool> read = reader_->read(lines_, most, there);
    has_read = read && *read;
  }
  const auto tell = [this, &out](std::string_view event) { append_event(out, event); };
  for (std::string_view rest = lines_; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    mending_.take_line(rest.substr(0, end), tell);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (has_read) return true;
  mending_.settle(tell);
  if (ended_ || !is_following_) append_end(out);
  return false;
}

void EventSubscription::append_event(std::string& out, std::string_view event) const {
  out.append(prefix_).append(event).append("}}\n");
}

void EventSubscription::append_end(std::string& out) {
  // (Of an event that came before what was asked for nothing has been read.)
  const bool has_end = mending_.has_begun() ? mending_.has_end() : since_ > 0 && has_last_event(path_);
  if (ended_ && !has_end) {
    mending_.miss_end([this, &out](std::string_view event) { append_event(out, event); });
  }
  const Dict params{{"subscription", static_cast<std::int64_t>(number_)},
                    {"id", run_id_},
                    {"status", ended_ ? Value(word(*ended_)) : Value()}};
  out.append(rpc_notification("run.events_end", params)).append("\n");
  is_over_ = true;
  reader_.reset();
}

}  // namespace vnode
