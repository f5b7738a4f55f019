"""Writes pipeline_golden.jsonl.gz: what Transformers' pipeline("text-classification") says about texts of the dev set
and odd ones, for each model here that classifies, with each top_k and function. Needs torch and transformers.

    python3 make_pipeline_golden.py
"""
import gzip
import json
import pathlib

import torch
from transformers import pipeline

here = pathlib.Path(__file__).parent
data = here.parent / "data"
torch.set_num_threads(1)

sentences = [line.split("\t")[0] for line in (data / "sst2/dev.tsv").read_text().splitlines()[1:]]
odd = ["", " ", "[SEP]", "[MASK] me", "naïve café", "I ❤ this 😀", "東京は楽しい", "a\tb\nc", "\u200bzero\u200bwidth", "x" * 150,
       "e\u0301", "“quoted” — dash…", "C++ > C", "NOT BAD!!!", "good " * 700]

with gzip.GzipFile(here / "pipeline_golden.jsonl.gz", "wb", mtime=0) as out:
    for name, texts in [("sst2-mini", sentences[:250] + odd), ("tiny-three-labels", sentences[:40] + odd),
                        ("tiny-multi-label", sentences[:40] + odd), ("tiny-regression", sentences[:40] + odd),
                        ("tiny-one-layer-prime", sentences[:40] + odd), ("tiny-bf16", sentences[:40] + odd)]:
        directory = here.parents[1] / "models" / name
        if not directory.exists():
            directory = data / "models" / name
        classify = pipeline("text-classification", model=str(directory), dtype=torch.float32)
        limit = classify.model.config.max_position_embeddings
        for text in texts:
            length = len(classify.tokenizer(text)["input_ids"])
            line = {"model": name, "text": text, "truncated": length > limit}
            for function in ["default", "softmax", "sigmoid", "none"]:
                options = {} if function == "default" else {"function_to_apply": function}
                line[function] = classify(text, top_k=None, truncation=True, max_length=limit, **options)
            line["one"] = classify(text, truncation=True, max_length=limit)[0]
            line["two"] = classify(text, top_k=2, truncation=True, max_length=limit)
            out.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
