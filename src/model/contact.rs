//! Contact: who has to know what is done to a tenant or a site.

use crate::ids::{SiteId, TenantId};

/// Whose contact it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContactOf {
    /// Of a site.
    Site(SiteId),
    /// Of a tenant.
    Tenant(TenantId),
}

/// Somebody who has to know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contact {
    /// Of what.
    pub of: ContactOf,
    /// Person or team.
    pub name: String,
    /// Mail address, telephone number, channel.
    pub address: String,
}
