//! Fronts: what stands before each site, through which all its users come.

use super::places::Place;
use crate::ids::{ElementId, PoolId, SiteId};
use crate::model::{Element, Link, LinkEnd, Pool};
use crate::units::Milliseconds;

/// Elements before a site of which the last is a firewall after the others.
const WITH_FIREWALL: usize = 3;

/// Round trip within a site, in hundredths of a millisecond.
const WITHIN_SITE: u32 = 20;

/// Where the links to a site end.
#[derive(Debug, Clone)]
pub(super) struct Front {
    /// Its id.
    pub(super) id: String,
    /// A pool of load balancers, the only one, or the site itself.
    pub(super) end: LinkEnd,
}

/// An element before a site, or a router.
#[derive(Debug, Clone)]
pub(super) struct LimitedElement {
    /// The row of elements.csv.
    pub(super) element: Element,
    /// Of bandwidth.
    pub(super) bandwidth: f64,
    /// Of sessions; `None` is unlimited.
    pub(super) sessions: Option<f64>,
}

/// A link with its capacity.
#[derive(Debug, Clone)]
pub(super) struct LimitedLink {
    /// The row of links.csv.
    pub(super) link: Link,
    /// Of bandwidth; `None` is unlimited.
    pub(super) bandwidth: Option<f64>,
}

/// The elements before all sites, and what they share.
#[derive(Debug, Default)]
pub(super) struct Fronts {
    /// By site.
    pub(super) ends: Vec<Front>,
    /// Ascending by id, as positions are; without routers.
    pub(super) pools: Vec<Pool>,
    /// From the last element to its site, and from pools to firewalls.
    pub(super) links: Vec<LimitedLink>,
}

/// Where an element stands in front of its site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// One of this number of load balancers that share the load equally.
    LoadBalancer(usize),
    /// Everything passes it.
    Firewall,
}

/// The elements before a site: id, name, role.
pub(super) fn elements_of(site: &Place, count: usize) -> Vec<(String, String, Role)> {
    let balancers = count - usize::from(count >= WITH_FIREWALL);
    let mut elements: Vec<(String, String, Role)> = (1..=balancers)
        .map(|number| {
            let digits = balancers.to_string().len();
            let id = format!("lb-{}-{number:0digits$}", site.id);
            let name = format!("{} load balancer {number}", site.name);
            (id, name, Role::LoadBalancer(balancers))
        })
        .collect();
    if count >= WITH_FIREWALL {
        let id = format!("fw-{}", site.id);
        elements.push((id, format!("{} firewall", site.name), Role::Firewall));
    }
    elements
}

impl Fronts {
    /// The fronts of sites; `position` finds an element by its id.
    pub(super) fn of(
        sites: &[Place],
        count: usize,
        position: impl Fn(&str) -> Option<ElementId>,
    ) -> Self {
        let mut all = Self::default();
        for (index, site) in sites.iter().enumerate() {
            let at_site = (site.id.clone(), LinkEnd::Site(SiteId::new(index)));
            let elements = elements_of(site, count);
            let mut balancers = Vec::new();
            let mut firewall = None;
            for (id, _, role) in &elements {
                let Some(element) = position(id) else {
                    continue;
                };
                match role {
                    Role::LoadBalancer(_) => balancers.push((id.clone(), element)),
                    Role::Firewall => firewall = Some((id.clone(), LinkEnd::Element(element))),
                }
            }
            let first = match balancers.as_slice() {
                [] => None,
                [(id, element)] => Some((id.clone(), LinkEnd::Element(*element))),
                several => {
                    let id = format!("lb-{}", site.id);
                    let pool = LinkEnd::Pool(PoolId::new(all.pools.len()));
                    let members = several.iter().map(|(_, element)| *element).collect();
                    all.pools.push(Pool {
                        id: id.clone(),
                        members,
                    });
                    Some((id, pool))
                }
            };
            let steps: Vec<(String, LinkEnd)> =
                first.into_iter().chain(firewall).chain([at_site]).collect();
            for pair in steps.windows(2) {
                let [(from, from_end), (to, to_end)] = pair else {
                    continue;
                };
                let link = unlimited((from, *from_end), (to, *to_end), WITHIN_SITE);
                all.links.push(link);
            }
            let (id, end) = steps[0].clone();
            all.ends.push(Front { id, end });
        }
        all
    }
}

/// A link without a capacity. Its id is those of its ends, joined by `--`.
pub(super) fn unlimited(
    (from, from_end): (&str, LinkEnd),
    (to, to_end): (&str, LinkEnd),
    hundredths: u32,
) -> LimitedLink {
    LimitedLink {
        link: Link {
            id: format!("{from}--{to}"),
            from: from_end,
            to: to_end,
            profiles: None,
            latency: Milliseconds(f64::from(hundredths) / 100.0),
        },
        bandwidth: None,
    }
}
