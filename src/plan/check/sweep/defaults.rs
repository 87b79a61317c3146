//! The default plan of a case, recomputed (`docs/model.md` §7).

use super::super::affected::Affected;
use super::super::certificate::{FastestWays, Over, Permissions, Roads, Row, rows};
use super::super::period::Situation;
use super::basis::Basis;
use crate::ids::SiteId;
use crate::units::LATENCY_SLACK_MS;

/// Where somebody is by default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stay {
    pub(super) site: u32,
    pub(super) access_point: u32,
    /// Milliseconds.
    pub(super) latency: f64,
}

/// Where those are by default whom no event touches, and to whose site only access points on standby lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Untouched {
    /// At their site.
    Stay,
    /// Where active access points lead, as all others.
    Leave,
}

/// The default plan of a case.
pub(super) struct Defaults {
    /// By those who are alike; `None` has no site where they may be served.
    pub(super) stays: Vec<Option<Stay>>,
    /// `true` if [`Untouched`] makes a difference.
    pub(super) is_ambiguous: bool,
}

/// What plans of one case are made from.
pub(super) struct Ways<'c, 'a> {
    pub(super) basis: &'c Basis<'a>,
    pub(super) situation: &'c Situation,
    /// The same in every slice of the hours.
    pub(super) slices: &'c [Situation],
    pub(super) roads: &'c Roads<'a>,
    /// By kind of user.
    pub(super) fastest: Vec<FastestWays<'c, 'a>>,
}

/// Asks about a case: its ways, its rows of loads, and whom it touches.
pub(super) fn in_case<T>(
    basis: &Basis<'_>,
    case: usize,
    ask: impl FnOnce(&Ways<'_, '_>, &[Row], &mut Affected<'_>) -> T,
) -> T {
    let (ground, asked) = (basis.ground, basis.asked);
    let situation = basis.quiet.beside(ground, asked.case(ground, case));
    let slices = situation.in_slices(ground);
    let roads = Roads::new(ground, &situation);
    let ways = Ways {
        basis,
        situation: &situation,
        slices: &slices,
        fastest: FastestWays::of_kinds(&roads),
        roads: &roads,
    };
    let written = |at: [usize; 2]| basis.before.utilization.get(&at).copied();
    let before = basis.before.before;
    let rows = rows(ground, (&slices[0], &slices), before, &written);
    let mut affected = Affected::new(ground, &situation, asked.period.start, basis.current);
    ask(&ways, &rows, &mut affected)
}

impl Ways<'_, '_> {
    /// Everybody who may stay at his site stays there, over the fastest open way; who may not goes to the nearest site
    /// where he may be, the first of equally near ones. Access points on standby are passed only where no active one
    /// leads anywhere.
    pub(super) fn defaults(&self, affected: &mut Affected<'_>, untouched: Untouched) -> Defaults {
        let basis = self.basis;
        let crowds = &basis.crowds;
        let mut permissions = Permissions::new(crowds);
        let mut is_ambiguous = false;
        let mut stays = Vec::with_capacity(basis.alike.all.len());
        for (id, alike) in basis.alike.all.iter().enumerate() {
            let group = &crowds.groups[crowds.group_of(id)];
            let longest = group
                .limit
                .map_or(f64::MAX, |limit| limit + LATENCY_SLACK_MS);
            let fastest = &self.fastest[self.roads.kind(crowds.demands[group.demand].profile)];
            let reach = |site: usize, over: Over| {
                let way = fastest.of(group.region, site, over)?;
                (way.latency <= longest).then(|| Stay {
                    site: u32::try_from(site).expect("invariant: a site has an id of four bytes"),
                    access_point: way.access_point,
                    latency: way.latency,
                })
            };
            let home = alike.current.map(SiteId::index);
            let home = home.filter(|site| !self.situation.case.gone[*site]);
            if let Some(stay) = home.and_then(|site| reach(site, Over::Active)) {
                stays.push(Some(stay));
                continue;
            }
            let is_affected = alike
                .current
                .is_some_and(|site| affected.is_affected(alike.shard, site));
            let at_home = home.and_then(|site| reach(site, Over::Openable));
            let at_home = at_home.filter(|_| !is_affected);
            if untouched == Untouched::Stay && at_home.is_some() {
                is_ambiguous = true;
                stays.push(at_home);
                continue;
            }
            is_ambiguous |= at_home.is_some();
            let permitted = permissions.of(basis.ground, self.situation, (id, alike), is_affected);
            let nearest = |over: Over| {
                let all = permitted.sites.iter().filter_map(|site| reach(*site, over));
                all.min_by(|a, b| a.latency.total_cmp(&b.latency).then(a.site.cmp(&b.site)))
            };
            let stay = nearest(Over::Active)
                .or_else(|| home.and_then(|site| reach(site, Over::Openable)))
                .or_else(|| nearest(Over::Openable));
            stays.push(stay);
        }
        Defaults {
            stays,
            is_ambiguous,
        }
    }
}
