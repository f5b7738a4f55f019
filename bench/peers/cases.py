"""What is timed: one text of each length, and 64 mixed texts; with the logits that must come out."""
import gzip
import json

import formula_model
from formula_model import ROOT

US, THEM = True, False


class Case:
    """Texts of ids, and the ways in which they are handed over: (name, batches, by whom)."""

    def __init__(self, ways, order, logits, warm_up, most_rounds):
        self.ways = ways
        self.names = [name for name, _, _ in ways]
        self.order, self._logits, self.warm_up, self.most_rounds = order, logits, warm_up, most_rounds

    @property
    def lengths(self):
        """Tokens of each text."""
        return [len(text) for batch in self.ways[0][1] for text in batch]

    def rounds(self, asked): return min(asked, self.most_rounds)

    def in_order(self, name):
        """The case with its logits in the order of that way's texts."""
        self.logits = [self._logits[i] for i in self.order[name]]
        return self


def length_cases(lengths):
    """One text of each length, out of the goldens: their logits are known in float64."""
    lines = gzip.decompress((formula_model.GOLDENS / 'golden.jsonl.gz').read_bytes()).decode().splitlines()
    known = {len(golden['ids']): golden for golden in map(json.loads, lines)}
    for n in lengths:
        if n not in known: raise SystemExit(f'--lengths: expected some of {sorted(known)}, found {n}')
        yield Case([(str(n), [[known[n]['ids']]], (US, THEM))], {str(n): [0]}, [known[n]['f64']], True, 1000)


def sentences():
    """SST-2's dev set."""
    lines = (ROOT / 'tests/data/sst2/dev.tsv').read_text(encoding='utf-8').splitlines()[1:]
    return [line.split('\t')[0] for line in lines]


def mixed_case(model):
    """64 sentences spread over the dev set, as they come for us; padded and sorted as peers like it."""
    chosen = model / 'mixed.json'
    if not chosen.exists():
        from tokenizers import BertWordPieceTokenizer
        tokenizer = BertWordPieceTokenizer(str(model / 'hub/vocab.txt'), lowercase=True)
        everything = sentences()
        ids = [tokenizer.encode(everything[i * len(everything) // 64]).ids for i in range(64)]
        chosen.write_text(json.dumps({'ids': ids, 'logits': formula_model.reference_logits(model / 'hub', ids)}))
    known = json.loads(chosen.read_text())
    ids, all_texts = known['ids'], list(range(64))
    by_length = sorted(all_texts, key=lambda i: len(ids[i]))

    def batches(order, size): return [[ids[i] for i in order[at:at + size]] for at in range(0, 64, size)]
    return Case([('as it comes', batches(all_texts, 64), (US,)), ('padded 32', batches(all_texts, 32), (THEM,)),
                 ('sorted 8', batches(by_length, 8), (THEM,)), ('one by one', batches(all_texts, 1), (THEM,))],
                {'as it comes': all_texts, 'padded 32': all_texts, 'sorted 8': by_length, 'one by one': all_texts},
                known['logits'], False, 3)
