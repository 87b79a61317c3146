//! Where a joint class may be in a period, given where it was: the rules of one period, asked for every site.

use super::class::{JointClass, JointClassId, Stand};
use super::period::JointPeriod;
use crate::formulation::{Rules, Standing, Touches};
use crate::graph::PathsThrough;
use crate::ids::SiteId;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Where a class may be that is at some site now.
#[derive(Debug, Clone)]
pub struct Reached {
    /// Open sites that the rules allow and some path reaches, ascending.
    pub sites: Arc<[SiteId]>,
    /// Whether an event or growth touches it where it is.
    pub is_affected: bool,
}

/// Where every joint class may be in every period, by its current site.
pub struct Reaches {
    all: Vec<Reached>,
    /// By class, period, and current site (nowhere is the last): positions in `all`.
    of: Vec<Vec<Vec<u32>>>,
    sites: usize,
}

impl Reaches {
    /// Asks the rules of every period about every class at every site.
    pub fn new(periods: &[JointPeriod<'_>], classes: &[JointClass]) -> Self {
        let site_count = periods
            .first()
            .map_or(0, |period| period.problem.setting.inventory.sites.len());
        let mut all = Vec::new();
        let mut of: Vec<Vec<Vec<u32>>> = vec![Vec::with_capacity(periods.len()); classes.len()];
        let paths = PathsThrough::default();
        for (index, period) in periods.iter().enumerate() {
            let mut asked = ReachQuery::new(period, &paths);
            for (class, of) in classes.iter().zip(&mut of) {
                let currents = (0..site_count).map(SiteId::new).map(Some);
                of.push(match &class.at[index] {
                    None => Vec::new(),
                    Some(stand) => currents
                        .chain([None])
                        .map(|current| asked.position(stand, current, &mut all))
                        .collect(),
                });
            }
        }
        Self {
            all,
            of,
            sites: site_count,
        }
    }

    /// Where a class with users may be in a period if it is at `current`; `None` if it has no users then.
    pub fn get(
        &self,
        class: JointClassId,
        period: usize,
        current: Option<SiteId>,
    ) -> Option<&Reached> {
        let position = current.map_or(self.sites, SiteId::index);
        let position = self.of[class][period].get(position)?;
        self.all.get(*position as usize)
    }
}

/// The rules of one period, and what was asked of them.
struct ReachQuery<'p, 'a> {
    period: &'p JointPeriod<'a>,
    rules: Rules<'a>,
    touches: Touches<'p>,
    /// By crowd and standing, the position of what is allowed.
    known: FxHashMap<(u32, Standing), u32>,
    /// By group and site, whether some path leads there.
    reached: FxHashMap<(usize, SiteId), bool>,
}

impl<'p, 'a> ReachQuery<'p, 'a> {
    fn new(period: &'p JointPeriod<'a>, paths: &'p PathsThrough) -> Self {
        let setting = &period.problem.setting;
        let touches = Touches::new(
            (setting.inventory, setting.network),
            paths,
            setting.case,
            setting.policy,
            &setting.folded.kinds.crowds,
            period.lowered,
        );
        Self {
            period,
            rules: Rules::new(*setting),
            touches,
            known: FxHashMap::default(),
            reached: FxHashMap::default(),
        }
    }

    fn position(&mut self, stand: &Stand, current: Option<SiteId>, all: &mut Vec<Reached>) -> u32 {
        let standing = Standing {
            current,
            ..stand.standing
        };
        if let Some(known) = self.known.get(&(stand.crowd, standing)) {
            return *known;
        }
        let is_affected = self.touches.touches(stand.crowd, current);
        let problem = self.period.problem;
        let group = &problem.classes.groups[stand.group];
        let profile = problem.classes.demands[group.demand].profile.index();
        let paths = &problem.profile_paths.with_standby[profile];
        let permitted = self.rules.sites(&standing, is_affected);
        let mut sites: Vec<SiteId> = Vec::new();
        for site in permitted.ones().map(SiteId::new) {
            let is_reached = *self.reached.entry((stand.group, site)).or_insert_with(|| {
                let cost = paths.cost(group.client_region, site, group.max_latency);
                cost.is_some()
            });
            if is_reached {
                sites.push(site);
            }
        }
        let position = u32::try_from(all.len()).unwrap_or(u32::MAX);
        all.push(Reached {
            sites: sites.into(),
            is_affected,
        });
        self.known.insert((stand.crowd, standing), position);
        position
    }
}
