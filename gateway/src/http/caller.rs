// SPDX-License-Identifier: EUPL-1.2
//! Who calls: from certificate and token to a [`Caller`], or a [`Rejection`].
//!
//! A handler that takes a `Caller` cannot be reached without one. Everything that can change between two requests on one
//! connection is judged again at each: the certificate's end, the generation of trust, the mandate, the roles.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use sluis_policy::{Actor, Desk, Moment, Oin, Party, Period, Role};

use super::body;
use super::peer::Peer;
use super::problem::Problem;
use super::rejection::{Reason, Rejection};
use super::rooms::{Place, Rooms};
use super::trace::Trace;
use crate::broker::Broker;
use crate::config::Limits;
use crate::identity::{Bearer, Claims, Tokens};
use crate::register::{Assignment, Register};
use crate::tls::{ClientCertificate, ClientTrust, Connection};

/// Beller: an organisation, and a professional or system of it, that were checked for this one request.
#[derive(Clone, Debug)]
#[doc(alias = "beller")]
pub struct Caller {
    certificate: Oin,
    claims: Arc<Claims>,
    assignments: Vec<Assignment>,
    register: Arc<Register>,
    moment: Moment,
}

impl Caller {
    /// The organisation that holds the client certificate: the vendor, or the acting organisation itself.
    #[must_use]
    pub fn certificate(&self) -> Oin {
        self.certificate
    }

    /// The organisation acted for.
    #[must_use]
    pub fn organisation(&self) -> Oin {
        self.claims.organisation
    }

    /// The vendor that acts under a mandate of the organisation, when it is not the organisation itself (RL-26).
    #[must_use]
    pub fn via(&self) -> Option<Oin> {
        (self.certificate != self.organisation()).then_some(self.certificate)
    }

    /// The professional or system.
    #[must_use]
    pub fn bearer(&self) -> &Bearer {
        &self.claims.bearer
    }

    /// The moment for which all this was checked.
    #[must_use]
    pub fn moment(&self) -> Moment {
        self.moment
    }

    /// The register as it stood then.
    #[must_use]
    pub fn register(&self) -> &Arc<Register> {
        &self.register
    }

    /// The roles that count at that moment; never empty.
    #[must_use]
    pub fn assignments(&self) -> &[Assignment] {
        &self.assignments
    }

    /// Every capacity in which the caller may act, as the decision core wants it.
    pub fn actors(&self) -> impl Iterator<Item = Actor> + '_ {
        self.assignments.iter().map(|held| Actor {
            party: Party { organisation: self.organisation(), desk: held.desk },
            role: held.role,
            role_valid: held.period,
            via: self.via(),
        })
    }

    /// Every capacity in which another professional of the same organisation may act today, in the same way; an unknown one
    /// has none.
    pub fn actors_of(&self, professional: &str) -> impl Iterator<Item = Actor> + '_ {
        let held = self.register.assignments(self.organisation(), professional, self.moment.today);
        held.map(|held| Actor {
            party: Party { organisation: self.organisation(), desk: held.desk },
            role: held.role,
            role_valid: held.period,
            via: self.via(),
        })
    }

    /// The capacities at one desk.
    pub fn actors_at(&self, desk: Desk) -> impl Iterator<Item = Actor> + '_ {
        self.actors().filter(move |actor| actor.party.desk == desk)
    }
}

/// Poortwachter: makes callers.
#[derive(Debug)]
#[doc(alias = "poortwachter")]
pub struct Gate {
    tokens: Tokens,
    trust: Arc<ClientTrust>,
    broker: Arc<Broker>,
    rooms: Arc<Rooms>,
}

impl Gate {
    /// A gate that judges by this broker's register and clock, and records there whom it turns away.
    #[must_use]
    pub fn new(tokens: Tokens, trust: Arc<ClientTrust>, broker: Arc<Broker>) -> Self {
        Self { tokens, trust, broker, rooms: Rooms::of(Limits::default().requests) }
    }

