"""How much slower a host's debug build classifies: debug_host.py [--build DIRECTORY] [--model DIRECTORY] ...

Builds host_level.cpp at -O0 and at -O2, runs the two in turn, and prints the best of all rounds of each and their ratio:
one short text (10 tokens), one long text (the model's 512), the long text's tokenizer alone, and loading.
Programs that are there already are not built again."""
import argparse
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEVELS = ("-O0", "-O2")

options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument("--build", type=pathlib.Path, default=ROOT / "build/debug_host", help="where the two programs go")
options.add_argument("--model", type=pathlib.Path, default=ROOT / "models/sst2-mini")
options.add_argument("--compiler", default="g++")
options.add_argument("--flags", default="", help="more flags for both, such as -I for the dependencies")
options.add_argument("--turns", type=int, default=5, help="how often each program runs")
options.add_argument("--rounds", type=int, default=10, help="calls of each kind in a turn, the best of which counts")
asked = options.parse_args()

asked.build.mkdir(parents=True, exist_ok=True)
programs = {level: asked.build / f"host_level{level}" for level in LEVELS}
for level, program in programs.items():
    if not program.exists():
        subprocess.run([asked.compiler, "-std=c++20", level, *asked.flags.split(), f"-I{ROOT}/include", f"-I{ROOT}/tools",
                        ROOT / "bench/pipeline/host_level.cpp", "-o", program], check=True)

best = {level: {} for level in LEVELS}
for _ in range(asked.turns):
    for level, program in programs.items():
        output = subprocess.run([program, asked.model, str(asked.rounds)], check=True, stdout=subprocess.PIPE, text=True).stdout
        for line in output.splitlines():
            name, seconds = line.split()
            best[level][name] = min(float(seconds), best[level].get(name, float("inf")))

print(f"{'':10}{'-O0 ms':>10}{'-O2 ms':>10}{'ratio':>8}")
for name in best["-O0"]:
    slow, fast = best["-O0"][name] * 1e3, best["-O2"][name] * 1e3
    print(f"{name:10}{slow:10.3f}{fast:10.3f}{slow / fast:8.2f}")
