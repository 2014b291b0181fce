// SPDX-License-Identifier: EUPL-1.2
//! What a reload replaces in a gateway that runs: all of it, after everything was read and checked, or nothing.

use std::sync::Arc;

use actix_web::web::Data;
use arc_swap::{ArcSwap, ArcSwapOption};
use rustls::sign::CertifiedKey;
use sluis_connectors::Outbound;
use sluis_policy::Oin;

use super::parts::Parts;
use super::{Running, StartFault, named};
use crate::broker::{Policy, Witness};
use crate::config::{Config, Database, KeyFile, Limits, Secret};
use crate::keeping::Keeping;
use crate::ledger::checkpoint::VerifierKey;
use crate::operator::Done;
use crate::register::Register;
use crate::tls::{self, ClientTrust, SwappableCertificate, Trusted};

/// What is replaced, where the running parts look for it.
#[derive(Clone, Debug)]
pub(super) struct Reloadable {
    pub(super) register: Arc<ArcSwap<Register>>,
    pub(super) policy: Arc<ArcSwap<Policy>>,
    pub(super) certificate: Arc<SwappableCertificate>,
    pub(super) trust: Arc<ClientTrust>,
    pub(super) outbound: Outbound,
    pub(super) limits: Data<ArcSwap<Limits>>,
    /// The certificate of the people listener, where there is one.
    pub(super) people: Option<Arc<SwappableCertificate>>,
    /// What may not be kept any longer, and since when; nothing where nothing goes by itself.
    pub(super) keeping: Arc<ArcSwapOption<Keeping>>,
    /// What all of it is, by digest.
    parts: Arc<ArcSwap<Parts>>,
}

/// Everything that a reload reads anew, whole.
pub(super) struct Read {
    register: Register,
    policy: Policy,
    certificate: CertifiedKey,
    trusted: Trusted,
    outbound: Outbound,
    pub(super) own: Oin,
    limits: Limits,
    people: Option<CertifiedKey>,
    keeping: Option<Keeping>,
    parts: Parts,
}

impl Read {
    /// Reads what the configuration names.
    ///
    /// # Errors
    /// With the first part that cannot be used.
    pub(super) async fn of(config: &Config) -> Result<Self, StartFault> {
        let register = named::register(config, &config.outbound.reach)?;
        let policy = named::policy(config).await?;
        let trusted = Trusted::read(&config.machine.client_roots, &config.machine.revocations)?;
        let keeping = named::keeping(config)?;
        Ok(Self {
            parts: Parts::of(config, (&register, &policy, &trusted))?.with_terms(keeping.as_ref()),
            keeping,
            register,
            policy,
            certificate: tls::credentials(&config.machine.certificate, &config.machine.key)?,
            trusted,
            outbound: named::outbound(config)?,
            own: named::own_number(config)?,
            limits: config.limits,
            people: config
                .people
                .as_ref()
                .map(|people| tls::credentials(&people.certificate, &people.key))
                .transpose()?,
        })
    }
}

impl Reloadable {
    pub(super) fn new(read: Read) -> Self {
        Self {
            register: Arc::new(ArcSwap::from_pointee(read.register)),
            policy: Arc::new(ArcSwap::from_pointee(read.policy)),
            certificate: SwappableCertificate::new(read.certificate),
            trust: ClientTrust::new(read.trusted),
            outbound: read.outbound,
            limits: Data::new(ArcSwap::from_pointee(read.limits)),
            people: read.people.map(SwappableCertificate::new),
            keeping: Arc::new(ArcSwapOption::from_pointee(read.keeping)),
            parts: Arc::new(ArcSwap::from_pointee(read.parts)),
        }
    }

    /// Trust goes first: whoever lost it must not be served by anything newer.
    fn replace(&self, read: Read) {
        self.trust.replace(read.trusted);
        self.certificate.swap(read.certificate);
        if let (Some(shown), Some(next)) = (&self.people, read.people) {
            shown.swap(next);
        }
        self.outbound.follow(&read.outbound);
        self.register.store(Arc::new(read.register));
        self.policy.store(Arc::new(read.policy));
        self.limits.store(Arc::new(read.limits));
        self.keeping.store(read.keeping.map(Arc::new));
        self.parts.store(Arc::new(read.parts));
    }
}

