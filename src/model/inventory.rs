//! Inventory: everything that stands in the inventory folder, by index.

use super::component::{Component, ComponentKind};
use super::contact::Contact;
use super::credit::Credit;
use super::growth::{
    Background, Band, CapacityChange, GrowthRate, LoadCurve, Onboarding, RiskGroup,
};
use super::network::{AccessPoint, ClientRegion, Element, Link, Pool};
use super::resumed::Resumed;
use super::rows::Rows;
use super::shard::{Profile, Replica, Resource, Shard, Tier};
use super::site::Site;
use crate::ids::{
    AccessPointId, ComponentId, ElementId, LinkId, Names, ResourceId, ShardId, SiteId, TierId,
};
use ndarray::Array2;

/// Everything that stands in the inventory folder.
///
/// Invariant: every table is sorted by id (replicas by shard, preference, site; onboarding, growth and
/// capacity changes by date, then what they name; background by component, resource), so that the order of rows
/// in the files changes nothing. Every id inside is a valid position of its table.
///
/// A copy shares the tables that may be large with the original until one of the two is changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Inventory {
    /// resources.csv
    pub resources: Vec<Resource>,
    /// profiles.csv
    pub profiles: Vec<Profile>,
    /// sites.csv
    pub sites: Vec<Site>,
    /// `access_points.csv`
    pub access_points: Vec<AccessPoint>,
    /// elements.csv
    pub elements: Vec<Element>,
    /// The pools that elements.csv names
    pub pools: Vec<Pool>,
    /// links.csv
    pub links: Vec<Link>,
    /// `client_regions.csv`
    pub client_regions: Vec<ClientRegion>,
    /// tiers.csv
    pub tiers: Vec<Tier>,
    /// The tenants that shards.csv names
    pub tenants: Vec<String>,
    /// The jurisdictions that sites.csv and shards.csv name
    pub jurisdictions: Vec<String>,
    /// Ids of `shards`
    pub shard_ids: Names,
    /// shards.csv
    pub shards: Rows<Shard>,
    /// replicas.csv, without those at the shard's own site
    pub replicas: Rows<Replica>,
    /// `true` if replicas.csv has a row
    pub has_replicas: bool,
    /// Component × resource, in the resource's unit; `None` is not limited
    pub capacity: Array2<Option<f64>>,
    /// onboarding.csv
    pub onboarding: Vec<Onboarding>,
    /// growth.csv
    pub growth: Vec<GrowthRate>,
    /// `capacity_changes.csv`
    pub capacity_changes: Vec<CapacityChange>,
    /// background.csv
    pub background: Vec<Background>,
    /// `risk_groups.csv`
    pub risk_groups: Vec<RiskGroup>,
    /// `load_curves.csv`
    pub load_curves: Vec<LoadCurve>,
    /// credits.csv, the highest uptime first
    pub credits: Vec<Credit>,
    /// contacts.csv, those of sites first
    pub contacts: Vec<Contact>,
    /// returns.csv, `current_weights.csv` and `reference_utilization.csv`: where an earlier plan has come to
    pub resumed: Resumed,
}

impl Inventory {
    /// `true` if users are others at this end of the forecast than expected: in onboarding.csv or in growth.csv.
    pub fn has_end_of_forecast(&self, band: Band) -> bool {
        let mut joining = self.onboarding.iter();
        let mut rates = self.growth.iter();
        joining.any(|row| row.joining(band) != row.joining(Band::Expected))
            || rates.any(|row| row.rate(band).to_bits() != row.rate(Band::Expected).to_bits())
    }

    /// The inventory in which this end of the forecast is what is expected.
    #[must_use]
    pub fn at_end_of_forecast(&self, band: Band) -> Self {
        let mut of_end = self.clone();
        for row in &mut of_end.onboarding {
            row.users = row.joining(band);
        }
        for rate in &mut of_end.growth {
            rate.monthly = rate.rate(band);
        }
        of_end
    }

    /// How many components there are: sites, access points, elements and links.
    pub fn component_count(&self) -> usize {
        self.sites.len() + self.access_points.len() + self.elements.len() + self.links.len()
    }

    /// The dense position of a site.
    pub fn site_component(&self, site: SiteId) -> ComponentId {
        ComponentId(site.0)
    }

