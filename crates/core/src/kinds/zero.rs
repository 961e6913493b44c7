//! `zero`: the zero report, before polls: which registers are in force, nothing counted.

use super::RecordKind;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::text::{Argument as A, Field, Lines, Writer};
use hakiki_note::Hash;
use std::collections::BTreeSet;

/// A zero report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zero {
    /// The register records in force.
    pub registers: BTreeSet<Hash>,
    /// Stations in them.
    pub stations: u64,
    /// Registered voters in them.
    pub voters: u64,
}

const SHAPE: &[Field] = &[
    Field::some("register", &[A::Id], "a register record in force: all of them stand here"),
    Field::one("stations", &[A::Place], "stations in the register"),
    Field::one("voters", &[A::Place], "registered voters in it, where it says"),
    Field::one("counted", &[A::Word(&["0"])], "forms counted so far"),
];

impl RecordKind for Zero {
    const NAME: &'static str = "zero";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "quorum";
    const EFFECT: &'static str = "freezes the registers; figures are admitted from here on";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "The quorum for `zero`: R202, R201, R204",
        "No `zero` stands: R308",
        "The `register` lines are exactly the ids of all register records admitted so far: R308",
        "`stations` and `voters` are those of the register: R308. Voters are the sum over the stations; if no station has a number, what the areas table states for the whole, else 0",
    ];
    type Prepared = ();

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let registers = lines.all("register").map(|mut a| a.id()).collect::<Result<_, _>>()?;
        Ok(Self { registers, stations: lines.one("stations").place()?, voters: lines.one("voters").place()? })
    }

    fn write(&self, w: &mut Writer) {
        for register in &self.registers {
            w.line("register", register);
        }
        w.line("stations", self.stations).line("voters", self.voters).line("counted", 0);
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<()>, Refusal> {
        context.quorum(Self::NAME)?;
        if context.ledger.zero().is_some() {
            return refuse(RefusalCode::R308, "the zero report stands already");
        }
        if self.registers != *context.ledger.registers() {
            return refuse(RefusalCode::R308, "the zero report does not name exactly the registers in force");
        }
        let stations = context.ledger.register().stations();
        let voters = context.ledger.register().voters();
        if (self.stations, self.voters) != (stations.len() as u64, voters) {
            let found = format!("{} stations and {} voters", self.stations, self.voters);
            return refuse(
                RefusalCode::R308,
                format!("{found}; the register has {} and {voters}", stations.len()),
            );
        }
        Ok(Verdict::Admitted(()))
    }

    fn apply(self, (): (), applied: &Applied, ledger: &mut Ledger) {
        ledger.set_zero(applied.place());
    }
}
