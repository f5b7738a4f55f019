# newest_xsimd.sh REPOSITORY DIRECTORY MODEL COMPILER ARGUMENT...: compiles with the repository's highest release, and runs.
set -eu
repository=$1 directory=$2 model=$3
shift 3
export GIT_TERMINAL_PROMPT=0
tag=$(timeout 60 git -c versionsort.suffix=- ls-remote --refs --tags --sort=-v:refname "$repository" '[0-9]*' 2>/dev/null | sed -n '1s|.*refs/tags/||p')
if [ -z "$tag" ]; then
  echo "skipped: $repository cannot be reached"
  exit 77
fi
rm -rf "$directory"
git -c advice.detachedHead=false clone -q --depth 1 --branch "$tag" "$repository" "$directory"
echo "xsimd $tag"
"$@" -isystem "$directory/include" -H -o "$directory/label" 2>"$directory/included" || { cat "$directory/included"; exit 1; }
grep -q "$directory/include/xsimd/" "$directory/included" # and not the system's
"$directory/label" "$model"
