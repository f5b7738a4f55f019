"""Disassembles a unit compiled without -m flags: instructions.py COMPILER SOURCE FLAGS...

No symbol outside the variants' namespaces may hold an instruction beyond x86-64's baseline: on an older machine it would
end the program, even if the kernels are never called."""
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

compiler, source, *flags = sys.argv[1:]
VARIANT = re.compile(r"distilbert::kernels::(avx2|avx512|avxvnni|avx512vnni)::")
BEYOND = re.compile(r"\bv[a-z0-9]+\b(?<!verr)(?<!verw)|%[yz]mm|%k[0-7]\b")

machine = subprocess.run([compiler, "-dumpmachine"], capture_output=True, text=True).stdout
if not machine.startswith("x86_64"):
    print("not x86-64: nothing to check")
    sys.exit(0)
seen = collections.Counter()
faults = []
for level in ("-O0", "-O2", "-O3"):
    with tempfile.TemporaryDirectory() as directory:
        binary = pathlib.Path(directory) / "unit.o"
        subprocess.run([compiler, "-std=c++20", level, "-c", source, "-o", binary, *flags], check=True)
        listing = subprocess.run(["objdump", "-d", "--no-show-raw-insn", "-C", binary], capture_output=True, text=True, check=True).stdout
    symbol = ""
    for line in listing.splitlines():
        if line.endswith(">:"):
            symbol = line.split("<", 1)[1][:-2]
            continue
        parts = line.split("\t")
        if len(parts) < 2:
            continue
        instruction = parts[1].split("#")[0].split("<")[0]
        if BEYOND.search(instruction):
            variant = VARIANT.search(symbol)
            seen[variant[1] if variant else "outside"] += 1
            if not variant:
                faults.append(f"{level} {symbol}: {instruction}")
print("\n".join(faults[:20]) or dict(seen))
# The variants themselves must be there, or this would check nothing.
sys.exit(bool(faults) or seen["avx2"] < 1000 or seen["avx512"] < 1000)
