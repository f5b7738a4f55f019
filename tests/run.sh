#!/usr/bin/env bash
# Builds everything, installing what it needs, and runs all tests. The last line is the runner's summary.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. tools/packages.sh
need_packages g++ cmake ninja-build libxsimd-dev nlohmann-json3-dev libcli11-dev libcsv-dev doctest-dev zlib1g-dev \
  libbenchmark-dev libeigen3-dev clang-14 clang-format-14 python3 binutils git libsimde-dev g++-aarch64-linux-gnu qemu-user
# Without one of these, its tests are skipped.
need_packages libclang-rt-14-dev libtbb-dev pkg-config meson dpkg-dev file doxygen || true

cmake -S . -B build/tests -G Ninja -DCMAKE_CXX_FLAGS_RELEASE=-O2 # what a user's plain call has
cmake --build build/tests --parallel "$(nproc)"
summary=$(mktemp)
trap 'rm -f "$summary"' EXIT
status=0
ctest --test-dir build/tests --parallel "$(nproc)" --output-on-failure --no-tests=error | tee "$summary" || status=$?
grep -E '^[0-9]+% tests passed' "$summary" || true
exit "$status"
