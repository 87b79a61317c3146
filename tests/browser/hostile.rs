//! An inventory of hostile names: nothing runs, nothing overlaps, nothing is cut.

use crate::chromium::{Chromium, LOOKS};
use crate::layout::problems;
use crate::made::{made, made_by};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Names that would break out of HTML, an attribute, a script, SVG, the line, or the reading direction.
const NAMES: [(&str, &str); 7] = [
    (
        "San Antonio",
        "<script>window.broken=1</script><img src=x onerror=window.broken=2>",
    ),
    (
        "Chicago",
        "\"'><svg onload=window.broken=3><a href=javascript:window.broken=4>x</a>",
    ),
    (
        "Amsterdam",
        "</style></title></script><script>window.broken=5</script>",
    ),
    (
        "San Antonio load balancer 1",
        "=HYPERLINK(\"http://evil.example\",\"x\")",
    ),
    (
        "New York",
        "gpj.\u{202e}exe \u{2066}אבג עברית\u{2069} العربية",
    ),
    (
        "Dallas",
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    ),
    (
        "San Antonio load balancer 2",
        "{{ 7 * 7 }}{% raw %}&lt;b&gt;&#60;",
    ),
];

/// data/tiny with those names, and ids of shards and tenants of 128 characters.
fn hostile() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/tiny");
    let mut replaced = 0;
    for entry in fs::read_dir(tiny).expect("it is shipped") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let mut text = fs::read_to_string(&path).expect("text");
        if ["sites.csv", "access_points.csv", "elements.csv"].contains(&name.as_str()) {
            for (plain, evil) in NAMES {
                let quoted = format!("\"{}\"", evil.replace('"', "\"\""));
                replaced += text.matches(&format!(",{plain},")).count();
                text = text.replace(&format!(",{plain},"), &format!(",{quoted},"));
            }
        }
        if name == "shards.csv" {
            let tenant = format!(",<b>{},", "x".repeat(125));
            assert!(text.contains(",prairie-health,"));
            text = text.replace(",prairie-health,", &tenant);
        }
        if path.extension() == Some("toml".as_ref()) {
            text = text.replace(
                "name = \"tiny-drain-chicago\"",
                "name = \"</title><script>window.broken=6</script>\"",
            );
        }
        fs::write(folder.path().join(name), text).expect("it is written");
    }
    assert!(replaced >= NAMES.len(), "every name is in use: {replaced}");
    folder
}

#[test]
fn text_of_the_users_files_stays_text() {
    let folder = hostile();
    let report = made(folder.path(), "drain-chicago.toml");
    let browser = Chromium::start();
    for look in LOOKS {
        let page = browser.open(&report.file, look);
        assert_eq!(page.complaints(), Vec::<String>::new(), "{look:?}");
        assert_eq!(page.value("window.broken ?? null"), serde_json::Value::Null);
        let elements = page.value(
            "[...document.querySelectorAll('img, script:not(body > script:last-child), a:not([href^=\"#\"]), [onload], [onerror], b')] \
             .filter((node) => !/^(charts[/])?[a-z0-9_-]+[.](html|csv|json|svg|md|sh)$/.test(node.getAttribute('href'))).length",
        );
        assert_eq!(
            elements, 0,
            "no element comes from a name, and links lead to files of the folder"
        );
        let title = page.value("document.title");
        assert_eq!(title, "</title><script>window.broken=6</script> – Plan");
        let is_whole =
            page.value("document.body.textContent.includes('{{ 7 * 7 }}{% raw %}&lt;b&gt;&#60;')");
        assert_eq!(is_whole, true);
        let turns = page
            .value("/[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.documentElement.outerHTML)");
        assert_eq!(turns, false, "directions are written out");
        assert_eq!(problems(&page), Vec::<String>::new(), "{look:?}");
    }
}

#[test]
fn text_of_the_users_files_stays_text_in_a_replay() {
    let folder = hostile();
    let report = made_by("replay", folder.path(), "drain-chicago.toml");
    let browser = Chromium::start();
    for look in LOOKS {
        let page = browser.open(&report.file, look);
        assert_eq!(page.complaints(), Vec::<String>::new(), "{look:?}");
        assert_eq!(page.value("window.broken ?? null"), serde_json::Value::Null);
        let elements = page.value(
            "document.querySelectorAll('img, script:not(body > script:last-child), [onload], [onerror], b').length",
        );
        assert_eq!(elements, 0, "no element comes from a name");
        let is_whole =
            page.value("document.body.textContent.includes('<svg onload=window.broken=3>')");
        assert_eq!(is_whole, true, "Chicago is named as it is");
        assert_eq!(problems(&page), Vec::<String>::new(), "{look:?}");
    }
}
