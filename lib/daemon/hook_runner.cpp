#include "daemon/hook_runner.h"

#include <mutex>

#include "async/event_loop.h"
#include "async/timer_queue.h"
#include "base/memory_file.h"
#include "base/text.h"
#include "daemon/daemon.h"
#include "daemon/run_row_text.h"
#include "daemon/settings.h"
#include "model/json_writer.h"
#include "process/child_environment.h"
#include "process/kept_output.h"
#include "process/piped_process.h"

namespace vnode {
namespace {

constexpr unsigned kAtOnce = 4;
constexpr int kTries = 3;
constexpr Duration kPause = std::chrono::seconds(2);
/// For a command to clean up.
constexpr Duration kHookGrace = std::chrono::seconds(2);
constexpr std::size_t kMostSaid = 300;

}  // namespace

struct HookRunner::Job {
  Hook hook;
  std::string run_id;
  std::string run;  ///< as JSON
  ProcessIdentity identity;
  Variables variables;
  std::string directory;
  int tries = 0;
  bool is_timeout = false;  ///< of the present try
  std::uint64_t timer = 0;

  std::string name() const { return hook.url.empty() ? hook.command.front() : hook.url; }
};

/// The way back to the owner's thread, as long as there is one.
struct HookRunner::Link {
  std::mutex mutex;
  EventLoop* loop = nullptr;

  void post(std::function<void()> job) {
    const std::lock_guard lock(mutex);
    if (loop) loop->post(std::move(job));
  }
};

/// Of one try. On the watcher's thread.
class HookRunner::Listener final : public ProcessListener {
 public:
  using OnEnd = std::function<void(const std::string& error)>;
  explicit Listener(OnEnd on_end) : on_end_(std::move(on_end)) {}

  void on_output(OutputStream stream, std::string_view bytes) override {
    (stream == OutputStream::kOutput ? output_ : errors_).add(bytes);
  }
  void on_end(const ProcessEnd& end) override {
    if (end.is_success()) return on_end_("");
    std::string error = describe(end);
    const std::string said = (errors_.size() > 0 ? errors_ : output_).last(kMostSaid);
    if (!end.error && !said.empty()) error += ": " + replace_invalid_utf8(said);
    on_end_(error);
  }

 private:
  OnEnd on_end_;
  KeptOutput output_{2 * kMostSaid}, errors_{2 * kMostSaid};
};

HookRunner::HookRunner(DaemonCore& core, HttpClient& http)
    : core_(core), http_(http), processes_(watcher_, kHookGrace), link_(std::make_shared<Link>()) {
  link_->loop = &core.loop;
}

HookRunner::~HookRunner() {
  // Commands that are under way are ended with `processes_`.
  const std::lock_guard lock(link_->mutex);
  link_->loop = nullptr;
}

void HookRunner::on_ended(const RunRow& row, const std::shared_ptr<const CheckedSubmission>& submission) {
  std::vector<Hook> hooks;
  if (submission) hooks = submission->given.hooks;
  hooks.insert(hooks.end(), core_.settings.hooks.begin(), core_.settings.hooks.end());
  if (hooks.empty()) return;
  std::string run;
  append_json(run, run_value(row));
  run += '\n';
  for (Hook& hook : hooks) {
    auto job = std::make_shared<Job>(Job{.hook = std::move(hook), .run_id = row.id, .run = run});
    job->identity = {.run_id = row.id, .attempt = row.attempt};
    job->variables = own_variables();
    if (submission) {
      const Variables& of_run = submission->given.environment;
      job->variables.insert(job->variables.end(), of_run.begin(), of_run.end());
      job->directory = submission->given.directory;
    }
    job->variables.emplace_back("VNODE_STATUS", word(row.status));
    job->variables.emplace_back("VNODE_EXIT_CODE", std::to_string(row.exit_code.value_or(0)));
    ++waiting_;
    attempt(job);
  }
}

void HookRunner::attempt(const std::shared_ptr<Job>& job) {
  ++job->tries;
  if (!job->hook.url.empty()) return post_hook(job);
  ready_.push_back(job);
  start_commands();
}

void HookRunner::start_commands() {
  while (running_ < kAtOnce && !ready_.empty()) {
    const std::shared_ptr<Job> job = std::move(ready_.front());
    ready_.pop_front();
    ++running_;
    run_command_hook(job);
  }
}

void HookRunner::run_command_hook(const std::shared_ptr<Job>& job) {
  job->identity.try_number = job->tries;
  job->is_timeout = false;
  Result<OwnedFd> input = memory_file(job->run);
  if (!input) return on_command_end(job, input.error().message);
  ProcessStart start{.words = job->hook.command,
                     .environment = child_environment(job->variables, job->identity),
                     .directory = job->directory,
                     .input = std::move(*input),
                     .grace = kHookGrace};
  const auto listener = std::make_shared<Listener>([this, job, link = link_](const std::string& error) {
    link->post([this, job, error] { on_command_end(job, error); });
  });
  const Result<ProcessNumber> process = start_piped(processes_, watcher_, std::move(start), listener);
  if (!process) return on_command_end(job, process.error().message);
  const SteadyTime until = core_.services.clock.steady_now() + core_.settings.hook_timeout;
  job->timer = core_.timers.add(until, [this, job, process = *process] {
    job->is_timeout = true;
    processes_.stop(process, kHookGrace);
  });
}

void HookRunner::on_command_end(const std::shared_ptr<Job>& job, const std::string& error) {
  core_.timers.cancel(std::exchange(job->timer, 0));
  --running_;
  finish(job, job->is_timeout ? "took longer than its timeout" : error);
  start_commands();
}

void HookRunner::post_hook(const std::shared_ptr<Job>& job) {
  HttpRequest request{.url = job->hook.url, .method = "POST", .body = job->run, .has_body = true};
  request.headers = {{"Content-Type", "application/json"}, {"User-Agent", "vnode/" + core_.settings.version}};
  request.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(core_.settings.hook_timeout);
  http_.start(std::move(request), [this, job, link = link_](HttpReply reply) {
    std::string error = reply.error;
    if (error.empty() && (reply.status < 200 || reply.status >= 300)) {
      error = "was answered with status " + std::to_string(reply.status);
    }
    link->post([this, job, error] { finish(job, error); });
  });
}

void HookRunner::finish(const std::shared_ptr<Job>& job, const std::string& error) {
  if (!error.empty() && job->tries < kTries && !core_.is_stopping) {
    core_.timers.add(core_.services.clock.steady_now() + kPause, [this, job] { attempt(job); });
    return;
  }
  --waiting_;
  if (error.empty()) return;
  core_.services.log.warning("run " + job->run_id + ": hook " + job->name() + " " + error + " (after " +
                             std::to_string(job->tries) + (job->tries == 1 ? " try)" : " tries)"));
}

}  // namespace vnode
