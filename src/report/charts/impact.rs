//! The worst failures, ranked: who is unserved by tier, and where everyone is served what headroom is missing.
//!
//! Every tier has a column of bars, all on one scale, so that tiers differ by their place and need no colours.

use super::chart::Drawn;
use super::kit::canvas::Face;
use super::kit::columns::{Reflow, RowColumn};
use super::kit::font::Font;
use super::kit::frame::{ChartFrame, LegendKey, MUTED, SMALL, ink};
use super::kit::rows::{Bar, ChartRow, RowBlock, RowCell, RowTable};
use super::palette::Role;
use crate::report::Named;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::units::{FEASIBILITY, NOBODY};

#[cfg(test)]
mod tests;

/// The worst missing share of a headroom target, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct MissingAt {
    /// Share of the target; above 1 is overload.
    pub share: f64,
    /// Where.
    pub component: Named,
    /// Of which resource.
    pub resource: String,
}

/// What a case comes to under one recovery.
#[derive(Debug, Clone, PartialEq)]
pub struct Impact {
    /// Users unserved, by tier.
    pub unserved: Vec<f64>,
    /// Of these, users without a reachable permitted site; empty where a rule answers, which looks for no other sites.
    pub no_site: Vec<f64>,
    /// What headroom is missing at worst; `None` if no target is missed.
    pub missing: Option<MissingAt>,
}

impl Impact {
    /// Users unserved of all tiers.
    pub fn users(&self) -> f64 {
        self.unserved.iter().sum()
    }

    /// Of those unserved, users without a reachable permitted site.
    pub fn no_site_users(&self) -> f64 {
        self.no_site.iter().sum()
    }

    /// How it is to be judged.
    pub fn state(&self) -> State {
        if self.users() > NOBODY {
            State::Full
        } else if let Some(missing) = &self.missing {
            if missing.share > 1.0 + FEASIBILITY {
                State::Full
            } else {
                State::BelowTarget
            }
        } else {
            State::Fine
        }
    }
}

/// A case.
#[derive(Debug, Clone, PartialEq)]
pub struct ImpactRow {
    /// What fails: ids joined by `+`, and what it is called.
    pub failing: Named,
    /// What it comes to, one for each recovery; `None` was not looked at.
    pub impacts: Vec<Option<Impact>>,
}

/// Cases of one number of failures.
#[derive(Debug, Clone, PartialEq)]
pub struct ImpactBlock {
    /// What they are, such as `single sites`.
    pub heading: String,
    /// The worst of those that do not hold, the worst first.
    pub rows: Vec<ImpactRow>,
    /// How many do not hold.
    pub in_all: usize,
}

/// What the chart of ranked failures shows, in the order in which it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ImpactChart {
    /// The finding.
    pub title: String,
    /// Scenario, period, recovery.
    pub about: Vec<String>,
    /// Names of the tiers, the first rank first.
    pub tiers: Vec<String>,
    /// Words of the recoveries.
    pub recoveries: Vec<&'static str>,
    /// By number of failures.
    pub blocks: Vec<ImpactBlock>,
}

impl ImpactChart {
    /// Every impact shown.
    fn impacts(&self) -> impl Iterator<Item = &Impact> {
        let rows = self.blocks.iter().flat_map(|block| &block.rows);
        rows.flat_map(|row| row.impacts.iter().flatten())
    }

    /// Tiers that have users unserved, by their rank.
    fn affected_tiers(&self) -> Vec<usize> {
        let is_hurt = |tier: &usize| self.impacts().any(|impact| impact.of_tier(*tier) > NOBODY);
        (0..self.tiers.len()).filter(is_hurt).collect()
    }

