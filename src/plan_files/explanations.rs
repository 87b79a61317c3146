//! explanations.json: what binds, what more of it would change, and why every moved and unserved shard is where it
//! is; for programs and for the report.
//!
//! Every item has an `id` of a letter and a number, such as `b0` or `r12`, that is safe as an anchor in a page
//! whatever the user's own ids are. Ids of components, shards and sites are written as the inventory spells them.

use super::document::{JsonFile, shortest};
use serde::{Deserialize, Serialize};

/// File name of the explanations.
pub const EXPLANATIONS_FILE: &str = "explanations.json";

/// The format that this version writes and reads.
pub const EXPLANATIONS_FORMAT: &str = "plimsoll-explanations/1";

/// explanations.json.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanations {
    /// [`EXPLANATIONS_FORMAT`].
    pub format: String,
    /// Name of the scenario.
    pub scenario: String,
    /// `false` if a limit ended the explanations before all promises were tried.
    pub complete: bool,
    /// `true` if planning again for promises spared work that the plan was worth: what it did not find may still be there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quick: bool,
    /// What binds: by period, the strongest first.
    pub bindings: Vec<Binding>,
    /// Which rules keep users from being served: those that keep most of them first.
    #[serde(default)]
    pub rules: Vec<RuleInTheWay>,
    /// Who may use too little of what there is: by period.
    #[serde(default)]
    pub cuts: Vec<WrittenCut>,
    /// Why shards are where they are: by period.
    pub reasons: Vec<Reason>,
}

impl Explanations {
    /// Those of one period; a bottleneck belongs to every period in which it binds.
    #[must_use]
    pub fn of_period(&self, period: usize) -> Self {
        let is_here = |number: u32| number as usize == period;
        let mut explanations = self.clone();
        explanations
            .bindings
            .retain(|row| is_here(row.period) || row.also_in.iter().any(|number| is_here(*number)));
        explanations.rules.retain(|row| is_here(row.period));
        explanations.cuts.retain(|cut| is_here(cut.row.period));
        explanations.reasons.retain(|row| is_here(row.period));
        explanations
    }
}

/// A component and a resource of it that bind in a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Binding {
    /// `b0`, `b1`, …
    pub id: String,
    /// Counts from 0.
    pub period: u32,
    /// Later periods in which the same binds with the same numbers.
    pub also_in: Vec<u32>,
    /// Of which demand: `expected`.
    pub case: String,
    /// Component id.
    pub component: String,
    /// `site`, `access_point`, `element` or `link`.
    pub kind: String,
    /// All components that the promise gives more to: the component itself, or all members of its pool.
    pub raised: Vec<String>,
    /// Resource id.
    pub resource: String,
    /// The resource's unit.
    pub unit: String,
    /// The level that it limits first, as `price_stage` of headroom.csv: `unserved gold`.
    pub level: String,
    /// What that level gains by the first unit of nominal capacity: a rate, not a promise.
    #[serde(serialize_with = "shortest")]
    pub price: f64,
    /// Nominal capacity that the promise adds to each of `raised`; `None` where no promise was tried.
    pub amount: Option<f64>,
    /// What the plan comes to with that, period by period from 0 on, found by planning again.
    pub promises: Vec<Promise>,
    /// The same in words.
    pub sentence: String,
}

/// A rule that keeps users from being served.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleInTheWay {
    /// `w0`, `w1`, …
    pub id: String,
    /// `copies` (`failover` and `drain`), `jurisdiction`, `latency`, `movers`, or `move_rules` (`move` of shards.csv).
    pub rule: String,
    /// The period in which it keeps most users from being served; counts from 0.
    pub period: u32,
    /// The number of users there.
    #[serde(serialize_with = "shortest")]
    pub users: f64,
    /// What the plan comes to without the rule, period by period from 0 on, found by planning again; empty where not tried.
    pub promises: Vec<Promise>,
    /// The same in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
}

/// A number as planned, and as planned again with more capacity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PromisedChange {
    /// As planned.
    #[serde(serialize_with = "shortest")]
    pub before: f64,
    /// With more capacity.
    #[serde(serialize_with = "shortest")]
    pub after: f64,
}

/// What a period comes to with more capacity.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    /// Counts from 0.
    pub period: u32,
    /// As in summary.json.
    pub unserved_users: PromisedChange,
    /// As in summary.json.
    pub moved_users: PromisedChange,
    /// As in summary.json.
    pub copied_users: PromisedChange,
    /// Standby access points that are open.
    pub opened_access_points: PromisedChange,
    /// As in summary.json: a share.
    pub worst_shortfall: PromisedChange,
    /// All missing headroom, in users: the stage `headroom total` of summary.json.
    pub shortfall_users: PromisedChange,
}

/// One cut of one period. Names are those of the inventory's files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CutRow {
    /// Which period.
    pub period: u32,
    /// What stops them: `sites`, `ways`, `no_site` or `no_path`.
    pub kind: CutKind,
    /// Of what there is too little; absent where no site or path is left at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Unit of the amounts below: the resource's, or `users`.
    pub unit: String,
    /// Whose shards.
    pub tenants: Vec<String>,
    /// Which shards.
    pub shards: Vec<String>,
    /// Users of these shards.
    pub users: f64,
    /// All sites where they may be.
    pub sites: Vec<String>,
    /// Client regions that they come from, where paths are what is short.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_regions: Vec<String>,
    /// What all of them have to pass, where paths are what is short; else the sites themselves.
    pub components: Vec<String>,
    /// What they need at least.
    pub needs: f64,
    /// What there is for them.
    pub has: f64,
    /// What is missing: so much stays unserved in every plan.
    pub short: f64,
    /// The same for people.
    pub sentence: String,
}

