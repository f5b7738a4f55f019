"""Accuracy of ways to compute a DistilBERT in 8 bits: int8_schemes.py [--texts FILE] [SCHEME ...]

    pip install torch numpy safetensors transformers

Simulates each scheme's integers exactly (torch._int_mm) and prints, against the float64 goldens of tests/data/models:
labels right and flipped, mean and largest change of the probability on SST-2's development set; the same changes on
texts unlike it, against f32, made from the sentences of FILE (SST-2's train.tsv: "sentence<TAB>label" lines): long
reviews of up to 512 tokens, and tweets' noise; the worst error of a logit of the full-size formula model, as a part of
the logits' standard deviation. docs/ACCURACY.md has the table and says what follows from it.
"""
import argparse
import gzip
import json
import math
import random
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / 'tests/data/models'
MINI = ROOT / 'models/sst2-mini'
AFTER_NORM = ('q_lin', 'k_lin', 'v_lin', 'lin1')


@dataclass
class Scheme:
    """How the inputs of linear layers and their weights become integers. Everything else stays f32."""
    top: int = 255            # activations are 0..top, or -top..top
    signed: bool = False      # symmetric about 0; otherwise between a block's least and greatest, 0 exact
    weight: int = 127         # weights are -weight..weight
    pair: int = 0             # limit of the sum of two neighbours of the same sign; 0: none
    block: int = 0            # k that share a scale; 0: all
    smooth: bool = False      # columns scaled by what the layer norm before them tells (SmoothQuant without data)
    outliers: int = 0         # columns behind a layer norm that stay f32, those with the largest gamma and beta
    words: tuple = ()         # layers whose activations have 16 bits: two products
    embeddings: bool = False  # word embeddings in 8 bits, a scale for each row


SCHEMES = {
    's8 x s8, rows': Scheme(top=127, signed=True),
    'u8 x s8, rows': Scheme(),
    'u8 x s7, rows': Scheme(weight=63),
    'u7 x s8, rows': Scheme(top=127),
    'u8 x s8 pairs, rows': Scheme(pair=128),
    'u8 x s8 pairs, rows, lin2 16 bits': Scheme(pair=128, words=('lin2',)),
    'u8 x s8 pairs, rows, smoothed': Scheme(pair=128, smooth=True),
    'u8 x s8 pairs, rows, 8 columns f32': Scheme(pair=128, outliers=8),
    'u8 x s8 pairs, 384': Scheme(pair=128, block=384),
    'u8 x s8 pairs, 256': Scheme(pair=128, block=256),
    'u8 x s8 pairs, 192': Scheme(pair=128, block=192),
    'u8 x s8 pairs, 128': Scheme(pair=128, block=128),
    'u8 x s8 pairs, 64': Scheme(pair=128, block=64),
    'u8 x s7, 192': Scheme(weight=63, block=192),
    'u7 x s8, 192': Scheme(top=127, block=192),
    'u8 x s8 pairs, 128, embeddings s8': Scheme(pair=128, block=128, embeddings=True),  # what the kernels compute
}


class Model:
    def __init__(self, weights, layers=6, heads=12):
        self.weights = {name: w.float() for name, w in weights.items()}
        self.layers, self.heads = layers, heads
        self.dim = self.weights['pre_classifier.weight'].shape[1]

    def linear(self, name): return self.weights[name + '.weight'], self.weights[name + '.bias']

    def norm_before(self, name):
        """The layer norm whose output is the input of the linear layer `name`; None for out_lin and lin2."""
        layer, kind = name.split('.')[3], name.split('.')[-1]
        if kind == 'lin1': return f'distilbert.transformer.layer.{layer}.sa_layer_norm'
        if kind not in AFTER_NORM: return None
        return f'distilbert.transformer.layer.{int(layer) - 1}.output_layer_norm' if layer != '0' \
            else 'distilbert.embeddings.LayerNorm'


def quantise_weights(w, scheme):
    """[n, blocks, block] floats to integers and one scale for each output and block."""
    scale = w.abs().amax(-1) / scheme.weight
    if scheme.pair:
        halves = w.view(*w.shape[:-1], -1, 2)
        together = torch.maximum(halves.clamp(min=0).sum(-1).amax(-1), (-halves).clamp(min=0).sum(-1).amax(-1))
        scale = torch.maximum(scale, together / (scheme.pair - 1))  # rounding adds up to 1
    scale = torch.where(scale == 0, torch.ones_like(scale), scale)
    return torch.round(w / scale[..., None]), scale


