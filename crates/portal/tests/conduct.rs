//! "Open the servers": machines, sessions, software, custody, doubts, questions, what is withheld, and the page that signs.
#![allow(clippy::unwrap_used)]

mod markup;
mod night;

use hakiki_core::Record;
use hakiki_core::fixture::{Fixture, Setting, key};
use hakiki_core::kinds::{Image, Shows};
use hakiki_core::text::Time;
use hakiki_messages::{Language, text};
use hakiki_note::{Hash, sha256};
use hakiki_portal::{Snapshot, every_page};
use night::{Night, crawl};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Sessions beside those with a meaning: enough for a second page.
const MORE_SESSIONS: u32 = 120;

struct Dispute {
    night: Night,
    snapshot: Snapshot,
    form: u64,
    photograph: Hash,
}

static DISPUTE: LazyLock<Dispute> = LazyLock::new(dispute);

fn name(of: &str) -> String {
    format!("mfano.example/k/{of}")
}

/// Appends a record of a kind with these lines, parted by ` / `, signed by these keys.
#[track_caller]
fn say(night: &mut Night, kind: &str, lines: &str, signers: &[&str]) -> Hash {
    let (note, id) = night.fixture.said(kind, lines, signers);
    night.append(Record::parse(note.as_bytes()).unwrap());
    id
}

fn note(night: &mut Night, sequence: u32, previous: Hash, more: &str) -> Hash {
    let lines = format!("sequence {sequence} / previous {previous} / at 2031-03-04T19:00:00+03:00 / {more}");
    say(night, "observed", &lines, &["host-1"])
}

fn machines(night: &mut Night) {
    let quorum = ["custodian-1", "custodian-2"];
    let (good, other, settings) = (sha256(b"good"), sha256(b"other"), sha256(b"settings"));
    let lines =
        format!("component node / version 1.0 / program {good} / configuration {settings} / reason first");
    say(night, "software", &lines, &quorum);
    let first = note(night, 1, Hash([0; 32]), &format!("event program / subject node / value {good}"));
    let second = note(night, 2, first, &format!("event configuration / subject node / value {settings}"));
    // Numbers 3 to 6 never come; then another program runs.
    let gap = note(night, 7, Hash([0; 32]), &format!("event program / subject node / value {other}"));
    assert_ne!(second, gap);
    note(night, 8, gap, "event login / subject unregistered / origin elsewhere");
}

fn sessions(night: &mut Night) {
    let begin = |person: &str, at: &str, more: &str| {
        let (person, machine) = (name(person), name("host-1"));
        format!(
            "action begin / person {person} / machine {machine} / at 2031-03-04T{at}+03:00{more} / reason update"
        )
    };
    say(night, "session", &begin("vendor-1", "23:40:00", ""), &["vendor-1"]);
    let lines = begin("administrator-1", "18:00:00", " / ticket T-7");
    let begun = say(night, "session", &lines, &["administrator-1", "observer"]);
    let (person, machine) = (name("administrator-1"), name("host-1"));
    let end = format!(
        "action end / person {person} / machine {machine} / at 2031-03-04T18:30:00+03:00 / session {begun} / reason done"
    );
    say(night, "session", &end, &["administrator-1"]);
    for number in 0..MORE_SESSIONS {
        let at = format!("{:02}:{:02}:{:02}", 10 + number / 60, number % 60, 0);
        let lines = begin("administrator-2", &at, &format!(" / ticket T-{number}"));
        say(night, "session", &lines, &["administrator-2", "observer"]);
    }
}

fn custody(night: &mut Night) {
    let pass = |items: &str, more: &str, from: &str, to: &str, at: &str| {
        let (from, to) = (name(from), name(to));
        format!("{items}{more} / from {from} / to {to} / at 2031-03-03T{at}:00+03:00 / reason delivery")
    };
    let (one, two) = ("storekeeper-1", "storekeeper-2");
    say(night, "custody", &pass("item kit K-7", "", one, one, "08:00"), &[one]);
    let lines = pass("item kit K-7", " / station s000001", one, "presiding-s000001", "09:00");
    say(night, "custody", &lines, &[one, "presiding-s000001"]);
    // It is with the presiding officer; the storekeeper gives it once more.
    say(night, "custody", &pass("item kit K-7", "", one, two, "10:00"), &[one, two]);
    let book = pass("item form-book B.1", " / serials A100 A199 / station s000000", one, one, "08:00");
    say(night, "custody", &book, &[one]);
}

