//! Beyond this machine everything is TLS, on ring.

use std::{io::Read, net::TcpListener, sync::Arc, thread, time::Duration};

use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto::ring, pki_types::PrivateKeyDer};
use sluice_aws::{AwsSettings, Connection, Patience};
use sluice_domain::ports::{
    secrets::Secret,
    state::{State, StateError},
};
use sluice_sandbox::ManualClock;
use sluice_testkit::conformance::{instant, subject};

/// A server whose certificate is signed by itself.
fn server() -> String {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(ring::default_provider().into());
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = Arc::new(config.with_single_cert(vec![made.cert.der().clone()], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let read = StreamOwned::new(connection, stream.unwrap()).read(&mut [0; 1_024]);
            assert!(!matches!(read, Ok(1..)), "it got a request");
        }
    });
    endpoint
}

#[tokio::test]
async fn a_certificate_of_nobody_gets_no_request() {
    // Longer than any machine takes.
    let long = Duration::from_secs(100);
    let connection = Connection::new(&AwsSettings {
        region: "eu-central-1".into(),
        endpoint: Some(server()),
        access_key_id: "AKIA".into(),
        secret_access_key: Secret::new("hush"),
        session_token: None,
        patience: Patience { connect: long, attempt: long, operation: long, attempts: 1 },
    });
    let state = connection.state("sluice-test-state", Arc::new(ManualClock::new(instant(0))));
    let found = state.read(vec![subject("1")]).await;
    let Err(StateError::Unknown(text)) = found else { panic!("{found:?}") };
    assert!(text.contains("UnknownIssuer") && text.contains("dynamodb:BatchGetItem"), "{text}");
}
