#include <memory>

#include "apps/vnode/client/client_options.h"
#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/show/result_listing.h"
#include "apps/vnode/show/result_text.h"
#include "apps/vnode/terminal/print.h"
#include "model/members.h"

namespace vnode {
namespace {

struct ResultSettings {
  ClientOptions client;
  std::string id;
  std::vector<std::string> outputs;
};

/// As `vnode run --output` prints them.
ExitCode print_outputs(const ResultSettings& settings, Diagnostics& diagnostics) {
  const std::vector<Value> outputs(settings.outputs.begin(), settings.outputs.end());
  Value reply;
  const ExitCode code =
      ask_daemon(settings.client, "run.results",
                 {{"id", Value(settings.id)}, {"outputs", Value::list(outputs)}}, reply, diagnostics);
  if (code != kExitSuccess) return code;
  const Value* values = member(reply, "values");
  std::vector<NamedResult> results;
  for (const std::string& output : settings.outputs) {
    const Value* value = values ? member(*values, output) : nullptr;
    results.emplace_back(output, value ? *value : Value());
  }
  const ResultFormat format = settings.client.is_json() ? ResultFormat::kJson : ResultFormat::kLines;
  if (const ExitCode printed = print(result_text(results, format), diagnostics); printed != kExitSuccess)
    return printed;
  if (list_member(reply, "truncated").empty()) return kExitSuccess;
  // A script must not take a shortened value for the whole one.
  diagnostics.error(missing_results_text(reply));
  return kExitOutputFailed;
}

}  // namespace

void set_up_result(CommandSpec& command) {
  auto settings = std::make_shared<ResultSettings>();
  add_text(command, "ID", settings->id, "", "The run's id, or its beginning").is_required = true;
  add_texts(command, "NODE.PORT", settings->outputs, "",
            "What to print, as JSON, each on a line. NODE: instance id, name, or a node id that occurs once")
      .is_required = true;
  declare_client_options(command, settings->client);
  command.action = [settings](Diagnostics& diagnostics) { return print_outputs(*settings, diagnostics); };
}

}  // namespace vnode