    /// The dense position of an access point.
    pub fn access_point_component(&self, access_point: AccessPointId) -> ComponentId {
        ComponentId::new(self.sites.len() + access_point.index())
    }

    /// The dense position of an element.
    pub fn element_component(&self, element: ElementId) -> ComponentId {
        ComponentId::new(self.sites.len() + self.access_points.len() + element.index())
    }

    /// The dense position of a link.
    pub fn link_component(&self, link: LinkId) -> ComponentId {
        let before = self.sites.len() + self.access_points.len() + self.elements.len();
        ComponentId::new(before + link.index())
    }

    /// What stands at a dense position.
    pub fn component(&self, id: ComponentId) -> Component {
        let mut index = id.index();
        if index < self.sites.len() {
            return Component::Site(SiteId::new(index));
        }
        index -= self.sites.len();
        if index < self.access_points.len() {
            return Component::AccessPoint(AccessPointId::new(index));
        }
        index -= self.access_points.len();
        if index < self.elements.len() {
            return Component::Element(ElementId::new(index));
        }
        Component::Link(LinkId::new(index - self.elements.len()))
    }

    /// Which of the four a component is.
    pub fn component_kind(&self, id: ComponentId) -> ComponentKind {
        match self.component(id) {
            Component::Site(_) => ComponentKind::Site,
            Component::AccessPoint(_) => ComponentKind::AccessPoint,
            Component::Element(_) => ComponentKind::Element,
            Component::Link(_) => ComponentKind::Link,
        }
    }

    /// The id of a component as the files spell it.
    pub fn component_name(&self, id: ComponentId) -> &str {
        match self.component(id) {
            Component::Site(site) => &self.sites[site.index()].id,
            Component::AccessPoint(access_point) => &self.access_points[access_point.index()].id,
            Component::Element(element) => &self.elements[element.index()].id,
            Component::Link(link) => &self.links[link.index()].id,
        }
    }

    /// The id of a site as the files spell it.
    pub fn site_id(&self, id: SiteId) -> &str {
        &self.sites[id.index()].id
    }

    /// The id of an access point as the files spell it.
    pub fn access_point_id(&self, id: AccessPointId) -> &str {
        &self.access_points[id.index()].id
    }

    /// The id of a resource as the files spell it.
    pub fn resource_id(&self, id: ResourceId) -> &str {
        &self.resources[id.index()].id
    }

    /// The id of a tier as the files spell it.
    pub fn tier_id(&self, id: TierId) -> &str {
        &self.tiers[id.index()].id
    }

    /// The id of a shard as the files spell it.
    pub fn shard_id(&self, id: ShardId) -> &str {
        self.shard_ids.get(id.index())
    }

    /// The component with an id, as the files spell it.
    pub fn component_named(&self, id: &str) -> Option<ComponentId> {
        let site = self.sites.binary_search_by(|row| row.id.as_str().cmp(id));
        let access_point = || {
            let rows = &self.access_points;
            rows.binary_search_by(|row| row.id.as_str().cmp(id))
        };
        let element = || {
            let rows = &self.elements;
            rows.binary_search_by(|row| row.id.as_str().cmp(id))
        };
        let link = || self.links.binary_search_by(|row| row.id.as_str().cmp(id));
        let found = [
            site.map(|index| self.site_component(SiteId::new(index))),
            access_point().map(|index| self.access_point_component(AccessPointId::new(index))),
            element().map(|index| self.element_component(ElementId::new(index))),
            link().map(|index| self.link_component(LinkId::new(index))),
        ];
        found.into_iter().find_map(Result::ok)
    }

    /// What reports call a component: its name, or its id if it has none.
    pub fn component_title(&self, id: ComponentId) -> &str {
        match self.component(id) {
            Component::Site(site) => &self.sites[site.index()].name,
            Component::AccessPoint(access_point) => &self.access_points[access_point.index()].name,
            Component::Element(element) => &self.elements[element.index()].name,
            Component::Link(link) => &self.links[link.index()].id,
        }
    }

    /// The resources for which work waits where there is no spare capacity, ascending.
    pub fn waited_for(&self) -> Vec<ResourceId> {
        let all = self.resources.iter().enumerate();
        let waited_for = all.filter(|(_, resource)| resource.is_waited_for());
        waited_for
            .map(|(index, _)| ResourceId::new(index))
            .collect()
    }

