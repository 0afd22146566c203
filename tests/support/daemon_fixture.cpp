#include "support/daemon_fixture.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>

#include "async/sockets.h"
#include "model/json_reader.h"
#include "model/json_writer.h"
#include "model/value_ops.h"
#include "model/workflow_writer.h"
#include "nodes/native_nodes.h"
#include "registry/reload.h"

namespace vnode::test {
namespace {

/// Longer than any wait within: a test that hangs is ended by the system.
constexpr unsigned kEnd = 600;

/// Those of the test that is running: what nodes do is a plain function.
std::atomic<Gates*> current_gates = nullptr;

void add_gate_nodes(NodeLibrary& library) {
  library.add({.definition = {.node_id = "test_gate",
                              .inputs = {{"gate", "string", "gate"}, {"in"}},
                              .outputs = {{"value"}}},
               .execute = [](NodeContext& node) -> Task<Outputs> {
                 co_await node.wait_for(current_gates.load()->pass(to_text(node.input("gate"))));
                 co_await node.set_output("value", 1);
                 co_await node.fire("exec_out");
                 co_return Outputs{{"value", 1}};
               }});
  library.add({.definition = {.node_id = "test_busy",
                              .inputs = {{"gate", "string", "gate"}, {"in"}},
                              .outputs = {{"value"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 current_gates.load()->block(to_text(call.input("gate")));
                 return {{"value", 1}};
               }});
  library.add(
      {.definition = {.node_id = "test_flaky",
                      .inputs = {{"name", "string", "flaky"}, {"failures", "int", 1}, {"in"}},
                      .outputs = {{"value"}}},
       .compute = [](NodeCall& call) -> Outputs {
         if (current_gates.load()->fails(to_text(call.input("name")), call.input("failures").as_int())) {
           throw NodeFailure("not yet");
         }
         return {{"value", 1}};
       }});
  library.add({.definition = {.node_id = "test_speak",
                              .inputs = {{"count", "int", 1}, {"size", "int", 10}},
                              .outputs = {{"value"}}},
               .compute = [](NodeCall& call) -> Outputs {
                 const std::string text(static_cast<std::size_t>(call.input("size").as_int()), 'x');
                 for (std::int64_t i = 0; i < call.input("count").as_int(); ++i) {
                   call.log(LogLevel::kInfo, text);
                 }
                 return {{"value", 1}};
               }});
}

}  // namespace

// ---- gates

void Gates::open(const std::string& name) {
  const std::lock_guard lock(mutex_);
  open_.insert(name);
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    if (at->second.name == name) {
      at->second.done();
      at = waiting_.erase(at);
    } else {
      ++at;
    }
  }
  changed_.notify_all();
}

bool Gates::wait_for(const std::string& name, std::size_t count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] {
    return static_cast<std::size_t>(std::count(arrivals_.begin(), arrivals_.end(), name)) >= count;
  });
}

std::vector<std::string> Gates::arrivals() const {
  const std::lock_guard lock(mutex_);
  return arrivals_;
}

ExternalOperation Gates::pass(const std::string& name) {
  return [this, name](std::function<void()> done) -> std::function<void()> {
    const std::lock_guard lock(mutex_);
    arrivals_.push_back(name);
    changed_.notify_all();
    if (open_.contains(name)) {
      done();
      return [] {};
    }
    const std::uint64_t number = ++last_;
    waiting_[number] = {name, std::move(done)};
    return [this, number] {
      const std::lock_guard again(mutex_);
      waiting_.erase(number);
    };
  };
}

void Gates::block(const std::string& name) {
  std::unique_lock lock(mutex_);
  arrivals_.push_back(name);
  changed_.notify_all();
  changed_.wait_for(lock, kPatience, [&] { return open_.contains(name); });
}

bool Gates::fails(const std::string& name, std::int64_t times) {
  const std::lock_guard lock(mutex_);
  return failures_[name]++ < times;
}

// ---- log

void RecordingLog::add(std::string line) {
  const std::lock_guard lock(mutex_);
  lines_.push_back(std::move(line));
  changed_.notify_all();
}

bool RecordingLog::wait_for(const std::string& text) {
  const auto has_text = [&text](const std::string& line) { return line.find(text) != line.npos; };
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience,
                           [&] { return std::any_of(lines_.begin(), lines_.end(), has_text); });
}

bool RecordingLog::has(const std::string& text) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(lines_.begin(), lines_.end(),
                     [&text](const std::string& line) { return line.find(text) != line.npos; });
}

std::vector<std::string> RecordingLog::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

// ---- values

