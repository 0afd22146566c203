#include "apps/vnode/terminal/print.h"

#include <string>
#include <system_error>

namespace vnode {

ExitCode print(std::string_view text, Diagnostics& diagnostics) {
  const int error_number = write_to_stdout(text);
  if (error_number == 0) return kExitSuccess;
  return report_output_failure("standard output", std::generic_category().message(error_number), diagnostics);
}

ExitCode report_usage_error(const Error& error, Diagnostics& diagnostics) {
  diagnostics.error(describe(error));
  return kExitUsage;
}

ExitCode report_output_failure(std::string_view where, std::string_view why, Diagnostics& diagnostics) {
  diagnostics.error("cannot write to " + std::string(where) + ": " + std::string(why));
  return kExitOutputFailed;
}

}  // namespace vnode
