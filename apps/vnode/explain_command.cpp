#include <CLI/App.hpp>
#include <memory>

#include "apps/vnode/client_options.h"
#include "apps/vnode/command_table.h"
#include "apps/vnode/print.h"
#include "apps/vnode/reply_members.h"
#include "apps/vnode/terminal_text.h"

namespace vnode {
namespace {

struct ExplainSettings {
  ClientSettings client;
  std::string id;
};

ExitCode explain(const ExplainSettings& settings, Diagnostics& diagnostics) {
  const Dict params = {{"id", Value(settings.id)}};
  Value reply;
  const ExitCode code = ask_daemon(settings.client, "run.explain", params, reply, diagnostics);
  if (code != kExitSuccess) return code;
  if (settings.client.is_json()) return print_json(reply, diagnostics);
  std::string text = text_member(reply, "text");
  if (text.empty()) text = text_member(reply, "status");
  return print(harmless_lines(text) + "\n", diagnostics);
}

}  // namespace

CommandAction set_up_explain(CLI::App& app) {
  auto settings = std::make_shared<ExplainSettings>();
  app.add_option("ID", settings->id, "The run's id, or its beginning")->required();
  declare_client_options(app, settings->client);
  return [settings](Diagnostics& diagnostics) { return explain(*settings, diagnostics); };
}

}  // namespace vnode
