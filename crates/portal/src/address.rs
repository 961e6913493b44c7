//! Addresses of pages: building and taking apart.
//!
//! Every address of a page ends with `/` and holds no query, so that a page can stand as `index.html` in a folder of that
//! name behind any file server. Codes come from registers, so they are percent-encoded; a code of nothing but dots, which
//! a browser would take for a way up, is written behind `~`, which stands in no code.

/// The bytes of a path segment or query value that stand as they are (RFC 3986, unreserved).
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// A segment or query value, percent-encoded.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.bytes().all(|byte| byte == b'.') && !text.is_empty() {
        out.push('~');
    }
    for byte in text.bytes() {
        if is_plain(byte) {
            out.push(char::from(byte));
        } else {
            let digit =
                |nibble: u8| char::from_digit(u32::from(nibble), 16).map_or('0', |c| c.to_ascii_uppercase());
            out.push('%');
            out.push(digit(byte >> 4));
            out.push(digit(byte & 15));
        }
    }
    out
}

/// A segment as its text; none where an escape is broken or gives no UTF-8.
pub(crate) fn decoded(segment: &str) -> Option<String> {
    let bare = segment.strip_prefix('~').filter(|bare| !bare.is_empty() && bare.bytes().all(|b| b == b'.'));
    percent_decoded(bare.unwrap_or(segment))
}

/// A segment with its escapes taken back and nothing else, as a file server reads it (RFC 3986, 2.1); none where an escape
/// is broken or gives no UTF-8.
pub fn percent_decoded(segment: &str) -> Option<String> {
    let mut bytes = segment.bytes();
    let mut out = Vec::with_capacity(segment.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut nibble = || char::from(bytes.next()?).to_digit(16);
        let (high, low) = (nibble()?, nibble()?);
        out.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(out).ok()
}

/// The page of a contest over all areas.
pub(crate) fn contest(contest: &str) -> String {
    format!("contest/{}/", encoded(contest))
}

/// The page of a contest in an area.
pub(crate) fn area(contest: &str, area: &str) -> String {
    format!("area/{}/{}/", encoded(contest), encoded(area))
}

/// The page of a contest at a station.
pub(crate) fn station(contest: &str, station: &str) -> String {
    format!("station/{}/{}/", encoded(contest), encoded(station))
}

/// The page of a record.
pub(crate) fn record(place: u64) -> String {
    format!("record/{place}/")
}

/// A later page of a list; the first is the list's own address.
pub(crate) fn paged(list: &str, page: usize) -> String {
    if page <= 1 { list.to_owned() } else { format!("{list}page/{page}/") }
}

/// What findings are looked for: of a code, in a contest, in an area.
pub(crate) fn findings(code: &str, contest: Option<&str>, area: Option<&str>) -> String {
    let part = |name: &str, value: Option<&str>| value.map(|value| format!("{name}/{}/", encoded(value)));
    let contest = part("contest", contest).unwrap_or_default();
    format!("findings/{code}/{contest}{}", part("area", area).unwrap_or_default())
}

/// The list of stations in a state of the partition, in an area.
pub(crate) fn places(contest: &str, state: &str, area: &str) -> String {
    format!("missing/{}/{state}/area/{}/", encoded(contest), encoded(area))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_comes_back() {
        for text in ["c01-1", "a b/c?d&e=f", "ñ'ng", "مركز", "%", ".", "..", "~", ".a"] {
            assert_eq!(decoded(&encoded(text)).as_deref(), Some(text));
            let file = percent_decoded(&encoded(text)).unwrap();
            assert!(file == text || file == format!("~{text}"), "a file's name is the code, but for dots");
            assert!(![".", ".."].contains(&encoded(text).as_str()));
            assert!(encoded(text).bytes().all(|b| is_plain(b) || b == b'%'));
        }
        for broken in ["%", "%4", "%zz", "%ff"] {
            assert_eq!(decoded(broken), None);
        }
    }
}
