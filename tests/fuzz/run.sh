#!/usr/bin/env bash
# Builds the fuzzers and runs them, one after the other:
#   tests/fuzz/run.sh [--runs N] [--keep] [NAME...]
# Without --runs, each runs until it is stopped by Ctrl-C or finds something. Inputs that cover something new are kept in
# build/fuzz/corpus/NAME with --keep, and read again next time; findings are written to build/fuzz/findings.
# The environment may say CXX (a Clang) and BUILD (the folder).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${BUILD:-$root/build/fuzz}
runs=-1 keep=no do_build=yes do_run=yes names=()
while [ $# -gt 0 ]; do
  case $1 in
    --runs) runs=$2; shift ;;
    --keep) keep=yes ;;
    --build-only) do_run=no ;;
    --built) do_build=no ;;
    -*) echo "run.sh: unknown option $1" >&2; exit 2 ;;
    *) names+=("$1") ;;
  esac
  shift
done
[ ${#names[@]} -gt 0 ] || for source in "$root"/tests/fuzz/*.cpp; do names+=("$(basename "$source" .cpp)"); done

if [ $do_build = yes ]; then
  cmake -S "$root" -B "$build" -DCMAKE_CXX_COMPILER="${CXX:-clang++-14}" -DDISTILBERT_DEVELOP=OFF \
    -DDISTILBERT_BUILD_FUZZERS=ON -DDISTILBERT_SANITIZE=address,undefined -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_CXX_FLAGS_RELEASE=-O2
  cmake --build "$build"
fi
[ $do_run = yes ] || exit 0
mkdir -p "$build/findings"
for name in "${names[@]}"; do
  program=$build/tests/fuzz/fuzz_$name
  if [ ! -x "$program" ]; then
    echo "$name: not built here" >&2
    continue
  fi
  corpus=()
  if [ $keep = yes ]; then
    mkdir -p "$build/corpus/$name"
    corpus=("$build/corpus/$name")
  else
    corpus=("$(mktemp -d)")
    trap 'rm -rf "${corpus[0]}"' EXIT
  fi
  # No time limit: a busy machine is no finding. What is asked of memory and refused is an error, not a crash.
  ASAN_OPTIONS=allocator_may_return_null=1 "$program" -runs="$runs" -seed=1 -timeout=0 -print_final_stats=1 \
    -verbosity=1 -dict="$root/tests/fuzz/seeds/$name.dict" -artifact_prefix="$build/findings/$name-" \
    "${corpus[@]}" "$root/tests/fuzz/seeds/$name" 2>"$build/findings/$name.log" || {
    status=$?
    tail -n 60 "$build/findings/$name.log" >&2
    exit $status
  }
  echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/findings/$name.log") inputs, no finding"
  [ $keep = yes ] || rm -rf "${corpus[0]}"
done
