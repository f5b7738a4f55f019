"""Makes the tiny models and every golden file in this folder, with Hugging Face Transformers as the oracle.

    pip install torch transformers safetensors numpy
    python make_models.py tiny    # tiny-*/: configurations that the big model does not exercise, random weights
    python make_models.py full    # full-size/: DistilBERT-base shapes, weights from a formula (README.md)
    python make_models.py mini    # sst2-mini/golden_dev.jsonl.gz: the SST-2 dev set through models/sst2-mini

A golden line is {"ids": [...], "f64": [...], "f32": [...]}: one text without padding, the flattened output of a
float64 and of a float32 run. Another machine or PyTorch may change the last digits of both.
"""
import gzip
import json
import sys
from pathlib import Path

import numpy as np
import torch
from transformers import (AutoTokenizer, DistilBertConfig, DistilBertForMaskedLM, DistilBertForQuestionAnswering,
                          DistilBertForSequenceClassification, DistilBertForTokenClassification, DistilBertModel)

HERE = Path(__file__).resolve().parent
DEV_SET = HERE.parent / 'sst2' / 'dev.tsv'
SHIPPED_MODEL = HERE.parents[2] / 'models' / 'sst2-mini'


def write_lines(path, rows):
    """One JSON object a line, compressed; the same rows give the same bytes."""
    text = ''.join(json.dumps(row, ensure_ascii=False) + '\n' for row in rows)
    path.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def run(model, ids, pick):
    """One unpadded text through the model in float64 and in float32, each output flattened."""
    x = torch.tensor([ids])
    mask = torch.ones_like(x)
    with torch.inference_mode():
        f32 = pick(model.float()(input_ids=x, attention_mask=mask))
        f64 = pick(model.double()(input_ids=x, attention_mask=mask))
    model.float()
    return {'f64': f64[0].flatten().tolist(), 'f32': f32[0].flatten().tolist()}


def logits(output): return output.logits
def hidden_states(output): return output.last_hidden_state
def start_and_end(output): return torch.stack([output.start_logits, output.end_logits], -1)


SENTIMENTS = ['negative', 'neutral', 'positive']
TINY = {  # name: (class, dtype of the file, what differs from the default configuration)
    'tiny-three-labels': (
        DistilBertForSequenceClassification, torch.float32,
        dict(dim=32, n_heads=4, n_layers=2, hidden_dim=64, num_labels=3, id2label=dict(enumerate(SENTIMENTS)),
             label2id={name: i for i, name in enumerate(SENTIMENTS)})),
    'tiny-regression': (
        DistilBertForSequenceClassification, torch.float32,
        dict(dim=36, n_heads=3, n_layers=3, hidden_dim=50, num_labels=1, activation='relu', problem_type='regression')),
    'tiny-multi-label': (
        DistilBertForSequenceClassification, torch.float32,
        dict(dim=40, n_heads=5, n_layers=1, hidden_dim=100, num_labels=5, activation='silu',
             problem_type='multi_label_classification')),
    'tiny-sinusoidal-f16': (
        DistilBertForSequenceClassification, torch.float16,
        dict(dim=24, n_heads=2, n_layers=2, hidden_dim=96, num_labels=2, sinusoidal_pos_embds=True)),
    'tiny-bf16': (
        DistilBertForSequenceClassification, torch.bfloat16,
        dict(dim=64, n_heads=1, n_layers=2, hidden_dim=17, num_labels=2, activation='gelu_new')),
    'tiny-one-layer-prime': (
        DistilBertForSequenceClassification, torch.float32,
        dict(dim=13, n_heads=1, n_layers=1, hidden_dim=7, num_labels=11)),
    'tiny-token-labels': (
        DistilBertForTokenClassification, torch.float32,
        dict(dim=32, n_heads=4, n_layers=2, hidden_dim=64, num_labels=9)),
    'tiny-masked-lm': (
        DistilBertForMaskedLM, torch.float32, dict(dim=32, n_heads=4, n_layers=2, hidden_dim=64)),
    'tiny-question': (
        DistilBertForQuestionAnswering, torch.float32, dict(dim=32, n_heads=4, n_layers=2, hidden_dim=64)),
    'tiny-features': (
        DistilBertModel, torch.float32, dict(dim=32, n_heads=4, n_layers=2, hidden_dim=64)),
}
RECORDED = {DistilBertForQuestionAnswering: start_and_end, DistilBertModel: hidden_states}  # of the rest: the logits
LENGTHS = {  # where every token has outputs of its own, a few texts are enough
    DistilBertForSequenceClassification: [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64],
    DistilBertForMaskedLM: [2, 5, 16],
}


def is_norm(name): return name.endswith(('LayerNorm.weight', 'layer_norm.weight'))


