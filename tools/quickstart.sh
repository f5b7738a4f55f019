#!/usr/bin/env bash
# Builds the distilbert tool, installing what it needs, and labels the texts given with the model in the repository.
#
#   tools/quickstart.sh "A gripping, beautifully shot film."
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ $# -gt 0 ] || { echo "usage: tools/quickstart.sh TEXT..." >&2; exit 2; }

. tools/packages.sh
need_packages g++ cmake make libxsimd-dev nlohmann-json3-dev libcli11-dev libcsv-dev zlib1g-dev

log=$(mktemp)
trap 'rm -f "$log"' EXIT
build() {
  cmake -S . -B build -DDISTILBERT_BUILD_TESTS=OFF -DDISTILBERT_BUILD_BENCHMARKS=OFF -DDISTILBERT_BUILD_EXAMPLES=OFF &&
    cmake --build build --target distilbert_tool --parallel "$(nproc)"
}
[ -x build/tools/distilbert ] || echo "Building the tool" >&2
build >"$log" 2>&1 || { cat "$log" >&2; echo "The tool could not be built" >&2; exit 1; }
exec build/tools/distilbert classify -- "$@"
