#include "apps/vnode/ci/annotations.h"

#include <utility>

#include "base/shown_text.h"
#include "model/source_lines.h"

namespace vnode {
namespace {

/// What servers show of a message.
constexpr std::size_t kMostMessageBytes = 4000;

std::string escaped(std::string_view text, std::string_view percent, std::string_view others) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '%') {
      out += percent;
    } else if (c == '\r' || c == '\n' || others.find(c) != others.npos) {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  return out;
}

std::string github_line(const Annotation& annotation) {
  const auto property = [](std::string_view text) { return escaped(text, "%25", ":,"); };
  std::string properties;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty())
      properties += (properties.empty() ? " " : ",") + std::string(name) + "=" + property(value);
  };
  add("file", annotation.file);
  if (!annotation.file.empty() && annotation.line > 0) {
    add("line", std::to_string(annotation.line));
    if (annotation.column > 0) add("col", std::to_string(annotation.column));
  }
  add("title", annotation.title);
  return (annotation.is_error ? "::error" : "::warning") + properties +
         "::" + escaped(annotation.message, "%25", "") + "\n";
}

std::string azure_line(const Annotation& annotation) {
  const auto property = [](std::string_view text) { return escaped(text, "%AZP25", ";]"); };
  std::string line = std::string("##vso[task.logissue type=") + (annotation.is_error ? "error" : "warning");
  if (!annotation.file.empty()) line += ";sourcepath=" + property(annotation.file);
  if (!annotation.file.empty() && annotation.line > 0) {
    line += ";linenumber=" + std::to_string(annotation.line);
    if (annotation.column > 0) line += ";columnnumber=" + std::to_string(annotation.column);
  }
  const std::string title = annotation.title.empty() ? "" : annotation.title + ": ";
  return line + "]" + escaped(title + annotation.message, "%AZP25", "") + "\n";
}

std::string more_text(std::size_t count, bool are_errors) {
  return "and " + std::to_string(count) + (are_errors ? " more errors" : " more warnings") + ": see the log";
}

}  // namespace

std::string annotation_line(CiSystem system, const Annotation& annotation) {
  switch (system) {
    case CiSystem::kGithub:
      return github_line(annotation);
    case CiSystem::kAzure:
      return azure_line(annotation);
    case CiSystem::kGitlab:
    case CiSystem::kNone:
      break;
  }
  return {};
}

void Annotations::add(Annotation annotation) {
  Kind& kind = annotation.is_error ? errors_ : warnings_;
  if (++kind.count > kMostAnnotations) return;
  annotation.message = shown_text(annotation.message, kMostMessageBytes);
  annotation.file = ci_path(system_, annotation.file);
  std::string line = annotation_line(system_, annotation);
  if (kind.count < kMostAnnotations) {
    kind.lines += line;
  } else {
    kind.last = std::move(line);
  }
}

void Annotations::add(const Problem& problem, const std::string& file, std::string_view text) {
  if (problem.severity == Severity::kNote) return;
  Annotation annotation{.is_error = problem.severity == Severity::kError,
                        .file = file,
                        .title = problem.code,
                        .message = problem.message};
  if (!problem.hint.empty()) annotation.message += "\n" + problem.hint;
  if (problem.source.line != 0) {
    if (!problem.source.file.empty()) annotation.file = problem.source.file;
    annotation.line = problem.source.line;
    annotation.column = problem.source.column;
  } else if (!text.empty()) {
    annotation.line = line_of_pointer(text, problem.pointer);
  }
  add(std::move(annotation));
}

std::string Annotations::text() const {
  std::string text;
  for (const Kind* kind : {&errors_, &warnings_}) {
    text += kind->lines;
    if (kind->count <= kMostAnnotations) {
      text += kind->last;
    } else {
      const bool are_errors = kind == &errors_;
      text += annotation_line(
          system_,
          {.is_error = are_errors, .message = more_text(kind->count - kMostAnnotations + 1, are_errors)});
    }
  }
  return text;
}

}  // namespace vnode
