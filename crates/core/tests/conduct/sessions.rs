//! Sessions: who begins and ends one, who countersigns, and what is found where something lacks. F501.

use crate::play::{Play, name};
use hakiki_note::Hash;

pub fn begin(person: &str, machine: &str, at: &str, ticket: &str) -> String {
    let ticket = if ticket.is_empty() { String::new() } else { format!(" / ticket {ticket}") };
    let (person, machine) = (name(person), name(machine));
    format!(
        "action begin / person {person} / machine {machine} / at 2031-03-04T{at}:00+03:00{ticket} / reason update"
    )
}

pub fn end(person: &str, machine: &str, at: &str, session: &Hash) -> String {
    let (person, machine) = (name(person), name(machine));
    format!(
        "action end / person {person} / machine {machine} / at 2031-03-04T{at}:00+03:00 / session {session} / reason done"
    )
}

pub fn act(play: &mut Play) {
    beginnings(play);
    endings(play);
}

fn beginnings(play: &mut Play) {
    let good = begin("vendor-1", "host-1", "20:00", "T-1");
    // As it is read.
    let some = Hash([7; 32]);
    play.say("session", &good.replace("begin", "start"), &["vendor-1"], "R105");
    play.say(
        "session",
        &good.replace(" / reason", &format!(" / session {some} / reason")),
        &["vendor-1"],
        "R105",
    );
    play.say("session", &good.replace("begin", "end"), &["vendor-1"], "R105");
    let with_ticket =
        good.replace("begin", "end").replace(" / reason", &format!(" / session {some} / reason"));
    play.say("session", &with_ticket, &["vendor-1"], "R105");
    play.say("session", &good.replace("ticket T-1", "ticket T 1"), &["vendor-1"], "R105");
    // The person: in the roster, of a privileged role, and one of the signers.
    play.say("session", &begin("nobody", "host-1", "20:00", "T-1"), &["vendor-1"], "R201");
    play.say("session", &begin("observer", "host-1", "20:00", "T-1"), &["observer"], "R202");
    play.say("session", &begin("storekeeper-1", "host-1", "20:00", "T-1"), &["storekeeper-1"], "R202");
    play.say("session", &good, &["observer"], "R204");
    play.say("session", &good, &["vendor-2"], "R204");
    // The countersigner: one at most, of some roles.
    play.say("session", &good, &["vendor-1", "vendor-2"], "R202");
    play.say("session", &good, &["vendor-1", "host-1"], "R202");
    play.say("session", &good, &["vendor-1", "log"], "R202");
    play.say("session", &good, &["vendor-1", "observer", "administrator-1"], "R202");
    play.say("session", &good, &["vendor-1", "observer", "vendor-2"], "R202");
    let countersigners = [
        "administrator-1",
        "custodian-3",
        "commissioner-1",
        "observer",
        "agent-bridge-s000000",
        "registrar",
        "returning-c01-1",
    ];
    for (hour, countersigner) in (10..).zip(countersigners) {
        let lines = begin("vendor-1", "host-1", &format!("{hour}:00"), "T-1");
        let begun = play.say("session", &lines, &["vendor-1", countersigner], "admitted");
        let lines = end("vendor-1", "host-1", &format!("{hour}:30"), &begun);
        play.say("session", &lines, &["vendor-1"], "admitted");
    }
    // Any machine, any time; what it says once it may say again only in other words.
    let elsewhere = begin("administrator-1", "no-such-machine", "03:00", "T-2");
    let begun = play.say("session", &elsewhere, &["administrator-1", "observer"], "admitted");
    play.say("session", &elsewhere, &["administrator-1", "observer"], "R308");
    play.say(
        "session",
        &end("administrator-1", "no-such-machine", "02:00", &begun),
        &["observer"],
        "admitted",
    );
}

