//! The client against small servers on loopback: what it reports of every way to fail.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    time::Duration,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto::ring};
use sluice_domain::ports::http::{Http, HttpError, HttpRequest, HttpResponse, Method};

use super::{HttpClient, TrustError};

/// Longer than anything here takes.
const PATIENT_MS: u64 = 20_000;
/// What the tests take for too long.
const HASTY_MS: u64 = 150;
/// The most bytes of an answer in these tests.
const MOST: usize = 1_000;

/// Serves each connection with `serve`, one after the other, for as long as the test process lives.
fn server(serve: impl Fn(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || listener.incoming().flatten().for_each(serve));
    address
}

/// Reads one request: the head and as much body as it announces.
fn read_request(stream: &mut impl Read) -> String {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    head + &String::from_utf8(body).unwrap()
}

/// Answers every request of every connection with these bytes.
fn answering(answer: &'static str) -> SocketAddr {
    server(move |mut stream| {
        read_request(&mut stream);
        stream.write_all(answer.as_bytes()).unwrap();
    })
}

fn post(url: String, timeout_ms: u64) -> HttpRequest {
    let headers = vec![("Authorization".to_owned(), "bearer hush".to_owned())];
    HttpRequest { method: Method::Post, url, headers, body: b"{}".to_vec(), timeout_ms }
}

fn run(client: &HttpClient, requests: Vec<HttpRequest>) -> Vec<Result<HttpResponse, HttpError>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut answers = Vec::new();
        for request in requests {
            answers.push(client.send(request).await);
        }
        answers
    })
}

fn client(ca_file: Option<&Path>) -> HttpClient {
    HttpClient::with_limits(ca_file, Duration::from_millis(400), MOST).unwrap()
}

fn once(url: String, timeout_ms: u64) -> Result<HttpResponse, HttpError> {
    let result = run(&client(None), vec![post(url, timeout_ms)]).remove(0);
    if let Err(error) = &result {
        assert!(!error.to_string().contains("hush"), "{error}");
    }
    result
}

#[track_caller]
fn no_answer(result: Result<HttpResponse, HttpError>) -> String {
    match result {
        Err(HttpError::NoAnswer(text)) => text,
        other => panic!("expected no answer: {other:?}"),
    }
}

#[track_caller]
fn not_sent(result: Result<HttpResponse, HttpError>) -> String {
    match result {
        Err(HttpError::NotSent(text)) => text,
        other => panic!("expected not sent: {other:?}"),
    }
}

#[test]
fn one_request_is_one_exchange() {
    let (seen, requests) = mpsc::channel();
    let address = server(move |mut stream| {
        seen.send(read_request(&mut stream)).unwrap();
        stream.write_all(b"HTTP/1.1 201 Created\r\nX-Odd: Caf\xe9\r\nContent-Length: 5\r\n\r\nhello").unwrap();
    });
    let answer = once(format!("http://{address}/json/2/res.partner/read?x=1"), PATIENT_MS).unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (201, b"hello".as_slice()));
    assert_eq!(answer.header("x-odd"), Some("Caf\u{fffd}"));
    let request = requests.recv().unwrap();
    assert!(request.starts_with("POST /json/2/res.partner/read?x=1 HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: bearer hush\r\n") && request.ends_with("{}"), "{request}");
}

#[test]
fn nobody_listens() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let text = not_sent(once(format!("http://{free}/?key=hush"), PATIENT_MS));
    assert!(text.starts_with(&format!("{free}: Connection refused")), "{text}");
}

#[test]
fn no_such_name() {
    let text = not_sent(once("https://no-such-host.invalid/?key=hush".to_owned(), PATIENT_MS));
    assert!(text.starts_with("no-such-host.invalid:443: "), "{text}");
}

#[test]
fn closes_before_it_answers() {
    let address = server(|mut stream| {
        read_request(&mut stream);
    });
    no_answer(once(format!("http://{address}/?key=hush"), PATIENT_MS));
}

#[test]
fn never_answers() {
    let (kept, _open) = mpsc::channel();
    let address = server(move |stream| {
        let _ = kept.send(stream);
    });
    let text = no_answer(once(format!("http://{address}/?key=hush"), HASTY_MS));
    assert_eq!(text, format!("{address}: no whole answer within {HASTY_MS} ms"));
}

#[test]
fn answers_slower_than_the_whole_may_take() {
    let (kept, _open) = mpsc::channel();
    let address = server(move |mut stream| {
        read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf ").unwrap();
        let _ = kept.send(stream);
    });
    let text = no_answer(once(format!("http://{address}/"), HASTY_MS));
    assert_eq!(text, format!("{address}: no whole answer within {HASTY_MS} ms"));
}

