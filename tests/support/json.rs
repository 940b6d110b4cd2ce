//! Just enough JSON to read the expected values of a corpus.

use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Map(BTreeMap<String, Json>),
}

impl Json {
    /// Reads one value, or says at which byte it is malformed.
    pub(crate) fn parse(text: &str) -> Result<Self, usize> {
        let mut reader = Reader { text, bytes: text.as_bytes(), at: 0 };
        let value = reader.value().ok_or(reader.at)?;
        reader.space();
        if reader.at == text.len() { Ok(value) } else { Err(reader.at) }
    }

    /// The member of a map; null where there is none.
    pub(crate) fn get(&self, name: &str) -> &Self {
        match self {
            Self::Map(map) => map.get(name).unwrap_or(&Self::Null),
            _ => &Self::Null,
        }
    }

    pub(crate) fn map(&self) -> impl Iterator<Item = (&String, &Self)> {
        if let Self::Map(map) = self { Some(map.iter()) } else { None }.into_iter().flatten()
    }

    pub(crate) fn list(&self) -> &[Self] {
        if let Self::List(list) = self { list } else { &[] }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes and counts")]
    pub(crate) fn number(&self) -> Option<u64> {
        if let Self::Number(number) = self { Some(*number as u64) } else { None }
    }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn space(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn eat(&mut self, token: &str) -> Option<()> {
        self.space();
        self.bytes[self.at..].starts_with(token.as_bytes()).then(|| self.at += token.len())
    }

    fn value(&mut self) -> Option<Json> {
        self.space();
        match self.bytes.get(self.at)? {
            b'{' => {
                let mut map = BTreeMap::new();
                self.items("{", "}", |this| {
                    this.space();
                    let name = this.string()?;
                    this.eat(":")?;
                    map.insert(name, this.value()?);
                    Some(())
                })?;
                Some(Json::Map(map))
            }
            b'[' => {
                let mut list = Vec::new();
                self.items("[", "]", |this| this.value().map(|value| list.push(value)))?;
                Some(Json::List(list))
            }
            b'"' => self.string().map(Json::Text),
            b'n' => self.eat("null").map(|()| Json::Null),
            b't' => self.eat("true").map(|()| Json::Bool(true)),
            b'f' => self.eat("false").map(|()| Json::Bool(false)),
            _ => {
                let rest = &self.bytes[self.at..];
                let len = rest.iter().take_while(|byte| b"+-.0123456789eE".contains(byte)).count();
                self.at += len;
                str::from_utf8(&rest[..len]).ok()?.parse().ok().map(Json::Number)
            }
        }
    }

    fn items(
        &mut self,
        open: &str,
        close: &str,
        mut item: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.eat(open)?;
        if self.eat(close).is_some() {
            return Some(());
        }
        loop {
            item(self)?;
            if self.eat(",").is_none() {
                return self.eat(close);
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        self.eat("\"")?;
        let mut units = Vec::new();
        loop {
            let first = self.text.get(self.at..)?.chars().next()?;
            self.at += first.len_utf8();
            match first {
                '"' => return String::from_utf16(&units).ok(),
                '\\' => {
                    let escape = *self.bytes.get(self.at)?;
                    self.at += 1;
                    units.push(match escape {
                        b'u' => {
                            let digits = self.bytes.get(self.at..self.at + 4)?;
                            self.at += 4;
                            u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?
                        }
                        b'n' => 10,
                        b'r' => 13,
                        b't' => 9,
                        b'b' => 8,
                        b'f' => 12,
                        other => u16::from(other),
                    });
                }
                other => units.extend(other.encode_utf16(&mut [0; 2]).iter()),
            }
        }
    }
}

#[test]
fn reads_what_it_is_for() {
    let value = Json::parse(r#" {"a": [1, -2.5e1, true, null, {}], "b\u00e9\n": "x\"y", "c": []} "#).unwrap();
    assert_eq!(value.get("a").list()[1], Json::Number(-25.0));
    assert_eq!(value.get("bé\n").text(), Some("x\"y"));
    assert_eq!(Json::parse("[1,]"), Err(3));
    assert_eq!(Json::parse("{} x"), Err(3));
}
