//! The promises of a store, under a fault at every single step and a loss of power at every single step.
#![allow(clippy::unwrap_used)]

mod common;

use common::faulty::FaultyDisk;
use common::{Trace, Work, recover, recover_and_go_on, run, start};
use hakiki_store::{Fault, Loss, MemoryDisk, PosixDisk};
use std::sync::Arc;

use Work::{Append, AppendUnpublished, Reopen, Settle, SettleBehind};

/// Ways to lose what was not synced, some of them drawn anew for each step.
fn losses(step: u64) -> [Loss; 5] {
    [Loss::Nothing, Loss::Unsynced, Loss::Contents, Loss::Seeded(step), Loss::Seeded(step + 1_000_000)]
}

/// Small, full tiles, tiles that fill in the middle of a batch, partial tiles that are removed.
const SCRIPTS: [&[Work]; 8] = [
    &[Append(1), Append(1), Append(2)],
    &[Append(2), Settle, Append(1), Reopen, Append(1)],
    &[Append(250), Append(5), Append(1), Append(1), Settle, Append(1), Settle, Append(1)],
    &[Append(255), Append(2), Settle, Append(254), Append(3), Settle, Append(1), Settle],
    &[Append(256), Append(256), Reopen, Append(300)],
    &[Append(3), SettleBehind(2), SettleBehind(2), Append(1), SettleBehind(0), Append(1)],
    &[
        AppendUnpublished(2),
        Append(1),
        AppendUnpublished(1),
        SettleBehind(1),
        AppendUnpublished(1),
        Reopen,
        AppendUnpublished(1),
    ],
    &[Append(254), SettleBehind(3), Settle, SettleBehind(1), SettleBehind(1), Reopen, SettleBehind(1)],
];

fn steps_of(script: &[Work]) -> u64 {
    let disk = Arc::new(MemoryDisk::new());
    run(&disk, script, &mut Trace::default()).unwrap();
    disk.steps()
}

fn assert_nothing_served_changed(disk: &MemoryDisk) {
    let mut changed = disk.changed_paths();
    changed.retain(|path| path.starts_with("log/") && path != "log/checkpoint");
    assert!(changed.is_empty(), "served paths that changed: {changed:?}");
}

#[test]
fn a_script_without_faults_keeps_every_promise() {
    for script in SCRIPTS {
        let disk = Arc::new(MemoryDisk::new());
        let mut trace = Trace::default();
        run(&disk, script, &mut trace).unwrap();
        recover_and_go_on(&disk, &mut trace);
        assert_nothing_served_changed(&disk);
    }
}

/// Each step fails once, done or not done; the process starts again; later the power fails too.
#[test]
fn a_failure_of_any_step_loses_nothing() {
    for (number, script) in SCRIPTS.iter().enumerate() {
        for step in 0..steps_of(script) {
            for fault in [Fault::NotDone, Fault::DoneButNotSaid] {
                let disk = Arc::new(MemoryDisk::new());
                disk.plan_fault(step, fault);
                let mut trace = Trace::default();
                let stopped = run(&disk, script, &mut trace);
                let told = stopped.is_err() == disk.fault_struck();
                assert!(told, "script {number}, step {step}, {fault:?}: {stopped:?}");
                drop(recover(&disk, &mut trace.clone()));
                // What the started process found live may not be durable: everything has to hold after a
                // loss too.
                let log = recover_and_go_on(&disk, &mut trace);
                assert_nothing_served_changed(&disk);
                drop(log);
                for loss in [Loss::Unsynced, Loss::Seeded(step)] {
                    recover(&Arc::new(disk.restart(loss)), &mut trace.clone());
                }
            }
        }
    }
}

/// A step fails, the process starts again on what is live, and the power fails at each step of that start: what
/// was live and not durable must not have been built upon.
#[test]
fn a_start_after_a_failure_may_lose_power_too() {
    let script = [Append(2), Append(1), Settle, Append(1)];
    for (step, fault) in
        (0..steps_of(&script)).flat_map(|step| [(step, Fault::NotDone), (step, Fault::DoneButNotSaid)])
    {
        for again in 0.. {
            let disk = Arc::new(MemoryDisk::new());
            disk.plan_fault(step, fault);
            let mut trace = Trace::default();
            assert!(run(&disk, &script, &mut trace).is_err());
            disk.plan_fault(disk.steps() + again, Fault::PowerLoss);
            drop(start(&disk, &trace));
            for loss in [Loss::Unsynced, Loss::Seeded(again)] {
                recover_and_go_on(&Arc::new(disk.restart(loss)), &mut trace.clone());
            }
            if !disk.is_dead() {
                break;
            }
        }
    }
}

