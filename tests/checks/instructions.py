"""Disassembles a program compiled without -m flags: instructions.py PROGRAM

No symbol outside the variants' namespaces may hold an instruction beyond x86-64's baseline: on an older machine it would
end the program, even if the kernels are never called."""
import collections
import re
import subprocess
import sys

VARIANT = re.compile(r"10distilbert7kernels(?:4(avx2)|6(avx512))")  # as the compiler mangles a namespace
BEYOND = re.compile(r"\bv[a-z0-9]+\b(?<!verr)(?<!verw)|%[yz]mm|%k[0-7]\b")

machine = subprocess.run(["objdump", "-f", sys.argv[1]], capture_output=True, text=True, check=True).stdout
if "x86-64" not in machine:
    print("not x86-64: nothing to check")
    sys.exit(0)
listing = subprocess.run(["objdump", "-d", "--no-show-raw-insn", sys.argv[1]], capture_output=True, text=True, check=True).stdout
seen = collections.Counter()
faults = []
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
        seen[variant[variant.lastindex] if variant else "outside"] += 1
        if not variant:
            faults.append(f"{symbol}: {instruction}")
print("\n".join(faults[:20]) or dict(seen))
# The variants themselves must be there, or this would check nothing.
sys.exit(bool(faults) or seen["avx2"] < 500 or seen["avx512"] < 500)
