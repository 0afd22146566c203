#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vnode {

/// The code of a problem that is none of the document: the process could open no more files.
inline constexpr std::string_view kNoDescriptors = "no_descriptors";

/// Whether this process may open so many more files at the moment: where something failed, its want of them
/// is told from other causes by that. Thread rule: any thread; it opens and closes them.
bool has_descriptors(std::size_t count);

/// For people: "there are no file descriptors left (the limit is 1024; 'ulimit -n' raises it)".
std::string no_descriptors_text();

}  // namespace vnode