def random_weight(name, shape, rng):
    """Large enough that a wrong activation, order or scale shows in the outputs."""
    value = rng.standard_normal(shape)
    if is_norm(name): return 1 + 0.3 * rng.standard_normal(shape)
    if len(shape) == 1: return 0.2 * rng.standard_normal(shape)
    if 'embeddings' in name: return value
    dense = any(part in name for part in ('lin', 'classifier', 'qa_outputs', 'vocab_'))
    return value * (0.6 if dense else 1.0) / (shape[-1] ** 0.5 / 3)


def tiny():
    words = (SHIPPED_MODEL / 'vocab.txt').read_text(encoding='utf-8').split('\n')[:1500]
    for seed, (name, (model_class, dtype, settings)) in enumerate(TINY.items(), start=100):
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        rng = np.random.RandomState(seed)
        model = model_class(DistilBertConfig(vocab_size=len(words), max_position_embeddings=64,
                                             attn_implementation='eager', **settings)).eval()
        with torch.no_grad():
            for parameter_name, parameter in model.named_parameters():
                value = torch.tensor(random_weight(parameter_name, tuple(parameter.shape), rng), dtype=torch.float32)
                if settings.get('sinusoidal_pos_embds') and 'position_embeddings' in parameter_name:
                    value = parameter.clone()  # the table that Transformers computed
                parameter.copy_(value.to(dtype).float())
        model.to(dtype).save_pretrained(folder)
        model.float()
        (folder / 'vocab.txt').write_text('\n'.join(words) + '\n', encoding='utf-8')
        tokenizer = {'do_lower_case': True, 'model_max_length': 64, 'tokenizer_class': 'DistilBertTokenizer'}
        (folder / 'tokenizer_config.json').write_text(json.dumps(tokenizer))
        texts = [rng.randint(0, len(words), n).tolist() for n in LENGTHS.get(model_class, [2, 5, 16, 33])]
        pick = RECORDED.get(model_class, logits)
        write_lines(folder / 'golden.jsonl.gz', [{'ids': ids, **run(model, ids, pick)} for ids in texts])
        print(name)


def formula(name, shape):
    """The weight `name` of the full-size model, as README.md defines it."""
    seed = 0xcbf29ce484222325
    for byte in name.encode(): seed = ((seed ^ byte) * 0x100000001b3) & (2**64 - 1)
    golden = np.uint64(0x9E3779B97F4A7C15)
    with np.errstate(over='ignore'):
        z = np.uint64(seed) + np.arange(int(np.prod(shape)), dtype=np.uint64) * golden + golden
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    u = (z >> np.uint64(40)).astype(np.float64) * 2.0**-23 - 1.0
    if is_norm(name): value = 1 + u / 8
    elif name.endswith('.bias'): value = u / 16
    elif 'embeddings' in name or '.q_lin.' in name or '.k_lin.' in name: value = u / 8
    else: value = u / 16
    return value.astype(np.float32).reshape(shape)


def full():
    folder = HERE / 'full-size'
    folder.mkdir(exist_ok=True)
    model = DistilBertForSequenceClassification(DistilBertConfig(attn_implementation='eager')).eval()
    model.config.save_pretrained(folder)
    probes = []
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            value = formula(name, tuple(parameter.shape))
            parameter.copy_(torch.from_numpy(value))
            flat = value.reshape(-1)
            probes.append({'name': name, 'shape': list(value.shape), 'first': flat[:3].tolist(), 'last': float(flat[-1])})
    write_lines(folder / 'probes.jsonl.gz', probes)
    rng = np.random.RandomState(5)
    texts = [[101] + rng.randint(1000, 30522, n - 2).tolist() + [102]
             for n in [2, 3, 6, 8, 13, 16, 24, 32, 47, 64, 100, 128, 200, 256, 384, 512]]
    write_lines(folder / 'golden.jsonl.gz', [{'ids': ids, **run(model, ids, logits)} for ids in texts])


def mini():
    tokenizer = AutoTokenizer.from_pretrained(SHIPPED_MODEL)
    model = DistilBertForSequenceClassification.from_pretrained(SHIPPED_MODEL, dtype=torch.float32,
                                                                attn_implementation='eager').eval()
    rows = []
    for line in DEV_SET.read_text(encoding='utf-8').splitlines()[1:]:
        text, label = line.split('\t')
        ids = tokenizer(text)['input_ids']
        rows.append({'text': text, 'label': int(label), 'ids': ids, **run(model, ids, logits)})
    folder = HERE / 'sst2-mini'
    folder.mkdir(exist_ok=True)
    write_lines(folder / 'golden_dev.jsonl.gz', rows)
    right = sum(int(np.argmax(row['f64'])) == row['label'] for row in rows)
    print('accuracy', right, 'of', len(rows))


if __name__ == '__main__':
    commands = {'tiny': tiny, 'full': full, 'mini': mini}
    if len(sys.argv) != 2 or sys.argv[1] not in commands: sys.exit(__doc__)
    commands[sys.argv[1]]()
