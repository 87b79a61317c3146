//! What is proven of a plan.

/// What the referee could prove from certificate.json.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proven {
    /// Every level of every period, in order.
    pub levels: Vec<ProvenLevel>,
    /// Why nothing is proven, where nothing could be.
    pub why_not: Option<&'static str>,
}

/// What is proven of one level, for the expected demand.
#[derive(Debug, Clone, PartialEq)]
pub struct ProvenLevel {
    /// From 0.
    pub period: usize,
    /// Its position among the levels of the period.
    pub position: usize,
    /// Its goal, then tier or measure, such as `headroom worst`.
    pub name: String,
    /// The optimum over fractional homes that the plan claims.
    pub value: f64,
    /// What the written plan has, where summary.json says it.
    pub plan: Option<f64>,
    /// No plan that has the levels before at their values has less: recomputed, rounding taken off.
    pub bound: f64,
}

impl ProvenLevel {
    /// `value − bound`, relative to the larger of 1 and the value.
    pub fn gap(&self) -> f64 {
        ((self.value - self.bound) / self.value.abs().max(1.0)).max(0.0)
    }
}

impl Proven {
    /// The largest gap of all levels; `None` if nothing is proven.
    pub fn worst_gap(&self) -> Option<f64> {
        if self.levels.is_empty() {
            return None;
        }
        Some(self.levels.iter().map(ProvenLevel::gap).fold(0.0, f64::max))
    }
}
