"""What fewer bits cost: the peers and us on sst2-mini and SST-2's development set, against the float64 goldens."""
import gzip
import json
import math

import formula_model
from formula_model import ROOT
from programs import OURS, PEERS, start


def goldens():
    lines = gzip.decompress((ROOT / 'tests/data/models/sst2-mini/golden_dev.jsonl.gz').read_bytes()).decode().splitlines()
    labels = [int(line.split('\t')[1]) for line in (ROOT / 'tests/data/sst2/dev.tsv').read_text().splitlines()[1:]]
    return [json.loads(line) for line in lines], labels


def positive(logits): return 1 / (1 + math.exp(logits[0] - logits[1]))


def compare(options):
    """By peer: right answers, labels that are not float64's, mean and largest change of the probability."""
    model = options.model.parent / 'sst2-mini'
    formula_model.write_all(model, formula_model.copy_sst2_mini, integers=True)
    known, labels = goldens()
    found = {}
    for peer in (OURS[options.weights], *(p for p in PEERS[options.weights] if p.key in options.peers)):
        program = start(peer, 1, model, options.tool, options.environment, options.isa)
        logits = program.ask(batches=[[golden['ids']] for golden in known])['logits']
        program.end()
        changes = [abs(positive(x) - positive(golden['f64'])) for x, golden in zip(logits, known, strict=True)]
        found[peer.id] = {
            'name': peer.name, 'weights': peer.weights,
            'right': sum((x[1] > x[0]) == (label == 1) for x, label in zip(logits, labels, strict=True)),
            'flips': sum((x[1] > x[0]) != (g['f64'][1] > g['f64'][0]) for x, g in zip(logits, known, strict=True)),
            'mean_change': sum(changes) / len(changes), 'largest_change': max(changes)}
        print(f'  {peer.id:<20} right {found[peer.id]["right"]}, flips {found[peer.id]["flips"]}, '
              f'mean change {found[peer.id]["mean_change"]:.4f}, largest {found[peer.id]["largest_change"]:.3f}', flush=True)
    return found
