//! report.html of a replay, from the finding to what is assumed.

use super::render::{REPORT_FILE, page};
use crate::error::Result;
use crate::model::EventKind;
use crate::plan::replay::{Account, Felt};
use crate::report::document::{
    Block, Cell, Document, Figure, KeyNumber, Line, Listing, Section, Table,
};
use crate::report::grammar::by_count;
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::replay::{
    ReplayReport, RunFacts, Shortage, heading, length, premise, share_down, share_words,
};
use crate::report::span::spoken;
use crate::report::text::glued;
use crate::report::through::event_span;
use crate::report::written::WrittenFile;
use crate::units::NUMERICAL_NOISE;

const COMPONENTS_ID: &str = "components";
const TIERS_ID: &str = "tiers";
const TENANTS_ID: &str = "tenants";
const ASSUMED_ID: &str = "assumed";

/// report.html of a replay, with its charts ([`drawings`](ReplayReport::drawings)).
///
/// # Errors
/// `Error::Internal` if the page cannot be rendered.
pub fn replay_report(told: &ReplayReport<'_>, figures: Vec<Figure>) -> Result<WrittenFile> {
    let tables = vec![events(told), components(told), tiers(told), tenants(told)];
    let mut beside = vec![Block::sentences(told.of_plan().as_deref().map(shown))];
    for run in told.runs() {
        let sentences = told.sentences(run);
        if !sentences.is_empty() {
            beside.push(Block::Heading("", premise(run.run.conduct).to_owned()));
            beside.push(Block::items(sentences.iter().map(|own| shown(own))));
        }
    }
    beside.push(Block::Heading("", "Service credits".to_owned()));
    beside.push(Block::sentences([shown(&told.paid_back())]));
    let title = format!("What users would have felt: {}", told.scenario.name);
    let assumed = told.assumed();
    let assumed = Block::sentences(assumed.iter().map(|own| shown(own)));
    let mut document = Document::page("Replay", &title, &subtitle(told));
    document.push(Section::briefing(
        State::bad_if(told.is_anybody_down()),
        &glued(&format!("{}.", told.finding())),
        beside,
        key_numbers(told, &tables),
        Vec::new(),
    ));
    document.push(Section::charts("In pictures", figures));
    document.push(Section::tables(tables));
    document.push(Section::new(ASSUMED_ID, "What is assumed", vec![assumed]));
    page(REPORT_FILE, &document)
}

/// A sentence in which a percent sign stays on the line of its number.
fn shown(sentence: &str) -> Line {
    Line::from(glued(sentence))
}

fn subtitle(told: &ReplayReport<'_>) -> String {
    let moments = told.runs().iter().flat_map(|own| &own.run.moments);
    let starts = moments.clone().map(|own| own.start);
    let ends = moments.map(|own| own.end);
    let span = starts.min().zip(ends.max());
    span.map_or_else(String::new, |(from, to)| {
        spoken(told.scenario.offset, from, to)
    })
}

/// Minutes that are lost, users who are down at once, tenants that get less than they were promised.
fn key_numbers(told: &ReplayReport<'_>, tables: &[Table]) -> Vec<KeyNumber> {
    let Some(asked) = told.asked() else {
        return Vec::new();
    };
    let number = |value: &dyn Fn(&RunFacts<'_>) -> String, label, because, is_bad| {
        let others = told.runs().iter().skip(1);
        let beside = others.map(|own| format!("{} {}", value(own), heading(own.run.conduct)));
        KeyNumber {
            value: value(asked),
            label,
            note: beside.collect::<Vec<_>>().join(", "),
            because: Table::anchor(tables, because, ASSUMED_ID),
            state: State::bad_if(is_bad),
        }
    };
    let share = asked.down_share().map(share_words);
    let of_all = share.map_or_else(String::new, |own| format!(", {own} of all"));
    let most = |own: &RunFacts<'_>| own.worst.map_or(0.0, |own| own.most_down);
    let below = |own: &RunFacts<'_>| numbers::whole(told.below(own));
    let get = by_count(&below(asked), ["tenant gets", "tenants get"]);
    let is_down = asked.is_anybody_down();
    vec![
        number(
            &|own| numbers::about(own.down_minutes()),
            format!("user minutes lost{of_all}"),
            TIERS_ID,
            is_down,
        ),
        number(
            &|own| numbers::users_up(most(own)),
            "users down at once, at most".to_owned(),
            COMPONENTS_ID,
            is_down,
        ),
        number(
            &below,
            format!("{get} less than promised"),
            TENANTS_ID,
            told.below(asked) > 0,
        ),
    ]
}

