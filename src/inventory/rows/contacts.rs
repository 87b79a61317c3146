//! contacts.csv: who has to know what is done to a tenant or a site.

use super::{located, stand_once};
use crate::diagnostic::Code;
use crate::ids::{SiteId, TenantId};
use crate::inventory::findings::Findings;
use crate::inventory::named::{Interner, Named, report_missing};
use crate::inventory::source::Folder;
use crate::inventory::table::Row;
use crate::model::{Contact, ContactOf, Site};

/// A contact of neither a tenant nor a site, or of both.
pub(crate) const OF_NEITHER_OR_BOTH: Code = Code("P2110");

/// The contacts in the order of the file, tenants by number of their interner. `are_shards_whole` says whether all tenants are known.
pub(crate) fn contacts<C>(
    folder: &Folder<'_>,
    (tenants, are_shards_whole): (&mut Interner, bool),
    sites: &Named<(Site, C)>,
    findings: &mut Findings,
) -> Vec<Contact> {
    const FILE: &str = "contacts.csv";
    let mut rows = located(folder, FILE, findings, |row| {
        let of = contact_of(row, (tenants, are_shards_whole), sites);
        let [name, address] = ["name", "address"].map(|column| row.text(column).to_owned());
        Some(Contact {
            of: of?,
            name,
            address,
        })
    });
    rows.sort_by(|a, b| (&a.value, a.line).cmp(&(&b.value, b.line)));
    stand_once((FILE, "address"), &rows, Clone::clone, "contact", findings);
    rows.into_iter().map(|row| row.value).collect()
}

/// Whose contact it is. Rule: a row names a tenant or a site, and not both.
fn contact_of<C>(
    row: &mut Row<'_, '_>,
    (tenants, are_shards_whole): (&mut Interner, bool),
    sites: &Named<(Site, C)>,
) -> Option<ContactOf> {
    let [tenant, site] = ["tenant", "site"].map(|column| row.raw(column));
    match (tenant.is_empty(), site.is_empty()) {
        (false, true) => known_tenant(row, tenants, are_shards_whole).map(ContactOf::Tenant),
        (true, false) => Some(ContactOf::Site(SiteId(sites.resolve(row, "site")?))),
        (is_neither, _) => {
            let found = if is_neither {
                "neither a tenant nor a site"
            } else {
                "a tenant and a site"
            };
            row.error(
                "tenant",
                OF_NEITHER_OR_BOTH,
                found,
                "a tenant or a site",
                "write one row for each tenant and each site",
            );
            None
        }
    }
}

/// The tenant that a row names; after a finding `None` if all tenants are known and no shard is of it.
pub(super) fn known_tenant(
    row: &mut Row<'_, '_>,
    tenants: &mut Interner,
    are_shards_whole: bool,
) -> Option<TenantId> {
    let id = row.id("tenant")?;
    let number = tenants.find(id);
    if number.is_none() && are_shards_whole {
        let known: Vec<String> = tenants.names().map(str::to_owned).collect();
        let known = known.iter().map(String::as_str);
        report_missing(row, "tenant", id, "shards.csv", (known, std::iter::empty()));
    }
    number.map(TenantId)
}
