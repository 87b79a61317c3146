//! Accounts: what the users of every shard felt, added up by tenant, tier and month.
//!
//! A tally is what one step comes to, stream by stream and stage by stage.

use super::amount::Amount;
use super::course::{Layout, Member};
use super::field::ResourceNetwork;
use crate::ids::{TenantId, TierId};
use crate::model::{Credit, Inventory};
use crate::plan::replay::{Account, Felt};
use crate::units::NOBODY;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// By tenant, tier and month.
#[derive(Default)]
pub(super) struct Accounts {
    all: BTreeMap<(TenantId, TierId, Date), Felt>,
    /// By cell: how long somebody was there in the span that goes on, in seconds, and what one user felt.
    of_user: Vec<(f64, Felt)>,
    /// What becomes of work where nobody is any more, by group.
    left_over: BTreeMap<usize, Felt>,
    /// How long the span has gone on, in seconds.
    seconds: f64,
}

impl Accounts {
    /// Adds a step; `users` and `factor` are those of the streams in it, `in_cells` the users of every cell.
    pub(super) fn step(
        &mut self,
        field: &ResourceNetwork,
        cells: &[usize],
        streams: &[OfStream],
        (users, factor): (&[f64], &[f64]),
        seconds: f64,
    ) {
        self.of_user.resize(cells.len(), Default::default());
        self.seconds += seconds;
        let mut there = vec![0.0; cells.len()];
        let mut felt = vec![Felt::default(); cells.len()];
        for (stream, of_stream) in streams.iter().enumerate() {
            let cell = field.streams[stream].cell;
            there[cell] += users[stream];
            let of_cell = &mut felt[cell];
            if of_stream.down > 0.0 && factor[stream] > 0.0 {
                of_cell.down_seconds += of_stream.down / factor[stream];
            }
            of_cell.sent += of_stream.sent.number();
            of_cell.served += of_stream.served.number();
            of_cell.failed += of_stream.failed.number();
            of_cell.late += of_stream.late.number();
            of_cell.waited += of_stream.waited;
            of_cell.longest = of_cell.longest.max(of_stream.longest);
        }
        for (cell, felt) in felt.into_iter().enumerate() {
            let users = there[cell];
            if users <= NOBODY {
                self.left_over.entry(cells[cell]).or_default().add(&felt);
                continue;
            }
            let (there, of_user) = &mut self.of_user[cell];
            *there += seconds;
            of_user.add(&times(&felt, 1.0 / users));
        }
    }

    /// Ends a span within which users stay where they are; `share` is how far the layout has gone by then, `factor` by client
    /// region how many of the users are there.
    pub(super) fn close(
        &mut self,
        inventory: &Inventory,
        groups: &[usize],
        (layout, share): (&Layout, f64),
        (month, factor): (Date, &[f64]),
    ) {
        let seconds = std::mem::take(&mut self.seconds);
        let of_user = std::mem::take(&mut self.of_user);
        let left_behind = std::mem::take(&mut self.left_over);
        let users_of =
            |member: &Member| member.users[0] + share * (member.users[1] - member.users[0]);
        let mut of_group: BTreeMap<usize, f64> = BTreeMap::new();
        if left_behind.values().any(|felt| *felt != Felt::default()) {
            for member in &layout.members {
                let group = groups[member.shard.index()];
                *of_group.entry(group).or_default() += users_of(member);
            }
        }
        for member in &layout.members {
            let users = users_of(member);
            let shard = &inventory.shards[member.shard.index()];
            let key = (shard.tenant, shard.tier, month);
            let felt = self.all.entry(key).or_default();
            felt.user_seconds += users * seconds;
            let group = groups[member.shard.index()];
            if let (Some(left), Some(all)) = (left_behind.get(&group), of_group.get(&group))
                && *all > NOBODY
            {
                felt.add(&times(left, users / all));
            }
            // Users who are nowhere, or in a cell that has no path, are down while anybody is there.
            let mut without = seconds;
            if let Some((there, one_felt)) = member.cell.and_then(|cell| of_user.get(cell)) {
                without = (seconds - there).max(0.0);
                felt.add(&times(one_felt, users));
            }
            if factor[shard.client_region.index()] > 0.0 {
                felt.down_seconds += users * without;
            }
        }
    }

    /// By tenant, tier and month, with what is paid back, and all together.
    pub(super) fn settled(
        self,
        inventory: &Inventory,
        lengths: &BTreeMap<Date, f64>,
    ) -> (Vec<Account>, Felt) {
        let mut totals = Felt::default();
        let mut accounts = Vec::with_capacity(self.all.len());
        for ((tenant, tier, month), felt) in self.all {
            totals.add(&felt);
            let of_replay = lengths.get(&month).copied().unwrap_or(0.0);
            let users = if of_replay > 0.0 {
                felt.user_seconds / of_replay
            } else {
                0.0
            };
            let days = f64::from(month.days_in_month());
            let mut account = Account {
                tenant,
                tier,
                month,
                month_user_minutes: users * days * 24.0 * 60.0,
                felt,
                credit: 0.0,
            };
            let promised = inventory.tiers[tier.index()].availability;
            let uptime = account.uptime().filter(|value| *value < promised);
            account.credit = uptime.map_or(0.0, |value| credit(&inventory.credits, value));
            accounts.push(account);
        }
        (accounts, totals)
    }
}

/// What `users` felt together, each of them `felt`; the longest wait is that of any one.
fn times(felt: &Felt, users: f64) -> Felt {
    Felt {
        user_seconds: felt.user_seconds * users,
        down_seconds: felt.down_seconds * users,
        sent: felt.sent * users,
        served: felt.served * users,
        failed: felt.failed * users,
        late: felt.late * users,
        waited: felt.waited * users,
        longest: if users > 0.0 { felt.longest } else { 0.0 },
    }
}

