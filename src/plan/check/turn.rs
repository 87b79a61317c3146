//! Turn: what changes from one period to the next, as rows of the change list and of the rollback.

use super::assignment::Assignment;
use super::assignment::Start;
use super::clock::{ListDirection, StepClock, StepTime};
use super::context::RefereeContext;
use super::steering::Entries;
use super::waves::{Portion, Stepped};
use crate::ids::{AccessPointId, ClientRegionId, ShardId, SiteId};
use crate::model::Case;
use crate::model::Homes;
use crate::plan::AccessPointChange;
use crate::plan::Move;
use crate::plan::changes::is_open;
use crate::plan_files::{Action, ChangeRow, Reason, StepSetting, Text};
use crate::units::{AGREEMENT, NOBODY};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// From one period to the next.
pub(super) struct Turn<'a> {
    pub(super) start: &'a Start<'a>,
    pub(super) assignment: &'a Assignment,
    /// Where shards are at its end.
    pub(super) homes: &'a Homes,
    /// What access points did and do.
    pub(super) states: &'a [AccessPointChange],
    /// Where users entered, if that is written down, and where they enter.
    pub(super) entries: (Option<&'a Entries>, &'a Entries),
    /// What is done by which wave, up to this period.
    pub(super) changes: &'a [Stepped],
    /// Who changes site.
    pub(super) moves: &'a [Move],
    /// What holds before, and in the period.
    pub(super) cases: [&'a Case; 2],
    /// When each access point closed last: nothing opens again before that.
    pub(super) closed: &'a BTreeMap<AccessPointId, Timestamp>,
}

impl Turn<'_> {
    /// Who is shed and let in is known.
    pub(super) fn is_known(&self) -> bool {
        self.changes
            .last()
            .is_some_and(|stepped| stepped.is_reported)
    }
}

/// What a row is about: shard, client region, access point, site left, new site; and of users who are let in the wave, since
/// several may do it.
pub(super) type Subject = ([Option<Text>; 5], Option<u32>);

/// The subject of a row.
pub(super) fn subject(row: &ChangeRow) -> Subject {
    let names = [
        &row.shard,
        &row.client_region,
        &row.access_point,
        &row.from_site,
        &row.to_site,
    ];
    let is_of_waves = matches!(row.action, Action::LetIn | Action::Shed);
    (names.map(Clone::clone), row.wave.filter(|_| is_of_waves))
}

/// What a row should say.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExpectedStep {
    pub(super) action: Action,
    /// Of the shard.
    pub(super) share: Option<f64>,
    pub(super) settings: Option<[StepSetting; 2]>,
    /// `None` if nobody wrote down who entered before.
    pub(super) users: Option<f64>,
    /// The change is more than what arithmetic leaves of none.
    pub(super) is_needed: bool,
    /// It is one although what is before and after is the same: paths past an access point change.
    pub(super) is_of_paths: bool,
    /// When it is done.
    pub(super) when: Option<StepTime>,
}

impl ExpectedStep {
    /// A step that has to be named, of nothing yet.
    fn new(action: Action, when: Option<StepTime>) -> Self {
        Self {
            action,
            share: None,
            settings: None,
            users: None,
            is_needed: true,
            is_of_paths: false,
            when,
        }
    }
}

/// The rows that a file should have in one period.
pub(super) struct Wanted {
    pub(super) file: &'static str,
    pub(super) direction: ListDirection,
    pub(super) rows: BTreeMap<Subject, ExpectedStep>,
    /// Nobody wrote down where users entered before: weights are not judged.
    pub(super) has_weights: bool,
}

/// The access points that close in a period, and when.
pub(super) fn closings(
    context: &RefereeContext,
    turn: &Turn<'_>,
) -> Vec<(AccessPointId, Timestamp)> {
    let Some(clock) = StepClock::new(turn.changes) else {
        return Vec::new();
    };
    let states = turn.states.iter();
    let closing = states.filter(|access_point_change| {
        is_open(access_point_change.before) && !is_open(access_point_change.after)
    });
    let times = closing.map(|access_point_change| {
        let component = context
            .inventory
            .access_point_component(access_point_change.access_point);
        let is_by_event = turn.cases[1].gone[component.index()];
        (
            access_point_change.access_point,
            clock.access_point(false, is_by_event).at,
        )
    });
    times.collect()
}

