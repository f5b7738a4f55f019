#!/usr/bin/env python3
"""Writes the goldens of this folder that Hugging Face's own tokenizers compute (tokenizers 0.23.3, transformers 5.23):

    scalars.txt            a hash of ids and offsets for every block of scalar values, in context; see SCALARS below
    mixtures.jsonl.gz      random mixtures of marks, letters and broken UTF-8, through several normalisations
    cased.jsonl.gz         texts in both cases through a vocabulary in both cases
    tokenizer_files.jsonl.gz   random tokenizer directories, loaded by AutoTokenizer

blns, emoji, normtest and sst2_dev were made the same way from public lists. Deterministic: same versions, same bytes.
"""
import gzip
import json
import os
import pathlib
import random
import tempfile

os.environ["TRANSFORMERS_VERBOSITY"] = "error"
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors  # noqa: E402
from transformers import AutoTokenizer  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
VOCAB = HERE.parents[2] / "models/sst2-mini/vocab.txt"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
BLOCK = 4096
CONTEXTS = {
    "between": lambda c: "a" + c + "b",
    "accented": lambda c: c + "\u0301",
    "among marks": lambda c: "x\u302e\u0327" + c + "\u0301\U0001d165A",
}
NORMALIZATIONS = {  # name -> clean_text, handle_chinese_chars, strip_accents, lowercase
    "uncased": (True, True, True, True),
    "cased": (True, True, False, False),
    "accents kept": (True, True, False, True),
    "accents stripped only": (True, True, True, False),
    "nothing": (False, False, False, False),
}


def character_vocabulary():
    """A token for most characters that normalisation can give, alone and continuing: ids show what it gave."""
    white = {*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}
    skipped = [(0x4E00, 0xA000), (0xAC00, 0xD7A4), (0xD800, 0xF900)]
    tokens = list(SPECIAL)
    for begin, end in ((0, 0x20000), (0x2F800, 0x2FA20), (0xE0000, 0xE01F0)):
        for c in range(begin, end):
            if c not in white and not any(b <= c < e for b, e in skipped):
                tokens += [chr(c), "##" + chr(c)]
    return tokens


def cased_vocabulary():
    """The uncased vocabulary and, after it, its ASCII words with a capital first letter."""
    tokens = VOCAB.read_text(encoding="utf-8").split("\n")[:-1]
    return tokens + [t[0].upper() + t[1:] for t in tokens if t.isascii() and t.isalpha()]


