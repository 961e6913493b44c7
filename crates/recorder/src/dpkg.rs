//! Lines of dpkg's log: packages that came, changed and went.

use crate::seen::{About, Noted, Seen};
use hakiki_core::kinds::Event;

/// This source's name.
pub(crate) const SOURCE: &str = "dpkg";

/// The package that a line without its time says is changed: `status installed bash:amd64 5.2-1`, `remove bash:amd64 …`.
/// Of one change dpkg writes many lines; these come last.
pub(crate) fn package(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let ["status", "installed" | "not-installed" | "config-files", name, ..] = words[..] else { return None };
    let name = name.split(':').next().unwrap_or(name);
    (!name.is_empty()).then(|| name.to_owned())
}

/// What a line of `/var/log/dpkg.log` says. Its time has no zone, so the moment of reading stands.
pub(crate) fn read(line: &str, now_unix_s: i64) -> Noted {
    let package = line.splitn(3, ' ').nth(2).and_then(package);
    let seen = package.map(|name| Seen::new(Event::Package, now_unix_s, About::Thing(name), line));
    Noted { seen, position: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_change_is_one_line() {
        let log = [
            "2031-03-05 00:10:01 upgrade bash:amd64 5.2-1 5.2-2",
            "2031-03-05 00:10:01 status half-installed bash:amd64 5.2-1",
            "2031-03-05 00:10:02 status installed bash:amd64 5.2-2",
            "2031-03-05 00:10:03 status not-installed nano:amd64 <none>",
            "",
        ];
        let found = log.iter().filter_map(|line| read(line, 7).seen);
        let found: Vec<_> = found.map(|seen| seen.about).collect();
        assert_eq!(found, [About::Thing("bash".into()), About::Thing("nano".into())]);
    }
}
