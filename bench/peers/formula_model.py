"""The full-size model whose weights follow from a formula (tests/data/models/README.md), in every peer's format."""
import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLDENS = ROOT / 'tests/data/models/full-size'


def weights():
    """All tensors by name, as tests/data/models/make_models.py computes them, checked against what the goldens saw."""
    sys.path.insert(0, str(GOLDENS.parent))
    from make_models import formula
    probes = json.loads(gzip.decompress((GOLDENS / 'probes.json.gz').read_bytes()))
    found = {name: formula(name, tuple(probe['shape'])) for name, probe in probes.items()}
    for name, probe in probes.items():
        flat = found[name].reshape(-1)
        assert flat[:3].tolist() == probe['first'] and float(flat[-1]) == probe['last'], name
    return found


def write_hub(folder):
    """config.json, model.safetensors and the tokenizer, as the Hub has them."""
    from safetensors.numpy import save_file
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights(), folder / 'model.safetensors', metadata={'format': 'pt'})
    config = json.loads((GOLDENS / 'config.json').read_text())
    config['architectures'] = ['DistilBertForSequenceClassification']
    (folder / 'config.json').write_text(json.dumps(config, indent=2))
    for name in ('vocab.txt', 'tokenizer_config.json'): shutil.copy(ROOT / 'models/sst2-mini' / name, folder / name)


def torch_model(hub):
    import torch
    import transformers
    transformers.utils.logging.disable_progress_bar()
    return transformers.DistilBertForSequenceClassification.from_pretrained(
        hub, attn_implementation='eager', dtype=torch.float32).eval()


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


def write_onnx_int8(onnx, folder):
    from onnxruntime.quantization import QuantType, quantize_dynamic
    folder.mkdir(parents=True, exist_ok=True)
    quantize_dynamic(onnx / 'model.onnx', folder / 'model.onnx', per_channel=True, weight_type=QuantType.QInt8)


def write_openvino_int8(onnx, folder):
    """NNCF's post-training quantisation, calibrated on 300 sentences."""
    import nncf
    import numpy as np
    import openvino
    from tokenizers import BertWordPieceTokenizer
    lines = (ROOT / 'tests/data/sst2/dev.tsv').read_text(encoding='utf-8').splitlines()[1:301]
    tokenizer = BertWordPieceTokenizer(str(ROOT / 'models/sst2-mini/vocab.txt'), lowercase=True)
    texts = [tokenizer.encode(line.split('\t')[0]).ids for line in lines]
    data = nncf.Dataset([{'input_ids': np.array([ids]), 'attention_mask': np.ones((1, len(ids)), np.int64)}
                         for ids in texts])
    folder.mkdir(parents=True, exist_ok=True)
    model = openvino.convert_model(onnx / 'model.onnx')
    openvino.save_model(nncf.quantize(model, data, model_type=nncf.ModelType.TRANSFORMER, subset_size=300),
                        folder / 'model.xml', compress_to_fp16=False)


def reference_logits(hub, texts):
    """float64 logits of each text alone, without padding."""
    import torch
    model = torch_model(hub).double()
    with torch.inference_mode():
        return [model(input_ids=torch.tensor([ids])).logits[0].tolist() for ids in texts]


def copy_sst2_mini(folder):
    shutil.copytree(ROOT / 'models/sst2-mini', folder, dirs_exist_ok=True)


def write_all(folder, write_hub=write_hub, integers=False):
    """Every format under `folder`; what is there already stays."""
    hub, onnx = folder / 'hub', folder / 'onnx'
    formats = [('hub', write_hub), ('onnx', lambda f: write_onnx(hub, f)),
               ('openvino', lambda f: write_openvino(onnx, f)), ('ctranslate2', lambda f: write_ctranslate2(hub, f))]
    if integers:
        formats += [('onnx-int8', lambda f: write_onnx_int8(onnx, f)),
                    ('openvino-int8', lambda f: write_openvino_int8(onnx, f))]
    for name, write in formats:
        done = folder / (name + '.done')
        if done.exists(): continue
        print(f'writing the model for {name}', file=sys.stderr)
        write(folder / name)
        done.touch()
