#include "python/process/host_program.h"

#include "base/replace_file.h"
#include "python/process/cache_folder.h"

namespace vnode {

Result<std::string> install_host_program(const HostProgram& program) {
  Result<std::string> folder = private_cache_folder("host-" + std::string(program.digest));
  if (!folder) return folder;
  const std::string file = *folder + "/vnode_host.py";
  // The size tells a file that a crash of the machine cut short; its content is told by the folder's name.
  if (is_private_file(file, program.text.size())) return folder;
  if (Result<void> written = replace_file(file, program.text); !written) return written.error();
  return folder;
}

}  // namespace vnode
