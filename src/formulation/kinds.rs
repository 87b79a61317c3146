//! Kinds: shards at their current homes, folded by what does not depend on rules, events or paths.
//!
//! The fold is the only step that walks all shards. It is made once for the demand of a case and the homes that it
//! starts from; the classes of a case are then derived from kinds, whose number does not grow with that of shards.
//! Chunks have a fixed length and are joined in order, so that the result does not depend on threads.

use super::interner::ListInterner;
use crate::ids::{ClientRegionId, JurisdictionId, ProfileId, ShardId, SiteId, TierId};
use crate::model::{ByHome, Case, Home, Homes, Inventory, MoveRule, ReplicaState};
use rayon::prelude::*;

/// Position of a [`Kind`].
pub type KindId = u32;

/// Shards that are folded at once.
const CHUNK: usize = 1 << 16;

/// Users that paths and demand cannot distinguish, whatever the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Crowd {
    /// Where they are.
    pub client_region: ClientRegionId,
    /// What one of them demands.
    pub profile: ProfileId,
    /// Own limit of their paths in milliseconds, as bits; `None` takes the policy's.
    max_latency: Option<u64>,
    /// Product of the surges in force, as bits.
    factor: u64,
    /// `true` if a surge in force raises or lowers their demand.
    pub is_surged: bool,
}

impl Crowd {
    /// Own limit of their paths in milliseconds; `None` takes the policy's.
    pub fn max_latency(&self) -> Option<f64> {
        self.max_latency.map(f64::from_bits)
    }

    /// Product of the surges in force.
    pub fn factor(&self) -> f64 {
        f64::from_bits(self.factor)
    }
}

/// Where shards stand, and what lets them leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Standing {
    /// Where they are now.
    pub current: Option<SiteId>,
    /// Where shards.csv homes them.
    pub home: Option<SiteId>,
    /// What a site must offer.
    pub jurisdiction: Option<JurisdictionId>,
    /// Where they may go.
    pub move_rule: MoveRule,
    /// Position in [`Kinds::replicas`].
    pub replicas: u32,
}

/// A crowd with the current site of some of its shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spot {
    /// Position in [`Kinds::crowds`].
    pub crowd: u32,
    /// Where they are now.
    pub current: Option<SiteId>,
}

/// Shards at current homes that no case tells apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// Position in [`Kinds::crowds`].
    pub crowd: u32,
    /// Position in [`Kinds::standings`].
    pub standing: u32,
    /// Position in [`Kinds::spots`].
    pub spot: u32,
    /// What they were promised.
    pub tier: TierId,
    /// Whose they are, where tenants are distinguished: the mark of the shards, else 0.
    pub mark: Mark,
    /// `true` if each of them has users, `false` if none has.
    pub has_users: bool,
    /// Users of all of them, of a split shard those at this home.
    pub users: f64,
    /// How many current homes are of it.
    pub homes: usize,
}

/// What distinguishes a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct FoldKey {
    crowd: u32,
    standing: u32,
    tier: TierId,
    mark: Mark,
    has_users: bool,
}

/// What distinguishes shards, beyond all that decides where they may go: 0 where nothing does.
pub type Mark = u32;

/// Replicas of a shard, preferred first.
type Replicas = Vec<(SiteId, ReplicaState)>;

/// All shards at their current homes, folded.
#[derive(Debug, Clone)]
pub struct Kinds {
    /// In the order of their first shard.
    pub kinds: Vec<Kind>,
    /// What paths and demand depend on.
    pub crowds: Vec<Crowd>,
    /// What rules depend on.
    pub standings: Vec<Standing>,
    /// Which crowds are homed where: what an event touches depends on nothing else.
    pub spots: Vec<Spot>,
    /// Lists of replicas, each once.
    pub replicas: Vec<Replicas>,
    /// By current home.
    of: ByHome<KindId>,
}

/// What is found of one kind in one pass.
#[derive(Default)]
struct Found {
    crowds: ListInterner<Crowd>,
    replicas: ListInterner<Replicas>,
    standings: ListInterner<Standing>,
    kinds: ListInterner<FoldKey>,
    /// By kind, its users and its homes.
    sums: Vec<(f64, usize)>,
}

