"""Writes windows.jsonl.gz: generate.py MODEL_DIRECTORY < ../sst2/dev.tsv | gzip -9n > windows.jsonl.gz

Windows of long texts as Transformers' fast tokenizer cuts them (max_length, stride, return_overflowing_tokens): each
one's ids and the code points of the text that it spans. Needs transformers."""
import json
import sys

import transformers

tokenizer = transformers.AutoTokenizer.from_pretrained(sys.argv[1])
sentences = [line.rstrip("\n").split("\t")[0] for line in sys.stdin][1:]
cases = []
for count, max_length, stride in [(1, 512, 0), (10, 16, 0), (10, 16, 5), (12, 32, 29), (3, 3, 0), (40, 512, 64), (60, 512, 0)]:
    text = " ".join(sentences[count : 2 * count])
    cut = tokenizer(text, max_length=max_length, stride=stride, truncation=True, return_overflowing_tokens=True, return_offsets_mapping=True)
    windows = [
        {"ids": ids, "begin": min(b for b, e in offsets if e > 0), "end": max(e for b, e in offsets)}
        for ids, offsets in zip(cut["input_ids"], cut["offset_mapping"])
    ]
    print(json.dumps({"text": text, "max_length": max_length, "stride": stride, "windows": windows}, separators=(",", ":")))
