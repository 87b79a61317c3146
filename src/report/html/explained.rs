//! Explained: a sentence that says why, with an anchor that numbers link to.

use crate::plan_files::explanations::{Explanations, Fate};

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
    /// All of them, in the order of their headings.
    pub(super) const ALL: [Self; 6] = [
        Self::Short,
        Self::Binds,
        Self::Unserved,
        Self::Away,
        Self::Back,
        Self::AccessPoint,
    ];

    /// The anchor and the words of its heading.
    pub(super) fn heading(self) -> (&'static str, &'static str) {
        match self {
            Self::Short => ("why-short", "Who needs more than there is"),
            Self::Binds => ("why-binds", "What binds, and what more of it would change"),
            Self::Unserved => ("why-unserved", "Who is unserved"),
            Self::Away => ("why-away", "Who moves, and who is placed"),
            Self::Back => ("why-back", "Who goes back"),
            Self::AccessPoint => (
                "why-access-points",
                "Which access points open, and which are closed",
            ),
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
        let cuts = explanations.cuts.iter().map(|own| Self {
            id: anchor(&own.id),
            topic: Topic::Short,
            sentence: own.row.sentence.clone(),
            period: Some(own.row.period as usize),
            component: match own.row.components.as_slice() {
                [one] => Some(one.clone()),
                _ => None,
            },
            users: own.row.users,
            ..Self::default()
        });
        let bindings = explanations.bindings.iter().map(|own| Self {
            id: anchor(&own.id),
            topic: Topic::Binds,
            sentence: own.sentence.clone(),
            period: Some(own.period as usize),
            also_in: own.also_in.iter().map(|period| *period as usize).collect(),
            component: Some(own.component.clone()),
            ..Self::default()
        });
        let reasons = explanations.reasons.iter().map(|own| Self {
            id: anchor(&own.id),
            topic: match own.kind {
                Fate::Unserved => Topic::Unserved,
                Fate::Moved | Fate::Placed => Topic::Away,
                Fate::Returned => Topic::Back,
            },
            sentence: own.sentence.clone(),
            period: Some(own.period as usize),
            shards: own.shards.clone(),
            sites: [own.from_site.clone(), own.to_site.clone()],
            users: own.users,
            ..Self::default()
        });
        cuts.chain(bindings).chain(reasons).collect()
    }

    /// `true` if it is about a period.
    pub(super) fn is_about(&self, period: usize) -> bool {
        self.period.is_none_or(|own| own == period) || self.also_in.contains(&period)
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
