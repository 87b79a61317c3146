//! The map: sites and how they stand, access points and what they are used as, and who moves where, over the
//! outlines of land.
//!
//! The view is as large as the places need, and lies across the date line where that is shorter.
//! Where moves would be too small to see in it, a second, closer one stands above, or beside it if the places lie in a
//! region that is high and narrow: their map would be mostly water otherwise.
//! Access points without users do not make it larger.
//! Marks that would cover each other are moved apart, with a line to where they are. A name stands at the first free
//! place around its mark; a site whose name has none has a number instead, which a note explains.

mod globe;
mod panel;
mod places;
#[cfg(test)]
mod tests;

pub use places::{AccessPointPlace, SiteMove, SitePlace};

use self::globe::{GlobeView, MapSheet, aspect};
use self::panel::{MapPanel, detail, draw_access_points, network_ring};
use super::chart::Drawn;
use super::kit::canvas::Point;
use super::kit::frame::{ChartFrame, LegendKey, MUTED, SIZE};
use super::palette::Role;
use crate::model::Coordinates;
use crate::plan_files::AccessPointUse;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::text::visible;
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// What the map of one period shows.
///
/// ```
/// use plimsoll::model::Coordinates;
/// use plimsoll::report::charts::map::{SiteMove, SitePlace};
/// use plimsoll::report::charts::{Chart, MapChart};
/// use plimsoll::report::{Standing, State};
/// let site = |id: &str, name: &str, latitude, longitude, state, users| SitePlace {
///     id: id.into(), name: name.into(), coordinates: Some(Coordinates { latitude, longitude }),
///     standing: Standing::InService, state, headroom: None, target: None, network: None, users,
/// };
/// let map = MapChart {
///     title: "900 users leave Chicago for Dallas".into(),
///     scenario: "chicago-maintenance".into(),
///     period: "13 Nov 2012, 09:08 to 14:10 PST".into(),
///     sites: vec![
///         site("chi", "Chicago", 41.85, -87.65, State::Gone, 0.0),
///         site("dfw", "Dallas", 32.78, -96.81, State::Fine, 900.0),
///     ],
///     access_points: Vec::new(),
///     moves: vec![SiteMove { from: "chi".into(), to: "dfw".into(), users: 900.0 }],
/// };
/// let picture = map.picture(900)?;
/// assert!(picture.svg.contains(">Dallas</text>"));
/// # Ok::<(), plimsoll::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MapChart {
    /// The finding, such as `310,400 users leave Chicago: most go to Des Moines and San Antonio`.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// The period as people read it, such as `13 Nov 2012, 09:08 to 10:42 PST`.
    pub period: String,
    /// Every site, in any order.
    pub sites: Vec<SitePlace>,
    /// Every access point, in any order.
    pub access_points: Vec<AccessPointPlace>,
    /// Who moves from site to site: at most one entry for each pair, in any order.
    pub moves: Vec<SiteMove>,
}

/// Most sites without a name that are listed below the map: where it is narrow, and where it is wide.
const MOST_LISTED: [usize; 2] = [12, 40];

/// Most places that are named because they are not on the map.
const MOST_MISSING: usize = 8;

/// Share of the users who move that the closer view shows.
const MOST_USERS: f64 = 0.75;

/// Moves are too small to see if they go fewer pixels than this share of the width on average.
const SHORT: f64 = 0.12;

/// The closer view is worth its space if it shows moves at least this many times larger.
const WORTH: f64 = 1.8;

/// Places that are less than this many times as wide as high have a view beside the closer one.
const HIGH: f64 = 1.3;

/// Space for names west and east of the places: where it is narrow, and where it is wide.
const SIDE: [f64; 2] = [70.0, 150.0];

/// What a view beside another takes of the width, and the space between both.
const BESIDE: (f64, f64) = (0.4, 16.0);

