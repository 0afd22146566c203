#include "picture/svg_text.h"

#include <charconv>
#include <cmath>

#include "layout/node_shape.h"

namespace vnode {

SvgText& SvgText::text(std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out_ += "&amp;";
        break;
      case '<':
        out_ += "&lt;";
        break;
      case '>':
        out_ += "&gt;";
        break;
      case '"':
        out_ += "&quot;";
        break;
      default:
        out_ += c;
    }
  }
  return *this;
}

SvgText& SvgText::number(double number) {
  const double tenths = std::round(number * 10);
  char digits[32];
  const auto whole = static_cast<long long>(tenths);
  if (whole % 10 == 0) {
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, whole / 10).ptr);
    return *this;
  }
  if (whole < 0) out_ += '-';
  const long long size = whole < 0 ? -whole : whole;
  out_.append(digits, std::to_chars(digits, digits + sizeof digits, size / 10).ptr);
  out_ += '.';
  out_ += static_cast<char>('0' + size % 10);
  return *this;
}

SvgText& SvgText::attribute(std::string_view name, double value) {
  return raw(" ").raw(name).raw("=\"").number(value).raw("\"");
}

SvgText& SvgText::label(std::string_view css_class, Point at, std::string_view words) {
  if (words.empty()) return *this;
  raw("<text class=\"").raw(css_class).raw("\"").attribute("x", at.x).attribute("y", at.y).raw(">");
  return text(words).raw("</text>");
}

SvgText& SvgText::box(std::string_view css_class, Point at, Size size, double radius) {
  raw("<rect class=\"").raw(css_class).raw("\"").attribute("x", at.x).attribute("y", at.y);
  attribute("width", size.width).attribute("height", size.height);
  if (radius > 0) attribute("rx", radius);
  return raw("/>");
}

std::string fitted(std::string_view line, double width, double font_size) {
  if (text_width(line, font_size) <= width) return std::string(line);
  constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
  const double room = width - text_width(".", font_size);
  std::size_t end = 0;
  double used = 0;
  while (end < line.size()) {
    std::size_t next = end + 1;
    while (next < line.size() && (static_cast<unsigned char>(line[next]) & 0xC0U) == 0x80) ++next;
    used += text_width(line.substr(end, next - end), font_size);
    if (used > room) break;
    end = next;
  }
  while (end > 0 && line[end - 1] == ' ') --end;
  return std::string(line.substr(0, end)) + std::string(kEllipsis);
}

}  // namespace vnode
