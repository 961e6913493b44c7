//! Logs behind a small server.

use crate::log::{
    TestLog, assert_failed, assert_says, exit, large, large_records, options, small, small_records,
};
use hakiki_verify::{Check, Quiet, Report, Source, Status, verify};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// What a server answers to a path instead of the file.
type Answer = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Serves a directory until the test ends. `special` may answer instead.
pub fn serve(directory: &Path, special: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (directory, special): (PathBuf, Arc<Answer>) = (directory.to_owned(), Arc::new(special));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (directory, special) = (directory.clone(), special.clone());
            std::thread::spawn(move || answer(stream, &directory, &*special));
        }
    });
    address
}

fn answer(stream: TcpStream, directory: &Path, special: &Answer) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 2 {
        line.clear();
    }
    let path = first.split(' ').nth(1)?.trim_start_matches('/').to_owned();
    let mut stream = stream;
    if let Some(special) = special(&path) {
        stream.write_all(format!("HTTP/1.1 {special}\r\nConnection: close\r\n\r\n").as_bytes()).ok()?;
        return Some(());
    }
    let (status, body) = match std::fs::read(directory.join(path)) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&body).ok()
}

fn check(address: &str) -> Report {
    verify(&options(Source::of(address)), &Quiet)
}

#[test]
fn a_served_log_is_what_the_directory_is() {
    let log = TestLog::of(large(), large_records());
    let (here, there) = (log.verify(), check(&serve(log.directory(), |_| None)));
    assert_failed(&there, &[]);
    assert_eq!(here.checks, there.checks);
    assert_eq!(here.contests, there.contests);
}

#[test]
fn a_busy_server_is_asked_again() {
    let log = TestLog::of(small(), &small_records(2));
    let asked = Mutex::new(BTreeSet::new());
    let busy = move |path: &str| {
        let is_first = asked.lock().unwrap().insert(path.to_owned());
        is_first.then(|| "503 Busy\r\nContent-Length: 0".to_owned())
    };
    assert_failed(&check(&serve(log.directory(), busy)), &[]);
}

#[test]
fn a_server_that_fails_is_an_input_and_not_a_fault_of_the_log() {
    let log = TestLog::of(small(), &small_records(2));
    let fails = |path: &str| path.contains("entries").then(|| "500 No\r\nContent-Length: 0".to_owned());
    let report = check(&serve(log.directory(), fails));
    assert_says(&report, Check::V05, Status::NotChecked, "status 500");
    assert_eq!(exit(&report), 2);
}

#[test]
fn redirects_are_followed_on_the_host_and_nowhere_else() {
    let log = TestLog::of(small(), &small_records(2));
    let within = |path: &str| {
        (path == "a/checkpoint").then(|| "302 Found\r\nLocation: /checkpoint\r\nContent-Length: 0".to_owned())
    };
    let address = serve(log.directory(), within);
    let report = check(&format!("{address}/a"));
    assert_eq!(report.head.unwrap().size, 7);
    let elsewhere = serve(log.directory(), |_| None);
    let leads_away = move |path: &str| {
        let location = format!("302 Found\r\nLocation: {elsewhere}/{path}\r\nContent-Length: 0");
        (path == "checkpoint").then_some(location)
    };
    let report = check(&serve(log.directory(), leads_away));
    assert_says(&report, Check::V02, Status::NotChecked, "another host");
    assert_eq!(exit(&report), 2);
}

#[test]
fn nobody_there_is_an_input_that_is_missing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let report = check(&address);
    assert_eq!(exit(&report), 2);
    assert_eq!(report.checks.len(), Check::ALL.len());
}
