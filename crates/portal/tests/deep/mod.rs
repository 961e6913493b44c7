//! A night over five levels of areas, in a log with witnesses, whose heads come into the log.

use crate::night::{Night, before_polls_in, rows};
use hakiki_core::establish::AreaRow;
use hakiki_core::fixture::{Rivals, add_rivals, log_key, witness_key};
use hakiki_core::kinds::HeadRecord;
use hakiki_tlog::Origin;
use hakiki_tlog::checkpoint::{Checkpoint, VerifiedCheckpoint};
use hakiki_tlog::cosignature::CosigningKey;

/// Witnessed time of the first head, in seconds since 1970: 4 March 2031, 20:00 in the election's zone.
const FIRST_HEAD_SECONDS: u64 = 1_930_410_000;
/// Between two witnessed heads.
const HEAD_INTERVAL_S: u64 = 1800;

/// The night: twelve forms, a witnessed head after every third.
pub fn deep_night() -> Night {
    let mut night = before_polls_in(deep_rows(), |election| {
        election.levels =
            (0..).zip(["nation", "county", "constituency", "ward", "centre"].map(Into::into)).collect();
        add_rivals(election, &Rivals::default());
    });
    for station in 0..12 {
        night.form(station, [200, 150, 10 + u32::try_from(station).unwrap()], 1);
        if station % 3 == 2 {
            witness(&mut night, FIRST_HEAD_SECONDS + HEAD_INTERVAL_S * (station as u64 / 3));
        }
    }
    night
}

/// The same country with wards and registration centres below the constituencies.
fn deep_rows() -> crate::night::Rows {
    let (mut areas, mut stations, candidates) = rows();
    let constituencies: Vec<String> =
        areas.iter().filter(|area| area.level == "constituency").map(|area| area.code.clone()).collect();
    for constituency in constituencies {
        let (ward, centre) = (format!("{constituency}-w1"), format!("{constituency}-w1-k1"));
        let area = |code: &str, level: &str, parent: &str| AreaRow {
            code: code.into(),
            level: level.into(),
            parent: Some(parent.into()),
            name: format!("{level} of {constituency}"),
            voters: None,
        };
        areas.push(area(&ward, "ward", &constituency));
        areas.push(area(&centre, "centre", &ward));
        for station in stations.iter_mut().filter(|station| station.area == constituency) {
            station.area.clone_from(&centre);
        }
    }
    (areas, stations, candidates)
}

/// The head of now, witnessed by all at a time, comes into the log.
fn witness(night: &mut Night, unix_seconds: u64) {
    let origin = Origin::new(log_key().name().as_str()).unwrap();
    let text = Checkpoint::new(origin, night.tree_head()).sign(&log_key()).unwrap();
    let checkpoint = VerifiedCheckpoint::open(text.as_bytes(), log_key().verifier()).unwrap();
    let cosign = |number| {
        let key = CosigningKey::Ed25519(witness_key(number));
        let line = key.cosign(&checkpoint, unix_seconds).unwrap();
        (line.name, line.signature)
    };
    let mut cosignatures: Vec<_> = (1..=5).map(cosign).collect();
    cosignatures.sort();
    let log_signature = checkpoint.note().signatures[0].signature.as_slice().try_into().unwrap();
    let body = HeadRecord { head: checkpoint.head(), log_signature, cosignatures };
    let record = night.fixture.sign(body, &[&log_key()]);
    night.append(record);
}
