//! Grammar: numbers with their nouns and verbs, lists of names, and letters at the beginning of sentences.

use super::markdown::{LONGEST_NAME, letters};
use super::numbers;
use super::text::visible;
use crate::ids::{
    ClientRegionId, ComponentId, JurisdictionId, PoolId, ProfileId, ResourceId, ShardId, SiteId,
    TenantId, TierId,
};
use crate::model::Inventory;
use std::collections::BTreeMap;

/// Who asks for more where a surge names nobody.
pub(super) const EVERYONE: &str = "everyone";

/// `1 site`, `2 sites`: a number as people read it, with its noun.
///
/// ```
/// use plimsoll::report::grammar::counted;
/// assert_eq!(counted("1", "site"), "1 site");
/// assert_eq!(counted("1,200", "site"), "1,200 sites");
/// ```
pub fn counted(count: &str, noun: &str) -> String {
    let ending = if count == "1" { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// The same of a whole number.
///
/// ```
/// assert_eq!(plimsoll::report::grammar::count(2, "access point"), "2 access points");
/// ```
pub fn count(count: usize, noun: &str) -> String {
    counted(&numbers::whole(count), noun)
}

/// A number in a sentence: a word up to twelve, then digits.
///
/// ```
/// use plimsoll::report::grammar::spelled;
/// assert_eq!([1, 2, 12].map(spelled), ["one", "two", "twelve"]);
/// assert_eq!(spelled(1300), "1,300");
/// ```
pub fn spelled(count: usize) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    let word = WORDS.get(count).map(|text| (*text).to_owned());
    word.unwrap_or_else(|| numbers::whole(count))
}

/// The word for one, or the one for several.
///
/// ```
/// assert_eq!(plimsoll::report::grammar::by_count("1", ["is", "are"]), "is");
/// ```
pub fn by_count<'a>(count: &str, [one, several]: [&'a str; 2]) -> &'a str {
    if count == "1" { one } else { several }
}

/// `1 user stays`, `2 users stay`: a number with its noun and its verb.
///
/// ```
/// use plimsoll::report::grammar::counted_with;
/// assert_eq!(counted_with("2", "user", ["stays", "stay"]), "2 users stay");
/// ```
pub fn counted_with(count: &str, noun: &str, verb: [&str; 2]) -> String {
    format!("{} {}", counted(count, noun), by_count(count, verb))
}

/// The words where something is so, and nothing where it is not.
pub(super) fn only_if<T: Default>(is_so: bool, words: impl FnOnce() -> T) -> T {
    if is_so { words() } else { T::default() }
}

