"""The full-size model whose weights follow from a formula (tests/data/models/README.md), in every peer's format."""
import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
GOLDENS = ROOT / 'tests/data/models/full-size'
LAYERS, DIM, HIDDEN, WORDS, POSITIONS, LABELS = 6, 768, 3072, 30522, 512, 2


def formula(name, shape):
    """The tensor of this name, float32."""
    seed = 0xCBF29CE484222325
    for byte in name.encode(): seed = ((seed ^ byte) * 0x100000001B3) & (2**64 - 1)
    step = np.uint64(0x9E3779B97F4A7C15)
    with np.errstate(over='ignore'):
        z = np.uint64(seed) + np.arange(1, int(np.prod(shape)) + 1, dtype=np.uint64) * step
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    u = (z >> np.uint64(40)).astype(np.float64) * 2.0**-23 - 1
    wide = 'embeddings' in name or '.q_lin.' in name or '.k_lin.' in name
    if name.endswith(('LayerNorm.weight', 'layer_norm.weight')): value = 1 + u / 8
    elif name.endswith('.bias') or not wide: value = u / 16
    else: value = u / 8
    return value.astype(np.float32).reshape(shape)


def tensors():
    """Names and shapes of all tensors."""
    def linear(name, n, k): return [(name + '.weight', (n, k)), (name + '.bias', (n,))]
    def norm(name): return [(name + '.weight', (DIM,)), (name + '.bias', (DIM,))]
    yield 'distilbert.embeddings.word_embeddings.weight', (WORDS, DIM)
    yield 'distilbert.embeddings.position_embeddings.weight', (POSITIONS, DIM)
    yield from norm('distilbert.embeddings.LayerNorm')
    for i in range(LAYERS):
        layer = f'distilbert.transformer.layer.{i}.'
        for part in ('q_lin', 'k_lin', 'v_lin', 'out_lin'): yield from linear(layer + 'attention.' + part, DIM, DIM)
        yield from norm(layer + 'sa_layer_norm')
        yield from linear(layer + 'ffn.lin1', HIDDEN, DIM)
        yield from linear(layer + 'ffn.lin2', DIM, HIDDEN)
        yield from norm(layer + 'output_layer_norm')
    yield from linear('pre_classifier', DIM, DIM)
    yield from linear('classifier', LABELS, DIM)


def check(weights):
    """The formula here is the one the goldens were made by."""
    probes = json.loads(gzip.decompress((GOLDENS / 'probes.json.gz').read_bytes()))
    assert probes.keys() == weights.keys()
    for name, probe in probes.items():
        flat = weights[name].reshape(-1)
        assert list(weights[name].shape) == probe['shape'], name
        assert flat[:3].tolist() == probe['first'] and float(flat[-1]) == probe['last'], name


def write_hub(folder):
    """config.json, model.safetensors and the tokenizer, as the Hub has them."""
    from safetensors.numpy import save_file
    weights = {name: formula(name, shape) for name, shape in tensors()}
    check(weights)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / 'model.safetensors', metadata={'format': 'pt'})
    config = json.loads((GOLDENS / 'config.json').read_text())
    config['architectures'] = ['DistilBertForSequenceClassification']
    (folder / 'config.json').write_text(json.dumps(config, indent=2))
    for name in ('vocab.txt', 'tokenizer_config.json'): shutil.copy(ROOT / 'models/sst2-mini' / name, folder / name)


def torch_model(hub):
    import transformers
    transformers.utils.logging.disable_progress_bar()
    return transformers.DistilBertForSequenceClassification.from_pretrained(hub, attn_implementation='eager').eval()


def write_onnx(hub, folder):
    import torch
    model = torch_model(hub)
    model.config.return_dict = False
    ids = torch.ones(2, 8, dtype=torch.int64)
    mask = torch.ones(2, 8, dtype=torch.int64)
    mask[1, 5:] = 0  # so that the mask is part of what is traced
    names = ('input_ids', 'attention_mask')
    folder.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(model, (ids, mask), folder / 'model.onnx', input_names=names, output_names=('logits',),
                      dynamic_axes={name: {0: 'batch', 1: 'tokens'} for name in names} | {'logits': {0: 'batch'}},
                      opset_version=14, dynamo=False)


def write_openvino(onnx, folder):
    import openvino
    folder.mkdir(parents=True, exist_ok=True)
    openvino.save_model(openvino.convert_model(onnx / 'model.onnx'), folder / 'model.xml', compress_to_fp16=False)


def write_ctranslate2(hub, folder):
    subprocess.run([sys.executable, '-m', 'ctranslate2.converters.transformers', '--model', hub, '--output_dir', folder,
                    '--force'], check=True)


def reference_logits(hub, texts):
    """float64 logits of each text alone, without padding."""
    import torch
    model = torch_model(hub).double()
    with torch.inference_mode():
        return [model(input_ids=torch.tensor([ids])).logits[0].tolist() for ids in texts]


def write_all(folder):
    """Every format under `folder`; what is there already stays."""
    hub, onnx = folder / 'hub', folder / 'onnx'
    for name, write in (('hub', write_hub), ('onnx', lambda f: write_onnx(hub, f)),
                        ('openvino', lambda f: write_openvino(onnx, f)),
                        ('ctranslate2', lambda f: write_ctranslate2(hub, f))):
        done = folder / (name + '.done')
        if done.exists(): continue
        print(f'writing the model for {name}', file=sys.stderr)
        write(folder / name)
        done.touch()
