//! What the documentation in `src` says about real-time safety, read from the sources.
//!
//! A reader of lines, not of Rust: it relies on the layout that rustfmt gives. A call is named `Type::method`, or
//! `module::function` with the folder or file directly under `src`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The calls whose section opens with "Real-time safe" or "Wait-free", or refers to such a call
/// ("As [`Type::method`]").
pub fn real_time_safe() -> BTreeSet<String> {
    let calls = calls();
    let safe =
        |says: &str| says.starts_with("Real-time safe") || says.starts_with("Wait-free, one caller per side");
    calls.keys().filter(|name| says(name, &calls).is_some_and(safe)).cloned().collect()
}

/// The public functions without the section, or with one that opens otherwise, or refers to no call.
pub fn silent() -> BTreeSet<String> {
    const OPENINGS: [&str; 3] = ["Real-time safe", "Wait-free, one caller per side", "Not real-time safe"];
    let calls = calls();
    let opens = |says: &str| OPENINGS.iter().any(|opening| says.starts_with(opening));
    calls.keys().filter(|name| !says(name, &calls).is_some_and(opens)).cloned().collect()
}

/// What a call says, or what the call says that it refers to with "As [`Type::method`]".
fn says<'a>(name: &str, calls: &'a BTreeMap<String, String>) -> Option<&'a str> {
    let mut says = calls.get(name)?.as_str();
    // No honest chain is longer; a circle ends here.
    for _ in 0..8 {
        let Some(rest) = says.strip_prefix("As [`") else { return Some(says) };
        says = calls.get(rest.split_once('`')?.0)?;
    }
    None
}

/// Every public function and the first line of its section; an empty line where it has none.
fn calls() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut calls = BTreeMap::new();
    for file in files {
        let part = file.strip_prefix(&root).expect("a file under src").with_extension("");
        let module = part.iter().next().expect("a name").to_string_lossy().into_owned();
        read(&fs::read_to_string(&file).expect("a source file"), &module, &mut calls);
    }
    assert!(calls.len() > 20, "the sources were not understood: {calls:#?}");
    calls
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

fn read(source: &str, module: &str, calls: &mut BTreeMap<String, String>) {
    // The type that the functions belong to, and the indentation of its block.
    let mut owner: Option<(String, usize)> = None;
    // The macro being defined: its `impl $name` stands for every invocation.
    let mut in_macro: Option<&str> = None;
    let (mut says, mut in_section) = (String::new(), false);
    for line in source.lines() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if text.starts_with("mod tests {") {
            break;
        }
        if let Some(name) = line.strip_prefix("macro_rules! ") {
            in_macro = name.split([' ', '{']).next();
        } else if line == "}" {
            in_macro = None;
        }
        if let Some(doc) = text.strip_prefix("///") {
            let doc = doc.trim();
            if in_section && says.is_empty() {
                doc.clone_into(&mut says);
            }
            in_section = doc == "# Real-time safety" || (in_section && says.is_empty());
        } else if text.starts_with("impl") && text.ends_with('{') {
            owner = (!text.contains(" for ")).then(|| (type_of(text), indent));
        } else if text == "}" && owner.as_ref().is_some_and(|(_, at)| *at == indent) {
            owner = None;
        } else if let Some(name) = public_function(text) {
            let owners = match &owner {
                None => vec![module.to_owned()],
                Some((owner, _)) if owner.starts_with('$') => invocations(source, in_macro.expect("a macro")),
                Some((owner, _)) => vec![owner.clone()],
            };
            for owner in owners {
                calls.insert(format!("{owner}::{name}"), says.clone());
            }
        }
        // Attributes stand between the documentation and its function.
        if !text.starts_with("///") && !text.starts_with('#') {
            says.clear();
            in_section = false;
        }
    }
}

/// `impl<'a, T: X<Y>> Name<'a, T> where ... {`: the name.
fn type_of(head: &str) -> String {
    let mut depth = 0;
    let mut rest = head.trim_start_matches("impl");
    if rest.starts_with('<') {
        let end = rest.char_indices().find_map(|(at, c)| {
            depth += i32::from(c == '<') - i32::from(c == '>');
            (depth == 0).then_some(at + 1)
        });
        rest = &rest[end.expect("the end of the generics")..];
    }
    rest.trim_start()
        .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn public_function(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("pub ")?;
    let rest = rest.strip_prefix("const ").unwrap_or(rest);
    let rest = rest.strip_prefix("unsafe ").unwrap_or(rest);
    rest.strip_prefix("fn ")?.split(['(', '<']).next()
}

/// The first argument of each invocation of a macro in its file.
fn invocations(source: &str, name: &str) -> Vec<String> {
    let opening = format!("{name}!(");
    let arguments = source.lines().filter_map(|line| line.strip_prefix(&*opening));
    arguments.map(|rest| rest.split([',', ')']).next().unwrap_or_default().trim().to_owned()).collect()
}
