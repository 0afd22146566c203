#include "apps/vnode/watch/marked_table.h"

#include <algorithm>

#include "apps/vnode/terminal/terminal_styles.h"
#include "apps/vnode/terminal/terminal_text.h"

namespace vnode {
namespace {

constexpr std::string_view kMark = "> ";
/// Narrower than that there may be no room for what a table never cuts, and colours cannot be cut.
constexpr std::size_t kNarrow = 24;

}  // namespace

std::vector<std::string> marked_table(const std::vector<TableColumn>& columns,
                                      std::vector<std::vector<TableCell>> rows, std::size_t selected,
                                      RowStyle style) {
  const bool is_narrow = style.columns < kNarrow;
  const std::string_view mark = is_narrow ? kMark.substr(0, 1) : kMark;
  const std::size_t width = style.columns > mark.size() ? style.columns - mark.size() : 1;
  const bool has_colour = style.has_colour && !is_narrow;
  if (selected < rows.size()) {
    for (TableCell& cell : rows[selected]) cell.style = kPlain;
  }
  std::vector<std::string> lines = fitted_table(columns, rows, width, has_colour);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool is_selected = i == selected + 1;
    lines[i].insert(0, is_selected ? mark : std::string_view("  ").substr(0, mark.size()));
    if (!has_colour) lines[i] = cut_to_width(lines[i], style.columns);
    if (!is_selected || !has_colour) continue;
    const std::size_t taken = display_width(lines[i]);
    lines[i].append(style.columns > taken ? style.columns - taken : 0, ' ');
    lines[i] = std::string(kReverse).append(lines[i]).append(kReset);
  }
  return lines;
}

}  // namespace vnode
