#include "async/long_text.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace vnode {
namespace {

constexpr std::size_t kLeastRoom = 256 * 1024;
constexpr std::size_t kPage = 4096;

}  // namespace

LongText::~LongText() { clear(); }

void LongText::clear() {
  if (data_) ::munmap(data_, room_);
  data_ = nullptr;
  size_ = 0;
  room_ = 0;
}

void LongText::swap(LongText& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(room_, other.room_);
}

void LongText::append(std::string_view text, std::size_t most) {
  const std::size_t needed = size_ + text.size();
  if (needed > room_) take_room(std::max({needed, kLeastRoom, std::min(2 * needed, most)}));
  if (!text.empty()) std::memcpy(data_ + size_, text.data(), text.size());
  size_ = needed;
}

void LongText::take_room(std::size_t room) {
  room = (room + kPage - 1) / kPage * kPage;
  void* taken = data_ ? ::mremap(data_, room_, room, MREMAP_MAYMOVE)
                      : ::mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (taken == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<char*>(taken);
  room_ = room;
}

}  // namespace vnode