#[test]
fn breaks_off_in_the_body() {
    no_answer(once(format!("http://{}/", answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf ")), PATIENT_MS));
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf \r\n";
    no_answer(once(format!("http://{}/", answering(chunked)), PATIENT_MS));
}

#[test]
fn answers_something_else_than_http() {
    no_answer(once(format!("http://{}/", answering("SSH-2.0-OpenSSH_9.2\r\n")), PATIENT_MS));
}

#[test]
fn an_answer_as_long_as_allowed_is_taken_and_a_longer_one_is_not() {
    let sized = |length: usize, head: String| {
        let address = server(move |mut stream| {
            read_request(&mut stream);
            stream.write_all(head.as_bytes()).unwrap();
            // The client may hang up in the middle.
            let _ = stream.write_all(&vec![b'x'; length]);
        });
        once(format!("http://{address}/"), PATIENT_MS)
    };
    let stated = |length: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
    let until_close = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    assert_eq!(sized(MOST, stated(MOST)).unwrap().body.len(), MOST);
    assert_eq!(sized(MOST, until_close.to_owned()).unwrap().body.len(), MOST);
    assert_eq!(sized(MOST + 1, stated(MOST + 1)), Err(HttpError::TooLarge { limit: MOST }));
    assert_eq!(sized(MOST + 1, until_close.to_owned()), Err(HttpError::TooLarge { limit: MOST }));
    assert_eq!(super::MAX_ANSWER_BYTES, 8 * 1024 * 1024);
}

#[test]
fn a_redirect_is_an_answer() {
    let head = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/web/login\r\nContent-Length: 0\r\n\r\n";
    let answer = once(format!("http://{}/", answering(head)), PATIENT_MS).unwrap();
    assert_eq!((answer.status, answer.header("Location")), (302, Some("http://127.0.0.1:1/web/login")));
}

#[test]
fn no_cookie_comes_back() {
    let (seen, requests) = mpsc::channel();
    let address = server(move |mut stream| {
        seen.send(read_request(&mut stream)).unwrap();
        let head = b"HTTP/1.1 200 OK\r\nSet-Cookie: session_id=1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(head).unwrap();
    });
    let get = |url| HttpRequest { method: Method::Get, body: Vec::new(), ..post(url, PATIENT_MS) };
    let url = format!("http://{address}/");
    assert!(run(&client(None), vec![get(url.clone()), get(url)]).iter().all(Result::is_ok));
    for request in [requests.recv().unwrap(), requests.recv().unwrap()] {
        assert!(!request.to_ascii_lowercase().contains("cookie"), "{request}");
    }
}

#[test]
fn refuses_what_is_against_the_rules() {
    let refused = |request| match run(&client(None), vec![request]).remove(0) {
        Err(HttpError::Refused(text)) => text,
        other => panic!("expected a refusal: {other:?}"),
    };
    let text = refused(post("http://erp.example.com/jsonrpc?key=hush".into(), PATIENT_MS));
    assert_eq!(text, "erp.example.com:80: plain http goes to this machine only: write https://");
    let mut request = post("https://erp.example.com/".into(), PATIENT_MS);
    request.headers = vec![("authorization".into(), "hush\nhush".into())];
    assert_eq!(refused(request), "the value of header `authorization` cannot be sent");
}

/// A server whose certificate for 127.0.0.1 is signed by itself, and that certificate in a file.
fn tls_server(name: &str) -> (SocketAddr, PathBuf) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let file = std::env::temp_dir().join(format!("sluice-ca-{}-{name}.pem", std::process::id()));
    std::fs::write(&file, made.cert.pem()).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(ring::default_provider().into());
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = Arc::new(config.with_single_cert(vec![made.cert.der().clone()], key).unwrap());
    let address = server(move |stream| {
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
        // A client that refuses the certificate sends nothing to read.
        if read_request(&mut stream).starts_with("POST") {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").unwrap();
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    (address, file)
}

#[test]
fn a_certificate_of_nobody_is_refused_before_anything_is_sent() {
    let (address, file) = tls_server("refused");
    let text = not_sent(once(format!("https://{address}/?key=hush"), PATIENT_MS));
    std::fs::remove_file(file).unwrap();
    assert!(text.contains("UnknownIssuer") && text.ends_with("name its CA in a CA file"), "{text}");
}

#[test]
fn a_certificate_of_the_configured_ca_is_trusted() {
    let (address, file) = tls_server("trusted");
    let answer = run(&client(Some(&file)), vec![post(format!("https://{address}/"), PATIENT_MS)]).remove(0);
    std::fs::remove_file(file).unwrap();
    assert_eq!(answer.unwrap().body, b"ok");
}

#[test]
fn a_handshake_that_hangs_sends_nothing() {
    let (kept, _open) = mpsc::channel();
    let address = server(move |stream| {
        let _ = kept.send(stream);
    });
    not_sent(once(format!("https://{address}/"), PATIENT_MS));
}

#[test]
fn a_ca_file_without_certificate_is_named() {
    let missing = Path::new("no-such-ca.pem");
    let found = HttpClient::new(Some(missing)).unwrap_err();
    assert!(matches!(&found, TrustError::CaFile { file, .. } if file == missing), "{found}");
    let empty = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let found = HttpClient::new(Some(&empty)).unwrap_err();
    assert!(found.to_string().ends_with("cannot be used: it holds no PEM certificate"), "{found}");
}