fn endings(play: &mut Play) {
    let good = begin("administrator-2", "host-2", "21:00", "T-3");
    let begun = play.say("session", &good, &["administrator-2", "custodian-1"], "admitted");
    let ends = |at: &str| end("administrator-2", "host-2", at, &begun);
    let form = play.fixture.signed_form(3, [10, 20, 30], 0);
    let form = play.send(&form, "admitted");
    play.say("session", &end("administrator-2", "host-2", "22:00", &form), &["administrator-2"], "R304");
    play.say(
        "session",
        &end("administrator-2", "host-2", "22:00", &Hash([9; 32])),
        &["administrator-2"],
        "R304",
    );
    play.say("session", &end("administrator-1", "host-2", "22:00", &begun), &["administrator-1"], "R308");
    play.say("session", &end("administrator-2", "host-1", "22:00", &begun), &["administrator-2"], "R308");
    play.say("session", &ends("22:00"), &["vendor-1"], "R202");
    play.say("session", &ends("22:00"), &["administrator-2", "host-2"], "R202");
    play.say("session", &ends("22:00"), &["administrator-2", "observer", "registrar"], "R202");
    play.say("session", &ends("22:00"), &["observer", "registrar"], "R202");
    let ended = play.say("session", &ends("22:00"), &["administrator-2", "observer"], "admitted");
    play.say("session", &ends("22:01"), &["administrator-2"], "R308");
    play.say("session", &end("administrator-2", "host-2", "23:00", &ended), &["administrator-2"], "R304");
    // A key that is gone begins and countersigns nothing; another may end what it began.
    let left = begin("vendor-2", "host-2", "22:10", "");
    let left = play.say("session", &left, &["vendor-2"], "admitted");
    play.revoke("vendor-2");
    play.say("session", &begin("vendor-2", "host-2", "22:20", "T-4"), &["vendor-2", "observer"], "R201");
    play.say("session", &begin("vendor-1", "host-2", "22:20", "T-4"), &["vendor-1", "vendor-2"], "R202");
    play.say("session", &end("vendor-2", "host-2", "22:30", &left), &["vendor-2"], "R201");
    play.say("session", &end("vendor-2", "host-2", "22:30", &left), &["vendor-2", "observer"], "R201");
    play.say("session", &end("vendor-2", "host-2", "22:30", &left), &["administrator-1"], "admitted");
}

#[test]
fn sessions_are_listed_with_who_countersigned_and_how_they_ended() {
    let mut play = Play::new();
    act(&mut play);
    let sessions = play.ledger.sessions();
    assert_eq!(sessions.len(), 7 + 1 + 1 + 1);
    assert!(sessions.iter().all(|session| session.end.is_some()));
    let of = |key| play.ledger.roster().key(key).name.as_str();
    assert_eq!(sessions[3].countersigner.map(of), Some("mfano.example/k/observer"));
    let last = sessions.last().unwrap();
    assert_eq!(
        (of(last.person), last.countersigner, &last.ticket),
        ("mfano.example/k/vendor-2", None, &None)
    );
    let end = last.end.as_ref().unwrap();
    assert_eq!(of(end.keys[0]), "mfano.example/k/administrator-1");
    // Before its end stood in the log it had none.
    assert!(last.end_as_of(end.place).is_none() && last.end_as_of(end.place + 1).is_some());
}

#[test]
fn a_session_lacks_a_countersigner_a_ticket_or_an_end() {
    let mut play = Play::new();
    let whole = begin("vendor-1", "host-1", "20:00", "T-1");
    let whole = play.say("session", &whole, &["vendor-1", "observer"], "admitted");
    assert_eq!(play.found("F501").len(), 1, "it is open as of here");
    play.say("session", &end("vendor-1", "host-1", "20:30", &whole), &["vendor-1"], "admitted");
    assert_eq!(play.found("F501"), []);
    let lacking = play.say("session", &begin("vendor-2", "host-2", "21:00", ""), &["vendor-2"], "admitted");
    let place = play.place(&lacking);
    let rest = "person=mfano.example/k/vendor-2 machine=mfano.example/k/host-2";
    let all = ["no-countersigner", "no-ticket", "open"].map(|what| (place, format!("what={what} {rest}")));
    assert_eq!(play.found("F501"), all);
    play.say("session", &end("vendor-2", "host-2", "21:30", &lacking), &["vendor-2", "observer"], "admitted");
    // Who countersigns the end did not countersign the beginning; and as of a place before the end it is open still.
    assert_eq!(play.found("F501"), all[..2]);
    assert_eq!(play.found_as_of("F501", place + 1), all);
    assert_eq!(play.found_as_of("F501", place), Vec::new());
}
