#include "nodes/text_codec_names.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace vnode {
namespace {

struct UnicodeAlias {
  std::string_view name;
  CodecKind kind;
  bool has_mark;
  ByteOrder order;
};

// "locale" is Python's word for the encoding of the environment; vnode always takes UTF-8 for that.
constexpr UnicodeAlias kUnicodeAliases[] = {
    {"utf_8", CodecKind::kUtf8, false, ByteOrder::kLittle},
    {"utf8", CodecKind::kUtf8, false, ByteOrder::kLittle},
    {"u8", CodecKind::kUtf8, false, ByteOrder::kLittle},
    {"utf", CodecKind::kUtf8, false, ByteOrder::kLittle},
    {"utf8_ucs2", CodecKind::kUtf8, false, ByteOrder::kLittle},
    {"utf8_ucs4", CodecKind::kUtf8, false, ByteOrder::kLittle},
    {"cp65001", CodecKind::kUtf8, false, ByteOrder::kLittle},
    {"locale", CodecKind::kUtf8, false, ByteOrder::kLittle},
    {"utf_8_sig", CodecKind::kUtf8, true, ByteOrder::kLittle},
    {"utf_16", CodecKind::kUtf16, true, ByteOrder::kLittle},
    {"utf16", CodecKind::kUtf16, true, ByteOrder::kLittle},
    {"u16", CodecKind::kUtf16, true, ByteOrder::kLittle},
    {"utf_16_le", CodecKind::kUtf16, false, ByteOrder::kLittle},
    {"utf_16le", CodecKind::kUtf16, false, ByteOrder::kLittle},
    {"unicodelittleunmarked", CodecKind::kUtf16, false, ByteOrder::kLittle},
    {"utf_16_be", CodecKind::kUtf16, false, ByteOrder::kBig},
    {"utf_16be", CodecKind::kUtf16, false, ByteOrder::kBig},
    {"unicodebigunmarked", CodecKind::kUtf16, false, ByteOrder::kBig},
    {"utf_32", CodecKind::kUtf32, true, ByteOrder::kLittle},
    {"utf32", CodecKind::kUtf32, true, ByteOrder::kLittle},
    {"u32", CodecKind::kUtf32, true, ByteOrder::kLittle},
    {"utf_32_le", CodecKind::kUtf32, false, ByteOrder::kLittle},
    {"utf_32le", CodecKind::kUtf32, false, ByteOrder::kLittle},
    {"utf_32_be", CodecKind::kUtf32, false, ByteOrder::kBig},
    {"utf_32be", CodecKind::kUtf32, false, ByteOrder::kBig},
};

constexpr std::string_view kAsciiAliases[] = {
    "ascii",         "us_ascii", "us",     "646",     "iso646_us",      "iso_646.irv_1991",
    "iso_ir_6",      "cp367",    "ibm367", "csascii", "ansi_x3.4_1968", "ansi_x3_4_1968",
    "ansi_x3.4_1986"};

struct IconvAlias {
  std::string_view name;
  std::string_view iconv_name;
};

// The names that the patterns below do not build.
constexpr IconvAlias kIconvAliases[] = {
    {"arabic", "ISO-8859-6"},
    {"asmo_708", "ISO-8859-6"},
    {"big5", "BIG5"},
    {"big5_tw", "BIG5"},
    {"csbig5", "BIG5"},
    {"big5hkscs", "BIG5-HKSCS"},
    {"big5_hkscs", "BIG5-HKSCS"},
    {"hkscs", "BIG5-HKSCS"},
    {"chinese", "GB2312"},
    {"gb2312", "GB2312"},
    {"gb2312_80", "GB2312"},
    {"euc_cn", "GB2312"},
    {"euccn", "GB2312"},
    {"cp154", "PT154"},
    {"pt154", "PT154"},
    {"ptcp154", "PT154"},
    {"cp_gr", "CP869"},
    {"cp_is", "CP861"},
    {"cp866u", "CP1125"},
    {"ruscii", "CP1125"},
    {"cskoi8r", "KOI8-R"},
    {"koi8_r", "KOI8-R"},
    {"koi8_t", "KOI8-T"},
    {"koi8_u", "KOI8-U"},
    {"cyrillic", "ISO-8859-5"},
    {"ecma_114", "ISO-8859-6"},
    {"ecma_118", "ISO-8859-7"},
    {"elot_928", "ISO-8859-7"},
    {"greek", "ISO-8859-7"},
    {"greek8", "ISO-8859-7"},
    {"hebrew", "ISO-8859-8"},
    {"euc_jp", "EUC-JP"},
    {"eucjp", "EUC-JP"},
    {"ujis", "EUC-JP"},
    {"u_jis", "EUC-JP"},
    {"euc_jisx0213", "EUC-JISX0213"},
    {"eucjisx0213", "EUC-JISX0213"},
    {"euc_kr", "EUC-KR"},
    {"euckr", "EUC-KR"},
    {"korean", "EUC-KR"},
    {"ks_c_5601", "EUC-KR"},
    {"ks_c_5601_1987", "EUC-KR"},
    {"ksc5601", "EUC-KR"},
    {"ks_x_1001", "EUC-KR"},
    {"ksx1001", "EUC-KR"},
    {"gb18030", "GB18030"},
    {"gb18030_2000", "GB18030"},
    {"gbk", "GBK"},
    {"936", "GBK"},
    {"cp936", "GBK"},
    {"ms936", "GBK"},
    {"hp_roman8", "HP-ROMAN8"},
    {"roman8", "HP-ROMAN8"},
    {"r8", "HP-ROMAN8"},
    {"iso2022_jp", "ISO-2022-JP"},
    {"iso2022jp", "ISO-2022-JP"},
    {"iso_2022_jp", "ISO-2022-JP"},
    {"csiso2022jp", "ISO-2022-JP"},
    {"iso2022_jp_2", "ISO-2022-JP-2"},
    {"iso2022jp_2", "ISO-2022-JP-2"},
    {"iso_2022_jp_2", "ISO-2022-JP-2"},
    {"iso2022_kr", "ISO-2022-KR"},
    {"iso2022kr", "ISO-2022-KR"},
    {"iso_2022_kr", "ISO-2022-KR"},
    {"iso_celtic", "ISO-8859-14"},
    {"thai", "ISO-8859-11"},
    {"johab", "JOHAB"},
    {"cp1361", "JOHAB"},
    {"ms1361", "JOHAB"},
    {"kz1048", "RK1048"},
    {"kz_1048", "RK1048"},
    {"rk1048", "RK1048"},
    {"mac_cyrillic", "MAC-CYRILLIC"},
    {"maccyrillic", "MAC-CYRILLIC"},
    {"mac_latin2", "MAC-CENTRALEUROPE"},
    {"maclatin2", "MAC-CENTRALEUROPE"},
    {"mac_centeuro", "MAC-CENTRALEUROPE"},
    {"maccentraleurope", "MAC-CENTRALEUROPE"},
    {"mac_roman", "MACINTOSH"},
    {"macroman", "MACINTOSH"},
    {"macintosh", "MACINTOSH"},
    {"ms932", "CP932"},
    {"mskanji", "CP932"},
    {"ms_kanji", "CP932"},
    {"ms949", "CP949"},
    {"uhc", "CP949"},
    {"ms950", "CP950"},
    {"shift_jis", "SHIFT_JIS"},
    {"shiftjis", "SHIFT_JIS"},
    {"csshiftjis", "SHIFT_JIS"},
    {"sjis", "SHIFT_JIS"},
    {"s_jis", "SHIFT_JIS"},
    {"shift_jisx0213", "SHIFT_JISX0213"},
    {"shiftjisx0213", "SHIFT_JISX0213"},
    {"sjisx0213", "SHIFT_JISX0213"},
    {"tis_620", "TIS-620"},
    {"tis620", "TIS-620"},
    {"tis_620_0", "TIS-620"},
    {"tis_620_2529_0", "TIS-620"},
    {"tis_620_2529_1", "TIS-620"},
    {"iso_ir_166", "TIS-620"},
    {"utf_7", "UTF-7"},
    {"utf7", "UTF-7"},
    {"u7", "UTF-7"},
};

// Code pages that Python has and the table above does not; sorted.
constexpr int kCodePages[] = {37,   273,  424,  437,  500,  720,  737,  775,  850,  852,  855,  857,  858,
                              860,  861,  862,  863,  864,  865,  866,  869,  874,  875,  932,  949,  950,
                              1006, 1026, 1125, 1140, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258};

// Part of ISO 8859 by the number in "latinN".
constexpr int kLatinParts[] = {0, 1, 2, 3, 4, 9, 10, 13, 14, 15, 16};

CodecName iconv_codec(std::string_view name) {
  return {.kind = CodecKind::kIconv, .iconv_name = std::string(name)};
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// The number that is all of `text`, or -1.
int whole_number(std::string_view text) {
  int number = -1;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : -1;
}

std::optional<CodecName> iso_8859(int part) {
  if (part < 1 || part > 16 || part == 12) return std::nullopt;
  if (part == 1) return CodecName{.kind = CodecKind::kLatin1};
  return iconv_codec("ISO-8859-" + std::to_string(part));
}

/// cp437, ibm437, csibm437, windows_1251, and the bare number.
std::optional<CodecName> find_code_page(std::string_view name) {
  if (take_prefix(name, "windows_")) {
    if (name.size() != 4 || !name.starts_with("125")) return std::nullopt;
  } else if (!take_prefix(name, "cp") && !take_prefix(name, "ibm")) {
    take_prefix(name, "csibm");
  }
  int number = whole_number(name);
  if (number == 819) return CodecName{.kind = CodecKind::kLatin1};
  if (number == 1252) return CodecName{.kind = CodecKind::kCp1252};
  if (!std::binary_search(std::begin(kCodePages), std::end(kCodePages), number)) return std::nullopt;
  return iconv_codec(number == 37 ? "CP037" : "CP" + std::to_string(number));
}

/// iso8859_5, iso_8859_5, iso_8859_5_1988, latin2, l2, csisolatin2.
std::optional<CodecName> find_iso_8859(std::string_view name) {
  if (name == "8859" || name == "iso8859" || name == "latin" || name == "iso_ir_100") return iso_8859(1);
  if (take_prefix(name, "iso8859_") || take_prefix(name, "iso_8859_")) {
    // A year may follow the part.
    if (std::size_t year = name.find('_'); year != std::string_view::npos) name = name.substr(0, year);
    return iso_8859(whole_number(name));
  }
  if (name == "latin_1") return iso_8859(1);
  if (take_prefix(name, "latin") || take_prefix(name, "csisolatin") || take_prefix(name, "l")) {
    int number = whole_number(name);
    if (number >= 1 && number < static_cast<int>(std::size(kLatinParts)))
      return iso_8859(kLatinParts[number]);
  }
  return std::nullopt;
}

}  // namespace

std::optional<CodecName> find_codec(std::string_view name) {
  for (const UnicodeAlias& alias : kUnicodeAliases) {
    if (alias.name == name)
      return CodecName{.kind = alias.kind, .has_mark = alias.has_mark, .order = alias.order};
  }
  if (std::find(std::begin(kAsciiAliases), std::end(kAsciiAliases), name) != std::end(kAsciiAliases)) {
    return CodecName{.kind = CodecKind::kAscii};
  }
  for (const IconvAlias& alias : kIconvAliases) {
    if (alias.name == name) return iconv_codec(alias.iconv_name);
  }
  if (std::optional<CodecName> found = find_iso_8859(name)) return found;
  return find_code_page(name);
}

}  // namespace vnode