    /// The same inventory with what normal operation demands of it: opening sessions takes work, and where a component says
    /// how many it accepts, new sessions are one more resource, the last.
    ///
    /// A user's demand of what varies is their work times `1 + sessions_per_hour / 3600 · session_cost`.
    #[must_use]
    pub(crate) fn in_normal_operation(mut self) -> Self {
        debug_assert!(self.sessions().is_none(), "invariant: it is done once");
        let opened = |profile: &Profile| profile.sessions_per_hour / 3600.0;
        for profile in &mut self.profiles {
            let factor = 1.0 + opened(profile) * profile.session_cost;
            let of_each = profile.work.iter().zip(&self.resources);
            profile.demand = of_each
                .map(|(work, resource)| {
                    if resource.varies {
                        work * factor
                    } else {
                        *work
                    }
                })
                .collect();
        }
        let components = (0..self.component_count()).map(ComponentId::new);
        let accepts: Vec<Option<f64>> = components
            .map(|component| self.accepts(component))
            .collect();
        let opens = self
            .profiles
            .iter()
            .any(|profile| profile.sessions_per_hour > 0.0);
        if !opens || accepts.iter().all(Option::is_none) {
            return self;
        }
        let is_taken = |id: &str| self.resources.iter().any(|resource| resource.id == id);
        let names = ["sessions", "new_sessions"].map(str::to_owned).into_iter();
        let numbered = (2..).map(|number| format!("new_sessions_{number}"));
        let id = names.chain(numbered).find(|name| !is_taken(name));
        self.resources
            .push(Resource::sessions(&id.unwrap_or_default()));
        for profile in &mut self.profiles {
            profile.work.push(0.0);
            profile.demand.push(opened(profile));
        }
        let column = ndarray::ArrayView1::from(&accepts);
        if self.capacity.push_column(column).is_err() {
            debug_assert!(false, "invariant: the table has a row for every component");
        }
        self
    }

    /// New sessions a second as a resource, where a component limits them.
    pub fn sessions(&self) -> Option<ResourceId> {
        let last = self.resources.last()?;
        last.is_sessions
            .then(|| ResourceId::new(self.resources.len() - 1))
    }

    /// The resources that resources.csv lists.
    pub fn listed_resources(&self) -> &[Resource] {
        let end = self.resources.len() - usize::from(self.sessions().is_some());
        &self.resources[..end]
    }

    /// Sessions a second that a component accepts, if that is limited. Links limit none.
    pub fn accepts_per_second(&self, id: ComponentId) -> Option<f64> {
        match self.sessions() {
            Some(sessions) => self.capacity[[id.index(), sessions.index()]],
            None => self.accepts(id),
        }
    }

    /// What the files say that a component accepts.
    fn accepts(&self, id: ComponentId) -> Option<f64> {
        match self.component(id) {
            Component::Site(site) => self.sites[site.index()].accepts_per_second,
            Component::AccessPoint(access_point) => {
                self.access_points[access_point.index()].accepts_per_second
            }
            Component::Element(element) => self.elements[element.index()].accepts_per_second,
            Component::Link(_) => None,
        }
    }

    /// `true` if a component throws work away unworked whose client has given up. Only elements may.
    pub fn sheds_stale_work(&self, id: ComponentId) -> bool {
        match self.component(id) {
            Component::Element(element) => self.elements[element.index()].sheds_stale_work,
            Component::Site(_) | Component::AccessPoint(_) | Component::Link(_) => false,
        }
    }

    /// Own headroom target of a component, if it has one. Links have none.
    pub fn headroom_target(&self, id: ComponentId) -> Option<f64> {
        match self.component(id) {
            Component::Site(site) => self.sites[site.index()].headroom,
            Component::AccessPoint(access_point) => {
                self.access_points[access_point.index()].headroom
            }
            Component::Element(element) => self.elements[element.index()].headroom,
            Component::Link(_) => None,
        }
    }

    /// The replicas of a shard, preferred first.
    pub fn replicas_of(&self, shard: ShardId) -> &[Replica] {
        let start = self
            .replicas
            .partition_point(|replica| replica.shard < shard);
        let end = self
            .replicas
            .partition_point(|replica| replica.shard <= shard);
        &self.replicas[start..end]
    }
}
