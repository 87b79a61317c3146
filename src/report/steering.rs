//! Steering: which users of which client region enter at which access point, before and now; what the chart of
//! steering shows, and its title.

use super::grammar::{Named, titles};
use super::grammar::{by_count, count, counted, listed, short};
use super::moves::{by_title, mostly};
use super::numbers;
use crate::ids::{AccessPointId, ClientRegionId};
use crate::model::Inventory;
use crate::plan::{Flow, GroupKey, PeriodPlan};
use crate::plan_files::AccessPointUse;
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// Users of a client region who enter at an access point, before and now.
///
/// Arriving and leaving users follow from shares: where the users of a client region, profile and latency limit
/// become more or fewer and enter as before, none arrives and none leaves. They are counted for the client region as a
/// whole: where two of its profiles swap their access points, nobody arrives and nobody leaves either.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryRow {
    /// Where users enter.
    pub access_point: Named,
    /// Where they are.
    pub client_region: Named,
    /// Users in the period before, or in the state before.
    pub before: f64,
    /// Users now.
    pub now: f64,
    /// Of those now, users who enter here instead of elsewhere.
    pub arriving: f64,
    /// Users who enter elsewhere instead of here.
    pub leaving: f64,
}

/// What an access point was and is.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessPointRow {
    /// Which.
    pub access_point: Named,
    /// In the period before.
    pub before: AccessPointUse,
    /// Now.
    pub now: AccessPointUse,
}

/// What happens to an access point, as the chart words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It is opened now.
    Opens,
    /// Nothing is left of it now.
    Closes,
    /// It is not needed any longer.
    GoesOnStandby,
    /// It works again.
    IsBack,
    /// It was opened earlier.
    StaysOpen,
    /// Nothing was left of it before.
    StaysClosed,
    /// It is on standby.
    StaysOnStandby,
    /// It is in use.
    StaysInUse,
}

impl AccessPointRow {
    /// What happens to it.
    pub fn change(&self) -> Change {
        use AccessPointUse::{Active, Closed, Opened, Standby};
        match (self.before, self.now) {
            (Opened, Opened) => Change::StaysOpen,
            (_, Opened) => Change::Opens,
            (Closed, Closed) => Change::StaysClosed,
            (_, Closed) => Change::Closes,
            (Opened, Standby) => Change::GoesOnStandby,
            (_, Standby) => Change::StaysOnStandby,
            (Closed, Active) => Change::IsBack,
            (_, Active) => Change::StaysInUse,
        }
    }
}

impl Change {
    /// The word beside the access point; empty where nothing is special.
    pub fn word(self) -> &'static str {
        match self {
            Self::Opens => "opens",
            Self::Closes => "closes",
            Self::GoesOnStandby => "back on standby",
            Self::IsBack => "back in use",
            Self::StaysOpen => "stays open",
            Self::StaysClosed => "closed",
            Self::StaysOnStandby => "on standby",
            Self::StaysInUse => "",
        }
    }

    /// `true` if it is another state than before.
    pub fn is_new(self) -> bool {
        matches!(
            self,
            Self::Opens | Self::Closes | Self::GoesOnStandby | Self::IsBack
        )
    }
}

/// Who enters where, before and now.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Steering {
    /// Every access point, ascending by id.
    pub access_points: Vec<AccessPointRow>,
    /// Pairs of access point and client region that have users before or now, ascending by id.
    pub entries: Vec<EntryRow>,
}

/// Users of one group by access point, before and now.
type Entering = BTreeMap<AccessPointId, [f64; 2]>;

/// Users of a pair: before, now, and how many more than by the shares of before.
type Pair = [f64; 3];

