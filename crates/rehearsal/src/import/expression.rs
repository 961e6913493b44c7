//! What a mapping says where a value comes from: a column, several columns, or the word `derived`.

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::fmt;

/// One column or several, by name. Counts of several are added (and the sum is *derived*); texts are joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns(pub Vec<String>);

/// The value of `valid`: from columns, or derived as the sum of the candidates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// From the table.
    Columns(Columns),
    /// `"derived"`: the sum of the candidates' boxes.
    Derived,
}

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Columns;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column's name or a list of columns' names")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Columns, E> {
                Ok(Columns(vec![name.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Columns, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = seq.next_element()? {
                    names.push(name);
                }
                if names.is_empty() {
                    return Err(A::Error::custom("an empty list names no column; leave the key out instead"));
                }
                Ok(Columns(names))
            }
        }
        deserializer.deserialize_any(Names)
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let columns = Columns::deserialize(deserializer)?;
        let derived = columns.0.len() == 1 && columns.0[0] == "derived";
        Ok(if derived { Self::Derived } else { Self::Columns(columns) })
    }
}