    /// What the bars mean: those that occur.
    fn keys(&self) -> Vec<LegendKey<'static>> {
        let is_unserved = self.impacts().any(|impact| impact.users() > NOBODY);
        let missing = || self.impacts().filter_map(|impact| impact.missing.as_ref());
        let is_over = missing().any(MissingAt::is_over);
        let red = match (is_unserved, is_over) {
            (true, true) => Some("users unserved; overloaded"),
            (true, false) => Some("users unserved"),
            (false, true) => Some("overloaded"),
            (false, false) => None,
        };
        let amber = missing()
            .any(|missing_at| !missing_at.is_over())
            .then_some(MISSING);
        let is_partial = missing().any(|missing_at| missing_at.share < 1.0);
        let rest = is_partial.then(|| LegendKey::patch(Role::Track, "rest of the headroom target"));
        let red = red.map(|words| LegendKey::patch(Role::Full, words));
        let amber = amber.map(|words| LegendKey::patch(Role::BelowTarget, words));
        red.into_iter().chain(amber).chain(rest).collect()
    }

    /// Cases with a line for every recovery, tiers with a column each.
    fn table(&self, font: Font) -> RowTable<'static> {
        let tiers = self.affected_tiers();
        let has_several = self.recoveries.len() > 1;
        let mut columns = vec![RowColumn::name(0.26)];
        columns.push(RowColumn::words(Reflow::Below, ""));
        columns.push(RowColumn::numbers(Reflow::Headed, "unserved").rank(1));
        columns.extend(tiers.iter().map(|tier| {
            let words = format!("{}, users unserved", self.tiers[*tier]);
            RowColumn::drawing(BAR, words).short(&self.tiers[*tier])
        }));
        columns.push(RowColumn::words(Reflow::Headed, "no site"));
        let missing = RowColumn::drawing(BAR, MISSING).short("deficit");
        let missing = missing.longest(90.0).share(5.0);
        columns.push(missing.least(font.width(MISSING, SMALL) + 1.0));
        let scale = self
            .impacts()
            .flat_map(|impact| impact.unserved.iter().copied());
        let scale = scale.fold(1.0, f64::max);
        let rows = |row: &ImpactRow| -> Vec<ChartRow<'static>> {
            let last = row.impacts.len().saturating_sub(1);
            let outcomes = self.recoveries.iter().zip(&row.impacts).enumerate();
            let rows = outcomes.map(|(index, (recovery, impact))| {
                let name = if index == 0 {
                    row.failing.name.as_str()
                } else {
                    ""
                };
                let recovery = if has_several { *recovery } else { "" };
                let mut cells = vec![RowCell::plain(name), RowCell::muted(recovery)];
                if let Some(impact) = impact {
                    cells.extend(impact.cells(&tiers, scale));
                }
                ChartRow {
                    cells,
                    tip: self.tip(row),
                    space: if has_several && index == last {
                        8.0
                    } else {
                        0.0
                    },
                }
            });
            rows.collect()
        };
        let block = |impact_block: &ImpactBlock| RowBlock {
            heading: impact_block.heading.clone(),
            rows: impact_block.rows.iter().flat_map(rows).collect(),
        };
        RowTable {
            columns,
            blocks: self.blocks.iter().map(block).collect(),
            height: if has_several { 20.0 } else { 26.0 },
        }
    }

    /// `Boston + Dallas: 412,000 users unserved (12,000 gold, 400,000 silver)`.
    fn tip(&self, row: &ImpactRow) -> String {
        let outcomes = self.recoveries.iter().zip(&row.impacts);
        let outcomes = outcomes.map(|(recovery, impact)| {
            let words = impact.as_ref().map(|impact| impact.words(&self.tiers));
            let words = words.unwrap_or_else(|| "not checked".to_owned());
            if self.recoveries.len() > 1 {
                format!("{recovery} {words}")
            } else {
                words
            }
        });
        let outcomes: Vec<String> = outcomes.collect();
        format!("{}: {}", row.failing.name, outcomes.join("; "))
    }
}

/// The heading of missing headroom.
const MISSING: &str = "headroom deficit";

/// Height of a bar that stands by itself.
const BAR: f64 = 20.0;

impl Drawn for ImpactChart {
    fn heading(&self) -> (&str, Vec<String>) {
        (&self.title, self.about.clone())
    }

