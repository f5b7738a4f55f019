"""Holds the order of the layers: include_order.py INCLUDE_DIRECTORY"""
import pathlib
import re
import sys

MAY_INCLUDE = {
    "core": {"core"},
    "simd": {"core", "simd"},
    "kernels": {"core", "simd", "kernels"},
    "io": {"core", "io"},
    "text": {"core", "text"},
    "model": {"core", "simd", "kernels", "io", "model"},
    "pipeline": {"core", "simd", "kernels", "io", "text", "model", "pipeline"},
}

root = pathlib.Path(sys.argv[1]) / "distilbert"
faults, files = [], 0
for path in sorted([*root.rglob("*.hpp"), *root.rglob("*.inl")]):
    files += 1
    layer = path.relative_to(root).parts[0]
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = re.match(r'\s*#\s*include\s+[<"]distilbert/([^/">]+)/([^">]+)[>"]', line)
        if not found or layer == "distilbert.hpp":
            continue
        if found[1] not in MAY_INCLUDE[layer]:
            faults.append(f"{path}:{number}: {layer}/ may include {', '.join(sorted(MAY_INCLUDE[layer]))}, not {found[1]}/")
        if found[2].endswith(".inl") and layer not in ("kernels", "simd"):
            faults.append(f"{path}:{number}: .inl files are for kernels/ alone")
print("\n".join(faults) or f"{files} files")
sys.exit(bool(faults) or files < 20)
