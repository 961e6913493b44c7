//! What machines note, in their order; logins against sessions; programs against what is authorised. F501, F502.

use crate::play::{Play, name};
use crate::sessions::{begin, end};
use hakiki_note::{Hash, sha256};

/// An observation's lines; `more` are those behind `at`.
pub fn noted(sequence: u32, previous: &Hash, at: &str, more: &str) -> String {
    format!("sequence {sequence} / previous {previous} / at 2031-03-04T{at}:00+03:00 / {more}")
}

const NONE: Hash = Hash([0; 32]);
const QUORUM: &[&str] = &["custodian-1", "custodian-2"];

fn login(who: &str) -> String {
    format!("event login / subject {} / origin inside", name(who))
}

fn program(component: &str, bytes: &str) -> String {
    format!("event program / subject {component} / value {}", sha256(bytes.as_bytes()))
}

pub fn act(play: &mut Play) {
    lines(play);
    order(play);
    logins(play);
    programs(play);
}

/// What an event needs, and what it may not have.
fn lines(play: &mut Play) {
    let value = sha256(b"seen");
    let refused = [
        "event reboot".to_owned(),
        "event login / origin inside".into(),
        "event logout".into(),
        "event sudo".into(),
        "event package".into(),
        "event service-start".into(),
        "event service-stop".into(),
        "event program / subject node".into(),
        format!("event program / value {value}"),
        "event configuration / subject node".into(),
        "event dependencies / subject node".into(),
        "event file / subject etc".into(),
        format!("event file / value {value}"),
        "event quote / subject boot".into(),
        "event boot / origin inside".into(),
        "event logout / subject unregistered / origin elsewhere".into(),
        "event login / subject unregistered / origin nowhere".into(),
        "event clock".into(),
        "event clock / moved ahead".into(),
        "event clock / moved sideways 5".into(),
        "event boot / moved ahead 5".into(),
        format!("event file / subject {} / value {value}", name("vendor-1")),
        "event package / subject lib/one".into(),
        "event package / subject a+b".into(),
        format!("event boot / value sha256:{value}"),
        format!("event boot / details sha256:{value}"),
    ];
    for more in refused {
        play.say("observed", &noted(1, &NONE, "18:00", &more), &["host-1"], "R105");
    }
    play.say("observed", &noted(0, &NONE, "18:00", "event boot"), &["host-1"], "R105");
    let good = noted(1, &NONE, "18:00", "event boot");
    play.say("observed", &good, &["host-1", "host-2"], "R202");
    play.say("observed", &good, &["administrator-1"], "R202");
    play.say("observed", &good, &["log"], "R202");
    let admitted = [
        "event boot".to_owned(),
        format!("event boot / subject cold / value {value} / details {value}"),
        "event gap".into(),
        "event clock / moved back 0".into(),
        "event clock / subject ntp / moved ahead 999999999".into(),
        format!("event file / subject etc.hosts / value {value}"),
        format!("event quote / subject boot / value {value}"),
        "event package / subject openssl-3.5".into(),
        "event service-start / subject node".into(),
        "event service-stop / subject node".into(),
        "event logout / subject unregistered".into(),
        format!("event logout / subject {}", name("vendor-1")),
    ];
    let mut last = NONE;
    for (sequence, more) in (1..).zip(admitted) {
        last = play.say("observed", &noted(sequence, &last, "18:00", &more), &["host-1"], "admitted");
    }
}

/// The numbers of a host, and what each says of the one before.
fn order(play: &mut Play) {
    let first = noted(1, &NONE, "18:00", "event boot");
    play.say("observed", &noted(1, &Hash([1; 32]), "18:00", "event boot"), &["host-2"], "R308");
    let first = play.say("observed", &first, &["host-2"], "admitted");
    play.say("observed", &noted(1, &NONE, "18:01", "event boot"), &["host-2"], "R308");
    play.say("observed", &noted(2, &NONE, "18:01", "event boot"), &["host-2"], "R308");
    let second = play.say("observed", &noted(2, &first, "17:00", "event gap"), &["host-2"], "admitted");
    play.say("observed", &noted(2, &first, "18:02", "event gap"), &["host-2"], "R308");
    // A jump is admitted, whatever it says of the one before; behind it the order holds again.
    let jump = play.say("observed", &noted(9, &NONE, "18:03", "event gap"), &["host-2"], "admitted");
    play.say("observed", &noted(5, &second, "18:03", "event gap"), &["host-2"], "R308");
    play.say("observed", &noted(10, &second, "18:04", "event gap"), &["host-2"], "R308");
    play.say("observed", &noted(10, &jump, "18:04", "event gap"), &["host-2"], "admitted");
    play.say("observed", &noted(999_999_999, &jump, "18:05", "event gap"), &["host-2"], "admitted");
    play.revoke("host-2");
    play.say("observed", &noted(2, &first, "18:06", "event boot"), &["host-2"], "R201");
}

/// The number and id of the host's last observation: what the next one follows.
fn next(play: &Play, host: &str) -> (u32, Hash) {
    let key = play.ledger.roster().by_name(&name(host)).unwrap();
    let (sequence, id) = play.ledger.last_observation(key);
    (sequence + 1, id)
}

#[track_caller]
pub fn note(play: &mut Play, at: &str, more: &str) -> u64 {
    let (sequence, previous) = next(play, "host-1");
    let id = play.say("observed", &noted(sequence, &previous, at, more), &["host-1"], "admitted");
    play.place(&id)
}

