//! Names that would break out of a terminal, a spreadsheet or a page stay names.

use super::place::{PLACE, Place, printed, replayed, written};
use crate::command_line::contents;
use std::fs;

#[test]
fn names_of_the_user_are_never_run() {
    let evil = "=cmd|' /C calc'!A0";
    let script = "<script>window.broken=1</script>";
    let hidden = "gpj.\u{202e}exe";
    let folder = written(&Place {
        shards: &format!("s,{evil},862,a,p,r,gold\ns2,{script},1,a,p,r,gold\n"),
        scenario: "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\nstart = 2030-06-01T11:00:00Z\n\
            end = 2030-06-01T15:00:00Z\n\n[[queued]]\ncomponent = \"a\"\nresource = \"work\"\namount = 5000000\n",
        ..PLACE
    });
    fs::write(
        folder.path().join("sites.csv"),
        format!("site,name,work\na,\"{hidden}{script}\",1001\n"),
    )
    .expect("there is room");
    let text = printed(&replayed(&folder, &["--do-nothing"]), 1);
    let is_plain = |text: &str| {
        let mut all = text.chars();
        all.all(|letter| letter == '\n' || !letter.is_control() && letter != '\u{202e}')
    };
    assert!(is_plain(&text), "{text:?}");
    assert!(text.contains(r"gpj.\u{202e}exe"), "{text}");
    let mut charts = 0;
    for (name, bytes) in contents(&folder.path().join("replay")) {
        let is = |text: &str| name.extension().is_some_and(|extension| extension == text);
        let name = name.display();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if is("csv") {
            let is_formula = |text: &str| text.trim_matches('"').starts_with('=');
            let run = text.lines().any(|row| row.split(',').any(is_formula));
            assert!(!run, "{name}");
        }
        if is("svg") || is("html") {
            assert!(!text.contains(script), "{name}");
            assert!(!text.contains('\u{202e}'), "{name}");
            charts += 1;
        }
        if is("json") {
            assert!(!text.contains('\u{202e}'), "{name}");
        }
    }
    assert!(charts >= 4);
    let tenants = fs::read_to_string(folder.path().join("replay/tenants.csv"));
    assert!(tenants.expect("it is written").contains("'=cmd"));
}
