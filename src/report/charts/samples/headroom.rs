//! Samples of the headroom chart.

use super::sample::{EVIL, LONG, Sample, place, scatter, sorted_samples};
use crate::model::ComponentKind;
use crate::report::charts::headroom::{Against, HeadroomChart, TIGHTEST_OTHERS};
use crate::report::headroom::{HeadroomRow, Standing};

/// Every sample.
pub(in crate::report::charts) fn all() -> Vec<Sample> {
    let charts = vec![
        ("3-sites", drain(3)),
        ("12-sites", drain(12)),
        ("43-sites", drain(43)),
        ("overload", overload()),
        ("calm", calm()),
        ("hostile", hostile()),
        ("empty", empty()),
    ];
    sorted_samples("headroom", false, charts, |chart| chart.rows.reverse())
}

/// A chart without rows.
pub(in crate::report::charts) fn empty() -> HeadroomChart {
    HeadroomChart {
        rows: Vec::new(),
        ..drain(1)
    }
}

/// A row in service; half was free before, and a fifth is to be.
pub(in crate::report::charts) fn row(
    component: &str,
    kind: ComponentKind,
    resource: &str,
    during: f64,
) -> HeadroomRow {
    let name = component.to_uppercase();
    let of = (resource, "vCPU", 1000.0);
    in_service(component.to_owned(), &name, kind, of, (0.5, during, 0.2))
}

/// A row in service.
fn in_service(
    component: String,
    name: &str,
    kind: ComponentKind,
    (resource, unit, capacity): (&str, &str, f64),
    (before, during, target): (f64, f64, f64),
) -> HeadroomRow {
    HeadroomRow {
        component,
        name: name.to_owned(),
        kind,
        resource: resource.to_owned(),
        unit: unit.to_owned(),
        standing: Standing::InService,
        before: Some(before),
        during: Some(during),
        target: Some(target),
        in_force: Some(target),
        load: capacity * (1.0 - during),
        capacity,
    }
}

/// Takes a component out of service.
pub(in crate::report::charts) fn out(row: &mut HeadroomRow, standing: Standing) {
    row.standing = standing;
    row.during = None;
    row.load = 0.0;
    row.capacity = 0.0;
}

/// A drain of Chicago with so many sites, each with two resources, and their load balancers, access points
/// and links.
pub(in crate::report::charts) fn drain(sites: usize) -> HeadroomChart {
    let mut rows = Vec::new();
    for index in 0..sites - 1 {
        let name = &place(index);
        let before = 0.25 + 0.6 * scatter(index, 1);
        let during = if index == 0 {
            0.127
        } else {
            before - (before - 0.1) * scatter(index, 2)
        };
        let id = format!("site-{index}");
        let cpu = ("cpu", "vCPU", 4000.0 + 100.0 * index as f64);
        rows.push(in_service(
            id.clone(),
            name,
            ComponentKind::Site,
            cpu,
            (before, during, 0.2),
        ));
        let storage = ("storage", "TiB", 12_000.0);
        let (before, during) = (
            0.2 + 0.7 * scatter(index, 3),
            0.15 + 0.7 * scatter(index, 4),
        );
        rows.push(in_service(
            id,
            name,
            ComponentKind::Site,
            storage,
            (before, during.min(before), 0.1),
        ));
        for member in 1..=2 {
            let before = 0.3 + 0.6 * scatter(index, 5 + member);
            rows.push(in_service(
                format!("lb-{index}-{member}"),
                &format!("{name} load balancer {member}"),
                ComponentKind::Element,
                ("bandwidth", "Gbit/s", 40.0),
                (before, before - 0.3 * scatter(index, 8), 0.3),
            ));
        }
        rows.push(in_service(
            format!("l{index}"),
            &format!("l{index}"),
            ComponentKind::Link,
            ("bandwidth", "Gbit/s", 100.0),
            (0.9, 0.45 + 0.4 * scatter(index, 9), 0.3),
        ));
    }
    let mut chicago = in_service(
        "chi".to_owned(),
        "Chicago",
        ComponentKind::Site,
        ("cpu", "vCPU", 4000.0),
        (0.412, 0.0, 0.2),
    );
    out(&mut chicago, Standing::Drained);
    rows.push(chicago);
    let mut standby = in_service(
        "ap-dfw".to_owned(),
        "Dallas",
        ComponentKind::AccessPoint,
        ("bandwidth", "Gbit/s", 30.0),
        (0.0, 0.305, 0.3),
    );
    standby.standing = Standing::Opened;
    standby.before = None;
    rows.push(standby);
    HeadroomChart {
        title: "Chicago is drained: San Antonio keeps 12 % headroom, 20 % is its target".to_owned(),
        scenario: "chicago-maintenance".to_owned(),
        period: "13 Nov 2012, 09:08 to 14:10 PST".to_owned(),
        rows,
        most_others: TIGHTEST_OTHERS,
        against: Against::Before,
    }
}

/// A blind window: one component far over its limit, one full, one without capacity, one failed.
pub(in crate::report::charts) fn overload() -> HeadroomChart {
    let mut chart = drain(7);
    chart.title = "San Antonio is degraded, Chicago is drained: San Antonio load balancer 2 is overloaded by 170 %".into();
    for row in &mut chart.rows {
        let during = match (row.component.as_str(), row.resource.as_str()) {
            ("lb-0-1", _) => -0.34,
            ("lb-0-2", _) => -1.7,
            ("site-1", "cpu") => 0.0,
            ("site-2", "cpu") => -0.034,
            ("site-3", "storage") => 0.004,
            _ => continue,
        };
        row.during = Some(during);
        row.load = row.capacity * (1.0 - during);
    }
    for row in &mut chart.rows {
        match row.component.as_str() {
            "lb-3-1" => out(row, Standing::Failed),
            "site-4" => {
                out(row, Standing::Failed);
                row.load = 120.0;
            }
            _ => {}
        }
    }
    chart
}

/// Everything comfortable, nothing before, no target; and less demand than before.
pub(in crate::report::charts) fn calm() -> HeadroomChart {
    let mut chart = drain(4);
    chart.title = "All in service: San Antonio keeps 62 % headroom".into();
    chart.rows.retain(|row| row.standing == Standing::InService);
    for (index, row) in chart.rows.iter_mut().enumerate() {
        row.before = (!index.is_multiple_of(3)).then_some(0.5);
        row.during = Some(0.62 + 0.05 * index as f64 % 0.38);
        row.target = None;
        row.load = row.capacity * (1.0 - row.during.unwrap_or(0.0));
    }
    chart
}

/// Names as bad as they get.
pub(super) fn hostile() -> HeadroomChart {
    let mut chart = drain(8);
    let names = [
        "<script>alert(\"1\")</script>&amp;'quotes'",
        LONG,
        EVIL,
        "מרכז הנתונים של תל אביב",
        "مركز بيانات دبي",
        "東京データセンター第三棟",
        "=HYPERLINK(\"http://example.com\")",
    ];
    for (index, name) in names.iter().enumerate() {
        for row in &mut chart.rows {
            if row.component == format!("site-{index}") {
                (*name).clone_into(&mut row.name);
                row.unit = "units of a resource with a name that is far too long".into();
                row.resource = "bandwidth-of-the-eastern-interconnect".into();
            } else if row.component.starts_with(&format!("lb-{index}-")) {
                row.name = "same name".into();
            }
        }
    }
    chart.title = format!("{} is drained: {} keeps 12 % headroom", names[1], names[0]);
    chart.scenario = names[2].into();
    chart
}
