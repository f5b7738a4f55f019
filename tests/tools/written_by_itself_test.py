"""Holds completions and manual page against the help of every command: written_by_itself_test.py TOOL SHARE"""
import pathlib
import re
import shutil
import subprocess
import sys

tool, share = sys.argv[1], pathlib.Path(sys.argv[2])


def ask(*arguments):
    return subprocess.run([tool, *arguments], capture_output=True, text=True, check=True).stdout


def options_of(text):
    """What a help text lists: names of options, at the beginning of its lines."""
    return {name for line in text.splitlines() if re.match(r"  -", line)
            for name in re.findall(r"(?<![\w-])--?[A-Za-z][\w-]*", line[:re.search(r"(?<=\S)\s{2,}|$", line[2:]).start() + 2].split(" ...")[0])}


program_help = ask("--help")
commands = re.findall(r"^  (\w+) ", program_help.split("Subcommands:")[1], re.M)
assert len(commands) >= 6, commands
written = {"bash": "bash-completion/completions/distilbert", "zsh": "zsh/site-functions/_distilbert",
           "fish": "fish/vendor_completions.d/distilbert.fish"}
scripts = {shell: ask("completions", shell) for shell in written}
manual = ask("manual")
for shell, path in written.items():
    assert (share / path).read_text() == scripts[shell], f"{path} is not what the program writes"
assert (share / "man/man1/distilbert.1").read_text() == manual

sections = dict(re.findall(r"^\.SS (\w+)\n(.*?)(?=^\.S[SH])", manual.replace("\\-", "-"), re.M | re.S))
for command in commands:
    names = options_of(ask(command, "--help"))
    assert "--help" in names and "-h" in names and len(names) > 4, (command, names)
    words = re.search(rf"^ +'?{command}'?\) words='(.*)' ;;$", scripts["bash"], re.M).group(1).split()
    assert set(words) == names, ("bash", command, set(words) ^ names)
    found = set(re.findall(r"\\fB(-[\w-]+)\\fR", sections[command]))
    assert found == names, ("manual", command, found ^ names)
    block = re.search(rf"^    {command}\)\n(.*?)^      ;;", scripts["zsh"], re.M | re.S).group(1)
    found = set(re.findall(r"^ +'?(?:\([^)]*\)'\{)?(--?[\w-]+)", block, re.M)) | set(re.findall(r"[{,](--?[\w-]+)(?=[,}])", block))
    assert found == names, ("zsh", command, found ^ names)
    found = set()
    for line in scripts["fish"].splitlines():
        if f"'__fish_seen_subcommand_from {command}'" in line:
            found |= {"--" + n for n in re.findall(r" -l ([\w-]+)", line.split(" -d ")[0])}
            found |= {"-" + n for n in re.findall(r" -s (\w)", line.split(" -d ")[0])}
    assert found == names, ("fish", command, found ^ names)

for shell in written:
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=scripts[shell], text=True, check=True)
    else:
        print(f"{shell} is not installed: its completions are not parsed by it")

# As bash asks: what can come after these words?
for words, expected in (["cl"], "classify"), (["classify", "--keep"], "--keep-columns"), (["classify", "--on-error", "s"], "skip"):
    script = scripts["bash"] + f"""
COMP_WORDS=(distilbert {' '.join(words)}); COMP_CWORD={len(words)}; _distilbert; printf '%s\\n' "${{COMPREPLY[@]}}\""""
    found = subprocess.run(["bash", "-c", script], capture_output=True, text=True).stdout.split()
    assert expected in found, (words, found)

if shutil.which("man"):
    got = subprocess.run(["man", "--warnings", "-l", "-"], input=manual, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANROFFOPT": "-ww"})
    assert got.returncode == 0 and not got.stderr, got.stderr
