// SPDX-License-Identifier: EUPL-1.2
//! A mutual-TLS server on loopback that can be taken down and brought back on the same port.

use std::{
    any::Any,
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::{
    App, HttpRequest, HttpServer,
    body::MessageBody,
    dev::{Extensions, Server, ServerHandle, ServiceRequest, ServiceResponse},
    middleware::{Next, from_fn},
    web::ServiceConfig,
};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use tokio::{
    net::{TcpSocket, TcpStream},
    sync::{Mutex, mpsc},
    time::{sleep, timeout},
};

use crate::pki::{Issued, subject_oin, thumbprint};

/// Whether a client may come in without a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientCertificate {
    /// The handshake fails without one.
    Required,
    /// The handshake succeeds without one; each route decides.
    Optional,
}

/// A listening server. INVARIANT: while it exists, its port is its own, also when it is down: a bound socket that never
/// listens holds it.
pub(crate) struct Listener {
    address: SocketAddr,
    tls: ServerConfig,
    routes: Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>,
    running: Mutex<Option<Running>>,
    _reservation: TcpSocket,
}

/// One stretch of listening. actix cuts standing connections a moment after it says that it stopped; `open` keeps what
/// still arrives on them from being answered, and `gone` ends when the last of them is cut.
struct Running {
    handle: ServerHandle,
    open: Arc<AtomicBool>,
    gone: mpsc::Receiver<Infallible>,
}

/// Held by every connection that stands, so that who takes the server down can wait for the last.
#[derive(Clone)]
struct Standing {
    _held: mpsc::Sender<Infallible>,
}

/// How long taking a server down waits for its connections to be cut.
const CUT_WITHIN: Duration = Duration::from_secs(5);
/// How long the other side gets to notice that a kept connection was cut.
const NOTICED_WITHIN: Duration = Duration::from_millis(20);

/// Who is at the other end of a connection, read from its certificate.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The one serialNumber of the subject, if there is exactly one.
    pub(crate) oin: Option<String>,
    /// The certificate's thumbprint.
    pub(crate) thumbprint: String,
}

impl Listener {
    /// Starts listening on a free port of 127.0.0.1. `routes` is called once for each worker.
    pub(crate) async fn start(
        tls: ServerConfig,
        routes: impl Fn(&mut ServiceConfig) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let reservation = socket(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let listener = Self {
            address: reservation.local_addr()?,
            tls,
            routes: Arc::new(routes),
            running: Mutex::new(None),
            _reservation: reservation,
        };
        listener.up().await?;
        Ok(listener)
    }

    /// `https://localhost:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// Listens again, if it does not.
    pub(crate) async fn up(&self) -> io::Result<()> {
        let mut running = self.running.lock().await;
        if running.is_none() {
            let open = Arc::new(AtomicBool::new(true));
            let (held, gone) = mpsc::channel(1);
            let server = self.serve(&open, Standing { _held: held })?;
            *running = Some(Running { handle: server.handle(), open, gone });
            tokio::spawn(server);
        }
        Ok(())
    }

    /// Stops listening and cuts the connections that stand: new ones are refused. Comes back when the last was cut, so
    /// that what is asked next meets nobody and not half a connection.
    pub(crate) async fn down(&self) {
        if let Some(mut running) = self.running.lock().await.take() {
            running.open.store(false, Ordering::Release);
            running.handle.stop(false).await;
            let _cut = timeout(CUT_WITHIN, running.gone.recv()).await;
            sleep(NOTICED_WITHIN).await;
        }
    }

    fn serve(&self, open: &Arc<AtomicBool>, standing: Standing) -> io::Result<Server> {
        let listening = socket(self.address)?.listen(128)?.into_std()?;
        let (routes, open) = (Arc::clone(&self.routes), Arc::clone(open));
        let server = HttpServer::new(move || {
            let (routes, open) = (Arc::clone(&routes), Arc::clone(&open));
            let unless_down = from_fn(move |request, next| answer_if(Arc::clone(&open), request, next));
            App::new().wrap(unless_down).configure(move |config| routes(config))
        });
        Ok(server
            .workers(1)
            .disable_signals()
            .on_connect(move |connection, remembered| {
                remembered.insert(standing.clone());
                remember_caller(connection, remembered);
            })
            .listen_rustls_0_23(listening, self.tls.clone())?
            .run())
    }
}

/// The caller of a request; none when the connection came without a certificate.
pub(crate) fn caller(request: &HttpRequest) -> Option<&Caller> {
    request.conn_data()
}

/// A server's TLS: its own certificate, and clients checked against the authority in `ca_pem`.
pub(crate) fn server_tls(server: &Issued, ca_pem: &str, client: ClientCertificate) -> io::Result<ServerConfig> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).map_err(io::Error::other)?)
        .map_err(io::Error::other)?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let verifier = match client {
        ClientCertificate::Required => verifier,
        ClientCertificate::Optional => verifier.allow_unauthenticated(),
    };
    let chain = vec![CertificateDer::from(server.der().to_vec())];
    let key = PrivateKeyDer::from_pem_slice(server.key_pem.as_bytes()).map_err(io::Error::other)?;
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_client_cert_verifier(verifier.build().map_err(io::Error::other)?)
        .with_single_cert(chain, key)
        .map_err(io::Error::other)
}

async fn answer_if<B: MessageBody>(
    open: Arc<AtomicBool>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    if !open.load(Ordering::Acquire) {
        return std::future::pending().await;
    }
    next.call(request).await
}

fn socket(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn remember_caller(connection: &dyn Any, remembered: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TlsStream<TcpStream>>() else {
        return;
    };
    let Some([certificate, ..]) = stream.get_ref().1.peer_certificates() else {
        return;
    };
    remembered.insert(Caller { oin: subject_oin(certificate), thumbprint: thumbprint(certificate) });
}
