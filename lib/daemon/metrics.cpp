#include "daemon/metrics.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "async/event_loop.h"
#include "async/timer_queue.h"
#include "base/utc_time.h"
#include "daemon/daemon.h"
#include "daemon/run_book.h"
#include "tasks/task_table.h"

namespace vnode {
namespace {

double amount_of(ResourceAmount thousandths) {
  return static_cast<double>(thousandths) / static_cast<double>(kOneResource);
}

constexpr std::size_t kMostRequests = 64;
constexpr std::size_t kLongestLine = 8 * 1024;
constexpr int kMostLines = 100;
constexpr Duration kRequestTime = std::chrono::seconds(10);

std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  file >> size >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

/// A label's value, as the text format wants it.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

class MetricsText {
 public:
  void family(const std::string& name, const std::string& type, const std::string& help) {
    text_ += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
    name_ = name;
  }
  void sample(double value, const std::string& label = {}, const std::string& label_value = {}) {
    char number[40];
    std::snprintf(number, sizeof number, "%.17g", value);
    text_ +=
        name_ + (label.empty() ? "" : "{" + label + "=" + quoted(label_value) + "}") + " " + number + "\n";
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::string name_;
};

}  // namespace

struct Metrics::Request {
  std::unique_ptr<LineSocket> socket;
  std::string first_line;
  int lines = 0;
  bool is_answered = false;
  TimerQueue::Id timer = 0;
};

Metrics::Metrics(DaemonCore& core) : core_(core) {}

Metrics::~Metrics() = default;

void Metrics::listen(OwnedFd listening) {
  listener_ = std::make_unique<Listener>(core_.loop, std::move(listening),
                                         [this](OwnedFd socket) { accept(std::move(socket)); });
}

void Metrics::stop_listening() { listener_.reset(); }

void Metrics::accept(OwnedFd socket) {
  if (requests_.size() >= kMostRequests) return;
  auto request = std::make_shared<Request>();
  const std::weak_ptr<Request> weak = request;
  const auto drop = [this, weak] {
    if (const auto gone = weak.lock()) {
      core_.timers.cancel(gone->timer);
      core_.loop.post([this, gone] { requests_.erase(gone); });
    }
  };
  LineSocket::Callbacks callbacks{.on_line = [this, weak](std::string line) {
    if (const auto alive = weak.lock()) on_line(*alive, line);
  }};
  callbacks.on_too_long = drop;
  callbacks.on_closed = [drop](const Error*) { drop(); };
  requests_.insert(request);
  request->timer = core_.timers.add(core_.services.clock.steady_now() + kRequestTime, drop);
  request->socket =
      std::make_unique<LineSocket>(core_.loop, std::move(socket), kLongestLine, std::move(callbacks));
}

void Metrics::on_line(Request& request, const std::string& line) {
  if (request.is_answered) return;
  if (request.lines++ == 0) request.first_line = line;
  if (line.empty() || request.lines > kMostLines) answer(request);
}

void Metrics::answer(Request& request) {
  request.is_answered = true;
  const bool is_get = request.first_line.starts_with("GET ");
  const bool is_found = is_get && (request.first_line.starts_with("GET /metrics ") ||
                                   request.first_line.starts_with("GET /metrics?"));
  const std::string body = is_found ? text() : "there is only /metrics here\n";
  std::string head = is_found ? "HTTP/1.1 200 OK"
                     : is_get ? "HTTP/1.1 404 Not Found"
                              : "HTTP/1.1 405 Method Not Allowed";
  head +=
      "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nConnection: close\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n";
  request.socket->send(head + body);
  request.socket->close_when_sent();
}

void Metrics::on_ended(const RunRow& row) {
  ++ended_[row.status];
  duration_sum_ += row.duration.value_or(0);
}

std::string Metrics::text() const {
  MetricsText out;
  out.family("vnode_runs", "gauge", "Runs that have not ended.");
  out.sample(static_cast<double>(core_.tasks.count(RunStatus::kPending)), "status",
             std::string(word(RunStatus::kPending)));
  out.sample(static_cast<double>(core_.tasks.count(RunStatus::kRunning)), "status",
             std::string(word(RunStatus::kRunning)));
  out.family("vnode_runs_ended_total", "counter", "Runs that have ended since the daemon started.");
  std::uint64_t ended = 0;
  for (const auto& [status, count] : ended_) {
    out.sample(static_cast<double>(count), "status", std::string(word(status)));
    ended += count;
  }
  out.family("vnode_run_duration_seconds", "summary", "Durations of ended runs.");
  std::string summary = out.take();
  summary += "vnode_run_duration_seconds_sum " + std::to_string(duration_sum_) + "\n";
  summary += "vnode_run_duration_seconds_count " + std::to_string(ended) + "\n";
  out.family("vnode_queue_pending", "gauge", "Pending runs of a queue.");
  const std::vector<QueueView> queues = core_.tasks.planner().queues();
  for (const QueueView& queue : queues) out.sample(static_cast<double>(queue.pending), "queue", queue.name);
  out.family("vnode_queue_running", "gauge", "Running runs of a queue.");
  for (const QueueView& queue : queues) out.sample(static_cast<double>(queue.running), "queue", queue.name);
  out.family("vnode_queue_concurrency", "gauge", "How many runs of a queue may run at once.");
  for (const QueueView& queue : queues)
    out.sample(static_cast<double>(queue.concurrency), "queue", queue.name);
  const std::vector<ResourceView> resources = core_.tasks.planner().resources();
  out.family("vnode_resource_used", "gauge", "How much of a resource is in use.");
  for (const ResourceView& one : resources) out.sample(amount_of(one.used), "resource", one.name);
  out.family("vnode_resource_total", "gauge", "How much there is of a resource.");
  for (const ResourceView& one : resources) out.sample(amount_of(one.total), "resource", one.name);
  out.family("vnode_clients", "gauge", "Connected clients.");
  out.sample(static_cast<double>(core_.count_clients()));
  out.family("vnode_store_ok", "gauge", "1 while the store can be written.");
  out.sample(core_.book.store_error().empty() ? 1 : 0);
  out.family("process_resident_memory_bytes", "gauge", "Resident memory.");
  out.sample(static_cast<double>(resident_bytes()));
  return summary + out.take();
}

}  // namespace vnode
