"""Compares the logits that a program computes, same_bits.cpp, with same_bits.txt: same_bits.py ROOT COUNT [EMULATOR] PROGRAM

The first COUNT texts are read (COUNT:BYTES: of those not longer; TYPE/COUNT: by weights of this type), by every instruction set with a fused multiply-add that
the program's machine runs."""
import pathlib
import subprocess
import sys

root, count, *program = sys.argv[1:]
root = pathlib.Path(root)
texts = (root / "tests/checks/same_bits.txt").read_text().splitlines()
expected = dict(line.split() for line in texts if not line.startswith("#"))[count]

command = [*program, root / "models/sst2-mini", root / "tests/data/sst2/dev.tsv", *count.rpartition("/")[2].split(":")]
lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
different = [line for line in lines if line.split()[0] != expected]
print("\n".join(lines), f"\nexpected {expected}")
sys.exit(bool(different) or not lines)