/// Who enters where in a period, and where they entered in the one before, whose steering is `previous`.
pub fn steering(inventory: &Inventory, previous: &[Flow], period: &PeriodPlan) -> Steering {
    let key = |group: &GroupKey| {
        let limit = group.max_latency.map(f64::to_bits);
        (group.client_region, group.profile, limit)
    };
    let mut groups = BTreeMap::<_, Entering>::new();
    for (time, flows) in [previous, period.first_flows()].into_iter().enumerate() {
        for flow in flows {
            let group = groups.entry(key(&flow.group)).or_default();
            group.entry(flow.path.access_point).or_default()[time] += flow.users;
        }
    }
    let mut pairs = BTreeMap::<(AccessPointId, ClientRegionId), Pair>::new();
    for ((client_region, ..), entering) in &groups {
        for (&access_point, pair) in entering {
            let sum = pairs.entry((access_point, *client_region)).or_default();
            let parts = [pair[0], pair[1], gained(entering, *pair)];
            for (sum, part) in sum.iter_mut().zip(parts) {
                *sum += part;
            }
        }
    }
    let access_point = |id: AccessPointId| {
        let row = &inventory.access_points[id.index()];
        Named::new(&row.id, &row.name)
    };
    let entries = pairs
        .into_iter()
        .map(|((gate, region), [before, now, gained])| {
            let region = &inventory.client_regions[region.index()];
            EntryRow {
                access_point: access_point(gate),
                client_region: Named::new(&region.id, &region.name),
                before,
                now,
                arriving: somebody(gained),
                leaving: somebody(-gained),
            }
        })
        .collect();
    let access_points = period
        .access_points
        .iter()
        .map(|gate| AccessPointRow {
            access_point: access_point(gate.access_point),
            before: gate.before,
            now: gate.after,
        })
        .collect();
    Steering {
        access_points,
        entries,
    }
    .sorted()
}

/// How many more of a group's users enter at one access point than if all entered by the shares of before;
/// negative is fewer. A group that is new or gone has nobody who changes.
fn gained(entering: &Entering, [before, now]: [f64; 2]) -> f64 {
    let all = |time: usize| -> f64 { entering.values().map(|pair| pair[time]).sum() };
    let (all_before, all_now) = (all(0), all(1));
    if all_before <= NOBODY || all_now <= NOBODY {
        return 0.0;
    }
    now - all_now * (before / all_before)
}

/// The users, or none where they are nobody.
fn somebody(users: f64) -> f64 {
    if users.is_finite() && users > NOBODY {
        users
    } else {
        0.0
    }
}

