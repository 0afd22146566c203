#include "nodes/windows_path_warning.h"

#include <string>

#include "base/windows_path.h"
#include "nodes/brief.h"

namespace vnode {

void warn_of_windows_path(NodeCall& call, std::string_view path) {
  if (!is_windows_path(path)) return;
  call.log_warning(brief_text(path) + " is a Windows path; here it names something in the working directory");
}

}  // namespace vnode
