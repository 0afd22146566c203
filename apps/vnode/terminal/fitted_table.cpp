#include "apps/vnode/terminal/fitted_table.h"

#include <algorithm>

#include "apps/vnode/terminal/terminal_styles.h"
#include "apps/vnode/terminal/terminal_text.h"

namespace vnode {
namespace {

constexpr std::size_t kGap = 2;

/// A column that is shown, and how wide.
struct ShownColumn {
  std::size_t number = 0;
  std::size_t natural = 0;
  std::size_t width = 0;
};

std::size_t total_width(const std::vector<ShownColumn>& shown) {
  std::size_t total = shown.empty() ? 0 : kGap * (shown.size() - 1);
  for (const ShownColumn& column : shown) total += column.width;
  return total;
}

/// Takes from the widest columns first, down to their least width. False when that is not enough.
bool cut(const std::vector<TableColumn>& columns, std::vector<ShownColumn>& shown, std::size_t width) {
  for (ShownColumn& column : shown) column.width = column.natural;
  while (total_width(shown) > width) {
    ShownColumn* widest = nullptr;
    for (ShownColumn& column : shown) {
      const std::size_t least = columns[column.number].least;
      if (least > 0 && column.width > least && (!widest || column.width > widest->width)) widest = &column;
    }
    if (!widest) return false;
    --widest->width;
  }
  return true;
}

/// False when there is none that may go.
bool drop_one(const std::vector<TableColumn>& columns, std::vector<ShownColumn>& shown) {
  auto least = shown.end();
  for (auto column = shown.begin(); column != shown.end(); ++column) {
    const int importance = columns[column->number].importance;
    if (importance == 0) continue;
    if (least == shown.end() || importance < columns[least->number].importance) least = column;
  }
  if (least == shown.end()) return false;
  shown.erase(least);
  return true;
}

std::string aligned(const std::string& text, std::size_t width, bool is_right) {
  const std::size_t taken = display_width(text);
  const std::string blanks(width > taken ? width - taken : 0, ' ');
  return is_right ? blanks + text : text + blanks;
}

std::string row_line(const std::vector<TableColumn>& columns, const std::vector<ShownColumn>& shown,
                     const std::vector<TableCell>& row, bool has_colour) {
  std::string line;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const TableCell& cell = row[shown[i].number];
    const bool is_right = columns[shown[i].number].is_number;
    std::string text = cut_to_width(cell.text, shown[i].width);
    const bool is_last = i + 1 == shown.size();
    text = is_last && !is_right ? text : aligned(text, shown[i].width, is_right);
    if (has_colour && !cell.style.empty()) text = std::string(cell.style).append(text).append(kReset);
    line += text;
    if (!is_last) line.append(kGap, ' ');
  }
  if (const std::size_t end = line.find_last_not_of(' '); end != std::string::npos) line.erase(end + 1);
  return line;
}

}  // namespace

std::vector<std::string> fitted_table(const std::vector<TableColumn>& columns,
                                      const std::vector<std::vector<TableCell>>& rows, std::size_t width,
                                      bool has_colour) {
  std::vector<std::vector<TableCell>> all;
  all.emplace_back();
  for (const TableColumn& column : columns) all[0].push_back({std::string(column.title), kBold});
  for (const auto& row : rows) {
    all.push_back(row);
    for (TableCell& cell : all.back()) cell.text = harmless_line(cell.text);
  }
  std::vector<ShownColumn> shown;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    ShownColumn column{.number = i};
    bool is_empty = true;
    for (std::size_t line = 0; line < all.size(); ++line) {
      column.natural = std::max(column.natural, display_width(all[line][i].text));
      is_empty = is_empty && (line == 0 || all[line][i].text.empty());
    }
    column.width = column.natural;
    if (!is_empty || !columns[i].hides_when_empty) shown.push_back(column);
  }
  while (width > 0 && !cut(columns, shown, width) && drop_one(columns, shown)) continue;
  std::vector<std::string> lines;
  for (const auto& row : all) lines.push_back(row_line(columns, shown, row, has_colour));
  return lines;
}

}  // namespace vnode
