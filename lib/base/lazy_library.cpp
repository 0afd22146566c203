#include "base/lazy_library.h"

#include <dlfcn.h>

#include <mutex>

namespace vnode {

struct LazyLibrary::State {
  std::string file;
  std::once_flag loaded;
  void* handle = nullptr;
  std::string failure;

  void load() {
    handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) failure = last_failure();
  }

  /// What the linker says about the last failed call of this thread.
  std::string last_failure() const {
    const char* text = dlerror();
    return text ? text : file + ": cannot be loaded";
  }
};

LazyLibrary::LazyLibrary(std::string file) : state_(std::make_unique<State>()) {
  state_->file = std::move(file);
}

// No dlclose: pointers into the library may still be in use by threads that outlive this object.
LazyLibrary::~LazyLibrary() = default;

Result<void*> LazyLibrary::symbol(const char* symbol) {
  std::call_once(state_->loaded, [this] { state_->load(); });
  if (!state_->handle) return Error{ErrorCode::kUnavailable, state_->failure};
  void* address = dlsym(state_->handle, symbol);
  if (!address) return Error{ErrorCode::kUnavailable, state_->last_failure()};
  return address;
}

}  // namespace vnode