impl Found {
    /// Adds users at this number of homes to their kind.
    fn kind(&mut self, key: FoldKey, users: f64, homes: usize) -> KindId {
        let kind = self.kinds.of(&key);
        match self.sums.get_mut(kind as usize) {
            Some((of_users, of_homes)) => {
                *of_users += users;
                *of_homes += homes;
            }
            None => self.sums.push((users, homes)),
        }
        kind
    }

    fn finish(self, of: ByHome<KindId>) -> Kinds {
        let standings = self.standings.into_all();
        let crowds = self.crowds.into_all();
        let mut spots: ListInterner<Spot> = ListInterner::default();
        let keys = self.kinds.into_all().into_iter();
        Kinds {
            kinds: keys
                .zip(self.sums)
                .map(|(key, (users, homes))| Kind {
                    crowd: key.crowd,
                    standing: key.standing,
                    spot: spots.of(&Spot {
                        crowd: key.crowd,
                        current: standings[key.standing as usize].current,
                    }),
                    tier: key.tier,
                    mark: key.mark,
                    has_users: key.has_users,
                    users,
                    homes,
                })
                .collect(),
            crowds,
            standings,
            spots: spots.into_all(),
            replicas: self.replicas.into_all(),
            of,
        }
    }
}

/// A chunk of shards, folded by itself.
struct Chunk {
    found: Found,
    /// By shard of the chunk, the kind of its main home.
    whole: Vec<KindId>,
    /// The homes of its split shards.
    split: Vec<(Home, KindId)>,
}

impl Kinds {
    /// Folds all shards with the users of a case, at these homes.
    ///
    /// `marks` are by shard, where some are distinguished by more.
    pub fn new(
        inventory: &Inventory,
        case: &Case,
        current: &Homes,
        marks: Option<&[Mark]>,
    ) -> Self {
        let starts: Vec<usize> = (0..inventory.shards.len()).step_by(CHUNK).collect();
        let chunks: Vec<Chunk> = starts
            .into_par_iter()
            .map(|start| fold(inventory, case, (current, marks), start))
            .collect();
        let mut all = Found::default();
        let mut whole: Vec<KindId> = Vec::with_capacity(inventory.shards.len());
        let mut split = Vec::new();
        for chunk in chunks {
            let global = all.take(chunk.found);
            whole.extend(chunk.whole.iter().map(|kind| global[*kind as usize]));
            let homes = chunk.split.into_iter();
            split.extend(homes.map(|(home, kind)| (home, global[kind as usize])));
        }
        let of = ByHome::new(whole, split.into_iter().collect());
        all.finish(of)
    }

    /// All kinds, in the order of their first shard.
    pub fn ids(&self) -> impl Iterator<Item = KindId> + use<> {
        (0u32..).take(self.kinds.len())
    }

    /// The kind of a current home.
    pub fn of(&self, home: Home) -> KindId {
        self.of.get(home)
    }

    /// The kinds of all current homes, by shard, then site.
    pub fn of_homes<'a>(&'a self, current: &'a Homes) -> impl Iterator<Item = (Home, KindId)> + 'a {
        let shards = (0..current.shard_count()).map(ShardId::new);
        shards
            .flat_map(|shard| current.of(shard))
            .map(|home| (home, self.of(home)))
    }

    /// The crowd of a kind.
    pub fn crowd(&self, kind: KindId) -> &Crowd {
        &self.crowds[self.kinds[kind as usize].crowd as usize]
    }

    /// The standing of a kind.
    pub fn standing(&self, kind: KindId) -> &Standing {
        &self.standings[self.kinds[kind as usize].standing as usize]
    }

    /// The replicas of shards that stand so, preferred first.
    pub fn replicas(&self, standing: &Standing) -> &[(SiteId, ReplicaState)] {
        &self.replicas[standing.replicas as usize]
    }

