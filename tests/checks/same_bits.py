"""Builds a program with one compiler and its flags, and compares the bits that it computes with same_bits.txt:
same_bits.py COUNT COMPILER "FLAGS" [INCLUDES...]

COUNT texts are read. The program has every instruction set with a fused multiply-add that its machine runs; for
AArch64 on another machine, qemu-user runs it."""
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

count, compiler, flags, *includes = sys.argv[1:]
here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent
expected = dict(line.split() for line in (here / "same_bits.txt").read_text().splitlines() if not line.startswith("#"))

emulator = []
with tempfile.TemporaryDirectory() as directory:
    if "aarch64" in compiler and platform.machine() != "aarch64":
        emulator = [shutil.which("qemu-aarch64")]
        # The system's header-only dependencies serve any target, but not the directory that also holds its libc.
        for name in ("xsimd", "nlohmann"):
            (pathlib.Path(directory) / name).symlink_to(f"/usr/include/{name}")
        includes = ["-static", *includes, "-isystem", directory]
    program = f"{directory}/program"
    subprocess.run([compiler, "-std=c++20", *flags.split(), here / "same_bits.cpp", "-o", program, *includes], check=True)
    command = [*emulator, program, root / "models/sst2-mini", root / "tests/data/sst2/dev.tsv", count]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
for line in lines:
    print(line, "" if line.split()[0] == expected[count] else f"differs from {expected[count]}")
sys.exit(not lines or any(line.split()[0] != expected[count] for line in lines))
