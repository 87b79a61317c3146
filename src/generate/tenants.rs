//! Tenants: who they are, how large, where their users live, and where their shards are homed and copied.

use super::homes::Homes;
use super::jurisdictions::{Bounds, Jurisdictions};
use super::options::Options;
use super::places::Populated;
use super::random::{Draws, sums};
use super::services::{MEETING, TENANTS_OF_TIERS, USE_OF_PROFILES};
use crate::ids::{
    ClientRegionId, JurisdictionId, Names, ProfileId, ShardId, SiteId, TenantId, TierId,
};
use crate::model::{MoveRule, Replica, ReplicaState, Shard};
use crate::units::Milliseconds;
use std::fmt::Write as _;

/// Exponent of the Pareto distribution of how many shards a tenant has.
const SHARDS_EXPONENT: f64 = 1.15;

/// Most shards of a tenant, as a share of all.
const MOST_SHARDS: f64 = 0.01;

/// Median users of a shard.
const MEDIAN_USERS: f64 = 150.0;

/// Deviation of the logarithm of users: between tenants, and between shards of one.
const DEVIATIONS: (f64, f64) = (0.6, 0.9);

/// Most users of a shard.
const MOST_USERS: f64 = 1e6;

/// The share of a tenant's shards whose users live where it has its seat.
const AT_SEAT: f64 = 0.5;

/// The chance that a tenant is at home in one country; the others are in one part of the world, or, half of them,
/// everywhere.
const NATIONAL: f64 = 0.85;

/// Of tenants that must stay, those that name the narrowest jurisdiction around them.
const NARROW: f64 = 0.5;

/// Of all shards, those whose users have a limit of latency, beside those of meetings.
const LIMITED: f64 = 0.55;

/// Limits of latency in ms; a shard has the first that leaves slack beyond the path to its home.
const LIMITS: [u32; 6] = [80, 120, 160, 240, 320, 480];

/// Slack that a limit leaves, as a multiple of the path to the home.
const SLACK: f64 = 1.5;

/// Of the shards with copies, those that may move only to one.
const REPLICA_ONLY: f64 = 0.05;

/// Of second copies, those that hold data but do not take over.
const BLOCKED: f64 = 0.02;

/// All tenants, and what is theirs.
#[derive(Debug, Default)]
pub(super) struct Tenants {
    /// Ids of tenants.
    pub(super) ids: Vec<String>,
    /// Ids of shards.
    pub(super) shard_ids: Names,
    /// Ascending by id.
    pub(super) shards: Vec<Shard>,
    /// Ascending by shard and preference.
    pub(super) replicas: Vec<Replica>,
}

/// Client regions by country and part of the world, to draw from.
struct Seats<'p> {
    regions: &'p [Populated],
    /// The regions in some bounds, and the sums of their weights.
    drawn: Vec<(Bounds, Vec<usize>, Vec<f64>)>,
}

impl<'p> Seats<'p> {
    fn of(regions: &'p [Populated]) -> Self {
        let mut seats = Self {
            regions,
            drawn: Vec::new(),
        };
        seats.within(Bounds::World);
        for region in regions {
            let centre = region.place.centre;
            seats.within(Bounds::Part(centre.geography));
            seats.within(Bounds::Country(centre.country));
        }
        seats
    }

    /// Position in `drawn` of the regions within some bounds.
    fn within(&mut self, bounds: Bounds) -> usize {
        let known = self
            .drawn
            .iter()
            .position(|(one_bounds, ..)| *one_bounds == bounds);
        known.unwrap_or_else(|| {
            let all = 0..self.regions.len();
            let held: Vec<usize> = all
                .filter(|index| bounds.hold(self.regions[*index].place.centre))
                .collect();
            let sums = sums(held.iter().map(|index| self.regions[*index].weight));
            self.drawn.push((bounds, held, sums));
            self.drawn.len() - 1
        })
    }

    /// A region, drawn by weight.
    fn draw(&self, position: usize, draws: &mut Draws) -> usize {
        let (_, held, sums) = &self.drawn[position];
        held[draws.position(sums)]
    }
}

/// A tenant whose shards are being made.
struct Tenant {
    id: TenantId,
    /// Where it has its seat.
    seat: usize,
    /// Position in [`Seats::drawn`] of where its other users live.
    spread: usize,
    jurisdiction: Option<JurisdictionId>,
    tier: TierId,
    /// Median users of its shards.
    users: f64,
}

