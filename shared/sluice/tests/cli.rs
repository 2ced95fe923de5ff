//! The command line, as `design/interface.md` fixes it: output, streams and exit codes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "tests may unwrap"
)]

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::{Value, json};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/shopify")
}

/// The binary in an environment of its own.
fn sluice(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sluice")).args(args).env_clear().output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[track_caller]
fn check(output: &Output, code: i32, last_line: &str) {
    let text = stdout(output);
    assert_eq!(text.lines().last().unwrap_or_default(), last_line, "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code));
}

/// A file of a test's own.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// Verifies the first recorded vector with other secrets and headers.
fn verify(name: &str, secrets: &[&str], headers: &Value) -> Output {
    let headers = file(&format!("{name}.json"), headers.to_string().as_bytes());
    let body = fixtures().join("webhook_payloads/orders__create.json");
    let mut args = vec!["verify", "--channel", "shopify", "--headers", headers.to_str().unwrap()];
    args.extend(["--body", body.to_str().unwrap()]);
    for secret in secrets {
        args.extend(["--secret", secret]);
    }
    sluice(&args)
}

fn vectors() -> Value {
    serde_json::from_slice(&std::fs::read(fixtures().join("webhook_signature_vectors.json")).unwrap()).unwrap()
}

#[test]
fn verify_accepts_the_recorded_signature_whatever_the_case_of_its_header() {
    let vectors = vectors();
    let (secret, headers) = (vectors["client_secret"].as_str().unwrap(), &vectors["deliveries"][0]["headers"]);
    check(&verify("good", &[secret], headers), 0, "accepted");
    check(&verify("rotated", &["an old one", secret], headers), 0, "accepted");
    let lower: serde_json::Map<String, Value> =
        headers.as_object().unwrap().iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect();
    check(&verify("lower", &[secret], &Value::Object(lower)), 0, "accepted");
    for (name, end) in [("secret.txt", ""), ("secret-line.txt", "\n"), ("secret-crlf.txt", "\r\n")] {
        let key = file(name, format!("{secret}{end}").as_bytes());
        check(&verify("file", &[key.to_str().unwrap()], headers), 0, "accepted");
    }
}

#[test]
fn verify_rejects_with_exit_1_and_never_2() {
    let vectors = vectors();
    let (secret, headers) = (vectors["client_secret"].as_str().unwrap(), &vectors["deliveries"][0]["headers"]);
    for (name, secrets, headers) in [
        ("empty", vec![""], headers.clone()),
        ("wrong", vec!["another"], headers.clone()),
        ("absent", vec![secret], json!({})),
        ("malformed", vec![secret], json!({"X-Shopify-Hmac-Sha256": "not base64!"})),
        ("number", vec![secret], json!({"X-Shopify-Hmac-Sha256": 7})),
    ] {
        let output = verify(name, &secrets, &headers);
        let text = stdout(&output);
        assert!(text.lines().last().unwrap().starts_with("rejected: "), "{name}: {text}");
        assert_eq!(output.status.code(), Some(1), "{name}");
    }
}

#[test]
fn wrong_usage_is_exit_2_on_stderr() {
    for args in [
        &["verify"][..],
        &["verify", "--channel", "nope", "--secret", "s", "--headers", "h", "--body", "b"],
        &["explain", "--channel", "shopify", "--topic", "orders/create", "/no/such/file"],
        &["exceptions", "retry"],
        &["nonsense"],
    ] {
        let output = sluice(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
        assert!(!output.stderr.is_empty(), "{args:?}");
    }
}

/// The place may be named after the verb's own words; nothing listens there, and there is no store.
#[test]
fn exceptions_takes_its_place_after_the_verb() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{closed}");
    for args in [&["list"][..], &["retry", "--all"], &["park", "x"], &["release", "x"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
        let place = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let args = [&["exceptions"], args, &["--to", &url]].concat();
        let output = command.args(&args).current_dir(place).env_clear().output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}: {text}");
        assert!(text.contains(&url), "{text}");
    }
}

#[test]
fn every_verb_shows_an_example() {
    for verb in ["verify", "explain", "send", "serve", "trace", "exceptions", "doctor", "demo-data"] {
        let output = sluice(&[verb, "--help"]);
        assert_eq!(output.status.code(), Some(0), "{verb}");
        assert!(stdout(&output).contains("Example:"), "{verb}");
    }
}

#[test]
fn explain_prints_one_line_of_figures_for_an_order_and_for_a_refusal() {
    let order = fixtures().join("plain_order.json");
    let args = ["explain", "--channel", "shopify", "--topic", "orders/create", "--format", "summary"];
    let output = sluice(&[&args[..], &[order.to_str().unwrap()]].concat());
    assert_eq!(output.status.code(), Some(0));
    let line: Value = serde_json::from_str(stdout(&output).trim()).unwrap();
    for (key, value) in [
        ("kind", json!("order")),
        ("subject", json!("demo/order/820982911946154001")),
        ("number", json!("#1001")),
        ("currency", json!("EUR")),
        ("total", json!("53.79")),
        ("subtotal", json!("48.80")),
        ("tax_included", json!(true)),
        ("tax", json!("8.59")),
        ("shipping", json!("4.99")),
        ("tip", json!("0.00")),
        ("fees", json!("0.00")),
        ("discount", json!("0.00")),
        ("lines", json!(2)),
        ("units", json!("3")),
        ("paid", json!("53.79")),
        ("state", json!("open")),
        ("test", json!(false)),
    ] {
        assert_eq!(line[key], value, "{key} of {line}");
    }
    let whole = sluice(&[
        "explain",
        "--channel",
        "shopify",
        "--topic",
        "orders/create",
        "--format",
        "json",
        order.to_str().unwrap(),
    ]);
    let whole: Value = serde_json::from_str(stdout(&whole).trim()).unwrap();
    assert_eq!((&whole["state"], &whole["canonical"]["order"]["value"]["state"]), (&json!("open"), &json!("open")));
    assert!(whole["plan"].is_array() && whole["mapping"].is_object());
    let broken = file("broken.json", br#"{"id": 5, "line_items": 7}"#);
    let output = sluice(&[&args[..], &[broken.to_str().unwrap()]].concat());
    assert_eq!(output.status.code(), Some(1));
    let line: Value = serde_json::from_str(stdout(&output).trim()).unwrap();
    assert!(line["rejected"].as_str().unwrap().contains("line_items"), "{line}");
    let ignored = sluice(&[
        "explain",
        "--channel",
        "shopify",
        "--topic",
        "themes/publish",
        "--format",
        "summary",
        broken.to_str().unwrap(),
    ]);
    assert_eq!(ignored.status.code(), Some(0));
    assert_eq!(serde_json::from_str::<Value>(stdout(&ignored).trim()).unwrap()["kind"], "ignored");
}

#[test]
fn settings_that_cannot_be_used_name_the_variable_and_the_fix() {
    let run = |pairs: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
        let output = command.arg("doctor").env_clear().envs(pairs.iter().copied()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) =
        run(&[("ODOO_URL", "http://erp.example.com"), ("ODOO_DB", "d"), ("ODOO_LOGIN", "l"), ("ODOO_API_KEY", "k")]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("ODOO_URL") && text.contains("https"), "{text}");
    let (code, text) = run(&[("ODOO_DB", "d")]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("ODOO_URL"), "{text}");
    // A port of this machine on which nobody listens.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{closed}");
    let (code, text) = run(&[("ODOO_URL", &url), ("ODOO_DB", "d"), ("ODOO_LOGIN", "l"), ("ODOO_API_KEY", "k")]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("cannot be reached") && text.contains("ODOO_URL"), "{text}");
}

/// A verb in the environment of a store and, perhaps, of a real Odoo; nothing listens where it asks.
fn with_store(store: &Path, real: bool, args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
    command.args(args).env_clear().env("SLUICE_STORE", store).env("ONCE", "1").env("SLUICE_LOG", "error");
    if real {
        let odoo = [("URL", "http://127.0.0.1:1"), ("DB", "shop"), ("LOGIN", "sluice"), ("API_KEY", "key")];
        command.envs(odoo.map(|(name, value)| (format!("ODOO_{name}"), value)));
    }
    let output = command.output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(told).unwrap())
}

fn free_port() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string()
}

#[test]
fn a_store_of_the_simulated_odoo_is_never_taken_for_a_real_ones() {
    let store = Path::new(env!("CARGO_TARGET_TMPDIR")).join("target.sluice");
    let _ = std::fs::remove_file(&store);
    let serve = |real| with_store(&store, real, &["serve", "--port", &free_port()]);
    assert_eq!(serve(false).0, Some(0));
    let (code, told) = serve(true);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("belongs to the simulated Odoo") && told.contains("RESET=1"), "{told}");
    assert_eq!(serve(false).0, Some(0));
}

