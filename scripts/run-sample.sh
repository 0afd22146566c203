#!/usr/bin/env bash
# Sets up, builds the program, and runs one workflow: workflows/text_processing.json, or the arguments of `vnode run`.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
{
  [ -f build/release/build.ninja ] || cmake --preset release
  cmake --build build/release --target vnode
} >&2

[ $# -gt 0 ] || set -- workflows/text_processing.json
exec build/release/bin/vnode run "$@"
