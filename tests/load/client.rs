// SPDX-License-Identifier: EUPL-1.2
//! Whoever asks: in a closed loop (each connection sends, reads the whole answer, and sends again) or in an open one (so many
//! a second, whatever becomes of them). Requests are written by hand, so that the measure is of the server and not of a
//! client library.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use sluis_sandbox::pki::Issued;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

/// Writes request number so many.
pub(crate) type Request = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// Whom to ask, and what.
#[derive(Clone)]
pub(crate) struct Target {
    /// The port on loopback.
    pub(crate) port: u16,
    /// What is shown and trusted; none is no TLS at all.
    pub(crate) tls: Option<Arc<ClientConfig>>,
    /// What is asked.
    pub(crate) request: Request,
    /// The status of an answer that counts.
    pub(crate) expects: u16,
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Sample {
    /// How long each answer that counts took, in microseconds, in order.
    pub(crate) took: Vec<u32>,
    /// Answers that do not count, and connections that broke.
    pub(crate) failed: u64,
    /// Connections that broke.
    pub(crate) broken: u64,
    /// How long it all lasted.
    pub(crate) lasted: Duration,
}

impl Sample {
    /// Answers that count, each second.
    pub(crate) fn rate(&self) -> f64 {
        self.took.len() as f64 / self.lasted.as_secs_f64()
    }

    /// The time within which this share of the answers came, in milliseconds.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let last = self.took.len().saturating_sub(1);
        let at = ((last as f64 * share) as usize).min(last);
        self.took.get(at).map_or(f64::NAN, |micros| f64::from(*micros) / 1_000.0)
    }
}

/// What a client shows and trusts. No session is resumed: each handshake is a whole one.
pub(crate) fn tls(ca_pem: &str, shown: &Issued) -> Arc<ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    let ca = CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap();
    roots.add(ca).unwrap();
    let chain =
        CertificateDer::pem_slice_iter(shown.certificate_pem.as_bytes()).collect::<Result<Vec<_>, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(shown.key_pem.as_bytes()).unwrap();
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_client_auth_cert(chain, key).unwrap();
    config.resumption = Resumption::disabled();
    Arc::new(config)
}

/// Asks over so many connections for so long. `first` is the number of the first request.
pub(crate) async fn closed_loop(target: &Target, connections: usize, time: Duration, first: u64) -> Sample {
    let next = Arc::new(AtomicU64::new(first));
    let streams = connected(target, connections).await;
    let until = Instant::now() + time;
    let each = |stream| ask_until(stream, target.clone(), Arc::clone(&next), until);
    gather(streams.into_iter().map(each)).await
}

/// Sends the first so many requests, each once, over so many connections. None may fail.
pub(crate) async fn each_once(target: &Target, connections: usize, requests: u64) {
    let next = Arc::new(AtomicU64::new(0));
    let streams = connected(target, connections).await;
    let whole = gather(streams.into_iter().map(|mut stream| {
        let (target, next) = (target.clone(), Arc::clone(&next));
        async move {
            let mut tally = Tally::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= requests {
                    return tally;
                }
                let since = Instant::now();
                let answer = ask(&mut stream, &(target.request)(number)).await.unwrap();
                assert_eq!(answer.status, target.expects, "{}", String::from_utf8_lossy(&answer.bytes));
                tally.note(since, true);
            }
        }
    }));
    let whole = whole.await;
    assert_eq!(whole.took.len() as u64, requests, "every request is answered");
}

/// Asks so many times a second for so long, over at most so many connections, and counts from the moment at which each
/// request should have been sent. What found every connection taken was not sent, and counts as failed.
pub(crate) async fn open_loop(
    target: &Target,
    (connections, a_second): (usize, f64),
    time: Duration,
    first: u64,
) -> Sample {
    let streams = connected(target, connections).await;
    let pause = Duration::from_secs_f64(connections as f64 / a_second);
    let (next, began) = (Arc::new(AtomicU64::new(first)), Instant::now());
    gather(streams.into_iter().enumerate().map(|(place, mut stream)| {
        let (target, next) = (target.clone(), Arc::clone(&next));
        let mut planned = began + pause.mul_f64(place as f64 / connections as f64);
        async move {
            let mut tally = Tally::default();
            while planned < began + time {
                tokio::time::sleep_until(planned.into()).await;
                let request = (target.request)(next.fetch_add(1, Ordering::Relaxed));
                let status = ask(&mut stream, &request).await.map(|answer| answer.status);
                tally.note(planned, status.as_ref().is_ok_and(|status| *status == target.expects));
                if status.is_err() {
                    tally.broken += 1;
                    let Ok(again) = connect(&target).await else { break };
                    stream = again;
                }
                planned += pause;
                while planned + pause < Instant::now() {
                    tally.failed += 1;
                    planned += pause;
                }
            }
            tally
        }
    }))
    .await
}