    fn draw(&self, frame: &mut ChartFrame) {
        frame.legend(&self.keys());
        self.table(frame.font()).draw(frame);
        frame.y += 10.0;
        if self.affected_tiers().len() > 1 {
            frame.note("Bars of all tiers are on one scale.");
        }
        for block in &self.blocks {
            if block.rows.len() < block.in_all {
                let all = numbers::users(block.in_all as f64);
                frame.note(&format!(
                    "{}: {} worst of {all} failing cases shown; by_failure.csv has all.",
                    block.heading,
                    block.rows.len()
                ));
            }
        }
        let mut rows = self.blocks.iter().flat_map(|block| &block.rows);
        if rows.any(|row| row.failing.name.contains('~')) {
            frame.note("~ marks a gray member: it works in part, and does not say so.");
        }
    }
}

impl MissingAt {
    /// `true` if more is asked than there is.
    fn is_over(&self) -> bool {
        self.share > 1.0 + FEASIBILITY
    }

    /// The missing share, and where.
    fn bar(&self) -> Bar {
        let role = if self.is_over() {
            Role::Full
        } else {
            Role::BelowTarget
        };
        let (share, face) = if self.is_over() {
            let face = ink(SMALL, true);
            ("overloaded".to_owned(), Face { role, ..face })
        } else {
            (numbers::short_percent_up(self.share), ink(SMALL, true))
        };
        let place = format!("{} {}", self.component.name, self.resource);
        Bar {
            share: self.share.clamp(0.02, 1.0),
            role,
            has_track: true,
            is_headed: !self.is_over(),
            words: vec![(share, face), (place, MUTED)],
        }
    }
}

impl Impact {
    /// Users of a tier unserved.
    fn of_tier(&self, tier: usize) -> f64 {
        self.unserved.get(tier).copied().unwrap_or(0.0)
    }

    /// Users unserved: all where there are several tiers, and by tier; without a site; what headroom is missing.
    fn cells(&self, tiers: &[usize], scale: f64) -> Vec<RowCell<'static>> {
        let is_calm = self.state() == State::Fine;
        let strong = |users: f64| (numbers::users_up(users), ink(SMALL, true));
        let numbers_of = |users: f64, is_shown: bool| {
            if is_shown && users > NOBODY {
                let (words, face) = strong(users);
                RowCell::Words(words, face)
            } else {
                RowCell::Empty
            }
        };
        let mut cells = vec![numbers_of(self.users(), tiers.len() > 1)];
        // The numbers of tiers add up to that of all.
        let whole = numbers::whole_parts(&self.unserved);
        for (index, tier) in tiers.iter().enumerate() {
            let users = self.of_tier(*tier);
            cells.push(if users > NOBODY {
                let shown = whole.get(*tier).copied().unwrap_or(users).max(1.0);
                RowCell::Bar(Bar::red(users / scale, strong(shown)))
            } else if !is_calm {
                RowCell::Bar(Bar::red(0.0, ("0".to_owned(), MUTED)))
            } else if index == 0 {
                RowCell::muted("holds")
            } else {
                RowCell::Empty
            });
        }
        cells.push(numbers_of(self.no_site_users(), true));
        cells.push(match &self.missing {
            Some(missing) => RowCell::Bar(missing.bar()),
            None if is_calm && tiers.is_empty() => RowCell::muted("holds"),
            None => RowCell::Empty,
        });
        cells
    }

    /// The text for the pointer.
    fn words(&self, tiers: &[String]) -> String {
        let tiers = tiers.iter().zip(&self.unserved);
        let tiers = tiers.filter(|(_, users)| **users > NOBODY);
        let tiers = tiers.map(|(tier, users)| format!("{} {tier}", numbers::users_up(*users)));
        let tiers: Vec<String> = tiers.collect();
        let no_site = self.no_site_users();
        let without = if no_site > NOBODY {
            format!(", {} of them without a site", numbers::users_up(no_site))
        } else {
            String::new()
        };
        let unserved = (!tiers.is_empty()).then(|| {
            format!(
                "{} users unserved ({}){without}",
                numbers::users_up(self.users()),
                tiers.join(", ")
            )
        });
        let missing = self.missing.as_ref().map(|missing_at| {
            format!(
                "{} of the headroom target of {} {} missing",
                numbers::short_percent_up(missing_at.share),
                missing_at.component.name,
                missing_at.resource
            )
        });
        let words: Vec<String> = [unserved, missing].into_iter().flatten().collect();
        if words.is_empty() {
            return "holds".to_owned();
        }
        words.join(", ")
    }
}
