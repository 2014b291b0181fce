// SPDX-License-Identifier: EUPL-1.2
//! Where an outbound call may go: the base address of a counterpart, and the list of hosts that may be called at all.

use std::{
    collections::BTreeSet,
    fmt,
    net::{IpAddr, SocketAddr},
    str::FromStr,
    sync::Arc,
};

use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

use crate::network::{Network, is_private};

/// Adres: the base address of a counterpart's service. Always https, without credentials, query or fragment.
#[doc(alias = "adres")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Url);

/// Why a text is not an [`Address`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The text is no URL with a host.
    #[error("address is not a URL with a host")]
    Unreadable,
    /// Only https carries messages about youths.
    #[error("address does not start with https")]
    Insecure,
    /// Credentials, a query or a fragment have no meaning in a base address.
    #[error("address has credentials, a query or a fragment")]
    Overloaded,
}

impl Address {
    /// The address of one path below this base; `segments` are joined with single slashes.
    #[must_use]
    pub fn below(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let joined = format!(
            "{}/{}",
            url.path().trim_end_matches('/'),
            path.trim_start_matches('/')
        );
        url.set_path(&joined);
        url
    }

    /// The base itself.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| AddressError::Unreadable)?;
        if url.scheme() != "https" {
            return Err(AddressError::Insecure);
        }
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(AddressError::Overloaded);
        }
        Ok(Self(url))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Bereik: the hosts that outbound calls may go to, and the private networks among their addresses that are meant.
/// Everything else is refused before a byte leaves, also when a listed name starts to point at a private address.
#[doc(alias = "bereik")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    hosts: BTreeSet<String>,
    private: Vec<Network>,
}

impl Reach {
    /// Lists `hosts` (names or addresses, any port) and the private `networks` that they may lie in.
    pub fn new<H: AsRef<str>>(
        hosts: impl IntoIterator<Item = H>,
        networks: impl IntoIterator<Item = Network>,
    ) -> Self {
        Self {
            hosts: hosts
                .into_iter()
                .map(|host| host.as_ref().to_ascii_lowercase())
                .collect(),
            private: networks.into_iter().collect(),
        }
    }

    /// Whether a call to this URL may be tried: https, a listed host and, when the host is an address, a permitted one.
    #[must_use]
    pub fn admits(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else {
            return false;
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        url.scheme() == "https"
            && self.hosts.contains(bare)
            && bare.parse().map_or(true, |address| self.permits(address))
    }

    fn permits(&self, address: IpAddr) -> bool {
        !is_private(address) || self.private.iter().any(|network| network.contains(address))
    }
}

/// The resolver that every outbound client uses.
///
/// INVARIANT: what it returns is what is connected to, so a name cannot be checked under one address and called under
/// another.
pub(crate) struct GuardedResolver(pub(crate) Arc<Reach>);

/// Said by the resolver when a name has no address that may be called.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("name has no address within reach")]
pub(crate) struct OutOfReach;

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = Arc::clone(&self.0);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let permitted: Vec<SocketAddr> = found
                .filter(|address| reach.permits(address.ip()))
                .collect();
            if permitted.is_empty() {
                return Err(OutOfReach.into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_plain_https_base() {
        let table = [
            (
                "https://desk.example.test/koppeling",
                Ok("https://desk.example.test/koppeling/signalen"),
            ),
            (
                "https://desk.example.test/koppeling/",
                Ok("https://desk.example.test/koppeling/signalen"),
            ),
            (
                "https://desk.example.test:8443",
                Ok("https://desk.example.test:8443/signalen"),
            ),
            ("http://desk.example.test", Err(AddressError::Insecure)),
            ("file:///etc/passwd", Err(AddressError::Insecure)),
            (
                "https://user@desk.example.test",
                Err(AddressError::Overloaded),
            ),
            (
                "https://desk.example.test?x=1",
                Err(AddressError::Overloaded),
            ),
            (
                "https://desk.example.test/#x",
                Err(AddressError::Overloaded),
            ),
            ("desk.example.test", Err(AddressError::Unreadable)),
            ("https://", Err(AddressError::Unreadable)),
        ];
        for (text, expected) in table {
            let address = text
                .parse::<Address>()
                .map(|address| address.below("/signalen").to_string());
            assert_eq!(
                address.as_deref().map_err(|error| *error),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn only_listed_hosts_are_within_reach() {
        let loopback: Network = "127.0.0.0/8".parse().unwrap();
        let reach = Reach::new(
            ["Desk.example.test", "127.0.0.1", "10.0.0.1", "8.8.8.8"],
            [loopback],
        );
        let table = [
            ("https://desk.example.test/x", true),
            ("https://DESK.example.test:99/x", true),
            ("http://desk.example.test/x", false),
            ("https://other.example.test/x", false),
            ("https://desk.example.test.evil.test/x", false),
            ("https://127.0.0.1/x", true),
            ("https://0x7f.1/x", true),
            ("https://127.0.0.2/x", false),
            ("https://10.0.0.1/x", false),
            ("https://8.8.8.8/x", true),
            ("https://[::1]/x", false),
        ];
        for (url, expected) in table {
            assert_eq!(reach.admits(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