def quantise_rows(x, scheme):
    """[rows, blocks, block] floats to integers about zero and one scale for each row and block."""
    if scheme.signed:
        scale = (x.abs().amax(-1, keepdim=True) / scheme.top).clamp(min=1e-30)
        return torch.round(x / scale), scale, None
    low, high = x.amin(-1, keepdim=True).clamp(max=0), x.amax(-1, keepdim=True).clamp(min=0)
    scale = ((high - low) / scheme.top).clamp(min=1e-30)
    zero = torch.round(-low / scale)
    return (torch.round(x / scale) + zero).clamp(0, scheme.top), scale, zero


def multiply(a, w):
    """Integers of up to 9 bits by integers of 8, exactly: [rows, block] x [n, block]."""
    shift = 128 if a.max() > 127 else 0
    sums = torch._int_mm((a - shift).to(torch.int8).contiguous(), w.to(torch.int8).contiguous().t()).float()
    return sums + shift * w.sum(-1)


class Quantised:
    """The linear layers of a model in one scheme."""

    def __init__(self, model, scheme):
        self.model, self.scheme, self.layers = model, scheme, {}

    def columns(self, name, w):
        """What each column of the input is divided by, and which columns stay f32."""
        norm, scale, kept = self.model.norm_before(name), torch.ones(w.shape[1]), []
        if norm:
            gamma, beta = self.model.linear(norm)
            size = (gamma ** 2 + beta ** 2).sqrt()
            if self.scheme.smooth:
                scale = (size.clamp(min=size.median() / 100) / w.abs().amax(0).clamp(min=1e-6)).sqrt()
                scale = scale / scale.median()
            kept = size.argsort(descending=True)[:self.scheme.outliers].tolist()
        return scale, kept

    def prepare(self, name):
        if name not in self.layers:
            w, bias = self.model.linear(name)
            scale, kept = self.columns(name, w)
            rest = w * scale
            rest[:, kept] = 0
            block = self.scheme.block or w.shape[1]
            self.layers[name] = (w, bias, scale, kept, block,
                                 [quantise_weights(part, self.scheme) for part in rest.split(block, 1)])
        return self.layers[name]

    def __call__(self, name, x):
        w, bias, column_scale, kept, block, parts = self.prepare(name)
        rows = x.reshape(-1, x.shape[-1])
        y = bias + rows[:, kept] @ w[:, kept].t() if kept else bias.expand(len(rows), -1)
        rows = rows / column_scale
        rows[:, kept] = 0
        for part, (weights, weight_scale) in zip(rows.split(block, 1), parts):
            if name.split('.')[-1] in self.scheme.words:
                scale = (part.abs().amax(-1, keepdim=True) / 32512).clamp(min=1e-30)
                q = torch.round(part / scale)
                high = torch.floor((q + 128) / 256)
                y = y + (256 * multiply(high, weights) + multiply(q - 256 * high, weights)) * scale * weight_scale
            else:
                q, scale, zero = quantise_rows(part, self.scheme)
                sums = multiply(q, weights)
                if zero is not None: sums = sums - zero * weights.sum(-1)
                y = y + sums * scale * weight_scale
        return y.view(*x.shape[:-1], -1)


def forward(model, linear, words, ids, mask):
    """Logits of a padded batch. Source: transformers modeling_distilbert.py."""
    norm = lambda x, name: torch.nn.functional.layer_norm(x, (model.dim,), *model.linear(name), 1e-12)
    embeddings = 'distilbert.embeddings.'
    x = norm(words[ids] + model.weights[embeddings + 'position_embeddings.weight'][:ids.shape[1]],
             embeddings + 'LayerNorm')
    texts, seq = ids.shape
    head_dim = model.dim // model.heads
    for i in range(model.layers):
        layer = f'distilbert.transformer.layer.{i}.'
        q, k, v = (linear(layer + 'attention.' + part, x).view(texts, seq, model.heads, head_dim).transpose(1, 2)
                   for part in ('q_lin', 'k_lin', 'v_lin'))
        scores = q @ k.transpose(-1, -2) / math.sqrt(head_dim) + (1 - mask)[:, None, None, :] * -1e9
        context = (torch.softmax(scores, -1) @ v).transpose(1, 2).reshape(texts, seq, model.dim)
        x = norm(linear(layer + 'attention.out_lin', context) + x, layer + 'sa_layer_norm')
        hidden = torch.nn.functional.gelu(linear(layer + 'ffn.lin1', x))
        x = norm(linear(layer + 'ffn.lin2', hidden) + x, layer + 'output_layer_norm')
    dense = torch.nn.functional.linear
    return dense(torch.relu(dense(x[:, 0], *model.linear('pre_classifier'))), *model.linear('classifier'))