Value part(const Value& value, std::string_view path) {
  if (path.empty()) return value;
  const std::size_t slash = path.find('/');
  const std::string_view name = path.substr(0, slash);
  const std::string_view rest = slash == path.npos ? std::string_view() : path.substr(slash + 1);
  if (value.is_list()) {
    std::size_t index = 0;
    std::from_chars(name.data(), name.data() + name.size(), index);
    return index < value.as_list().size() ? part(value.as_list()[index], rest) : Value::unset();
  }
  if (!value.is_dict()) return Value::unset();
  const Dict dict = value.as_dict();
  const Value* found = dict.find(name);
  return found ? part(*found, rest) : Value::unset();
}

std::string at(const Value& value, std::string_view path) {
  const Value found = part(value, path);
  if (found.is_unset()) return "(none)";
  if (found.is_text()) return std::string(found.as_text());
  std::string text;
  append_json(text, found);
  return text;
}

std::vector<std::string> each(const Value& list, std::string_view path) {
  std::vector<std::string> texts;
  if (!list.is_list()) return {"(no list)"};
  for (const Value& item : list.as_list()) texts.push_back(at(item, path));
  return texts;
}

Value document(const WorkflowBuilder& builder) { return *parse_json(write_workflow(builder.workflow())); }

Value gate_workflow(const std::string& gate) {
  return document(WorkflowBuilder().node("gate", "test_gate", {{"gate", gate}}));
}

Value quick_workflow() { return document(WorkflowBuilder().node("quick", "test_pass", {{"in", 1}})); }

// ---- clients

Value Caller::call(std::string_view method, Dict params) {
  std::variant<Value, CallError> answer = client_->call(method, std::move(params));
  if (const auto* error = std::get_if<CallError>(&answer)) {
    ADD_FAILURE() << method << ": " << error->error.word << ": " << error->error.message;
    return {};
  }
  return std::get<Value>(std::move(answer));
}

RpcError Caller::refusal(std::string_view method, Dict params) {
  std::variant<Value, CallError> answer = client_->call(method, std::move(params));
  if (auto* error = std::get_if<CallError>(&answer)) return std::move(error->error);
  ADD_FAILURE() << method << " was not refused: " << at(std::get<Value>(answer), "");
  return {};
}

std::string Caller::submit(const Value& workflow, Dict params) {
  params.set("workflow", workflow);
  return at(call("run.submit", std::move(params)), "id");
}

std::int64_t Caller::follow(const std::string& id, std::int64_t since, bool follow) {
  const Value reply = call("run.events", {{"id", id}, {"since", since}, {"follow", follow}});
  const Value number = part(reply, "subscription");
  return number.is_int() ? number.as_int() : 0;
}

std::vector<Value> Caller::events_of(std::int64_t subscription) {
  std::vector<Value> events;
  while (true) {
    const Client::Notification note = next();
    if (note.method.empty()) return events;
    if (at(note.params, "subscription") != std::to_string(subscription)) continue;
    if (note.method == "run.event") events.push_back(part(note.params, "event"));
    if (note.method == "run.events_end") {
      end_status_ = at(note.params, "status");
      return events;
    }
  }
}

Client::Notification Caller::next() {
  std::optional<Client::Notification> note =
      client_->next_notification(std::chrono::steady_clock::now() + kPatience);
  if (note) return std::move(*note);
  ADD_FAILURE() << (client_->is_connected() ? "no notification came" : "the daemon has hung up");
  return {};
}

Value Caller::next(std::string_view method, const std::function<bool(const Value&)>& condition) {
  while (true) {
    const Client::Notification note = next();
    if (note.method.empty()) return {};
    if (note.method == method && (!condition || condition(note.params))) return note.params;
  }
}

std::vector<std::string> types_of(const std::vector<Value>& events) {
  std::vector<std::string> types;
  for (const Value& event : events) types.push_back(at(event, "type"));
  return types;
}

bool are_in_order(const std::vector<Value>& events, std::int64_t first) {
  for (const Value& event : events) {
    if (at(event, "seq") != std::to_string(first++)) return false;
  }
  return true;
}

// ---- raw connections

RawConnection RawConnection::to_unix(const std::string& path) {
  Result<OwnedFd> socket = connect_unix(path);
  EXPECT_TRUE(socket.ok());
  return RawConnection(socket ? std::move(*socket) : OwnedFd());
}

RawConnection RawConnection::to_tcp(const std::string& address) {
  Result<OwnedFd> socket = connect_tcp(address);
  EXPECT_TRUE(socket.ok());
  return RawConnection(socket ? std::move(*socket) : OwnedFd());
}

