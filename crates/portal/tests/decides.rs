//! Which area decides: what its page and its data say, and what those of its parts say.
#![allow(clippy::unwrap_used)]

mod night;

use hakiki_messages::{Language, Message, text};
use night::{Night, night, of_own_ballot};
use serde_json::Value;

fn air(night: &Night, area: &str) -> (bool, String, Option<u64>) {
    let page = night.page(&night.snapshot(), &format!("/air/president/{area}.json"));
    let json: Value = serde_json::from_slice(&page.body).unwrap();
    let reason = json["do_not_call_reason"]["code"].as_str().unwrap().to_owned();
    (json["do_not_call"].as_bool().unwrap(), reason, json["outstanding_votes_most"].as_u64())
}

/// A county with a ballot of its own is called by its own stations; what is missing elsewhere does not hold it.
#[test]
fn an_area_with_a_ballot_of_its_own_can_be_called_by_itself() {
    let mut night = of_own_ballot();
    assert_eq!(air(&night, "c01"), (true, "can_change".into(), Some(5 * 600)));
    assert_eq!(air(&night, "c01-1"), (true, "part_of_whole".into(), None));
    assert_eq!(air(&night, "c02"), (true, "part_of_whole".into(), None));
    for station in [4, 8, 12, 16, 20] {
        night.own_form(station, [50, 200, 20]);
    }
    assert_eq!(air(&night, "c01"), (false, "cannot_change".into(), Some(0)));
    assert_eq!(air(&night, "c02"), (true, "part_of_whole".into(), None), "18 stations of it are missing");
}

#[test]
fn the_page_says_who_decides_and_what_can_still_change() {
    let night = of_own_ballot();
    let snapshot = night.snapshot();
    for language in Language::ALL {
        let page = |area: &str| night.text(&snapshot, &format!("/{language}/area/president/{area}/"));
        let decides = Message::new("area.decides").with("name", "Ng'ombe").text(language);
        let decides = decides.split('\'').next().unwrap();
        let can_change = Message::new("page.outlook.can_change").with("votes", 3000u64).text(language);
        let own = page("c01");
        assert!(own.contains(decides) && own.contains(&can_change), "{language}");
        assert!(own.contains("Of the county 4") && !own.contains(text(language, "area.part")));
        let part = page("c01-1");
        assert!(
            part.contains(text(language, "area.part"))
                && part.contains(&format!("/{language}/area/president/c01/"))
        );
        assert!(!part.contains(text(language, "page.outlook.how")), "a part has no outlook of its own");
    }
}

/// In a contest over the whole a county's page says that it is a part, and leads to where it is decided.
#[test]
fn a_part_of_the_whole_says_so() {
    let night = night();
    let snapshot = night.snapshot();
    let county = night.text(&snapshot, "/en/area/president/c01/");
    assert!(
        county.contains(text(Language::English, "area.part")) && county.contains("/en/contest/president/")
    );
    assert!(!night.text(&snapshot, "/en/").contains(text(Language::English, "area.part")));
    assert_eq!(air(&night, "c01").1, "part_of_whole");
}
