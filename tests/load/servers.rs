// SPDX-License-Identifier: EUPL-1.2
//! What is measured, each on the first core: nginx as a bare proxy, and the stack that a team would build otherwise. What
//! they forward to, and whoever asks, has the second core.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The core of whatever is measured, and the core of everything else.
pub(crate) const MEASURED: &str = "0";
pub(crate) const AROUND: &str = "1";

/// A server with everything it started. It is ended when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// The port on loopback.
    pub(crate) port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        // A parent that ends well takes its workers with it; it may have ended by itself.
        let _told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _waited = self.child.wait();
    }
}

impl Server {
    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

/// CPU time used so far by processes and their children, in microseconds. The kernel counts in hundredths of a second.
pub(crate) fn cpu(processes: &[u32]) -> u64 {
    processes.iter().map(|process| cpu_of(*process)).sum()
}

fn cpu_of(process: u32) -> u64 {
    let own = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields: Vec<&str> = own.rsplit_once(") ").map(|(_, rest)| rest.split(' ').collect()).unwrap_or_default();
    let ticks: u64 = fields.iter().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    ticks * 10_000 + children.map(cpu_of).sum::<u64>()
}

/// Resident memory of a process, in KiB.
pub(crate) fn memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// What answers behind a proxy: the least that can be an answer.
pub(crate) fn backend(folder: &Path) -> Server {
    let port = free_port();
    let inside = format!(
        "server {{ listen 127.0.0.1:{port} backlog=1024; keepalive_requests 1000000000; location / {{
         default_type application/json;
         return 201 '{{\"signaalId\":\"00000000000000000000000000000000\",\"ontvangers\":[]}}'; }} }}"
    );
    nginx(folder, "backend", AROUND, &inside, port)
}

/// Whether a proxy asks for mutual TLS, or for no TLS at all.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Tls,
    Open,
}

/// nginx as a bare proxy. It answers one address by itself, with as little as the gateway does there.
pub(crate) fn bare_proxy(folder: &Path, files: &Path, backend: u16, door: Door) -> Server {
    let port = free_port();
    let inside = format!(
        "upstream behind {{ server 127.0.0.1:{backend}; keepalive 256; }} {} location / {{ proxy_pass http://behind; {KEEP} }}
         location = /v1/openapi.json {{ return 405; }} }}",
        front(files, port, door)
    );
    let name = if door == Door::Tls { "bare" } else { "bare-open" };
    nginx(folder, name, MEASURED, &inside, port)
}

/// nginx in front of a system that asks for mutual TLS itself, as a school's does.
pub(crate) fn forwarding_proxy(folder: &Path, files: &Path, system: &str) -> Server {
    let (port, system) = (free_port(), system.trim_start_matches("https://localhost:"));
    let place = files.display();
    let inside = format!(
        "upstream system {{ server 127.0.0.1:{system}; keepalive 256; }} {} location / {{ proxy_pass https://system; {KEEP}
         proxy_ssl_certificate {place}/client.pem; proxy_ssl_certificate_key {place}/client.key; proxy_ssl_protocols TLSv1.3;
         proxy_ssl_trusted_certificate {place}/ca.pem; proxy_ssl_verify on; proxy_ssl_name localhost; }} }}",
        front(files, port, Door::Tls)
    );
    nginx(folder, "forwarding", MEASURED, &inside, port)
}

/// nginx that asks a service before each request whether it may pass.
pub(crate) fn asking_proxy(folder: &Path, files: &Path, (backend, service): (u16, u16), door: Door) -> Server {
    let port = free_port();
    let inside = format!(
        "upstream asked {{ server 127.0.0.1:{service}; keepalive 64; }} upstream behind {{ server 127.0.0.1:{backend}; keepalive 256; }}
         {} location / {{ auth_request /ask; proxy_pass http://behind; {KEEP} }}
         location = /ask {{ internal; proxy_pass http://asked/ask; proxy_pass_request_body off;
           proxy_set_header Content-Length \"\"; {KEEP} }} }}",
        front(files, port, door)
    );
    nginx(folder, &format!("asking-{service}-{port}"), MEASURED, &inside, port)
}

/// The service that it asks: token, role policy, consent, and one row of a log each time.
pub(crate) fn service(folder: &Path, python: &Path, database: &str, (rules, public_key): (usize, &Path)) -> Server {
    let port = free_port();
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("load");
    let mut command = Command::new("taskset");
    command.args(["-c", MEASURED]).arg(python);
    command.args(["-m", "uvicorn", "naive:app", "--loop", "uvloop", "--no-access-log", "--log-level", "warning"]);
    command.args(["--host", "127.0.0.1", "--port", &port.to_string(), "--app-dir"]).arg(app);
    command.env("NAIVE_DATABASE", database).env("NAIVE_RULES", rules.to_string()).env("NAIVE_KEY", public_key);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    started(command, folder, &format!("service-{rules}"), port)
}

const KEEP: &str = "proxy_http_version 1.1; proxy_set_header Connection \"\";";

fn front(files: &Path, port: u16, door: Door) -> String {
    let files = files.display();
    let tls = format!(
        "ssl_protocols TLSv1.3; ssl_certificate {files}/server.pem; ssl_certificate_key {files}/server.key;
         ssl_client_certificate {files}/ca.pem; ssl_verify_client on;"
    );
    let (ssl, tls) = if door == Door::Tls { ("ssl ", tls.as_str()) } else { ("", "") };
    format!("server {{ listen 127.0.0.1:{port} {ssl}backlog=1024; keepalive_requests 1000000000; {tls}")
}

fn nginx(folder: &Path, name: &str, core: &str, inside: &str, port: u16) -> Server {
    let place = folder.join(name);
    fs::create_dir_all(&place).unwrap();
    let at = place.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {at}/{kind};"))
        .concat();
    let text = format!(
        "daemon off; worker_processes 1; pid {at}/pid; error_log {at}/error.log;
         events {{ worker_connections 4096; }}
         http {{ access_log off; {temporary} {inside} }}"
    );
    fs::write(place.join("nginx.conf"), text).unwrap();
    let mut command = Command::new("taskset");
    command.args(["-c", core, "nginx", "-p"]).arg(&place).arg("-c").arg(place.join("nginx.conf"));
    started(command, folder, name, port)
}

fn started(mut command: Command, folder: &Path, name: &str, port: u16) -> Server {
    let log = fs::File::create(folder.join(format!("{name}.log"))).unwrap();
    let child = command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
    let server = Server { child, port };
    let until = Instant::now() + Duration::from_secs(20);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < until, "{name} does not listen: see {}", folder.join(format!("{name}.log")).display());
        std::thread::sleep(Duration::from_millis(20));
    }
    server
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).unwrap().port()
}
