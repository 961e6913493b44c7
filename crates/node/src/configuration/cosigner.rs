//! Where witnesses and mirrors are reached: `NAME=URL`, or `[[witness]] name=, url=` in the file.
//!
//! Whether a name is one of the election's policy is for the start to say, when the ledger is there.

use super::settings;
use hakiki_note::KeyName;

/// What a list of them takes.
pub(super) const EXPECTED: &str = "NAME=URL with spaces between, in the file tables of name and url; each name once, URLs with http:// or https://";

/// A witness or mirror to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignerAddress {
    /// Its key name, as in the election's policy.
    pub name: KeyName,
    /// The URL before `/add-checkpoint`, without a final slash.
    pub url: String,
}

/// Reads pairs with spaces between; the name ends at the first `=`.
pub(super) fn read_list(text: &str) -> Option<Vec<CosignerAddress>> {
    let read = |pair: &str| {
        let (name, url) = pair.split_once('=')?;
        let url = settings::url(url).filter(|url| !url.is_empty())?;
        Some(CosignerAddress { name: KeyName::new(name).ok()?, url })
    };
    let list: Vec<CosignerAddress> = text.split_whitespace().map(read).collect::<Option<_>>()?;
    let is_new = |(at, one): (usize, &CosignerAddress)| list[..at].iter().all(|other| other.name != one.name);
    list.iter().enumerate().all(is_new).then_some(list)
}

/// The pairs of the file's tables, as flags write them.
pub(super) fn text_of_tables(key: &str, tables: &[toml::Value]) -> Result<String, String> {
    let wrong = || format!("[[{key}]] has exactly name and url, both texts without spaces");
    let pair = |value: &toml::Value| {
        let table = value.as_table().filter(|table| table.len() == 2)?;
        let text = |key: &str| table.get(key)?.as_str().filter(|text| !text.contains(char::is_whitespace));
        Some(format!("{}={}", text("name")?, text("url")?))
    };
    let pairs: Option<Vec<String>> = tables.iter().map(pair).collect();
    Ok(pairs.ok_or_else(wrong)?.join(" "))
}
