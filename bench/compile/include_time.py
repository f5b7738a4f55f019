"""Seconds of CPU that a unit takes to compile for what it includes, as a table: include_time.py [--rounds N] [-I DIR]... [COMPILER...]

A unit holds one #include and nothing else; but for examples/hello.cpp, which loads a model and labels a text. The lowest of N
rounds, taken in turn."""
import argparse
import pathlib
import resource
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HELLO = (ROOT / "examples/hello.cpp").read_text()
UNITS = {
    "`<string>`, `<vector>`, `<filesystem>`": "#include <filesystem>\n#include <string>\n#include <vector>\n",
    **{f"`distilbert/{name}`": f"#include <distilbert/{name}>\n" for name in (
        "fwd.hpp", "core/result.hpp", "core/thread_pool.hpp", "text/tokenizer.hpp", "io/safetensors.hpp",
        "kernels/kernel_table.hpp", "kernels/dispatch.hpp", "pipeline/text_model.hpp", "distilbert.hpp")},
    "`examples/hello.cpp`": HELLO,
    "`examples/hello.cpp`, the kernels elsewhere": "#define DISTILBERT_KERNELS_ELSEWHERE\n" + HELLO,
    "`distilbert/kernels/compiled.hpp`": "#include <distilbert/kernels/compiled.hpp>\n",
}


def seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("-I", dest="directories", action="append", default=[])
    parser.add_argument("compilers", nargs="*", default=["g++"])
    options = parser.parse_args()
    levels = ["-O0", "-O2"]
    columns = [(compiler, level) for compiler in options.compilers for level in levels]
    best = {}
    with tempfile.TemporaryDirectory() as directory:
        for _ in range(options.rounds):
            for name, text in UNITS.items():
                unit = pathlib.Path(directory) / "unit.cpp"
                unit.write_text(text)
                for compiler, level in columns:
                    command = [compiler, "-std=c++20", level, "-I", str(ROOT / "include"),
                               *[f"-isystem{d}" for d in options.directories], "-c", str(unit), "-o", f"{directory}/unit.o"]
                    spent = seconds(command)
                    best[name, compiler, level] = min(spent, best.get((name, compiler, level), spent))
    print("| unit | " + " | ".join(f"{compiler} {level}" for compiler, level in columns) + " |")
    print("|---|" + "---:|" * len(columns))
    for name in UNITS:
        print(f"| {name} | " + " | ".join(f"{best[name, c, level]:.2f}" for c, level in columns) + " |")


main()
