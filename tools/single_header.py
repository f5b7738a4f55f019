"""Writes the whole library as one file: single_header.py -I DIR [-I DIR]... [--notice FILE]... OUTPUT

The first directory is our include/; the others hold xsimd/ and nlohmann/, whose parts that we use are taken in, under names
of our own, so that a program may have these libraries as well. Each --notice is a licence to go with them."""
import argparse
import pathlib
import re

ROOT = "distilbert/distilbert.hpp"
EXTRAS = ["distilbert/core/thread_pool.hpp", "distilbert/pipeline/save_packed.hpp"]  # public, but not in the umbrella
UMBRELLA = "xsimd.hpp"  # most of xsimd, for targets whose width we do not know otherwise
LIBRARIES = ("distilbert", "nlohmann", "xsimd")
MACRO = "DISTILBERT_SINGLE_"  # opts out of what not every program wants, and guards what had to be written twice
# Warnings about other libraries' code are not for those who include us.
QUIET = ["#if defined(__GNUC__)", "#pragma GCC diagnostic push"]
QUIET += [f'#pragma GCC diagnostic ignored "-W{w}"' for w in ("conversion", "sign-conversion", "pedantic")] + ["#endif"]
LOUD = ["#if defined(__GNUC__)", "#pragma GCC diagnostic pop", "#endif"]

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
HAS_INCLUDE = re.compile(r"__has_include\s*\(\s*<([^>]+)>\s*\)")
DIRECTIVE = re.compile(r"\s*#\s*(if|ifdef|ifndef|elif|else|endif)\b")
FOREIGN = re.compile(r"\b(nlohmann|xsimd|(?:NLOHMANN|INCLUDE_NLOHMANN|JSON|XSIMD)_\w+)\b")


def without_guard(lines):
    """A file's lines without its #pragma once or the classical guard around them."""
    lines = [line for line in lines if not re.match(r"\s*#\s*pragma\s+once\b", line)]
    directives = [i for i, line in enumerate(lines) if re.match(r"\s*#", line)]
    if len(directives) > 2:
        first, second, last = lines[directives[0]], lines[directives[1]], lines[directives[-1]]
        name = re.match(r"\s*#\s*ifndef\s+(\w+)\s*$", first)
        if name and re.match(rf"\s*#\s*define\s+{name[1]}\s*$", second) and re.match(r"\s*#\s*endif\b", last):
            for i in (directives[-1], directives[1], directives[0]):
                del lines[i]
    return lines


def renamed(line):
    """The line with other libraries' names as ours."""
    code, slashes, comment = line.partition("//")
    code = FOREIGN.sub(lambda m: ("DISTILBERT_" if m[1].isupper() else "distilbert_") + m[1], code)
    return code + slashes + comment


class Writer:
    """Writes files where they are included: once, and anew where an earlier place is another branch of an #if."""

    def __init__(self, directories, twice):
        self.directories = directories
        self.twice = twice  # files that a run before this one wrote at more than one place
        self.written = {}  # path: the conditions under which it has been written
        self.conditions = []  # the #if branches that are open
        self.branches = 0
        self.depth = 0  # of files that are not ours
        self.lines = []

    def resolve(self, name, quoted, beside):
        places = ([beside] if quoted else []) + self.directories
        for place in places:
            path = (place / name).resolve()
            for directory in self.directories:
                inside = directory.resolve()
                if path.is_file() and path.is_relative_to(inside) and path.relative_to(inside).parts[0] in LIBRARIES:
                    return path
        return None

    def follow(self, line):
        found = DIRECTIVE.match(line)
        if not found:
            return
        if found[1] in ("endif", "elif", "else"):
            self.conditions.pop()
        if found[1] != "endif":
            self.branches += 1
            self.conditions.append(self.branches)

    def include(self, path):
        before = self.written.setdefault(path, [])
        if path.suffix != ".inl" and any(self.conditions[: len(c)] == c for c in before):
            return
        before.append(list(self.conditions))
        name = next(path.relative_to(d.resolve()) for d in self.directories if path.is_relative_to(d.resolve())).as_posix()
        guard = MACRO + re.sub(r"\W", "_", name).upper()
        own = name.startswith("distilbert/")
        if not own and self.depth == 0:
            self.lines += QUIET
        self.depth += not own
        if path in self.twice:
            self.lines += [f"#ifndef {guard}", f"#define {guard}"]
        self.lines.append(f"// ---- {name}")
        in_comment = False
        for line in without_guard(path.read_text(encoding="utf-8").splitlines()):
            found = None if in_comment else INCLUDE.match(line)
            inner = found and self.resolve(found[2], found[1] == '"', path.parent)
            if inner and inner.name == UMBRELLA:
                self.lines.append('#error "one file serves x86-64, AArch64 and WebAssembly; elsewhere take include/"')
            elif inner:
                self.include(inner)
            elif in_comment:
                self.lines.append(line)
            else:
                self.follow(line)
                line = HAS_INCLUDE.sub(
                    lambda m: str(int(self.resolve(m[1], False, None) is not None))
                    if m[1].split("/")[0] in LIBRARIES else m[0], line)
                self.lines.append(line if line.lstrip().startswith(("/*", "*")) else renamed(line))
            code = line if in_comment else line.partition("//")[0]
            in_comment = code.rfind("/*") > code.rfind("*/") or (in_comment and "*/" not in code)
        if path in self.twice:
            self.lines.append(f"#endif  // {guard}")
        self.depth -= not own
        if not own and self.depth == 0:
            self.lines += LOUD

    def write(self):
        self.include(self.directories[0].resolve() / ROOT)
        for name in EXTRAS:
            # <thread> is dear, and not every target has files to write.
            option = f"{MACRO}NO_{pathlib.Path(name).stem.upper()}"
            self.lines.append(f"#ifndef {option}")
            self.branches += 1
            self.conditions.append(self.branches)
            self.include(self.directories[0].resolve() / name)
            self.conditions.pop()
            self.lines.append(f"#endif  // {option}")
        return self.lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-I", dest="directories", action="append", type=pathlib.Path, required=True)
    parser.add_argument("--notice", action="append", type=pathlib.Path, default=[])
    parser.add_argument("output", type=pathlib.Path)
    options = parser.parse_args()

    first = Writer(options.directories, set())
    first.write()
    twice = {path for path, places in first.written.items() if len(places) > 1 and path.suffix != ".inl"}
    writer = Writer(options.directories, twice)
    body = writer.write()

    root = options.directories[0].resolve()
    config = (root / "distilbert/core/config.hpp").read_text()
    version = re.search(r'DISTILBERT_VERSION_STRING "([^"]+)"', config)[1]
    text = [
        f"// distilbert {version} in one file, made by tools/single_header.py: change the files it is made of, not this one.",
        "// It needs nothing but a C++20 compiler. Not beside <distilbert/...> in one program. Where they are not wanted:",
        *(f"//   #define {MACRO}NO_{pathlib.Path(name).stem.upper()} leaves out {name}" for name in EXTRAS),
        "//",
    ]
    for notice in [root.parent / "LICENSE", *options.notice]:
        text += [f"// {line}".rstrip() for line in notice.read_text(encoding="utf-8").splitlines()] + ["//"]
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text("\n".join([*text, "#pragma once", *body]) + "\n", encoding="utf-8")
    print(f"{options.output}: {len(writer.written)} files, {len(body)} lines")


main()
