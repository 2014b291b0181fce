// SPDX-License-Identifier: EUPL-1.2
//! What a reload replaces in a gateway that runs: all of it or nothing.

use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::sign::CertifiedKey;
use sluis_connectors::Reach;

use super::{Running, StartFault, named};
use crate::broker::Policy;
use crate::config::Config;
use crate::register::Register;
use crate::tls::{self, ClientTrust, SwappableCertificate, Trusted};

/// What is replaced, where the running parts look for it.
#[derive(Clone, Debug)]
pub(super) struct Reloadable {
    pub(super) register: Arc<ArcSwap<Register>>,
    pub(super) policy: Arc<ArcSwap<Policy>>,
    pub(super) certificate: Arc<SwappableCertificate>,
    pub(super) trust: Arc<ClientTrust>,
}

/// Everything that a reload reads anew, whole.
pub(super) struct Read {
    pub(super) register: Register,
    pub(super) policy: Policy,
    pub(super) certificate: CertifiedKey,
    pub(super) trusted: Trusted,
}

impl Read {
    pub(super) async fn of(config: &Config, reach: &Reach) -> Result<Self, StartFault> {
        Ok(Self {
            register: named::register(config, reach)?,
            policy: named::policy(config).await?,
            certificate: tls::credentials(&config.machine.certificate, &config.machine.key)?,
            trusted: Trusted::read(&config.machine.client_roots, &config.machine.revocations)?,
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
        }
    }
}

impl Running {
    /// Reads register, roles, covenants, server certificate, client roots and revocations anew, and swaps all or keeps
    /// all. Connections that stand are judged by the new ones at their next request. Listeners, limits, keys, database and
    /// the hosts within reach stay as they are until a restart, and a register that names a host beyond them is refused.
    ///
    /// # Errors
    /// With the first part that cannot be used; nothing was swapped then.
    pub async fn reload(&self, config: &Config) -> Result<(), StartFault> {
        let read = Read::of(config, &self.reach).await?;
        self.reloadable.register.store(Arc::new(read.register));
        self.reloadable.policy.store(Arc::new(read.policy));
        self.reloadable.certificate.swap(read.certificate);
        self.reloadable.trust.replace(read.trusted);
        Ok(())
    }
}