impl Tenants {
    /// Draws all of them.
    pub(super) fn of(
        options: &Options,
        regions: &[Populated],
        homes: &Homes,
        jurisdictions: &Jurisdictions,
        draws: &mut Draws,
    ) -> Self {
        let mut seats = Seats::of(regions);
        let tiers = sums(TENANTS_OF_TIERS);
        let profiles = sums(USE_OF_PROFILES);
        let most = (options.shards as f64 * MOST_SHARDS).max(4.0);
        let digits = options.shards.to_string().len();
        let shard_digits = most.round().to_string().len();
        let mut all = Self::default();
        all.shards.reserve_exact(options.shards);
        let mut id = String::new();
        while all.shards.len() < options.shards {
            let open = options.shards - all.shards.len();
            let size = whole(draws.pareto(SHARDS_EXPONENT).min(most).round());
            let count = usize::try_from(size).unwrap_or(open).min(open);
            let number = all.ids.len();
            let tenant = tenant(number, options, &mut seats, jurisdictions, &tiers, draws);
            all.ids.push(format!("t{number:0digits$}"));
            for index in 0..count {
                id.clear();
                // Writing to a string does not fail.
                let _ = write!(id, "t{number:0digits$}-{index:0shard_digits$}");
                all.shard_ids.push(&id);
                let shard = shard(&tenant, index == 0, &seats, homes, &profiles, draws);
                all.add(shard, options.replicas, homes, draws);
            }
        }
        all
    }

    /// Adds a shard, with copies perhaps.
    fn add(&mut self, mut shard: Shard, replicas: f64, homes: &Homes, draws: &mut Draws) {
        let one_shard = ShardId::new(self.shards.len());
        if let Some(home) = shard.site.filter(|_| draws.is(replicas)) {
            let most_latency = shard.max_latency.map(|limit| whole_hundredths(limit.0));
            let copies = homes.copies(
                shard.client_region.index(),
                shard.jurisdiction,
                home,
                1 + draws.below(2),
                most_latency,
                draws,
            );
            for (preference, site) in (1..).zip(copies) {
                // A shard that can take over nowhere could not be drained at all.
                let state = if preference > 1 && draws.is(BLOCKED) {
                    ReplicaState::Blocked
                } else {
                    ReplicaState::Ready
                };
                self.replicas.push(Replica {
                    shard: one_shard,
                    site,
                    preference,
                    state,
                });
            }
            let has_copies = self
                .replicas
                .last()
                .is_some_and(|last| last.shard == one_shard);
            if has_copies && draws.is(REPLICA_ONLY) {
                shard.move_rule = MoveRule::ReplicaOnly;
            }
        }
        self.shards.push(shard);
    }
}

fn tenant(
    number: usize,
    options: &Options,
    seats: &mut Seats<'_>,
    jurisdictions: &Jurisdictions,
    tiers: &[f64],
    draws: &mut Draws,
) -> Tenant {
    let everywhere = seats.within(Bounds::World);
    let seat = seats.draw(everywhere, draws);
    let centre = seats.regions[seat].place.centre;
    let jurisdiction = if draws.is(options.residency) {
        let is_narrow = draws.is(NARROW);
        jurisdictions.around(centre, is_narrow)
    } else {
        None
    };
    let bounds = if draws.is(NATIONAL) {
        Bounds::Country(centre.country)
    } else if let Some(one_jurisdiction) = jurisdiction {
        jurisdictions.bounds[one_jurisdiction.index()]
    } else if draws.is(0.5) {
        Bounds::Part(centre.geography)
    } else {
        Bounds::World
    };
    let (between_tenants, _) = DEVIATIONS;
    Tenant {
        id: TenantId::new(number),
        seat,
        spread: seats.within(bounds),
        jurisdiction,
        tier: TierId::new(draws.position(tiers)),
        users: draws.lognormal(MEDIAN_USERS, between_tenants),
    }
}

fn shard(
    tenant: &Tenant,
    is_first: bool,
    seats: &Seats<'_>,
    homes: &Homes,
    profiles: &[f64],
    draws: &mut Draws,
) -> Shard {
    let is_at_seat = is_first || draws.is(AT_SEAT);
    let region = if is_at_seat {
        tenant.seat
    } else {
        seats.draw(tenant.spread, draws)
    };
    let profile = draws.position(profiles);
    let home: SiteId = homes.home(region, tenant.jurisdiction, draws);
    let is_limited = profile == MEETING || draws.is(LIMITED);
    let max_latency = is_limited
        .then(|| limit(homes.path(region, home).latency))
        .flatten();
    let (_, between_shards) = DEVIATIONS;
    let users = draws.lognormal(tenant.users, between_shards);
    Shard {
        tenant: tenant.id,
        users: whole(users.round().clamp(1.0, MOST_USERS)),
        site: Some(home),
        profile: ProfileId::new(profile),
        client_region: ClientRegionId::new(region),
        tier: tenant.tier,
        jurisdiction: tenant.jurisdiction,
        max_latency,
        move_rule: MoveRule::Free,
    }
}

/// The limit of a shard that is so far from its home (hundredths of a millisecond).
fn limit(hundredths: u32) -> Option<Milliseconds> {
    let least = f64::from(hundredths) / 100.0 * SLACK;
    let limit = LIMITS.into_iter().find(|limit| f64::from(*limit) >= least);
    limit.map(|number| Milliseconds(f64::from(number)))
}

/// Hundredths of a millisecond in a limit, less those that the front of a site takes.
fn whole_hundredths(limit: f64) -> u32 {
    let whole = whole((limit * 100.0).round());
    u32::try_from(whole).unwrap_or(u32::MAX).saturating_sub(100)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and users, 0 or more and far below 2^53"
)]
fn whole(value: f64) -> u64 {
    value as u64
}
