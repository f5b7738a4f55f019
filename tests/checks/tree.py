"""Holds the shape of the tree: tree.py ROOT"""
import pathlib
import re
import subprocess
import sys

TOP = {"CMakeLists.txt", "README.md", "LICENSE", "bench", "cmake", "docs", "examples", "include", "models", "tests", "tools"}
UNWELCOME = re.compile(r"\b(TODO|FIXME|XXX)\b|/(home|root|work|tmp)/\w")
LONGEST = 400

root = pathlib.Path(sys.argv[1])
listed = subprocess.run(["git", "-C", root, "ls-files"], capture_output=True, text=True)
if listed.returncode != 0:
    sys.exit(0)  # a release without its history: nothing to ask
files = listed.stdout.splitlines()
faults = []
top = {f.split("/")[0] for f in files}
faults += [f"{name}: not a name of the top level" for name in sorted(top) if name not in TOP and not name.startswith(".")]
faults += [f"{name}: is missing at the top level" for name in sorted(TOP - top)]
for name in files:
    if not name.endswith((".hpp", ".cpp", ".inl", ".py", ".cmake", ".sh", ".md", ".txt")) or name.endswith("vocab.txt"):
        continue
    if name.startswith("tests/data/") or name == "tests/checks/tree.py":
        continue
    lines = (root / name).read_text(encoding="utf-8").splitlines()
    if len(lines) > LONGEST and name.endswith((".hpp", ".cpp", ".inl")) and "unicode_tables" not in name:
        faults.append(f"{name}: {len(lines)} lines, more than {LONGEST}")
    faults += [f"{name}:{n}: {line.strip()}" for n, line in enumerate(lines, 1) if UNWELCOME.search(line)]
print("\n".join(faults) or f"{len(files)} files")
sys.exit(bool(faults))