fn events(told: &ReplayReport<'_>) -> Table {
    let (scenario, clock) = (told.scenario, told.clock());
    let events = scenario.events.iter();
    let within = events.filter(|own| own.start < scenario.end && scenario.start < own.end);
    let spans = within.map(|own| (own, event_span(told.inventory, scenario, own)));
    Listing::of(spans)
        .words("from", |(_, span)| clock.moment(span.start))
        .words("to", |(_, span)| clock.moment(span.end))
        .words("to whom", |(_, span)| span.subject.clone())
        .words("what", |(_, span)| span.what.clone())
        .words("known from", |(own, span)| {
            if matches!(own.kind, EventKind::Maintenance(_)) {
                "it is planned".to_owned()
            } else if span.known >= span.end {
                "never".to_owned()
            } else {
                clock.moment(span.known)
            }
        })
        .table("events", "What happens")
}

fn components(told: &ReplayReport<'_>) -> Table {
    let all = told.runs().iter().flat_map(|run| {
        let shortages = run.shortages.iter();
        shortages.map(move |own| (run, own))
    });
    let all: Vec<(&RunFacts<'_>, &Shortage<'_>)> = all.collect();
    let clock = told.clock();
    let time = |seconds: Option<f64>| Cell::maybe(seconds, length);
    let table = Listing::selected(all, "first", "components.csv")
        .words("run", |(run, _)| heading(run.run.conduct))
        .words("where", |(_, own)| {
            let name = told.inventory.component_name(own.passage.component);
            Cell::named(&told.component(own.passage.component), name)
        })
        .words("of what", |(_, own)| told.short_words(own.passage.short))
        .words("from", |(run, own)| {
            let first = run.run.moments.get(own.first);
            first.map_or_else(String::new, |own| clock.moment(own.start))
        })
        .number("above capacity for", |(_, own)| {
            time(Some(own.beyond_seconds).filter(|own| *own > 0.0))
        })
        .number("most that comes", |(_, own)| {
            let unit = told.unit(own.passage.short);
            let offered = own.most_flow().map(|own| own.offered);
            Cell::maybe(offered, |own| numbers::quantity(own, unit))
        })
        .number("room then", |(_, own)| {
            let room = own.most_flow().map(|own| own.capacity);
            Cell::maybe(room.filter(|own| own.is_finite()), numbers::amount)
        })
        .number("most that waits", |(_, own)| match &own.peak {
            Some(peak) => {
                let unit = told.unit_of_queue(own.passage.short);
                Cell::number(numbers::quantity(peak.queued, &unit), peak.queued)
                    .detailed(&format!("at {}", clock.moment(peak.at)))
            }
            None => Cell::none(),
        })
        .number("clears in", |(_, own)| match &own.peak {
            Some(peak) if peak.clearing.is_none() => {
                Cell::words("not by the end").judged(State::Full)
            }
            peak => time(peak.as_ref().and_then(|own| own.clearing)),
        })
        .number("last of it waits", |(_, own)| {
            time(own.peak.as_ref().and_then(|own| own.last_wait))
        })
        .number("longest wait", |(_, own)| {
            time(own.peak.as_ref().map(|_| own.longest_of_all()))
        })
        .number("lost of what came", |(_, own)| {
            Cell::maybe(own.lost_share(), share_words)
        })
        .table(COMPONENTS_ID, "What was short")
        .sortable();
    table.noted_too(
        "The worst of each run first. It clears from when most waits until nothing does; the last of what waits then waits as long as the next column says.",
    )
}

