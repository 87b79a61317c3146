//! Why: the sentences of the page, topic by topic and period by period, and which number each is the because of.

use crate::ids::ShardId;
use crate::plan::PeriodPlan;
use crate::plan_files::explanations::{Explanations, ShardFate};
use crate::report::briefing::Briefing;
use crate::report::document::{Block, Figure, Line, Section};
use crate::report::explained::unserved_words;
use crate::report::numbers::first_most;
use crate::report::span::moment;
use crate::report::text::visible;
use std::collections::BTreeMap;

/// What a sentence is about: under which heading it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Topic {
    /// Who needs more than there is.
    Short,
    /// What binds, and what more of it would change.
    #[default]
    Binds,
    /// Who is served nowhere.
    Unserved,
    /// Who is served elsewhere than before.
    Away,
    /// Who goes back home.
    Back,
    /// Which access point opens or closes.
    AccessPoint,
}

impl Topic {
    const ALL: [Self; 6] = [
        Self::Short,
        Self::Binds,
        Self::Unserved,
        Self::Away,
        Self::Back,
        Self::AccessPoint,
    ];

    pub(super) fn heading(self) -> (&'static str, &'static str) {
        match self {
            Self::Short => ("why-short", "Capacity deficits"),
            Self::Binds => ("why-binds", "Bottlenecks, and the effect of more capacity"),
            Self::Unserved => ("why-unserved", "Unserved users"),
            Self::Away => ("why-away", "Moved and placed users"),
            Self::Back => ("why-back", "Returning users"),
            Self::AccessPoint => ("why-access-points", "Access points that open or are closed"),
        }
    }
}

/// A sentence that says why, with an anchor that numbers link to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explained {
    /// Its anchor: lower-case letters, digits and hyphens, unique in the page.
    pub id: String,
    /// What it is about.
    pub topic: Topic,
    /// The sentence.
    pub sentence: String,
    /// The period that it is about; `None` is about all.
    pub period: Option<usize>,
    /// Other periods that it is about with the same numbers.
    pub also_in: Vec<usize>,
    /// Id of the component that it is about, if it is about one.
    pub component: Option<String>,
    /// Ids of the shards that it is about.
    pub shards: Vec<String>,
    /// Ids of the sites that they leave and go to.
    pub sites: [Option<String>; 2],
    /// How many users it is about; those of a topic stand in this order, most first.
    pub users: f64,
}

impl Explained {
    /// Who needs more than there is, what binds, and why shards are not at home, of explanations.json.
    pub fn all(explanations: &Explanations) -> Vec<Self> {
        let cuts = explanations.cuts.iter().map(|cut| Self {
            id: anchor(&cut.id),
            topic: Topic::Short,
            sentence: cut.row.sentence.clone(),
            period: Some(cut.row.period as usize),
            component: match cut.row.components.as_slice() {
                [one] => Some(one.clone()),
                _ => None,
            },
            users: cut.row.users,
            ..Self::default()
        });
        let bindings = explanations.bindings.iter().map(|binding| Self {
            id: anchor(&binding.id),
            topic: Topic::Binds,
            sentence: binding.sentence.clone(),
            period: Some(binding.period as usize),
            also_in: binding
                .also_in
                .iter()
                .map(|period| *period as usize)
                .collect(),
            component: Some(binding.component.clone()),
            ..Self::default()
        });
        let reasons = explanations.reasons.iter().map(|reason| Self {
            id: anchor(&reason.id),
            topic: match reason.kind {
                ShardFate::Unserved => Topic::Unserved,
                ShardFate::Moved | ShardFate::Placed => Topic::Away,
                ShardFate::Returned => Topic::Back,
            },
            sentence: reason.sentence.clone(),
            period: Some(reason.period as usize),
            shards: reason.shards.clone(),
            sites: [reason.from_site.clone(), reason.to_site.clone()],
            users: reason.users,
            ..Self::default()
        });
        cuts.chain(bindings).chain(reasons).collect()
    }

    pub(super) fn is_about(&self, period: usize) -> bool {
        self.period.is_none_or(|index| index == period) || self.also_in.contains(&period)
    }
}

/// An id of explanations.json as an anchor: letters and digits in lower case, all else a hyphen.
fn anchor(id: &str) -> String {
    let plain = |character: char| {
        if character.is_ascii_alphanumeric() {
            character.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    id.chars().map(plain).collect()
}

/// What report.html is made from: the plan, and what was made of it elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct PlanReport<'a> {
    /// The plan and where its names come from.
    pub briefing: Briefing<'a>,
    /// What the user should know of the input: what was found when it was read, then what planning found.
    pub warnings: &'a [String],
    /// Why, in sentences; the order is kept.
    pub explained: &'a [Explained],
    /// Charts, in the order in which they are to be read; none if none are drawn.
    pub figures: &'a [Figure],
}

impl PlanReport<'_> {
    pub(super) fn unserved_words(&self, period: &PeriodPlan) -> BTreeMap<ShardId, (f64, String)> {
        unserved_words(self.briefing.inventory, period)
    }
}

/// All sentences of the page, and what each is the because of.
pub(super) struct PageAnchors {
    pub(super) explained: Vec<Explained>,
    /// By period, topic and shard id.
    of_shards: BTreeMap<(usize, Topic, String), usize>,
}