/// What is paid back at an uptime: the most of what is below.
fn credit(credits: &[Credit], uptime: f64) -> f64 {
    let below = credits.iter().filter(|credit| uptime < credit.uptime_below);
    below.map(|credit| credit.share).fold(0.0, f64::max)
}

/// What becomes of a stream in a step.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OfStream {
    /// Work sent for the first time.
    pub(super) sent: Amount,
    /// Work sent again.
    pub(super) again: Amount,
    pub(super) served: Amount,
    /// Failed with all its attempts.
    pub(super) failed: Amount,
    pub(super) late: Amount,
    /// Seconds waited, times work served.
    pub(super) waited: f64,
    pub(super) longest: f64,
    /// Users without a session, times seconds.
    pub(super) apart: f64,
    /// Users whose sessions ended.
    pub(super) ended: f64,
    /// Users whose sessions were accepted.
    pub(super) connected: f64,
    /// Users who have to connect because a plan, or demand, brings them there.
    pub(super) brought: f64,
    /// Users whose sessions ended because what they pass is out.
    pub(super) cut_off: f64,
    /// Users there who were down, times seconds.
    pub(super) down: f64,
    /// Of these, users without a session, times seconds.
    pub(super) down_apart: f64,
}

/// What becomes of a stage in a step: rates per second, and what is left at its end.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct OfStage {
    pub(super) offered: f64,
    /// Of this, what is sent again, where work is lost instead of waiting.
    pub(super) again: f64,
    pub(super) worked: f64,
    pub(super) lost: f64,
    pub(super) queued: f64,
    pub(super) oldest: f64,
    pub(super) longest: f64,
    /// The most that waits, and when, in seconds.
    pub(super) most: [f64; 2],
    pub(super) stale: f64,
    /// How many times as much as in normal time its work takes: all else is counted in normal work.
    pub(super) stretch: f64,
}

impl OfStream {
    fn add(&mut self, part: &Self) {
        self.sent += part.sent;
        self.again += part.again;
        self.served += part.served;
        self.failed += part.failed;
        self.late += part.late;
        self.waited += part.waited;
        self.longest = self.longest.max(part.longest);
        self.apart += part.apart;
        self.ended += part.ended;
        self.connected += part.connected;
        self.brought += part.brought;
        self.cut_off += part.cut_off;
        self.down += part.down;
        self.down_apart += part.down_apart;
    }
}

impl OfStage {
    fn add(&mut self, part: &Self, share: f64) {
        self.offered += share * part.offered;
        self.again += share * part.again;
        self.worked += share * part.worked;
        self.lost += share * part.lost;
        self.queued = part.queued;
        self.oldest = part.oldest;
        self.longest = self.longest.max(part.longest);
        if part.most[0] > self.most[0] {
            self.most = part.most;
        }
        self.stale += part.stale;
        self.stretch += share * part.stretch;
    }

    /// The same counted in work that takes `stretch` times as much.
    pub(super) fn in_normal_work(self, stretch: f64) -> Self {
        Self {
            offered: self.offered / stretch,
            again: self.again / stretch,
            worked: self.worked / stretch,
            lost: self.lost / stretch,
            queued: self.queued / stretch,
            most: [self.most[0] / stretch, self.most[1]],
            stretch,
            ..self
        }
    }
}

/// What a step comes to.
pub(super) struct StepTally {
    pub(super) streams: Vec<OfStream>,
    pub(super) stages: Vec<OfStage>,
    /// The most users without a session in any part of it, counted as at the peak.
    pub(super) most_apart: f64,
}

impl StepTally {
    pub(super) fn new(streams: usize, stages: usize) -> Self {
        Self {
            streams: vec![OfStream::default(); streams],
            stages: vec![OfStage::default(); stages],
            most_apart: 0.0,
        }
    }

    pub(super) fn clear(&mut self) {
        self.streams.fill(OfStream::default());
        self.stages.fill(OfStage::default());
        self.most_apart = 0.0;
    }

    /// Adds a part of a step, which takes such a share of it and comes after those that were added.
    pub(super) fn add(&mut self, part: &Self, share: f64) {
        for (of_stream, part) in self.streams.iter_mut().zip(&part.streams) {
            of_stream.add(part);
        }
        for (of_stage, part) in self.stages.iter_mut().zip(&part.stages) {
            of_stage.add(part, share);
        }
        self.most_apart = self.most_apart.max(part.most_apart);
    }

    /// What comes to every stage if everything passes.
    pub(super) fn begin_stages(&mut self, loads: &[f64], seconds: f64) {
        for (of_stage, load) in self.stages.iter_mut().zip(loads) {
            let offered = load / seconds;
            *of_stage = OfStage {
                offered,
                worked: offered,
                stretch: 1.0,
                ..OfStage::default()
            };
        }
    }

    /// Some of what comes to a stage passes it, at such a rate: no more than if everything came.
    pub(super) fn passes(&mut self, stage: usize, rate: f64, most: f64) {
        let of_stage = &mut self.stages[stage];
        of_stage.offered = (of_stage.offered + rate).min(most);
        of_stage.worked = of_stage.offered;
    }

    /// So much more comes to a stage in a second, and is worked.
    pub(super) fn more(&mut self, stage: usize, rate: f64) {
        let of_stage = &mut self.stages[stage];
        let rate = rate / of_stage.stretch.max(1.0);
        of_stage.offered += rate;
        of_stage.worked += rate;
    }

    /// What really comes to a stage.
    pub(super) fn stage(&mut self, stage: usize, of_stage: OfStage) {
        self.stages[stage] = of_stage;
    }
}