@torch.inference_mode()
def run(model, texts, scheme, tokens=2048):
    """Logits [texts, 2] of lists of ids."""
    words = model.weights['distilbert.embeddings.word_embeddings.weight']
    linear = lambda name, x: torch.nn.functional.linear(x, *model.linear(name))
    if scheme:
        linear = Quantised(model, scheme)
        if scheme.embeddings:
            step = words.abs().amax(-1, keepdim=True) / 127
            words = torch.round(words / step.clamp(min=1e-30)) * step
    logits = np.empty((len(texts), 2))
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    while order:
        batch = [order.pop()]
        while order and (len(batch) + 1) * len(texts[batch[0]]) <= tokens: batch.append(order.pop())
        ids = torch.zeros(len(batch), len(texts[batch[0]]), dtype=torch.long)
        mask = torch.zeros(ids.shape)
        for row, i in enumerate(batch):
            ids[row, :len(texts[i])] = torch.tensor(texts[i])
            mask[row, :len(texts[i])] = 1
        logits[batch] = forward(model, linear, words, ids, mask).numpy()
    return logits


def goldens(path): return [json.loads(line) for line in gzip.open(path, 'rt', encoding='utf-8')]


def other_texts(path):
    """Long reviews and tweets' noise from labelled sentences; always the same ones."""
    rng = random.Random(7)
    sentences = {'0': [], '1': []}
    for line in Path(path).read_text(encoding='utf-8').splitlines()[1:]:
        text, label = line.split('\t')
        if len(text.split()) >= 8: sentences[label].append(text.strip())
    reviews, tweets = [], []
    for _ in range(60):
        label = rng.choice('01')
        reviews.append(' '.join(rng.choice(sentences[label if rng.random() < 0.75 else '10'[int(label)]]).capitalize()
                                for _ in range(rng.choice([4, 8, 12, 16, 20]))))
    noise = ('@user #fail #nofilter lol omg !!! 😂😂 http://t.co/xYz12 smh soooo idk 2nite ... ¯\\_(ツ)_/¯ &amp; w/ gr8 '
             '<3 :( :) WTF 💯 ngl tbh').split()
    for _ in range(240):
        words = rng.choice(sentences[rng.choice('01')]).split()[:rng.randint(4, 24)]
        for _ in range(rng.randint(1, 6)): words.insert(rng.randint(0, len(words)), rng.choice(noise))
        tweets.append(' '.join(w.upper() if rng.random() < 0.1 else w + w[-1] * rng.choice([0, 0, 0, 3]) for w in words))
    from transformers import AutoTokenizer
    tokenizer = AutoTokenizer.from_pretrained(MINI)
    return [tokenizer(texts, truncation=True, max_length=512)['input_ids'] for texts in (reviews, tweets)]


def formula_model():
    sys.path.insert(0, str(DATA))
    from make_models import formula
    from transformers import DistilBertConfig, DistilBertForSequenceClassification
    with torch.device('meta'): network = DistilBertForSequenceClassification(DistilBertConfig())
    return Model({name: torch.from_numpy(formula(name, tuple(p.shape))) for name, p in network.named_parameters()})


def probability(logits): return 1 / (1 + np.exp(logits[:, 0] - logits[:, 1]))


def changes(logits, reference):
    change = np.abs(probability(logits) - probability(reference))
    return f'{change.mean():.5f} {change.max():.3f}'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--texts', help="SST-2's train.tsv, for the texts outside the development set")
    parser.add_argument('schemes', nargs='*', help='names from the table; all')
    arguments = parser.parse_args()
    mini, dev = Model(load_file(MINI / 'model.safetensors')), goldens(DATA / 'sst2-mini/golden_dev.jsonl.gz')
    full, full_golden = formula_model(), goldens(DATA / 'full-size/golden.jsonl.gz')
    reference, labels = np.array([g['f64'] for g in dev]), np.array([g['label'] for g in dev])
    full_reference = np.array([g['f64'] for g in full_golden])
    others = other_texts(arguments.texts) if arguments.texts else []
    other_references = [run(mini, texts, None) for texts in others]
    print('| scheme | right | flips | dev dp mean, max | reviews | tweets | formula model |\n|---|---|---|---|---|---|---|')
    for name, scheme in {'f32': None, **SCHEMES}.items():
        if arguments.schemes and name not in arguments.schemes: continue
        logits = run(mini, [g['ids'] for g in dev], scheme)
        cells = [name, int((logits.argmax(1) == labels).sum()),
                 int((logits.argmax(1) != reference.argmax(1)).sum()), changes(logits, reference)]
        cells += [changes(run(mini, t, scheme), r) for t, r in zip(others, other_references)] or ['', '']
        error = np.abs(run(full, [g['ids'] for g in full_golden], scheme) - full_reference).max()
        cells.append(f'{error / full_reference.std(0).mean():.3f}')
        print('| ' + ' | '.join(str(c) for c in cells) + ' |', flush=True)


if __name__ == '__main__': main()
