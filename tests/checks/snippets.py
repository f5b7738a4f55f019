"""Holds README.md and docs/guide/ to the programs: snippets.py ROOT EXAMPLES_DIRECTORY [TOOL]

A ```cpp block stands word for word in one source of examples/, all of which the tests build and run: space at the ends
of lines apart, includes wherever they stand there. A block without a language after <!-- output of examples/NAME.cpp -->
is what that program prints. A command after `$ ` in a ```console block, in a shell where `distilbert` is the tool, prints what follows it, unless
<!-- not run: ... --> stands before the block. So does tools/quickstart.sh of a ```sh block, by the tool it builds.
After <!-- figures of one machine --> words with a digit may differ. A shown line "..." stands for any lines, and "..." at a line's end for any end."""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

root, examples = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
tool = pathlib.Path(sys.argv[3]).resolve() if len(sys.argv) > 3 else None
FENCE = re.compile(r"(?:<!-- (?P<mark>[^\n]*?) -->\n\s*)?```(?P<language>\w*)\n(?P<body>.*?)^```$", re.M | re.S)
sources = {p.relative_to(root).as_posix(): [" ".join(line.split()) for line in p.read_text().splitlines()]
           for p in sorted((root / "examples").rglob("*.[ch]pp"))}
pages = [root / "README.md", *sorted((root / "docs/guide").glob("*.md"))]
faults, compared = [], 0


def stands_in(lines, source):
    includes = {line for line in lines if line.startswith("#include")}
    rest = [line for line in lines if line not in includes and line]
    held = [line for line in source if line]
    return includes <= set(source) and any(held[i:i + len(rest)] == rest for i in range(len(held) - len(rest) + 1))


def matches(shown, printed, figures_too):
    def pattern(line):
        if not figures_too:
            return r"\s+".join(r"\S+" if any(c.isdigit() for c in word) else re.escape(word) for word in line.split()) + "\n"
        return r"(?:[^\n]*\n)*?" if line == "..." else re.escape(line.removesuffix("...")) + ("[^\n]*" if line.endswith("...") else "") + "\n"
    lines = [line.rstrip() for line in shown.splitlines()]
    return re.fullmatch("".join(map(pattern, lines)), "".join(line.rstrip() + "\n" for line in printed.splitlines()))


def run(command, directory):
    done = subprocess.run(command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.stdout.decode(errors="replace") + ("" if done.returncode == 0 else f"exit status {done.returncode}\n")


def compare(where, shown, command, directory, figures_too=True):
    global compared
    compared += 1
    printed = run(command, directory)
    if not matches(shown, printed, figures_too):
        faults.append(f"{where}: shown:\n{shown}printed:\n{printed}")


def program(name):
    found = [p for p in examples.rglob(f"example_{name}*") if p.is_file() and p.stem == f"example_{name}" and p.suffix in ("", ".exe")]
    return found[0] if found else None


with tempfile.TemporaryDirectory() as scratch:
    for name in ("models", "tests", "examples"):  # the root as the tool sees it, where it may write
        (pathlib.Path(scratch) / name).symlink_to(root / name)
    for page in pages:
        text, before = page.read_text(encoding="utf-8"), None
        for block in FENCE.finditer(text):
            mark, language, body = block["mark"] or "", block["language"], block["body"]
            where = f"{page.relative_to(root)}:{text.count(chr(10), 0, block.start('language')) + 1}"
            if language == "cpp":
                compared += 1
                lines = [" ".join(line.split()) for line in body.splitlines()]
                if not any(stands_in(lines, source) for source in sources.values()):
                    faults.append(f"{where}: stands in no program of examples/:\n{body}")
            elif language == "" and (named := re.fullmatch(r"output of examples/(\w+)\.cpp", mark)):
                binary = program(named[1])
                if binary is None:
                    faults.append(f"{where}: no program example_{named[1]} in {examples}")
                else:
                    compare(where, body, [binary], root)
            elif language == "" and before and before["language"] == "sh" and before["body"].startswith("tools/quickstart.sh "):
                if tool:
                    compare(where, body, [tool, "classify", *shlex.split(before["body"])[1:]], scratch)
            elif language == "":
                faults.append(f"{where}: shows output of nobody knows what")
            elif language == "console" and not mark.startswith("not run") and tool:
                for command in re.split(r"^\$ ", body, flags=re.M)[1:]:
                    line, shown = command.split("\n", 1)
                    words = shlex.split(line)
                    command = [tool, *words[1:]]
                    if words[0] != "distilbert" or set(words) & set("|&;>"):
                        command = ["sh", "-c", f'distilbert() {{ {shlex.quote(str(tool))} "$@"; }}; {line}']
                    compare(where, shown, command, scratch, mark != "figures of one machine")
            before = block

print("\n".join(faults) or f"{compared} snippets of {len(pages)} pages")
sys.exit(bool(faults) or compared == 0)
