#include "daemon/hook_runner.h"

#include <mutex>

#include "async/command.h"
#include "async/event_loop.h"
#include "async/timer_queue.h"
#include "daemon/daemon.h"
#include "daemon/run_row_text.h"
#include "daemon/settings.h"
#include "model/json_writer.h"

namespace vnode {
namespace {

constexpr unsigned kAtOnce = 4;
constexpr int kTries = 3;
constexpr Duration kPause = std::chrono::seconds(2);

std::string brief(std::string text) {
  constexpr std::size_t kMost = 300;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  if (text.size() > kMost) text = text.substr(0, kMost) + "...";
  return text;
}

}  // namespace

struct HookRunner::Job {
  Hook hook;
  std::string run_id;
  std::string run;  ///< as JSON
  std::vector<std::pair<std::string, std::string>> environment;
  std::string directory;
  int tries = 0;

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

HookRunner::HookRunner(DaemonCore& core, HttpClient& http)
    : core_(core), http_(http), workers_(kAtOnce), link_(std::make_shared<Link>()) {
  link_->loop = &core.loop;
}

HookRunner::~HookRunner() {
  // A command that is under way has its timeout; the daemon ends without waiting for it.
  const std::lock_guard lock(link_->mutex);
  link_->loop = nullptr;
  workers_.abandon();
}

void HookRunner::on_ended(const RunRow& row, const std::shared_ptr<const Submission>& submission) {
  std::vector<Hook> hooks;
  if (submission) hooks = submission->hooks;
  hooks.insert(hooks.end(), core_.settings.hooks.begin(), core_.settings.hooks.end());
  if (hooks.empty()) return;
  std::string run;
  append_json(run, run_value(row));
  run += '\n';
  for (Hook& hook : hooks) {
    auto job = std::make_shared<Job>(Job{.hook = std::move(hook), .run_id = row.id, .run = run});
    if (submission) {
      job->environment = submission->environment.variables;
      job->directory = submission->environment.working_directory;
    }
    job->environment.emplace_back("VNODE_RUN_ID", row.id);
    job->environment.emplace_back("VNODE_ATTEMPT", std::to_string(row.attempt));
    job->environment.emplace_back("VNODE_STATUS", row.status);
    job->environment.emplace_back("VNODE_EXIT_CODE", std::to_string(row.exit_code.value_or(0)));
    ++waiting_;
    attempt(job);
  }
}

void HookRunner::attempt(const std::shared_ptr<Job>& job) {
  ++job->tries;
  if (job->hook.url.empty()) {
    run_command_hook(job);
  } else {
    post_hook(job);
  }
}

void HookRunner::run_command_hook(const std::shared_ptr<Job>& job) {
  Command command{
      .words = job->hook.command,
      .input = job->run,
      .environment = job->environment,
      .directory = job->directory,
      .timeout = std::chrono::duration_cast<std::chrono::milliseconds>(core_.settings.hook_timeout)};
  workers_.submit([this, job, command = std::move(command), link = link_] {
    const Result<CommandEnd> end = run_command(command);
    std::string error;
    if (!end) {
      error = end.error().message;
    } else if (end->is_timeout) {
      error = "took longer than its timeout";
    } else if (end->code != 0) {
      error = end->code > 0 ? "ended with exit code " + std::to_string(end->code)
                            : "was ended by signal " + std::to_string(-end->code);
      if (!end->output.empty()) error += ": " + brief(end->output);
    }
    link->post([this, job, error] { finish(job, error); });
  });
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
