#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "async/fd_watcher.h"
#include "process/run_processes.h"

namespace vnode {

enum class OutputStream : std::uint8_t { kOutput, kErrors };

/// Hears of a process with pipes. All calls come on the watcher's thread, one after the other.
class ProcessListener {
 public:
  virtual ~ProcessListener() = default;
  /// Bytes as they were read, in order for each stream; valid during the call.
  virtual void on_output(OutputStream stream, std::string_view bytes) = 0;
  /// Once, and the last call: the process is gone, and what it wrote has been told.
  virtual void on_end(const ProcessEnd& end) = 0;
};

/// Starts a process whose two output streams are read, without blocking anybody, until their end. What goes
/// on beyond the end (`keeps_remains`) may write on: it is read and dropped. What is in `start.outputs` comes
/// behind the streams, as descriptors 3, 4, ... The same errors and thread rule as `RunProcesses::start`;
/// `watcher` is the same.
Result<ProcessNumber> start_piped(RunProcesses& processes, FdWatcher& watcher, ProcessStart start,
                                  std::shared_ptr<ProcessListener> listener);

}  // namespace vnode
