#!/usr/bin/env bash
# Sets up, builds and runs every test. The last line is "N passed, M failed, K skipped"; exit status 0 only without failures.
#   --quick      the release build with its tests and the style checks, without sanitizers, fuzzers and clang-tidy
#   --since REV  only what the change since that commit can touch (scripts/affected.py); also with --quick
set -uo pipefail
cd "$(dirname "$0")/.." || exit

usage() { echo "usage: scripts/test.sh [--quick] [--since REV]" >&2; exit 2; }

quick=false
since=
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=true ;;
    --since) [ $# -gt 1 ] || usage; since=$2; shift ;;
    *) usage ;;
  esac
  shift
done

# Budgets. clang-tidy takes about 2 minutes on two idle cores; its limit is for a hang.
fuzz_seconds=20
tidy_limit=600
jobs=$(nproc)
# Most tests of programs wait for others much of their time: of two at once on two cores each core idles for half of it.
tests_at_once=$((jobs * 2))
passed=0
failed=0
skipped=0
summary=()

# stage TITLE COMMAND...: a headline, the command, how long it took. The command does its own counting; where it ends
# with an error without having counted a failure (a build that breaks), that is one failed test.
stage() {
  local title=$1 begin=$SECONDS failed_before=$failed verdict=ok
  shift
  printf '\n=== %s ===\n' "$title"
  "$@" || [ "$failed" -gt "$failed_before" ] || failed=$((failed + 1))
  [ "$failed" -eq "$failed_before" ] || verdict=FAILED
  summary+=("$(printf '%-6s %4d s  %s' "$verdict" $((SECONDS - begin)) "$title")")
  echo "--- $title: $verdict after $((SECONDS - begin)) s"
}

# count COMMAND...: a command that is one test.
count() {
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $*"; return 1; fi
}

