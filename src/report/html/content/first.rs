//! The first screen: the alarm or the all clear, the first thing to do, the chart that shows it, and the files of the folder.

use crate::plan::PeriodPlan;
use crate::report::briefing::action::ActionPlace;
use crate::report::briefing::periods::state_of;
use crate::report::document::{Block, Figure, Line, more_findings};
use crate::report::grammar::capital_or_name;
use crate::report::headroom::State;
use crate::report::html::content::page::rank;
use crate::report::html::content::tables::HeadroomTable;
use crate::report::html::content::whys::PlanReport;
use crate::report::text::{glued, visible};
use crate::report::waves::{RUNBOOK_FILE, RUNBOOK_PAGE, SCRIPT_FILE};
use crate::units::NOBODY;

/// Files that stand beside every report of a plan, those for operators first.
const FILES: [&str; 15] = [
    RUNBOOK_FILE,
    "runbook.csv",
    "changes.csv",
    "changes_back.csv",
    "moves.csv",
    "waves.csv",
    "wave_weights.csv",
    "headroom.csv",
    "unserved.csv",
    "blind.csv",
    "tenants.csv",
    "steering.csv",
    "summary.json",
    "explanations.json",
    "certificate.json",
];

impl PlanReport<'_> {
    /// The files that the page links to: the runbook in each of its forms, then tables and documents.
    pub(super) fn files(&self) -> Vec<&'static str> {
        let has_script = !self.briefing.scenario.commands.is_empty();
        let script = has_script.then_some(SCRIPT_FILE);
        [RUNBOOK_PAGE]
            .into_iter()
            .chain(script)
            .chain(FILES)
            .collect()
    }

    /// The state of the plan: unserved users, planned or actual, weigh more than missing headroom. A missed target of any kind,
    /// and any alarm, is never fine.
    pub(super) fn state(&self) -> State {
        let plan = self.briefing.plan;
        let stays_down = plan.stays_down(self.briefing.scenario);
        if stays_down.is_some()
            || plan.is_refused()
            || !plan.outages().is_empty()
            || plan.locks_in()
        {
            return State::Full;
        }
        let states = plan.periods.iter().map(state_of);
        let worst = states.min_by_key(|state| rank(*state));
        let worst = worst.unwrap_or(State::Fine);
        let is_broken = plan
            .tenants
            .iter()
            .any(|tenant| tenant.is_kept_by_month() == Some(false));
        if worst == State::Fine && (is_broken || !self.briefing.verdict().wrong.is_empty()) {
            State::BelowTarget
        } else {
            worst
        }
    }

    /// The verdict in a sentence; of a refusal what is refused, without the reason.
    pub(super) fn answer(&self) -> String {
        let [what, _] = self.verdict_and_reason();
        what
    }

    /// The verdict, and of a refusal the reason, which is a sentence of its own on a page.
    fn verdict_and_reason(&self) -> [String; 2] {
        let [answer, _, _] = self.answer_and_rest();
        let verdict = answer.join(" ");
        let verdict = visible(&verdict);
        let refused = verdict.strip_prefix("Refused: ");
        match refused.and_then(|text| text.split_once(": ")) {
            Some((what, reason)) => [
                format!("Refused: {what}."),
                capital_or_name(self.briefing.inventory, reason),
            ],
            None => [verdict.into_owned(), String::new()],
        }
    }

    /// The sentences of the headline, of what stands below it on the first screen, and all others. Where something is wrong, the
    /// first alarm is the headline, and the answer stands below it. An answer that says what is unserved or missed is a headline
    /// of its own; else what is not checked and the answer are the headline.
    fn answer_and_rest(&self) -> [Vec<String>; 3] {
        let verdict = self.briefing.verdict();
        let (mut wrong, unknown, answer) = (verdict.wrong, verdict.unknown, vec![verdict.answer]);
        if !wrong.is_empty() {
            let others = wrong.split_off(1);
            return [wrong, answer, [others, unknown, verdict.reasons].concat()];
        }
        if verdict.is_damage {
            let others = [unknown, verdict.reasons].concat();
            return [answer, Vec::new(), others];
        }
        [[unknown, answer].concat(), Vec::new(), verdict.reasons]
    }

    /// The answer where the headline is an alarm, after the number of alarms that have no place here.
    pub(super) fn beside_the_answer(&self) -> Vec<Line> {
        let [_, reason] = self.verdict_and_reason();
        let [_, beside, _] = self.answer_and_rest();
        let verdict = self.briefing.verdict();
        let remedies = self.briefing.remedies().len();
        let others = verdict.wrong.len().saturating_sub(1 + remedies);
        let is_all_clear = verdict.wrong.is_empty() && !verdict.is_damage;
        let unknown = if is_all_clear {
            0
        } else {
            verdict.unknown.len()
        };
        let link = more_findings(others + unknown, "findings");
        let mut lines: Vec<Line> = beside.into_iter().map(Line::from).collect();
        if link.is_some() {
            let first = if lines.is_empty() {
                Line::from("")
            } else {
                lines.remove(0)
            };
            lines.insert(0, first.after(link));
        }
        if !reason.is_empty() {
            lines.insert(0, Line::from(reason));
        }
        lines
    }

    /// Other alarms, the tightest period, and how far the inputs may be off.
    pub(super) fn findings(&self, headroom: &HeadroomTable) -> Vec<Line> {
        let margin = self.briefing.margin();
        // The remedies are in the list.
        let listed = self.briefing.remedies();
        let [_, _, others] = self.answer_and_rest();
        let others = others.into_iter().filter(|text| !listed.contains(text));
        others
            .map(|text| {
                let because = if Some(&text) == margin.as_ref() {
                    self.binds_first(headroom)
                } else {
                    None
                };
                Line::from(text).linked(because.map(|anchor| (anchor, "first bottleneck")))
            })
            .collect()
    }

    /// The first thing to do, as the terminal says it, with a link to more about it.
    pub(super) fn first_to_do(&self) -> Line {
        let action = self.briefing.first_action();
        let link = match action.place {
            ActionPlace::Remedies => Some(("to-do".to_owned(), "what to do")),
            ActionPlace::Runbook => Some((RUNBOOK_PAGE.to_owned(), "Runbook")),
            ActionPlace::Nowhere => None,
        };
        Line::from(glued(&action.sentence())).linked(link)
    }

    /// The chart of the finding, if it is small enough for a first screen: users, where any are unserved in the plan or by faults;
    /// waves, where targets are met and users move. Else the bars of the tightest components show it.
    pub(super) fn lead(&self) -> Option<&Figure> {
        let named = |name: &str| self.figures.iter().find(|figure| figure.name == name);
        let periods = &self.briefing.plan.periods;
        match periods
            .iter()
            .map(state_of)
            .min_by_key(|state| rank(*state))?
        {
            State::Full => named("users"),
            State::Fine => {
                let moved = |period_plan: &&PeriodPlan| period_plan.totals.moved > NOBODY;
                let most = periods.iter().filter(moved);
                let most = most.max_by(|a, b| a.totals.moved.total_cmp(&b.totals.moved))?;
                named(&format!("waves-{}", most.period.index))
            }
            State::BelowTarget | State::Gone => None,
        }
    }

    /// The charts of all periods without the one that is shown already; of one period alone they say what its own charts say.
    pub(super) fn pictures(&self, shown: Option<&str>) -> Vec<Block> {
        let all = self.figures.iter().filter(|figure| figure.period.is_none());
        let all = all.filter(|figure| Some(figure.name.as_str()) != shown);
        let all: Vec<Figure> = all.map(|figure| self.captioned(figure)).collect();
        let is_open = self.briefing.plan.periods.len() > 1;
        let (open, folded) = all
            .into_iter()
            .partition(|figure: &Figure| is_open && figure.name == "headroom-through");
        vec![Block::Figures(open), folded_charts(folded)]
    }

    /// A chart with the anchor of its table.
    pub(super) fn captioned(&self, figure: &Figure) -> Figure {
        let period = figure.period.and_then(|index| {
            let mut periods = self.briefing.plan.periods.iter();
            periods.find(|period| period.period.index == index)
        });
        let table = match (figure.subject, period) {
            ("Moves between sites", Some(period_plan)) if !period_plan.moves.is_empty() => {
                format!("moves-{}", period_plan.period.index)
            }
            ("Waves", Some(period_plan)) if !self.waves_of(period_plan).rows.is_empty() => {
                format!("waves-{}", period_plan.period.index)
            }
            ("Steering", _) => "steering".to_owned(),
            ("Users by state" | "Moves between sites" | "Waves", _) => "glance".to_owned(),
            _ => "headroom".to_owned(),
        };
        figure.clone().tabled(table)
    }
}

/// Charts without a finding: folded on a screen, left out on paper.
pub(super) fn folded_charts(figures: Vec<Figure>) -> Block {
    let mut subjects: Vec<&str> = figures.iter().map(|figure| figure.subject).collect();
    subjects.dedup();
    let words = format!("More charts: {}", subjects.join(", ").to_lowercase());
    Block::Unprinted(words, vec![Block::Figures(figures)])
}
