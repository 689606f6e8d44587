//! Components that mean harm: what they do when they are looked at, started or asked, and a long day of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{decide, misbehave, planned, request, staging};
use tidegate_guests::{MISBEHAVE, STANDARD};
use tidegate_runtime::grants::Grants;
use tidegate_runtime::vectors::Given;
use tidegate_runtime::{Failure, Runtime, StageError, Version};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

/// A component of the world `pure-policy` whose functions do nothing but trap, with its text changed.
fn made(change: impl Fn(String) -> String) -> Vec<u8> {
    made_of(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit")),
        change,
    )
}

fn made_of(wit: &Path, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit).unwrap();
    let world = resolve.select_world(&[package], Some("pure-policy")).unwrap();
    let module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    let text = change(wasmprinter::print_bytes(&module).unwrap());
    let mut module = wat::parse_str(text).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .module(&module)
        .unwrap()
        .encode()
        .unwrap()
}

/// The same, of another version of the contract.
fn of_version(version: &str) -> Vec<u8> {
    let files = [
        "policy.wit",
        "deps/host/host.wit",
        "deps/scim/scim.wit",
        "deps/directory/directory.wit",
    ];
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let text =
            std::fs::read_to_string(format!("{}/../../wit/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = match file {
            "policy.wit" => text.replacen("policy@0.2.0", &format!("policy@{version}"), 1),
            _ => text,
        };
        std::fs::write(path, text).unwrap();
    }
    made_of(folder.path(), |text| text)
}

/// More text before the module ends.
fn with(more: &str) -> impl Fn(String) -> String {
    move |text| {
        let end = text.rfind(')').unwrap();
        format!("{}{more})", &text[..end])
    }
}

