#!/usr/bin/env bash
# Valgrind's memcheck over the tool and the tests that are quick enough for it: no read of memory that nobody has
# written, none beyond its end, no leak. Needs valgrind and a build of everything:
#   tests/memcheck.sh [BUILD_DIRECTORY]
# Valgrind hides AVX-512 from programs, so the AVX2 and the baseline kernels run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${1:-$root/build/tests}
models=$root/tests/data/models
check() {
  echo "memcheck: $*"
  valgrind --quiet --leak-check=full --show-leak-kinds=definite,possible --errors-for-leak-kinds=definite,possible \
    --error-exitcode=99 "$@" >/dev/null
}
for model in tiny-one-layer-prime tiny-bf16 tiny-sinusoidal-f16 tiny-multi-label; do
  for isa in baseline avx2; do
    check "$build/tools/distilbert" classify --model "$models/$model" --isa $isa --threads 2 --output-format jsonl \
      --top-k all --logits "A first text." "" "another, much longer text: of more words than there are in the one before it"
  done
done
head -n 40 "$root/tests/data/sst2/dev.tsv" >"${TMPDIR:-/tmp}/memcheck.tsv"
check "$build/tools/distilbert" eval --input "${TMPDIR:-/tmp}/memcheck.tsv"
check "$build/tools/distilbert" tokenize --input "${TMPDIR:-/tmp}/memcheck.tsv" --output-format jsonl --offsets utf16
rm -f "${TMPDIR:-/tmp}/memcheck.tsv"
check "$build/tools/distilbert" doctor --model "$models/tiny-three-labels"
check "$build/tests/test_io"
check "$build/tests/test_model"
# Valgrind knows neither flushed subnormals nor other roundings.
check "$build/tests/test_core" --test-case-exclude="*pool*,*subnormals*"
echo "memcheck: clean"
