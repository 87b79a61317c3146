//! The codes of findings that the sources can say, beside those that are recorded.

use super::compare::Comparison;
use super::record::{Part, Record};
use super::store::Store;
use super::{Result, root};
use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Compares all codes, as one case.
///
/// # Errors
/// If the sources cannot be read, or the record cannot be read or written.
pub(super) fn compared(store: &Store, is_blessed: bool) -> Result<Comparison> {
    let path = root("tests/goldens/codes.txt");
    let mut codes = BTreeSet::new();
    collect(&root("src"), &Regex::new(r#""(P\d{4})""#)?, &mut codes)?;
    let codes: Vec<String> = codes.into_iter().collect();
    let now = codes.join("\n") + "\n";
    let before = fs::read_to_string(&path).unwrap_or_default();
    let of = |text: &str| Record {
        parts: vec![Part::new("codes".to_owned(), text.as_bytes().to_vec())],
    };
    let comparison = Comparison::new("codes of findings", &of(&before), &of(&now), store);
    if is_blessed {
        fs::write(&path, now)?;
    }
    Ok(comparison)
}

fn collect(folder: &Path, code: &Regex, all: &mut BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, code, all)?;
        } else {
            let text = fs::read_to_string(&path)?;
            all.extend(code.captures_iter(&text).map(|found| found[1].to_owned()));
        }
    }
    Ok(())
}
