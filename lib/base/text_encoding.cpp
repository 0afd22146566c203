#include "base/text_encoding.h"

#define U_SHOW_CPLUSPLUS_API 0  // the C functions only: nothing that the linker would have to find
#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>
#include <unicode/uvernum.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "base/lazy_library.h"
#include "base/spelling.h"
#include "base/text.h"

// ICU's headers rename every function to a versioned one by macro; the outer macro expands that name first.
#define VNODE_ENCODING_TEXT_OF(name) #name
#define VNODE_ENCODING_SYMBOL(name) VNODE_ENCODING_TEXT_OF(name)

namespace vnode {
namespace {

/// The functions of ICU's converters that are used here.
struct Converters {
  decltype(ucnv_open)* open = nullptr;
  decltype(ucnv_close)* close = nullptr;
  decltype(ucnv_setToUCallBack)* set_callback = nullptr;
  UConverterToUCallback stop = nullptr;
  decltype(ucnv_toUnicode)* to_unicode = nullptr;
  decltype(ucnv_getInvalidChars)* invalid_bytes = nullptr;
  decltype(ucnv_countAvailable)* count = nullptr;
  decltype(ucnv_getAvailableName)* name = nullptr;
  decltype(ucnv_countAliases)* count_aliases = nullptr;
  decltype(ucnv_getAlias)* alias = nullptr;
};

Result<Converters> load_converters() {
  static LibraryLoader loader("libicuuc.so." VNODE_ENCODING_SYMBOL(U_ICU_VERSION_MAJOR_NUM));
  Converters icu;
  loader.load(VNODE_ENCODING_SYMBOL(ucnv_open), icu.open)
      .load(VNODE_ENCODING_SYMBOL(ucnv_close), icu.close)
      .load(VNODE_ENCODING_SYMBOL(ucnv_setToUCallBack), icu.set_callback)
      .load(VNODE_ENCODING_SYMBOL(UCNV_TO_U_CALLBACK_STOP), icu.stop)
      .load(VNODE_ENCODING_SYMBOL(ucnv_toUnicode), icu.to_unicode)
      .load(VNODE_ENCODING_SYMBOL(ucnv_getInvalidChars), icu.invalid_bytes)
      .load(VNODE_ENCODING_SYMBOL(ucnv_countAvailable), icu.count)
      .load(VNODE_ENCODING_SYMBOL(ucnv_getAvailableName), icu.name)
      .load(VNODE_ENCODING_SYMBOL(ucnv_countAliases), icu.count_aliases)
      .load(VNODE_ENCODING_SYMBOL(ucnv_getAlias), icu.alias);
  if (loader.error()) return *loader.error();
  return icu;
}

const Result<Converters>& converters() {
  static const Result<Converters> loaded = load_converters();
  return loaded;
}

/// All names of all encodings.
std::vector<std::string> known_names(const Converters& icu) {
  std::vector<std::string> names;
  const std::int32_t count = icu.count();
  for (std::int32_t i = 0; i < count; ++i) {
    UErrorCode status = U_ZERO_ERROR;
    const char* name = icu.name(i);
    const std::uint16_t aliases = name ? icu.count_aliases(name, &status) : 0;
    for (std::uint16_t k = 0; k < aliases && U_SUCCESS(status); ++k) {
      const char* alias = icu.alias(name, k, &status);
      if (alias) names.emplace_back(alias);
    }
  }
  return names;
}

/// One open converter.
class Converter {
 public:
  Converter(const Converters& icu, const std::string& encoding) : icu_(icu) {
    UErrorCode status = U_ZERO_ERROR;
    // An empty name would be that of the locale, and a comma would begin options.
    const bool is_name =
        !encoding.empty() && encoding.find_first_of(std::string(",\0", 2)) == std::string::npos;
    if (is_name) converter_ = icu.open(encoding.c_str(), &status);
    if (U_FAILURE(status)) converter_ = nullptr;
    if (converter_) icu.set_callback(converter_, icu.stop, nullptr, nullptr, nullptr, &status);
  }
  Converter(const Converter&) = delete;
  ~Converter() {
    if (converter_) icu_.close(converter_);
  }
  bool is_open() const { return converter_ != nullptr; }

  /// Appends the text as UTF-8; where it cannot be read: the offset of those bytes, else npos.
  std::size_t append(std::string& out, std::string_view bytes) {
    std::array<UChar, 4096> units;
    const char* at = bytes.data();
    const char* const end = at + bytes.size();
    while (true) {
      UErrorCode status = U_ZERO_ERROR;
      UChar* target = units.data();
      icu_.to_unicode(converter_, &target, units.data() + units.size(), &at, end, nullptr, true, &status);
      append_units(out, {units.data(), static_cast<std::size_t>(target - units.data())});
      if (status == U_BUFFER_OVERFLOW_ERROR) continue;
      if (U_SUCCESS(status)) return high_ == 0 ? std::string_view::npos : bytes.size();
      return static_cast<std::size_t>(at - bytes.data()) - invalid_size();
    }
  }

 private:
  std::size_t invalid_size() {
    std::array<char, 64> bytes;
    auto size = static_cast<std::int8_t>(bytes.size());
    UErrorCode status = U_ZERO_ERROR;
    icu_.invalid_bytes(converter_, bytes.data(), &size, &status);
    return U_SUCCESS(status) && size > 0 ? static_cast<std::size_t>(size) : 0;
  }

  /// A pair of surrogates may be cut by the end of the buffer.
  void append_units(std::string& out, std::u16string_view units) {
    for (const char16_t unit : units) {
      if (unit >= 0xD800 && unit < 0xDC00) {
        high_ = unit;
      } else if (unit >= 0xDC00 && unit < 0xE000 && high_ != 0) {
        append_utf8(out, 0x10000 + ((char32_t{high_} - 0xD800) << 10) + (unit - 0xDC00));
        high_ = 0;
      } else {
        append_utf8(out, unit);
      }
    }
  }

  const Converters& icu_;
  UConverter* converter_ = nullptr;
  char16_t high_ = 0;
};

Error unknown_encoding(const Converters& icu, const std::string& encoding) {
  const std::string hint = spelling_hint(encoding, known_names(icu));
  return usage_error(with_hint("there is no encoding '" + encoding + "'",
                               hint.empty() ? "for example gbk, cp932, koi8-r, latin1, utf-16" : hint));
}

}  // namespace

Result<void> check_encoding(const std::string& encoding) {
  if (!converters()) return converters().error();
  if (!Converter(*converters(), encoding).is_open()) return unknown_encoding(*converters(), encoding);
  return {};
}

Result<std::string> decode_from(std::string_view bytes, const std::string& encoding) {
  if (!converters()) return converters().error();
  Converter converter(*converters(), encoding);
  if (!converter.is_open()) return unknown_encoding(*converters(), encoding);
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 2);
  const std::size_t bad = converter.append(text, bytes);
  if (bad != std::string_view::npos) {
    const std::string_view before = bytes.substr(0, bad);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    return Error{ErrorCode::kBadText, "the text is not " + encoding + " (byte " + std::to_string(bad) +
                                          ", line " + std::to_string(line) + ")"};
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  return text;
}

}  // namespace vnode
