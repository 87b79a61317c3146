//! Who must be told: what each tenant has of the scenario, worst first.

use super::Told;
use super::anchors::Anchors;
use crate::ids::{ShardId, TenantId, TierId};
use crate::plan::TenantAccount;
use crate::report::document::{Cell, Listing, Table};
use crate::report::headroom::State;
use crate::report::numbers;
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// By tenant and tier, the period and shard in which most of them are hurt in one way, and how many.
type Worst = BTreeMap<(TenantId, TierId), (f64, usize, ShardId)>;

impl Told<'_> {
    /// The rows of tenants.csv for people.
    pub(super) fn tenants(&self, anchors: &Anchors) -> Table {
        let inventory = self.briefing.inventory;
        let (unserved, moved) = self.worst_shards();
        let is_open = self.briefing.leaves_promises_open();
        let worst = |worst: &Worst, account: &TenantAccount| {
            let (_, period, shard) = worst.get(&(account.tenant, account.tier))?;
            Some((*period, inventory.shard_ids.get(shard.index())))
        };
        let but = self.briefing.left_out_of_promises();
        let but = but.map_or_else(String::new, |what| format!("Not counted: {what}. "));
        let accounts = self.briefing.plan.tenants.iter().collect();
        let table = Listing::<&TenantAccount>::selected(accounts, "worst", "tenants.csv")
            .words("tenant", |own| {
                let is_broken = own.is_kept_by_month() == Some(false);
                Cell::words(&inventory.tenants[own.tenant.index()])
                    .judged_if(is_broken, State::Full)
            })
            .words("tier", |own| &inventory.tiers[own.tier.index()].id)
            .words("promise", |own| match own.is_kept_by_month() {
                Some(false) => "broken",
                Some(true) if is_open => "not checked",
                Some(true) => "kept",
                None => "–",
            })
            .number("promised", |own| {
                Cell::number(numbers::availability(own.promised), own.promised)
            })
            .number("has of the month", |own| {
                Cell::maybe(own.month.map(|own| own.uptime()), numbers::availability)
            })
            .number("users", |own| Cell::users(own.users))
            .number("unserved", |own| {
                let because = worst(&unserved, own);
                let because =
                    because.and_then(|(period, shard)| anchors.of_unserved(period, shard));
                Cell::number(numbers::users_up(own.unserved), own.unserved).maybe_because(because)
            })
            .number("hurt, user-minutes", |own| {
                let hurt = Cell::number(numbers::about(own.hurt_minutes), own.hurt_minutes);
                if own.hurt_minutes > NOBODY {
                    hurt.because("unknown")
                } else {
                    hurt
                }
            })
            .number("moved", |own| {
                let because = worst(&moved, own);
                let because = because.and_then(|(period, shard)| anchors.of_move(period, shard));
                Cell::users(own.moved).maybe_because(because)
            })
            .table("tenants", "Whom to tell")
            .sortable();
        let note = format!(
            "A promise is broken where users have less of a calendar month than the tier promises; outside of this scenario nobody is down. Of several months the worst counts. {but}{}",
            table.note
        );
        Table {
            link: "Whom to tell",
            ..table
        }
        .noted(note.trim_end())
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
