#include "apps/vnode/completion/shell_scripts.h"

#include <array>

namespace vnode {
namespace {

/// Bash breaks words at what COMP_WORDBREAKS has, "=" and ":" among it, and replaces only the last piece: the
/// words are put together again, and of what is suggested the pieces before that one are cut off.
constexpr std::string_view kBashScript = R"(# Completion of vnode for bash: source <(vnode completion bash)
_vnode_complete() {
  local line=${COMP_LINE:0:COMP_POINT} rest piece i word before kind
  local -a words=() answer=() found=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    rest=${line#"${line%%[![:space:]]*}"}
    piece=${COMP_WORDS[i]}
    ((i < COMP_CWORD)) || piece=$rest
    if ((${#words[@]} == 0)) || [[ $rest != "$line" ]]; then
      words+=("$piece")
    else
      words[${#words[@]} - 1]+=$piece
    fi
    line=${rest:${#piece}}
  done
  word=${words[${#words[@]} - 1]}
  before=${word%"$piece"}
  [[ -z $piece || $piece == *[!=:@]* ]] || before=$word

  while IFS= read -r line; do answer+=("$line"); done < <("${1/#~\//$HOME/}" __complete "${words[@]:1}" 2>/dev/null </dev/null)
  kind=${answer[0]%%$'\t'*}
  COMPREPLY=()
  case $kind in
    files)
      if [[ ${answer[0]} == *@ ]]; then  # readline takes the @ for a part of the name
        while IFS= read -r line; do COMPREPLY+=("@$line"); done < <(compgen -f -- "${word##*@}")
      else
        compopt -o default
      fi ;;
    folders) compopt -o dirnames ;;
    open) compopt -o nospace ;;
  esac
  for line in "${answer[@]:1}"; do
    line=${line%%$'\t'*}
    if [[ $word != [\"\']* ]]; then
      printf -v line %q "$line"
      line=${line#"$before"}
    fi
    COMPREPLY+=("$line")
  done
}
complete -o nosort -F _vnode_complete vnode 2>/dev/null || complete -F _vnode_complete vnode
)";

constexpr std::string_view kZshScript = R"(#compdef vnode
# Completion of vnode for zsh: source <(vnode completion zsh), or as a file _vnode in a folder of $fpath
_vnode() {
  local program=${(Q)words[1]} kind before line
  local -a answer found shown
  program=${program/#\~\//$HOME/}
  answer=("${(@f)$("$program" __complete "${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null </dev/null)}")
  kind=${answer[1]%%$'\t'*}
  before=${answer[1]#*$'\t'}
  case $kind in
    files|folders)
      [[ -z $before ]] || compset -p ${#before}
      if [[ $kind == files ]]; then _files; else _files -/; fi
      return ;;
  esac
  for line in "${(@)answer[2,-1]}"; do
    found+=("${line%%$'\t'*}")
    if [[ $line == *$'\t'* ]]; then shown+=("${line%%$'\t'*}  -- ${line#*$'\t'}"); else shown+=("$line"); fi
  done
  if [[ $kind == open ]]; then compadd -V vnode -S '' -l -d shown -a found; else compadd -V vnode -l -d shown -a found; fi
}
if [[ ${funcstack[1]} == _vnode ]]; then _vnode "$@"; else compdef _vnode vnode; fi
)";

constexpr std::string_view kFishScript = R"(# Completion of vnode for fish: vnode completion fish | source
function __vnode_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    while string match -qr '^[A-Za-z_][A-Za-z0-9_]*=' -- $words[1]
        set -e words[1]
    end
    set -l program $words[1]
    command -q $program; or set program vnode
    set -l answer (command $program __complete (string escape -- $words[2..]) $current 2>/dev/null </dev/null)
    set -l head (string split -m 1 \t -- $answer[1])
    switch $head[1]
        case files folders
            set -l begun (string sub -s (math (string length -- "$head[2]") + 1) -- $current)
            if test $head[1] = files
                printf '%s\n' $head[2](__fish_complete_path $begun)
            else
                printf '%s\n' $head[2](__fish_complete_directories $begun)
            end
        case '*'
            printf '%s\n' $answer[2..]
    end
end
complete -c vnode -f -k -a '(__vnode_complete)'
)";

constexpr std::array<ShellScript, 3> kScripts = {
    {{"bash", kBashScript}, {"zsh", kZshScript}, {"fish", kFishScript}}};

}  // namespace

std::span<const ShellScript> shell_scripts() { return kScripts; }

}  // namespace vnode
