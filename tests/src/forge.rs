//! A small server that speaks as much of GitHub's and GitLab's interfaces as the steps of `examples/ci` use.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// A request as it came in.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, `null` if it is no JSON.
    pub body: Value,
}

/// The server: comments of one pull request, and what was asked.
#[derive(Debug, Clone)]
pub struct Forge {
    url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    comments: Vec<Value>,
    requests: Vec<Request>,
    /// What is answered to a path, in place of comments.
    answers: Vec<(String, Value)>,
}

impl Forge {
    /// Starts it on a port of its own; it ends with the process.
    pub fn start(comments: Vec<Value>, answers: Vec<(&str, Value)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it has an address"));
        let answers = answers.into_iter().map(|(path, answer)| (path.to_owned(), answer)).collect();
        let state = Arc::new(Mutex::new(State { comments, requests: Vec::new(), answers }));
        let served = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = serve(stream, &served);
            }
        });
        Self { url, state }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The comments as they are now.
    pub fn comments(&self) -> Vec<Value> {
        self.state.lock().expect("no thread fails here").comments.clone()
    }

    /// What was asked until now.
    pub fn requests(&self) -> Vec<Request> {
        self.state.lock().expect("no thread fails here").requests.clone()
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let header = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let length = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut stream = stream;
    if header("expect").is_some() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let request = Request { method, path, headers, body: serde_json::from_slice(&body).unwrap_or(Value::Null) };
    let answer = state.lock().expect("no thread fails here").answer(request).to_string();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", answer.len());
    stream.write_all(head.as_bytes())?;
    stream.write_all(answer.as_bytes())
}

impl State {
    fn answer(&mut self, request: Request) -> Value {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let answer = match request.method.as_str() {
            "GET" => match self.answers.iter().find(|(known, _)| known == path) {
                Some((_, answer)) => answer.clone(),
                None => {
                    let page = query.split('&').find_map(|part| part.strip_prefix("page=")?.parse().ok()).unwrap_or(1);
                    self.comments.chunks(100).nth(page - 1).map_or_else(|| json!([]), |part| json!(part))
                }
            },
            "POST" => {
                let id = 1000 + self.comments.len();
                let name = "github-actions[bot]";
                let comment = json!({ "id": id, "user": { "login": name }, "author": { "username": name },
                                      "body": request.body["body"] });
                self.comments.push(comment.clone());
                comment
            }
            _ => {
                let id = path.rsplit('/').next().and_then(|id| id.parse::<u64>().ok());
                let found = self.comments.iter_mut().find(|comment| comment["id"].as_u64() == id);
                found.map_or(Value::Null, |comment| {
                    comment["body"] = request.body["body"].clone();
                    comment.clone()
                })
            }
        };
        self.requests.push(request);
        answer
    }
}
