#include "base/unicode.h"

#define U_SHOW_CPLUSPLUS_API 0  // the C functions only: nothing that the linker would have to find
#include <unicode/ucasemap.h>
#include <unicode/uchar.h>
#include <unicode/uvernum.h>

#include <limits>

#include "base/lazy_library.h"
#include "base/text.h"

// ICU's headers rename every function to a versioned one by macro; the outer macro expands that name first.
#define VNODE_TEXT_OF(name) #name
#define VNODE_SYMBOL(name) VNODE_TEXT_OF(name)

namespace vnode {
namespace {

/// The functions of ICU that are used here, and the case mapping of no particular locale.
struct Icu {
  decltype(ucasemap_utf8ToUpper)* upper = nullptr;
  decltype(ucasemap_utf8ToLower)* lower = nullptr;
  decltype(u_charType)* category = nullptr;
  decltype(u_charDigitValue)* digit = nullptr;
  const UCaseMap* root = nullptr;
};

/// Keeps the first error of several lookups.
template <class Function>
void look_up(LazyLibrary& library, const char* name, Function*& out, Result<Icu>& result) {
  Result<Function*> found = library.function<Function>(name);
  if (found) {
    out = *found;
  } else if (result.ok()) {
    result = found.error();
  }
}

Result<Icu> load_icu() {
  static LazyLibrary library("libicuuc.so." VNODE_SYMBOL(U_ICU_VERSION_MAJOR_NUM));
  Icu icu;
  Result<Icu> result = icu;
  decltype(ucasemap_open)* open = nullptr;
  look_up(library, VNODE_SYMBOL(ucasemap_open), open, result);
  look_up(library, VNODE_SYMBOL(ucasemap_utf8ToUpper), icu.upper, result);
  look_up(library, VNODE_SYMBOL(ucasemap_utf8ToLower), icu.lower, result);
  look_up(library, VNODE_SYMBOL(u_charType), icu.category, result);
  look_up(library, VNODE_SYMBOL(u_charDigitValue), icu.digit, result);
  if (!result) return result;
  UErrorCode status = U_ZERO_ERROR;
  icu.root = open("", 0, &status);  // lives as long as the library, which is never unloaded
  if (U_FAILURE(status)) return Error{ErrorCode::kUnavailable, "ICU has no case mappings"};
  return icu;
}

const Result<Icu>& icu() {
  static const Result<Icu> loaded = load_icu();
  return loaded;
}

/// Exchanges the ASCII letters from `first` to `last` with those of the other case.
std::string map_ascii(std::string_view text, char first, char last) {
  std::string mapped(text);
  for (char& c : mapped) {
    if (c >= first && c <= last) c = static_cast<char>(c ^ 0x20);
  }
  return mapped;
}

using Mapping = decltype(ucasemap_utf8ToUpper)*;

Result<std::string> map_with(Mapping mapping, const UCaseMap* root, std::string_view text) {
  constexpr std::size_t kMaxSize =
      std::numeric_limits<std::int32_t>::max() / 3;  // a mapping can triple the size
  if (text.size() > kMaxSize) return Error{ErrorCode::kInvalidValue, "text too long to change its case"};
  std::string mapped(text.size() + text.size() / 8 + 16, '\0');
  for (int attempt = 0; attempt < 2; ++attempt) {
    UErrorCode status = U_ZERO_ERROR;
    const std::int32_t size = mapping(root, mapped.data(), static_cast<std::int32_t>(mapped.size()),
                                      text.data(), static_cast<std::int32_t>(text.size()), &status);
    mapped.resize(static_cast<std::size_t>(size));
    if (U_SUCCESS(status)) return mapped;
    if (status != U_BUFFER_OVERFLOW_ERROR) break;  // else: now it has the size that was asked for
  }
  return Error{ErrorCode::kInternal, "case mapping failed"};
}

}  // namespace

Result<std::string> to_upper(std::string_view text) {
  if (is_ascii(text)) return map_ascii(text, 'a', 'z');
  if (!icu()) return icu().error();
  return map_with(icu()->upper, icu()->root, text);
}

Result<std::string> to_lower(std::string_view text) {
  if (is_ascii(text)) return map_ascii(text, 'A', 'Z');
  if (!icu()) return icu().error();
  return map_with(icu()->lower, icu()->root, text);
}

bool is_printable(char32_t code_point) {
  if (code_point < 0x80) return code_point >= 0x20 && code_point != 0x7F;
  if (!icu()) return false;
  constexpr std::uint32_t kNotPrintable = U_GC_C_MASK | U_GC_Z_MASK;  // "Other" and "Separator"
  return (U_MASK(icu()->category(static_cast<UChar32>(code_point))) & kNotPrintable) == 0;
}

bool is_space(char32_t code_point) {
  if (code_point < 0x80)
    return code_point == 0x20 || (code_point >= 0x09 && code_point <= 0x0D) ||
           (code_point >= 0x1C && code_point <= 0x1F);
  switch (code_point) {
    case 0x85:
    case 0xA0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000:
      return true;
    default:
      return code_point >= 0x2000 && code_point <= 0x200A;
  }
}

int decimal_digit(char32_t code_point) {
  if (code_point < 0x80)
    return code_point >= '0' && code_point <= '9' ? static_cast<int>(code_point - '0') : -1;
  if (!icu()) return -1;
  return icu()->digit(static_cast<UChar32>(code_point));
}

}  // namespace vnode
