//! Tables of figures: made once, and written as a table of the page, as CSV and as JSON, so that all three say the same.
//!
//! Files hold every digit; the page rounds for reading and never the other way.

use hakiki_core::text::csv_cell;
use hakiki_messages::{Language, number, text};
use serde_json::{Value, json};

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing to say.
    None,
    /// A name or code of the source.
    Text(String),
    /// A word of ours, by its whole key.
    Word(String),
    /// A count.
    Whole(u64),
    /// A statistic without a unit.
    Real(f64),
    /// A share or a difference of shares, as a fraction.
    Share(f64),
    /// A probability.
    Chance(f64),
}

/// A table: columns by their keys below `forensics.column`, and rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// The name of its file, without an ending.
    pub name: String,
    /// The keys of its columns.
    pub columns: Vec<&'static str>,
    /// Its rows, as long as the columns.
    pub rows: Vec<Vec<Cell>>,
}

impl Cell {
    /// A share, or nothing.
    pub fn share(value: Option<f64>) -> Self {
        value.map_or(Self::None, Self::Share)
    }

    /// A statistic, or nothing.
    pub fn real(value: Option<f64>) -> Self {
        value.map_or(Self::None, Self::Real)
    }

    /// A probability, or nothing.
    pub fn chance(value: Option<f64>) -> Self {
        value.map_or(Self::None, Self::Chance)
    }

    /// Its number, where it has one.
    pub fn value(&self) -> Option<f64> {
        match self {
            Self::Whole(count) => Some(hakiki_audit::numeric::real(*count)),
            Self::Real(value) | Self::Share(value) | Self::Chance(value) => {
                Some(*value).filter(|value| value.is_finite())
            }
            Self::None | Self::Text(_) | Self::Word(_) => None,
        }
    }

    /// Whether it stands at the right edge of its column.
    pub fn is_number(&self) -> bool {
        !matches!(self, Self::None | Self::Text(_) | Self::Word(_))
    }

    /// As a reader sees it.
    pub fn shown(&self, language: Language) -> String {
        match self {
            Self::None => "–".to_owned(),
            Self::Text(text) => text.clone(),
            Self::Word(key) => text(language, key).to_owned(),
            Self::Whole(count) => number(*count),
            Self::Real(value) => rounded(*value),
            Self::Share(value) => percent(*value),
            Self::Chance(value) => chance(*value),
        }
    }

    /// As a file has it: every digit, no word translated.
    fn exact(&self) -> String {
        match self {
            Self::Text(text) => csv_cell(text).into_owned(),
            Self::Word(key) => csv_cell(short(key)).into_owned(),
            Self::Whole(count) => count.to_string(),
            Self::Real(value) | Self::Share(value) | Self::Chance(value) if value.is_finite() => {
                value.to_string()
            }
            Self::None | Self::Real(_) | Self::Share(_) | Self::Chance(_) => String::new(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::None => Value::Null,
            Self::Text(text) => json!(text),
            Self::Word(key) => json!(short(key)),
            Self::Whole(count) => json!(count),
            // A number that is none becomes null.
            Self::Real(value) | Self::Share(value) | Self::Chance(value) => json!(value),
        }
    }
}

impl Figures {
    /// A table without rows.
    pub fn new(name: impl Into<String>, columns: &[&'static str]) -> Self {
        Self { name: name.into(), columns: columns.to_vec(), rows: Vec::new() }
    }

    /// The place of a column.
    pub fn column(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| *column == key)
    }

    /// The numbers of two columns, of the rows that have both.
    pub fn points(&self, x: &str, y: &str) -> Vec<(f64, f64)> {
        let (Some(x), Some(y)) = (self.column(x), self.column(y)) else { return Vec::new() };
        self.rows.iter().filter_map(|row| Some((row[x].value()?, row[y].value()?))).collect()
    }

    /// As CSV (RFC 4180), its first row the keys of the columns.
    pub fn csv(&self) -> String {
        let mut out = self.columns.join(",");
        out.push_str("\r\n");
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(Cell::exact).collect();
            out.push_str(&cells.join(","));
            out.push_str("\r\n");
        }
        out
    }

    /// As JSON: the keys of the columns, and the rows.
    pub fn json(&self) -> Value {
        let rows: Vec<Vec<Value>> =
            self.rows.iter().map(|row| row.iter().map(Cell::json).collect()).collect();
        json!({ "columns": self.columns, "rows": rows })
    }
}

/// The last part of a key: what a file says in place of our words. Codes of findings keep themselves.
fn short(key: &str) -> &str {
    let key = key.strip_suffix(".title").unwrap_or(key);
    key.rsplit('.').next().unwrap_or(key)
}

/// Four digits that count, plain where that is short.
pub fn rounded(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = value.abs();
    let text = if size == 0.0 {
        "0".to_owned()
    } else if !(1e-4..1e15).contains(&size) {
        format!("{value:.2e}")
    } else if size >= 1000.0 {
        let sign = if value < 0.0 { "-" } else { "" };
        format!("{sign}{}", number(hakiki_audit::numeric::whole_below(size.round())))
    } else {
        let digits = if size >= 100.0 {
            1
        } else if size >= 10.0 {
            2
        } else {
            3
        };
        format!("{value:.digits$}")
    };
    text.replace('-', "−")
}

/// A fraction in per cent, with two decimals.
pub fn percent(value: f64) -> String {
    if value.is_finite() {
        format!("{:.2}\u{a0}%", 100.0 * value).replace('-', "−")
    } else {
        "–".to_owned()
    }
}

/// A probability: three decimals, and below one in a thousand that it is.
fn chance(value: f64) -> String {
    match value {
        _ if !value.is_finite() => "–".to_owned(),
        _ if value < 0.001 => "< 0.001".to_owned(),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_every_digit_and_no_formula() {
        let mut figures = Figures::new("t", &["area", "p"]);
        figures.rows.push(vec![Cell::Text("=1+1, \"x\"".into()), Cell::Chance(1.0 / 3.0)]);
        figures.rows.push(vec![Cell::Word("forensics.word.too_few".into()), Cell::Real(f64::NAN)]);
        assert_eq!(figures.csv(), "area,p\r\n\"'=1+1, \"\"x\"\"\",0.3333333333333333\r\ntoo_few,\r\n");
        let json = figures.json();
        assert_eq!(json["rows"][0][1], 1.0 / 3.0);
        assert_eq!(json["rows"][1], json!(["too_few", null]));
    }

    #[test]
    fn numbers_are_rounded_for_reading() {
        for (value, shown) in [
            (0.0, "0"),
            (1.23456, "1.235"),
            (-12.3456, "−12.35"),
            (462.17, "462.2"),
            (1708.6, "1,709"),
            (-10_970_000.2, "−10,970,000"),
            (3e-9, "3.00e−9"),
            (f64::INFINITY, "–"),
        ] {
            assert_eq!(rounded(value), shown);
        }
        let shown = |cell: Cell| cell.shown(Language::English);
        assert_eq!(shown(Cell::Chance(5e-13)), "< 0.001");
        assert_eq!(shown(Cell::Share(-0.0012)), "−0.12\u{a0}%");
        assert_eq!(shown(Cell::Whole(46_229)), "46,229");
    }
}
