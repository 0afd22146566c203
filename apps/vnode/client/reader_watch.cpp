#include "apps/vnode/client/reader_watch.h"

#include <sys/stat.h>
#include <unistd.h>

#include "apps/vnode/terminal/terminal.h"

namespace vnode {

ReaderWatch::ReaderWatch(DaemonConnection& connection) {
  struct stat status = {};
  if (::fstat(STDOUT_FILENO, &status) != 0 || !S_ISFIFO(status.st_mode)) return;
  // There is nothing to be read at this end of a pipe: what is told is the error that its other end is gone.
  watcher_.watch(STDOUT_FILENO, FdWatcher::Readiness::kReadable, [this, &connection] {
    if (!is_reader_gone(STDOUT_FILENO)) return;
    is_gone_ = true;
    connection.interrupt();
  });
}

}  // namespace vnode
