#!/usr/bin/env python3
"""A file of many short texts through `distilbert classify`, against the engine alone on the same texts.

    python3 bench/batch/run.py [--tool build/tools/distilbert] [--texts 1000000] [--threads 2] [--model DIR]

Texts are sentences of SST-2's dev set, each with words swapped, dropped or taken from another (seeded). The engine's rate
is `distilbert bench --batch` on the first 20,000 of them: texts in memory, tokenizer included, no reading and no writing.
Both run in turn, round by round; the best rate of each counts. Peak memory is the tool's, as the system counts it.
"""
import argparse
import datetime
import json
import os
import pathlib
import random
import resource
import subprocess
import tempfile
import time

root = pathlib.Path(__file__).resolve().parents[2]
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--tool", default=root / "build/tools/distilbert")
parser.add_argument("--model", default=root / "models/sst2-mini")
parser.add_argument("--texts", type=int, default=1_000_000)
parser.add_argument("--engine-texts", type=int, default=20_000, help="texts for the engine alone")
parser.add_argument("--rounds", type=int, default=1)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--gzip", action="store_true", help="pack input and output")
arguments = parser.parse_args()


def mutated(sentences, random):
    words = random.choice(sentences).split()
    for _ in range(random.randrange(3)):
        i, kind = random.randrange(len(words)), random.randrange(3)
        if kind == 0 and len(words) > 1:
            del words[i]
        elif kind == 1:
            j = random.randrange(len(words))
            words[i], words[j] = words[j], words[i]
        else:
            words[i] = random.choice(random.choice(sentences).split())
    return " ".join(words)


def run(*command):
    """Seconds, output and peak bytes of a command."""
    begin = time.monotonic()
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen([os.fspath(part) for part in command], stdout=out)
        _, status, usage = os.wait4(child.pid, 0)
        assert status == 0, command
        out.seek(0)
        return time.monotonic() - begin, out.read().decode(), usage.ru_maxrss * 1024


lines = (root / "tests/data/sst2/dev.tsv").read_text(encoding="utf-8").splitlines()[1:]
sentences = [line.split("\t")[0].strip() for line in lines]
generator = random.Random(1)
with tempfile.TemporaryDirectory() as folder:
    all_texts, some_texts = pathlib.Path(folder, "all.jsonl"), pathlib.Path(folder, "some.jsonl")
    with open(all_texts, "w", encoding="utf-8") as file, open(some_texts, "w", encoding="utf-8") as some:
        for i in range(arguments.texts):
            line = json.dumps({"id": i, "text": mutated(sentences, generator)}) + "\n"
            file.write(line)
            if i < arguments.engine_texts:
                some.write(line)
    size = all_texts.stat().st_size
    ending = ""
    if arguments.gzip:
        subprocess.run(["gzip", all_texts], check=True)
        ending = ".gz"
    output = pathlib.Path(folder, "out.jsonl" + ending)
    same = ["--model", arguments.model, "--threads", str(arguments.threads)]
    engine, tool, memory = [], [], []
    for _ in range(arguments.rounds):
        report = json.loads(run(arguments.tool, "bench", "--batch", some_texts, "--rounds", "1", "--output-format", "json", *same)[1])[0]
        engine.append(report["texts_per_second"])
        seconds, _, peak = run(arguments.tool, "classify", "--input", str(all_texts) + ending, "--keep-columns", "--output", output, *same)
        tool.append(arguments.texts / seconds)
        memory.append(peak)
    with subprocess.Popen(["gzip", "-dcf", output], stdout=subprocess.PIPE) as answers:
        assert sum(1 for _ in answers.stdout) == arguments.texts
print(f"{datetime.date.today()}, {arguments.texts:,} texts, {size / 1e6:.0f} MB of jsonl{' in gzip' * arguments.gzip}, "
      f"{report['isa']}, {report['weights']}, {arguments.threads} threads, {pathlib.Path(arguments.model).name}")
print(f"engine alone  {max(engine):8.0f} texts a second")
print(f"classify      {max(tool):8.0f} texts a second, loading the model included: {max(tool) / max(engine):.1%}")
print(f"peak memory   {max(memory) / 2**20:8.0f} MiB")
