"""Disassembles a program compiled without -m flags: instructions.py PROGRAM

No symbol outside the variants' namespaces may hold an instruction beyond x86-64's baseline: on an older machine it would
end the program, even if the kernels are never called."""
import collections
import re
import subprocess
import sys

VARIANT = re.compile(r"10distilbert7kernels(?:4(avx2)|6(avx512))")  # as the compiler mangles a namespace
# AVX and what follows it by the prefix or the registers; SSE3 to SSE4.2, POPCNT, BMI and their like by name. Not tzcnt:
# compilers write "rep bsf", which every machine reads and a disassembler calls so.
BEYOND = re.compile(
    r"\bv[a-z0-9]+\b(?<!verr)(?<!verw)|%[yz]mm|%k[0-7]\b"
    r"|^(?:addsubp[sd]|hadd\w+|hsub\w+|lddqu|mov(?:d|sh|sl)dup|pshufb|palignr|pabs[bwd]|ph(?:add|sub)\w+|pmaddubsw|pmulhrsw"
    r"|psign[bwd]|p?blend\w+|round[ps][sd]|pmulld|pmuldq|pmov[sz]x\w+|p(?:extr|insr)[bdq]|extractps|insertps|ptest|pcmpeqq"
    r"|pcmpgtq|packusdw|p(?:max|min)(?:s[bd]|u[wd])|mpsadbw|phminposuw|movntdqa|dpp[sd]|pcmp[ei]str[im]|crc32\w?|popcnt\w?"
    r"|lzcnt\w?|andn\w?|bextr\w?|bls(?:i|r|msk)\w?|bzhi\w?|mulx\w?|pdep\w?|pext\w?|rorx\w?|s[ahr][lr]x\w?|shlx\w?|movbe\w?|ad[co]x\w?)\b")

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
