"""Shows a report in a real browser: report_page_test.py TOOL DEV_SET [SCREENSHOT_DIRECTORY]

A page about hostile, empty, long and foreign texts is laid out by headless Chromium as wide as a phone, where nothing may
stick out, and no text may have become markup or a script, even without the page's own policy against scripts. Light and
dark, text must stand out from what is behind it. Exits with 77 where there is no Chromium."""
import csv
import html
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

tool, dev_set, *shown = sys.argv[1:]
browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if not browser:
    print("SKIPPED: no chromium here")
    sys.exit(77)

HOSTILE = [
    "<script>document.title='taken'; window.taken = true</script> good film",
    "\"><img src=x onerror=\"window.taken=true\"> awful & <b>bold</b>",
    "</blockquote></main></body><h1>Another page</h1>",
    "x" * 900,
    "",
    "Ce film est très beau et les acteurs sont parfaits",
    "😀😀😀 \u202eback to front",
]

PROBE = """
const frame = document.querySelector('iframe');
frame.onload = () => {
  const d = frame.contentDocument, w = frame.contentWindow, out = {};
  out.taken = !!w.taken || !!window.taken;
  out.scripts = d.querySelectorAll('script,img,iframe,link,object').length;
  out.h1 = d.querySelectorAll('h1').length;
  out.overflow = d.documentElement.scrollWidth - d.documentElement.clientWidth;
  out.headings = [...d.querySelectorAll('h2')].map(h => h.textContent);
  out.lang = d.documentElement.lang;
  out.unnamed = [...d.querySelectorAll('svg')].filter(s => !s.getAttribute('aria-label')).length;
  out.captions = [...d.querySelectorAll('table')].filter(t => !t.caption).length;
  out.marks = d.querySelectorAll('mark').length;
  out.focusable = d.querySelectorAll('a[href],summary,[tabindex="0"]').length;
  out.broken_links = [...d.querySelectorAll('a[href]')].filter(a => !d.getElementById(a.getAttribute('href').slice(1))).length;
  const numbers = c => c.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = c => numbers(c).map(x => (x /= 255) <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
      .reduce((sum, x, i) => sum + x * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const paper = w.getComputedStyle(d.body).backgroundColor;
  out.paper = paper;
  out.contrast = Math.min(...['p', '.soft', 'caption', 'td', 'h2', 'summary'].map(s =>
      d.querySelector(s) ? contrast(w.getComputedStyle(d.querySelector(s)).color, paper) : 99));
  const result = document.body.appendChild(document.createElement('pre'));
  result.id = 'result';
  result.textContent = JSON.stringify(out);
};
frame.srcdoc = document.getElementById('page').content.textContent;
"""


def chromium(directory, *options):
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={directory}/profile", "--virtual-time-budget=5000", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def probe(directory, page, scheme):
    # Without its policy, a script in the page would run.
    bare = re.sub(r"<meta http-equiv=[^>]*>", "", page)
    harness = pathlib.Path(directory, "harness.html")
    frame = '<iframe style="width:390px;height:800px;border:0"></iframe>'
    harness.write_text(f'<meta charset="utf-8"><body>{frame}<template id="page">{html.escape(bare)}</template><script>{PROBE}</script>', encoding="utf-8")
    dom = chromium(directory, f"--blink-settings=preferredColorScheme={scheme}", "--dump-dom", harness.as_uri())
    return json.loads(html.unescape(re.search(r'<pre id="result">(.*?)</pre>', dom, re.S)[1]))


with tempfile.TemporaryDirectory() as directory:
    table, target = pathlib.Path(directory, "reviews.csv"), pathlib.Path(directory, "report.html")
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "product", "date", "stars"])
        sentences = [line.split("\t") for line in pathlib.Path(dev_set).read_text().splitlines()[1:]]
        for i, (text, label) in enumerate(sentences):
            rows.writerow([text, ["Lamp", "<i>Chair</i>", "A product with a rather long name, for a phone"][i % 3], f"2026-{i % 9 + 1:02}-{i % 28 + 1:02}", label])
        for text in HOSTILE:
            rows.writerow([text, "<script>taken=1</script>", "no date", "1"])
    subprocess.run([tool, "report", "--input", table, "--group-by", "product", "--time", "date", "--label-column", "stars",
                    "--neutral", "0.35..0.65", "--examples", "10", "--title", "Reviews <of> things", "--output", target], check=True)
    page = target.read_text(encoding="utf-8")
    assert "http:" not in page and "https:" not in page and "url(" not in page, "the page asks something of a network"
    for scheme, paper in ((1, "rgb(255, 255, 255)"), (0, "rgb(20, 24, 29)")):
        got = probe(directory, page, scheme)
        print(got)
        assert not got["taken"] and got["scripts"] == 0 and got["h1"] == 1, "a text has become markup"
        assert got["overflow"] <= 0, "something sticks out of a phone"
        assert got["paper"] == paper, "the colour scheme is not the reader's"
        assert got["contrast"] >= 4.5, "text is hard to read (WCAG 1.4.3)"
        assert got["lang"] == "en" and got["unnamed"] == 0 and got["captions"] == 0 and got["broken_links"] == 0
        assert got["marks"] > 20 and got["focusable"] > 10 and len(got["headings"]) == 9
    for name, options in {"phone": ["--window-size=500,2400"], "dark": ["--window-size=1100,3600", "--blink-settings=preferredColorScheme=0"]}.items():
        picture = pathlib.Path(directory, f"{name}.png")
        chromium(directory, *options, f"--screenshot={picture}", target.as_uri())
        data = picture.read_bytes()
        width, height = struct.unpack(">II", data[16:24])
        assert data[:4] == b"\x89PNG" and width >= 500 and height >= 2400 and len(data) > 20000, f"{name}: nothing is drawn"
        if shown:
            shutil.copy(picture, shown[0])
    if shown:
        shutil.copy(target, shown[0])
