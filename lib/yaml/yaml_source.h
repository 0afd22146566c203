#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/problem.h"

namespace vnode {

/// The text of one YAML file, and where in it people look for a byte. Immutable; may be shared by threads.
class YamlSource {
 public:
  /// `file`: as messages name it. `text`: UTF-8 without byte-order mark.
  YamlSource(std::string file, std::string text);

  const std::string& file() const { return file_; }
  const std::string& text() const { return text_; }

  /// Line and column (in characters, from 1) of that byte, and the line itself, shortened around it.
  SourcePlace place_of(std::size_t at) const;

 private:
  std::string file_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
};

}  // namespace vnode
