#pragma once

#include <cstddef>
#include <string_view>

namespace vnode {

/// Text that grows to any size without being copied each time: the pages that it is in are moved instead.
/// They are its own and go back to the system with it, so that one long line leaves nothing behind (the heap
/// would keep it).
/// Errors: std::bad_alloc, and it is as it was. Thread rule: one thread at a time.
class LongText {
 public:
  LongText() = default;
  LongText(LongText&& other) noexcept { swap(other); }
  LongText& operator=(LongText&& other) noexcept {
    LongText taken(static_cast<LongText&&>(other));
    swap(taken);
    return *this;
  }
  ~LongText();

  /// Takes room for twice as much as there is when it has to grow, but for no more than `most` bytes unless
  /// it needs them. (What is not written to takes no memory.)
  void append(std::string_view text, std::size_t most);
  void pop_back() { --size_; }
  void clear();

  std::string_view view() const { return {data_, size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  void swap(LongText& other) noexcept;
  void take_room(std::size_t room);

  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t room_ = 0;
};

}  // namespace vnode
