#include "apps/vnode/settings/secret_options.h"

#include <cstdlib>

#include "apps/vnode/options/option_builders.h"
#include "apps/vnode/settings/secret_file.h"

namespace vnode {

void declare_secret_options(CommandSpec& command, SecretOptions& options) {
  add_texts(
      command, "--secret", options.names, "VARIABLE",
      "A variable of this environment that nobody is to see: *** stands for its value in all that is told "
      "of the run; repeatable");
  add_texts(
      command, "--secret-file", options.files, "FILE",
      "Secrets from a file that only you can read, or a pipe: lines NAME=VALUE, JSON or YAML; repeatable");
}

Result<Secrets> read_secret_files(const std::vector<std::string>& files) {
  Secrets secrets;
  for (const std::string& file : files) {
    const Result<Secrets> read = read_secret_file(file);
    if (!read) return read.error();
    for (const auto& [name, value] : *read) set_secret(secrets, name, value);
  }
  return secrets;
}

Result<Secrets> collect_secrets(const std::vector<std::string>& files, const SecretOptions& options) {
  std::vector<std::string> all = files;
  all.insert(all.end(), options.files.begin(), options.files.end());
  Result<Secrets> secrets = read_secret_files(all);
  if (!secrets) return secrets;
  for (const std::string& name : options.names) {
    if (!is_secret_name(name)) {
      // (What follows a "=" may be the value: it is not repeated.)
      return usage_error(
          "--secret takes the name of a variable, never its value; the value is taken from here");
    }
    const char* value = std::getenv(name.c_str());
    if (!value) return usage_error("--secret " + name + ": there is no such variable here");
    if (const Result<void> checked = check_secret(name, value); !checked)
      return usage_error("--secret: " + checked.error().message);
    set_secret(*secrets, name, value);
  }
  return secrets;
}

}  // namespace vnode
