// What the supervisor needs of the C++ runtime, without the rest: exceptions alone would make it three times
// as large.
#include <cstdlib>
#include <new>

void* operator new(std::size_t size) {
  void* const memory = std::malloc(size != 0 ? size : 1);
  if (!memory) std::abort();  // vnode and the keeper see that, and clean up
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace std {

// Called where a container is used wrongly.
// NOLINTBEGIN(readability-identifier-naming): they are the library's names.
void __throw_length_error(const char*) { std::abort(); }
void __throw_logic_error(const char*) { std::abort(); }
void __throw_out_of_range(const char*) { std::abort(); }
void __throw_out_of_range_fmt(const char*, ...) { std::abort(); }
void __throw_bad_alloc() { std::abort(); }
void __throw_bad_array_new_length() { std::abort(); }
void __throw_bad_function_call() { std::abort(); }
// NOLINTEND(readability-identifier-naming)

}  // namespace std
