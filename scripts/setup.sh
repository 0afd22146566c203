#!/usr/bin/env bash
# Installs the Debian 12 packages that building and testing need, where they are missing (as root, or through sudo).
# With all of them there it does nothing but ask dpkg once.
#   --bench     also what scripts/bench compares with and counts with
#   --mermaid   also Mermaid, with which one test reads what `vnode graph` writes (npm, 180 MB, in ~/.cache/vnode-mermaid)
set -euo pipefail

packages=(
  g++ cmake ninja-build python3
  libasio-dev libcli11-dev libcurl4-openssl-dev libicu-dev libre2-dev libspdlog-dev libsqlite3-dev libssl-dev libyaml-cpp-dev
  nlohmann-json3-dev
  libgtest-dev libgmock-dev
  ffmpeg git jq openssl socat
  graphviz librsvg2-bin libxml2-utils
  ccache mold
  fish make mandoc zsh
)
# What only the later stages of scripts/test.sh use: clang for the fuzzers, its tools for the style checks.
packages+=(clang libclang-rt-14-dev clang-format clang-tidy)
case ${1:-} in
  '') ;;
  --bench) packages+=(make task-spooler valgrind) ;;
  --mermaid)
    mkdir -p ~/.cache/vnode-mermaid
    cd ~/.cache/vnode-mermaid
    npm install --no-audit --no-fund mermaid@11.17.2 jsdom@29.1.1 >&2
    exit
    ;;
  *) echo "usage: scripts/setup.sh [--bench | --mermaid]" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null; then
  echo "setup: not a Debian system; install the equivalents of: ${packages[*]}" >&2
  exit 0
fi

# dpkg-query fails when it does not know one of them, and still lists the others.
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null || true)
missing=()
for package in "${packages[@]}"; do
  grep -qxF "installed $package" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup: these packages are missing, and there is neither root nor sudo: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "setup: installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
{
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}"
} </dev/null >&2