# build PRESET [TARGET...]: quiet unless it fails; warnings are shown. Without a target it only configures.
build() {
  local preset=$1 begin=$SECONDS
  shift
  cmake --preset "$preset" >"build/$preset.log" 2>&1 || { cat "build/$preset.log"; return 1; }
  [ $# -gt 0 ] || return 0
  cmake --build "build/$preset" --target "$@" >"build/$preset.log" 2>&1 || { grep -v '^\[' "build/$preset.log"; return 1; }
  grep -A6 'warning:' "build/$preset.log" || true
  echo "built in $((SECONDS - begin)) s"
}

# ctest_in PRESET [ARGUMENT...]: runs its tests and adds its totals to ours.
ctest_in() {
  local preset=$1 log="build/$1-ctest.log" junit="$PWD/build/$1-ctest.xml" totals status
  shift
  rm -f "$junit"
  ctest --test-dir "build/$preset" --output-on-failure --no-tests=error --output-junit "$junit" -j "$tests_at_once" "$@" >"$log" 2>&1
  status=$?
  totals=$(scripts/ctest_totals.py "$junit") || { cat "$log"; return 1; }
  read -r -a counts <<<"${totals%%$'\n'*}"
  passed=$((passed + counts[0]))
  failed=$((failed + counts[1]))
  skipped=$((skipped + counts[2]))
  # Of those that passed one line says enough.
  if [ $status -ne 0 ]; then grep -vE '^ *[0-9]+/[0-9]+ Test .* Passed|^ +Start ' "$log"; else grep '^Total Test time' "$log"; fi
  echo "${counts[0]} passed, ${counts[1]} failed, ${counts[2]} skipped"
  grep '^skipped:' <<<"$totals"
  return $status
}

# What the change touches: labels of CTest tests, targets, whether the fuzzers; "all" without --since.
labels=all
targets=(all)
fuzzes=yes
find_affected() {
  local found
  found=$(scripts/affected.py "$since") || return 1
  echo "$found"
  labels=$(sed -n 's/^labels: *//p' <<<"$found")
  read -r -a targets <<<"$(sed -n 's/^targets: *//p' <<<"$found")"
  fuzzes=$(sed -n 's/^fuzz: *//p' <<<"$found")
}

# labelled LABEL_REGEX: ctest's arguments for the touched tests among those.
labelled() {
  echo "-L"; echo "$1"
  [ "$labels" = all ] || { echo "-L"; echo "^($labels)\$"; }
}

release() {
  build release "${targets[@]}" || return 1
  local arguments
  mapfile -t arguments < <(labelled .)
  ctest_in release "${arguments[@]}"
}

format() { find lib nodes apps tests scripts -name '*.h' -o -name '*.cpp' | count xargs clang-format --dry-run -Werror; }

# Everything again, golden runs included; the checks of the tree do not depend on the compiler.
address_sanitizer() {
  export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1
  local arguments chosen=()
  for target in "${targets[@]}"; do [ "$target" = faulty_disk ] || chosen+=("$target"); done
  [ ${#chosen[@]} -gt 0 ] || { echo "nothing to do"; return 0; }
  mapfile -t arguments < <(labelled .)
  build asan "${chosen[@]}" && ctest_in asan "${arguments[@]}" -LE tree
}

thread_sanitizer() {
  local programs=(async_test client_test daemon_test engine_test events_test nodes_test property_test python_test store_test tasks_test)
  local chosen=() arguments name
  for name in vnode "${programs[@]}"; do
    if [ "$labels" = all ] || [[ " ${targets[*]} " == *" $name "* ]]; then chosen+=("$name"); fi
  done
  [ ${#chosen[@]} -gt 0 ] || { echo "nothing to do"; return 0; }
  export TSAN_OPTIONS=halt_on_error=1
  mapfile -t arguments < <(labelled "^($(IFS='|'; echo "${programs[*]}")|golden)\$")
  # Long, and of one thread each.
  local exempt='EventFile.CutAtEveryByte|StoreFile.(FlippedBytes|ZeroedPages|ACutStore)|RunStoreQueries.AHundredThousandRuns'
  build tsan "${chosen[@]}" && ctest_in tsan "${arguments[@]}" -E "$exempt"
}

fuzz() {
  [ "$fuzzes" = yes ] || { echo "nothing to do"; return 0; }
  local programs=(tests/fuzz/*_fuzz.cpp)
  programs=("${programs[@]##*/}")
  build fuzz "${programs[@]%.cpp}" || return 1
  local program name
  local -A runs=()
  for program in build/fuzz/bin/*_fuzz; do
    name=$(basename "$program" _fuzz)
    mkdir -p "build/fuzz/found/$name"
    "$program" -max_total_time=$fuzz_seconds -max_len=4096 -artifact_prefix="build/fuzz/found/$name-" \
      "build/fuzz/found/$name" "tests/fuzz/corpus/${name%%_*}" >"build/fuzz/$name.log" 2>&1 &
    runs[$name]=$!
    [ ${#runs[@]} -lt "$jobs" ] || wait_for_fuzzers
  done
  wait_for_fuzzers
}

wait_for_fuzzers() {
  local name
  for name in "${!runs[@]}"; do
    count wait "${runs[$name]}" || tail -n 40 "build/fuzz/$name.log"
    tail -n 1 "build/fuzz/$name.log"
  done
  runs=()
}

# Sources are read several at once, as they are compiled: their headers cost most of the time.
tidy() {
  [ ${#targets[@]} -gt 0 ] || { echo "nothing to do"; return 0; }
  cmake --preset fuzz >build/fuzz.log 2>&1 || { cat build/fuzz.log; return 1; }
  count timeout $tidy_limit run-clang-tidy -quiet -p build/fuzz -j "$jobs" -checks='-*,readability-identifier-naming' \
    "^$PWD/build/fuzz/.*/Unity/" >build/tidy.log 2>&1 || { grep -E 'warning:|error:' build/tidy.log; return 1; }
}

mkdir -p build
stage "Set up" scripts/setup.sh
[ -z "$since" ] || find_affected || exit 2
stage "Release build: unit, integration and golden tests, checks of the tree" release
stage "Format" format
if ! $quick; then
  stage "AddressSanitizer and UndefinedBehaviorSanitizer: everything again" address_sanitizer
  stage "ThreadSanitizer: what uses threads" thread_sanitizer
  stage "Fuzzers, $fuzz_seconds s each" fuzz
  stage "clang-tidy: names" tidy
fi

printf '\n'
printf '%s\n' "${summary[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