/// What stops the users of a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutKind {
    /// Too little at all sites that they may use.
    Sites,
    /// Too little on all paths to those sites.
    Ways,
    /// Nothing is left of any site where they may be.
    NoSite,
    /// No open path leads to any of them.
    NoPath,
}

/// Tenants who together need more than what they may use has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WrittenCut {
    /// `c0`, `c1`, …
    pub id: String,
    /// Who, where, how much is needed and how much there is.
    #[serde(flatten)]
    pub row: CutRow,
}

/// What happens to the shards that a reason is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShardFate {
    /// They are served at another site than their current one.
    Moved,
    /// Some or all of their users are served nowhere.
    Unserved,
    /// They had no home.
    Placed,
    /// They go back to their site of shards.csv.
    Returned,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonKind {
    /// Maintenance leaves nothing of their site.
    Drained,
    /// A failure leaves nothing of their site.
    Failed,
    /// Their site has nothing, or nothing left, of a resource that they need.
    NothingLeft,
    /// No open path within their latency limit leads to their site.
    NoPath,
    /// Every path to their site passes a standby access point, and it stays closed.
    StandbyClosed,
    /// Any one of them back at its site would bring a component under its target, or over its capacity.
    NoRoom,
    /// Their new site is nearer, and the goals put latency before moves, or do not count moves.
    Nearer,
    /// Any one of them could have stayed; all of them together could not, or not as whole shards.
    Together,
    /// Any one of them could have stayed; fewer users move in all periods together for it.
    Ahead,
    /// No event is in force any more.
    Returned,
    /// They had no home.
    Placed,
    /// The rules leave them no open site that a path reaches.
    Trapped,
    /// Wherever they may go, a component on every path would be over its capacity.
    Full,
    /// No more users may move in the period (`max_moved_users`).
    MoveLimit,
    /// Capacity is left where they may go, but not for a whole shard beside all others.
    WholeShards,
}

/// Why the new site and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceKind {
    /// It is the only other site where they may go and that an open path reaches.
    Only,
    /// No other such site has a shorter path.
    Nearest,
    /// Those with a shorter path have no capacity for any of them.
    NearestWithRoom,
    /// It holds a copy; those with a shorter path hold none, or have no capacity.
    Copy,
    /// Others with a shorter path have capacity for one of them, not for all that had to go somewhere.
    Together,
    /// Others with a shorter path have capacity for one of them; fewer users move in all periods together for it.
    Ahead,
}

/// Why a site is of no use to a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObstacleKind {
    /// Maintenance leaves nothing of it.
    Drained,
    /// A failure leaves nothing of it.
    Failed,
    /// It has nothing, or nothing left, of a resource that is needed.
    NothingLeft,
    /// No open path within the latency limit leads there.
    NoPath,
    /// Every path there passes a standby access point, and it stays closed.
    StandbyClosed,
    /// It, or a component on every path there, has no spare capacity.
    NoRoom,
    /// It holds no copy.
    NoCopy,
}

/// The rule that keeps shards from sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleKind {
    /// They are pinned.
    Pinned,
    /// No event touches them, and only who is touched may move (`movers`).
    Movers,
    /// Their site has failed, and they run from a ready replica or not at all (`failover`).
    Failover,
    /// They may only move to a replica, by the column `move`.
    ReplicaOnly,
    /// They may only move to a replica, by the policy (`drain`).
    Drain,
    /// They must stay in their jurisdiction.
    Jurisdiction,
}

/// A site that is of no use to the shards of a reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UselessSite {
    /// Site id.
    pub site: String,
    /// Why.
    pub obstacle: ObstacleKind,
    /// The component without spare capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// The resource of which it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// `true` if it would serve all users, but not recover once they all retry (`require_stable`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_retries: bool,
}

/// Why shards are where they are in a period: those with the same reason together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// `r0`, `r1`, …
    pub id: String,
    /// Counts from 0.
    pub period: u32,
    /// What happens to them.
    pub kind: ShardFate,
    /// Why.
    pub reason: ReasonKind,
    /// Users of all its shards.
    #[serde(serialize_with = "shortest")]
    pub users: f64,
    /// Shard ids, ascending.
    pub shards: Vec<String>,
    /// Their current site, as in assignment.csv; where they come from, for those who return.
    pub from_site: Option<String>,
    /// Where they are served; `None` is unserved.
    pub to_site: Option<String>,
    /// `true` if a copy at the new site takes over, for those who move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takeover: Option<bool>,
    /// The component that blocks them: without spare capacity, or out so that no path is left (then it may be a pool).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// The resource of which it has no spare capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The resource's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// With the shard of them that needs least: what it would lack there to keep the target, in the unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_by: Option<f64>,
    /// With that shard: the headroom that would be left there, a share; below 0 it would be overloaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headroom: Option<f64>,
    /// The headroom target in force there, a share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<f64>,
    /// The rule that traps them, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleKind>,
    /// The jurisdiction that they must stay in, where that is the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// Sites where the rules let them go, and why each is of no use, for the unserved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<UselessSite>,
    /// Why the new site, for those who move or are placed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<ChoiceKind>,
    /// Sites with a shorter path, and what they lack.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nearer: Vec<UselessSite>,
    /// The same in words.
    pub sentence: String,
}

impl JsonFile for Explanations {
    const FILE: &'static str = EXPLANATIONS_FILE;
    const FORMAT: &'static str = EXPLANATIONS_FORMAT;
    const EXPECTED: &'static str = "explanations as `plimsoll plan` writes them";

    fn format(&self) -> &str {
        &self.format
    }
}
