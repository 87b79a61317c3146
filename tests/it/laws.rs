//! Laws that hold of every plan, on what is shipped and on what is drawn.

mod at_risk;
mod bad_news_first;
mod chains;
mod excuses;
mod growth;
mod let_in;
mod nothing;
mod overlap;
pub(crate) mod plan_and_replay;
mod recovery;
mod rollbacks;
mod stated_by_hand;
pub(crate) mod steps;
mod true_statements;
mod whole;
