//! The rooms of the architecture and the walls between them, read from `cargo metadata` and the lock file.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    reason = "a test: what goes wrong in it must fail"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use serde_json::Value;
use sluice_tests::source::root;

/// A room: what it may use of the others, and what must not be in its tree, however deep.
struct Room {
    package: &'static str,
    rooms: &'static [&'static str],
    /// Everything that it may use from outside; `None` is anything but `never`.
    outside: Option<&'static [&'static str]>,
    /// Beginnings of names.
    never: &'static [&'static str],
}

/// Sockets, runtimes and clouds.
const SHELL: &[&str] =
    &["tokio", "mio", "socket2", "reqwest", "hyper", "rustls", "aws-", "lambda_", "rusqlite", "clap"];
const CLOUD: &[&str] = &["aws-", "lambda_"];

const DOMAIN: &str = "sluice-domain";
const CHANNELS: &str = "sluice-channels";
const ODOO: &str = "sluice-odoo";
const PLATFORM: &str = "sluice-platform";
const AWS: &str = "sluice-aws";
const SANDBOX: &str = "sluice-sandbox";
const TESTKIT: &str = "sluice-testkit";

/// The table of the architecture, section 3. Functions and `sluice` have rules of their own below.
const ROOMS: &[Room] = &[
    Room { package: DOMAIN, rooms: &[], outside: Some(&["jiff", "rust_decimal", "serde", "thiserror"]), never: SHELL },
    Room { package: CHANNELS, rooms: &[DOMAIN], outside: None, never: SHELL },
    Room { package: ODOO, rooms: &[DOMAIN], outside: None, never: SHELL },
    Room { package: PLATFORM, rooms: &[DOMAIN], outside: None, never: CLOUD },
    Room { package: AWS, rooms: &[DOMAIN, PLATFORM], outside: None, never: &[] },
    Room { package: SANDBOX, rooms: &[DOMAIN, CHANNELS, ODOO], outside: None, never: CLOUD },
];

/// Crates of which one version is in the tree: two are two TLS stacks, two runtimes, two sets of types.
const ONCE: &[&str] = &["rustls", "hyper", "http", "tokio", "ring", "serde", "jiff"];
/// Crates that are not in the tree: a second crypto provider, a second TLS.
const NEVER: &[&str] = &["aws-lc-rs", "aws-lc-sys", "openssl", "openssl-sys", "native-tls", "chrono"];

/// A crate of the workspace.
struct Member {
    name: String,
    folder: String,
    manifest: String,
    /// Dependencies that ship: normal and build ones.
    ships: BTreeSet<String>,
    /// The optional ones among them.
    optional: BTreeSet<String>,
    all: BTreeSet<String>,
}

impl Member {
    fn is_function(&self) -> bool {
        self.folder.starts_with("functions/")
    }
}

fn members() -> Vec<Member> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().iter().map(member).collect()
}

fn member(package: &Value) -> Member {
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    let folder = manifest.parent().unwrap().strip_prefix(root()).unwrap();
    let mut member = Member {
        name: package["name"].as_str().unwrap().to_owned(),
        folder: folder.to_string_lossy().replace('\\', "/"),
        manifest: std::fs::read_to_string(manifest).unwrap(),
        ships: BTreeSet::new(),
        optional: BTreeSet::new(),
        all: BTreeSet::new(),
    };
    for dependency in package["dependencies"].as_array().unwrap() {
        let name = dependency["name"].as_str().unwrap().to_owned();
        member.all.insert(name.clone());
        if dependency["kind"].as_str() != Some("dev") {
            member.ships.insert(name.clone());
            if dependency["optional"] == true {
                member.optional.insert(name);
            }
        }
    }
    member
}

/// Versions and dependencies of every crate in the lock file, by name.
fn locked() -> BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> {
    let text = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let mut crates: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    for package in text.split("[[package]]").skip(1) {
        let field =
            |name: &str| package.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("").trim_matches('"');
        let listed = package.lines().filter_map(|line| line.strip_prefix(" \"")?.strip_suffix("\","));
        let entry = crates.entry(field("name = ").to_owned()).or_default();
        entry.0.insert(field("version = ").to_owned());
        entry.1.extend(listed.filter_map(|dependency| Some(dependency.split(' ').next()?.to_owned())));
    }
    crates
}

/// Everything that ships with a crate when no optional part is asked for.
fn tree(member: &Member, members: &[Member]) -> BTreeSet<String> {
    let locked = locked();
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<String> = member.ships.difference(&member.optional).cloned().collect();
    while let Some(name) = open.pop() {
        if !found.insert(name.clone()) {
            continue;
        }
        match members.iter().find(|other| other.name == name) {
            Some(other) => open.extend(other.ships.difference(&other.optional).cloned()),
            None => open.extend(locked.get(&name).into_iter().flat_map(|(_, next)| next.iter().cloned())),
        }
    }
    found
}

/// What of `used` is not `allowed`, among the crates of the workspace.
fn crossed(member: &Member, allowed: &[&str]) -> Vec<String> {
    let ours = member.ships.iter().filter(|name| name.starts_with("sluice"));
    ours.filter(|name| !allowed.contains(&name.as_str())).map(|name| format!("{} uses {name}", member.name)).collect()
}