def build(tokens, clean_text, handle_chinese_chars, strip_accents, lowercase):
    ids = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(clean_text, handle_chinese_chars, strip_accents, lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    frame = [(t, ids[t]) for t in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=frame)
    tokenizer.add_special_tokens(SPECIAL)
    return tokenizer


def fnv(values, state=0xCBF29CE484222325):
    for value in values:
        state = ((state ^ value) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return state


def write_scalars(tokens):
    with open(HERE / "scalars.txt", "w", encoding="utf-8") as out:
        for name, options in NORMALIZATIONS.items():
            tokenizer = build(tokens, *options)
            for context, text in CONTEXTS.items():
                if context != "between" and name != "uncased":
                    continue
                hashes = []
                for begin in range(0, 0x110000, BLOCK):
                    scalars = [c for c in range(begin, begin + BLOCK) if not 0xD800 <= c < 0xE000]
                    state = fnv([])
                    for e in tokenizer.encode_batch([text(chr(c)) for c in scalars]):
                        for i, (b, end) in zip(e.ids, e.offsets):
                            state = fnv((i, b, end), state)
                    hashes.append(f"{state:016x}")
                out.write(f"{name};{context};{' '.join(hashes)}\n")


def write_lines(name, lines):
    with gzip.GzipFile(HERE / name, "wb", compresslevel=9, mtime=0) as out:
        for line in lines:
            out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def case(tokenizer, source, text):
    e = tokenizer.encode(text)
    return {**source, "ids": e.ids, "offsets": e.offsets}


def random_text(r):
    pools = [
        [0x302E, 0x302F, 0x1D165, 0x1D16D, 0x1B44, 0xA9C0, 0x8D4, 0x1E944, 0x1E94A, 0x11442, 0x11446],  # marks kept
        [0x300, 0x301, 0x316, 0x327, 0x334, 0x345, 0x3099, 0x94D, 0x5B0, 0x1DCE, 0xF71, 0xF72, 0x20D0],  # marks dropped
        [*range(0xC0, 0x180), *range(0x1E00, 0x1F00), *range(0x1F00, 0x2000)],
        [0x1D15E, 0x1D160, 0x1D1BB, 0x1D1C0, 0xF73, 0xF75, 0xF81, 0x344, 0x340, 0xAC00, 0xAC01, 0xFB1D, 0x2ADC],
        [*range(0x21, 0x7F)],
        [*range(0x61, 0x7B)],
        [0x20, 0x9, 0xA, 0xB, 0xA0, 0x2003, 0x3000, 0x85, 0x2028],
        [0x200D, 0xAD, 0xFEFF, 0x200B, 0xE000, 0x0, 0x7F, 0xFFFD, 0x70F, 0x8E2, 0x10FFFF],
        [0x4E00, 0x3400, 0xF900, 0x2F800, 0x2B820, 0x2B920, 0x20000, 0x3042],
        [0x130, 0x131, 0x49, 0x3A3, 0x3C2, 0xDF, 0x1E9E, 0x10400, 0x1C89, 0xA7CB],
        [0x2010, 0x166D, 0x111C9, 0x2E43, 0x61D, 0x300C, 0x2E2E, 0x1FEF, 0x2260, 0x226E, 0x24, 0x2B],
        SCALARS,
    ]
    weights = [r.random() ** 3 for _ in pools]
    pick = r.choices(pools, weights, k=r.choice([1, 2, 4, 8, 16, 40, 120]))
    text = [chr(r.choice(pool)) for pool in pick]
    if r.random() < 0.2:
        text.insert(r.randint(0, len(text)), r.choice(SPECIAL + ["[MASK", "[[CLS]", "[SEP]]"]))
    return "".join(text)


def break_bytes(r, data):
    data = bytearray(data)
    bad = [b"\x80", b"\xff", b"\xe2\x82", b"\xf0\x9f", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xe0\x80"]
    for _ in range(r.randint(1, 4)):
        place = r.randint(0, len(data))
        if r.random() < 0.5:
            data[place:place] = r.choice(bad)
        else:
            del data[place : place + r.randint(1, 2)]
    return bytes(data)


def write_mixtures(tokens):
    r, lines = random.Random(1), []
    for name, options in NORMALIZATIONS.items():
        tokenizer = build(tokens, *options)
        for i in range(400):
            data = random_text(r).encode()
            data = break_bytes(r, data) if i % 2 else data
            lines.append(case(tokenizer, {"normalization": name, "bytes": data.hex()}, data.decode("utf-8", "replace")))
    write_lines("mixtures.jsonl.gz", lines)


def write_cased():
    tokenizer = build(cased_vocabulary(), *NORMALIZATIONS["cased"])
    lines, texts = [], []
    for name in ("blns", "sst2_dev", "normtest"):
        with gzip.open(HERE / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            texts += [json.loads(line)["text"] for line in file][:600]
    for i, text in enumerate(texts):
        text = text.title() if i % 3 == 1 else text
        lines.append(case(tokenizer, {"text": text}, text))
    write_lines("cased.jsonl.gz", lines)


WORDS = "a b c ab abc foo ##o ##oo ##b ##c fo Foo \u00e9 e ##\u00e9 ##e \u4e2d . , < > [ ] new ##new sep mask ( ) x y ##x".split()
ADDED = ["<new>", "foo", "Foo", "FOO bar", "[X]", "\u00e9", "E\u0301", "x y", "<a>", "<a><b>", ".", "ab", "[MASK]",
         "[SEP]", "[CLS]", "[PAD]", "\u4e2d", "\u0130", "a b"]  # fmt: skip
PIECES = ADDED + WORDS + ["  ", " ", "\u3000", "\t", "\u200d", "\u0301", "Ab", "X", "_", "9", "\u00a0", "\u00c9", "[MASK", "<",
                          "[MASK] ", "foofoo", "<a", "\u4e2d\u6587", "\u0345"]  # fmt: skip


def random_token(r, content, typed=False, special=None):
    token = {"content": content, **{k: r.random() < 0.3 for k in ("lstrip", "rstrip", "single_word")}}
    token["normalized"] = r.random() < 0.4
    if special is not None:
        token["special"] = special
    if typed:
        token["__type"] = "AddedToken"
    return token


def random_directory(r):
    """The files of a tokenizer: {name: content}."""
    vocab = SPECIAL + WORDS
    if r.random() < 0.2:
        vocab.remove("[MASK]")
    if r.random() < 0.2:
        vocab.remove("[PAD]")
    with_json, config, files = r.random() < 0.5, {}, {}
    names = [None, "BertTokenizer", "DistilBertTokenizer", "DistilBertTokenizerFast"]
    name = r.choice(names + (["PreTrainedTokenizerFast", "TokenizersBackend"] if with_json else []))
    if name:
        config["tokenizer_class"] = name
    options = ("do_lower_case", 0.5), ("strip_accents", 0.3), ("tokenize_chinese_chars", 0.3), ("split_special_tokens", 0.1)
    for key, chance in options:
        if r.random() < chance:
            config[key] = r.random() < 0.5
    for key, content in zip(("cls_token", "sep_token", "unk_token", "mask_token", "pad_token"),
                            ("[CLS]", "[SEP]", "[UNK]", "[MASK]", "[PAD]")):  # fmt: skip
        q = r.random()
        if q < 0.3:
            config[key] = content
        elif q < 0.5:
            config[key] = random_token(r, content, True, r.choice([None, True, False]))
        elif q < 0.55 and key in ("mask_token", "pad_token"):
            config[key] = None
    new = r.sample([a for a in ADDED if a not in vocab], r.randint(0, 3))
    old = r.sample([t for t in vocab if len(t) > 2 and t[0] != "#"], r.randint(0, 2))
    added = [(len(vocab) + i, t) for i, t in enumerate(new)] + [(vocab.index(t), t) for t in old]
    if r.random() < 0.2:
        key = r.choice(["additional_special_tokens", "extra_special_tokens"])
        config[key] = [r.choice([t, random_token(r, t, True)]) for t in r.sample(ADDED, r.randint(1, 2))]
    if r.random() < 0.1:
        config["extra_special_tokens"] = {"image_token": r.choice(ADDED)}
    mode = r.random()
    if mode < 0.3:
        config["added_tokens_decoder"] = {str(i): random_token(r, t, special=r.random() < 0.5) for i, t in added}
    elif mode < 0.6 and not with_json:
        files["added_tokens.json"] = json.dumps({t: i for i, t in added})
    if r.random() < 0.3:
        special = {}
        for key, content in (("cls_token", "[CLS]"), ("mask_token", "[MASK]"), ("sep_token", "[SEP]")):
            q = r.random()
            if q < 0.7:
                special[key] = content if q < 0.4 else random_token(r, content)
        if r.random() < 0.4:
            special["additional_special_tokens"] = [r.choice(ADDED)]
        files["special_tokens_map.json"] = json.dumps(special)
    files["tokenizer_config.json"] = json.dumps(config)
    if with_json:
        normalizer = {"type": "BertNormalizer", "clean_text": r.random() < 0.7, "handle_chinese_chars": r.random() < 0.7,
                      "strip_accents": r.choice([None, True, False]), "lowercase": r.random() < 0.5}  # fmt: skip
        template = [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
        pair = [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}]
        processors_ = [
            None,
            {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
            {"type": "TemplateProcessing", "single": template, "pair": pair,
             "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2, 3], "tokens": ["[CLS]", "[SEP]"]}}},
        ]  # fmt: skip
        model = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": r.choice(["##", "##", "#"]),
                 "max_input_chars_per_word": r.choice([100, 3]), "vocab": {t: i for i, t in enumerate(vocab)}}  # fmt: skip
        files["tokenizer.json"] = json.dumps({
            "version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [{"id": i, **random_token(r, t, special=r.random() < 0.6)} for i, t in sorted(added)],
            "normalizer": normalizer if r.random() < 0.9 else None, "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": r.choice(processors_), "decoder": None, "model": model})  # fmt: skip
    if not with_json or r.random() < 0.5:
        files["vocab.txt"] = r.choice(["\n", "\r\n"]).join(vocab) + r.choice(["\n", ""])
    return files


def write_tokenizer_files():
    r, lines = random.Random(2), []
    while len(lines) < 100:
        files = random_directory(r)
        with tempfile.TemporaryDirectory() as directory:
            for name, content in {**files, "config.json": '{"model_type": "distilbert"}'}.items():
                pathlib.Path(directory, name).write_bytes(content.encode())
            tokenizer = AutoTokenizer.from_pretrained(directory)
        added, normalizer = tokenizer.added_tokens_decoder.values(), tokenizer.backend_tokenizer.normalizer
        matched = [normalizer.normalize_str(t.content) for t in added if t.normalized and normalizer is not None]
        if len(set(matched)) < len(matched):
            continue  # two tokens with one form: which of them is found differs from run to run
        cases = []
        for _ in range(30):
            text = "".join(r.choice(PIECES) for _ in range(r.randint(0, 9)))
            e = tokenizer(text, return_offsets_mapping=True)
            cases.append({"text": text, "ids": e["input_ids"], "offsets": e["offset_mapping"]})
        lines.append({"files": files, "cases": cases})
    write_lines("tokenizer_files.jsonl.gz", lines)


def main():
    characters = character_vocabulary()
    write_tokenizer_files()
    write_cased()
    write_mixtures(characters)
    write_scalars(characters)


if __name__ == "__main__":
    main()