fn dispute() -> Dispute {
    let fixture = Fixture::new(&Setting { stations: 4, counties: 2, hosts: 2, ..Setting::default() });
    let ledger = fixture.ledger();
    let entries = fixture.records.iter().map(|record| record.note().as_bytes().to_vec()).collect();
    let mut night = Night { fixture, ledger, entries, blobs: BTreeSet::new(), outlines: None };
    machines(&mut night);
    sessions(&mut night);
    custody(&mut night);
    let id = night.form(0, [212, 180, 31], 3);
    let form = night.ledger.place_of(&id).unwrap();
    let photograph = sha256(b"a photograph");
    let taken = Time::parse("2031-03-04T19:02:00+03:00").unwrap();
    let image = Image { of: id, shows: Shows::Original, page: photograph, agents_table: None, taken };
    let image = night.fixture.sign(image, &[&key("kit-s000000")]);
    night.append(image);
    let lines = format!("blob sha256:{photograph} / by high-court / reason privacy");
    say(&mut night, "withhold", &lines, &["custodian-1", "custodian-2"]);
    let lines = format!("record {id} / box valid / reason other-at-the-door");
    let doubt = say(&mut night, "challenge", &lines, &["agent-bridge-s000000"]);
    say(&mut night, "answer", &format!("challenge {doubt} / reason looked-again"), &["commissioner-1"]);
    let asked = say(&mut night, "scrutiny", "says asked / number 3 / reason petition", &["registrar"]);
    let lines = format!("says refused / question {asked} / reason sealed");
    say(&mut night, "scrutiny", &lines, &["registrar"]);
    let snapshot = night.snapshot();
    Dispute { night, snapshot, form, photograph }
}

fn page(address: &str) -> String {
    let page = DISPUTE.night.page(&DISPUTE.snapshot, address);
    assert_eq!(page.status, 200, "{address}");
    String::from_utf8(page.body).unwrap()
}

#[test]
fn every_page_of_the_servers_is_named_whole_and_reached_by_links() {
    let (night, snapshot) = (&DISPUTE.night, &DISPUTE.snapshot);
    let crawled = crawl(night, snapshot);
    let named: BTreeSet<String> = every_page(&night.site(snapshot)).collect();
    for (address, page) in &crawled {
        assert_eq!(page.status, 200, "{address}");
        assert!(named.contains(address), "{address} is linked and not named");
        if page.content_type.starts_with("text/html") {
            let html = String::from_utf8_lossy(&page.body);
            assert_eq!(markup::complaint(&html), None, "{address}");
            assert!(!html.contains("[a word is missing here]"), "{address}");
        }
    }
    for list in [
        "servers",
        "sessions",
        "sessions/page/2",
        "logins",
        "software",
        "custody",
        "doubts",
        "scrutiny",
        "withheld",
        "sign",
    ] {
        for language in Language::ALL {
            let address = format!("/{language}/{list}/");
            assert!(crawled.contains_key(&address) && named.contains(&address), "{address}");
            let html = page(&address);
            assert!(html.matches("<tr>").count() <= 110, "{address} has too many rows");
        }
    }
    assert!(named.contains("/en/custody/kit/K-7/") && named.contains("/sw/custody/form-book/B.1/"));
    for address in ["/en/custody/kit/none/", "/en/custody/spoon/K-7/", "/en/custody/box/K-7/"] {
        assert_eq!(night.page(snapshot, address).status, 404, "{address}");
    }
}

#[test]
fn a_machine_says_what_it_ran_and_what_was_authorised() {
    let html = page("/en/servers/");
    let other = &sha256(b"other").to_string()[..16];
    let good = &sha256(b"good").to_string()[..16];
    assert!(html.contains(text(Language::English, "recorder.what")));
    assert!(html.contains(other) && html.contains(good), "what ran, and what was authorised");
    assert!(html.contains("findings/F502/") && html.contains(text(Language::English, "servers.same")));
    // 3 to 6 are missing; 121 sessions have not ended.
    assert!(html.contains("<b>4</b>") && html.contains("<b>121</b>"), "{html}");
    assert!(html.contains(text(Language::English, "servers.no_note")), "the second machine noted nothing");
    let software = page("/en/software/");
    assert!(software.contains("1.0") && software.contains("custodian-2") && software.contains(other));
}

