"""Latency against length as SVG: a panel for each number of threads, log-log, readable on light and dark pages."""
from html import escape
from math import log

WIDTH, HEIGHT, LEFT, TOP, GAP = 400, 330, 58, 62, 62
STYLE = '''
  svg { font: 12px system-ui, sans-serif; --ink: #1f2328; --grid: #d1d9e0; --area: #eff2f5;
        --c0: #0969da; --c1: #bc4c00; --c2: #8250df; --c3: #1a7f37; --c4: #6e7781; --c5: #bf3989; --c6: #9a6700 }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e6edf3; --grid: #3d444d; --area: #1c222a;
          --c0: #58a6ff; --c1: #ff9b57; --c2: #bc8cff; --c3: #56d364; --c4: #9198a1; --c5: #ff80c8; --c6: #e3b341 } }
  text { fill: var(--ink) } .grid { stroke: var(--grid) } .area { fill: var(--area) }
  .limit { stroke: var(--ink); stroke-dasharray: 5 4 } .line { fill: none; stroke-width: 1.6 } .ours { stroke-width: 3 }
'''


class Panel:
    """Maps lengths and milliseconds to one panel's pixels."""

    def __init__(self, left, lengths, low, high):
        self.left, self.lengths, self.low, self.high = left, lengths, low, high

    def x(self, length):
        first, last = log(self.lengths[0]), log(self.lengths[-1])
        return self.left + WIDTH * (log(length) - first) / ((last - first) or 1)

    def y(self, ms): return TOP + HEIGHT * (1 - log(ms / self.low) / log(self.high / self.low))

    def points(self, values): return ' '.join(f'{self.x(n):.1f},{self.y(ms):.1f}' for n, ms in values)


def ticks(low, high):
    """1, 2, 5, 10, ... within the range."""
    power = 0.01
    while power <= high:
        yield from (step * power for step in (1, 2, 5) if low <= step * power <= high)
        power *= 10


def series(run, lengths):
    """(name, [(length, ms)]) of each program, ours first."""
    for peer in run['peers'].values():
        name = peer['name'] if peer['weights'] == 'f32' else f'{peer["name"]} {peer["weights"]}'
        yield name, [(n, peer['best_ms'][str(n)]) for n in lengths if str(n) in peer['best_ms']]


def panel(run, lengths, at, low, high):
    p = Panel(at, lengths, low, high)
    bottom, right = TOP + HEIGHT, at + WIDTH
    least = list(zip(lengths, run['limits']['least_ms']))
    out = [f'<text x="{at + WIDTH / 2}" y="{TOP - 10}" text-anchor="middle" font-weight="600">'
           f'{run["threads"]} thread{"s" * (run["threads"] > 1)}</text>',
           f'<polygon class="area" points="{at},{bottom} {p.points(least)} {right},{bottom}"/>']
    for ms in ticks(low, high):
        y = p.y(ms)
        out.append(f'<line class="grid" x1="{at}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
                   f'<text x="{at - 8}" y="{y + 4:.1f}" text-anchor="end">{ms:g}</text>')
    for n in lengths:
        out.append(f'<line class="grid" x1="{p.x(n):.1f}" x2="{p.x(n):.1f}" y1="{TOP}" y2="{bottom}"/>'
                   f'<text x="{p.x(n):.1f}" y="{bottom + 18}" text-anchor="middle">{n}</text>')
    out.append(f'<text x="{at + WIDTH / 2}" y="{bottom + 38}" text-anchor="middle">tokens of the text</text>')
    out.append(f'<polyline class="line limit" points="{p.points(least)}"/>')
    for i, (_, values) in reversed(list(enumerate(series(run, lengths)))):  # ours on top
        ours = ' ours' if i == 0 else ''
        out.append(f'<polyline class="line{ours}" stroke="var(--c{i % 7})" points="{p.points(values)}"/>')
        out += [f'<circle cx="{p.x(n):.1f}" cy="{p.y(ms):.1f}" r="{3.5 if ours else 2.5}" fill="var(--c{i % 7})"/>'
                for n, ms in values]
    return out


# What no program of these weights can be faster than.
LIMITS = {'f32': "the machine's limit", 'int8': 'reading the weights'}


def svg(title, runs, lengths, limit):
    every = [ms for run in runs for _, values in series(run, lengths) for _, ms in values]
    low = min([*every, *(ms for run in runs for ms in run['limits']['least_ms'][:len(lengths)])]) / 1.25
    high = max(every) * 1.25
    width, height = LEFT + len(runs) * (WIDTH + GAP) - 30, TOP + HEIGHT + 50
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
           f'<title>{escape(title)}</title>', f'<style>{STYLE}</style>']
    x = LEFT
    for i, name in enumerate([*(name for name, _ in series(runs[0], lengths)), limit]):
        known = i < len(runs[0]['peers'])
        colour = f'stroke="var(--c{i % 7})"' if known else ''
        out.append(f'<line class="line {"ours" if i == 0 else "" if known else "limit"}" {colour} '
                   f'x1="{x}" x2="{x + 22}" y1="18" y2="18"/><text x="{x + 28}" y="22">{escape(name)}</text>')
        x += 52 + 6.6 * len(name)
    out.append(f'<text transform="translate(14 {TOP + HEIGHT / 2}) rotate(-90)" text-anchor="middle">milliseconds</text>')
    for i, run in enumerate(runs): out += panel(run, lengths, LEFT + i * (WIDTH + GAP), low, high)
    return '\n'.join([*out, '</svg>', ''])
