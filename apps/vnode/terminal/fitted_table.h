#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vnode {

/// How a column of a table behaves where there is little room.
struct TableColumn {
  std::string_view title;
  std::size_t least = 0;  ///< may be cut down to that many columns; 0: is never cut
  int importance = 0;     ///< the least important one goes first when cutting is not enough; 0: stays
  bool hides_when_empty = false;
  bool is_number = false;  ///< right-aligned
};

/// Its texts are shown harmlessly, whatever they hold.
struct TableCell {
  std::string text;
  std::string_view style = {};  ///< escape sequence to put around it
};

/// Aligned columns with a header, two blanks in between, lines without line breaks. `width` 0: as wide as it
/// gets. Rows have as many cells as there are columns. Without rows there is the header alone.
std::vector<std::string> fitted_table(const std::vector<TableColumn>& columns,
                                      const std::vector<std::vector<TableCell>>& rows, std::size_t width,
                                      bool has_colour);

}  // namespace vnode
