//! Open: no wave leads more users of a group to an access point than before while it is closed. Weights of a wave wait for what
//! opens while it turns them: that is read from the runbook, by hand.

use super::loads::weights;
use super::walk::{Walk, at};
use crate::waves::walk::roads::{Group, Row, row_of, rows};
use jiff::Timestamp;
use plimsoll::ids::{AccessPointId, SiteId};
use plimsoll::model::{AccessPointState, Component};
use plimsoll::plan_files::Action;
use std::collections::BTreeMap;

/// Shares that differ by less are the same.
const SAME: f64 = 1e-9;

/// The share of a group's users at a site who enter at an access point.
type Entering = BTreeMap<(Group, SiteId, AccessPointId), f64>;

impl Walk<'_> {
    pub(super) fn led_to_what_is_closed(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for ((period, number), wave) in self.waves() {
            if self.is_refused(period) {
                continue;
            }
            let before = self.entering((period, number - 1)).unwrap_or_else(|| {
                let until = self.stands.until(period as usize);
                let steering = weights(rows(self.inventory, &self.plan, until));
                self.by_access_point(steering.into_values().flatten())
            });
            let after = self.entering((period, number)).unwrap_or_default();
            for (key, share) in after {
                let had = before.get(&key).copied().unwrap_or_default();
                if share > had + SAME && !self.is_open(key.2, at(&wave.turned)) {
                    let name = &self.inventory.access_points[key.2.index()].id;
                    faults.push(format!(
                        "wave {number} of period {period} leads {had} and then {share} of {key:?} to {name}, which is closed"
                    ));
                }
            }
        }
        faults
    }

    /// Who enters where once a wave has turned, under what holds first; `None` if there is no such wave.
    fn entering(&self, wave: (u32, u32)) -> Option<Entering> {
        let rows = self.plan.wave_weights.iter().flatten();
        let rows = rows.map(|row| &row.row);
        let of_wave: Vec<_> = rows.filter(|row| (row.period, row.wave) == wave).collect();
        let first = of_wave
            .iter()
            .map(|wave_weight_row| (wave_weight_row.during, wave_weight_row.slice))
            .min()?;
        let its = of_wave
            .iter()
            .filter(|wave_weight_row| (wave_weight_row.during, wave_weight_row.slice) == first);
        let rows = its.map(|wave_weight_row| {
            let of = (
                wave_weight_row.client_region.as_str(),
                wave_weight_row.profile.as_str(),
            );
            let path = (wave_weight_row.links.as_str(), wave_weight_row.weight);
            row_of(self.inventory, of, wave_weight_row.max_latency_ms, path)
        });
        Some(self.by_access_point(rows))
    }

    fn by_access_point(&self, rows: impl Iterator<Item = Row>) -> Entering {
        let mut all = Entering::new();
        for row in rows {
            for component in &row.components {
                if let Component::AccessPoint(access_point) = self.inventory.component(*component) {
                    *all.entry((row.group, row.site, access_point)).or_default() += row.users;
                }
            }
        }
        all
    }

    /// Whether an access point is open at an instant; what closes then still is.
    fn is_open(&self, access_point: AccessPointId, instant: Timestamp) -> bool {
        let one_access_point = &self.inventory.access_points[access_point.index()];
        let mut is_open = one_access_point.state == AccessPointState::Active;
        let rows = self.rows();
        for row in
            rows.filter(|row| row.access_point.as_deref() == Some(one_access_point.id.as_str()))
        {
            let done = at(row.at.as_deref().expect("steps have their time"));
            match row.action {
                Action::OpenAccessPoint if done <= instant => is_open = true,
                Action::CloseAccessPoint if done < instant => is_open = false,
                _ => {}
            }
        }
        is_open
    }
}
