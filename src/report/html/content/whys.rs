//! Why: the sentences of the page, topic by topic and period by period.

use super::super::explained::{Explained, Topic};
use super::super::page::{Why, WhyPart};
use super::anchors::Anchors;
use super::told::Told;
use crate::report::span::moment;
use std::collections::BTreeMap;

/// Most sentences of a topic and period that are not folded away.
const UNFOLDED: usize = 6;

/// Most sentences that a period quotes.
const QUOTED: usize = 5;

impl Told<'_> {
    /// All sentences; those about shards with most users first.
    pub(super) fn whys(&self, anchors: &Anchors) -> Vec<Why> {
        let whys = Topic::ALL.into_iter().map(|topic| {
            let (id, heading) = topic.heading();
            let mut periods: BTreeMap<Option<usize>, Vec<Explained>> = BTreeMap::new();
            for own in anchors.explained.iter().filter(|own| own.topic == topic) {
                periods.entry(own.period).or_default().push(own.clone());
            }
            let parts = periods.into_iter().map(|(period, mut told)| {
                told.sort_by(|a, b| b.users.total_cmp(&a.users));
                // One sentence more takes no more room than the line that says so.
                let shown = if told.len() > UNFOLDED + 1 {
                    UNFOLDED
                } else {
                    told.len()
                };
                let folded = told.split_off(shown);
                WhyPart {
                    heading: self.period_heading(period),
                    told,
                    folded,
                }
            });
            Why {
                id,
                heading,
                parts: parts.collect(),
            }
        });
        whys.filter(|why| !why.parts.is_empty()).collect()
    }

    /// `Period 4, from 10:42`; nothing where there is one period only.
    fn period_heading(&self, period: Option<usize>) -> String {
        let periods = &self.briefing.plan.periods;
        let own = period.and_then(|period| periods.get(period));
        match own {
            Some(own) if periods.len() > 1 => {
                let from = moment(self.briefing.scenario, own.period.start);
                format!("Period {}, from {from}", own.period.index)
            }
            _ => String::new(),
        }
    }

    /// The sentences about one period that weigh most, and how many others there are.
    pub(super) fn quoted(anchors: &Anchors, period: usize) -> (Vec<Explained>, usize) {
        let all = anchors.explained.iter();
        let mut own: Vec<Explained> = all
            .filter(|own| own.period.is_some() && own.is_about(period))
            .cloned()
            .collect();
        own.sort_by(|a, b| a.topic.cmp(&b.topic).then(b.users.total_cmp(&a.users)));
        let more = own.len().saturating_sub(QUOTED);
        own.truncate(QUOTED);
        (own, more)
    }
}