    /// Where copies of shards that stand so may take over, preferred first: their ready replicas, then their site of
    /// shards.csv, which counts as a ready copy of a shard that has replicas.
    pub fn takeovers(&self, standing: &Standing) -> impl Iterator<Item = SiteId> + '_ {
        let replicas = self.replicas(standing);
        let ready = replicas
            .iter()
            .filter(|(_, state)| *state == ReplicaState::Ready)
            .map(|(site, _)| *site);
        ready.chain(standing.home.filter(|_| !replicas.is_empty()))
    }

    /// `true` if shards that stand so have replicas and a copy at a site: a replica, or their site of shards.csv.
    pub fn has_copy(&self, standing: &Standing, site: SiteId) -> bool {
        let replicas = self.replicas(standing);
        let is_home = !replicas.is_empty() && standing.home == Some(site);
        is_home || replicas.iter().any(|(one_site, _)| *one_site == site)
    }
}

impl Found {
    /// Adds what a later chunk found; by its kinds, the positions here.
    fn take(&mut self, chunk: Self) -> Vec<KindId> {
        let crowds: Vec<u32> = chunk
            .crowds
            .all()
            .iter()
            .map(|crowd| self.crowds.of(crowd))
            .collect();
        let replicas: Vec<u32> = chunk
            .replicas
            .all()
            .iter()
            .map(|pairs| self.replicas.of(pairs))
            .collect();
        let standings: Vec<u32> = chunk
            .standings
            .all()
            .iter()
            .map(|standing| {
                self.standings.of(&Standing {
                    replicas: replicas[standing.replicas as usize],
                    ..*standing
                })
            })
            .collect();
        chunk
            .kinds
            .all()
            .iter()
            .zip(chunk.sums)
            .map(|(fold_key, (users, homes))| {
                let key = FoldKey {
                    crowd: crowds[fold_key.crowd as usize],
                    standing: standings[fold_key.standing as usize],
                    ..*fold_key
                };
                self.kind(key, users, homes)
            })
            .collect()
    }
}

/// Folds the shards of one chunk.
fn fold(
    inventory: &Inventory,
    case: &Case,
    (current, marks): (&Homes, Option<&[Mark]>),
    start: usize,
) -> Chunk {
    let end = (start + CHUNK).min(inventory.shards.len());
    let mut chunk = Chunk {
        found: Found::default(),
        whole: Vec::with_capacity(end - start),
        split: Vec::new(),
    };
    let first = inventory
        .replicas
        .partition_point(|replica| replica.shard.index() < start);
    let mut replicas = &inventory.replicas[first..];
    let mut list: Replicas = Vec::new();
    for index in start..end {
        let shard = ShardId::new(index);
        let row = &inventory.shards[index];
        let position = replicas
            .iter()
            .take_while(|replica| replica.shard == shard)
            .count();
        list.clear();
        list.extend(
            replicas[..position]
                .iter()
                .map(|replica| (replica.site, replica.state)),
        );
        replicas = &replicas[position..];
        let found = &mut chunk.found;
        let crowd = found.crowds.of(&Crowd {
            client_region: row.client_region,
            profile: row.profile,
            max_latency: row.max_latency.map(|limit| limit.0.to_bits()),
            factor: case.factor[index].to_bits(),
            is_surged: case.surged[index],
        });
        let replicas = found.replicas.of(&list);
        let mut kind_at = |site: Option<SiteId>, users: f64| {
            let standing = found.standings.of(&Standing {
                current: site,
                home: row.site,
                jurisdiction: row.jurisdiction,
                move_rule: row.move_rule,
                replicas,
            });
            let key = FoldKey {
                crowd,
                standing,
                tier: row.tier,
                mark: marks.map_or(0, |marks| marks[index]),
                has_users: users > 0.0,
            };
            found.kind(key, users, 1)
        };
        let users = case.users(index);
        let main = current.main(shard);
        if !current.is_split(shard) {
            chunk.whole.push(kind_at(main, users));
            continue;
        }
        let mut kind_of_main = None;
        for home in current.of(shard) {
            let kind = kind_at(home.site, users * current.share(home));
            chunk.split.push((home, kind));
            if home.site == main {
                kind_of_main = Some(kind);
            }
        }
        chunk.whole.push(
            kind_of_main.expect("invariant: the main site of a split shard is one of its sites"),
        );
    }
    chunk
}
