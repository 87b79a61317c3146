//! onboarding.csv: users who join or leave, by date.

use super::Located;
use super::shards::Shards;
use crate::inventory::findings::Findings;
use crate::inventory::source::Folder;
use crate::inventory::table::{Resources, Table};
use crate::inventory::validate::onboarding as rules;
use crate::model::Onboarding;

const FILE: &str = "onboarding.csv";

/// The rows by date and shard.
pub(crate) fn read(
    folder: &Folder<'_>,
    shards: &Shards,
    findings: &mut Findings,
) -> Vec<Located<Onboarding>> {
    let mut rows = Vec::new();
    if let Some(table) = Table::open(folder, FILE, &Resources::default(), findings) {
        let date = table.column("date");
        let shard = table.column("shard");
        let users = table.column("users");
        let low = table.column("low");
        let high = table.column("high");
        let mut guess = 0;
        let hint = "write whole users, with a minus sign for users that leave";
        table.for_each(findings, |row| {
            let own_date = row.date(date);
            let own_shard = shards.resolve(row, shard, &mut guess);
            let own_users = row.whole(users, hint);
            let own_low = row.whole(low, hint);
            let own_high = row.whole(high, hint);
            if let (Some(date), Some(shard), Some(expected)) = (own_date, own_shard, own_users) {
                let onboarding = Onboarding {
                    date,
                    shard,
                    users: expected,
                    low: own_low.unwrap_or(expected),
                    high: own_high.unwrap_or(expected),
                };
                rules::has_a_range(row, low, &onboarding);
                rules::is_within_its_range(row, users, &onboarding);
                rows.push(Located {
                    line: row.line,
                    value: onboarding,
                });
            }
        });
    }
    rows.sort_by_key(|row| {
        let own = &row.value;
        (own.date, own.shard, own.users, own.low, own.high, row.line)
    });
    rows
}
