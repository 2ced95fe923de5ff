//! The simulated Odoo in a process of its own, at the other end of a pipe: so what it holds in memory, which is its whole
//! database, is measured apart from what Sluice holds.

use std::{
    io::{self, BufReader, BufWriter, Read, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Mutex,
};

use serde_json::{Value, json};
use sluice_domain::ports::{
    PortFuture,
    http::{Http, HttpError, HttpRequest, HttpResponse, Method},
};
use sluice_sandbox::odoo::SimConfig;
use sluice_testkit::world::{self, administration};

use crate::pipeline;

/// The argument that makes this program the simulated Odoo.
pub(crate) const ARGUMENT: &str = "--odoo";

/// How it is made.
pub(crate) fn config() -> SimConfig {
    SimConfig { track_changes: false, ..SimConfig::odoo19() }
}

/// The process.
pub(crate) struct PipedOdoo {
    child: Child,
    pipe: Mutex<(BufWriter<ChildStdin>, BufReader<ChildStdout>)>,
}

impl PipedOdoo {
    pub(crate) fn start() -> Self {
        let this = std::env::current_exe().expect("this program");
        let started = Command::new(this).arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = started.expect("a process");
        let (input, output) = child.stdin.take().zip(child.stdout.take()).expect("pipes");
        Self { child, pipe: Mutex::new((BufWriter::new(input), BufReader::new(output))) }
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Orders in a state, as Odoo itself says.
    pub(crate) fn orders_in(&self, state: &str) -> u64 {
        let domain = json!([[["state", "=", state]]]);
        let request = administration(&config(), ("sale.order", "search_count"), &domain, &json!({}));
        let answer = self.exchange(&request).expect("an answer");
        let answer: Value = serde_json::from_slice(&answer.body).expect("JSON");
        answer["result"].as_u64().expect("a count")
    }

    fn exchange(&self, request: &HttpRequest) -> io::Result<HttpResponse> {
        let mut pipe = self.pipe.lock().expect("a lock");
        let (input, output) = &mut *pipe;
        put(input, request.url.as_bytes())?;
        put(input, json!(request.headers).to_string().as_bytes())?;
        put(input, &request.body)?;
        input.flush()?;
        let status = String::from_utf8_lossy(&take(output)?).parse().unwrap_or(0);
        let headers = serde_json::from_slice(&take(output)?)?;
        Ok(HttpResponse { status, headers, body: take(output)? })
    }
}

impl Http for PipedOdoo {
    fn send(&self, request: HttpRequest) -> PortFuture<'_, Result<HttpResponse, HttpError>> {
        let answer = self.exchange(&request).map_err(|error| HttpError::NoAnswer(error.to_string()));
        Box::pin(async move { answer })
    }
}

impl Drop for PipedOdoo {
    fn drop(&mut self) {
        // Its pipe is still open, so it would wait for ever.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Is the simulated Odoo, until the pipe ends.
pub(crate) fn serve() {
    let mut odoo = world::stocked_odoo(config(), pipeline::start());
    let (mut input, mut output) = (BufReader::new(io::stdin()), BufWriter::new(io::stdout()));
    while let Ok(url) = take(&mut input) {
        let headers = serde_json::from_slice(&take(&mut input).expect("headers")).expect("headers");
        let request = HttpRequest {
            method: Method::Post,
            url: String::from_utf8_lossy(&url).into_owned(),
            headers,
            body: take(&mut input).expect("a body"),
            timeout_ms: 0,
        };
        let answer = odoo.handle(&request, pipeline::start()).expect("no faults in a benchmark");
        put(&mut output, answer.status.to_string().as_bytes()).expect("a pipe");
        put(&mut output, json!(answer.headers).to_string().as_bytes()).expect("a pipe");
        put(&mut output, &answer.body).expect("a pipe");
        output.flush().expect("a pipe");
    }
}

/// Writes a piece: its length, then its bytes.
fn put(output: &mut impl Write, piece: &[u8]) -> io::Result<()> {
    let length = u32::try_from(piece.len()).map_err(io::Error::other)?;
    output.write_all(&length.to_be_bytes())?;
    output.write_all(piece)
}

fn take(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let mut piece = vec![0; usize::try_from(u32::from_be_bytes(length)).map_err(io::Error::other)?];
    input.read_exact(&mut piece)?;
    Ok(piece)
}
