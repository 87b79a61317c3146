//! Named: what charts call things of the inventory, told apart where two have one name.

use std::collections::{BTreeMap, BTreeSet};

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

/// By id, what each is called: its name, with the id where two share a name.
///
/// ```
/// use plimsoll::report::{Named, titles};
/// let twins = [Named::new("ap-1", "Dallas"), Named::new("ap-2", "Dallas"), Named::new("ap-3", "Oslo")];
/// let titles = titles(twins.iter());
/// assert_eq!(titles["ap-1"], "Dallas (ap-1)");
/// assert_eq!(titles["ap-3"], "Oslo");
/// ```
pub fn titles<'a>(all: impl Iterator<Item = &'a Named>) -> BTreeMap<&'a str, String> {
    let all: BTreeSet<&Named> = all.collect();
    let mut count = BTreeMap::<&str, usize>::new();
    for named in &all {
        *count.entry(&named.name).or_default() += 1;
    }
    all.into_iter()
        .map(|named| {
            let is_shared = count
                .get(named.name.as_str())
                .is_some_and(|&count| count > 1);
            let title = if is_shared {
                format!("{} ({})", named.name, named.id)
            } else {
                named.name.clone()
            };
            (named.id.as_str(), title)
        })
        .collect()
}
