//! The verdict: who is served and which targets hold, what binds, and what was true while nobody knew.

use crate::ids::{ComponentId, LinkId};
use crate::model::{Component, Event, LinkEnd, Phase};
use crate::plan::{Hurt, PeriodPlan};
use crate::report::briefing::{Briefing, worst_of};
use crate::report::grammar::{
    at_most, by_count, counted, listed, lower_first, only_if, stay_unserved,
};
use crate::report::numbers;
use crate::report::period::finding;
use crate::report::text::visible;
use crate::report::words::{everyone, in_all, missed_already, premise, targets_met};
use crate::units::{FEASIBILITY, NOBODY};
use std::collections::BTreeMap;

impl Briefing<'_> {
    /// What is refused, if anything is; one sentence for the whole plan, one for its tightest period, one for how far the inputs may be off, one for
    /// what was not known.
    pub(in crate::report) fn verdict(&self) -> Vec<String> {
        let periods: Vec<&PeriodPlan> = self.plan.periods.iter().collect();
        let is_hurt = !self.wounds().is_empty() || !self.turned_to_unknown().is_empty();
        let known = only_if(is_hurt, || ", as far as the plan knows");
        let (mut sentences, teller) = (self.refused(), self.teller());
        sentences.extend(teller.warnings());
        sentences.extend(teller.not_played());
        sentences.extend(teller.triggers_not_played());
        // Who is hurt unknown to the plan comes after who is unserved, and before a word that all are served.
        let is_whole = periods.iter().all(|own| own.totals.unserved <= NOBODY);
        let is_first = is_whole && is_hurt;
        sentences.extend(self.truth().filter(|_| is_first));
        sentences.extend(teller.checked_roughly());
        sentences.extend(teller.waiting());
        sentences.push(format!(
            "{} {}{known}, {}{}.",
            self.served(&periods),
            self.targets(&periods),
            premise(self.scenario.policy.demand),
            teller.not_counted()
        ));
        sentences.extend(self.missed_before());
        if let Some(tightest) = self.tightest_period() {
            sentences.push(self.tightest_sentence(tightest));
        }
        sentences.extend(self.margin());
        sentences.extend(self.protection());
        sentences.extend(self.truth().filter(|_| !is_first));
        sentences.extend(teller.lost_to_named());
        sentences
    }

    fn served(&self, periods: &[&PeriodPlan]) -> String {
        let short: Vec<&PeriodPlan> = periods
            .iter()
            .copied()
            .filter(|period| period.totals.unserved > NOBODY)
            .collect();
        let worst = short
            .iter()
            .max_by(|a, b| a.totals.unserved.total_cmp(&b.totals.unserved));
        let everyone = everyone(self.plan);
        match worst {
            None => format!("{everyone}{}", in_all(periods.len())),
            Some(worst) => {
                let stay = stay_unserved(worst.totals.unserved);
                let up_to = if short.len() > 1 { "Up to " } else { "" };
                let place = self.place_of(periods, &short);
                format!("{up_to}{stay}{place}")
            }
        }
    }

    fn targets(&self, periods: &[&PeriodPlan]) -> String {
        let missed = |period: &PeriodPlan| {
            let margins = period.margins.iter();
            margins
                .filter(|margin| margin.row.shortfall > FEASIBILITY)
                .count()
        };
        let short: Vec<&PeriodPlan> = periods
            .iter()
            .copied()
            .filter(|period| missed(period) > 0)
            .collect();
        let most = short.iter().map(|period| missed(period)).max().unwrap_or(0);
        let place = self.place_of(periods, &short);
        match (short.len(), most) {
            (0, _) => self.targets_met(periods),
            (1, 1) => format!("and 1 headroom target is missed{place}"),
            (1, _) => format!("and {most} headroom targets are missed{place}"),
            (_, 1) => format!("and a headroom target is missed{place}"),
            (_, _) => format!("and up to {most} headroom targets are missed{place}"),
        }
    }

    /// `and every headroom target is met`; not while weights turn between hours, if that is so.
    fn targets_met(&self, periods: &[&PeriodPlan]) -> String {
        let is_any_missed_before = periods
            .iter()
            .any(|own| own.missed_before().next().is_some());
        let met = targets_met(is_any_missed_before);
        let turns = self.plan.hour_turns.iter();
        let most = turns.map(|own| own.missed_targets).max().unwrap_or(0);
        let missed = match most {
            0 => return format!("and {met}"),
            1 => "1 is".to_owned(),
            most => format!("up to {most} are"),
        };
        format!("and {met} at every hour, but {missed} missed while weights turn between hours")
    }

    /// `Missed already before: Chicago cpu, 1 % of 20 %.`; the ones that miss most of their target, each where it is
    /// tightest. `None` if every target is met, or missed by more than before.
    fn missed_before(&self) -> Option<String> {
        let mut least: BTreeMap<_, [f64; 2]> = BTreeMap::new();
        for margin in self.plan.periods.iter().flat_map(PeriodPlan::missed_before) {
            let of_row = [margin.headroom().unwrap_or(0.0), margin.written_target()];
            let known = least.entry((margin.component, margin.resource));
            let known = known.or_insert(of_row);
            if of_row[0] / of_row[1] < known[0] / known[1] {
                *known = of_row;
            }
        }
        let named = missed_already(self.inventory, least.into_iter().collect());
        named.map(|named| format!("Missed already before: {named}."))
    }

    fn tightest_sentence(&self, period: &PeriodPlan) -> String {
        let finding = finding(self.inventory, self.scenario, period);
        if self.plan.periods.len() > 1 {
            format!("Tightest is {}. {finding}.", self.named(period))
        } else {
            format!("{finding}.")
        }
    }

    /// What the plan believes while not everything is known and answered, and what is true; `None` if all is known.
    pub(in crate::report) fn truth(&self) -> Option<String> {
        let blind: Vec<&PeriodPlan> = self
            .plan
            .periods
            .iter()
            .filter(|period| period.period.phase != Phase::Known)
            .collect();
        let worst = worst_of(blind.iter().copied())?;
        let believed = format!("{} {}", self.served(&[worst]), self.targets(&[worst]));
        let believed = lower_first(&believed);
        let wounds = self.wounds();
        let names: Vec<&str> = wounds.iter().map(|wound| wound.name).collect();
        let names = listed(&names);
        // Who passes several of them counts with each, and no more are hurt than there are.
        let users = blind.iter().map(|own| own.totals.users);
        let all = users.fold(0.0, f64::max);
        let excess: f64 = wounds.iter().map(|wound| wound.excess).sum();
        let affected: f64 = wounds.iter().map(|wound| wound.affected).sum();
        let [excess, affected] = [excess, affected].map(|own| own.min(all));
        let up_to = if wounds.len() > 1 { "up to " } else { "" };
        let truth = if excess > NOBODY {
            let users = numbers::lost_users(excess);
            let find = by_count(&numbers::users_up(excess), ["finds", "find"]);
            if wounds.len() > 1 {
                format!("{up_to}{users} who pass {names} {find} no room there")
            } else if affected >= excess + 1.0 {
                // Whose work waits with that of others is late like theirs.
                let some = numbers::users_up(excess);
                let all = numbers::lost_users(affected);
                format!("{up_to}{some} of the {all} who pass {names} {find} no room there")
            } else {
                format!("{up_to}{users} {find} no room at {names}")
            }
        } else if affected > NOBODY {
            let users = numbers::lost_users(affected);
            format!("part of the work through {names} fails for {up_to}{users}")
        } else {
            // Slow work that is given up fails without any component too full.
            match blind
                .iter()
                .filter_map(|own| self.is_slow_work_given_up(own))
                .max()
            {
                Some(true) => "no component is too full, and slow work fails in part",
                Some(false) => "no component is too full, and some work takes longer",
                None => "nobody is affected",
            }
            .to_owned()
        };
        // Who is hurt in some of these periods is not hurt in all of them.
        let is_hurt = |own: &&&PeriodPlan| own.blind.iter().any(|own| own.users_affected > NOBODY);
        let hurt: Vec<&PeriodPlan> = blind.iter().filter(is_hurt).copied().collect();
        let when = if hurt.is_empty() || hurt.len() == blind.len() {
            String::new()
        } else {
            format!(" in {}", self.stretch(&hurt))
        };
        let is_any = |phase| blind.iter().any(|own| own.period.phase == phase);
        let state = match (is_any(Phase::Blind), is_any(Phase::Reacting)) {
            (true, true) => "Not all is known or answered",
            (true, false) => "Not all is known",
            (false, _) => "Not all is answered yet",
        };
        let turned = match self.turned_to_unknown() {
            names if names.is_empty() => String::new(),
            names => format!(
                ", besides users whom waves turn to {} meanwhile",
                listed(&names)
            ),
        };
        Some(format!(
            "{state} in {}: the plan believes that {believed}; in truth {truth}{when}{turned}.",
            self.stretch(&blind)
        ))
    }

    /// What waves of other periods fill, before all is known or answered, beyond both what the period has there and what is
    /// left of it in truth.
    fn turned_to_unknown(&self) -> Vec<&str> {
        let waves = self.plan.transitions.iter().flat_map(|own| &own.waves);
        let standing = waves.flat_map(|wave| &wave.standing);
        let mut names: Vec<&str> = Vec::new();
        for stand in standing {
            let Some(period) = stand.during.and_then(|own| self.plan.periods.get(own)) else {
                continue;
            };
            for hurt in &period.blind {
                let (Some([load, believed, left, _]), Some(resource)) =
                    (hurt.amounts, hurt.resource)
                else {
                    continue;
                };
                let most = left.max(load) * (1.0 + FEASIBILITY) + 1e-9 * believed;
                let mut all = stand.loads.iter();
                let is_over = all.any(|own| {
                    (own.component, own.resource) == (hurt.component, resource) && own.load > most
                });
                let name = self.inventory.component_title(hurt.component);
                if is_over && !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// Whether some of the work is given up that is slow at some time of a period; `None` if nobody's is.
    fn is_slow_work_given_up(&self, period: &PeriodPlan) -> Option<bool> {
        let span = period.period;
        let events = self.scenario.events.iter();
        let met = events.filter(|event| event.start < span.end && event.end > span.start);
        let slow = met.filter_map(Event::slow);
        let of_flows = slow.flat_map(|slow| {
            let flows = period.flows.iter().filter(|own| own.users > NOBODY);
            let touched = flows.filter(|flow| {
                let is_of = slow.profile.is_none_or(|own| own == flow.group.profile);
                let mut components = slow.components.iter();
                is_of && components.any(|own| self.is_crossing(&flow.path.links, *own))
            });
            touched.map(|flow| slow.gives_up(&self.inventory.profiles[flow.group.profile.index()]))
        });
        of_flows.max()
    }
}

const MOST_COMPONENTS: usize = 5;
const MOST_REGIONS: usize = 3;

/// A component that is hurt while the plan does not count with it.
pub(in crate::report) struct Wound<'a> {
    pub(super) name: &'a str,
    component: ComponentId,
    /// The period and row in which most users are hurt.
    worst: (&'a PeriodPlan, &'a Hurt),
    /// Minutes until it is known, and those in which it is known and not answered.
    minutes: [f64; 2],
    pub(super) affected: f64,
    pub(in crate::report) excess: f64,
    user_minutes: f64,
}

impl Briefing<'_> {
    /// What is hurt, worst first. Of a component's resources the one that hurts most counts.
    pub(in crate::report) fn wounds(&self) -> Vec<Wound<'_>> {
        let mut wounds: BTreeMap<ComponentId, Wound<'_>> = BTreeMap::new();
        for period in &self.plan.periods {
            for of_component in period.blind.chunk_by(|a, b| a.component == b.component) {
                let worst = of_component
                    .iter()
                    .filter(|hurt| hurt.users_affected > NOBODY)
                    .max_by(|a, b| {
                        a.users_excess
                            .total_cmp(&b.users_excess)
                            .then(a.users_affected.total_cmp(&b.users_affected))
                    });
                let Some(hurt) = worst else { continue };
                let wound = wounds.entry(hurt.component).or_insert_with(|| Wound {
                    name: self.inventory.component_title(hurt.component),
                    component: hurt.component,
                    worst: (period, hurt),
                    minutes: [0.0; 2],
                    affected: 0.0,
                    excess: 0.0,
                    user_minutes: 0.0,
                });
                if hurt.users_excess > wound.excess {
                    wound.worst = (period, hurt);
                }
                let is_known = usize::from(hurt.phase == Phase::Reacting);
                wound.minutes[is_known] += period.period.minutes();
                wound.affected = wound.affected.max(hurt.users_affected);
                wound.excess = wound.excess.max(hurt.users_excess);
                wound.user_minutes += hurt.user_minutes;
            }
        }
        let mut wounds: Vec<Wound<'_>> = wounds.into_values().collect();
        wounds.sort_by(|a, b| {
            b.excess
                .total_cmp(&a.excess)
                .then(b.affected.total_cmp(&a.affected))
                .then(a.component.cmp(&b.component))
        });
        wounds
    }

    pub(in crate::report) fn blind(&self) -> Vec<String> {
        let wounds = self.wounds();
        let sentences = wounds.iter().map(|wound| self.wound(wound)).collect();
        at_most(sentences, MOST_COMPONENTS, |more| {
            format!("{more} more components are in blind.csv.")
        })
    }

    /// `Houston firewall, not known for 72 minutes and known but not answered for 5 minutes, has … left and is given …: so many
    /// users are affected, …`
    fn wound(&self, wound: &Wound<'_>) -> String {
        let (period, hurt) = wound.worst;
        let states = ["not known", "known but not answered"].into_iter();
        let states = states.zip(wound.minutes).filter(|(_, own)| *own > 0.0);
        let states = states.map(|(state, minutes)| {
            let minutes = counted(&numbers::amount(minutes), "minute");
            format!("{state} for {minutes}")
        });
        let states = states.collect::<Vec<_>>().join(" and ");
        let amounts = match (hurt.amounts, hurt.resource) {
            (Some([load, believed, left, _]), Some(resource)) => {
                let unit = &self.inventory.resources[resource.index()].unit;
                format!(
                    "has {} of {} left and is given {}",
                    numbers::amount(left),
                    numbers::quantity(believed, unit),
                    numbers::amount(load)
                )
            }
            _ if hurt.users_excess > NOBODY && hurt.users_excess >= hurt.users_affected => {
                "carries nothing".to_owned()
            }
            _ => "fails in part".to_owned(),
        };
        let room = only_if(wound.excess > NOBODY, || {
            format!(", {} without room", numbers::users_up(wound.excess))
        });
        let regions = self.client_regions(period, wound.component);
        let from = only_if(!regions.is_empty(), || format!(" (most in {regions})"));
        let words = format!(
            "{}, {states}, {amounts}: {} affected{from}{room}, {} user-minutes.",
            wound.name,
            counted(&numbers::users_up(wound.affected), "user"),
            numbers::about(wound.user_minutes)
        );
        visible(&words).into_owned()
    }

    /// The client regions from which most users cross a component.
    fn client_regions(&self, period: &PeriodPlan, component: ComponentId) -> String {
        let mut users = vec![0.0; self.inventory.client_regions.len()];
        for flow in period.first_flows() {
            if self.is_crossing(&flow.path.links, component) {
                users[flow.group.client_region.index()] += flow.users;
            }
        }
        let mut ranked: Vec<usize> = (0..users.len())
            .filter(|&index| users[index] > NOBODY)
            .collect();
        ranked.sort_by(|&a, &b| users[b].total_cmp(&users[a]).then(a.cmp(&b)));
        let names: Vec<&str> = ranked
            .iter()
            .take(MOST_REGIONS)
            .map(|&index| self.inventory.client_regions[index].name.as_str())
            .collect();
        listed(&names)
    }

    /// `true` if a path of these links passes a component, or the pool that it belongs to.
    pub(super) fn is_crossing(&self, links: &[LinkId], component: ComponentId) -> bool {
        let place = match self.inventory.component(component) {
            Component::Link(own) => return links.contains(&own),
            Component::Site(id) => LinkEnd::Site(id),
            Component::AccessPoint(id) => LinkEnd::AccessPoint(id),
            Component::Element(id) => match self.inventory.elements[id.index()].pool {
                Some(pool) => LinkEnd::Pool(pool),
                None => LinkEnd::Element(id),
            },
        };
        links.iter().any(|link| {
            let link = &self.inventory.links[link.index()];
            link.from == place || link.to == place
        })
    }
}