/// The rows of one period.
pub(super) fn wanted(context: &RefereeContext, turn: &Turn<'_>, item: ListDirection) -> Wanted {
    let mut rows = BTreeMap::new();
    let clock = StepClock::new(turn.changes);
    let clock = clock.as_ref();
    add_access_points(context, turn, (item, clock), &mut rows);
    add_homes(context, turn, (item, clock), &mut rows);
    if let Some(clock) = clock.filter(|_| turn.is_known()) {
        add_served(context, turn, (item, clock), &mut rows);
    }
    let (before, after) = turn.entries;
    if let Some(before) = before {
        add_weights(
            context,
            (before, after),
            turn.is_known(),
            (item, clock),
            &mut rows,
        );
    }
    Wanted {
        file: item.file(),
        direction: item,
        rows,
        has_weights: before.is_some(),
    }
}

/// Client regions and access points: users who enter there.
fn by_region(
    context: &RefereeContext,
    entries: &Entries,
) -> BTreeMap<(ClientRegionId, AccessPointId), f64> {
    let mut users = BTreeMap::new();
    for (group, _, by_access_point) in entries.points.iter() {
        let region = context.groups[group].client_region;
        for (access_point, entering) in by_access_point {
            *users.entry((region, *access_point)).or_insert(0.0) += entering;
        }
    }
    users
}

