"""Runs the tool in a terminal of its own: terminal_test.py TOOL DATA"""
import os
import pty
import subprocess
import sys
import tempfile

tool, data = sys.argv[1], sys.argv[2]
model = data + "/models/tiny-three-labels"


def run(arguments, terminal, **environment):
    """What the tool writes to `terminal` ("stdout" or "stderr"), and the other one, a pipe."""
    ours, theirs = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")} | {"TERM": "xterm"} | environment
    other = "stderr" if terminal == "stdout" else "stdout"
    with tempfile.TemporaryFile() as piped:
        child = subprocess.Popen([tool, *arguments], stdin=subprocess.DEVNULL, env=env, **{terminal: theirs, other: piped})
        os.close(theirs)
        shown = b""
        try:
            while block := os.read(ours, 65536):
                shown += block
        except OSError:
            pass  # the other end is closed
        os.close(ours)
        assert child.wait() == 0
        piped.seek(0)
        return shown, piped.read()


text = ["classify", "--model", model, "a text"]
bold = run(text, "stdout")[0]
assert bold.startswith(b"\x1b[1m") and b"\x1b[0m\t0." in bold, bold
plain = bold.replace(b"\x1b[1m", b"").replace(b"\x1b[0m", b"")
assert run(text, "stdout", NO_COLOR="1")[0] == plain
assert run(text, "stdout", TERM="dumb")[0] == plain
assert run(text, "stdout", NO_COLOR="")[0] == bold
assert run(text, "stderr")[1] == plain.replace(b"\r\n", b"\n")

words = ["explain", "--model", model, "a text of words"]
assert b"\t\x1b[1;31ma\x1b[0m text of words" in run(words, "stdout")[0]
assert b"\x1b" not in run(words, "stdout", NO_COLOR="1")[0] and b"\x1b" not in run(words, "stderr")[1]

# Long enough that the line is drawn: it is at most five times a second.
with tempfile.TemporaryDirectory() as directory:
    name = directory + "/texts.txt"
    with open(name, "w") as file:
        file.writelines("a text that is one of many, number %d\n" % i for i in range(60000))
    shown, answers = run(["tokenize", "--model", model, "--input", name], "stderr")
    assert answers.count(b"\n") == 60000
    if shown:  # a machine may be too fast
        assert shown.startswith(b"\r\x1b[K[") or shown.startswith(b"["), shown[:80]
        assert b" texts, " in shown and b" a second" in shown and shown.endswith(b"\r\x1b[K"), shown[-200:]
    shown, _ = run(["classify", "--model", model, "--input", data + "/sst2/dev.tsv"], "stdout")
    assert b" a second" not in shown
