//! `vectors/conduct.json`: every play of this folder as one log. Run with `UPDATE_VECTORS=1` to write it anew.

use crate::play::Play;
use crate::vector_file;
use crate::{custody, machines, questions, sessions};
use hakiki_core::view::{
    findings, prospect_text::prospect_text, results::results_text, standing_text::standing_text,
};
use serde_json::{Map, Value, json};

#[test]
fn the_vectors_of_conduct_are_what_this_code_makes() {
    let mut play = Play::new();
    sessions::act(&mut play);
    let middle = play.size();
    machines::act(&mut play);
    questions::act(&mut play);
    custody::act(&mut play);
    let ledger = &play.ledger;
    let stations = ledger.register().stations();
    let found = findings(ledger, ledger.size()).into_iter().map(|finding| {
        let station = finding.station.map(|station| stations[station as usize].code.to_string());
        json!({ "code": finding.code.as_str(), "place": finding.place, "station": station })
    });
    let found: Vec<Value> = found.collect();
    for code in ["F204", "F208", "F501", "F502", "F503"] {
        assert!(found.iter().any(|finding| finding["code"] == code), "the vectors show {code}");
    }
    let text = |bytes: &[u8]| Value::from(String::from_utf8(bytes.to_vec()).unwrap());
    let tables: Map<String, Value> =
        play.fixture.tables.iter().map(|(hash, bytes)| (hash.to_string(), text(bytes))).collect();
    let sizes = [middle, ledger.size()];
    let of_sizes = |made: &dyn Fn(u64) -> String| -> Map<String, Value> {
        sizes.iter().map(|size| (size.to_string(), Value::from(made(*size)))).collect()
    };
    let about = "a log of an election that admits the kinds of conduct: good and hostile records of each rule, what \
                 admission says of each, its tables by SHA-256, the findings, and results and standing as of some sizes";
    let value = json!({
        "about": about, "fingerprint": play.fixture.fingerprint.to_string(), "entries": play.entries,
        "tables": tables, "findings": found,
        "results": of_sizes(&|size| results_text(ledger, size)),
        "standing": of_sizes(&|size| standing_text(ledger, size)),
        "prospect": of_sizes(&|size| prospect_text(ledger, size)),
    });
    vector_file::check("conduct.json", &value);
}
