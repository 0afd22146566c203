#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

#include "apps/vnode/commands/command_table.h"
#include "apps/vnode/local/workflow_template.h"
#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/terminal/print.h"
#include "apps/vnode/terminal/terminal_text.h"
#include "base/owned_fd.h"
#include "base/write_all.h"

namespace vnode {
namespace {

/// Nothing is ever overwritten.
ExitCode init_workflow(const std::string& path, Diagnostics& diagnostics) {
  if (!path.ends_with(".yaml") && !path.ends_with(".yml")) {
    diagnostics.error(path + ": a workflow that people write is called .yaml; for example '" +
                      std::filesystem::path(path).replace_extension(".yaml").string() + "'");
    return kExitUsage;
  }
  const OwnedFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file && errno == EEXIST) {
    diagnostics.error(path + ": the file is there already; it is not overwritten");
    return kExitUsage;
  }
  const int error =
      file ? write_all(file.get(), workflow_template(std::filesystem::path(path).stem().string())) : errno;
  if (error != 0) {
    if (file) ::unlink(path.c_str());  // half a workflow helps nobody
    diagnostics.error(path + ": cannot write: " + std::generic_category().message(error));
    return kExitOutputFailed;
  }
  const std::string name = harmless_line(path);
  return print("wrote " + name + "; 'vnode run " + name + "' runs it as it is\n", diagnostics);
}

}  // namespace

void set_up_init(CommandSpec& command) {
  auto path = std::make_shared<std::string>();
  add_nonempty_text(command, "FILE", *path, "", "The file to make: a .yaml").is_required = true;
  command.action = [path](Diagnostics& diagnostics) { return init_workflow(*path, diagnostics); };
}

}  // namespace vnode
