"""Compiles a unit of its own for every public header: headers.py COMPILER INCLUDE_DIRECTORY FLAGS..."""
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

compiler, include, *flags = sys.argv[1:]
WARNINGS = ["-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-fsyntax-only"]
headers = sorted(p.relative_to(include).as_posix() for p in pathlib.Path(include).rglob("*.hpp"))


def compile_alone(header, directory):
    unit = pathlib.Path(directory) / (header.replace("/", "_") + ".cpp")
    # Twice, since a header must bear that; and with nothing before it.
    unit.write_text(f"#include <{header}>\n#include <{header}>\nint main() {{}}\n")
    done = subprocess.run([compiler, *WARNINGS, *flags, unit], capture_output=True, text=True)
    return "" if done.returncode == 0 else f"{header}\n{done.stderr}"


with tempfile.TemporaryDirectory() as directory, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    tasks = [pool.submit(compile_alone, header, directory) for header in headers]
    faults = [t.result() for t in tasks if t.result()]
print("\n".join(faults) or f"{len(headers)} headers")
sys.exit(bool(faults) or len(headers) < 20)
