//! Lines of the Linux audit log: `type=USER_LOGIN msg=audit(1930338000.123:42): pid=… msg='op=login id=1000 … res=success'`.
//!
//! Only what succeeded is recorded. An account is its name where the line has one, else `uid:<number>`.

use crate::seen::{About, Noted, Seen};
use hakiki_core::kinds::Event;
use std::collections::BTreeMap;

/// This source's name.
pub(crate) const SOURCE: &str = "audit";

/// The login id of what nobody's login began.
const UNSET: &str = "4294967295";
/// Programs whose ended session is a person's logout.
const LOGINS: &[&str] = &["sshd", "sshd-session", "login"];

/// What a line says.
pub(crate) fn read(line: &str) -> Noted {
    Noted { seen: seen(line), position: None }
}

fn seen(line: &str) -> Option<Seen> {
    let fields = fields(line);
    let kind = fields.get("type")?.as_str();
    let get = |key: &str| {
        fields.get(key).map(String::as_str).filter(|value| !matches!(*value, "?" | "(none)" | ""))
    };
    if get("res").is_some_and(|result| !matches!(result, "success" | "1" | "yes")) {
        return None;
    }
    let account = |ids: &[&str]| {
        let by_id = |key: &&str| get(key).filter(|id| *id != UNSET).map(|id| format!("uid:{id}"));
        let named = get("acct").map(str::to_owned);
        named.or_else(|| ids.iter().find_map(by_id)).map(About::Account)
    };
    let by_login = || ["auid", "uid"].iter().find_map(|key| get(key).filter(|id| *id != UNSET));
    let (what, about) = match kind {
        "USER_LOGIN" => (Event::Login, account(&["id", "auid"])?),
        "USER_LOGOUT" => (Event::Logout, account(&["id", "auid"])?),
        "USER_END" if is_login(get("exe")?) => (Event::Logout, account(&["auid"])?),
        // Whose login it was, whoever they have become since.
        "USER_CMD" => (Event::Sudo, About::Account(format!("uid:{}", by_login()?))),
        "SOFTWARE_UPDATE" => (Event::Package, About::Thing(get("sw")?.to_owned())),
        "SERVICE_START" => (Event::ServiceStart, About::Thing(get("unit")?.to_owned())),
        "SERVICE_STOP" => (Event::ServiceStop, About::Thing(get("unit")?.to_owned())),
        _ => return None,
    };
    let seconds = get("time")?.split('.').next()?.parse().ok()?;
    let mut seen = Seen::new(what, seconds, about, line);
    seen.address = get("addr").filter(|_| what == Event::Login).map(str::to_owned);
    Some(seen)
}

fn is_login(exe: &str) -> bool {
    exe.rsplit('/').next().is_some_and(|name| LOGINS.contains(&name))
}

/// The fields of a line, those of the inner message too; `time` is what `audit(…)` says. What auditd adds in capitals behind
/// a group separator is left out.
fn fields(line: &str) -> BTreeMap<String, String> {
    let line = line.split('\u{1d}').next().unwrap_or(line).trim_end().trim_end_matches('\'');
    let mut found = BTreeMap::new();
    let mut rest = line;
    while let Some((key, after)) = rest.trim_start().split_once('=') {
        let key = key.rsplit([' ', '\'']).next().unwrap_or(key);
        if let Some(inner) = after.strip_prefix('\'') {
            rest = inner;
            continue;
        }
        let (value, behind) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(' ').unwrap_or((after, "")),
        };
        let is_text = after.starts_with('"');
        match value.strip_prefix("audit(").and_then(|time| time.split_once(':')) {
            Some((time, _)) => found.insert("time".to_owned(), time.to_owned()),
            // auditd writes names with odd letters as hex; the first of a key stands.
            None if key == "acct" && !is_text => found.insert(key.to_owned(), unhexed(value)),
            None => found.insert(key.to_owned(), value.to_owned()),
        };
        rest = behind;
    }
    found
}

fn unhexed(value: &str) -> String {
    let bytes = hex::decode(value).ok();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: &str, inner: &str) -> String {
        format!(
            "type={kind} msg=audit(1930338000.123:42): pid=7 uid=0 auid=1000 ses=3 subj=unconfined msg='{inner}'"
        )
    }

    fn said(kind: &str, inner: &str) -> Option<(Event, About, Option<String>)> {
        read(&line(kind, inner)).seen.map(|seen| {
            assert_eq!(seen.at_unix_s, 1_930_338_000);
            (seen.what, seen.about, seen.address)
        })
    }

    #[test]
    fn lines_of_the_audit_log_are_read() {
        let account = |name: &str| About::Account(name.to_owned());
        let rest = "exe=\"/usr/sbin/sshd\" hostname=? addr=192.0.2.7 terminal=/dev/pts/0 res=success";
        let from = Some("192.0.2.7".to_owned());
        assert_eq!(
            said("USER_LOGIN", &format!("op=login id=1001 {rest}")),
            Some((Event::Login, account("uid:1001"), from.clone()))
        );
        assert_eq!(
            said("USER_LOGIN", &format!("op=login acct=\"alice\" {rest}")),
            Some((Event::Login, account("alice"), from.clone()))
        );
        assert_eq!(
            said("USER_LOGIN", &format!("op=login acct=616C696365 {rest}")),
            Some((Event::Login, account("alice"), from))
        );
        assert_eq!(said("USER_LOGIN", "op=login acct=\"alice\" addr=192.0.2.7 res=failed"), None);
        assert_eq!(
            said("USER_CMD", "cwd=\"/root\" cmd=6964 exe=\"/usr/bin/sudo\" terminal=pts/0 res=success"),
            Some((Event::Sudo, account("uid:1000"), None))
        );
        assert_eq!(
            said("USER_END", "op=PAM:session_close acct=\"alice\" exe=\"/usr/sbin/sshd\" res=success"),
            Some((Event::Logout, account("alice"), None))
        );
        assert_eq!(
            said("USER_END", "op=PAM:session_close acct=\"root\" exe=\"/usr/bin/sudo\" res=success"),
            None
        );
        assert_eq!(
            said(
                "SERVICE_STOP",
                "unit=results comm=\"systemd\" exe=\"/usr/lib/systemd/systemd\" res=success"
            ),
            Some((Event::ServiceStop, About::Thing("results".into()), None))
        );
        assert_eq!(
            said("SOFTWARE_UPDATE", "op=update sw=\"bash-5.2\" sw_type=rpm res=success"),
            Some((Event::Package, About::Thing("bash-5.2".into()), None))
        );
        let enriched =
            line("USER_LOGIN", "op=login id=1001 addr=::1 res=success") + "\u{1d}UID=\"root\" ID=\"x\"";
        assert!(read(&enriched).seen.is_some());
    }

    #[test]
    fn whatever_comes_is_read_without_a_fall() {
        for bad in
            ["", "type", "type=", "type=USER_LOGIN", "=", "msg='", "type=USER_LOGIN msg=audit(x:1): acct=\""]
        {
            assert!(read(bad).seen.is_none(), "{bad}");
        }
    }
}
