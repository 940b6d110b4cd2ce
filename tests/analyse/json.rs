//! A strict JSON reader, to hold the report to the grammar.

use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// Reads a whole text; panics where it is no JSON.
    pub(crate) fn read(text: &str) -> Self {
        let mut rest = text;
        let value = value(&mut rest);
        assert_eq!(rest.trim(), "", "more than one value in {text}");
        value
    }

    pub(crate) fn number(&self) -> f64 {
        match self {
            Self::Number(x) => *x,
            other => panic!("no number: {other:?}"),
        }
    }

    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Text(x) => x,
            other => panic!("no string: {other:?}"),
        }
    }

    pub(crate) fn list(&self) -> &[Json] {
        match self {
            Self::List(x) => x,
            other => panic!("no list: {other:?}"),
        }
    }

    pub(crate) fn keys(&self) -> Vec<&str> {
        match self {
            Self::Object(x) => x.keys().map(String::as_str).collect(),
            other => panic!("no object: {other:?}"),
        }
    }
}

impl core::ops::Index<&str> for Json {
    type Output = Json;

    fn index(&self, key: &str) -> &Json {
        match self {
            Self::Object(x) => &x[key],
            other => panic!("no object: {other:?}"),
        }
    }
}

fn value(rest: &mut &str) -> Json {
    *rest = rest.trim_start();
    match rest.as_bytes()[0] {
        b'{' => {
            let mut members = BTreeMap::new();
            items(rest, '{', '}', |rest| {
                let key = string(rest);
                eat(rest, ':');
                assert!(members.insert(key, value(rest)).is_none(), "a key twice");
            });
            Json::Object(members)
        }
        b'[' => {
            let mut list = Vec::new();
            items(rest, '[', ']', |rest| list.push(value(rest)));
            Json::List(list)
        }
        b'"' => Json::Text(string(rest)),
        b'n' => {
            *rest = rest.strip_prefix("null").expect("null");
            Json::Null
        }
        _ => {
            let end = rest.find(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c))).unwrap_or(rest.len());
            let (number, after) = rest.split_at(end);
            *rest = after;
            assert!(number.starts_with(|c: char| c == '-' || c.is_ascii_digit()), "no value: {number}");
            Json::Number(number.parse().expect("a number"))
        }
    }
}

fn items(rest: &mut &str, open: char, close: char, mut item: impl FnMut(&mut &str)) {
    eat(rest, open);
    if rest.trim_start().starts_with(close) {
        return eat(rest, close);
    }
    loop {
        item(rest);
        if rest.trim_start().starts_with(close) {
            return eat(rest, close);
        }
        eat(rest, ',');
    }
}

fn eat(rest: &mut &str, c: char) {
    *rest = rest.trim_start();
    *rest = rest.strip_prefix(c).unwrap_or_else(|| panic!("expected {c} at {rest}"));
}

fn string(rest: &mut &str) -> String {
    eat(rest, '"');
    let mut out = String::new();
    let mut chars = rest.char_indices();
    while let Some((i, c)) = chars.next() {
        match c {
            '"' => {
                *rest = &rest[i + 1..];
                return out;
            }
            '\\' => match chars.next().expect("an escape").1 {
                'n' => out.push('\n'),
                'u' => {
                    let hex: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                    out.push(
                        char::from_u32(u32::from_str_radix(&hex, 16).expect("hex")).expect("a character"),
                    );
                }
                c @ ('"' | '\\') => out.push(c),
                c => panic!("escape {c}"),
            },
            c if c.is_control() => panic!("a bare control character"),
            c => out.push(c),
        }
    }
    panic!("a string without an end")
}
