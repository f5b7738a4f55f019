//! Prints, for every Unicode scalar value that is not plain, one line of what the reference tokenizer knows about it:
//! code point, flag letters, combining class, canonical decomposition, lower case. Read by generate.py.
use regex::Regex;
use unicode_categories::UnicodeCategories;
use unicode_normalization_alignments::char::{canonical_combining_class, decompose_canonical};

fn hex(chars: &[char]) -> String {
    let words: Vec<String> = chars.iter().map(|&c| format!("{:X}", c as u32)).collect();
    words.join(" ")
}

fn main() {
    let (a, b, c) = std::char::UNICODE_VERSION;
    println!("# unicode_categories 0.1.1 (Unicode 8.0): Mn, P*, Cc, Cf, Co");
    println!("# unicode-normalization-alignments 0.1.12 (Unicode 9.0): canonical decompositions, combining classes");
    println!("# Rust standard library (Unicode {a}.{b}.{c}): White_Space, to_lowercase");
    println!("# regex-syntax 0.8 (Unicode 16.0): \\w");
    let word = Regex::new(r"^\w$").unwrap();
    for scalar in (0..0x110000u32).filter_map(char::from_u32) {
        let mut flags = String::new();
        let mut utf8 = [0; 4];
        if scalar.is_other() { flags.push('o'); }
        if scalar.is_whitespace() { flags.push('s'); }
        if scalar.is_punctuation() { flags.push('p'); }
        if scalar.is_mark_nonspacing() { flags.push('m'); }
        if word.is_match(scalar.encode_utf8(&mut utf8)) { flags.push('w'); }
        let class = canonical_combining_class(scalar);
        let mut decomposed = Vec::new();
        decompose_canonical(scalar, |d| decomposed.push(d));
        if decomposed == [scalar] { decomposed.clear(); }
        let mut lower: Vec<char> = scalar.to_lowercase().collect();
        if lower == [scalar] { lower.clear(); }
        if flags.is_empty() && class == 0 && decomposed.is_empty() && lower.is_empty() { continue; }
        println!("{:X};{};{};{};{}", scalar as u32, flags, class, hex(&decomposed), hex(&lower));
    }
}
