#pragma once

#include <cstddef>

#include "apps/vnode/terminal/key_decoder.h"

namespace vnode {

/// Which row of a list is the selected one, and which is the first that is seen. Numbers count from 0.
struct ListCursor {
  std::size_t selected = 0;
  std::size_t first = 0;

  /// Keeps both within a list of `count` rows, of which `rows` are seen: the selected one always is.
  void fit(std::size_t count, std::size_t rows);
};

/// What arrows, page keys, j and k, g and G, home and end do to it. False: the key is none of these.
bool move(ListCursor& cursor, const Key& key, std::size_t count, std::size_t rows);

}  // namespace vnode
