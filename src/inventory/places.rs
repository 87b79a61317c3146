//! Places: every id that links, changes and groups may name, whatever it is.

use super::findings::{Findings, place, quoted};
use super::named::{NO_SUCH_ID, report_missing};
use super::table::{InTable, Row};
use crate::diagnostic::Code;
use crate::ids::{AccessPointId, ClientRegionId, ComponentId, ElementId, LinkId, PoolId, SiteId};
use crate::model::{Coordinates, LinkEnd};
use std::collections::{BTreeSet, HashMap};

/// An id that another file, or a pool, has already.
pub(crate) const CLASHING_ID: Code = Code("P3001");
/// A link that names a member of a pool.
pub(crate) const LINK_TO_MEMBER: Code = Code("P3003");

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// A site.
    Site(SiteId),
    /// An access point.
    AccessPoint(AccessPointId),
    /// An element, and the pool that it is a member of.
    Element(ElementId, Option<PoolId>),
    /// A pool.
    Pool(PoolId),
    /// A link.
    Link(LinkId),
    /// A client region.
    ClientRegion(ClientRegionId),
}

impl Named {
    /// What it is, in words.
    fn words(self) -> &'static str {
        match self {
            Self::Site(_) => "a site",
            Self::AccessPoint(_) => "an access point",
            Self::Element(..) => "an element",
            Self::Pool(_) => "a pool",
            Self::Link(_) => "a link",
            Self::ClientRegion(_) => "a client region",
        }
    }
}

/// An id and all that is known of it.
#[derive(Debug)]
pub(crate) struct Place {
    /// What it names.
    pub(crate) named: Named,
    /// Where that is on the globe.
    pub(crate) coordinates: Option<Coordinates>,
    /// File that it stands in.
    pub(crate) file: &'static str,
    /// Column of the id.
    pub(crate) column: &'static str,
    /// Line of the file.
    pub(crate) line: u64,
}

/// Every id of sites, access points, elements, pools, links and client regions.
#[derive(Debug, Default)]
pub(crate) struct Places {
    all: HashMap<String, Place>,
    /// Ids that name more than one: what is meant by them is not known, and reported already.
    clashing: BTreeSet<String>,
    /// Ids in the order of their files: what suggestions are taken from.
    order: Vec<String>,
    /// Names that are not ids, each with the id of its place.
    pub(crate) titles: Vec<(String, String)>,
    /// How many sites, access points and elements there are, where the positions of the next kind begin.
    pub(crate) counts: [usize; 3],
    /// `true` if a file of places could not be read: ids that are not there are no finding then.
    pub(crate) is_broken: bool,
}

impl Places {
    /// Adds an id; one that names something else already is a finding.
    pub(crate) fn add(&mut self, id: &str, new: Place, findings: &mut Findings) {
        if let Some(other) = self.all.get(id) {
            findings.error(
                CLASHING_ID,
                place(new.file, new.line, Some(new.column)),
                format!(
                    "{}, which is {} already ({}:{})",
                    quoted(id),
                    other.named.words(),
                    other.file,
                    other.line
                ),
                "an id that no site, access point, element, pool, link or client region has",
                "rename one of the two: links and scenarios name them without their kind",
            );
            self.clashing.insert(id.to_owned());
            return;
        }
        self.all.insert(id.to_owned(), new);
        self.order.push(id.to_owned());
    }

    /// Where on the globe an id is, if that is known.
    pub(crate) fn coordinates(&self, id: &str) -> Option<Coordinates> {
        self.all.get(id)?.coordinates
    }

    /// The file that an id stands in.
    pub(crate) fn file(&self, id: &str) -> Option<&'static str> {
        self.all.get(id).map(|place| place.file)
    }

    /// What an id names.
    pub(crate) fn find(&self, id: &str) -> Option<Named> {
        self.all.get(id).map(|place| place.named)
    }

    /// The end of a link that a cell names; `None` after a finding.
    pub(crate) fn link_end(&self, row: &mut Row<'_, '_>, column: impl InTable) -> Option<LinkEnd> {
        let id = row.id(column)?;
        if self.clashing.contains(id) {
            return None;
        }
        match self.find(id) {
            Some(Named::Site(site)) => Some(LinkEnd::Site(site)),
            Some(Named::AccessPoint(access_point)) => Some(LinkEnd::AccessPoint(access_point)),
            Some(Named::Element(element, None)) => Some(LinkEnd::Element(element)),
            Some(Named::Pool(pool)) => Some(LinkEnd::Pool(pool)),
            Some(Named::ClientRegion(region)) => Some(LinkEnd::ClientRegion(region)),
            Some(Named::Element(_, Some(pool))) => {
                let pool = self
                    .order
                    .iter()
                    .find(|text| self.find(text) == Some(Named::Pool(pool)));
                row.error(
                    column,
                    LINK_TO_MEMBER,
                    format!("{}, a member of a pool", quoted(id)),
                    "the pool: its members share traffic by a hash",
                    match pool {
                        Some(pool) => format!("write `{pool}`"),
                        None => "name the pool".to_owned(),
                    },
                );
                None
            }
            Some(Named::Link(_)) | None => {
                let files = "client_regions.csv, access_points.csv, elements.csv or sites.csv";
                let is_place = |named| !matches!(named, Named::Link(_));
                self.report(row, column, id, files, is_place);
                None
            }
        }
    }

    /// The component that a cell names; `None` after a finding.
    pub(crate) fn component(
        &self,
        row: &mut Row<'_, '_>,
        column: impl InTable,
    ) -> Option<ComponentId> {
        let id = row.id(column)?;
        if self.clashing.contains(id) {
            return None;
        }
        let [sites, access_points, elements] = self.counts;
        match self.find(id) {
            Some(Named::Site(site)) => Some(ComponentId::new(site.index())),
            Some(Named::AccessPoint(access_point)) => {
                Some(ComponentId::new(sites + access_point.index()))
            }
            Some(Named::Element(element, _)) => {
                Some(ComponentId::new(sites + access_points + element.index()))
            }
            Some(Named::Link(link)) => Some(ComponentId::new(
                sites + access_points + elements + link.index(),
            )),
            Some(named @ (Named::Pool(_) | Named::ClientRegion(_))) => {
                row.error(
                    column,
                    NO_SUCH_ID,
                    format!("{}, which is {}", quoted(id), named.words()),
                    "an id of a site or access point or element or link",
                    match named {
                        Named::Pool(_) => "write one row for each member of the pool".to_owned(),
                        _ => "name a component".to_owned(),
                    },
                );
                None
            }
            None => {
                let is_component =
                    |named| !matches!(named, Named::Pool(_) | Named::ClientRegion(_));
                let files = "sites.csv, access_points.csv, elements.csv or links.csv";
                self.report(row, column, id, files, is_component);
                None
            }
        }
    }

    fn report(
        &self,
        row: &mut Row<'_, '_>,
        column: impl InTable,
        id: &str,
        files: &str,
        is_meant: impl Fn(Named) -> bool,
    ) {
        if self.is_broken {
            return;
        }
        let known = self
            .order
            .iter()
            .filter(|text| self.find(text).is_some_and(&is_meant));
        let titles = self.titles.iter();
        let titles = titles.filter(|(_, id)| self.find(id).is_some_and(&is_meant));
        let titles = titles.map(|(title, id)| (title.as_str(), id.as_str()));
        report_missing(row, column, id, files, (known.map(String::as_str), titles));
    }
}
