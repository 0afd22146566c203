#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace vnode {

/// Runs coroutines one after the other without growing the native stack.
///
/// A coroutine that awaits a child, or ends, does not transfer control itself: it names the next coroutine
/// and returns here. (Symmetric transfer would do the same only where the compiler turns it into a tail call,
/// which GCC 12 does at -O2 but not at -O0 or under sanitizers.) So chains of a million nested coroutines
/// cost heap, never stack, in every build.
///
/// Thread rule: one thread at a time.
class Trampoline {
 public:
  virtual ~Trampoline() = default;

  void set_next(std::coroutine_handle<> next) { next_ = next; }

  /// Resumes `next`, then whatever it names, until a coroutine suspends without naming a successor.
  void run() {
    while (next_) std::exchange(next_, {}).resume();
  }

 private:
  std::coroutine_handle<> next_;
};

/// What every promise of a Task holds; leaf awaiters reach their trampoline through it.
struct PromiseBase {
  Trampoline* trampoline = nullptr;
  std::coroutine_handle<> continuation;
  std::exception_ptr exception;

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      PromiseBase& promise = self.promise();
      promise.trampoline->set_next(promise.continuation);
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }
};

template <class T>
struct Promise;

/// A lazily started coroutine with one result. It starts when awaited, inherits the trampoline of the
/// coroutine that awaits it, and resumes that one when it ends; an exception comes out of the `co_await`.
///
/// Ownership: the Task owns the coroutine. Destroying a suspended chain destroys it from the outside in,
/// recursively; so long chains are cancelled (unwound) and only then destroyed, see `engine/run.h`.
template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  /// True when there is a coroutine to await.
  explicit operator bool() const { return static_cast<bool>(handle_); }
  bool done() const { return handle_.done(); }

  /// For the owner of a trampoline: makes this the next coroutine on it, and returns where it begins.
  std::coroutine_handle<> start_on(Trampoline& trampoline, std::coroutine_handle<> continuation = {}) {
    handle_.promise().trampoline = &trampoline;
    handle_.promise().continuation = continuation;
    trampoline.set_next(handle_);
    return handle_;
  }

  /// The result of a coroutine that has ended; rethrows what left it.
  T take_result() { return handle_.promise().take(); }

  /// An empty Task<void> stands for work that was done at once: awaiting it does not suspend.
  bool await_ready() const noexcept { return !handle_; }
  template <class Parent>
  void await_suspend(std::coroutine_handle<Parent> parent) noexcept {
    start_on(*parent.promise().trampoline, parent);
  }
  T await_resume() {
    if constexpr (std::is_void_v<T>) {
      if (!handle_) return;
    }
    return take_result();
  }

 private:
  Handle handle_;
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> result;

  Task<T> get_return_object() { return Task<T>(std::coroutine_handle<Promise>::from_promise(*this)); }
  template <class U>
  void return_value(U&& value) {
    result.emplace(std::forward<U>(value));
  }
  T take() {
    if (exception) std::rethrow_exception(exception);
    return std::move(*result);
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const {
    if (exception) std::rethrow_exception(exception);
  }
};

inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

}  // namespace vnode
