//! A witness that is killed (SIGKILL) under load, again and again: what it cosigned is one history that only grows.

use crate::house::{Client, TestLog, branch, configuration, ed25519, tree};
use hakiki_note::Hash;
use hakiki_tlog::Head;
use hakiki_tlog::cosignature::verify_cosignature;
use hakiki_tlog::witness::{parse_cosignatures, parse_recorded_size};
use hakiki_witness::{Heads, HeadsSettings, Witness};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::runtime::Runtime;

/// Set in the child: the directory of the witness that it runs until it is killed.
const CHILD: &str = "HAKIKI_TEST_WITNESS_CHILD";
/// Set by hand to run a printed seed again.
const SEED: &str = "HAKIKI_TEST_WITNESS_SEED";
const ROUNDS: u64 = 10;
const LOGS: usize = 3;
/// Leaves of a branch; more than a round gets cosigned.
const BRANCH: u64 = 3000;

/// An answer of 200, with the time that it states.
type Said = (Head, u64);

#[test]
fn two_histories_are_never_cosigned_whenever_it_dies() {
    if let Some(directory) = std::env::var_os(CHILD) {
        serve_until_killed(Path::new(&directory));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let seed = std::env::var(SEED).map_or(now, |seed| seed.parse().unwrap());
    println!("{SEED}={seed}");
    let directory = tempfile::tempdir().unwrap();
    let logs = logs();
    let mut histories: Vec<Vec<Hash>> = vec![Vec::new(); LOGS];
    let mut said: Vec<Vec<Said>> = vec![Vec::new(); LOGS];
    let mut cosigned = 0;
    for round in 0..ROUNDS {
        let draw = hakiki_note::sha256(&[seed.to_be_bytes(), round.to_be_bytes()].concat()).0;
        // Of each log two histories, which part a few leaves behind what is recorded.
        let branches: Vec<[Vec<Hash>; 2]> = (0..LOGS)
            .map(|log| {
                let shared = branch(&histories[log], &format!("{round} both"), u64::from(draw[log]) % 20);
                [
                    branch(&shared, &format!("{round} one"), BRANCH),
                    branch(&shared, &format!("{round} other"), BRANCH),
                ]
            })
            .collect();
        let answers = u64::from(draw[8]) % 60;
        let heard = run_and_kill(directory.path(), &logs, &branches, answers, draw[9]);
        let heads = Heads::open(directory.path(), HeadsSettings::new(vec![ed25519()])).unwrap();
        for log in 0..LOGS {
            let recorded =
                heads.recorded(&logs[log].origin).map_or(Head::empty(), |recorded| recorded.head());
            let branch =
                branches[log].iter().find(|branch| tree(branch).head_at(recorded.size) == Ok(recorded));
            let branch = branch.unwrap_or_else(|| panic!("round {round}: {recorded:?} is of no history"));
            assert!(recorded.size >= histories[log].len() as u64, "round {round}: a smaller head");
            histories[log] = branch[..recorded.size as usize].to_vec();
            cosigned += heard[log].len();
            said[log].extend(&heard[log]);
        }
        println!(
            "round {round}: {} answers, sizes {:?}",
            heard.iter().map(Vec::len).sum::<usize>(),
            heads.heads().values().map(|head| head.size).collect::<Vec<_>>()
        );
    }
    for (history, said) in histories.iter().zip(&said) {
        let whole = tree(history);
        let mut by_time = said.clone();
        by_time.sort_by_key(|(head, time_s)| (*time_s, head.size));
        for (head, _) in said {
            assert_eq!(whole.head_at(head.size), Ok(*head), "a cosigned head is not of the recorded history");
        }
        assert!(by_time.is_sorted_by_key(|(head, _)| head.size), "a later time on a smaller head");
    }
    assert!(cosigned > 30, "only {cosigned} heads were cosigned: the rounds prove little");
}

fn logs() -> Vec<TestLog> {
    (0..LOGS).map(|number| TestLog::new(&format!("log.example/{number}"))).collect()
}

/// Starts a witness, drives both histories of every log at once, kills it after so many answers and a moment more. Gives
/// what it said yes to.
fn run_and_kill(
    directory: &Path,
    logs: &[TestLog],
    branches: &[[Vec<Hash>; 2]],
    answers: u64,
    moment: u8,
) -> Vec<Vec<Said>> {
    let (mut child, address) = start(directory);
    let refused =
        Heads::open(directory, HeadsSettings::new(vec![ed25519()])).err().expect("the child has it");
    assert_eq!(refused.code(), "C106");
    let said: Vec<Mutex<Vec<Said>>> = logs.iter().map(|_| Mutex::default()).collect();
    let heard = AtomicU64::new(0);
    let client = Client::new(address, "");
    thread::scope(|scope| {
        for ((log, branches), said) in logs.iter().zip(branches).zip(&said) {
            for branch in branches {
                let (client, heard) = (client.clone(), &heard);
                scope.spawn(move || drive(&client, log, branch, said, heard));
            }
        }
        while heard.load(Ordering::Relaxed) < answers {
            thread::yield_now();
        }
        for _ in 0..u32::from(moment) * 50 {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    });
    said.into_iter().map(|said| said.into_inner().unwrap()).collect()
}

/// A log's client, as the specification has it: from 0, then from where the witness says.
fn drive(client: &Client, log: &TestLog, leaves: &[Hash], said: &Mutex<Vec<Said>>, heard: &AtomicU64) {
    let tree = tree(leaves);
    let (mut old, mut step) = (0, 0);
    loop {
        step += 1;
        let new = (old + step % 4).min(tree.size());
        let head = tree.head_at(new).unwrap();
        let Some(answer) = client.try_add(&log.request(&tree, old, new)) else { return };
        heard.fetch_add(1, Ordering::Relaxed);
        match answer.status {
            200 => {
                let line = &parse_cosignatures(answer.body.as_bytes()).unwrap()[0];
                let checkpoint = log.sign(head);
                let time_s = verify_cosignature(checkpoint.checkpoint(), line, ed25519().verifier()).unwrap();
                said.lock().unwrap().push((head, time_s));
                old = new;
            }
            409 => old = parse_recorded_size(answer.body.as_bytes()).unwrap(),
            422 => {}
            other => panic!("{other}: {}", answer.body),
        }
    }
}

fn start(directory: &Path) -> (Child, SocketAddr) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["kill::two_histories_are_never_cosigned_whenever_it_dies", "--exact", "--nocapture"])
        .env(CHILD, directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.map_while(Result::ok).find_map(|line| line.split_once("serves at ")?.1.parse().ok());
    (child, address.expect("the child says where it serves"))
}

fn serve_until_killed(directory: &Path) -> ! {
    let runtime = Runtime::new().unwrap();
    let logs = logs();
    let mut settings = configuration(directory, &logs.iter().collect::<Vec<_>>());
    // It dies while it rewrites its journal, too.
    settings.rewrite_bytes = 8000;
    let running = runtime.block_on(Witness::start(settings, vec![ed25519()])).unwrap();
    let mut out = std::io::stdout().lock();
    writeln!(out, "serves at {}", running.address).unwrap();
    out.flush().unwrap();
    loop {
        thread::park();
    }
}