impl PageAnchors {
    /// The sentences of explanations.json, then those of access points. Where nothing else says why users are
    /// unserved, what the briefing says of them.
    pub(super) fn new(plan_report: &PlanReport<'_>) -> Self {
        let mut explained = plan_report.explained.to_vec();
        if explained
            .iter()
            .all(|explained| explained.topic != Topic::Unserved)
        {
            let unserved = plan_report.briefing.unserved().into_iter().enumerate();
            explained.extend(unserved.map(|(number, sentence)| Explained {
                id: format!("why-{number}"),
                topic: Topic::Unserved,
                sentence,
                ..Explained::default()
            }));
        }
        let access_points = plan_report.briefing.access_point_sentences();
        for of_one in access_points.chunk_by(|a, b| a.0 == b.0) {
            let words: Vec<&str> = of_one.iter().map(|(_, words)| words.as_str()).collect();
            let index = of_one[0].0;
            explained.push(Explained {
                id: format!("why-access-point-{index}"),
                topic: Topic::AccessPoint,
                sentence: words.join(" "),
                component: Some(
                    plan_report.briefing.inventory.access_points[index]
                        .id
                        .clone(),
                ),
                ..Explained::default()
            });
        }
        for one_explained in &mut explained {
            one_explained.sentence = visible(&one_explained.sentence).into_owned();
        }
        let mut of_shards = BTreeMap::new();
        for (position, one_explained) in explained.iter().enumerate() {
            let Some(period) = one_explained.period else {
                continue;
            };
            for shard in &one_explained.shards {
                of_shards
                    .entry((period, one_explained.topic, shard.clone()))
                    .or_insert(position);
            }
        }
        Self {
            explained,
            of_shards,
        }
    }

    pub(super) fn of_unserved(&self, period: usize, shard: &str) -> Option<String> {
        self.of_shard(period, Topic::Unserved, shard)
    }

    pub(super) fn of_move(&self, period: usize, shard: &str) -> Option<String> {
        self.of_shard(period, Topic::Away, shard)
            .or_else(|| self.of_shard(period, Topic::Back, shard))
    }

    fn of_shard(&self, period: usize, topic: Topic, shard: &str) -> Option<String> {
        let position = self.of_shards.get(&(period, topic, shard.to_owned()))?;
        Some(self.explained[*position].id.clone())
    }

    /// Why most of those who go back in a period do so.
    pub(super) fn of_return(&self, period: usize) -> Option<String> {
        self.largest(|explained| explained.topic == Topic::Back && explained.is_about(period))
    }

    /// Why most of those who go from one site to another, by their ids, do so.
    pub(super) fn of_site_move(
        &self,
        period: usize,
        from: Option<&str>,
        to: &str,
    ) -> Option<String> {
        self.largest(|explained| {
            let ends = [explained.sites[0].as_deref(), explained.sites[1].as_deref()];
            explained.topic == Topic::Away && explained.is_about(period) && ends == [from, Some(to)]
        })
    }

    /// Why a component is as full as it is: what binds, who needs more than there is, or who came there.
    pub(super) fn of_component(&self, period: usize, component: &str) -> Option<String> {
        let about = |topic: Topic| {
            let mut all = self.explained.iter();
            all.find(|explained| {
                explained.topic == topic
                    && explained.is_about(period)
                    && explained.component.as_deref() == Some(component)
            })
        };
        let explained = about(Topic::Binds).or_else(|| about(Topic::Short));
        explained.map(|explained| explained.id.clone()).or_else(|| {
            self.largest(|explained| {
                explained.topic == Topic::Away
                    && explained.is_about(period)
                    && explained.sites[1].as_deref() == Some(component)
            })
        })
    }

    pub(super) fn of_access_point(&self, access_point: &str) -> Option<String> {
        self.largest(|explained| {
            explained.topic == Topic::AccessPoint
                && explained.component.as_deref() == Some(access_point)
        })
    }

    pub(super) fn first(&self, topic: Topic) -> Option<&Explained> {
        self.explained
            .iter()
            .find(|explained| explained.topic == topic)
    }

    pub(super) fn quoted(&self, words: &str) -> Option<String> {
        let mut all = self.explained.iter();
        all.find(|explained| words.ends_with(explained.sentence.as_str()))
            .map(|explained| explained.id.clone())
    }

    fn largest(&self, is_so: impl Fn(&Explained) -> bool) -> Option<String> {
        let all = self.explained.iter().filter(|explained| is_so(explained));
        first_most(all, |explained| explained.users).map(|explained| explained.id.clone())
    }
}

const UNFOLDED: usize = 3;

impl PlanReport<'_> {
    pub(super) fn whys(&self, anchors: &PageAnchors) -> Vec<Block> {
        let topics = Topic::ALL.into_iter();
        let parts = topics.map(|topic| Block::Part(self.about(anchors, topic)));
        parts.filter(|block| !block.is_empty()).collect()
    }

    fn about(&self, anchors: &PageAnchors, topic: Topic) -> Section {
        let (id, heading) = topic.heading();
        let mut periods: BTreeMap<Option<usize>, Vec<&Explained>> = BTreeMap::new();
        for explained in anchors
            .explained
            .iter()
            .filter(|explained| explained.topic == topic)
        {
            periods.entry(explained.period).or_default().push(explained);
        }
        let line = |explained: &&Explained| Line {
            id: explained.id.clone(),
            ..Line::from(&explained.sentence)
        };
        let mut blocks = Vec::new();
        for (period, mut sentences) in periods {
            sentences.sort_by(|a, b| b.users.total_cmp(&a.users));
            // One sentence more takes no more space than the line that says so.
            let shown = if sentences.len() > UNFOLDED + 1 {
                UNFOLDED
            } else {
                sentences.len()
            };
            let (shown, folded) = sentences.split_at(shown);
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
        let period_plan = periods.get(period?).filter(|_| periods.len() > 1)?;
        let from = moment(self.briefing.scenario, period_plan.period.start);
        Some(format!("Period {}, from {from}", period_plan.period.index))
    }
}
