//! Files: bounds, the one way to write them, other elections, pages.

use crate::world::{World, signed};
use hakiki_evidence::{Claim, EVIDENCE_MAX_BYTES, Evidence, EvidenceCode as Code, PolicyAndKeys, page};
use hakiki_messages::{Language, MISSING};
use hakiki_note::sha256;

fn fork(world: &World) -> Evidence {
    let heads = [World::tree(9, 9), World::tree(9, 4)].map(|tree| signed(tree.head(), &[0, 1]).to_text());
    world.evidence(Claim::Roots { heads })
}

fn refused(text: &str) -> Code {
    Evidence::parse(text.as_bytes()).unwrap_err().code
}

#[test]
fn there_is_one_way_to_write_a_file() {
    let text = fork(&World::new()).to_text();
    assert_eq!(refused(&text.replace("kind fork-roots", "kind fork")), Code::E102);
    assert_eq!(refused(&text.replace("@v1", "@v2")), Code::E102);
    assert_eq!(refused(&format!("{text}\n")), Code::E102);
    assert_eq!(refused(&format!("{text}head aaaa\n")), Code::E102);
    assert_eq!(refused(text.trim_end()), Code::E102);
    assert_eq!(refused(&text.replace("head ", "head  ")), Code::E102);
    assert_eq!(refused(""), Code::E102);
    assert_eq!(refused(&"x".repeat(EVIDENCE_MAX_BYTES + 1)), Code::E101);
    let place = "hakiki/evidence@v1\nkind fork-leaves\n".to_owned()
        + &text.lines().skip(2).take(2).flat_map(|line| [line, "\n"]).collect::<String>();
    let leaves = |number: &str| {
        let side = format!("head aGk=\nleaf {}\n", sha256(b"x"));
        format!("{place}place {number}\n{side}{side}")
    };
    assert!(Evidence::parse(leaves("7").as_bytes()).is_ok());
    assert_eq!(refused(&leaves("07")), Code::E103);
    assert_eq!(refused(&leaves("+7")), Code::E103);
    assert_eq!(refused(&leaves("-7")), Code::E102);
}

#[test]
fn every_cut_and_every_flipped_bit_is_refused_or_shows_no_more() {
    let world = World::new();
    let evidence = fork(&world);
    let finding = evidence.check(&world.trust).unwrap();
    let text = evidence.to_text();
    for cut in (0..text.len()).step_by(7) {
        assert!(Evidence::parse(&text.as_bytes()[..cut]).is_err(), "cut at {cut}");
    }
    for at in (0..text.len()).step_by(3) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        let Ok(other) = Evidence::parse(&bytes) else { continue };
        let Ok(shown) = other.check(&world.trust) else { continue };
        // Only a cosignature can be lost, and with it strength.
        assert!(shown.grade >= finding.grade && shown.what == finding.what, "byte {at}");
    }
}

#[test]
fn evidence_is_of_one_election_and_against_one_key() {
    let world = World::new();
    let evidence = fork(&world);
    let other = Evidence { election: sha256(b"other"), ..evidence.clone() };
    assert_eq!(other.check(&world.trust).unwrap_err().code, Code::E201);
    let other = Evidence { log: crate::world::intake(0).verifier().clone(), ..evidence };
    assert_eq!(other.check(&world.trust).unwrap_err().code, Code::E201);
    let record = world.fixture.records[0].note().as_bytes();
    let fingerprint = &world.fixture.fingerprint;
    let other = sha256(b"other");
    let code = |record: &[u8], of| PolicyAndKeys::of_election(record, of).unwrap_err().code;
    assert_eq!(code(record, &other), Code::E205);
    assert_eq!(code(b"nothing", fingerprint), Code::E205);
    let register = &world.fixture.records[1];
    assert_eq!(code(register.note().as_bytes(), register.id()), Code::E205);
    let ledger = world.fixture.ledger();
    assert_eq!(PolicyAndKeys::of_ledger(&ledger), world.trust);
}

#[test]
fn a_page_says_it_in_both_languages_and_holds_the_file() {
    let world = World::new();
    let evidence = fork(&world);
    let finding = evidence.check(&world.trust).unwrap();
    let page = page(&evidence, &finding);
    for language in Language::ALL {
        assert!(page.contains(&format!("lang=\"{}\"", language.tag())));
        let text = finding.text(language);
        assert!(!text.contains(MISSING) && !text.contains('{'), "{text}");
        for line in text.lines().map(|line| line.trim_start_matches("- ")) {
            assert!(page.contains(&line.replace('"', "&quot;")), "{line}");
        }
    }
    assert!(page.contains(&evidence.to_text()) && page.contains(&world.trust.election.to_string()));
    assert!(!page.contains("<script") && !page.contains("http"), "the page is self-contained");
    for code in Code::ALL {
        let error = hakiki_evidence::EvidenceError { code: *code, detail: "x".into() };
        for language in Language::ALL {
            assert!(!error.text(language).contains(MISSING), "{code}");
        }
    }
}
