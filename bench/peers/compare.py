"""Runs the peers and us in turn, checks what they answer, and prints how they compare."""
import json
import sys
import time

import accuracy
from programs import OURS, PEERS, TOKENIZERS, start

# float32 rounding alone moves these logits by about 1e-5; a wrong mask, order or precision moves them by over 1e-2.
TOLERANCE = {'f32': 1e-3, 'int8': float('inf')}  # of fewer bits, the error is a result


def error_of(answer, case):
    return max(abs(x - y) for got, want in zip(answer['logits'], case.logits, strict=True)
               for x, y in zip(got, want, strict=True))


class Comparison:
    """One number of threads: all programs, started; `results` is what run() finds, ready for JSON."""

    def __init__(self, options, threads, cases):
        self.options, self.cases = options, cases
        ours, peers = OURS[options.weights], PEERS[options.weights]
        self.ours = ours
        known = [ours, *(peer for peer in peers if peer.key in options.peers)]
        self.programs = [start(peer, threads, options.model, options.tool, options.environment, options.isa)
                         for peer in known]
        self.results = {'threads': threads, 'isa': self.programs[0].hello['isa'], 'peers': {
            p.peer.id: {'name': p.peer.name, 'weights': p.peer.weights, 'load_ms': p.hello['load_ms'],
                        'imports_bytes': p.hello.get('imports_bytes', 0), 'held': p.hello.get('held', True),
                        'worst_error': 0.0, 'best_ms': {}}
            for p in self.programs}}

    def entry(self, program): return self.results['peers'][program.peer.id]

    def ways(self, program, case):
        """Name and batches of each way in which a program takes a case."""
        return [(name, batches) for name, batches, who in case.ways if (program.peer is self.ours) in who]

    def memory(self):
        """Resident memory after one text of 128 tokens."""
        for program in self.programs:
            program.ask(batches=[[[101] + [2003] * 126 + [102]]])
            self.entry(program)['resident_bytes'] = program.resident_bytes

    def check(self, case):
        for program in self.programs:
            for name, batches in self.ways(program, case):
                worst = error_of(program.ask(batches=batches), case.in_order(name))
                self.entry(program)['worst_error'] = max(self.entry(program)['worst_error'], worst)
                if not worst < TOLERANCE[self.options.weights]:
                    sys.exit(f'{program.peer.id}, {name}: its logits are off by {worst:g}, more than {TOLERANCE[self.options.weights]:g}')

    def time(self, case):
        for turn in range(case.rounds(self.options.rounds)):
            at = turn % len(self.programs)  # nobody is always first
            for program in self.programs[at:] + self.programs[:at]:
                for name, batches in self.ways(program, case):
                    ms = min(program.ask(batches=batches, milliseconds=self.options.turn_ms, warm_up=case.warm_up)['ms'])
                    best = self.entry(program)['best_ms']
                    best[name] = min(best.get(name, ms), ms)

    def limits(self):
        """What the machine does at most: the best that was ever seen."""
        found = self.programs[0].ask(limits=[case.lengths for case in self.cases])
        best = self.results.setdefault('limits', found)
        for key in ('flops', 'bytes_per_second'): best[key] = max(best[key], found[key])
        # Integers are not bound by the FMA peak: for them it is what reading the weights takes.
        counted = self.options.weights == 'f32'
        best['least_ms'] = [1e3 * max(counted * work['flop'] / best['flops'], work['bytes'] / best['bytes_per_second'])
                            for work in best['work']]

    def run(self):
        self.memory()
        heading(self.programs)
        for case in self.cases:
            self.limits()
            self.check(case)
            self.time(case)
            show(case, self.programs, self.results, self.ours)
        for program in self.programs: program.end()
        return self.results


def heading(programs):
    print(f'\n{"ms":>10}' + ''.join(f'{p.peer.id:>18}' for p in programs) + f'{"best / ours":>14}', flush=True)


def show(case, programs, results, us):
    """A line for each way of a case: every program's milliseconds, and the ratio to ours in brackets."""
    ours = min(ms for name, ms in results['peers'][us.id]['best_ms'].items() if name in case.names)
    for name in case.names:
        line, peers = f'{name:>10}', []
        for program in programs:
            ms = results['peers'][program.peer.id]['best_ms'].get(name)
            if ms is None: cell = ''
            elif program.peer is us: cell = f'{ms:.2f}'
            else:
                cell = f'{ms:.2f} ({ms / ours:.2f})'
                peers.append(ms)
            line += f'{cell:>18}'
        print(line + (f'{min(peers) / ours:>14.2f}' if peers else ''), flush=True)


def compare_tokenizers(options, sentences):
    """Megabytes of English a second on one thread: SST-2's sentences, one by one for us, as one batch for them."""
    programs = [start(peer, 1, options.model, options.tool, options.environment, options.isa)
                for peer in (OURS['f32'], TOKENIZERS)]
    size = sum(len(text.encode()) for text in sentences)
    ids = [program.ask(tokenize=sentences)['ids'] for program in programs]
    if ids[0] != ids[1]: sys.exit('the tokenizers disagree')
    found = {p.peer.id: {'name': p.peer.name} for p in programs}
    for offsets in (False, True):
        for _ in range(options.rounds):
            for program in programs:
                ms = min(program.ask(tokenize=sentences, offsets=offsets, milliseconds=options.turn_ms)['ms'])
                rate, key = size / ms / 1e3, 'offsets' if offsets else 'ids'
                entry = found[program.peer.id]
                entry[key] = max(entry.get(key, 0), rate)
    for program in programs: program.end()
    print('\ntokenizers, MB/s, ids alone and with offsets:')
    for entry in found.values(): print(f'  {entry["name"]:<26}{entry["ids"]:8.1f}{entry["offsets"]:8.1f}', flush=True)
    return found


def run(options, cases, sentences):
    """Everything, as one JSON value."""
    found = {'date': time.strftime('%Y-%m-%d'), 'runs': []}
    for threads in options.threads:
        print(f'\n{threads} thread{"s" * (threads > 1)}, best of {options.rounds} rounds')
        found['runs'].append(Comparison(options, threads, cases).run())
    if options.weights == 'int8': found['accuracy'] = accuracy.compare(options)
    if options.tokenizers: found['tokenizers'] = compare_tokenizers(options, sentences)
    return found
