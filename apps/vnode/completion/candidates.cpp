#include "apps/vnode/completion/candidates.h"

#include <algorithm>
#include <utility>

#include "apps/vnode/terminal/terminal_text.h"

namespace vnode {
namespace {

constexpr std::size_t kHelpColumns = 70;

std::string_view kind_word(Completion::Kind kind) {
  switch (kind) {
    case Completion::Kind::kOpenWords:
      return "open";
    case Completion::Kind::kFiles:
      return "files";
    case Completion::Kind::kFolders:
      return "folders";
    case Completion::Kind::kWords:
      break;
  }
  return "words";
}

bool is_typable(std::string_view word) {
  return std::none_of(word.begin(), word.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

void Completion::add(std::string_view beginning, std::string word, std::string help) {
  if (word.starts_with(beginning)) candidates.push_back({std::move(word), std::move(help)});
}

std::string completion_text(const Completion& completion) {
  std::string out = std::string(kind_word(completion.kind)) + "\t" + completion.before + "\n";
  for (const Candidate& candidate : completion.candidates) {
    if (!is_typable(candidate.word)) continue;
    out += candidate.word;
    if (!candidate.help.empty()) out += "\t" + cut_to_width(harmless_line(candidate.help), kHelpColumns);
    out += "\n";
  }
  return out;
}

}  // namespace vnode
