"""One peer as a process of its own, speaking the lines of `distilbert bench --interactive` on standard input and output.

    worker.py PEER THREADS WEIGHTS MODEL_DIRECTORY

A peer is a class with `load`, `prepare(batches)`, which is not timed, and `run(prepared)`, which is and gives one row
of logits for each text. CTranslate2 has no classification head: its hidden state of [CLS] goes through it afterwards.
"""
import json
import os
import sys
import time
from pathlib import Path

answers = os.fdopen(os.dup(1), 'w', buffering=1)
os.dup2(2, 1)  # whatever a library prints is no answer


def padded(batch):
    """ids and mask of a batch, padded to its longest text."""
    import numpy as np
    longest = max(map(len, batch))
    ids = np.zeros((len(batch), longest), np.int64)
    mask = np.zeros_like(ids)
    for row, text in enumerate(batch):
        ids[row, :len(text)] = text
        mask[row, :len(text)] = 1
    return ids, mask


class OnnxRuntime:
    modules = ('numpy', 'onnxruntime')
    weights = ('f32', 'int8')

    def load(self, model, threads, weights):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(model / ('onnx' + '-int8' * (weights == 'int8')) / 'model.onnx'), options,
                                                    providers=['CPUExecutionProvider'])

    def prepare(self, batches):
        return [dict(zip(('input_ids', 'attention_mask'), padded(batch))) for batch in batches]

    def run(self, prepared):
        return [row for feed in prepared for row in self.session.run(None, feed)[0]]


class OpenVINO:
    modules = ('numpy', 'openvino')
    weights = ('f32', 'bf16', 'int8')

    def load(self, model, threads, weights):
        import openvino
        core = openvino.Core()
        file = model / ('openvino' + '-int8' * (weights == 'int8')) / 'model.xml'
        compiled = core.compile_model(str(file), 'CPU', {
            'INFERENCE_NUM_THREADS': threads, 'NUM_STREAMS': 1, 'PERFORMANCE_HINT': 'LATENCY',
            'INFERENCE_PRECISION_HINT': 'bf16' if weights == 'bf16' else 'f32'})
        self.request = compiled.create_infer_request()

    def prepare(self, batches):
        return [list(padded(batch)) for batch in batches]

    def run(self, prepared):
        return [row for feed in prepared for row in self.request.infer(feed, share_inputs=True)[0]]


class CTranslate2:
    modules = ('numpy', 'ctranslate2')
    weights = ('f32', 'int8')

    def load(self, model, threads, weights):
        import ctranslate2
        from safetensors.numpy import load_file
        self.encoder = ctranslate2.Encoder(str(model / 'ctranslate2'), device='cpu', compute_type='int8' if weights == 'int8' else 'float32',
                                           inter_threads=1, intra_threads=threads)
        self.model = model

    def prepare(self, batches):
        import ctranslate2
        import numpy as np
        return [(ctranslate2.StorageView.from_array(padded(batch)[0].astype(np.int32)),
                 ctranslate2.StorageView.from_array(np.array([len(text) for text in batch], np.int32)))
                for batch in batches]

    def run(self, prepared):
        return [self.encoder.forward_batch(ids, lengths).last_hidden_state for ids, lengths in prepared]

    def logits(self, states):
        import numpy as np
        from safetensors import safe_open
        with safe_open(self.model / 'hub/model.safetensors', 'numpy') as file:
            head = {name: file.get_tensor(name).astype(np.float32) for name in file.keys() if name.startswith(('pre_', 'classifier'))}
        rows = np.concatenate([np.array(state)[:, 0] for state in states])
        rows = np.maximum(rows @ head['pre_classifier.weight'].T + head['pre_classifier.bias'], 0)
        return rows @ head['classifier.weight'].T + head['classifier.bias']


class Transformers:
    modules = ('numpy', 'torch', 'transformers')
    weights = ('f32',)

    def load(self, model, threads, weights):
        import torch
        from transformers import DistilBertForSequenceClassification
        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        self.model = DistilBertForSequenceClassification.from_pretrained(model / 'hub', dtype=torch.float32).eval()

    def prepare(self, batches):
        import torch
        return [list(map(torch.from_numpy, padded(batch))) for batch in batches]

    def run(self, prepared):
        return [row for ids, mask in prepared for row in self.model(input_ids=ids, attention_mask=mask).logits]


class Tokenizers:
    """HF's tokenizers, for the requests "tokenize" only."""
    modules = ('tokenizers',)
    weights = ('f32',)

    def load(self, model, threads, weights):
        from tokenizers import BertWordPieceTokenizer
        os.environ['TOKENIZERS_PARALLELISM'] = 'false' if threads == 1 else 'true'
        os.environ['RAYON_NUM_THREADS'] = str(threads)
        self.tokenizer = BertWordPieceTokenizer(str(model / 'hub/vocab.txt'), lowercase=True)._tokenizer


PEERS = {'onnxruntime': OnnxRuntime, 'openvino': OpenVINO, 'ctranslate2': CTranslate2, 'transformers': Transformers,
         'tokenizers': Tokenizers}


def resident_bytes():
    with open('/proc/self/statm') as file: return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')


def timed(request, call):
    """Milliseconds of each call, until their sum is what the request asks for; after one that is not counted."""
    if request.get('warm_up', True): call()
    all_ms, spent = [], 0
    while not all_ms or spent < request['milliseconds']:
        begin = time.perf_counter()
        call()
        took = (time.perf_counter() - begin) * 1e3
        all_ms.append(took)
        spent += took
    return {'ms': all_ms}


def answer(peer, request):
    if 'tokenize' in request:
        texts = request['tokenize']
        # Hugging Face's tokenizers have a faster call for those who need no offsets.
        encode = peer.tokenizer.encode_batch if request.get('offsets') else peer.tokenizer.encode_batch_fast
        if 'milliseconds' in request: return timed(request, lambda: encode(texts))
        return {'ids': [encoding.ids for encoding in encode(texts)]}
    prepared = peer.prepare(request['batches'])
    if 'milliseconds' in request: return timed(request, lambda: peer.run(prepared))
    rows = peer.run(prepared)
    if hasattr(peer, 'logits'): rows = peer.logits(rows)
    return {'logits': [[float(x) for x in row] for row in rows]}


def main():
    name, threads, weights, model = sys.argv[1:]
    peer = PEERS[name]()
    for module in peer.modules: __import__(module)
    base = resident_bytes()
    begin = time.perf_counter()
    peer.load(Path(model), int(threads), weights)
    load_ms = (time.perf_counter() - begin) * 1e3
    print(json.dumps({'threads': int(threads), 'weights': weights, 'load_ms': load_ms, 'imports_bytes': base,
                      'held': os.environ.get('HELD_TO_AVX2') == '1'}), file=answers)
    for line in sys.stdin: print(json.dumps(answer(peer, json.loads(line))), file=answers)


if __name__ == '__main__':
    main()
