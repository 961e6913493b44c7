//! Pages beside the forms: levels below the constituency, arrivals by witnessed time, map, timeline, declarations.
#![allow(clippy::unwrap_used)]

mod deep;
mod markup;
mod night;

use deep::deep_night;
use flate2::Compression;
use flate2::write::GzEncoder;
use hakiki_messages::{Language, Message, text};
use hakiki_portal::{Boundaries, Snapshot, every_page};
use night::{Night, crawl, night};
use std::io::Write as _;
use std::sync::LazyLock;

static DEEP: LazyLock<(Night, Snapshot)> = LazyLock::new(|| {
    let night = deep_night();
    let snapshot = night.snapshot();
    (night, snapshot)
});

fn deep(address: &str) -> String {
    let page = DEEP.0.page(&DEEP.1, address);
    assert_eq!(page.status, 200, "{address}");
    String::from_utf8(page.body).unwrap()
}

/// What stands between a mark and the first end after it.
fn part<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    let rest = &html[html.find(from).unwrap()..];
    &rest[..rest.find(to).unwrap()]
}

#[test]
fn five_levels_are_walked_from_the_nation_to_a_form() {
    for (address, page) in crawl(&DEEP.0, &DEEP.1) {
        assert_eq!(page.status, 200, "{address}");
        if page.content_type.starts_with("text/html") {
            let html = String::from_utf8_lossy(&page.body);
            assert_eq!(markup::complaint(&html), None, "{address}");
        }
    }
    for address in every_page(&DEEP.0.site(&DEEP.1)) {
        assert_eq!(DEEP.0.page(&DEEP.1, &address).status, 200, "{address}");
    }
    for language in Language::ALL {
        let ward = deep(&format!("/{language}/area/president/c01-1-w1/"));
        assert!(ward.contains(text(language, "portal.level.ward")) && ward.contains("c01-1-w1-k1"));
        let centre = deep(&format!("/{language}/area/president/c01-1-w1-k1/"));
        assert!(centre.contains(text(language, "portal.level.centre")));
        assert!(centre.contains("station/president/s000000/"));
    }
}

/// Stations 0 to 2 stand in the first witnessed head, 3 to 5 in the second, and so on; no other clock is asked.
#[test]
fn arrivals_are_counted_in_witnessed_heads() {
    let counts = |html: &str| -> Vec<String> {
        let rows = part(html, "id=\"arrivals\"", "</section>").split("<tr>").skip(2);
        rows.map(|row| part(row, "class=\"n\">", "</td>").trim_start_matches("class=\"n\">").to_owned())
            .collect()
    };
    for language in Language::ALL {
        let html = deep(&format!("/{language}/"));
        assert_eq!(counts(&html), ["3", "6", "9", "12"], "{language}");
        // Stations 0, 4 and 8 are in the first county, on every level.
        for area in ["c01", "c01-1", "c01-1-w1", "c01-1-w1-k1"] {
            let html = deep(&format!("/{language}/area/president/{area}/"));
            assert_eq!(counts(&html), ["1", "2", "3", "3"], "{language} {area}");
        }
        assert!(html.contains(text(language, "site.arrivals.how")));
    }
    let early = night();
    assert!(early.text(&early.snapshot(), "/en/").contains(text(Language::English, "site.arrivals.none")));
}

#[test]
fn the_map_is_squares_without_outlines_and_outlines_with_them() {
    let mut night = night();
    let squares = night.text(&night.snapshot(), "/en/");
    let map = part(&squares, "<svg class=\"map\"", "</svg>");
    assert_eq!(map.matches("<rect").count(), 4);
    assert!(map.contains("area/president/c01/") && map.contains(">NT<"));
    let feature = |code: &str, x: u32| {
        let ring = format!("[[{x},0],[{x},1],[{},1],[{x},0]]", x + 1);
        let geometry = format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#);
        format!(r#"{{"properties":{{"code":"{code}"}},"geometry":{geometry}}}"#)
    };
    let features: Vec<String> = (1..=4).map(|n| feature(&format!("c{n:02}"), n)).collect();
    let geojson = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    night.outlines = Some(Boundaries::parse(geojson.as_bytes(), "code").unwrap());
    let html = night.text(&night.snapshot(), "/en/");
    assert_eq!(markup::complaint(&html), None);
    assert_eq!(part(&html, "<svg class=\"map\"", "</svg>").matches("<path").count(), 4);
    assert!(html.contains(text(Language::English, "site.map.outlines")));
}

#[test]
fn the_timeline_names_acts_and_bounds_them_by_witnesses() {
    let html = deep("/en/timeline/");
    let heads = Message::new("site.timeline.heads").with("count", 4_u64).text(Language::English);
    assert_eq!(html.matches(&heads).count(), 1, "forms are no events, so the heads are one");
    assert!(html.contains("before "), "what stands in the first head came before its time");
    let night = night();
    let snapshot = night.snapshot();
    for language in Language::ALL {
        let html = night.text(&snapshot, &format!("/{language}/timeline/"));
        let keys = ["kind.ruling.name", "kind.zero.name", "kind.poll.name", "page.changes.key_replaced"];
        for key in keys.into_iter().chain(["site.time.none"]) {
            assert!(html.contains(text(language, key)), "{key}");
        }
        let rulings = night.text(&snapshot, &format!("/{language}/rulings/"));
        assert!(rulings.contains("s000004") && rulings.contains("reg-83-1-b"));
    }
}

#[test]
fn a_declaration_has_its_signers_and_its_differences() {
    let mut night = night();
    night.declare([1, 2, 3]);
    let html = night.text(&night.snapshot(), "/en/declarations/");
    assert_eq!(markup::complaint(&html), None);
    assert!(html.contains("commissioner-1") && html.contains(text(Language::English, "site.difference")));
    assert!(html.contains(">−3,271<"), "by how much it says less than the log: 1 instead of 3,272");
}

/// The first view of a page, with its style, over the wire.
#[test]
fn the_first_view_of_a_page_is_under_30_kilobytes() {
    let (night, snapshot) = &*DEEP;
    let packed = |bytes: &[u8]| {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap().len()
    };
    let style = packed(&night.page(snapshot, "/style.css").body);
    for (address, page) in crawl(night, snapshot) {
        let size = style + packed(&page.body);
        assert!(!page.content_type.starts_with("text/html") || size < 30_000, "{address}: {size} bytes");
    }
}
