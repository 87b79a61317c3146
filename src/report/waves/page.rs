//! runbook.html: the runbook as a page, made from its Markdown.

use crate::report::text::visible;
use pulldown_cmark::{Options, Parser, html};

/// File name of the page.
pub const RUNBOOK_PAGE: &str = "runbook.html";

const HEAD: &str = include_str!("page_head.html");

/// The page of a runbook: its Markdown with tables, in a page that needs nothing else.
pub(super) fn page(title: &str, markdown: &str) -> String {
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES);
    let mut body = String::new();
    html::push_html(&mut body, parser);
    // A wide table is scrolled within the page.
    let body = body
        .replace("<table>", "<div class=\"table\"><table>")
        .replace("</table>", "</table></div>");
    let mut escaped = String::new();
    for letter in visible(title).chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    let head = HEAD.replace("{title}", &escaped);
    format!("{head}{body}</main>\n</body>\n</html>\n")
}
