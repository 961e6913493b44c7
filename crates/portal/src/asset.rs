//! The style sheet and the scripts, embedded. Their addresses carry a hash, so that they may be kept for ever.

use crate::Page;
use hakiki_note::sha256;
use std::sync::LazyLock;

/// Hex digits of the hash that an address carries: 48 bits name a few files.
const MARK_DIGITS: usize = 12;

struct Asset {
    stem: &'static str,
    ending: &'static str,
    content_type: &'static str,
    body: &'static [u8],
}

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

const ASSETS: [Asset; 4] = [
    Asset {
        stem: "style",
        ending: "css",
        content_type: "text/css; charset=utf-8",
        body: concat!(
            include_str!("../assets/style.css"),
            include_str!("../assets/station.css"),
            include_str!("../assets/said.css"),
            include_str!("../assets/audits.css"),
            include_str!("../assets/audit_sheets.css")
        )
        .as_bytes(),
    },
    Asset { stem: "live", ending: "js", content_type: JAVASCRIPT, body: include_bytes!("../assets/live.js") },
    Asset {
        stem: "search",
        ending: "js",
        content_type: JAVASCRIPT,
        body: include_bytes!("../assets/search.js"),
    },
    Asset { stem: "sign", ending: "js", content_type: JAVASCRIPT, body: include_bytes!("../assets/sign.js") },
];

static MARKS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mark = |asset: &Asset| sha256(asset.body).to_string().chars().take(MARK_DIGITS).collect();
    ASSETS.iter().map(mark).collect()
});

/// The paths of all assets below the site's root.
pub(crate) fn paths() -> impl Iterator<Item = String> {
    ASSETS.iter().zip(&*MARKS).map(|(asset, mark)| format!("{}.{mark}.{}", asset.stem, asset.ending))
}

/// The path below the site's root of an asset by its name: `style.css` is at `style.0123456789ab.css`.
pub(crate) fn asset_path(name: &str) -> String {
    let at = ASSETS.iter().position(|asset| {
        name.strip_prefix(asset.stem).is_some_and(|rest| rest.strip_prefix('.') == Some(asset.ending))
    });
    debug_assert!(at.is_some(), "no asset {name}");
    at.and_then(|at| paths().nth(at)).unwrap_or_default()
}

/// The asset at a path below the site's root, if it is one. Without its mark it is served too, and not kept.
pub(crate) fn asset(path: &str) -> Option<Page> {
    let mut all = ASSETS.iter().zip(&*MARKS);
    let (asset, immutable) = all.find_map(|(asset, mark)| {
        let middle = path.strip_prefix(asset.stem)?.strip_suffix(asset.ending)?;
        let is_marked = middle.strip_prefix('.').and_then(|rest| rest.strip_suffix('.')) == Some(mark);
        (is_marked || middle == ".").then_some((asset, is_marked))
    })?;
    let body = asset.body.to_vec();
    Some(Page { status: 200, content_type: asset.content_type, body, immutable, location: None })
}
