//! Anchors: which sentence is the because of a number.

use super::super::explained::{Explained, Topic};
use super::Told;
use crate::report::text::visible;
use std::collections::BTreeMap;

/// All sentences of the page, and what each is the because of.
pub(super) struct Anchors {
    pub(super) explained: Vec<Explained>,
    /// By period, topic and shard id.
    of_shards: BTreeMap<(usize, Topic, String), usize>,
}

impl Anchors {
    /// The sentences of explanations.json, then those of access points. Where nothing else says why users are
    /// unserved, what the briefing says of them.
    pub(super) fn new(told: &Told<'_>) -> Self {
        let mut explained = told.explained.to_vec();
        if explained.iter().all(|own| own.topic != Topic::Unserved) {
            let unserved = told.briefing.unserved().into_iter().enumerate();
            explained.extend(unserved.map(|(number, sentence)| Explained {
                id: format!("why-{number}"),
                topic: Topic::Unserved,
                sentence,
                ..Explained::default()
            }));
        }
        let access_points = told.briefing.access_point_sentences();
        for of_one in access_points.chunk_by(|a, b| a.0 == b.0) {
            let words: Vec<&str> = of_one.iter().map(|(_, words)| words.as_str()).collect();
            let index = of_one[0].0;
            explained.push(Explained {
                id: format!("why-access-point-{index}"),
                topic: Topic::AccessPoint,
                sentence: words.join(" "),
                component: Some(told.briefing.inventory.access_points[index].id.clone()),
                ..Explained::default()
            });
        }
        for own in &mut explained {
            own.sentence = visible(&own.sentence).into_owned();
        }
        let mut of_shards = BTreeMap::new();
        for (position, own) in explained.iter().enumerate() {
            let Some(period) = own.period else { continue };
            for shard in &own.shards {
                of_shards
                    .entry((period, own.topic, shard.clone()))
                    .or_insert(position);
            }
        }
        Self {
            explained,
            of_shards,
        }
    }

    /// Why users of a shard are unserved in a period.
    pub(super) fn of_unserved(&self, period: usize, shard: &str) -> Option<String> {
        self.of_shard(period, Topic::Unserved, shard)
    }

    /// Why a shard moves, is placed or goes back in a period.
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
        self.largest(|own| own.topic == Topic::Back && own.is_about(period))
    }

    /// Why most of those who go from one site to another, by their ids, do so.
    pub(super) fn of_way(&self, period: usize, from: Option<&str>, to: &str) -> Option<String> {
        self.largest(|own| {
            let ends = [own.sites[0].as_deref(), own.sites[1].as_deref()];
            own.topic == Topic::Away && own.is_about(period) && ends == [from, Some(to)]
        })
    }

    /// Why a component is as full as it is: what binds, who needs more than there is, or who came there.
    pub(super) fn of_component(&self, period: usize, component: &str) -> Option<String> {
        let about = |topic: Topic| {
            let mut all = self.explained.iter();
            all.find(|own| {
                own.topic == topic
                    && own.is_about(period)
                    && own.component.as_deref() == Some(component)
            })
        };
        let own = about(Topic::Binds).or_else(|| about(Topic::Short));
        own.map(|own| own.id.clone()).or_else(|| {
            self.largest(|own| {
                own.topic == Topic::Away
                    && own.is_about(period)
                    && own.sites[1].as_deref() == Some(component)
            })
        })
    }

    /// Why an access point is open or closed.
    pub(super) fn of_access_point(&self, access_point: &str) -> Option<String> {
        self.largest(|own| {
            own.topic == Topic::AccessPoint && own.component.as_deref() == Some(access_point)
        })
    }

    /// The first sentence of a topic.
    pub(super) fn first(&self, topic: Topic) -> Option<&Explained> {
        self.explained.iter().find(|own| own.topic == topic)
    }

    /// The sentence that words end with.
    pub(super) fn quoted(&self, words: &str) -> Option<String> {
        let mut all = self.explained.iter();
        all.find(|own| words.ends_with(own.sentence.as_str()))
            .map(|own| own.id.clone())
    }

    /// The one about most users.
    fn largest(&self, is_so: impl Fn(&Explained) -> bool) -> Option<String> {
        let all = self.explained.iter().filter(|own| is_so(own));
        // Of equal ones the first.
        let largest = all.reduce(|best, own| if own.users > best.users { own } else { best });
        largest.map(|own| own.id.clone())
    }
}