/// A connection for each request, so many at a time, for so long.
pub(crate) async fn handshakes(target: &Target, abreast: usize, time: Duration) -> Sample {
    let until = Instant::now() + time;
    gather((0..abreast).map(|_| {
        let target = target.clone();
        async move {
            let mut tally = Tally::default();
            while Instant::now() < until {
                let since = Instant::now();
                let status = match connect(&target).await {
                    Ok(mut stream) => ask(&mut stream, &(target.request)(0)).await.map(|answer| answer.status),
                    Err(error) => Err(error),
                };
                tally.note(since, status.is_ok_and(|status| status == target.expects));
            }
            tally
        }
    }))
    .await
}

/// One request on a connection of its own.
pub(crate) async fn once(target: &Target, number: u64) -> Answer {
    let mut stream = connect(target).await.unwrap();
    let answer = ask(&mut stream, &(target.request)(number)).await.unwrap();
    assert_eq!(answer.status, target.expects, "{}", String::from_utf8_lossy(&answer.bytes));
    answer
}

/// What one connection counted.
#[derive(Default)]
struct Tally {
    took: Vec<u32>,
    failed: u64,
    broken: u64,
}

impl Tally {
    fn note(&mut self, since: Instant, counts: bool) {
        if counts {
            self.took.push(u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX));
        } else {
            self.failed += 1;
        }
    }
}

async fn gather(loops: impl Iterator<Item = impl Future<Output = Tally> + Send + 'static>) -> Sample {
    let began = Instant::now();
    let tallies = loops.collect::<JoinSet<_>>().join_all().await;
    let mut whole = Sample { lasted: began.elapsed(), ..Sample::default() };
    for tally in tallies {
        whole.took.extend(tally.took);
        whole.failed += tally.failed;
        whole.broken += tally.broken;
    }
    whole.took.sort_unstable();
    whole
}

async fn ask_until(mut stream: Stream, target: Target, next: Arc<AtomicU64>, until: Instant) -> Tally {
    let mut tally = Tally::default();
    while Instant::now() < until {
        let request = (target.request)(next.fetch_add(1, Ordering::Relaxed));
        let since = Instant::now();
        let status = ask(&mut stream, &request).await.map(|answer| answer.status);
        tally.note(since, status.as_ref().is_ok_and(|status| *status == target.expects));
        if status.is_err() {
            tally.broken += 1;
            let Ok(again) = connect(&target).await else { break };
            stream = again;
        }
    }
    tally
}

/// A connection with or without TLS.
trait Both: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Both for T {}
type Stream = Box<dyn Both>;

async fn connected(target: &Target, connections: usize) -> Vec<Stream> {
    let mut streams = Vec::with_capacity(connections);
    for _ in 0..connections {
        streams.push(connect(target).await.unwrap());
    }
    streams
}

async fn connect(target: &Target) -> io::Result<Stream> {
    let tcp = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], target.port))).await?;
    tcp.set_nodelay(true)?;
    let Some(tls) = &target.tls else { return Ok(Box::new(tcp)) };
    let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
    Ok(Box::new(TlsConnector::from(Arc::clone(tls)).connect(name, tcp).await?))
}

/// A whole answer.
pub(crate) struct Answer {
    status: u16,
    bytes: Vec<u8>,
}

impl Answer {
    /// The body, as text.
    pub(crate) fn body(&self) -> &str {
        let text = std::str::from_utf8(&self.bytes).unwrap();
        text.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }
}

/// Sends a request and reads the whole answer.
async fn ask(stream: &mut Stream, request: &[u8]) -> io::Result<Answer> {
    stream.write_all(request).await?;
    let mut bytes = Vec::with_capacity(2_048);
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some((status, whole)) = head(&bytes) {
            while bytes.len() < whole {
                if stream.read_buf(&mut bytes).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            return Ok(Answer { status, bytes });
        }
    }
}

/// Status and total length, once the head is whole. An answer without a length would be read too short, so there is none.
fn head(answer: &[u8]) -> Option<(u16, usize)> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&answer[..end]).ok()?;
    let status = text.split(' ').nth(1)?.parse().ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let length = if status == 204 { 0 } else { length.expect("an answer says how long it is") };
    Some((status, end + length))
}
