#!/usr/bin/env python3
"""Compares distilbert with its peers on this machine: installs them, builds us, makes the full-size model, times all in
turn, checks that their logits agree, prints the ratios.

    bench/peers/run.py                        # everything; writes docs/performance/<machine>.md and its plot
    bench/peers/run.py --quick --threads 1 --lengths 8,128     # a look while tuning; nothing is written
    bench/peers/run.py --isa avx2             # everybody held to AVX2
    bench/peers/run.py --weights int8         # int8, and what else has fewer bits than f32, with what it costs

PEERS_PYTHON names an interpreter that has requirements.txt installed; without it, build/peers/venv gets it.
"""
import argparse
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / 'build/peers'
ALL_PEERS = 'onnxruntime,openvino,ctranslate2,transformers'
ALL_LENGTHS = '8,16,32,64,128,256,512'


def python_with_peers():
    if named := os.environ.get('PEERS_PYTHON'): return named
    python = BUILD / 'venv/bin/python'
    requirements, installed = HERE / 'requirements.txt', BUILD / 'venv/requirements.txt'
    if not installed.exists() or installed.read_text() != requirements.read_text():
        venv.create(BUILD / 'venv', with_pip=True)
        subprocess.run([python, '-m', 'pip', 'install', '-r', requirements], check=True)
        installed.write_text(requirements.read_text())
    return str(python)


def built_tool():
    subprocess.run(['cmake', '-S', ROOT, '-B', BUILD / 'tool', '-DCMAKE_BUILD_TYPE=Release', '-DDISTILBERT_BUILD_TESTS=OFF',
                    '-DDISTILBERT_BUILD_BENCHMARKS=OFF', '-DDISTILBERT_BUILD_EXAMPLES=OFF'],
                   check=True, stdout=subprocess.DEVNULL)
    subprocess.run(['cmake', '--build', BUILD / 'tool', '--target', 'distilbert_tool', '--parallel'], check=True,
                   stdout=subprocess.DEVNULL)
    return BUILD / 'tool/tools/distilbert'


# What each library takes to leave AVX-512 and AMX alone, where it can be told: OpenVINO and PyTorch's oneDNN, PyTorch,
# MKL, CTranslate2. ONNX Runtime has no such switch; hold_to_avx2.c holds all of them, where the kernel lets it.
AVX2_SWITCHES = {'ONEDNN_MAX_CPU_ISA': 'AVX2', 'DNNL_MAX_CPU_ISA': 'AVX2', 'ATEN_CPU_CAPABILITY': 'avx2',
                 'MKL_ENABLE_INSTRUCTIONS': 'AVX2', 'CT2_FORCE_CPU_ISA': 'AVX2'}


def held_environment(isa):
    if not isa: return {}
    library = BUILD / 'hold_to_avx2.so'
    subprocess.run(['cc', '-O1', '-shared', '-fPIC', '-o', library, HERE / 'hold_to_avx2.c'], check=True)
    return AVX2_SWITCHES | {'LD_PRELOAD': str(library)}


def arguments():
    def numbers(text): return [int(part) for part in text.split(',')]
    def names(text): return text.split(',')
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--threads', type=numbers, default=[1, 2], metavar='N,...')
    parser.add_argument('--lengths', type=numbers, default=numbers(ALL_LENGTHS), metavar='N,...')
    parser.add_argument('--peers', type=names, default=names(ALL_PEERS), metavar='NAME,...', help=f'of {ALL_PEERS}')
    parser.add_argument('--rounds', type=int, default=5, help='turns of each peer, of which the best counts')
    parser.add_argument('--turn-ms', type=float, default=150, help='how long a turn lasts, at least')
    parser.add_argument('--weights', default='f32', choices=['f32', 'int8'], help='of everybody (default: f32)')
    parser.add_argument('--isa', default='', choices=['avx2'], help='hold everybody to it')
    parser.add_argument('--no-mixed', action='store_true', help='leave out the 64 mixed texts')
    parser.add_argument('--no-tokenizers', dest='tokenizers', action='store_false', help='leave out the tokenizers')
    parser.add_argument('--tool', type=Path, help='our tool; without it, it is built')
    parser.add_argument('--machine', help='name of this machine in the docs (default: its processor)')
    parser.add_argument('--quick', action='store_true', help='3 short rounds, no mixed texts, no tokenizers, no docs')
    options = parser.parse_args()
    if unknown := set(options.peers) - set(names(ALL_PEERS)): parser.error(f'--peers: unknown {", ".join(unknown)}')
    if options.quick:
        options.rounds, options.turn_ms, options.no_mixed, options.tokenizers = min(options.rounds, 3), 60, True, False
    if options.weights == 'int8': options.tokenizers = False
    whole = options.lengths == numbers(ALL_LENGTHS) and options.peers == names(ALL_PEERS) and not options.no_mixed
    options.docs = whole and (options.tokenizers or options.weights == 'int8') and not options.quick
    where = argparse.ArgumentParser(add_help=False)  # which say nothing about what was measured
    where.add_argument('--tool')
    where.add_argument('--machine')
    options.command = ' '.join(['bench/peers/run.py', *where.parse_known_args()[1]])
    return options


def main():
    options = arguments()
    python = python_with_peers()
    if os.environ.get('PEERS_INSIDE') != '1':
        os.execve(python, [python, __file__, *sys.argv[1:]], os.environ | {'PEERS_INSIDE': '1'})
    import cases
    import compare
    import formula_model
    import report
    options.model = BUILD / 'model'
    formula_model.write_all(options.model, integers=options.weights == 'int8')
    options.tool = options.tool or built_tool()
    options.environment = held_environment(options.isa)
    todo = list(cases.length_cases(options.lengths))
    if not options.no_mixed: todo.append(cases.mixed_case(options.model))
    found = compare.run(options, todo, cases.sentences())
    (BUILD / 'results.json').write_text(json.dumps(found, indent=1))
    if options.docs: print('\nwritten:', report.Report(found, options).write())


if __name__ == '__main__':
    main()
