#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"

namespace vnode {

/// A shared library that is loaded the first time something of it is needed, so that a run that does not need
/// it does not pay for it at start-up. Loaded libraries stay loaded until the process ends. Thread rule: any
/// thread; loading happens once.
class LazyLibrary {
 public:
  /// `file` is a file name as the dynamic linker takes it, for example "libcurl.so.4".
  explicit LazyLibrary(std::string file);
  LazyLibrary(const LazyLibrary&) = delete;
  ~LazyLibrary();

  /// The address of `symbol`; kUnavailable with the linker's message where library or symbol is missing.
  Result<void*> symbol(const char* symbol);

  /// The same as a function pointer: `function<decltype(zlibVersion)>("zlibVersion")`. The declaration is
  /// only named, never used, so that the linker does not ask for the library.
  template <class Function>
  Result<Function*> function(const char* name) {
    Result<void*> address = symbol(name);
    if (!address) return address.error();
    return reinterpret_cast<Function*>(*address);
  }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Fills a table of functions of one library, until the first that is missing.
class LibraryLoader {
 public:
  explicit LibraryLoader(std::string file) : library_(std::move(file)) {}

  template <class Function>
  LibraryLoader& load(const char* name, Function*& function) {
    if (error_) return *this;
    Result<Function*> found = library_.function<Function>(name);
    if (found) {
      function = *found;
    } else {
      error_ = found.error();
    }
    return *this;
  }
  /// About the first that is missing; none: all are there.
  const std::optional<Error>& error() const { return error_; }

 private:
  LazyLibrary library_;
  std::optional<Error> error_;
};

}  // namespace vnode