impl Steering {
    /// The same with rows in the order of their ids, and without pairs that have nobody.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        for row in &mut self.entries {
            for users in [
                &mut row.before,
                &mut row.now,
                &mut row.arriving,
                &mut row.leaving,
            ] {
                *users = somebody(*users);
            }
        }
        self.entries.retain(|row| row.before > 0.0 || row.now > 0.0);
        self.entries.sort_by(|a, b| {
            (&a.access_point, &a.client_region).cmp(&(&b.access_point, &b.client_region))
        });
        self.access_points
            .sort_by(|a, b| a.access_point.cmp(&b.access_point));
        self
    }

    /// Users who enter elsewhere than before.
    pub fn redirected_users(&self) -> f64 {
        self.entries.iter().map(|row| row.arriving).sum()
    }

    /// Client regions with users who enter elsewhere than before.
    pub fn redirected_regions(&self) -> usize {
        let regions = self.entries.iter().filter(|row| row.arriving > 0.0);
        let ids: BTreeSet<&str> = regions.map(|row| row.client_region.id.as_str()).collect();
        ids.len()
    }

    /// `true` if somebody enters elsewhere than before, or an access point opens, closes or comes back.
    pub fn is_changed(&self) -> bool {
        self.redirected_users() > NOBODY
            || self.access_points.iter().any(|gate| gate.change().is_new())
    }

    /// The finding, such as `Dallas opens for 15,000 users; 3 client regions change their access point`.
    pub fn title(&self) -> String {
        let mut clauses = self.state_clauses();
        let users = self.redirected_users();
        if users > NOBODY {
            let regions = self.redirected_regions();
            clauses.push(match (clauses.is_empty(), regions) {
                (false, 1) => "1 client region changes its access point".to_owned(),
                (false, more) => {
                    let more = numbers::whole(more);
                    format!("{more} client regions change their access point")
                }
                (true, regions) => match self.largest_changes() {
                    Some(changes) => {
                        let regions = numbers::whole(regions);
                        let regions = counted(&regions, "client region");
                        let change = if regions.starts_with("1 ") {
                            "changes its"
                        } else {
                            "change their"
                        };
                        format!("{changes}; {regions} {change} access point")
                    }
                    None => self.redirected_clause(users, regions),
                },
            });
        }
        if clauses.is_empty() {
            return "Everyone enters as before".to_owned();
        }
        clauses.join("; ")
    }

    /// `New York City +40 users, Houston −40`: the access points whose users grow and shrink most, now against before, as
    /// the chart draws them, of those at which somebody enters instead of elsewhere; `None` where no number changes.
    fn largest_changes(&self) -> Option<String> {
        let titles = titles(self.entries.iter().map(|row| &row.access_point));
        let mut changes = BTreeMap::<&str, (f64, bool)>::new();
        for row in &self.entries {
            let pair = changes.entry(&row.access_point.id).or_default();
            pair.0 += row.now - row.before;
            pair.1 |= row.arriving + row.leaving > NOBODY;
        }
        let changes = changes
            .into_iter()
            .filter(|(_, (_, is_steered))| *is_steered);
        let changes: Vec<(&str, f64)> = changes.map(|(id, (change, _))| (id, change)).collect();
        let grown = changes.iter().filter(|change| change.1 > NOBODY);
        let grown = numbers::first_most(grown, |pair| pair.1);
        let shrunk = changes.iter().filter(|change| change.1 < -NOBODY);
        let shrunk = numbers::first_most(shrunk, |pair| -pair.1);
        let name = |id: &str| titles.get(id).map_or_else(String::new, |text| short(text));
        let users = |value: f64| numbers::some_users(value.abs());
        match (grown, shrunk) {
            (None, None) => None,
            (Some(up), None) => Some(format!("{} +{} users", name(up.0), users(up.1))),
            (None, Some(down)) => Some(format!("{} −{} users", name(down.0), users(down.1))),
            (Some(up), Some(down)) => Some(format!(
                "{} +{} users, {} −{}",
                name(up.0),
                users(up.1),
                name(down.0),
                users(down.1)
            )),
        }
    }

    /// `20,000 users of 3 client regions change their access point: all enter at Oslo`.
    fn redirected_clause(&self, users: f64, regions: usize) -> String {
        let regions = count(regions, "client region");
        let some = numbers::some_users(users);
        let change = by_count(&some, ["changes its", "change their"]);
        let who = format!(
            "{} of {regions} {change} access point",
            counted(&some, "user")
        );
        let titles = titles(self.entries.iter().map(|row| &row.access_point));
        let arriving = self.entries.iter().filter(|row| row.arriving > 0.0);
        let arriving = arriving.map(|row| (&row.access_point, row.arriving));
        let arriving = by_title(&titles, arriving);
        format!(
            "{who}: {}",
            mostly(&arriving, users, "enters at", "enter at")
        )
    }

    /// `Dallas opens for 15,000 users`, `Oslo and Boston close`.
    fn state_clauses(&self) -> Vec<String> {
        let titles = titles(self.access_points.iter().map(|gate| &gate.access_point));
        let named = |change: Change| -> Vec<(&str, &str)> {
            let gates = self
                .access_points
                .iter()
                .filter(|gate| gate.change() == change);
            gates
                .map(|gate| {
                    let id = gate.access_point.id.as_str();
                    (id, titles.get(id).map_or("", String::as_str))
                })
                .collect()
        };
        let mut clauses = Vec::new();
        for (change, one, many) in [
            (Change::Opens, "opens", "open"),
            (Change::Closes, "closes", "close"),
            (
                Change::GoesOnStandby,
                "goes back on standby",
                "go back on standby",
            ),
            (Change::IsBack, "is back in use", "are back in use"),
        ] {
            let gates = named(change);
            let names: Vec<&str> = gates.iter().map(|(_, name)| *name).collect();
            let entering: f64 = self
                .entries
                .iter()
                .filter(|row| gates.iter().any(|(id, _)| *id == row.access_point.id))
                .map(|row| row.now)
                .sum();
            let suffix = if change != Change::Opens || entering <= NOBODY {
                String::new()
            } else {
                format!(" for {}", counted(&numbers::some_users(entering), "user"))
            };
            match names.as_slice() {
                [] => {}
                [name] => clauses.push(format!("{} {one}{suffix}", short(name))),
                names => clauses.push(format!("{} {many}{suffix}", listed(names))),
            }
        }
        clauses
    }
}
