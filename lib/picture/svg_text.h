#pragma once

#include <string>
#include <string_view>

#include "layout/geometry.h"

namespace vnode {

/// Appends to a document in XML: texts escaped, numbers short. Texts must be valid UTF-8 without characters
/// that XML cannot hold (base/shown_text.h sees to that).
class SvgText {
 public:
  SvgText& raw(std::string_view markup) {
    out_ += markup;
    return *this;
  }
  SvgText& text(std::string_view text);
  /// With one decimal at most.
  SvgText& number(double number);
  /// ` name="12.5"`
  SvgText& attribute(std::string_view name, double value);
  /// `<text class=".." x=".." y="..">text</text>`
  SvgText& label(std::string_view css_class, Point at, std::string_view text);
  /// `<rect class=".." ../>`
  SvgText& box(std::string_view css_class, Point at, Size size, double radius);

  std::string take() { return std::move(out_); }
  const std::string& written() const { return out_; }

 private:
  std::string out_;
};

/// The beginning of a line that is about as wide as that, with an ellipsis where something is missing.
std::string fitted(std::string_view line, double width, double font_size);

}  // namespace vnode
