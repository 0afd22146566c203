#include <array>
#include <cstdio>
#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "apps/vnode/terminal/text_table.h"
#include "base/spelling.h"
#include "model/members.h"

namespace vnode {
namespace {

struct QueueSettings {
  ClientOptions client;
  std::string name;
  std::uint64_t concurrency = 0;
  std::string method;
};

std::string number_text(const Value& object, std::string_view key) {
  const std::optional<std::int64_t> number = integer_member(object, key);
  return number ? std::to_string(*number) : "-";
}

/// Of memory nobody wants to read every byte.
std::string shown_amount(ResourceAmount amount) {
  constexpr double kGiga = 1024.0 * 1024 * 1024;
  const double whole = static_cast<double>(amount) / static_cast<double>(kOneResource);
  if (whole < kGiga) return resource_amount_text(amount);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1fG", whole / kGiga);
  return text.data();
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
    const auto amount = [&resource](std::string_view key) {
      const Value* value = member(resource, key);
      return value ? shown_amount(resource_amount_of(*value).value_or(0)) : std::string("-");
    };
    rows.push_back({harmless_line(text_member(resource, "name")), amount("total"), amount("used")});
  }
  return text + "\n" + table_text(rows, "");
}

/// What has become of one queue, in a line.
std::string queue_text(const QueueSettings& settings, const Value& reply) {
  const std::string name = harmless_line(settings.name);
  if (settings.method == "queue.remove") return name + ": removed\n";
  std::string text;
  if (switch_member(reply, "new")) {
    const std::string hint = did_you_mean(harmless_line(text_member(reply, "nearest")));
    text = "queue " + name + " is new" + (hint.empty() ? "" : "; " + hint) + "\n";
  }
  text += name + ": concurrency " + number_text(reply, "concurrency");
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
void add_queue_command(CommandSpec& command, const std::shared_ptr<QueueSettings>& settings,
                       const std::string& name, const std::string& summary) {
  CommandSpec& added = command.subcommands.emplace_back(CommandSpec{.name = name, .summary = summary});
  if (name != "list") add_text(added, "QUEUE", settings->name, "", "The queue").is_required = true;
  if (name == "set") {
    add_number(added, "CONCURRENCY", "", "How many of its runs may be running", 1, 10'000,
               [settings = settings.get()](std::uint64_t number) { settings->concurrency = number; })
        .is_required = true;
  }
  declare_client_options(added, settings->client);
  added.action = [settings, name](Diagnostics& diagnostics) {
    settings->method = "queue." + name;
    return ask(*settings, diagnostics);
  };
}

}  // namespace

void set_up_queue(CommandSpec& command) {
  auto settings = std::make_shared<QueueSettings>();
  add_queue_command(command, settings, "list", "The queues, and the resources that runs can ask for");
  add_queue_command(command, settings, "pause", "Start no more runs of a queue; what runs goes on");
  add_queue_command(command, settings, "resume", "Start runs of a paused queue again");
  add_queue_command(command, settings, "set", "Make a queue, or change how many run at a time");
  add_queue_command(command, settings, "remove", "Remove a queue that is empty");
}

}  // namespace vnode