fn logins(play: &mut Play) {
    note(play, "19:00", &login("administrator-1"));
    let lines = begin("administrator-1", "host-1", "19:10", "T-7");
    let session = play.say("session", &lines, &["administrator-1", "observer"], "admitted");
    note(play, "19:05", &login("administrator-1"));
    note(play, "19:11", &format!("event sudo / subject {}", name("administrator-1")));
    note(play, "19:12", &login("administrator-2"));
    let lines = end("administrator-1", "host-1", "19:30", &session);
    play.say("session", &lines, &["administrator-1"], "admitted");
    note(play, "19:30", &login("administrator-1"));
    note(play, "19:31", &login("administrator-1"));
    note(play, "19:40", "event login / subject unregistered / origin elsewhere");
}

pub fn software(component: &str, program: &str, more: &str) -> String {
    let program = sha256(program.as_bytes());
    format!("component {component} / version 1.2.3 / program {program}{more} / reason planned")
}

fn programs(play: &mut Play) {
    let good = software("node", "one", "");
    play.say("software", &good, &["custodian-1"], "R204");
    play.say("software", &good, &["custodian-1", "vendor-1"], "R202");
    play.say("software", &good, &["administrator-1"], "R202");
    play.say("software", &good.replace(" / version 1.2.3", ""), QUORUM, "R105");
    play.say("software", &good.replace("program ", "program sha256:"), QUORUM, "R105");
    note(play, "20:00", &program("node", "one"));
    play.say("software", &good, QUORUM, "admitted");
    note(play, "20:01", &program("node", "one"));
    note(play, "20:02", &program("node", "two"));
    note(play, "20:03", &program("mirror", "one"));
    let configuration = format!("event configuration / subject node / value {}", sha256(b"settings"));
    note(play, "20:04", &configuration);
    let more = format!(" / configuration {} / dependencies {}", sha256(b"settings"), sha256(b"list"));
    play.say("software", &software("node", "two", &more), QUORUM, "admitted");
    note(play, "20:05", &program("node", "one"));
    note(play, "20:06", &program("node", "two"));
    note(play, "20:07", &configuration);
    note(play, "20:08", &format!("event configuration / subject node / value {}", sha256(b"others")));
    note(play, "20:09", &format!("event dependencies / subject node / value {}", sha256(b"others")));
    note(play, "20:10", &format!("event file / subject node / value {}", sha256(b"others")));
    play.say("software", &software("node", "three", ""), QUORUM, "admitted");
    note(play, "20:11", &format!("event dependencies / subject node / value {}", sha256(b"others")));
}

#[test]
fn a_host_has_its_own_order_and_its_gaps_are_kept() {
    let mut play = Play::new();
    lines(&mut play);
    order(&mut play);
    let key = |host: &str| play.ledger.roster().by_name(&name(host)).unwrap();
    let hosts = play.ledger.hosts();
    assert_eq!(hosts[&key("host-1")].gaps, []);
    let gaps: Vec<(u32, u32, u64)> =
        hosts[&key("host-2")].gaps.iter().map(|gap| (gap.after, gap.before, gap.missing())).collect();
    assert_eq!(gaps, [(2, 9, 6), (10, 999_999_999, 999_999_988)]);
    assert_eq!(play.ledger.observations_of(key("host-1"), play.size()).count(), 12);
    let first = play.ledger.observations_of(key("host-2"), play.size()).next().unwrap().place;
    assert_eq!(play.ledger.observations_of(key("host-2"), first).count(), 0);
    assert_eq!(play.found("F501"), [], "a gap, a boot, a logout are no findings");
}

#[test]
fn a_login_is_covered_by_a_session_that_began_before_it_and_did_not_end_before_its_time() {
    let mut play = Play::new();
    logins(&mut play);
    let found: Vec<(u64, String)> =
        play.found("F501").into_iter().filter(|(_, what)| what.starts_with("what=login")).collect();
    let machine = "machine=mfano.example/k/host-1 event=login";
    let line = |who: &str| format!("what=login person={who} {machine}");
    let administrator = line(&name("administrator-1"));
    // No session yet; another's session; a second behind its end; nobody known. Not the one that claims to be before the
    // session which stands before it, nor the one at the very second of the end.
    let expected = [
        (5, administrator.clone()),
        (9, line(&name("administrator-2"))),
        (12, administrator),
        (13, line("unregistered")),
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_runs_is_compared_with_what_is_authorised_where_it_stands() {
    let mut play = Play::new();
    programs(&mut play);
    let found: Vec<String> = play.found("F502").into_iter().map(|(_, what)| what).collect();
    let hash = |bytes: &str| sha256(bytes.as_bytes());
    let line = |what: &str, component: &str, observed: &str, authorised: String| {
        let observed = hash(observed);
        let machine = name("host-1");
        format!(
            "what={what} component={component} observed={observed} authorised={authorised} machine={machine}"
        )
    };
    let expected = [
        line("program", "node", "one", "none".into()),
        line("program", "node", "two", hash("one").to_string()),
        line("program", "mirror", "one", "none".into()),
        line("program", "node", "one", hash("two").to_string()),
        line("configuration", "node", "others", hash("settings").to_string()),
        line("dependencies", "node", "others", hash("list").to_string()),
    ];
    assert_eq!(found, expected);
    assert_eq!(play.ledger.software()["node"].len(), 3);
    let second = play.ledger.software()["node"][1].place;
    let at = |place| play.ledger.software_at("node", place).map(|entry| entry.software.program);
    assert_eq!((at(second), at(second + 1)), (Some(hash("one")), Some(hash("two"))));
}
