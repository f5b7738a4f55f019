"""What docs/ shows of a comparison: docs/PERFORMANCE.md gets the ratios and the plot of each machine between its
markers, docs/performance/<machine>.md the milliseconds, docs/performance/<machine>.svg the plot."""
import os
import platform
import re
from importlib.metadata import version

import plot
from formula_model import ROOT
from programs import OURS, PEERS, TOKENIZERS

PAGE = ROOT / 'docs/PERFORMANCE.md'
FOLDER = ROOT / 'docs/performance'
END = '<!-- peers: a machine measured for the first time is added above this line -->'


def processor():
    with open('/proc/cpuinfo') as file: text = file.read()
    name = re.search(r'^model name\s*: (.*)$', text, re.M)
    return re.sub(r'\((R|TM)\)', '', name[1] if name else platform.machine()).strip()


def table(head, rows):
    lines = [head, ['---'] * len(head), *rows]
    return '\n'.join('| ' + ' | '.join(map(str, line)) + ' |' for line in lines) + '\n'


class Report:
    def __init__(self, found, options):
        self.found, self.runs = found, found['runs']
        self.lengths, self.options = options.lengths, options
        self.isa = self.runs[0]['isa']
        self.machine = options.machine or f'{processor()}, {os.cpu_count()} CPUs, {self.isa}'
        self.ours, self.kinds = OURS[options.weights], PEERS[options.weights]
        kind = '' if options.weights == 'f32' else f', {options.weights}'
        self.title = self.machine + kind
        self.limit = plot.LIMITS[options.weights]
        self.slug = re.sub(r'[^a-z0-9]+', '-', self.title.lower()).strip('-')
        self.columns = [*map(str, self.lengths)]

    def peers(self, run): return [peer for key, peer in run['peers'].items() if key != self.ours.id]

    def best(self, run, name):
        """The fastest peer's milliseconds."""
        return min(peer['best_ms'][name] for peer in self.peers(run))

    def ratios(self):
        ways = ('sorted 8', 'padded 32', 'one by one')
        rows = []
        for run in self.runs:
            ours = run['peers'][self.ours.id]['best_ms']
            mixed = ours['as it comes']
            row = [run['threads'], *(f'{self.best(run, n) / ours[n]:.2f}' for n in self.columns)]
            row += [f'{min(self.best(run, way) for way in ways) / mixed:.2f}',
                    f'{self.best(run, "sorted 8") / mixed:.2f}']
            if padded := run['peers'].get(self.kinds[0].id): row.append(f'{padded["best_ms"]["padded 32"] / mixed:.2f}')
            rows.append(row)
        return table(['threads', *self.columns, '64 mixed, any way', 'sorted', 'padded ONNX Runtime'], rows)

    def said(self):
        """Where the figures come from."""
        packages = ', '.join([*dict.fromkeys(f'{peer.name} {version(peer.package)}' for peer in self.kinds), f'PyTorch {version("torch")}'])
        held = ''
        if self.options.isa:
            loose = [peer['name'] for peer in self.peers(self.runs[0]) if not peer['held']]
            held = f'Everybody is held to {self.isa}' + (
                f', but for what {", ".join(loose)} find by themselves beside their switches.' if loose else '.') + '\n'
        return (f'{self.found["date"]}, {self.machine}, {platform.system()}; by `{self.options.command}`.\n'
                f'{packages}; {"fp32" if self.options.weights == "f32" else "int8 and bf16, the best of all kinds"}.\n{held}')

    def section(self):
        return (f'### {self.title}\n\n{self.said()}\n'
                f'Best peer / ours, by tokens of the text; last, 64 mixed texts:\n\n{self.ratios()}\n'
                f'![Latency against length](performance/{self.slug}.svg)\n\n'
                f'Every figure: [performance/{self.slug}.md](performance/{self.slug}.md).\n')

    def latency(self, run):
        entries = [(peer['name'], peer) for peer in run['peers'].values()]
        rows = [[name, peer['weights'], *(f'{peer["best_ms"][n]:.2f}' for n in self.columns),
                 f'{peer["worst_error"]:.1e}'] for name, peer in entries]
        least = run['limits']['least_ms']
        rows.append([self.limit, '', *(f'{ms:.2f}' for ms in least[:len(self.columns)]), ''])
        return table(['ms', 'weights', *self.columns, 'largest logit error'], rows)

    def mixed(self, run):
        ways = ('as it comes', 'padded 32', 'sorted 8', 'one by one')
        rows = [[peer['name'], *(f'{64e3 / peer["best_ms"][way]:.1f}' if way in peer['best_ms'] else '' for way in ways)]
                for peer in run['peers'].values()]
        rows.append([self.limit, f'{64e3 / run["limits"]["least_ms"][-1]:.1f}', '', '', ''])
        return table(['texts/s', *ways], rows)

    def memory(self):
        rows = [[peer['name'], f'{peer["load_ms"]:.0f}', f'{peer["resident_bytes"] / 2**20:.0f}',
                 f'{(peer["resident_bytes"] - peer["imports_bytes"]) / 2**20:.0f}']
                for peer in self.runs[0]['peers'].values()]
        return table(['', 'load, ms', 'resident, MiB', 'without interpreter and imports'], rows)

    def tokenizers(self):
        rows = [[entry['name'], f'{entry["ids"]:.1f}', f'{entry["offsets"]:.1f}']
                for entry in self.found['tokenizers'].values()]
        return table(['MB/s of English, one thread', 'ids', 'with offsets'], rows)

    def accuracy(self):
        rows = [[entry['name'], entry['weights'], entry['right'], entry['flips'], f'{entry["mean_change"]:.4f}',
                 f'{entry["largest_change"]:.3f}'] for entry in self.found['accuracy'].values()]
        return table(['of 872', 'weights', 'right', 'labels flipped', 'mean change of a probability', 'largest'], rows)

    def page(self):
        parts = [f'# {self.title}\n\n{self.said()}\n![Latency against length]({self.slug}.svg)\n']
        for run in self.runs:
            limits = run['limits']
            parts.append(f'## {run["threads"]} thread{"s" * (run["threads"] > 1)}\n\n'
                         f'FMA peak {limits["flops"] / 1e9:.0f} GFLOP/s, reads {limits["bytes_per_second"] / 1e9:.1f} GB/s.'
                         f'\n\n{self.latency(run)}\n64 mixed texts:\n\n{self.mixed(run)}')
        parts.append('## Load and memory\n\nOne thread, warm page cache; resident after one text of 128 tokens, '
                     f'pages of mapped files included.\n\n{self.memory()}')
        if 'accuracy' in self.found: parts.append(f'## Accuracy\n\nsst2-mini on SST-2\'s development set, against float64.\n\n{self.accuracy()}')
        if 'tokenizers' in self.found: parts.append(f'## Tokenizer\n\nHugging Face tokenizers {version(TOKENIZERS.package)}.\n\n{self.tokenizers()}')
        return '\n'.join(parts)

    def write(self):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f'{self.slug}.md').write_text(self.page())
        title = f'Latency of one text against its length: {self.title}'
        (FOLDER / f'{self.slug}.svg').write_text(plot.svg(title, self.runs, self.lengths, self.limit))
        begin, end = f'<!-- peers: {self.slug} -->\n', f'<!-- end of {self.slug} -->\n'
        block, text = begin + self.section() + end, PAGE.read_text()
        old = re.compile(re.escape(begin) + '.*?' + re.escape(end), re.S)
        text = old.sub(lambda _: block, text) if old.search(text) else text.replace(END, block + '\n' + END)
        PAGE.write_text(text)
        return FOLDER / f'{self.slug}.md'
