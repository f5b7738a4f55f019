"""Builds one program with many compilers and flags and compares what it computes: same_bits.py SOURCE ROOT COMPILER... -- FLAGS...

An AArch64 build runs under qemu-user where both are installed; emulation is slow, so it takes the first texts only."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

source, root, *rest = sys.argv[1:]
compilers, flags = rest[: rest.index("--")], rest[rest.index("--") + 1 :]
FEW, ALL = 100, 872
# All texts once a compiler; after that the first of them show as much.
LEVELS = {"-O2": ALL, "-O0": FEW, "-O3 -march=native": FEW, "-Ofast -ffast-math": FEW}
MODEL, TEXTS = f"{root}/models/sst2-mini", f"{root}/tests/data/sst2/dev.tsv"


def build(directory, compiler, level, extra):
    program = pathlib.Path(directory) / "program"
    subprocess.run([compiler, "-std=c++20", *level.split(), source, "-o", program, *extra], check=True)
    return program


def hashes(command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.returncode} {done.stdout} {done.stderr}")
    return [line.split(" ", 1) for line in done.stdout.splitlines()]


found = {}
with tempfile.TemporaryDirectory() as directory:
    for compiler in compilers:
        for level, count in LEVELS.items():
            program = build(directory, compiler, level, flags)
            for texts in sorted({FEW, count}):
                for value, which in hashes([program, MODEL, TEXTS, texts]):
                    print(value, pathlib.Path(compiler).name, level, which)
                    found.setdefault(texts, set()).add(value)
    cross, emulator = shutil.which("aarch64-linux-gnu-g++"), shutil.which("qemu-aarch64")
    if cross and emulator:
        # The system's header-only dependencies serve any target, but not the directory that also holds its libc.
        headers = pathlib.Path(directory) / "headers"
        headers.mkdir()
        for name in ("xsimd", "nlohmann"):
            (headers / name).symlink_to(f"/usr/include/{name}")
        for level in ("-O2", "-Ofast"):
            program = build(directory, cross, level, ["-static", f"-I{root}/include", "-isystem", headers])
            for value, which in hashes([emulator, program, MODEL, TEXTS, FEW]):
                print(value, "aarch64-linux-gnu-g++", level, which)
                found[FEW].add(value)
for count, values in found.items():
    print(f"{count} texts: {len(values)} different result(s)")
sys.exit(any(len(v) != 1 for v in found.values()) or len(found) != 2)