/// `41,000 users stay unserved`: rounded up, for a part of a user is one.
///
/// ```
/// assert_eq!(plimsoll::report::grammar::stay_unserved(0.2), "1 user stays unserved");
/// ```
pub fn stay_unserved(users: f64) -> String {
    let stay = counted_with(&numbers::users_up(users), "user", ["stays", "stay"]);
    format!("{stay} unserved")
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn joined<S: AsRef<str>>(clauses: &[S]) -> String {
    let all: Vec<&str> = clauses.iter().map(AsRef::as_ref).collect();
    match all.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The first names, and the number of the others: `a, b and 3 more`.
pub(super) fn few<S: AsRef<str>>(names: &[S], most: usize) -> String {
    let all: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match all.len().checked_sub(most) {
        None | Some(0) => all.join(", "),
        Some(more) => format!("{} and {more} more", all[..most].join(", ")),
    }
}

/// A clause where it holds, else nothing.
pub(super) fn said_if(is_so: bool, clause: String) -> String {
    if is_so { clause } else { String::new() }
}

/// The first sentences, and one with the number of the others.
pub fn at_most(
    mut sentences: Vec<String>,
    most: usize,
    others: impl Fn(usize) -> String,
) -> Vec<String> {
    let more = sentences.len().saturating_sub(most);
    sentences.truncate(most);
    sentences.extend((more > 0).then(|| others(more)));
    sentences
}

/// `Boston`, `Boston and Dallas`, `Boston, Dallas and Oslo`, or `Boston and 4 others`; long names are shortened.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let all: Vec<String> = names.iter().map(|name| short(name.as_ref())).collect();
    match all.as_slice() {
        [first, rest @ ..] if rest.len() > 2 => format!("{first} and {} others", rest.len()),
        few => joined(few),
    }
}

/// The text with a capital letter at its beginning; it begins with a word of ours.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// A sentence that goes on inside another one.
pub(super) fn lower_first(words: &str) -> String {
    let mut rest = words.chars();
    match rest.next() {
        Some(first) => first.to_lowercase().chain(rest).collect(),
        None => String::new(),
    }
}

/// The text with a capital letter at its beginning, unless it begins with what reports call a component: `s0` and `S0` may
/// be two sites.
pub(super) fn capital_or_name(inventory: &Inventory, text: &str) -> String {
    let is_named = |component: ComponentId| {
        let title = inventory.component_title(component);
        let rest = text.strip_prefix(visible(title).as_ref());
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    let mut components = (0..inventory.component_count()).map(ComponentId::new);
    if components.any(is_named) {
        text.to_owned()
    } else {
        capital(text)
    }
}

/// A sentence that begins with a word of ours and not with a name begins with a capital letter.
pub(super) fn capitalised(sentence: &str) -> String {
    let texts = ["all ", "users of ", "access point ", EVERYONE];
    if texts.iter().any(|text| sentence.starts_with(text)) {
        let (first, rest) = sentence.split_at(1);
        format!("{}{rest}", first.to_uppercase())
    } else {
        sentence.to_owned()
    }
}

/// A title that goes on after another word: its first letter is small unless a name begins it.
pub(super) fn uncapitalised(title: &str) -> String {
    let texts = [
        "All ",
        "Users of ",
        "Access point ",
        "Everyone ",
        "No ",
        "Nothing ",
        "Undetected ",
        "There ",
    ];
    if texts.iter().any(|text| title.starts_with(text)) {
        lower_first(title)
    } else {
        title.to_owned()
    }
}

/// The name as sentences tell it: made harmless, and shortened in the middle where it is long. Nothing that Markdown escapes is cut.
pub(super) fn short(name: &str) -> String {
    let name = visible(name);
    let letters = letters(&name);
    if letters.len() <= LONGEST_NAME {
        return name.into_owned();
    }
    let head = &letters[..LONGEST_NAME / 2];
    let tail = &letters[letters.len() - (LONGEST_NAME / 2 - 1)..];
    format!("{}…{}", head.concat(), tail.concat())
}

/// What sentences call the rows of an inventory.
impl Inventory {
    pub(super) fn site_name(&self, id: SiteId) -> &str {
        &self.sites[id.index()].name
    }

    pub(super) fn client_region_name(&self, id: ClientRegionId) -> &str {
        &self.client_regions[id.index()].name
    }

    pub(super) fn resource_name(&self, id: ResourceId) -> &str {
        &self.resources[id.index()].id
    }

    pub(super) fn pool_name(&self, id: PoolId) -> &str {
        &self.pools[id.index()].id
    }

    pub(super) fn profile_name(&self, id: ProfileId) -> &str {
        &self.profiles[id.index()].id
    }

    pub(super) fn shard_name(&self, id: ShardId) -> &str {
        self.shard_ids.get(id.index())
    }

    pub(super) fn tenant_name(&self, id: TenantId) -> &str {
        &self.tenants[id.index()]
    }

    pub(super) fn tier_name(&self, id: TierId) -> &str {
        &self.tiers[id.index()].id
    }

    pub(super) fn jurisdiction_name(&self, id: JurisdictionId) -> &str {
        &self.jurisdictions[id.index()]
    }

    /// `Oslo, Rome and Wien`.
    pub(super) fn listed_sites(&self, sites: &[SiteId]) -> String {
        let names = sites.iter().map(|site| self.site_name(*site));
        listed(&names.collect::<Vec<_>>())
    }

    pub(super) fn listed_components(&self, components: &[ComponentId]) -> String {
        let names = components
            .iter()
            .map(|component| self.component_title(*component));
        listed(&names.collect::<Vec<_>>())
    }

    /// An amount of a resource with its unit.
    pub(super) fn quantity(&self, id: ResourceId, amount: f64) -> String {
        numbers::quantity(amount, &self.resources[id.index()].unit)
    }
}

/// A site, an access point or a client region as pictures and tables call it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// What reports call it.
    pub name: String,
}

impl Named {
    /// What has this id and this name.
    pub fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
        }
    }
}

impl<'a> From<&'a Named> for (&'a str, &'a str) {
    fn from(named: &'a Named) -> Self {
        (&named.id, &named.name)
    }
}

/// By id, what each of some things is called: its name, with the id where two share a name.
///
/// ```
/// use plimsoll::report::titles;
/// let twins = [("ap-1", "Dallas"), ("ap-2", "Dallas"), ("ap-3", "Oslo")];
/// let titles = titles(twins.into_iter());
/// assert_eq!(titles["ap-1"], "Dallas (ap-1)");
/// assert_eq!(titles["ap-3"], "Oslo");
/// ```
pub fn titles<'a, N: Into<(&'a str, &'a str)>>(
    all: impl Iterator<Item = N>,
) -> BTreeMap<&'a str, String> {
    let all: BTreeMap<&str, &str> = all.map(Into::into).collect();
    let mut count = BTreeMap::<&str, usize>::new();
    for name in all.values() {
        *count.entry(name).or_default() += 1;
    }
    let title = |id: &str, name: &str| match count.get(name) {
        Some(1) => name.to_owned(),
        _ => format!("{name} ({id})"),
    };
    let all = all.iter();
    all.map(|(id, name)| (*id, title(id, name))).collect()
}
