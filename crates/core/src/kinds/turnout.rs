//! `turnout`: voters verified at a station, by device and by manual register.

use super::RecordKind;
use crate::codes::Refusal;
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::roster::Role;
use crate::text::{Argument as A, Field, Lines, Writer};

/// A turnout record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turnout {
    /// Station.
    pub station: String,
    /// Voters verified by the device.
    pub device: u32,
    /// Voters verified by the manual register.
    pub manual: u32,
    /// Whether that is all.
    pub is_final: bool,
}

const SHAPE: &[Field] = &[
    Field::one("station", &[A::Code], "station"),
    Field::one("device", &[A::Number], "voters verified by the device"),
    Field::one("manual", &[A::Number], "voters verified by the manual register"),
    Field::one("final", &[A::Word(&["no", "yes"])], "whether that is all"),
];

impl RecordKind for Turnout {
    const NAME: &'static str = "turnout";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "the kit and the presiding officer of the station";
    const EFFECT: &'static str = "the last final one bounds the station's votes: F104, W115";
    const LAW: &'static str =
        "Elections (General) Regulations 2012, reg. 83(1)(c); turnout is device and manual register together";
    const ASKS: &'static [&'static str] = &[
        "`zero` stands: R303; the station is in the register: R306",
        "The signers at the station: exactly one `kit`, exactly one `presiding`, any number of `deputy`: R202, R203, R204. If one of them is revoked, the record is held and bounds nothing",
    ];
    type Prepared = u32;

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        Ok(Self {
            station: lines.one("station").word()?.to_owned(),
            device: lines.one("device").number()?,
            manual: lines.one("manual").number()?,
            is_final: lines.one("final").word()? == "yes",
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("station", &self.station).line("device", self.device).line("manual", self.manual);
        w.line("final", if self.is_final { "yes" } else { "no" });
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<u32>, Refusal> {
        context.after_zero()?;
        let station = context.station(&self.station)?;
        let signers = context.station_signers(station, &[Role::Kit, Role::Presiding], &[Role::Deputy])?;
        Ok(signers.verdict(station))
    }

    fn apply(self, station: u32, applied: &Applied, ledger: &mut Ledger) {
        if !applied.is_held() {
            let verified = u64::from(self.device) + u64::from(self.manual);
            ledger.note_turnout(applied.place(), station, verified, self.is_final);
        }
    }
}