fn tiers(told: &ReplayReport<'_>) -> Table {
    let all = told.runs().iter();
    let all = all.flat_map(|run| run.tiers.iter().map(move |(tier, felt)| (run, *tier, felt)));
    Listing::of(all)
        .words("run", |(run, ..)| heading(run.run.conduct))
        .words("tier", |(_, tier, _)| {
            &told.inventory.tiers[tier.index()].id
        })
        .number("user minutes lost", |(_, _, felt)| {
            let lost = felt.down_minutes();
            let is_any = share_down(felt).is_some_and(|own| own > NUMERICAL_NOISE);
            Cell::number(numbers::about(lost), lost).judged_if(is_any, State::Full)
        })
        .number("of all", |(_, _, felt)| {
            Cell::maybe(share_down(felt), share_words)
        })
        .number("work that fails", |(_, _, felt)| {
            Cell::maybe(of_sent(felt, felt.failed), share_words)
        })
        .number("work that is late", |(_, _, felt)| {
            Cell::maybe(of_sent(felt, felt.late), share_words)
        })
        .number("mean wait", |(_, _, felt)| {
            Cell::maybe(felt.mean_wait(), wait)
        })
        .number("longest wait", |(_, _, felt)| {
            Cell::maybe(felt.mean_wait().map(|_| felt.longest), wait)
        })
        .table(TIERS_ID, "By tier")
}

/// The share of what some users sent that something is; `None` where they sent nothing.
fn of_sent(felt: &Felt, amount: f64) -> Option<f64> {
    (felt.sent > 0.0).then(|| amount / felt.sent)
}

fn wait(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{} s", numbers::amount((seconds * 100.0).round() / 100.0))
    } else {
        length(seconds)
    }
}

/// What each tenant got, the lowest uptime of each run first: those that lost anything.
fn tenants(told: &ReplayReport<'_>) -> Table {
    let lost = told.runs().iter().flat_map(|run| {
        let accounts = run.worst_accounts().into_iter();
        let hurt =
            accounts.filter(|own| own.uptime().is_some_and(|own| own < 1.0 - NUMERICAL_NOISE));
        hurt.map(move |own| (run, own))
    });
    let lost: Vec<(&RunFacts<'_>, &Account)> = lost.collect();
    let tier = |own: &Account| &told.inventory.tiers[own.tier.index()];
    let table = Listing::selected(lost, "first", "tenants.csv")
        .words("run", |(run, _)| heading(run.run.conduct))
        .words("tenant", |(_, own)| {
            &told.inventory.tenants[own.tenant.index()]
        })
        .words("tier", |(_, own)| &tier(own).id)
        .words("month", |(_, own)| own.month.strftime("%b %Y").to_string())
        .number("users", |(_, own)| Cell::users(own.users()))
        .number("user minutes lost", |(_, own)| {
            let lost = own.felt.down_minutes();
            Cell::number(numbers::about(lost), lost)
        })
        .number("uptime", |(_, own)| {
            let uptime = own.uptime();
            let is_broken = uptime.is_some_and(|uptime| uptime < tier(own).availability);
            Cell::maybe(uptime, numbers::availability).judged_if(is_broken, State::Full)
        })
        .number("promised", |(_, own)| {
            let promised = tier(own).availability;
            Cell::number(numbers::availability(promised), promised)
        })
        .number("credit", |(_, own)| {
            if own.credit > 0.0 {
                Cell::number(numbers::short_percent(own.credit), own.credit)
            } else {
                Cell::words("none")
            }
        })
        .table(TENANTS_ID, "By tenant")
        .sortable();
    table.noted_too(
        "The lowest uptime of each run first, without those that lost nothing; uptime is that of the calendar month if nothing else happens in it.",
    )
}
