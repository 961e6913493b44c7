//! The style sheet and the script, embedded. Their addresses carry a hash, so that they may be kept for ever.

use crate::Page;
use hakiki_note::sha256;
use std::sync::LazyLock;

const STYLE: &[u8] = include_bytes!("../assets/style.css");
const LIVE: &[u8] = include_bytes!("../assets/live.js");

/// Hex digits of the hash that an address carries: 48 bits name two files.
const MARK_DIGITS: usize = 12;

fn mark(bytes: &[u8]) -> String {
    sha256(bytes).to_string().chars().take(MARK_DIGITS).collect()
}

static STYLE_MARK: LazyLock<String> = LazyLock::new(|| mark(STYLE));
static LIVE_MARK: LazyLock<String> = LazyLock::new(|| mark(LIVE));

/// The address of the style sheet.
pub(crate) fn style_href() -> String {
    format!("/style.css?v={}", *STYLE_MARK)
}

/// The address of the script.
pub(crate) fn live_href() -> String {
    format!("/live.js?v={}", *LIVE_MARK)
}

/// The asset of a path, if it is one.
pub(crate) fn asset(path: &str, version: Option<&str>) -> Option<Page> {
    let (content_type, body, mark) = match path {
        "/style.css" => ("text/css; charset=utf-8", STYLE, &*STYLE_MARK),
        "/live.js" => ("text/javascript; charset=utf-8", LIVE, &*LIVE_MARK),
        _ => return None,
    };
    let immutable = version == Some(mark.as_str());
    Some(Page { status: 200, content_type, body: body.to_vec(), immutable })
}