    /// As this gate, with room for so many requests of one certificate holder at a time.
    #[must_use]
    pub fn with_room_for(mut self, requests: usize) -> Self {
        self.rooms = Rooms::of(requests);
        self
    }

    /// After a reload: tokens are verified so many at a time, and with keys that their issuers are asked for anew.
    pub fn renew(&self, verifications: usize) {
        let register = self.broker.register.load_full();
        self.tokens.renew(verifications, |issuer| register.knows_issuer(issuer));
    }

    /// Whether a connection was first judged under another trust than that in force now.
    fn overtaken(&self, connection: Option<&Connection>) -> bool {
        connection.is_some_and(|connection| self.trust.has_overtaken(connection))
    }

    fn now(&self) -> Result<Moment, Rejection> {
        self.broker.now().map_err(|_| Rejection { oin: None, acting_for: None, reason: Reason::ClockAstray })
    }

    /// A place for one request, for as long as it is worked on.
    fn place(&self, holder: Oin, may_be_a_report: bool) -> Result<Place, Rejection> {
        let no_room = Rejection { oin: Some(holder), acting_for: None, reason: Reason::NoRoom };
        self.rooms.enter(holder, may_be_a_report).ok_or(no_room)
    }

    /// Counts a rejection and, when it is known whose it is, records it.
    async fn note(&self, rejection: Rejection, trace: Trace) {
        metrics::counter!("sluis_rejections_total", "reason" => rejection.reason.code()).increment(1);
        if rejection.oin.is_some() && self.broker.turned_away(rejection, trace).await.is_err() {
            // The answer is a refusal either way; that it left no record is for the operator to see.
            metrics::counter!("sluis_rejections_unrecorded_total").increment(1);
        }
    }

    /// The caller behind a connection and the values of the `Authorization` header.
    ///
    /// # Errors
    /// With the first reason why there is none.
    pub async fn admit(&self, connection: Option<&Connection>, token: Option<&str>) -> Result<Caller, Rejection> {
        let moment = self.now()?;
        let register = self.broker.register.load_full();
        let certificate = self.holder(connection, &register, moment)?;
        let oin = Some(certificate.oin());
        let reject = |reason| Rejection { oin, acting_for: None, reason };
        let token = token.ok_or_else(|| reject(Reason::NoToken))?;
        let claims = self
            .tokens
            .verify(token, certificate.thumbprint(), moment.instant, |issuer| register.knows_issuer(issuer))
            .await
            .map_err(|fault| reject(Reason::Token(fault)))?;
        let assignments = assignments(&register, &claims, certificate.oin(), moment).map_err(|reason| Rejection {
            oin,
            acting_for: Some(claims.organisation),
            reason,
        })?;
        Ok(Caller { certificate: certificate.oin(), claims, assignments, register, moment })
    }

    /// The certificate of a connection, if it still counts.
    fn holder<'a>(
        &self,
        connection: Option<&'a Connection>,
        register: &Register,
        moment: Moment,
    ) -> Result<&'a ClientCertificate, Rejection> {
        let nobody = |reason| Rejection { oin: None, acting_for: None, reason };
        let connection = connection.ok_or_else(|| nobody(Reason::NoCertificate))?;
        let certificate = match connection.certificate() {
            None => return Err(nobody(Reason::NoCertificate)),
            Some(Err(_)) => return Err(nobody(Reason::UnusableCertificate)),
            Some(Ok(certificate)) => certificate,
        };
        let known = |reason| Rejection { oin: Some(certificate.oin()), acting_for: None, reason };
        if moment.instant > certificate.not_after() {
            return Err(known(Reason::CertificateEnded));
        }
        if !self.trust.holds(connection, moment.instant) {
            return Err(known(Reason::CertificateWithdrawn));
        }
        if register.organisation(certificate.oin()).is_none() {
            return Err(known(Reason::UnknownOrganisation));
        }
        Ok(certificate)
    }
}

