//! The program, as a container runs it: its script from a file, and its health check.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use tempfile::NamedTempFile;

/// The running program; killed when it is dropped.
struct Program {
    process: Child,
    port: u16,
}

impl Program {
    fn start(script: &str) -> Self {
        let file = script_file(script);
        let port = free_port();
        let mut process = program()
            .arg(port.to_string())
            .arg("--script")
            .arg(file.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(line.contains("listening"), "{line}");
        Self { process, port }
    }

    fn converse(&self, model: &str) -> String {
        let body = r#"{"messages": [{"role": "user", "content": [{"text": "{\"goal\": \"Learn chess\"}"}]}]}"#;
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "POST /model/{model}/converse HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_fake-bedrock"))
}

fn script_file(script: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(script.as_bytes()).unwrap();
    file
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

fn is_healthy(port: u16) -> bool {
    let check = program()
        .args(["healthcheck", &port.to_string()])
        .output()
        .unwrap();
    check.status.success()
}

#[test]
fn it_follows_the_script_of_a_file() {
    let program = Program::start(
        r#"{"models": [{"model": "haiku", "rates": [{"fault": "throttle", "share": 1}]}]}"#,
    );

    let haiku = program.converse("global.anthropic.claude-haiku-5-5");
    let sonnet = program.converse("global.anthropic.claude-sonnet-5-5");

    assert!(haiku.starts_with("HTTP/1.1 429"), "{haiku}");
    assert!(sonnet.starts_with("HTTP/1.1 200"), "{sonnet}");
}

#[test]
fn it_is_healthy_while_it_serves() {
    let program = Program::start("{}");
    let port = program.port;

    assert!(is_healthy(port));
    drop(program);

    assert!(!is_healthy(port));
}

#[test]
fn a_file_that_is_no_script_stops_the_start_by_its_name() {
    let file = script_file(r#"{"latency": 3}"#);

    let output = program().arg("--script").arg(file.path()).output().unwrap();

    let message = String::from_utf8(output.stderr).unwrap();
    let name = file.path().to_str().unwrap();
    assert!(!output.status.success());
    assert!(
        message.contains(name) && message.contains("unknown field `latency`"),
        "{message}"
    );
}
