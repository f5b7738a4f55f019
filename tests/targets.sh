#!/usr/bin/env bash
# Tests what tests/run.sh skips where its tools are not installed: installs them (about 500 MB on Debian), then runs the
# tests of other targets, consumers and packages. With root's rights, also the Debian package in a fresh Debian.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. tools/packages.sh
need_packages g++ cmake ninja-build libxsimd-dev nlohmann-json3-dev libcli11-dev libcsv-dev doctest-dev zlib1g-dev \
  clang-14 clang-19 python3 python3-venv binutils git pkg-config meson dpkg-dev file \
  g++-aarch64-linux-gnu qemu-user g++-mingw-w64-x86-64-posix wine wine64 emscripten nodejs debootstrap

build=build/targets
mkdir -p "$build"
if ! command -v conan >/dev/null; then
  python3 -m venv "$build/conan" && "$build/conan/bin/pip" install -q conan || echo "conan cannot be installed: its test is skipped" >&2
  PATH=$PATH:$PWD/$build/conan/bin
fi
root=$PWD/$build/debian
if [ "$(id -u)" -eq 0 ] && [ ! -e "$root/usr/bin/apt-get" ]; then
  debootstrap --variant=minbase bookworm "$root" >"$build/debootstrap.log" 2>&1 || { rm -rf "$root"; echo "no Debian root could be made: its test is skipped" >&2; }
fi
[ -e "$root/usr/bin/apt-get" ] || root=

cmake -S . -B "$build" -G Ninja -DCMAKE_CXX_FLAGS_RELEASE=-O2 -DDISTILBERT_BUILD_BENCHMARKS=OFF -DDISTILBERT_DEBIAN_ROOT="$root"
cmake --build "$build" --parallel "$(nproc)" --target distilbert_tool
ctest --test-dir "$build" --output-on-failure --no-tests=error -R '^(target|package|consumer):|aarch64'