// INVARIANT: mandates and roles are looked up at each request and never taken from the token or a cache.
fn assignments(
    register: &Register,
    claims: &Claims,
    certificate: Oin,
    moment: Moment,
) -> Result<Vec<Assignment>, Reason> {
    let organisation = register.organisation(claims.organisation).ok_or(Reason::IssuerOfAnother)?;
    if !organisation.issuers.contains(&claims.issuer) {
        return Err(Reason::IssuerOfAnother);
    }
    let mandate = register.mandate(certificate, organisation.oin, moment.today);
    if certificate != organisation.oin && mandate.is_none() {
        return Err(Reason::NoMandate);
    }
    let assignments: Vec<Assignment> = match &claims.bearer {
        Bearer::Professional(id) => register.assignments(organisation.oin, id, moment.today).copied().collect(),
        // A system acts at every desk of its organisation; what it may do there is in the role table, and it is little.
        Bearer::System(_) => {
            let period = mandate.map_or(Period { from: moment.today, until: None }, |mandate| mandate.period);
            organisation.desks.iter().map(|desk| Assignment { role: Role::Systeem, desk: *desk, period }).collect()
        }
    };
    if assignments.is_empty() { Err(Reason::NoRole) } else { Ok(assignments) }
}

/// The middleware of every guarded route: makes the caller before anything else of the request is read.
pub(super) async fn admit<B>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<BoxBody>, Error>
where
    B: MessageBody + 'static,
{
    let Some(gate) = request.app_data::<Data<Gate>>().cloned() else {
        return Ok(request.into_response(Problem::Internal.response(None)));
    };
    let admitted = gate.admit(request.conn_data::<Connection>(), bearer_token(&request)).await;
    match admitted {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Err(rejection) => Ok(rejected(request, &gate, rejection).await),
    }
}

/// The middleware of the whole listener: without a certificate that still counts there is nothing here but the open
/// documents, so that a stranger cannot even learn which addresses exist.
pub(super) async fn door<B>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<BoxBody>, Error>
where
    B: MessageBody + 'static,
{
    let Some(gate) = request.app_data::<Data<Gate>>().cloned() else {
        return Ok(request.into_response(Problem::Internal.response(None)));
    };
    if !is_open(request.path()) {
        let register = gate.broker.register.load_full();
        let connection = request.conn_data::<Connection>();
        let place = gate.now().and_then(|moment| {
            let holder = gate.holder(connection, &register, moment)?.oin();
            Ok((holder, gate.place(holder, super::may_be_a_report(&request))?))
        });
        let (holder, _place) = match place {
            Ok(place) => place,
            Err(rejection) => return Ok(rejected(request, &gate, rejection).await),
        };
        request.extensions_mut().insert(Peer::at_the_door(holder));
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let overtaken = gate.overtaken(request.conn_data::<Connection>());
    let mut response = next.call(request).await?.map_into_boxed_body();
    if overtaken {
        // It is judged at each request by what is trusted now; a new handshake also shows what the gateway shows now.
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// The documents that are answered without a certificate.
pub(super) fn is_open(path: &str) -> bool {
    path == "/v1/openapi.json" || path.starts_with("/.well-known/")
}

async fn rejected(mut request: ServiceRequest, gate: &Gate, rejection: Rejection) -> ServiceResponse<BoxBody> {
    if rejection.reason == Reason::NoRoom {
        let most = super::limits(request.request()).body;
        body::pass_over(request.take_payload(), most).await;
    }
    let trace = request.extensions().get::<Trace>().copied();
    gate.note(rejection, trace.unwrap_or_else(|| Trace::continued(None))).await;
    let mut response = super::unread(&request, rejection.reason.problem()).response(None);
    if matches!(rejection.reason, Reason::CertificateWithdrawn | Reason::CertificateEnded) {
        // A new handshake is the only way on, so this connection may go.
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    request.into_response(response)
}

/// The token of exactly one `Authorization: Bearer` header.
fn bearer_token(request: &ServiceRequest) -> Option<&str> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    // Only the middleware of a guarded route puts a caller in; anywhere else there is none, and the request is refused.
    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Caller>().cloned().ok_or(Problem::NotAuthenticated))
    }
}
