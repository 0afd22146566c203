// The clients of scripts/bench/daemon_bench.py: loads a running daemon and prints one JSON object of figures.
//   bench_daemon SOCKET submit COUNT
//     one client: submit to reply, and to the end as a follower sees it
//   bench_daemon SOCKET throughput CLIENTS SECONDS
//   bench_daemon SOCKET fanout RUN READING IDLE
//     subscribers that read, and some that do not
//   bench_daemon SOCKET latency METHOD
//     one client that calls every 5 ms until its standard input ends
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "async/sockets.h"
#include "client/client.h"

namespace {

using namespace vnode;
using SteadyClock = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& message) {
  std::fprintf(stderr, "bench_daemon: %s\n", message.c_str());
  std::exit(1);
}

std::unique_ptr<Client> connect(const std::string& socket) {
  auto made = Client::connect({.socket = socket});
  if (auto* error = std::get_if<CallError>(&made)) give_up(error->error.message);
  return std::move(std::get<std::unique_ptr<Client>>(made));
}

Value call(Client& client, std::string_view method, Dict params) {
  auto answer = client.call(method, std::move(params));
  if (auto* error = std::get_if<CallError>(&answer)) give_up(error->error.message);
  return std::get<Value>(answer);
}

Value node(int number, std::string_view type, Dict parameters) {
  char id[40];
  std::snprintf(id, sizeof id, "00000000-0000-0000-0000-%012d", number);
  return Dict{
      {"instance_id", id}, {"node_id", type}, {"position", Value::list({0, 0})}, {"parameters", parameters}};
}

Value trivial_workflow() {
  std::vector<Value> nodes = {node(1, "message_node", {{"msg", "hello"}}),
                              node(2, "console_print", {{"data", "x"}})};
  const Value from = nodes[0].as_dict().find("instance_id")->as_text();
  const Value to = nodes[1].as_dict().find("instance_id")->as_text();
  const Value wire = Dict{{"from_node", from},
                          {"from_port", "exec_out"},
                          {"to_node", to},
                          {"to_port", "exec_in"},
                          {"is_exec", true}};
  return Dict{{"nodes", Value::list(std::move(nodes))}, {"connections", Value::list({wire})}};
}

double percentile(std::vector<double>& values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(part * static_cast<double>(values.size())))];
}

double milliseconds(SteadyClock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

void measure_submit(const std::string& socket, int count) {
  const auto client = connect(socket);
  std::vector<double> replies;
  std::vector<double> ends;
  const Value workflow = trivial_workflow();
  for (int i = 0; i < count; ++i) {
    const auto begin = SteadyClock::now();
    const Value run = call(*client, "run.submit", {{"workflow", workflow}});
    replies.push_back(milliseconds(SteadyClock::now() - begin));
    const Value id = *run.as_dict().find("id");
    call(*client, "run.events", {{"id", id}});
    while (true) {
      const auto note = client->next_notification(SteadyClock::now() + std::chrono::seconds(30));
      if (!note) give_up("no end of run");
      if (note->method == "run.events_end") break;
      const Value* event = note->params.as_dict().find("event");
      if (event && event->as_dict().find("type")->as_text() == "execution_finished") {
        ends.push_back(milliseconds(SteadyClock::now() - begin));
      }
    }
  }
  std::printf("{\"reply_p50\":%.4f,\"reply_p99\":%.4f,\"end_p50\":%.4f,\"end_p99\":%.4f}\n",
              percentile(replies, 0.5), percentile(replies, 0.99), percentile(ends, 0.5),
              percentile(ends, 0.99));
}

void measure_throughput(const std::string& socket, int clients, double seconds) {
  std::atomic<long> submitted = 0;
  const auto begin = SteadyClock::now();
  const auto until =
      begin + std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds));
  std::vector<std::string> last(static_cast<std::size_t>(clients));
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      const auto client = connect(socket);
      const Value workflow = trivial_workflow();
      while (SteadyClock::now() < until) {
        const Value run = call(*client, "run.submit", {{"workflow", workflow}});
        last[static_cast<std::size_t>(i)] = run.as_dict().find("id")->as_text();
        ++submitted;
      }
      // Until what was submitted has been run and stored.
      call(*client, "run.wait", {{"id", last[static_cast<std::size_t>(i)]}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double took = std::chrono::duration<double>(SteadyClock::now() - begin).count();
  std::printf("{\"runs\":%ld,\"seconds\":%.3f,\"per_second\":%.1f}\n", submitted.load(), took,
              static_cast<double>(submitted) / took);
}

/// A subscriber that looks at the number of every event.
struct Subscriber {
  OwnedFd socket;
  std::string rest;
  std::uint64_t next = 1;
  std::uint64_t bytes = 0;
  bool is_over = false;
  bool is_wrong = false;

  void take(std::string_view line) {
    if (line.find("\"run.events_end\"") < 60) {
      is_over = true;
      return;
    }
    const std::size_t at = line.find("\"seq\":");
    if (at == std::string_view::npos || line.find("\"run.event\"") > 60) return;
    const std::uint64_t seq = std::strtoull(line.data() + at + 6, nullptr, 10);
    is_wrong = is_wrong || seq != next;
    ++next;
  }

  /// False once the connection has ended.
  bool read(std::vector<char>& buffer) {
    const ssize_t size = ::recv(socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) return false;
    bytes += static_cast<std::uint64_t>(size);
    std::string_view text(buffer.data(), static_cast<std::size_t>(size));
    if (!rest.empty()) {
      const std::size_t end = text.find('\n');
      rest.append(text.substr(0, end));
      if (end == std::string_view::npos) return true;
      take(rest);
      rest.clear();
      text.remove_prefix(end + 1);
    }
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      take(text.substr(0, end));
      text.remove_prefix(end + 1);
    }
    rest.assign(text);
    return true;
  }
};

