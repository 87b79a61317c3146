//! Rules of credits.csv.

use crate::diagnostic::Code;
use crate::inventory::findings::{Findings, Message, place};
use crate::inventory::rows::Located;
use crate::model::Credit;

/// Less is paid for a lower uptime.
pub(crate) const LESS_FOR_WORSE: Code = Code("P3505");

/// Of rows from the highest uptime down none pays less than the one before it.
pub(crate) fn grow_as_uptime_falls(file: &str, rows: &[Located<Credit>], findings: &mut Findings) {
    for pair in rows.windows(2) {
        let [higher, lower] = pair else { continue };
        if lower.value.share < higher.value.share {
            let (above, below) = (higher.value.uptime_below, lower.value.uptime_below);
            findings.error(
                LESS_FOR_WORSE,
                place(file, lower.line, Some("credit")),
                Message {
                    found: format!("{} below an uptime of {below}", lower.value.share),
                    expected: format!(
                        "at least {}, which is paid below {above} on line {}",
                        higher.value.share, higher.line
                    ),
                    hint: "compare the two rows: who gets less service is not paid less".to_owned(),
                },
            );
        }
    }
}