fn assert_none(found: &[String], fix: &str) {
    assert!(found.is_empty(), "{fix}:\n{}", found.join("\n"));
}

#[test]
fn rooms_use_only_what_the_table_allows() {
    let members = members();
    let mut found = Vec::new();
    for room in ROOMS {
        let member = members.iter().find(|member| member.name == room.package).unwrap();
        found.extend(crossed(member, room.rooms));
        if let Some(outside) = room.outside {
            let strange =
                member.ships.iter().filter(|name| !name.starts_with("sluice") && !outside.contains(&name.as_str()));
            found.extend(strange.map(|name| format!("{} uses {name}", room.package)));
        }
        let tree = tree(member, &members);
        let deep = tree.iter().filter(|name| room.never.iter().any(|never| name.starts_with(never)));
        found.extend(deep.map(|name| format!("{} has {name} in its tree", room.package)));
    }
    assert_none(&found, "a wall of architecture section 3 is crossed");
}

#[test]
fn functions_use_shared_rooms_and_no_other_function() {
    let shared = [DOMAIN, CHANNELS, ODOO, PLATFORM, AWS];
    let members = members();
    let mut found = Vec::new();
    for function in members.iter().filter(|member| member.is_function()) {
        found.extend(crossed(function, &shared));
        let others = members.iter().filter(|other| other.is_function() && function.all.contains(&other.name));
        found.extend(others.map(|other| format!("{} uses {}", function.name, other.name)));
    }
    assert_none(&found, "functions share code through shared/ only");
}

#[test]
fn sandbox_and_testkit_stay_out_of_what_ships() {
    let mut found = Vec::new();
    for member in &members() {
        let may_simulate = ["sluice", TESTKIT, "sluice-tests"].contains(&member.name.as_str());
        if member.ships.contains(SANDBOX) && !may_simulate {
            found.push(format!("{} uses {SANDBOX}", member.name));
        }
        if member.ships.contains(TESTKIT) && member.name != "sluice-tests" {
            found.push(format!("{} uses {TESTKIT}", member.name));
        }
        if member.name == TESTKIT && member.ships.contains(PLATFORM) {
            found.push(format!("{TESTKIT} uses {PLATFORM}"));
        }
    }
    assert_none(&found, "simulation is for sluice and the tests");
}

#[test]
fn sluice_builds_without_the_cloud() {
    let members = members();
    let sluice = members.iter().find(|member| member.name == "sluice").unwrap();
    let tree = tree(sluice, &members);
    assert!(
        ["sluice-domain", "reqwest", "ring"].iter().all(|deep| tree.contains(*deep)),
        "the walk is broken: {tree:?}"
    );
    let found: Vec<String> = tree.into_iter().filter(|name| name.starts_with("aws-")).collect();
    assert_none(&found, "put it behind a feature of the platform");
}

#[test]
fn one_room_names_the_sdk() {
    let cloud = |name: &&String| name.starts_with("aws-");
    let others = members().into_iter().filter(|member| member.name != AWS);
    let found = others.flat_map(|member| {
        member.all.iter().filter(cloud).map(|name| format!("{} uses {name}", member.name)).collect::<Vec<_>>()
    });
    assert_none(&found.collect::<Vec<_>>(), "take an adapter of sluice-aws");
}

#[test]
fn every_crate_has_its_place() {
    let known = |member: &Member| {
        let room = ROOMS.iter().any(|room| room.package == member.name);
        room || member.is_function() || ["sluice", TESTKIT, "sluice-tests"].contains(&member.name.as_str())
    };
    let found: Vec<String> = members().into_iter().filter(|member| !known(member)).map(|member| member.name).collect();
    assert_none(&found, "give the new room a line in the table above, and in the architecture");
}

#[test]
fn there_is_one_tls_one_runtime_and_one_crypto_provider() {
    let locked = locked();
    let count = |name: &&&str| locked.get(**name).map_or(0, |(versions, _)| versions.len());
    let twice = ONCE.iter().filter(|name| count(name) != 1).map(|name| format!("{} times {name}", count(&name)));
    let strange = NEVER.iter().filter(|name| count(name) > 0).map(|name| format!("{name} is in the tree"));
    assert_none(&twice.chain(strange).collect::<Vec<_>>(), "cargo tree --invert NAME says who brings it in");
}

#[test]
fn every_dependency_comes_from_the_workspace() {
    let mut found = Vec::new();
    for member in &members() {
        let mut section = "";
        for line in member.manifest.lines().map(str::trim) {
            if line.starts_with('[') {
                section = line;
            }
            let dependencies = section.contains("dependencies");
            let inherits = line.contains("workspace = true");
            if dependencies && !line.is_empty() && !line.starts_with(['[', '#']) && !inherits {
                found.push(format!("{}: {line}", member.folder));
            }
            if line.starts_with('[') && line.contains("dependencies.") {
                found.push(format!("{}: {line}", member.folder));
            }
        }
        if !member.manifest.contains("[lints]\nworkspace = true") {
            found.push(format!("{}: does not take the lints of the workspace", member.folder));
        }
    }
    assert_none(&found, "write NAME = { workspace = true }, one to a line");
}
