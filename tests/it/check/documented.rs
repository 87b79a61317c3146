//! Every rule has its section in the documentation.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The codes quoted in the sources of a folder, such as `"P7101"`.
fn codes_of(folder: &Path) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            codes.extend(codes_of(&path));
            continue;
        }
        let text = fs::read_to_string(&path).expect("sources are text");
        for (at, _) in text.match_indices("\"P") {
            let code: String = text[at + 1..].chars().take(5).collect();
            if code[1..].bytes().all(|byte| byte.is_ascii_digit()) {
                codes.insert(code);
            }
        }
    }
    codes
}

#[test]
fn every_code_has_its_section() {
    let mut codes = codes_of(&root("src/plan_files"));
    codes.extend(codes_of(&root("src/plan/check")));
    let text = fs::read_to_string(root("docs/errors-plan.md")).expect("the page exists");
    let sections: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("### ").map(str::to_owned))
        .collect();
    let sorted: Vec<String> = codes.into_iter().collect();
    assert_eq!(sections, sorted);
}
