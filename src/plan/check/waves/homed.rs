//! Homed: how many of those who are at home in the state before are served there.

use super::super::ground::Ground;
use super::super::leg::Steered;
use super::judge::Way;
use crate::ids::SiteId;
use rustc_hash::FxHashMap;

/// Users by group and site.
type Users = FxHashMap<(usize, SiteId), f64>;

/// Who is at home, and who is led there.
pub(super) struct Homed {
    homed: Users,
    carried: Users,
}

impl Homed {
    /// Those of the state before; nobody once a period was judged.
    pub(super) fn new(ground: &Ground<'_>, way: &Way<'_>, steered: &[Steered]) -> Self {
        Self {
            homed: homed(ground, way),
            carried: carried(steered),
        }
    }

    /// The share of a shard's users who are served at their home.
    pub(super) fn share(&self, ground: &Ground<'_>, shard: usize, site: SiteId) -> f64 {
        let key = (ground.group_of(shard), site);
        let of = |users: &Users| users.get(&key).copied().unwrap_or(0.0);
        let (homed, users) = (of(&self.homed), of(&self.carried));
        if users >= homed * (1.0 - 1e-9) {
            1.0
        } else {
            users / homed
        }
    }
}

/// Users of every group steered to every site.
fn carried(steered: &[Steered]) -> Users {
    let mut all = FxHashMap::default();
    for row in steered {
        *all.entry((row.group, row.route.site)).or_insert(0.0) += row.users;
    }
    all
}

/// Users of every group homed at every site in the state before.
fn homed(ground: &Ground<'_>, way: &Way<'_>) -> Users {
    let mut all = FxHashMap::default();
    if way.past.is_empty() {
        for shard in 0..ground.inventory.shards.len() {
            if let Some(site) = way.homes.main(shard) {
                let users = ground.before.users(shard);
                *all.entry((ground.group_of(shard), site)).or_insert(0.0) += users;
            }
        }
    }
    all
}
