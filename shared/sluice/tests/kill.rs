//! What was answered 2xx survives `kill -9`, and becomes exactly one order.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "tests may unwrap"
)]

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

/// How often a verb is asked before the test gives up: each attempt is a process, so this is no busy loop.
const MAX_ATTEMPTS: usize = 400;

/// An embedded Sluice that is killed when the test ends.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    /// Starts one, and waits for the line that says where it listens.
    fn start(store: &Path) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = Command::new(env!("CARGO_BIN_EXE_sluice"))
            .args(["serve", "--port", &port.to_string(), "--store", store.to_str().unwrap()])
            .env_clear()
            .env("SLUICE_LOG", "error")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let heard: Vec<String> = lines.map(Result::unwrap).take_while(|line| !line.contains("listening on")).collect();
        assert!(child.try_wait().unwrap().is_none(), "it ended: {heard:?}");
        Self { child, url: format!("http://127.0.0.1:{port}") }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Already gone where the test killed it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The demonstration's first SKUs on the plain order, so that the simulated Odoo has its products.
fn order() -> PathBuf {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/shopify/plain_order.json");
    let mut order: Value = serde_json::from_slice(&std::fs::read(fixture).unwrap()).unwrap();
    for (index, sku) in ["SLD-MUG-RED", "SLD-BOWL-L"].into_iter().enumerate() {
        order["line_items"][index]["sku"] = Value::String(sku.into());
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kill-order.json");
    std::fs::write(&path, order.to_string()).unwrap();
    path
}

fn sluice(args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_sluice")).args(args).env_clear().output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn t02_a_delivery_that_was_answered_survives_kill_9_and_becomes_one_confirmed_order() {
    let store = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kill.sluice");
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", store.display()));
    }
    let order = order();
    // Killed again and again, each time right after twenty copies were answered.
    for _ in 0..3 {
        let served = Served::start(&store);
        let send = ["send", "--channel", "shopify", "--topic", "orders/create", "--copies", "20", "--to", &served.url];
        let (code, text) = sluice(&[&send[..], &[order.to_str().unwrap()]].concat());
        assert_eq!(code, Some(0), "{text}");
        served.kill();
    }
    let served = Served::start(&store);
    for _ in 0..MAX_ATTEMPTS {
        let (_, text) = sluice(&["trace", "1001", "--format", "json", "--to", &served.url]);
        let Ok(trace) = serde_json::from_str::<Value>(text.trim()) else { continue };
        if trace["versions"]["settled"] == 1 && trace["evidence"].as_array().unwrap().len() >= 60 {
            assert_eq!(trace["odoo"]["name"], "S00001");
            assert_eq!(trace["odoo"]["state"], "sale");
            assert_eq!(trace["odoo"]["total"], "53.79");
            assert_eq!(trace["versions"]["desired"], 1, "sixty copies are one version");
            let (code, _) = sluice(&["trace", "S00002", "--to", &served.url]);
            assert_eq!(code, Some(1), "there is no second order");
            return verified_again(&served);
        }
    }
    panic!("the order did not settle");
}

/// An operator accepts the database as it is: the order is found again in Odoo, and not made again.
fn verified_again(served: &Served) {
    let since = "2000-01-01T00:00:00Z";
    let accept = ["doctor", "--accept-database", since, "--to", &served.url, "--format", "json"];
    assert_eq!(sluice(&accept), (Some(0), "{\"subjects\":1}\n".to_owned()));
    for _ in 0..MAX_ATTEMPTS {
        let (_, text) = sluice(&["trace", "1001", "--format", "json", "--to", &served.url]);
        let Ok(trace) = serde_json::from_str::<Value>(text.trim()) else { continue };
        if trace["versions"]["settled"] == 1 {
            assert_eq!(trace["odoo"]["name"], "S00001");
            return;
        }
    }
    panic!("the order was not verified again");
}
