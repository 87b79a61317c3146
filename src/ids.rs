//! Index newtypes: an id is a position in its table of the [`Inventory`](crate::model::Inventory).
//!
//! Names come back only in reports; nothing inside looks anything up by string.

use std::sync::Arc;

/// Declares index newtypes over `u32`.
macro_rules! index_newtypes {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The id at position `index` of its table.
            ///
            /// # Panics
            /// If a table has more than 2³² rows, which the readers refuse.
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).expect("invariant: the readers refuse tables of 2^32 rows"))
            }

            /// The position in its table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

/// What ids mean that are joined by `>`; an id may hold that sign itself.
///
/// # Errors
/// The first piece that begins no id.
///
/// ```
/// let known = |id: &str| ["a", "b>c"].iter().position(|own| *own == id);
/// assert_eq!(plimsoll::ids::parted("a>b>c", known), Ok(vec![0, 1]));
/// assert_eq!(plimsoll::ids::parted("a>d", known), Err("d"));
/// ```
pub fn parted<T>(joined: &str, find: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, &str> {
    let pieces: Vec<&str> = joined.split('>').collect();
    let mut found = Vec::new();
    let mut start = 0;
    while start < pieces.len() {
        let next = (start + 1..=pieces.len()).find_map(|end| {
            let id = pieces[start..end].join(">");
            find(&id).map(|item| (item, end))
        });
        let (item, end) = next.ok_or(pieces[start])?;
        found.push(item);
        start = end;
    }
    Ok(found)
}

index_newtypes! {
    /// Position in `Inventory::resources`.
    ResourceId;
    /// Position in `Inventory::profiles`.
    ProfileId;
    /// Position in `Inventory::sites`.
    SiteId;
    /// Position in `Inventory::access_points`.
    AccessPointId;
    /// Position in `Inventory::elements`.
    ElementId;
    /// Position in `Inventory::pools`.
    PoolId;
    /// Position in `Inventory::links`.
    LinkId;
    /// Position in `Inventory::client_regions`.
    ClientRegionId;
    /// Position in `Inventory::tiers`.
    TierId;
    /// Position in `Inventory::tenants`.
    TenantId;
    /// Position in `Inventory::jurisdictions`.
    JurisdictionId;
    /// Position in `Inventory::shards`.
    ShardId;
    /// Position in `Inventory::risk_groups`.
    RiskGroupId;
    /// Position in `Inventory::load_curves`.
    LoadCurveId;
    /// Dense position of a component: sites first, then access points, elements and links.
    ComponentId;
}

/// Names of a large table in one string: 4 bytes a name beside its text. A copy shares it until one of them changes.
///
/// ```
/// use plimsoll::ids::Names;
/// let names: Names = ["b", "a"].into_iter().collect();
/// assert_eq!(names.get(1), "a");
/// assert_eq!(names.len(), 2);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(Arc<Text>);

/// What copies of [`Names`] share until one of them changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Text {
    text: String,
    /// By name, where it ends.
    ends: Vec<u32>,
}

impl Names {
    /// Appends a name.
    ///
    /// # Panics
    /// If all names together exceed 4 GiB, which the readers refuse.
    pub fn push(&mut self, name: &str) {
        let text = Arc::make_mut(&mut self.0);
        text.text.push_str(name);
        text.ends.push(
            u32::try_from(text.text.len())
                .expect("invariant: the readers refuse tables of 4 GiB of names"),
        );
    }

    /// Appends all names of `after`.
    ///
    /// # Panics
    /// As [`push`](Self::push).
    pub fn append(&mut self, after: &Self) {
        let text = Arc::make_mut(&mut self.0);
        let start = text.text.len();
        text.text.push_str(&after.0.text);
        assert!(
            u32::try_from(text.text.len()).is_ok(),
            "invariant: the readers refuse tables of 4 GiB of names"
        );
        #[expect(
            clippy::cast_possible_truncation,
            reason = "at most the length of the text"
        )]
        let start = start as u32;
        text.ends.extend(after.0.ends.iter().map(|end| start + end));
    }

    /// The name at `index`.
    ///
    /// # Panics
    /// If there is no such index.
    pub fn get(&self, index: usize) -> &str {
        let start = if index == 0 {
            0
        } else {
            self.0.ends[index - 1] as usize
        };
        &self.0.text[start..self.0.ends[index] as usize]
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.0.ends.len()
    }

    /// `true` if there is none.
    pub fn is_empty(&self) -> bool {
        self.0.ends.is_empty()
    }

    /// All names in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }
}

impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        let mut all = Self::default();
        for name in names {
            all.push(name);
        }
        all
    }
}
