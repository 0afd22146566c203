#!/usr/bin/env bash
# Sets up, builds and runs every test. The last line is "N passed, M failed"; exit status 0 only without failures.
#   --quick   the release build with its tests and the style checks, without sanitizers, fuzzers and clang-tidy
set -uo pipefail
cd "$(dirname "$0")/.." || exit

quick=false
for argument in "$@"; do
  case $argument in
    --quick) quick=true ;;
    *) echo "usage: scripts/test.sh [--quick]" >&2; exit 2 ;;
  esac
done

fuzz_seconds=30
# clang-tidy takes about 4 minutes on two idle cores; the limit is for a hang.
tidy_limit=900
jobs=$(nproc)
passed=0
failed=0
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

# build PRESET [TARGET...]: quiet unless it fails; warnings are shown.
build() {
  local preset=$1
  shift
  cmake --preset "$preset" >"build/$preset.log" 2>&1 || { cat "build/$preset.log"; return 1; }
  cmake --build "build/$preset" ${1:+--target "$@"} >"build/$preset.log" 2>&1 || { grep -v '^\[' "build/$preset.log"; return 1; }
  grep -A6 'warning:' "build/$preset.log" || true
}

# ctest_in PRESET [ARGUMENT...]: runs its tests and adds its totals to ours.
ctest_in() {
  local preset=$1 log="build/$1-ctest.log" totals status
  shift
  ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -j "$jobs" "$@" >"$log" 2>&1
  status=$?
  totals=$(sed -nE 's/^[0-9]+% tests passed, ([0-9]+) tests? failed out of ([0-9]+)$/\1 \2/p' "$log")
  if [ -z "$totals" ]; then cat "$log"; return 1; fi
  failed=$((failed + ${totals% *}))
  passed=$((passed + ${totals#* } - ${totals% *}))
  # Of those that passed one line says enough.
  if [ $status -ne 0 ]; then grep -vE '^ *[0-9]+/[0-9]+ Test .* Passed|^ +Start ' "$log"; else tail -n 4 "$log"; fi
  return $status
}

release() { build release && ctest_in release; }

format() { find lib nodes apps tests scripts -name '*.h' -o -name '*.cpp' | count xargs clang-format --dry-run -Werror; }

# Everything again, golden runs included; the checks of the tree do not depend on the compiler.
address_sanitizer() {
  export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1
  build asan && ctest_in asan -LE tree
}

thread_sanitizer() {
  local programs=(async_test client_test daemon_test engine_test events_test nodes_test property_test python_test store_test tasks_test)
  export TSAN_OPTIONS=halt_on_error=1
  build tsan vnode "${programs[@]}" && ctest_in tsan -L "^($(IFS='|'; echo "${programs[*]}")|golden)\$"
}

fuzz() {
  local targets=(tests/fuzz/*_fuzz.cpp)
  targets=("${targets[@]##*/}")
  build fuzz "${targets[@]%.cpp}" || return 1
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

tidy() {
  count timeout $tidy_limit run-clang-tidy -quiet -p build/fuzz -j "$jobs" -checks='-*,readability-identifier-naming' \
    "^$PWD/(lib|nodes|apps)/" >build/tidy.log 2>&1 || { grep -E 'warning:|error:' build/tidy.log; return 1; }
}

mkdir -p build
stage "Set up" scripts/setup.sh
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
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
