//! Lines of `journalctl -o json`: which entry says what.
//!
//! Anybody on a machine can write to the journal under any name. An entry counts only where journald itself says that
//! root wrote it (`_UID`), or a program that becomes root did (`_EXE`): see systemd.journal-fields(7), "Trusted".

use crate::seen::{About, Noted, Seen};
use hakiki_core::kinds::Event;
use serde_json::{Map, Value};

/// This source's name.
pub(crate) const SOURCE: &str = "journald";

/// systemd.journal-fields(7): the ids of messages of systemd's catalogue.
const UNIT_STARTED: &str = "39f53479d3a045ac8e11786248231fbf";
const UNIT_STOPPED: &str = "9d1aaa27d60140bd96365438aad20286";
const UNIT_FAILED: &str = "d9b373ed55a64feb8242e02dbe79a49c";

/// Programs that log with the user's own id and run as root.
const BECOME_ROOT: &[&str] = &["/usr/bin/sudo", "/bin/sudo", "/usr/bin/su", "/bin/su"];
/// Services of PAM whose sessions are no login of a person at this machine, or are told by another line.
const NO_LOGIN: &[&str] = &["cron", "crond", "sudo", "su", "su-l", "systemd-user", "runuser", "runuser-l"];
/// Programs that change packages and say so by `installed:`, `updated:`, `erased:`.
const PACKAGERS: &[&str] = &["apt", "dnf", "packagekitd", "rpm", "yum"];

/// What an entry says. What is no entry at all says nothing, and has no place to go on from.
pub(crate) fn read(line: &str) -> Noted {
    let Ok(Value::Object(entry)) = serde_json::from_str::<Value>(line) else {
        return Noted { seen: None, position: None };
    };
    let cursor = text(&entry, "__CURSOR").map(|cursor| (SOURCE, cursor));
    Noted { seen: seen(&entry, line), position: cursor }
}

fn seen(entry: &Map<String, Value>, line: &str) -> Option<Seen> {
    let exe = text(entry, "_EXE").unwrap_or_default();
    if text(entry, "_UID").as_deref() != Some("0") && !BECOME_ROOT.contains(&exe.as_str()) {
        return None;
    }
    let (what, about, address) = unit(entry).or_else(|| message(entry))?;
    let micros: i64 = text(entry, "__REALTIME_TIMESTAMP")?.parse().ok()?;
    let seen = Seen::new(what, micros / 1_000_000, about, line);
    Some(Seen { address, ..seen })
}

type Said = (Event, About, Option<String>);

/// Services that start and stop, by systemd itself.
fn unit(entry: &Map<String, Value>) -> Option<Said> {
    let what = match text(entry, "MESSAGE_ID")?.as_str() {
        UNIT_STARTED => Event::ServiceStart,
        UNIT_STOPPED | UNIT_FAILED => Event::ServiceStop,
        _ => return None,
    };
    let unit = text(entry, "UNIT")?;
    let service = unit.strip_suffix(".service")?;
    Some((what, About::Thing(service.to_owned()), None))
}

fn message(entry: &Map<String, Value>) -> Option<Said> {
    let (name, message) = (text(entry, "SYSLOG_IDENTIFIER")?, text(entry, "MESSAGE")?);
    match name.as_str() {
        "sshd" | "sshd-session" => accepted(&message).or_else(|| session(&message)),
        "sudo" => ran_as_root(&message),
        "dpkg" => crate::dpkg::package(&message).map(|name| (Event::Package, About::Thing(name), None)),
        name if PACKAGERS.contains(&name) => packaged(&message),
        _ => session(&message),
    }
}

/// `Accepted publickey for alice from 192.0.2.7 port 50022 ssh2: …`
fn accepted(message: &str) -> Option<Said> {
    let (_, rest) = message.strip_prefix("Accepted ")?.split_once(" for ")?;
    let (account, rest) = rest.split_once(" from ")?;
    let (address, _) = rest.split_once(" port ")?;
    Some((Event::Login, About::Account(account.to_owned()), Some(address.to_owned())))
}

/// `pam_unix(login:session): session opened for user alice(uid=1000) by …`, and `closed`. `su` becomes another by it.
fn session(message: &str) -> Option<Said> {
    let (service, rest) = message.strip_prefix("pam_unix(")?.split_once(":session): session ")?;
    let account = |text: &str| {
        let end = text.find(['(', ' ']).unwrap_or(text.len());
        (end > 0).then(|| About::Account(text[..end].to_owned()))
    };
    if let Some(rest) = rest.strip_prefix("opened for user ") {
        if matches!(service, "su" | "su-l") {
            let (_, by) = rest.split_once(" by ")?;
            return Some((Event::Sudo, account(by)?, None));
        }
        // The line `Accepted` says where from, and is that login's.
        let is_told = service == "sshd" || NO_LOGIN.contains(&service);
        return if is_told { None } else { Some((Event::Login, account(rest)?, None)) };
    }
    let rest = rest.strip_prefix("closed for user ")?;
    if NO_LOGIN.contains(&service) { None } else { Some((Event::Logout, account(rest)?, None)) }
}

/// `alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id`
fn ran_as_root(message: &str) -> Option<Said> {
    let (account, rest) = message.trim_start().split_once(" : ")?;
    // A refused one says why before the terminal: nothing was run.
    let is_run = rest.starts_with("TTY=") || rest.starts_with("PWD=");
    let is_command = is_run && rest.contains("COMMAND=") && !account.contains(' ');
    is_command.then(|| (Event::Sudo, About::Account(account.to_owned()), None))
}

