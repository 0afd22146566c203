#include "daemon/event_subscription.h"

#include <filesystem>

#include "store/event_line.h"

namespace vnode {

EventSubscription::EventSubscription(std::uint64_t number, std::string run_id, std::string path,
                                     std::uint64_t since, bool is_following)
    : number_(number),
      run_id_(std::move(run_id)),
      path_(std::move(path)),
      since_(since),
      is_following_(is_following),
      prefix_(R"({"jsonrpc":"2.0","method":"run.event","params":{"subscription":)" + std::to_string(number) +
              R"(,"event":)") {}

bool EventSubscription::open(std::uint64_t visible) {
  if (reader_) return true;
  Result<EventFileReader> opened = EventFileReader::open(path_, since_, visible);
  if (!opened) return false;
  reader_.emplace(std::move(*opened));
  return true;
}

bool EventSubscription::pump(const LiveRun* live, std::size_t most, std::string& out) {
  if (is_over_) return false;
  std::uint64_t visible = 0;
  if (!ended_ && live) {
    // Before its first attempt under this daemon: the whole events of earlier ones.
    visible = live->events ? live->events->visible() : static_cast<std::uint64_t>(live->row.event_bytes);
  } else {
    // Ended. A file that is not there (any more) has no events.
    std::error_code none;
    const std::uintmax_t size = std::filesystem::file_size(path_, none);
    if (!none) visible = size;
  }
  lines_.clear();
  bool has_read = false;
  if (visible > 0 && open(visible)) {
    const Result<bool> read = reader_->read(lines_, most, visible);
    has_read = read && *read;
  }
  for (std::size_t at = 0; at < lines_.size();) {
    const std::size_t end = lines_.find('\n', at);
    if (end == std::string::npos) break;
    const std::string_view line = std::string_view(lines_).substr(at, end - at);
    // Asked for from a place that was not written yet when the file was opened.
    if (!has_begun_) has_begun_ = parse_event_seq(line).value_or(since_ + 1) > since_;
    if (has_begun_) out.append(prefix_).append(line).append("}}\n");
    at = end + 1;
  }
  if (has_read) return true;
  if (ended_ || !is_following_) append_end(out);
  return false;
}

void EventSubscription::append_end(std::string& out) {
  const Dict params{{"subscription", static_cast<std::int64_t>(number_)},
                    {"id", run_id_},
                    {"status", ended_ ? Value(*ended_) : Value()}};
  out.append(rpc_notification("run.events_end", params)).append("\n");
  is_over_ = true;
  reader_.reset();
}

}  // namespace vnode
