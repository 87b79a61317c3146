//! Frame: what every page has around its contents.

use super::theme;
use crate::report::text::visible;

/// The script of every page.
const SCRIPT: &str = include_str!("report.js");

/// What the page's policy lets run: this script and nothing else, whatever a file of the user's may smuggle in.
const SCRIPT_HASH: &str = "sha256-f9gsWvc+fLG3XGM5+mcb3oBM2oUY9Abbwt6h1unBc20=";

/// What every page has around its contents: head, style, script, title, links to its sections, footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What the page is called; the first heading.
    pub title: String,
    /// What stands below it: when and where.
    pub subtitle: String,
    /// Kind of page, such as `Plan`.
    pub kind: &'static str,
    /// Sections to jump to: anchor without `#`, words.
    pub sections: Vec<(&'static str, &'static str)>,
    /// What made the page, for the footer.
    pub maker: String,
    /// The style sheet.
    pub(super) style: &'static str,
    /// The script.
    pub(super) script: &'static str,
    /// The script's hash as a content security policy names it.
    pub(super) script_hash: &'static str,
}

impl Frame {
    /// The frame of a page made by this version.
    pub fn new(kind: &'static str, title: &str, subtitle: &str) -> Self {
        Self {
            title: visible(title).into_owned(),
            subtitle: visible(subtitle).into_owned(),
            kind,
            sections: Vec::new(),
            maker: format!("Plimsoll {}", env!("CARGO_PKG_VERSION")),
            style: theme::style(),
            script: SCRIPT,
            script_hash: SCRIPT_HASH,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_policy_names_the_script() {
        let hash = data_encoding::BASE64.encode(&Sha256::digest(SCRIPT.as_bytes()));
        assert_eq!(SCRIPT_HASH, format!("sha256-{hash}"));
    }
}
