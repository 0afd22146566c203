#include "picture/svg_style.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string>
#include <utility>

namespace vnode {
namespace {

// Short names: a picture of 1,000 nodes has each of them thousands of times.
// g: ground; b: body; h: its title bar; t, u: title and what stands beside it; l, r: names of ports; f, v, k:
// fields, their values and names; w: wires, e: exec wires; d: dots of ports; n, m: notes; z, y: backdrops;
// s-: how nodes ended.
constexpr std::string_view kStyle = R"(
text{font-family:Inter,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans","DejaVu Sans",sans-serif;font-size:11px;fill:#3d4657}
.g{fill:#f6f7f9}
.b{fill:#fff;stroke:#bcc4d0;stroke-width:1.2}
.x{stroke-dasharray:5 4}
.q{fill:#fff;stroke:#bcc4d0;stroke-width:1.2}
.t{font-size:13px;font-weight:600;fill:#1b2130}
.u{font-size:10px;fill:#5d6778;text-anchor:end}
.r{text-anchor:end}
.f{fill:#f1f3f6;stroke:#d5dae2}
.o{opacity:.45}
.k{font-size:9px;font-weight:600;fill:#7a8496}
.v{font-size:11px;fill:#2a3242}
.c{font-size:10px;fill:#3d4657;text-anchor:end}
.w{fill:none;stroke-width:1.8;stroke-linecap:round}
.e{fill:none;stroke-width:3;stroke-linecap:round;stroke:#2b3240}
.d{stroke:#fff;stroke-width:1.2}
.i{stroke-dasharray:2 2;fill:#fff;stroke:#d33c3c}
.n{stroke:#00000030}
.m{font-size:12px;fill:#23262e}
.M{font-size:13px;font-weight:700;fill:#23262e}
.M.D,.m.D{fill:#f4f6fa}
.z{fill-opacity:.16;stroke-opacity:.45;stroke-width:1.5}
.y{font-size:14px;font-weight:700;fill:#4a5365}
.S{font-size:18px;font-weight:700;fill:#1b2130}
.p{font-size:12px;fill:#5d6778}
.c0{fill:#dbe5f6}.c1{fill:#d9efe1}.c2{fill:#f8e4d2}.c3{fill:#e9dff6}.c4{fill:#f8dee5}.c5{fill:#d5eef1}.c6{fill:#f3edcb}.c7{fill:#e4e8ee}
.w.ti{stroke:#0a8f9c}.w.tf{stroke:#a87f00}.w.ts{stroke:#7c4dd6}.w.tb{stroke:#1c9a4b}.w.tl{stroke:#c96a10}.w.td{stroke:#cf3f3f}.w.ta{stroke:#4a7fb5}.w.to{stroke:#7f8896}
.d.ti{fill:#0a8f9c}.d.tf{fill:#a87f00}.d.ts{fill:#7c4dd6}.d.tb{fill:#1c9a4b}.d.tl{fill:#c96a10}.d.td{fill:#cf3f3f}.d.ta{fill:#4a7fb5}.d.to{fill:#7f8896}.d.te{fill:#2b3240}
.ok{fill:#bfe8cb}.ha{fill:#f6e2a6}.bad{fill:#f8b4b4}.late{fill:#fbcfa0}.skip{fill:#dfe3e9}.stop{fill:#ecd9f5}.run{fill:#bcd8fb}.none{fill:#eceff3}
.b.s-ok{stroke:#3fa564}.b.s-ha{stroke:#c59a14;stroke-width:2}.b.s-bad{stroke:#d33c3c;stroke-width:3}.b.s-late{stroke:#dc761a;stroke-width:3}.b.s-skip{stroke:#9aa3b1;stroke-dasharray:5 4}.b.s-stop{stroke:#9a57bd;stroke-width:2}.b.s-run{stroke:#2f7de0;stroke-width:2.5}
.j{fill:none;stroke:#1b2130;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.a{fill:#e8ebf0}.A{fill:#3b82d6}
@media (prefers-color-scheme:dark){
text{fill:#c3cad6}
.g{fill:#15171c}
.b,.q{fill:#22262e;stroke:#4a5260}
.t{fill:#eff2f7}.u{fill:#b4bdcb}.k{fill:#8790a0}.v{fill:#dde2ea}.c{fill:#c3cad6}
.f{fill:#191c22;stroke:#3b424e}
.e{stroke:#f2f4f8}
.d{stroke:#15171c}.i{fill:#22262e;stroke:#ff7b7b}
.n{stroke:#ffffff40}
.z{fill-opacity:.4;stroke-opacity:.9}
.y{fill:#e6eaf1}.S{fill:#eff2f7}.p{fill:#a3acba}
.c0{fill:#2c4468}.c1{fill:#27523a}.c2{fill:#634126}.c3{fill:#493466}.c4{fill:#602f3e}.c5{fill:#1f5259}.c6{fill:#585020}.c7{fill:#3b424e}
.w.ti{stroke:#2fcbd6}.w.tf{stroke:#e3c646}.w.ts{stroke:#b08bf2}.w.tb{stroke:#4bd975}.w.tl{stroke:#f5a95f}.w.td{stroke:#f56b6b}.w.ta{stroke:#7fb9e6}.w.to{stroke:#98a1af}
.d.ti{fill:#2fcbd6}.d.tf{fill:#e3c646}.d.ts{fill:#b08bf2}.d.tb{fill:#4bd975}.d.tl{fill:#f5a95f}.d.td{fill:#f56b6b}.d.ta{fill:#7fb9e6}.d.to{fill:#98a1af}.d.te{fill:#f2f4f8}
.ok{fill:#1f5a35}.ha{fill:#66541a}.bad{fill:#7a2626}.late{fill:#75431a}.skip{fill:#3b424e}.stop{fill:#533065}.run{fill:#1f4a85}.none{fill:#2c313a}
.b.s-ok{stroke:#46b06e}.b.s-ha{stroke:#d9b03a}.b.s-bad{stroke:#ff6b6b}.b.s-late{stroke:#ff9d4d}.b.s-skip{stroke:#7b8594}.b.s-stop{stroke:#c07fe0}.b.s-run{stroke:#5aa2ff}
.j{stroke:#eff2f7}
.a{fill:#343a45}.A{fill:#5b9df0}
}
)";

}  // namespace

std::string_view svg_style() { return kStyle; }

std::string_view wire_class(std::string_view port_type) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kClasses = {{{"int", "ti"},
                                                                                       {"float", "tf"},
                                                                                       {"number", "tf"},
                                                                                       {"string", "ts"},
                                                                                       {"text", "ts"},
                                                                                       {"path", "ts"},
                                                                                       {"file", "ts"},
                                                                                       {"bool", "tb"},
                                                                                       {"boolean", "tb"},
                                                                                       {"list", "tl"},
                                                                                       {"dict", "td"},
                                                                                       {"any", "ta"},
                                                                                       {"", "ta"},
                                                                                       {"exec", "te"}}};
  std::string lower(port_type);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const auto& [type, css_class] : kClasses) {
    if (type == lower) return css_class;
  }
  return "to";
}

std::string_view category_class(std::string_view category) {
  constexpr std::array<std::string_view, 7> kClasses = {"c0", "c1", "c2", "c3", "c4", "c5", "c6"};
  if (category.empty() || category == "General") return "c7";
  std::uint32_t hash = 2166136261U;  // FNV-1a: the same category has the same colour in every picture
  for (const char c : category) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return kClasses[hash % kClasses.size()];
}

std::string_view outcome_class(OutcomeState state) {
  constexpr std::array<std::string_view, 8> kClasses = {"none", "run",  "ok",   "ha",
                                                        "bad",  "late", "skip", "stop"};
  return kClasses[static_cast<std::size_t>(state)];
}

}  // namespace vnode
