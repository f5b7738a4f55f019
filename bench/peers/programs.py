"""The programs that are compared. Each is a process that answers lines (docs/guide/command-line.md, bench
--interactive); all but the one whose turn it is are stopped, so that no thread of theirs spins meanwhile."""
import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

WORKER = Path(__file__).with_name('worker.py')


@dataclass(frozen=True)
class Peer:
    key: str
    name: str
    package: str  # whose version is told
    weights: str = 'f32'

    @property
    def id(self): return f'{self.key} {self.weights}'


# A reduced-precision kind is a line here, its file in formula_model.py and its options in worker.py.
OURS = {weights: Peer('distilbert', 'distilbert', '', weights) for weights in ('f32', 'int8')}
PEERS = {'f32': (Peer('onnxruntime', 'ONNX Runtime', 'onnxruntime'), Peer('openvino', 'OpenVINO', 'openvino'),
                 Peer('ctranslate2', 'CTranslate2', 'ctranslate2'), Peer('transformers', 'Transformers', 'transformers')),
         'int8': (Peer('onnxruntime', 'ONNX Runtime', 'onnxruntime', 'int8'), Peer('openvino', 'OpenVINO', 'openvino', 'int8'),
                  Peer('openvino', 'OpenVINO', 'openvino', 'bf16'), Peer('ctranslate2', 'CTranslate2', 'ctranslate2', 'int8'))}
TOKENIZERS = Peer('tokenizers', 'Hugging Face tokenizers', 'tokenizers')


class Program:
    """A running peer, or ours."""

    def __init__(self, peer, command, environment):
        self.peer = peer
        self.log = tempfile.TemporaryFile('w+')
        self.process = subprocess.Popen(list(map(str, command)), env=os.environ | environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        atexit.register(self.end)  # a stopped process would outlive us
        self.hello = self._answer()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.log.seek(0)
            sys.exit(f'{self.peer.id}: no answer\n' + self.log.read()[-4000:])
        self.resident_bytes = self._resident()
        os.kill(self.process.pid, signal.SIGSTOP)
        return json.loads(line)

    def _resident(self):
        with open(f'/proc/{self.process.pid}/statm') as file:
            return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')

    def ask(self, **request):
        os.kill(self.process.pid, signal.SIGCONT)
        self.process.stdin.write(json.dumps(request) + '\n')
        self.process.stdin.flush()
        return self._answer()

    def end(self):
        self.process.kill()
        self.process.wait()


def start(peer, threads, model, tool, environment, isa):
    if peer.key == 'distilbert':
        command = [tool, 'bench', '--interactive', '--model', model / 'hub', '--threads', threads,
                   '--weights', peer.weights]
        return Program(peer, command + (['--isa', isa] if isa else []), {})
    return Program(peer, [sys.executable, WORKER, peer.key, threads, peer.weights, model], environment)