OwnedFd subscribe(const std::string& socket, const std::string& run) {
  Result<OwnedFd> connected = connect_unix(socket);
  if (!connected) give_up(connected.error().message);
  const std::string text =
      R"({"jsonrpc":"2.0","id":1,"method":"run.events","params":{"id":")" + run + "\"}}\n";
  if (::send(connected->get(), text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
    give_up("cannot subscribe");
  }
  return std::move(*connected);
}

void measure_fanout(const std::string& socket, const std::string& run, int reading, int idle) {
  std::vector<OwnedFd> deaf;
  for (int i = 0; i < idle; ++i) deaf.push_back(subscribe(socket, run));
  std::vector<Subscriber> subscribers(static_cast<std::size_t>(reading));
  const OwnedFd poller(::epoll_create1(EPOLL_CLOEXEC));
  for (std::size_t i = 0; i < subscribers.size(); ++i) {
    subscribers[i].socket = subscribe(socket, run);
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.u64 = i;
    ::epoll_ctl(poller.get(), EPOLL_CTL_ADD, subscribers[i].socket.get(), &interest);
  }
  const auto begin = SteadyClock::now();
  std::vector<char> buffer(256 * 1024);
  int left = reading;
  while (left > 0) {
    epoll_event ready[256];
    const int count = ::epoll_wait(poller.get(), ready, 256, 60'000);
    if (count <= 0) give_up("nothing has come for a minute");
    for (int i = 0; i < count; ++i) {
      Subscriber& subscriber = subscribers[ready[i].data.u64];
      if (subscriber.is_over) continue;
      if (!subscriber.read(buffer)) give_up("a subscriber was disconnected");
      if (subscriber.is_over) --left;
    }
  }
  const double took = std::chrono::duration<double>(SteadyClock::now() - begin).count();
  long wrong = 0;
  std::uint64_t least = ~std::uint64_t{0};
  std::uint64_t bytes = 0;
  for (const Subscriber& subscriber : subscribers) {
    wrong += subscriber.is_wrong;
    least = std::min(least, subscriber.next - 1);
    bytes += subscriber.bytes;
  }
  std::printf("{\"seconds\":%.3f,\"events\":%llu,\"wrong\":%ld,\"megabytes\":%.0f}\n", took,
              static_cast<unsigned long long>(least), wrong, static_cast<double>(bytes) / 1e6);
}

bool is_input_over() {
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  return ::poll(&input, 1, 5) != 0;
}

void measure_latency(const std::string& socket, const std::string& method) {
  const auto client = connect(socket);
  std::vector<double> times;
  while (!is_input_over()) {
    const auto begin = SteadyClock::now();
    call(*client, method, {});
    times.push_back(milliseconds(SteadyClock::now() - begin));
  }
  const double p50 = percentile(times, 0.5);
  const double p99 = percentile(times, 0.99);
  std::printf("{\"count\":%zu,\"p50\":%.2f,\"p99\":%.2f,\"worst\":%.2f}\n", times.size(), p50, p99,
              times.empty() ? 0 : times.back());
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 2 ? argv[2] : "";
  if (mode == "submit" && argc == 4) {
    measure_submit(argv[1], std::atoi(argv[3]));
  } else if (mode == "throughput" && argc == 5) {
    measure_throughput(argv[1], std::atoi(argv[3]), std::atof(argv[4]));
  } else if (mode == "fanout" && argc == 6) {
    measure_fanout(argv[1], argv[3], std::atoi(argv[4]), std::atoi(argv[5]));
  } else if (mode == "latency" && argc == 4) {
    measure_latency(argv[1], argv[3]);
  } else {
    give_up(
        "usage: bench_daemon SOCKET submit COUNT | throughput CLIENTS SECONDS | fanout RUN READING IDLE | "
        "latency METHOD");
  }
  return 0;
}
