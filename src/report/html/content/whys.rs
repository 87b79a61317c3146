//! Why: the sentences of the page, topic by topic and period by period.

use super::super::explained::{Explained, Topic};
use super::Told;
use super::anchors::Anchors;
use crate::report::document::{Block, Line, Section};
use crate::report::span::moment;
use std::collections::BTreeMap;

/// Most sentences of a topic and period that are not folded away.
const UNFOLDED: usize = 6;

impl Told<'_> {
    /// All sentences, a section for each topic; those about shards with most users first.
    pub(super) fn whys(&self, anchors: &Anchors) -> Vec<Block> {
        let topics = Topic::ALL.into_iter();
        let parts = topics.map(|topic| Block::Part(self.about(anchors, topic)));
        parts.filter(|own| !own.is_empty()).collect()
    }

    fn about(&self, anchors: &Anchors, topic: Topic) -> Section {
        let (id, heading) = topic.heading();
        let mut periods: BTreeMap<Option<usize>, Vec<&Explained>> = BTreeMap::new();
        for own in anchors.explained.iter().filter(|own| own.topic == topic) {
            periods.entry(own.period).or_default().push(own);
        }
        let line = |own: &&Explained| Line {
            id: own.id.clone(),
            ..Line::from(&own.sentence)
        };
        let mut blocks = Vec::new();
        for (period, mut told) in periods {
            told.sort_by(|a, b| b.users.total_cmp(&a.users));
            // One sentence more takes no more room than the line that says so.
            let shown = if told.len() > UNFOLDED + 1 {
                UNFOLDED
            } else {
                told.len()
            };
            let (shown, folded) = told.split_at(shown);
            let heading = self.period_heading(period);
            blocks.extend(heading.map(|words| Block::Heading("", words)));
            blocks.push(Block::List("sentences", shown.iter().map(line).collect()));
            let folded: Vec<Line> = folded.iter().map(line).collect();
            if !folded.is_empty() {
                blocks.push(Block::Folded(format!("{} more", folded.len()), folded));
            }
        }
        Section {
            id: id.to_owned(),
            heading: heading.to_owned(),
            class: "why",
            blocks,
            ..Section::default()
        }
    }

    /// `Period 4, from 10:42`; nothing where there is one period only.
    fn period_heading(&self, period: Option<usize>) -> Option<String> {
        let periods = &self.briefing.plan.periods;
        let own = periods.get(period?).filter(|_| periods.len() > 1)?;
        let from = moment(self.briefing.scenario, own.period.start);
        Some(format!("Period {}, from {from}", own.period.index))
    }
}
