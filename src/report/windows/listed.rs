//! The first windows as a table of terminal and page, and what is said of the others.

use super::costs::PLANNED;
use super::further::{AFTER_MOVES, BEFORE_MOVES};
use super::words::SERVED;
use super::{RankedWindow, RankedWindows};
use crate::engine::Window;
use crate::report::document::{Block, Cell, Listing};
use crate::report::grammar::only_if;
use crate::report::numbers;
use crate::units::{AGREEMENT, NOBODY};

const LISTED: usize = 12;

const COUNTED: &str = "\"Users at the busiest\" is the actual number at that hour; all other columns use peak counts.";

/// All starts are compared over homes that may split a shard.
const SPLIT: &str = "if shards may be split";

impl RankedWindows<'_> {
    pub(super) fn table(&self, is_wide: bool) -> Vec<Block> {
        let is_any = |of: &dyn Fn(&Window) -> bool| self.windows.iter().any(of);
        let has_unserved = is_any(&|window| self.start_cost(window).unserved > NOBODY);
        let has_missing = is_any(&|window| self.start_cost(window).shortfall > AGREEMENT);
        let is_asked = is_any(&|window| window.unserved_after_one_more().is_some());
        let is_moved = is_asked && self.once_moved().is_some();
        let is_named = is_asked && (is_wide || !(has_unserved && has_missing));
        let begins = format!("begins ({})", self.clock.zone());
        let ranked = self.ranked();
        let table = Listing::of(ranked.iter().take(LISTED))
            .number("rank", |(_, ranks)| ranks[0].to_string())
            .whole(begins, |(window, _)| {
                let mark = only_if(self.start_cost(window).is_planned, || PLANNED);
                format!("{}{mark}", self.clock.moment(window.start))
            })
            .whole(is_wide.then_some("ends"), |(window, _)| {
                self.clock.moment(window.end)
            })
            .number(has_unserved.then_some("users unserved"), |(window, _)| {
                numbers::users_up(self.start_cost(window).unserved)
            })
            .number(has_missing.then_some("headroom missing"), |(window, _)| {
                numbers::percent(self.start_cost(window).shortfall)
            })
            .number(is_asked.then_some(BEFORE_MOVES), |pair| {
                let after = self.start_cost(pair.0).after_one_more;
                Cell::maybe(after, numbers::users_up)
            })
            .words(is_named.then_some("worst failure"), |(window, _)| {
                let worst = self.start_cost(window).worst_failure;
                worst.map_or_else(Cell::none, |name| Cell::words(self.failing(name)))
            })
            .words(is_moved.then_some(AFTER_MOVES), |(window, _)| {
                self.after_moves(window)
            })
            .number("users moved", |(window, _)| {
                Cell::users(self.start_cost(window).moved)
            })
            .number("users at the busiest", |(window, _)| {
                Cell::users(window.busiest_users)
            })
            .plain();
        let rest = (ranked.len() > LISTED).then(|| self.rest(&ranked));
        // Of all starts alike only what they are ranked by is known.
        let nothing = self.nothing_of(
            is_any(&|window| window.unserved_users() > NOBODY),
            is_any(&|window| window.worst_shortfall() > AGREEMENT),
        );
        let listed = ranked.iter().take(LISTED).map(|pair| pair.0);
        let planned = Block::sentences([self.planned_rows(listed).to_owned()]);
        let counted = [COUNTED.to_owned()].into_iter();
        let counted = counted.chain(is_asked.then(|| self.basis()));
        let said = rest.into_iter().chain(counted).chain(nothing);
        vec![planned, Block::Table(table), Block::sentences(said)]
    }

    /// A sentence for the windows that are not listed.
    fn rest(&self, ranked: &[RankedWindow<'_>]) -> String {
        let more = ranked.len() - LISTED;
        if self.ranking.as_good() == ranked.len() {
            let within = self.slightly();
            return format!("… and {more} more, of equal cost{within} but busier or later");
        }
        let last = ranked.last().filter(|_| more > 1);
        let worst = last.map(|(window, [rank, _])| {
            let (when, what) = (self.clock.moment(window.start), self.cost(window));
            format!("; the worst, rank {rank}, begins {when}: {what}")
        });
        format!("… and {more} more{}", worst.unwrap_or_default())
    }

    fn nothing_of(&self, has_unserved: bool, has_missing: bool) -> Option<String> {
        let met = self.targets_met();
        match (has_unserved, has_missing) {
            (false, false) => Some(format!("At any start time, {SERVED} and {met}, {SPLIT}.")),
            (false, true) => Some(format!("At any start time, {SERVED}, {SPLIT}.")),
            (true, false) => Some(format!("At any start time, {met}, {SPLIT}.")),
            (true, true) => None,
        }
    }
}
