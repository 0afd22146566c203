#include <CLI/App.hpp>
#include <memory>

#include "apps/vnode/client_options.h"
#include "apps/vnode/command_table.h"
#include "apps/vnode/option_values.h"
#include "apps/vnode/print.h"
#include "apps/vnode/reply_members.h"
#include "apps/vnode/terminal_text.h"
#include "apps/vnode/text_table.h"

namespace vnode {
namespace {

struct QueueSettings {
  ClientSettings client;
  std::string name;
  std::uint64_t concurrency = 0;
  std::string method;
};

std::string number_text(const Value& object, std::string_view key) {
  const std::optional<std::int64_t> number = integer_member(object, key);
  return number ? std::to_string(*number) : "-";
}

std::string queues_text(const Value& reply) {
  TextRows rows = {{"QUEUE", "CONCURRENCY", "RUNNING", "PENDING", "STATE"}};
  for (const Value& queue : list_member(reply, "queues")) {
    rows.push_back({harmless_line(text_member(queue, "name")), number_text(queue, "concurrency"),
                    number_text(queue, "running"), number_text(queue, "pending"),
                    switch_member(queue, "paused") ? "paused" : "open"});
  }
  std::string text = table_text(rows, "");
  const std::span<const Value> resources = list_member(reply, "resources");
  if (resources.empty()) return text;
  rows = {{"RESOURCE", "TOTAL", "IN USE"}};
  for (const Value& resource : resources) {
    rows.push_back({harmless_line(text_member(resource, "name")), number_text(resource, "total"),
                    number_text(resource, "used")});
  }
  return text + "\n" + table_text(rows, "");
}

/// What has become of one queue, in a line.
std::string queue_text(const QueueSettings& settings, const Value& reply) {
  const std::string name = harmless_line(settings.name);
  if (settings.method == "queue.remove") return name + ": removed\n";
  std::string text = name + ": concurrency " + number_text(reply, "concurrency");
  if (switch_member(reply, "paused")) text += ", paused";
  return text + ", " + number_text(reply, "running") + " running, " + number_text(reply, "pending") +
         " pending\n";
}

ExitCode ask(const QueueSettings& settings, Diagnostics& diagnostics) {
  Dict params;
  if (!settings.name.empty()) params.set("name", settings.name);
  if (settings.concurrency > 0) params.set("concurrency", Value(settings.concurrency));
  Value reply;
  const ExitCode code = ask_daemon(settings.client, settings.method, params, reply, diagnostics);
  if (code != kExitSuccess) return code;
  if (settings.client.is_json()) return print_json(reply, diagnostics);
  const bool is_list = settings.method == "queue.list";
  return print(is_list ? queues_text(reply) : queue_text(settings, reply), diagnostics);
}

/// One of the subcommands: each is a method of the daemon.
CLI::App* add_queue_command(CLI::App& app, const std::shared_ptr<QueueSettings>& settings,
                            const std::string& name, const std::string& summary, bool has_name) {
  CLI::App* command = app.add_subcommand(name, summary);
  if (has_name) command->add_option("NAME", settings->name, "The queue")->required();
  command->callback([settings, name] { settings->method = "queue." + name; });
  return command;
}

}  // namespace

CommandAction set_up_queue(CLI::App& app) {
  auto settings = std::make_shared<QueueSettings>();
  app.require_subcommand(1);
  add_queue_command(app, settings, "list", "The queues, and the resources that runs can ask for", false);
  add_queue_command(app, settings, "pause", "Start no more runs of a queue; what runs goes on", true);
  add_queue_command(app, settings, "resume", "Start runs of a paused queue again", true);
  CLI::App* set =
      add_queue_command(app, settings, "set", "Make a queue, or change how many run at a time", true);
  add_number(*set, "CONCURRENCY", "N", "How many of its runs may be running", 1, 10'000,
             [settings = settings.get()](std::uint64_t number) { settings->concurrency = number; })
      ->required();
  add_queue_command(app, settings, "remove", "Remove a queue that is empty", true);
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
    declare_client_options(*command, settings->client);
    command->allow_extras();
  }
  return [settings](Diagnostics& diagnostics) { return ask(*settings, diagnostics); };
}

}  // namespace vnode