async fn refused(runtime: &Runtime, component: &[u8]) -> StageError {
    let grants = || {
        let mut grants = Grants::default();
        grants.limits.configure_millis = 100;
        grants
    };
    let error = runtime
        .stage(staging(component, "{}", grants()))
        .await
        .unwrap_err();
    assert_eq!(runtime.pool_in_use().unwrap_or(0), 0, "{error}");
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_component_is_refused_with_its_cause_and_leaves_nothing_behind() {
    // An engine of its own: other tests' decisions take slots too.
    let runtime = Runtime::new(None).unwrap();
    let refused = |component: Vec<u8>| {
        let runtime = &runtime;
        async move { refused(runtime, &component).await }
    };
    let cpu = |error: &StageError, what: &str| matches!(error, StageError::Failed { during, failure: Failure::Cpu { .. } } if *during == what);
    let start = made(with("(func $spin (loop (br 0))) (start $spin)"));
    let error = refused(start).await;
    assert!(cpu(&error, "describe"), "a start function without end: {error}");

    let describe = made(|text| text.replace("unreachable", "(loop (br 0)) unreachable"));
    let error = refused(describe).await;
    assert!(cpu(&error, "describe"), "describe without end: {error}");

    let error = refused(made(|text| text)).await;
    assert!(
        matches!(
            &error,
            StageError::Failed {
                during: "describe",
                failure: Failure::Trap { .. }
            }
        ),
        "describe traps: {error}"
    );

    let error = refused(made(with("(table 10000000 funcref)"))).await;
    assert!(
        error.to_string().contains("table"),
        "ten million elements: {error}"
    );

    let tables = "(table 1 funcref)".repeat(40);
    let error = refused(made(with(&tables))).await;
    assert!(
        matches!(error, StageError::TooLarge(_) | StageError::NotAComponent(_)),
        "forty tables: {error}"
    );

    let error = refused(made(|text| {
        text.replace("(memory (;0;) 0)", "(memory (;0;) 5000)")
    }))
    .await;
    let text = error.to_string();
    assert!(
        text.contains("memory") || text.contains("more than a sandbox has"),
        "5,000 pages: {text}"
    );

    // Another version of the contract: all are named, and what to do.
    let error = refused(of_version("0.9.0")).await;
    let text = error.to_string();
    assert!(matches!(error, StageError::OtherVersion { .. }), "{text}");
    for part in ["policy@0.9.0", "policy@0.2.0 and 0.1.0", "tidegate policy new"] {
        assert!(text.contains(part), "{text}");
    }
    // Bytes that are none, and half of some.
    for bytes in [b"".as_slice(), b"\0asm", &MISBEHAVE[..MISBEHAVE.len() / 3]] {
        assert!(matches!(
            refused(bytes.to_vec()).await,
            StageError::NotAComponent(_)
        ));
    }
    let mut scrambled = MISBEHAVE.to_vec();
    for (number, byte) in scrambled.iter_mut().enumerate().skip(8) {
        *byte ^= u8::try_from(number % 251).unwrap();
    }
    assert!(matches!(refused(scrambled).await, StageError::NotAComponent(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_of_one_thing_is_told_apart() {
    let plan = async |settings: &str, grants: Grants| {
        decide(&misbehave(settings, grants).await, &request("r", "ann")).await
    };
    let mut patient = Grants::default();
    patient.limits.cpu_millis = 5_000;
    patient.storage.namespaces = vec!["n".into()];
    let huge = plan(r#"{"behaviour":"huge-string","steps":20000000}"#, patient.clone()).await;
    let failure = huge.outcome.unwrap_err();
    assert!(matches!(&failure, Failure::Answer(_)), "{failure}");

    let flooding = misbehave(r#"{"behaviour":"call-flood","namespace":"n"}"#, patient).await;
    let given = Arc::new(Given::default());
    let said = planned(flooding.decide(&request("r", "ann"), given).await);
    assert!(said.steps[0].reason.contains("budget of host calls"), "{said:?}");

    // Whoever behaves while looked at is stopped when it does not, and the next decision is like the first.
    let two_faced = misbehave(r#"{"behaviour":"two-faced"}"#, Grants::default()).await;
    planned(decide(&two_faced, &request("sample", "ann")).await);
    let failure = decide(&two_faced, &request("r", "ann"))
        .await
        .outcome
        .unwrap_err();
    assert_eq!(failure.kind(), "trap");
    planned(decide(&two_faced, &request("sample", "ann")).await);
}

/// A hundred thousand decisions, one in a hundred of a policy that breaks in one way or another.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_day_with_bad_policies_leaves_pool_and_memory_as_they_were() {
    const DECISIONS: usize = 100_000;
    let mut hasty = Grants::default();
    hasty.limits.cpu_millis = 20;
    let runtime = Runtime::new(None).unwrap();
    let version = async |component: &[u8], settings: &str, grants: Grants| {
        runtime
            .stage(staging(component, settings, grants))
            .await
            .unwrap()
            .version
    };
    let mut bad = Vec::new();
    for behaviour in ["panic", "recurse", "allocate", "loop", "huge-plan"] {
        let settings = format!(r#"{{"behaviour":"{behaviour}","steps":20000}}"#);
        bad.push(version(MISBEHAVE, &settings, hasty.clone()).await);
    }
    let good = version(STANDARD, "{}", Grants::default()).await;
    let world = Arc::new((good, bad, AtomicUsize::new(0)));
    run(&world, DECISIONS / 10).await;
    let (warm, idle) = (resident_mib(), runtime.pool_in_use());
    run(&world, DECISIONS - DECISIONS / 10).await;
    let after = resident_mib();
    assert_eq!(runtime.decisions_running(), 0);
    assert_eq!(runtime.pool_in_use(), idle);
    // What differs are pages that idle slots keep; a leak of a decision's memory would be gigabytes.
    assert!(after < warm + 64.0, "{warm} MiB became {after}");
}

type World = Arc<(Version, Vec<Version>, AtomicUsize)>;

async fn run(world: &World, decisions: usize) {
    let mut workers = tokio::task::JoinSet::new();
    world.2.store(0, Ordering::Relaxed);
    for _ in 0..4 {
        let world = Arc::clone(world);
        workers.spawn(async move {
            let (good, bad, next) = &*world;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= decisions {
                    return;
                }
                let request = request("r", "ann");
                match number % 100 {
                    0 => {
                        let broken = &bad[number / 100 % bad.len()];
                        assert!(decide(broken, &request).await.outcome.is_err());
                    }
                    _ => drop(planned(decide(good, &request).await)),
                }
            }
        });
    }
    while let Some(done) = workers.join_next().await {
        done.unwrap();
    }
}

/// `VmRSS` of Linux.
fn resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    let kib: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1_024.0
}