bool RawConnection::send(std::string_view text) {
  const int patience = static_cast<int>(std::chrono::milliseconds(kPatience).count());
  while (!text.empty()) {
    pollfd entry{socket_.get(), POLLOUT, 0};
    if (::poll(&entry, 1, patience) != 1) return false;
    const ssize_t size = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (size > 0) text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

bool RawConnection::fill() {
  const int patience = static_cast<int>(std::chrono::milliseconds(kPatience).count());
  pollfd entry{socket_.get(), POLLIN, 0};
  if (::poll(&entry, 1, patience) != 1) return false;
  char bytes[65536];
  const ssize_t size = ::recv(socket_.get(), bytes, sizeof bytes, 0);
  if (size <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(size));
  return true;
}

std::optional<std::string> RawConnection::read_line() {
  std::size_t end = 0;
  std::size_t looked = 0;
  while ((end = buffer_.find('\n', looked)) == std::string::npos) {
    looked = buffer_.size();
    if (!fill()) return std::nullopt;
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  return line;
}

Value RawConnection::read_reply() {
  while (const std::optional<std::string> line = read_line()) {
    const Result<Value> message = parse_json(*line);
    if (!message || message->is_list() || !part(*message, "id").is_unset()) {
      return message ? *message : Value("no JSON: " + *line);
    }
  }
  return "the end";
}

std::string RawConnection::read_all() {
  while (fill()) continue;
  return std::exchange(buffer_, {});
}

// ---- the daemon

DaemonFixture::DaemonFixture() {
  ::alarm(kEnd);
  current_gates = &gates;
  std::filesystem::create_directory(definitions);
  settings.version = "0.0-test";
  settings.state_directory = folder.file("state");
  settings.socket = folder.file("run/socket");
  settings.workers = 2;
  settings.queues = {{"default", 4}};
  settings.retry_delay = {};
  settings.node_folders = {definitions};
}

DaemonFixture::~DaemonFixture() {
  stop();
  ::alarm(0);
}

Registry DaemonFixture::load_nodes(const Registry* last) {
  NodeLibrary natives;
  add_native_nodes(natives);
  add_test_nodes(natives);
  add_gate_nodes(natives);
  return reload_registry(last ? *last : Registry(), natives, {definitions}, {.runtime = runtime});
}

Result<void> DaemonFixture::try_start() {
  DaemonServices services{.clock = clock, .log = log};
  services.load_nodes = [this](const Registry* last) { return load_nodes(last); };
  services.load_settings = load_settings;
  services.inherited_sockets = std::exchange(handed_sockets, {});
  services.notify = [this](std::string_view what) { notices.emplace_back(what); };
  Result<std::unique_ptr<Daemon>> started = Daemon::start(settings, services);
  if (!started) return started.error();
  daemon = std::move(*started);
  thread_ = std::thread([this] { ended_ = daemon->run(); });
  return {};
}

void DaemonFixture::start() {
  const Result<void> started = try_start();
  ASSERT_TRUE(started.ok()) << describe(started.error());
}

void DaemonFixture::stop() {
  if (!daemon) return;
  daemon->signal(DaemonSignal::kTerminate);
  daemon->signal(DaemonSignal::kTerminate);
  const Result<void> ended = join();
  EXPECT_TRUE(ended.ok()) << describe(ended.error());
}

Result<void> DaemonFixture::join() {
  thread_.join();
  daemon.reset();
  return *std::exchange(ended_, std::nullopt);
}

void DaemonFixture::crash_and_restart() {
  const std::string copy = folder.file("state-" + std::to_string(++copies_));
  std::filesystem::copy(settings.state_directory, copy, std::filesystem::copy_options::recursive);
  std::filesystem::permissions(copy, std::filesystem::perms::owner_all);
  std::filesystem::remove(copy + "/runs.db-shm");
  stop();
  settings.state_directory = copy;
  start();
}

std::unique_ptr<Caller> DaemonFixture::connect() { return connect({.socket = settings.socket}); }

std::unique_ptr<Caller> DaemonFixture::connect(const DaemonAddress& address) {
  auto connected = Client::connect(address, kPatience);
  if (const auto* error = std::get_if<CallError>(&connected)) {
    ADD_FAILURE() << error->error.word << ": " << error->error.message;
    throw std::runtime_error("no connection");
  }
  return std::make_unique<Caller>(std::move(std::get<0>(connected)));
}

std::string DaemonFixture::event_file(const std::string& id) const {
  const std::size_t dash = id.find('-');
  return settings.state_directory + "/events/" + id.substr(0, dash) + "/" + id.substr(dash + 1) + ".ndjson";
}

}  // namespace vnode::test
