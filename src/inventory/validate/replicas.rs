//! Rules of replicas.csv.

use super::growth::REPEATED_KEYS;
use crate::diagnostic::Code;
use crate::inventory::findings::{Findings, Message, place, quoted};
use crate::inventory::rows::Located;
use crate::inventory::table::{Column, Row};
use crate::model::{Replica, Shard};

/// A replica at the site of its shard (a warning: ignored).
pub(crate) const REPLICA_AT_HOME: Code = Code("P3201");
/// Two replicas of a shard with one preference (a warning: the order of names decides).
pub(crate) const SHARED_PREFERENCE: Code = Code("P3202");

/// `true` if the replica is not at its shard's own site; a warning otherwise.
pub(crate) fn is_elsewhere(
    row: &mut Row<'_, '_>,
    column: Column,
    shard: &Shard,
    replica: &Replica,
) -> bool {
    if shard.site != Some(replica.site) {
        return true;
    }
    let found = format!("{}, where the shard is homed", quoted(row.raw(column)));
    row.warning(
        column,
        REPLICA_AT_HOME,
        Message {
            found,
            expected: "another site than in shards.csv".to_owned(),
            hint:
                "remove the row: it is ignored, a shard with replicas has a copy at its home anyway"
                    .to_owned(),
        },
    );
    false
}

/// A shard has at most one replica at a site.
pub(crate) fn stand_once(rows: &mut Vec<Located<Replica>>, findings: &mut Findings) {
    rows.sort_by_key(|row| (row.value.shard, row.value.site, row.line));
    rows.dedup_by(|row, first| {
        let is_same = (row.value.shard, row.value.site) == (first.value.shard, first.value.site);
        if is_same {
            findings.error(
                REPEATED_KEYS,
                place("replicas.csv", row.line, Some("site")),
                Message {
                    found: format!("the same shard and site as on line {}", first.line),
                    expected: "one row for them".to_owned(),
                    hint: "remove one of the two rows".to_owned(),
                },
            );
        }
        is_same
    });
}

/// The replicas of a shard, sorted by preference, are told apart by it.
pub(crate) fn have_own_preferences(rows: &[Located<Replica>], findings: &mut Findings) {
    for pair in rows.windows(2) {
        if let [first, second] = pair
            && first.value.shard == second.value.shard
            && first.value.preference == second.value.preference
        {
            let (earlier, later) = (first.line.min(second.line), first.line.max(second.line));
            findings.warning(
                SHARED_PREFERENCE,
                place("replicas.csv", later, Some("preference")),
                Message {
                    found: format!(
                        "preference {} again, as on line {earlier}",
                        second.value.preference
                    ),
                    expected: "a preference that no other replica of the shard has".to_owned(),
                    hint: "number the replicas of a shard from 1 on; of equal ones the first by name is preferred".to_owned(),
                },
            );
        }
    }
}
