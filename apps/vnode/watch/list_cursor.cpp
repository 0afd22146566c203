#include "apps/vnode/watch/list_cursor.h"

#include <algorithm>

namespace vnode {

void ListCursor::fit(std::size_t count, std::size_t rows) {
  selected = count == 0 ? 0 : std::min(selected, count - 1);
  const std::size_t last_first = count > rows ? count - rows : 0;
  first = std::min(first, last_first);
  if (selected < first) first = selected;
  if (rows > 0 && selected >= first + rows) first = selected - rows + 1;
}

bool move(ListCursor& cursor, const Key& key, std::size_t count, std::size_t rows) {
  const std::size_t page = std::max<std::size_t>(rows, 2) - 1;
  const auto back = [&cursor](std::size_t by) { cursor.selected -= std::min(by, cursor.selected); };
  if (key.kind == Key::Kind::kUp || key.is("k")) {
    back(1);
  } else if (key.kind == Key::Kind::kDown || key.is("j")) {
    cursor.selected += 1;
  } else if (key.kind == Key::Kind::kPageUp || key == Key{Key::Kind::kControl, "b"}) {
    back(page);
  } else if (key.kind == Key::Kind::kPageDown || key == Key{Key::Kind::kControl, "f"} || key.is(" ")) {
    cursor.selected += page;
  } else if (key.kind == Key::Kind::kHome || key.is("g")) {
    cursor.selected = 0;
  } else if (key.kind == Key::Kind::kEnd || key.is("G")) {
    cursor.selected = count;
  } else {
    return false;
  }
  cursor.fit(count, rows);
  return true;
}

}  // namespace vnode
