//! A small judge of markup: tags balance, attributes are quoted, headings descend in order, nothing is inline.

const VOID: [&str; 6] = ["meta", "link", "input", "br", "hr", "img"];

/// What is wrong with a page, if anything.
pub fn complaint(html: &str) -> Option<String> {
    let mut open: Vec<String> = Vec::new();
    let mut last_heading = 0;
    let mut rest = html.strip_prefix("<!DOCTYPE html>")?;
    while let Some(at) = rest.find('<') {
        let Some(end) = rest[at..].find('>') else { return Some("a tag does not end".into()) };
        let tag = &rest[at + 1..at + end];
        rest = &rest[at + end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Some(format!("</{name}> closes nothing"));
            }
            continue;
        }
        let name: String = tag.chars().take_while(|c| !c.is_whitespace()).collect();
        if tag.matches('"').count() % 2 != 0 {
            return Some(format!("quotes of <{tag}>"));
        }
        if let Some(bad) = [" style=", " onclick=", " onload="].iter().find(|bad| tag.contains(**bad)) {
            return Some(format!("{bad} in <{tag}>"));
        }
        if let Some(level) = name.strip_prefix('h').and_then(|level| level.parse::<u32>().ok()) {
            if level > last_heading + 1 || (level == 1 && last_heading != 0) {
                return Some(format!("h{level} after h{last_heading}"));
            }
            last_heading = level;
        }
        // A block of data is none: no browser runs it.
        if name == "script" && !tag.contains("src=") && tag != "script type=\"application/ld+json\"" {
            return Some("an inline script".into());
        }
        if !VOID.contains(&name.as_str()) {
            open.push(name);
        }
    }
    if last_heading == 0 {
        return Some("no heading".into());
    }
    (!open.is_empty()).then(|| format!("open at the end: {open:?}"))
}