/// The power fails at each step, and takes what was not synced in each of several ways.
#[test]
fn a_loss_of_power_at_any_step_loses_nothing_acknowledged() {
    for script in SCRIPTS {
        for step in 0..steps_of(script) {
            let disk = Arc::new(MemoryDisk::new());
            disk.plan_fault(step, Fault::PowerLoss);
            let mut trace = Trace::default();
            assert!(run(&disk, script, &mut trace).is_err());
            for loss in losses(step) {
                let disk = Arc::new(disk.restart(loss));
                let mut trace = trace.clone();
                drop(recover_and_go_on(&disk, &mut trace));
                assert_nothing_served_changed(&disk);
                recover(&Arc::new(disk.restart(Loss::Unsynced)), &mut trace);
            }
        }
    }
}

/// The power fails again at each step of the recovery from each loss of power, or the step fails.
#[test]
fn a_recovery_that_is_stopped_at_any_step_is_run_again() {
    let faults = [Fault::PowerLoss, Fault::NotDone, Fault::DoneButNotSaid];
    stop_recoveries(&[Append(2), Append(1), Settle, Append(1), Append(3)], &faults);
    stop_recoveries(&[Append(2), SettleBehind(2)], &faults);
    stop_recoveries(&[Append(255), Append(2)], &faults[..1]);
}

fn stop_recoveries(script: &[Work], faults: &[Fault]) {
    for step in 0..steps_of(script) {
        let stopped = Arc::new(MemoryDisk::new());
        stopped.plan_fault(step, Fault::PowerLoss);
        let mut trace = Trace::default();
        assert!(run(&stopped, script, &mut trace).is_err());
        for loss in [Loss::Unsynced, Loss::Contents, Loss::Seeded(step)] {
            let steps = {
                let disk = Arc::new(stopped.restart(loss));
                recover(&disk, &mut trace.clone());
                disk.steps()
            };
            for (again, fault) in (0..steps).flat_map(|again| faults.iter().map(move |fault| (again, *fault)))
            {
                let disk = Arc::new(stopped.restart(loss));
                disk.plan_fault(again, fault);
                let opened = start(&disk, &trace);
                assert_eq!(opened.is_err(), disk.fault_struck(), "step {again} of the recovery, {fault:?}");
                drop(opened);
                let disk = Arc::new(disk.restart(if disk.is_dead() { loss } else { Loss::Nothing }));
                recover_and_go_on(&disk, &mut trace.clone());
            }
        }
    }
}

/// The disk is full after each possible number of bytes; then somebody makes room.
#[test]
fn a_full_disk_stops_the_log_and_loses_nothing() {
    let script = [Append(3), Append(255), Append(1)];
    let mut free = 0;
    loop {
        let disk = Arc::new(MemoryDisk::new());
        disk.limit_free_bytes(Some(free));
        let mut trace = Trace::default();
        let stopped = run(&disk, &script, &mut trace);
        let Err(refused) = stopped else { break };
        assert_eq!(refused.code(), "S105", "{refused}");
        disk.limit_free_bytes(None);
        recover_and_go_on(&disk, &mut trace);
        free += 97;
    }
    assert!(free > 20_000, "the script writes more than {free} bytes");
}

/// The same on a real directory, with each call of the door failing once.
#[test]
fn a_failure_of_any_call_loses_nothing_on_a_real_disk() {
    let script = [Append(1), Append(255), Settle, Append(2), Reopen, Append(1), Settle];
    let whole = tempfile::tempdir().unwrap();
    let disk = Arc::new(FaultyDisk::new(PosixDisk::new(whole.path()), None));
    let mut trace = Trace::default();
    run(&disk, &script, &mut trace).unwrap();
    recover_and_go_on(&disk, &mut trace);
    let calls = disk.calls();
    for call in 0..calls {
        for fault in [Fault::NotDone, Fault::DoneButNotSaid] {
            let directory = tempfile::tempdir().unwrap();
            let disk = Arc::new(FaultyDisk::new(PosixDisk::new(directory.path()), Some((call, fault))));
            let mut trace = Trace::default();
            let stopped = run(&disk, &script, &mut trace);
            drop(stopped);
            let disk = Arc::new(PosixDisk::new(directory.path()));
            recover_and_go_on(&disk, &mut trace);
        }
    }
}

/// Sizes of the specification's example: `tlog-tiles` on a tree of 70,000 leaves.
#[test]
fn seventy_thousand_leaves_have_the_tiles_of_the_specification() {
    let disk = Arc::new(MemoryDisk::new());
    let mut trace = Trace::default();
    run(&disk, &[Append(10_000); 7], &mut trace).unwrap();
    let log = recover(&disk, &mut trace);
    assert_eq!(log.head().size, 70_000);
    let paths = disk.paths();
    let full = |level: &str| {
        let prefix = format!("log/tile/{level}/");
        paths.iter().filter(|path| path.starts_with(&prefix) && !path.contains(".p/")).count()
    };
    assert_eq!((full("0"), full("entries"), full("1"), full("2")), (273, 273, 1, 0));
    for partial in ["0/273.p/112", "entries/273.p/112", "1/001.p/17", "2/000.p/1"] {
        assert!(paths.contains(&format!("log/tile/{partial}")), "{partial}");
    }
}
