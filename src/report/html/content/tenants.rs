//! Who must be told: what each tenant has of the scenario, worst first.

use super::super::table::{Cell, DataTable, Heading, Row, selected};
use super::anchors::Anchors;
use super::told::Told;
use crate::ids::{ShardId, TenantId, TierId};
use crate::report::headroom::State;
use crate::report::numbers;
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// By tenant and tier, the period and shard in which most of them are hurt in one way, and how many.
type Worst = BTreeMap<(TenantId, TierId), (f64, usize, ShardId)>;

impl Told<'_> {
    /// The rows of tenants.csv for people.
    pub(super) fn tenants(&self, anchors: &Anchors) -> DataTable {
        let inventory = self.briefing.inventory;
        let (unserved, moved) = self.worst_shards();
        let accounts: Vec<_> = self.briefing.plan.tenants.iter().collect();
        let (accounts, cut) = selected(accounts, "worst", "tenants.csv");
        let is_open = self.briefing.leaves_promises_open();
        let rows: Vec<Row> = accounts
            .into_iter()
            .map(|account| {
                let worst = |worst: &Worst| {
                    let (_, period, shard) = worst.get(&(account.tenant, account.tier))?;
                    Some((*period, inventory.shard_ids.get(shard.index())))
                };
                let unserved =
                    worst(&unserved).and_then(|(period, shard)| anchors.of_unserved(period, shard));
                let moved =
                    worst(&moved).and_then(|(period, shard)| anchors.of_move(period, shard));
                let tenant = Cell::words(&inventory.tenants[account.tenant.index()]);
                let (tenant, promise) = match account.is_kept_by_month() {
                    Some(false) => (tenant.judged(State::Full), "broken"),
                    Some(true) if is_open => (tenant, "not checked"),
                    Some(true) => (tenant, "kept"),
                    None => (tenant, "–"),
                };
                let uptime = account.month.map(|own| own.uptime());
                let hurt = numbers::about(account.hurt_minutes);
                let hurt = Cell::number(hurt, account.hurt_minutes);
                let hurt = if account.hurt_minutes > NOBODY {
                    hurt.because("unknown")
                } else {
                    hurt
                };
                Row {
                    id: None,
                    cells: vec![
                        tenant,
                        Cell::words(&inventory.tiers[account.tier.index()].id),
                        Cell::words(promise),
                        Cell::number(numbers::availability(account.promised), account.promised),
                        Cell::maybe(uptime, numbers::availability),
                        Cell::users(account.users),
                        Cell::number(numbers::users_up(account.unserved), account.unserved)
                            .maybe_because(unserved),
                        hurt,
                        Cell::users(account.moved).maybe_because(moved),
                    ],
                }
            })
            .collect();
        let but = self.briefing.left_out_of_promises();
        let but = but.map_or_else(String::new, |what| format!("Not counted: {what}."));
        let note = [
            "A promise is broken where users have less of a calendar month than the tier promises; outside of this scenario nobody is down. Of several months the worst counts.",
            but.as_str(),
            cut.as_str(),
        ];
        DataTable {
            id: "tenants".to_owned(),
            caption: "Whom to tell".to_owned(),
            note: note.join(" ").trim_end().to_owned(),
            columns: vec![
                Heading::words("tenant"),
                Heading::words("tier"),
                Heading::words("promise"),
                Heading::number("promised"),
                Heading::number("has of the month"),
                Heading::number("users"),
                Heading::number("unserved"),
                Heading::number("hurt, user-minutes"),
                Heading::number("moved"),
            ],
            rows,
            is_sortable: true,
        }
    }

    /// Of each tenant and tier the shard with most unserved users, and that with most who move.
    fn worst_shards(&self) -> (Worst, Worst) {
        let (mut unserved, mut moved) = (Worst::new(), Worst::new());
        let add = |worst: &mut Worst, shard: ShardId, users: f64, period: usize| {
            let row = &self.briefing.inventory.shards[shard.index()];
            let known = worst
                .entry((row.tenant, row.tier))
                .or_insert((NOBODY, period, shard));
            if users > known.0 {
                *known = (users, period, shard);
            }
        };
        for period in &self.briefing.plan.periods {
            let index = period.period.index;
            let parts = period.parts.iter().filter(|part| part.site.is_none());
            for part in parts.filter(|part| part.users > NOBODY) {
                add(&mut unserved, part.shard, part.users, index);
            }
            for own in period.moves.iter().filter(|own| own.users > NOBODY) {
                add(&mut moved, own.shard, own.users, index);
            }
        }
        (unserved, moved)
    }
}