fn packaged(message: &str) -> Option<Said> {
    let (verb, rest) = message.trim_start().split_once(": ")?;
    let is_change = matches!(
        verb,
        "Installed" | "Updated" | "Upgraded" | "Erased" | "Removed" | "Downgraded" | "Reinstalled"
    );
    let name = rest.split_whitespace().next()?;
    is_change.then(|| (Event::Package, About::Thing(name.to_owned()), None))
}

/// A field. journald writes one that is not UTF-8 as a list of bytes, and of several values a list of them: the last.
fn text(entry: &Map<String, Value>, field: &str) -> Option<String> {
    match entry.get(field)? {
        Value::String(text) => Some(text.clone()),
        Value::Array(list) => {
            if let Value::String(last) = list.last()? {
                return Some(last.clone());
            }
            let bytes = list.iter().map(|byte| byte.as_u64().and_then(|byte| u8::try_from(byte).ok()));
            Some(String::from_utf8_lossy(&bytes.collect::<Option<Vec<u8>>>()?).into_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(uid: &str, name: &str, message: &str) -> String {
        let entry = serde_json::json!({
            "__CURSOR": "s=1;i=2", "__REALTIME_TIMESTAMP": "1930338000123456", "_UID": uid,
            "SYSLOG_IDENTIFIER": name, "MESSAGE": message,
        });
        entry.to_string()
    }

    fn said(uid: &str, name: &str, message: &str) -> Option<(Event, About, Option<String>)> {
        read(&line(uid, name, message)).seen.map(|seen| (seen.what, seen.about, seen.address))
    }

    fn account(name: &str) -> About {
        About::Account(name.to_owned())
    }

    #[test]
    fn logins_come_once_with_where_from() {
        let accepted = "Accepted publickey for alice from 192.0.2.7 port 50022 ssh2: ED25519 SHA256:x";
        assert_eq!(
            said("0", "sshd-session", accepted),
            Some((Event::Login, account("alice"), Some("192.0.2.7".into())))
        );
        let opened = "session opened for user alice(uid=1000) by alice(uid=0)";
        assert_eq!(said("0", "sshd", &format!("pam_unix(sshd:session): {opened}")), None);
        assert_eq!(said("0", "CRON", &format!("pam_unix(cron:session): {opened}")), None);
        assert_eq!(
            said("0", "login", &format!("pam_unix(login:session): {opened}")),
            Some((Event::Login, account("alice"), None))
        );
        assert_eq!(
            said("0", "sshd", "pam_unix(sshd:session): session closed for user alice"),
            Some((Event::Logout, account("alice"), None))
        );
        let noted = read(&line("0", "sshd", accepted));
        assert_eq!(noted.position, Some((SOURCE, "s=1;i=2".to_owned())));
        assert_eq!(noted.seen.unwrap().at_unix_s, 1_930_338_000);
    }

    #[test]
    fn root_is_taken_by_sudo_and_su() {
        let run = "   alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id";
        assert_eq!(said("0", "sudo", run), Some((Event::Sudo, account("alice"), None)));
        assert_eq!(said("0", "sudo", "alice : user NOT in sudoers ; TTY=pts/0 ; COMMAND=/usr/bin/id"), None);
        let taken = "pam_unix(su:session): session opened for user root(uid=0) by alice(uid=1000)";
        assert_eq!(said("0", "su", taken), Some((Event::Sudo, account("alice"), None)));
    }

    #[test]
    fn what_a_user_writes_to_the_journal_is_nobodys_act() {
        let accepted = "Accepted publickey for alice from 192.0.2.7 port 50022 ssh2";
        assert_eq!(said("1000", "sshd", accepted), None);
        let with = |exe: &str| {
            let mut entry: Map<String, Value> =
                serde_json::from_str(&line("1000", "sudo", "alice : TTY=pts/0 ; USER=root ; COMMAND=/x"))
                    .unwrap();
            entry.insert("_EXE".to_owned(), exe.into());
            read(&Value::from(entry).to_string()).seen
        };
        assert!(with("/usr/bin/sudo").is_some());
        assert!(with("/usr/bin/logger").is_none());
    }

    #[test]
    fn services_and_packages_change() {
        let unit = |id: &str, unit: &str| {
            let entry = serde_json::json!({
                "__REALTIME_TIMESTAMP": "1930338000000000", "_UID": "0", "MESSAGE_ID": id, "UNIT": unit,
            });
            read(&entry.to_string()).seen.map(|seen| (seen.what, seen.about))
        };
        let service = || About::Thing("results".to_owned());
        assert_eq!(unit(UNIT_STARTED, "results.service"), Some((Event::ServiceStart, service())));
        assert_eq!(unit(UNIT_FAILED, "results.service"), Some((Event::ServiceStop, service())));
        assert_eq!(unit(UNIT_STARTED, "tmp.mount"), None);
        let package = |name: &str| Some((Event::Package, About::Thing(name.to_owned()), None));
        assert_eq!(said("0", "dpkg", "status installed bash:amd64 5.2-1"), package("bash"));
        assert_eq!(said("0", "yum", "Installed: bash-5.2-1.x86_64"), package("bash-5.2-1.x86_64"));
        assert_eq!(said("0", "yum", "Fetched: bash"), None);
    }

    #[test]
    fn whatever_comes_is_read_without_a_fall() {
        for bad in ["", "x", "[]", "{}", "{\"_UID\":0}", "{\"_UID\":\"0\",\"MESSAGE\":[300]}"] {
            assert!(read(bad).seen.is_none(), "{bad}");
        }
        let bytes = r#"{"_UID":"0","SYSLOG_IDENTIFIER":"x","MESSAGE":[65,255],"__REALTIME_TIMESTAMP":"1"}"#;
        assert!(read(bytes).seen.is_none());
    }
}
