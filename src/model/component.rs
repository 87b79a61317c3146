//! Component: anything on a path that can limit a resource.

use crate::ids::{AccessPointId, ElementId, LinkId, SiteId};

/// A site, an access point, an element or a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// A datacenter.
    Site(SiteId),
    /// Where users enter the network.
    AccessPoint(AccessPointId),
    /// A router, load balancer, firewall, pool member …
    Element(ElementId),
    /// A link.
    Link(LinkId),
}

/// Which of the four a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ComponentKind {
    /// `site`
    Site,
    /// `access_point`
    AccessPoint,
    /// `element`
    Element,
    /// `link`
    Link,
}

impl ComponentKind {
    /// The word used in files: `site`, `access_point`, `element`, `link`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::AccessPoint => "access_point",
            Self::Element => "element",
            Self::Link => "link",
        }
    }

    /// The kind of a word used in files.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Site, Self::AccessPoint, Self::Element, Self::Link]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}