#[test]
fn a_machine_has_a_page_with_what_it_said_and_what_people_say_of_it() {
    let night = &DISPUTE.night;
    let hash = key("host-1").verifier().key().hash();
    let address = format!("/en/servers/{hash}/");
    assert!(page("/en/servers/").contains(&format!("servers/{hash}/")), "linked from the list");
    let html = page(&address);
    assert!(html.contains(text(Language::English, "recorder.what")));
    // Numbers 3 to 6 are missing; a program differs; a login is not covered; 122 sessions, 20 of them here.
    assert!(html.contains(text(Language::English, "servers.machine.gaps_caption")));
    assert!(html.contains("findings/F502/") && html.contains("findings/F501/"));
    assert!(html.contains(text(Language::English, "page.value_word.unregistered")));
    assert!(html.contains("20 of 122"), "{html}");
    let silent = page(&format!("/sw/servers/{}/", key("host-2").verifier().key().hash()));
    assert!(silent.contains(text(Language::Swahili, "servers.machine.no_notes")));
    for none in ["nobody", &sha256(b"nobody").to_string(), &name("host-1")] {
        assert_eq!(night.page(&DISPUTE.snapshot, &format!("/en/servers/{none}/")).status, 404, "{none}");
    }
}

#[test]
fn sessions_and_logins_stand_with_what_they_lack() {
    let (first, second) = (page("/en/sessions/"), page("/en/sessions/page/2/"));
    assert!(!first.contains("vendor-1") && second.contains("vendor-1"), "newest first");
    assert!(second.contains(text(Language::English, "page.value_word.no_ticket")));
    assert!(second.contains("T-7") && second.contains("observer") && second.contains("18:30"));
    let logins = page("/en/logins/");
    assert!(
        logins.contains("findings/F501/")
            && logins.contains(text(Language::English, "record.word.elsewhere"))
    );
    for code in ["F501", "F502"] {
        assert!(page("/en/").contains(&format!("findings/{code}/")), "{code} stands on the first page");
    }
    assert!(page("/en/").contains("servers/\""), "and the way to the servers");
}

#[test]
fn an_item_has_its_way_and_a_label() {
    let html = page("/en/custody/kit/K-7/");
    assert!(html.contains("findings/F503/") && html.contains("storekeeper-2"));
    assert!(html.contains("presiding-s000001") && html.contains("station/president/s000001/"));
    assert!(
        html.contains("https://log.mfano.example/en/custody/kit/K-7/") && html.contains("data:image/png")
    );
    let items = page("/en/custody/");
    assert!(items.contains("A100–A199") && items.contains("custody/form-book/B.1/"));
}

#[test]
fn doubts_and_what_is_withheld_stand_where_they_belong() {
    let record = page(&format!("/en/record/{}/", DISPUTE.form));
    let station = page("/en/station/president/s000000/");
    let here = text(Language::English, "servers.doubts.here");
    assert!(record.contains(here) && station.contains(here));
    assert!(record.contains("other-at-the-door") && page("/en/doubts/").contains("looked-again"));
    assert!(!page("/en/record/0/").contains(here));
    assert!(station.contains("withheld by high-court") && !station.contains(&DISPUTE.photograph.to_string()));
    assert!(page("/en/withheld/").contains("high-court"));
    let scrutiny = page("/en/scrutiny/");
    assert!(scrutiny.contains("petition") && scrutiny.contains("sealed"));
}

/// The head of before knows nothing of what came after it.
#[test]
fn an_older_head_shows_what_it_knew() {
    let night = &DISPUTE.night;
    let fixture = Fixture::new(&Setting { stations: 4, counties: 2, hosts: 2, ..Setting::default() });
    let mut head = night.head(&[], &[]);
    head.size = fixture.records.len() as u64;
    let snapshot = Snapshot::new(&night.ledger, head);
    for (list, none) in [
        ("sessions", "servers.sessions.none"),
        ("logins", "servers.logins.none"),
        ("software", "servers.software.none"),
        ("custody", "servers.custody.none"),
        ("doubts", "servers.doubts.none"),
        ("scrutiny", "servers.scrutiny.none"),
        ("withheld", "servers.withheld.none"),
    ] {
        let html = night.text(&snapshot, &format!("/en/{list}/"));
        assert!(html.contains(text(Language::English, none)), "{list}");
    }
    assert_eq!(night.page(&snapshot, "/en/custody/kit/K-7/").status, 404);
}

#[test]
fn the_page_that_signs_says_what_does_the_same_without_it() {
    for language in Language::ALL {
        let html = page(&format!("/{language}/sign/"));
        assert!(html.contains("type=\"module\"") && html.contains("data-pending=\"../../pending\""));
        assert!(html.contains(&format!("data-fingerprint=\"{}\"", DISPUTE.night.fixture.fingerprint)));
        assert!(html.contains("hakiki sign --pending") && html.contains("hakiki keygen"));
        assert!(html.contains(text(language, "servers.sign.no_script")));
    }
}