/// Views side by side, each with what stands above it.
type ViewRow = Vec<(&'static str, GlobeView)>;

impl Drawn for MapChart {
    fn heading(&self) -> (&str, Vec<String>) {
        let about = vec![self.scenario.clone(), self.period.clone()];
        (&self.title, about)
    }

    fn draw(&self, frame: &mut ChartFrame) {
        let mut chart = self.in_order();
        let remote = chart.leave_out_remote();
        let chart = &chart;
        frame.legend(&chart.keys());
        let width = frame.right - frame.left;
        let ((least, most), padding) = if frame.is_wide {
            ((0.36, 0.6), 44.0)
        } else {
            ((0.6, 1.2), 24.0)
        };
        let sheet = MapSheet {
            left: frame.left,
            width,
            heights: (least * width, most * width),
            padding,
            side: SIDE[usize::from(frame.is_wide)],
        };
        let mut panels = Vec::new();
        let mut numbered = BTreeSet::new();
        for row in chart.views(sheet, frame.is_wide) {
            if row.iter().any(|(heading, _)| !heading.is_empty()) {
                frame.y += 4.0;
                for (heading, view) in &row {
                    frame.heading_at(view.left, heading);
                }
                frame.y += SIZE * 1.4;
            }
            let top = (frame.y + 4.0).round();
            for (_, mut view) in row {
                view.top = top;
                frame.y = frame.y.max(top + view.height);
                let mut panel = MapPanel::new(chart, view, frame.is_wide);
                panel.draw(&mut frame.canvas, chart, &mut numbered);
                panels.push(panel);
            }
            frame.y += 12.0;
        }
        let unnamed = chart.number(frame, &mut panels);
        frame.lines(&unnamed, MUTED, 40);
        let mut notes = chart.about_moves(&panels);
        if panels.iter().any(|panel| panel.has_gains) {
            notes.push("+ and − at an access point: users who enter there now and did not before, or the reverse.".to_owned());
        }
        notes.extend(chart.missing());
        match remote {
            0 => {}
            1 => notes.push("1 access point without users lies outside of this map.".to_owned()),
            _ => notes.push(format!(
                "{remote} access points without users lie outside of this map."
            )),
        }
        notes.push("Land: Natural Earth.".to_owned());
        if frame.is_wide {
            notes = vec![notes.join(" ")];
        }
        for note in notes {
            frame.note(&note);
        }
    }
}

impl MapChart {
    /// `true` if at least two places have coordinates, so that there is something to show.
    pub fn has_places(&self) -> bool {
        self.coordinates().count() >= 2
    }

    fn coordinates(&self) -> impl Iterator<Item = Coordinates> {
        let sites = self.sites.iter().map(|site| site.coordinates);
        let access_points = self.access_points.iter().map(|place| place.coordinates);
        sites.chain(access_points).flatten()
    }

    /// The same in the order in which it is shown: places by id, changed access points and largest moves first.
    fn in_order(&self) -> Self {
        let mut chart = self.clone();
        let is_changed = |usage| matches!(usage, AccessPointUse::Opened | AccessPointUse::Closed);
        chart.sites.sort_by(|a, b| a.id.cmp(&b.id));
        chart.access_points.sort_by(|a, b| {
            let by_change = is_changed(b.usage).cmp(&is_changed(a.usage));
            by_change.then_with(|| a.id.cmp(&b.id))
        });
        chart.moves.sort_by(|a, b| {
            let by_site = || (&a.from, &a.to).cmp(&(&b.from, &b.to));
            b.users.total_cmp(&a.users).then_with(by_site)
        });
        chart
    }

    /// Leaves out access points without users that lie beyond all other places, and returns how many they are.
    fn leave_out_remote(&mut self) -> usize {
        let is_used = |access_point_place: &AccessPointPlace| {
            let is_changed = matches!(
                access_point_place.usage,
                AccessPointUse::Opened | AccessPointUse::Closed
            );
            is_changed
                || access_point_place.users > NOBODY
                || access_point_place.gained.abs() > NOBODY
        };
        let sites = self.sites.iter().filter_map(|site| site.coordinates);
        let used = self
            .access_points
            .iter()
            .filter(|access_point_place| is_used(access_point_place));
        let places: Vec<Coordinates> = sites
            .chain(used.filter_map(|access_point_place| access_point_place.coordinates))
            .collect();
        // The same for pictures of every width.
        let sheet = MapSheet {
            left: 0.0,
            width: 1000.0,
            heights: (400.0, 1000.0),
            padding: 60.0,
            side: 60.0,
        };
        let Some(view) = GlobeView::around(&places, sheet).filter(|_| places.len() >= 2) else {
            return 0;
        };
        let before = self.access_points.len();
        self.access_points.retain(|access_point_place| {
            let is_beyond = access_point_place
                .coordinates
                .is_some_and(|at| view.place(at).is_none());
            is_used(access_point_place) || !is_beyond
        });
        before - self.access_points.len()
    }

    /// What is shown of the globe, row by row, each with what stands above it: everything, and before it where users move if
    /// that is too small to see. None if no place has coordinates.
    fn views(&self, sheet: MapSheet, is_wide: bool) -> Vec<ViewRow> {
        let all: Vec<Coordinates> = self.coordinates().collect();
        // Two views shall not be twice as high.
        let low = MapSheet {
            heights: (sheet.heights.0, sheet.heights.1 * 0.7),
            // One below the other, both are as wide as the picture.
            side: sheet.width,
            ..sheet
        };
        let [whole, lower] = [sheet, low].map(|sheet| GlobeView::around(&all, sheet));
        let close = whole.as_ref().and_then(|whole| self.moving(whole, low));
        let (Some((close, ends)), Some(lower)) = (close, lower) else {
            let whole = whole.into_iter().map(|whole| vec![("", whole)]);
            return whole.collect();
        };
        let headings = ["Where users move", "All sites"];
        if is_wide && aspect(&all).is_some_and(|value| value < HIGH) {
            let [close, whole] = beside(sheet).map(Some);
            let close = close.and_then(|sheet| GlobeView::around(&ends, sheet));
            let whole = whole.and_then(|sheet| GlobeView::around(&all, sheet));
            if let (Some(close), Some(whole)) = (close, whole) {
                return vec![vec![(headings[0], close), (headings[1], whole)]];
            }
        }
        vec![vec![(headings[0], close)], vec![(headings[1], lower)]]
    }

    /// The view of the sites between which most users move, and where these are, if it is needed beside that of all.
    fn moving(&self, whole: &GlobeView, sheet: MapSheet) -> Option<(GlobeView, Vec<Coordinates>)> {
        let sites = self.sites.iter();
        let places: BTreeMap<&str, Coordinates> = sites
            .filter_map(|site| Some((site.id.as_str(), site.coordinates?)))
            .collect();
        let (mut all, mut far, mut moves) = (0.0, 0.0, Vec::new());
        for site_move in &self.moves {
            let ends = [&site_move.from, &site_move.to].map(|id| places.get(id.as_str()).copied());
            if let [Some(from), Some(to)] = ends {
                all += site_move.users;
                far += site_move.users * whole.distance(from, to);
                moves.push(([from, to], site_move.users));
            }
        }
        if moves.is_empty() || far >= all * SHORT * sheet.width {
            return None;
        }
        let mut shown = 0.0;
        let most = moves.into_iter().take_while(|(_, users)| {
            let is_needed = shown < MOST_USERS * all;
            shown += users;
            is_needed
        });
        let ends: Vec<Coordinates> = most.flat_map(|(ends, _)| ends).collect();
        let close = GlobeView::around(&ends, sheet)?;
        (close.magnification(whole) >= WORTH).then_some((close, ends))
    }

    /// What the marks mean: those that occur.
    fn keys(&self) -> Vec<LegendKey<'static>> {
        let states = [State::Full, State::BelowTarget, State::Fine, State::Gone];
        let states = states.into_iter();
        let has = |state: &State| self.sites.iter().any(|site| site.state == *state);
        let mut keys: Vec<LegendKey<'_>> = states.filter(has).map(LegendKey::state).collect();
        let rings = [
            (State::Full, "its network is full or overloaded"),
            (State::BelowTarget, "its network is below target"),
        ];
        let is_rung = |state| self.sites.iter().any(|site| site.network == Some(state));
        let rings = rings.into_iter().filter(|ring| is_rung(ring.0));
        keys.extend(rings.map(|(state, words)| {
            LegendKey::mark(20.0, words, move |canvas, at| {
                network_ring(canvas, at, state, 5);
            })
        }));
        let usages = [
            (AccessPointUse::Active, "access point", ""),
            (
                AccessPointUse::Standby,
                "access point on standby",
                "on standby",
            ),
            (AccessPointUse::Opened, "access point opened", "opened"),
            (AccessPointUse::Closed, "access point closed", "closed"),
        ];
        let occurs = |usage| {
            self.access_points
                .iter()
                .any(|access_point_place| access_point_place.usage == usage)
        };
        let occurring = usages.into_iter().filter(|usage| occurs(usage.0));
        for (index, (usage, whole, short)) in occurring.enumerate() {
            // The first says what all of them are.
            let words = if index == 0 { whole } else { short };
            keys.push(LegendKey::mark(12.0, words, move |canvas, at| {
                draw_access_points(canvas, &[at], usage, 7);
            }));
        }
        if !self.moves.is_empty() {
            keys.push(LegendKey::mark(34.0, "users moved", |canvas, (x, y)| {
                canvas.line((x - 16, y), (x + 8, y), 4, Role::Moved);
                let head: [Point; 3] = [(x + 7, y - 6), (x + 17, y), (x + 7, y + 6)];
                canvas.polygon(head, Role::Moved);
            }));
        }
        keys
    }

    /// Numbers the sites in each panel that cannot fit their names, first those that no panel names; returns what the
    /// numbers mean, and which sites no panel says anything of.
    fn number(&self, frame: &mut ChartFrame, panels: &mut [MapPanel<'_>]) -> String {
        let most = MOST_LISTED[usize::from(frame.is_wide)];
        let lacks_name =
            |site: &&SitePlace| panels.iter().any(|panel| panel.shows_unnamed(&site.id));
        let is_named =
            |site: &&SitePlace| panels.iter().any(|panel| panel.named.contains(&*site.id));
        let unnamed = self.sites.iter().filter(lacks_name);
        let (partly, nowhere): (Vec<&SitePlace>, Vec<_>) = unnamed.partition(is_named);
        let (mut listed, mut without) = (Vec::new(), Vec::new());
        for (position, site) in nowhere.iter().chain(&partly).take(most).enumerate() {
            let name = visible(&site.name);
            let words = detail(site).map_or_else(String::new, |words| format!(" ({words})"));
            let number = listed.len() + 1;
            let numbered = panels.iter_mut();
            let numbered = numbered
                .map(|map_panel| map_panel.number_site(&mut frame.canvas, &site.id, number));
            // Every panel is asked.
            let is_shown = numbered.fold(false, |any, flag| any | flag);
            if is_shown {
                listed.push(format!("{number}\u{a0}{name}{words}"));
            } else if position < nowhere.len() {
                without.push(format!("{name}{words}"));
            }
        }
        let rest = nowhere.len().saturating_sub(most);
        let more = if rest == 1 { "site is" } else { "sites are" };
        let notes = [
            (listed.len(), format!("Numbers: {}.", listed.join(", "))),
            (
                without.len(),
                format!("Sites without a name: {}.", without.join(", ")),
            ),
            (
                rest,
                format!("{rest} more {more} without a name; the pointer names all in report.html."),
            ),
        ];
        let notes = notes.into_iter().filter(|(count, _)| *count > 0);
        notes.map(|note| note.1).collect::<Vec<_>>().join(" ")
    }

    /// How to read arrows, and how many moves have none.
    fn about_moves(&self, panels: &[MapPanel<'_>]) -> Vec<String> {
        let arrows = panels.iter().flat_map(|panel| &panel.arrows);
        let drawn: BTreeSet<usize> = arrows.map(|arrow| arrow.position).collect();
        let mut notes = Vec::new();
        if let Some(largest) = drawn.first() {
            notes.push(format!(
                "Arrow width = users moved (widest: {}).",
                numbers::users(self.moves[*largest].users)
            ));
        }
        if drawn.is_empty() && !self.moves.is_empty() {
            notes.push("No move fits an arrow; moves.csv has all moves.".to_owned());
        } else if drawn.len() < self.moves.len() {
            let all: f64 = self.moves.iter().map(|site_move| site_move.users).sum();
            let users: f64 = drawn.iter().map(|index| self.moves[*index].users).sum();
            notes.push(format!(
                "Of {} moves between sites {} are drawn, with {} of the moved users.",
                numbers::users(self.moves.len() as f64),
                drawn.len(),
                numbers::short_percent(users / all)
            ));
        }
        notes
    }

    /// Who is not on the map.
    fn missing(&self) -> Option<String> {
        let sites = self.sites.iter().map(|site| (site.coordinates, &site.name));
        let places = self.access_points.iter();
        let all = sites.chain(places.map(|place| (place.coordinates, &place.name)));
        let names: Vec<_> = all
            .filter(|pair| pair.0.is_none())
            .map(|pair| visible(pair.1))
            .collect();
        let listed = names[..names.len().min(MOST_MISSING)].join(", ");
        let more = match names.len().saturating_sub(MOST_MISSING) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (!names.is_empty()).then(|| format!("Not on the map, without coordinates: {listed}{more}."))
    }

    /// The text for the pointer about a site.
    fn site_tip(&self, site: &SitePlace) -> String {
        let sum = |side: fn(&SiteMove) -> &String| -> f64 {
            let moves = self
                .moves
                .iter()
                .filter(|site_move| *side(site_move) == site.id);
            moves.map(|site_move| site_move.users).sum()
        };
        let state = match site.headroom {
            Some(headroom) => {
                let headroom = numbers::headroom(headroom);
                format!("{headroom} headroom, {}", site.state.words())
            }
            None if site.standing.is_out() => site.standing.word().to_owned(),
            None => site.state.words().to_owned(),
        };
        let users = numbers::users(site.users);
        let network = site.network.map_or_else(String::new, |state| {
            format!(", its network {}", state.words())
        });
        let mut words = format!(
            "{} ({}): {state}{network}; {users} users",
            site.name, site.id
        );
        let moving = [
            (sum(|site_move| &site_move.from), "leave"),
            (sum(|site_move| &site_move.to), "come"),
        ];
        for (users, verb) in moving {
            if users > NOBODY {
                words = format!("{words}, {} {verb}", numbers::users(users));
            }
        }
        words
    }
}

/// The paper of two views side by side, the second the narrower one.
fn beside(sheet: MapSheet) -> [MapSheet; 2] {
    let (share, gap) = BESIDE;
    let second = (share * sheet.width).round();
    let first = sheet.width - second - gap;
    let height = second * 1.1;
    let of = |left, width| MapSheet {
        left,
        width,
        heights: (height, height),
        // Both fill their share, so that nothing is cut off.
        side: width,
        ..sheet
    };
    [of(sheet.left, first), of(sheet.left + first + gap, second)]
}