/// Access points through which users may enter from now on, or no more.
fn add_access_points(
    context: &RefereeContext,
    turn: &Turn<'_>,
    (direction, clock): (ListDirection, Option<&StepClock<'_>>),
    rows: &mut BTreeMap<Subject, ExpectedStep>,
) {
    let entering = |entries: &Entries, id: AccessPointId| -> f64 {
        let by_access_point = entries
            .points
            .iter()
            .filter_map(|(_, _, users)| users.get(&id));
        by_access_point.sum()
    };
    for state in turn.states {
        let (id, opens) = (state.access_point, is_open(state.after));
        if is_open(state.before) == opens {
            continue;
        }
        let users = if opens {
            Some(entering(turn.entries.1, id))
        } else {
            turn.entries.0.map(|entries| entering(entries, id))
        };
        let (first, last) = match direction {
            ListDirection::There => (state.before, state.after),
            ListDirection::Back => (state.after, state.before),
        };
        let name = Text::from(&context.inventory.access_points[id.index()].id);
        let component = context.inventory.access_point_component(id).index();
        let is_by_event = turn.cases[usize::from(!opens)].gone[component];
        let mut when = clock.map(|step_clock| step_clock.access_point(opens, is_by_event));
        if let (Some(when), Some(closed), true) = (&mut when, turn.closed.get(&id), opens) {
            when.at = when.at.max(*closed);
        }
        let action = if is_open(last) {
            Action::OpenAccessPoint
        } else {
            Action::CloseAccessPoint
        };
        let expected = ExpectedStep {
            settings: Some([StepSetting::Use(first), StepSetting::Use(last)]),
            users,
            ..ExpectedStep::new(action, when)
        };
        rows.insert(([None, None, Some(name), None, None], None), expected);
    }
}

/// Shards, or shares of them, that are at another site: those with users as they move.
fn add_homes(
    context: &RefereeContext,
    turn: &Turn<'_>,
    (direction, clock): (ListDirection, Option<&StepClock<'_>>),
    rows: &mut BTreeMap<Subject, ExpectedStep>,
) {
    let mut moves = turn.moves.iter().enumerate().peekable();
    for shard in 0..context.inventory.shards.len() {
        let id = ShardId::new(shard);
        let served = turn.assignment.of(shard).iter();
        let served: f64 = served
            .filter(|part| part.to.is_some())
            .map(|part| part.users)
            .sum();
        let mut is_moving = false;
        while let Some((index, moved)) = moves.next_if(|(_, moved)| moved.shard == id) {
            is_moving = true;
            let wave = clock
                .and_then(|step_clock| step_clock.done().wave_of.get(index).copied().flatten());
            // A shard of which nobody is there goes as a whole.
            let share = if served > 0.0 {
                moved.users / served
            } else {
                1.0
            };
            let users = leaving(turn, clock, (index, moved));
            add_home(
                (context, direction, rows),
                (shard, moved.from, moved.to),
                moved.reason == Reason::Returned,
                ExpectedStep {
                    share: Some(share),
                    users,
                    is_needed: moved.users >= served || moved.users > 10.0 * NOBODY,
                    ..ExpectedStep::new(
                        Action::Place,
                        clock.map(|step_clock| step_clock.of_wave(wave)),
                    )
                },
            );
        }
        let (previous, homes) = (turn.start.previous, turn.homes);
        if is_moving || homes.is_same(previous, id) || homes.is_split(id) || previous.is_split(id) {
            continue;
        }
        // A shard of which nobody is there moves as a whole.
        if let (from, Some(to)) = (previous.main(id), homes.main(id)) {
            let is_home = turn.start.current.of(id).any(|home| home.site == Some(to));
            add_home(
                (context, direction, rows),
                (shard, from, to),
                turn.start.is_going_home(shard) && is_home,
                ExpectedStep {
                    share: Some(1.0),
                    users: Some(0.0),
                    ..ExpectedStep::new(Action::Place, clock.map(StepClock::at_start))
                },
            );
        }
    }
}

/// Users of a move, without those who are let in with it: who was homed at the site left and served nowhere. `None` if it is
/// not written down who was, and others of the shard stay at that site, or leave it too.
fn leaving(
    turn: &Turn<'_>,
    clock: Option<&StepClock<'_>>,
    (index, moved): (usize, &Move),
) -> Option<f64> {
    let Some(clock) = clock.filter(|_| turn.is_known()) else {
        // A plan without waves lets nobody in as a side effect, unless it cannot be known who of several leaves.
        let mut parts = turn.assignment.of(moved.shard.index()).iter();
        let first = turn
            .moves
            .partition_point(|one_moved| one_moved.shard < moved.shard);
        let of_shard = turn.moves[first..].iter();
        let of_shard = of_shard.take_while(|one_moved| one_moved.shard == moved.shard);
        let leave = of_shard
            .filter(|candidate| candidate.from == moved.from)
            .count();
        let has_others = leave > 1 || parts.any(|part| part.to == moved.from);
        return (moved.from.is_none() || !has_others).then_some(moved.users);
    };
    let let_in = &clock.done().let_in;
    let let_in = let_in.iter().find(|let_in| let_in.moved == index);
    let users = turn.cases[1].users(moved.shard.index());
    Some(let_in.map_or(moved.users, |let_in| let_in.left * users))
}

/// Adds a shard that goes from one site to another, with the action that this is.
fn add_home(
    (context, direction, rows): (
        &RefereeContext,
        ListDirection,
        &mut BTreeMap<Subject, ExpectedStep>,
    ),
    (shard, from, to): (usize, Option<SiteId>, SiteId),
    is_return: bool,
    expected: ExpectedStep,
) {
    let name = |site: Option<SiteId>| site.map(|site| Text::from(context.site_name(Some(site))));
    let takes_over = |site| {
        if context.has_copy(shard, site) {
            Action::Takeover
        } else {
            Action::Copy
        }
    };
    let (action, first, last) = match (direction, from) {
        (ListDirection::There, None) => (Action::Place, from, Some(to)),
        (ListDirection::There, Some(_)) if is_return => (Action::Return, from, Some(to)),
        (ListDirection::There, Some(_)) => (takes_over(to), from, Some(to)),
        (ListDirection::Back, None) => (Action::Remove, Some(to), from),
        (ListDirection::Back, Some(away)) if is_return => (takes_over(away), Some(to), from),
        (ListDirection::Back, Some(_)) => (Action::Return, Some(to), from),
    };
    let id = context.inventory.shard_ids.get(ShardId::new(shard).index());
    let subject = [Some(Text::from(id)), None, None, name(first), name(last)];
    rows.insert((subject, None), ExpectedStep { action, ..expected });
}

/// Users who are served no more once the period begins, and those who are served again, wave by wave.
fn add_served(
    context: &RefereeContext,
    turn: &Turn<'_>,
    (direction, clock): (ListDirection, &StepClock<'_>),
    rows: &mut BTreeMap<Subject, ExpectedStep>,
) {
    let case = turn.cases[1];
    let mut add = |portion: &Portion, lets_in: bool, (when, part): (StepTime, f64)| {
        let share = portion.share * part;
        let is_in = lets_in == (direction == ListDirection::There);
        let id = Text::from(context.inventory.shard_ids.get(portion.shard));
        let site = Some(Text::from(context.site_name(Some(portion.site))));
        let (from, to) = if is_in { (None, site) } else { (site, None) };
        let action = if is_in { Action::LetIn } else { Action::Shed };
        let expected = ExpectedStep {
            share: Some(0.0),
            users: Some(0.0),
            is_needed: false,
            ..ExpectedStep::new(action, Some(when))
        };
        let subject = ([Some(id), None, None, from, to], when.wave);
        let known = rows.entry(subject).or_insert(expected);
        // Who comes to a site with a wave is one step.
        known.share = known.share.map(|all| all + share);
        known.users = known
            .users
            .map(|all| all + share * case.users(portion.shard));
        known.is_needed = known.share.is_some_and(|all| all > 1e-6);
    };
    for let_in in &clock.done().let_in {
        let wave = clock.done().wave_of.get(let_in.moved).copied().flatten();
        add(&let_in.portion, true, (clock.of_wave(wave), 1.0));
    }
    for portion in &clock.done().shed {
        add(portion, false, (clock.at_start(), 1.0));
    }
    for portion in &clock.done().refilled {
        add(portion, true, (clock.at_start(), 1.0));
    }
    for portion in &clock.done().restored {
        for step in clock.let_in() {
            add(portion, true, step);
        }
    }
}

/// Whether weights of paths change that lead through an access point, for users of a client region at any site,
/// and whether a row has to say so.
#[derive(Debug, Clone, Copy, Default)]
struct PathChange {
    is_one: bool,
    is_needed: bool,
}

/// By client region and access point, what changes of paths. What a group has at a site where it had none is a change too;
/// a row has to say so where no wave does.
fn path_changes(
    context: &RefereeContext,
    (before, after): (&Entries, &Entries),
    by_wave: bool,
) -> BTreeMap<(ClientRegionId, AccessPointId), PathChange> {
    let none = BTreeMap::new();
    let mut changes: BTreeMap<_, PathChange> = BTreeMap::new();
    for (key, now) in &after.paths {
        let earlier = before.paths.get(key).unwrap_or(&none);
        let (all_now, all_earlier): (f64, f64) = (now.values().sum(), earlier.values().sum());
        if all_now <= 0.0 {
            continue;
        }
        let is_new = all_earlier <= 0.0;
        let region = context.groups[key.0].client_region;
        let paths: BTreeSet<_> = now.keys().chain(earlier.keys()).collect();
        for path in paths {
            let is_there = now.get(path).copied().unwrap_or_default() / all_now;
            let was_there = match earlier.get(path) {
                Some(users) if !is_new => users / all_earlier,
                _ => 0.0,
            };
            let change = (is_there - was_there).abs();
            let path_change = changes.entry((region, path.0)).or_default();
            path_change.is_one |= change > 0.0;
            let counts = change > AGREEMENT && change * all_now > 10.0 * NOBODY;
            path_change.is_needed |= counts && !(is_new && by_wave);
        }
    }
    changes
}

/// Shares of client regions that enter elsewhere, or take other paths from where they enter; of a client region of which
/// nobody enters they are 0.
fn add_weights(
    context: &RefereeContext,
    (before, after): (&Entries, &Entries),
    is_told: bool,
    (direction, clock): (ListDirection, Option<&StepClock<'_>>),
    rows: &mut BTreeMap<Subject, ExpectedStep>,
) {
    let when = clock.map(StepClock::weights);
    let by_wave = when.is_some_and(|step_time| step_time.wave.is_some());
    let paths = path_changes(context, (before, after), by_wave);
    let (before, after) = match direction {
        ListDirection::There => (by_region(context, before), by_region(context, after)),
        ListDirection::Back => (by_region(context, after), by_region(context, before)),
    };
    let weight = |users: &BTreeMap<(ClientRegionId, AccessPointId), f64>, key| -> f64 {
        let (region, _) = key;
        let of_region = (region, AccessPointId(0))..=(region, AccessPointId(u32::MAX));
        let total: f64 = users.range(of_region).map(|(_, users)| users).sum();
        let entering = users.get(&key).copied().unwrap_or_default();
        if total > 0.0 { entering / total } else { 0.0 }
    };
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    for key in keys {
        let weights = [weight(&before, key), weight(&after, key)];
        let of_paths = paths.get(&key).copied().unwrap_or_default();
        let region = Text::from(&context.inventory.client_regions[key.0.index()].id);
        let access_point = Text::from(&context.inventory.access_points[key.1.index()].id);
        let expected = ExpectedStep {
            settings: Some(weights.map(StepSetting::Share)),
            users: Some(after.get(&key).copied().unwrap_or_default()),
            is_needed: (weights[0] - weights[1]).abs() > AGREEMENT || is_told && of_paths.is_needed,
            is_of_paths: of_paths.is_one && (weights[0] - weights[1]).abs() <= AGREEMENT,
            ..ExpectedStep::new(Action::Weight, when)
        };
        rows.insert(
            ([None, Some(region), Some(access_point), None, None], None),
            expected,
        );
    }
}
