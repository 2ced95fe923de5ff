//! A peer that answers what the test tells it to, over real HTTP on loopback.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::Value;

/// One answer.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A status and a body.
    Body(u16, String),
    /// Takes the request and closes: what was asked for may have happened.
    Close,
    /// Takes the request and says nothing.
    Silence,
}

/// `{}` with 200.
pub(crate) fn fine() -> Answer {
    json(200, "{}")
}

pub(crate) fn json(status: u16, body: &(impl ToString + ?Sized)) -> Answer {
    Answer::Body(status, body.to_string())
}

/// An error of the JSON protocols.
pub(crate) fn error(status: u16, code: &str) -> Answer {
    json(status, &serde_json::json!({ "__type": format!("com.amazonaws#{code}"), "message": "said the service" }))
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The operation, or method and path.
    pub(crate) what: String,
    pub(crate) body: Value,
}

/// The peer. Lives as long as the process.
pub(crate) struct Server {
    pub(crate) endpoint: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers in that order, then for ever as it did last.
    pub(crate) fn answering(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let known = Arc::clone(&seen);
        let answers = Arc::new(Mutex::new(answers));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (answers, seen) = (Arc::clone(&answers), Arc::clone(&known));
                thread::spawn(move || serve(stream.unwrap(), &answers, &seen));
            }
        });
        Self { endpoint, seen }
    }

    /// What was asked since the last time.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }

    /// The operations that were asked for.
    #[track_caller]
    pub(crate) fn check(&self, expect: &[&str]) {
        let seen = self.seen();
        assert_eq!(seen.iter().map(|seen| seen.what.as_str()).collect::<Vec<_>>(), expect);
    }
}

fn serve(mut stream: TcpStream, answers: &Mutex<Vec<Answer>>, seen: &Mutex<Vec<Seen>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some(request) = read_request(&mut reader) {
        seen.lock().unwrap().push(request);
        let answer = {
            let mut answers = answers.lock().unwrap();
            if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() }
        };
        match answer {
            Answer::Body(status, body) => {
                let head =
                    format!("HTTP/1.1 {status} X\r\nx-amzn-requestid: r\r\ncontent-length: {}\r\n\r\n", body.len());
                let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
            }
            Answer::Close => return,
            // Until the client gives up and closes.
            Answer::Silence => {}
        }
    }
}

fn read_request(reader: &mut BufReader<TcpStream>) -> Option<Seen> {
    let (mut what, mut length) = (String::new(), 0);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let request: Vec<&str> = line.split(' ').collect();
    what.push_str(&request[..2].join(" "));
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "x-amz-target" => value.rsplit('.').next().unwrap().clone_into(&mut what),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Seen { what, body: serde_json::from_slice(&body).unwrap_or(Value::Null) })
}
