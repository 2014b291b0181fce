// SPDX-License-Identifier: EUPL-1.2
//! Where an outbound call may go: the base address of a counterpart, and the list of hosts that may be called at all.

use std::{
    collections::BTreeSet,
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    str::FromStr,
    sync::Arc,
};

use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

use crate::network::is_private;

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
        let joined = format!("{}/{}", url.path().trim_end_matches('/'), path.trim_start_matches('/'));
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
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
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

/// Host: the name or address of a machine as an operator lists it, without scheme, port or path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Host(String);

/// The text is not a [`Host`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("host is not a bare name or address")]
pub struct HostError;

impl FromStr for Host {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let authority = match text.parse::<Ipv6Addr>() {
            Ok(address) => format!("[{address}]"),
            Err(_) => text.to_owned(),
        };
        // Read as part of a URL, so that what is listed and what is called are written the same way.
        let url = Url::parse(&format!("https://{authority}:1/")).map_err(|_| HostError)?;
        let bare = url.username().is_empty() && url.port() == Some(1) && url.path() == "/";
        url.host_str().filter(|_| bare).map(|host| Self(host.to_owned())).ok_or(HostError)
    }
}

/// Bereik: the hosts that outbound calls may go to. Everything else is refused before a byte leaves, also when a listed
/// name starts to point at a private address and was not listed for that.
#[doc(alias = "bereik")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    open: BTreeSet<Host>,
    private: BTreeSet<Host>,
}

/// Why a call may not be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfReach {
    /// Only https is spoken.
    #[error("address does not start with https")]
    Insecure,
    /// The host is on neither list.
    #[error("host is not listed")]
    NotListed,
    /// The host is, or its name has only, private addresses, and it is not listed for that.
    #[error("host is private and not listed as private")]
    Private,
}

impl Reach {
    /// Lists the hosts on the open Internet, and those that may be, or lead to, private addresses. Any port.
    pub fn new(open: impl IntoIterator<Item = Host>, private: impl IntoIterator<Item = Host>) -> Self {
        Self { open: open.into_iter().collect(), private: private.into_iter().collect() }
    }

    /// Whether a call to this URL may be tried.
    ///
    /// # Errors
    /// The reason why not.
    pub fn permit(&self, url: &Url) -> Result<(), OutOfReach> {
        if url.scheme() != "https" {
            return Err(OutOfReach::Insecure);
        }
        let host = url.host_str().map(|host| Host(host.to_owned())).ok_or(OutOfReach::NotListed)?;
        if !self.open.contains(&host) && !self.private.contains(&host) {
            return Err(OutOfReach::NotListed);
        }
        let bare = host.0.trim_start_matches('[').trim_end_matches(']');
        match bare.parse() {
            Ok(address) if !self.leads_to(&host, address) => Err(OutOfReach::Private),
            _ => Ok(()),
        }
    }

    fn leads_to(&self, host: &Host, address: IpAddr) -> bool {
        !is_private(address) || self.private.contains(host)
    }
}

/// The resolver that every outbound client uses.
///
/// INVARIANT: what it returns is what is connected to, so a name cannot be checked under one address and called under
/// another.
pub(crate) struct GuardedResolver(pub(crate) Arc<Reach>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = Arc::clone(&self.0);
        Box::pin(async move {
            let host = Host(name.as_str().to_owned());
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let reached: Vec<SocketAddr> = found.filter(|at| reach.leads_to(&host, at.ip())).collect();
            if reached.is_empty() {
                return Err(OutOfReach::Private.into());
            }
            Ok(Box::new(reached.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_plain_https_base() {
        let table = [
            ("https://desk.example.test/koppeling", Ok("https://desk.example.test/koppeling/signalen")),
            ("https://desk.example.test/koppeling/", Ok("https://desk.example.test/koppeling/signalen")),
            ("https://desk.example.test:8443", Ok("https://desk.example.test:8443/signalen")),
            ("http://desk.example.test", Err(AddressError::Insecure)),
            ("file:///etc/passwd", Err(AddressError::Insecure)),
            ("https://user@desk.example.test", Err(AddressError::Overloaded)),
            ("https://desk.example.test?x=1", Err(AddressError::Overloaded)),
            ("https://desk.example.test/#x", Err(AddressError::Overloaded)),
            ("desk.example.test", Err(AddressError::Unreadable)),
            ("https://", Err(AddressError::Unreadable)),
        ];
        for (text, expected) in table {
            let address = text.parse::<Address>().map(|address| address.below("/signalen").to_string());
            assert_eq!(address.as_deref().map_err(|error| *error), expected, "{text}");
        }
    }

    #[test]
    fn only_listed_hosts_are_within_reach() {
        let hosts = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect::<Vec<Host>>();
        let reach = Reach::new(hosts(&["Desk.example.test", "10.0.0.1", "8.8.8.8"]), hosts(&["127.0.0.1", "::1"]));
        let table = [
            ("https://desk.example.test/x", Ok(())),
            ("https://DESK.example.test:99/x", Ok(())),
            ("http://desk.example.test/x", Err(OutOfReach::Insecure)),
            ("https://other.example.test/x", Err(OutOfReach::NotListed)),
            ("https://desk.example.test.evil.test/x", Err(OutOfReach::NotListed)),
            ("https://desk.example.test@evil.test/x", Err(OutOfReach::NotListed)),
            ("https://127.0.0.1/x", Ok(())),
            ("https://0x7f.1/x", Ok(())),
            ("https://127.0.0.2/x", Err(OutOfReach::NotListed)),
            ("https://10.0.0.1/x", Err(OutOfReach::Private)),
            ("https://8.8.8.8/x", Ok(())),
            ("https://[::1]/x", Ok(())),
        ];
        for (url, expected) in table {
            assert_eq!(reach.permit(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn a_name_leads_inside_only_when_listed_as_private() {
        let (open, inside): (Host, Host) =
            ("open.example.test".parse().unwrap(), "inside.example.test".parse().unwrap());
        let reach = Reach::new([open.clone()], [inside.clone()]);
        for address in ["127.0.0.1", "10.0.0.1", "::ffff:10.0.0.1", "fd00::1"] {
            assert!(!reach.leads_to(&open, address.parse().unwrap()), "{address}");
            assert!(reach.leads_to(&inside, address.parse().unwrap()), "{address}");
        }
        assert!(reach.leads_to(&open, "8.8.8.8".parse().unwrap()));
    }

    #[test]
    fn a_host_is_a_bare_name_or_address() {
        for text in
            ["", "https://x.test", "x.test:443", "x.test/", "x.test/y", "u@x.test", "x test", "x.test?", "x.test#"]
        {
            assert_eq!(text.parse::<Host>(), Err(HostError), "{text}");
        }
        for (text, expected) in [("X.Test", "x.test"), ("::1", "[::1]"), ("127.1", "127.0.0.1")] {
            assert_eq!(text.parse::<Host>(), Ok(Host(expected.into())), "{text}");
        }
    }
}