/// What stays as it was at the start. A change of it is refused, so that a file never says something else than runs.
#[derive(Debug)]
pub(super) struct Fixed {
    audience: String,
    origin: String,
    database: Address,
    keys: KeyFile,
    listen: [std::net::SocketAddr; 2],
    limits: Limits,
    own: Oin,
    people: Option<(std::net::SocketAddr, [String; 3], std::path::PathBuf)>,
    witnessing: (Vec<VerifierKey>, Vec<Witness>),
}

#[derive(Debug)]
enum Address {
    File(std::path::PathBuf),
    Server(Secret),
}

impl Fixed {
    pub(super) fn of(config: &Config, own: Oin) -> Self {
        Self {
            audience: config.audience.clone(),
            origin: config.origin.clone(),
            database: match &config.database {
                Database::Sqlite(file) => Address::File(file.clone()),
                Database::Postgres(url) => Address::Server(url.clone()),
            },
            keys: config.keys.clone(),
            listen: [config.machine.listen, config.operations],
            limits: config.limits,
            own,
            people: config.people.as_ref().map(|people| {
                let agreed = [people.url.clone(), people.issuer.clone(), people.client_id.clone()];
                (people.listen, agreed, people.client_key.clone())
            }),
            witnessing: (config.witnessed.clone(), config.witnesses.clone()),
        }
    }

    /// The keys of the configuration whose change needs a restart.
    fn changed(&self, next: &Self) -> Vec<&'static str> {
        let same_database = match (&self.database, &next.database) {
            (Address::File(one), Address::File(other)) => one == other,
            (Address::Server(one), Address::Server(other)) => one.expose() == other.expose(),
            _ => false,
        };
        let rows = [
            ("audience", self.audience == next.audience),
            ("origin", self.origin == next.origin),
            ("database", same_database),
            ("keys", self.keys == next.keys),
            ("machine.listen", self.listen.first() == next.listen.first()),
            ("operations", self.listen.last() == next.listen.last()),
            ("people", self.people == next.people),
            ("witnessed", self.witnessing.0 == next.witnessing.0),
            ("witnesses", self.witnessing.1 == next.witnessing.1),
            ("limits.connections", self.limits.connections == next.limits.connections),
            ("limits.patience_seconds", self.limits.patience == next.limits.patience),
            ("limits.requests_per_organisation", self.limits.requests == next.limits.requests),
            ("limits.denials_per_minute", self.limits.denials == next.limits.denials),
            ("outbound.certificate (its OIN)", self.own == next.own),
        ];
        rows.into_iter().filter_map(|(key, same)| (!same).then_some(key)).collect()
    }
}

impl Running {
    /// Reads everything that the configuration names anew, and swaps all or keeps all: register with its issuers, roles,
    /// covenants, terms of keeping, server certificate, client roots, revocation lists, the client for outbound calls with the hosts within
    /// its reach, and the limits of a request. Requests under way end as they began, and the listeners stay open.
    ///
    /// Connections that stand are judged by the new trust at their next request; over HTTP/1.1 that is their last.
    /// Issuers are asked for their keys again. What only a restart can change may not have changed in the file, and
    /// revocation lists must count: one that does not would only take away what the old one gives.
    ///
    /// That it changes, and which parts, is recorded before it does: what cannot be recorded does not happen.
    ///
    /// # Errors
    /// With what cannot be used, or when the change cannot be recorded; nothing was swapped then.
    pub async fn reload(&self, config: &Config) -> Result<(), StartFault> {
        let read = Read::of(config).await?;
        let changed = self.fixed.changed(&Fixed::of(config, read.own));
        if !changed.is_empty() {
            return Err(StartFault::NeedsRestart { keys: changed.join(", ") });
        }
        if let Some(fault) = read.trusted.faults(self.clock.now().instant).into_iter().next() {
            return Err(StartFault::Revocations(fault));
        }
        let changes = self.reloadable.parts.load().changes(&read.parts);
        let recorded = self.broker.record_operated(Done::changed("configuratie_vervangen", changes)).await;
        recorded.map_err(StartFault::Unrecorded)?;
        let verifications = read.limits.verifications;
        self.reloadable.replace(read);
        self.gate.renew(verifications);
        Ok(())
    }
}