#[test]
fn doctor_accepts_a_database_of_a_store_and_says_how_many_are_verified() {
    let store = Path::new(env!("CARGO_TARGET_TMPDIR")).join("accept.sluice");
    let _ = std::fs::remove_file(&store);
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    let accept = ["doctor", "--to", &nowhere, "--format", "json", "--accept-database", "2026-11-24T02:00:00Z"];
    let (code, told) = with_store(&store, false, &accept);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("there is no store"), "{told}");
    assert_eq!(with_store(&store, false, &["serve", "--port", &free_port()]).0, Some(0));
    assert_eq!(with_store(&store, false, &accept), (Some(0), "{\"subjects\":0}\n".to_owned()));
    let (code, _) = with_store(&store, false, &["doctor", "--accept-database", "yesterday"]);
    assert_eq!(code, Some(2));
}

/// A channel whose provider pings without a signature, and whose built-in account has a name of its own.
#[test]
fn another_channel_is_verified_and_explained_by_the_same_verbs() {
    let folder = fixtures().join("../woocommerce");
    let vectors = std::fs::read(folder.join("webhook_deliveries/signature_vectors.json")).unwrap();
    let vectors: Value = serde_json::from_slice(&vectors).unwrap();
    let secret = vectors["secret"].as_str().unwrap();
    for (number, one) in vectors["deliveries"].as_array().unwrap().iter().enumerate() {
        let headers = file(&format!("woo-{number}.json"), one["headers"].to_string().as_bytes());
        let body = folder.join(one["body_file"].as_str().unwrap());
        let args = ["verify", "--channel", "woocommerce", "--secret", secret, "--headers", headers.to_str().unwrap()];
        let output = sluice(&[&args[..], &["--body", body.to_str().unwrap()]].concat());
        if one["headers"].get("X-WC-Webhook-Signature").is_some() {
            check(&output, 0, "accepted");
        } else {
            check(&output, 1, "rejected: missing header X-WC-Webhook-Signature");
        }
    }
    let order = folder.join("synthetic/order.json");
    let args = ["explain", "--channel", "woocommerce", "--topic", "pull:order", "--format", "summary"];
    let output = sluice(&[&args[..], &[order.to_str().unwrap()]].concat());
    let line: Value = serde_json::from_str(stdout(&output).trim()).unwrap();
    assert_eq!((&line["subject"], &line["total"]), (&json!("demo/order/7301"), &json!("60.69")), "{line}");
}
