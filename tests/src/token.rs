// SPDX-License-Identifier: EUPL-1.2
//! Who calls, as a conversation says it: `CERTIFICATE; PROFESSIONAL of ORGANISATION; twist; …`.
//!
//! `nobody` shows no certificate, and without a second part there is no token. `system of ORGANISATION` is the machine
//! itself. What a twist changes of an honest token: `claim NAME JSON` or `claim NAME now+SECONDS` or `without NAME`;
//! `header NAME JSON`; `bound to CERTIFICATE`; `issued by PROVIDER`; `signed with nothing`, `noise`, `public key` or
//! `other key`; or `raw TEXT` in place of the whole.

use serde_json::{Value, json};
use sluis_sandbox::forgery::{ForgedSignature, forged_token, plausible_header};
use sluis_sandbox::provider::Provider;
use sluis_sandbox::signing::TokenKey;

use crate::Trouble;
use crate::world::World;

/// The certificate to show, by name, and the token to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// Name of the certificate; none for nobody.
    pub certificate: Option<String>,
    /// The token.
    pub token: Option<String>,
}

/// Makes what a caller shows.
///
/// # Errors
/// When the description is not understood.
pub fn credentials(world: &World, caller: &str) -> Result<Credentials, Trouble> {
    let mut parts = caller.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let certificate = (name != "nobody").then(|| name.to_owned());
    let Some(subject) = parts.next() else {
        return Ok(Credentials { certificate, token: None });
    };
    let (person, organisation) = subject.split_once(" of ").ok_or_else(|| format!("`{subject}` is not understood"))?;
    let organisation = world.oin(organisation)?;
    let holder = if name == "nobody" { "vendor" } else { name };
    let mut draft = Draft::honest(world, holder, person, organisation)?;
    for twist in parts {
        draft.twist(world, twist)?;
    }
    Ok(Credentials { certificate, token: Some(draft.token(world)?) })
}

struct Draft<'a> {
    provider: &'a Provider,
    header: Value,
    claims: Value,
    signed_with: &'a str,
    raw: Option<&'a str>,
}

impl<'a> Draft<'a> {
    fn honest(world: &'a World, certificate: &str, person: &str, organisation: &str) -> Result<Self, Trouble> {
        let provider = provider(world, if world.is_school(organisation) { "schools" } else { "municipality" })?;
        let client = World::client(certificate, "", organisation);
        let subject = if person == "system" { client.client_id.as_str() } else { person };
        let claims = provider.claims(&client, subject, organisation, &thumbprint(world, certificate)?);
        let claims = serde_json::to_value(claims.map_err(|error| error.to_string())?);
        Ok(Self {
            header: plausible_header(&provider.signing_key()),
            claims: claims.map_err(|error| error.to_string())?,
            provider,
            signed_with: "its key",
            raw: None,
        })
    }

    fn twist(&mut self, world: &'a World, twist: &'a str) -> Result<(), Trouble> {
        let (verb, rest) = twist.split_once(' ').unwrap_or((twist, ""));
        match (verb, rest.split_once(' ')) {
            ("claim", Some((name, value))) => self.claims[name] = claim(&self.claims, value)?,
            ("without", _) => drop(self.claims.as_object_mut().and_then(|claims| claims.remove(rest))),
            ("header", Some((name, value))) => self.header[name] = parsed(value)?,
            ("bound", Some(("to", name))) => self.claims["cnf"] = json!({ "x5t#S256": thumbprint(world, name)? }),
            ("issued", Some(("by", name))) => {
                self.provider = provider(world, name)?;
                self.header = plausible_header(&self.provider.signing_key());
                self.claims["iss"] = json!(self.provider.issuer());
            }
            ("signed", Some(("with", how))) => self.signed_with = how,
            ("raw", _) => self.raw = Some(rest),
            _ => return Err(format!("`{twist}` is not understood")),
        }
        Ok(())
    }

    fn token(&self, _world: &World) -> Result<String, Trouble> {
        if let Some(raw) = self.raw {
            return Ok(raw.to_owned());
        }
        let own = self.provider.signing_key();
        let other = TokenKey::generate().map_err(|error| error.to_string())?;
        let public = own.public_pem();
        let signature = match self.signed_with {
            "its key" => ForgedSignature::Es256(&own),
            "other key" => ForgedSignature::Es256(&other),
            "public key" => ForgedSignature::Hs256(public.as_bytes()),
            "noise" => ForgedSignature::Noise,
            "nothing" => ForgedSignature::Absent,
            how => return Err(format!("`signed with {how}` is not understood")),
        };
        forged_token(&self.header, &self.claims, signature).map_err(|error| error.to_string())
    }
}

fn provider<'a>(world: &'a World, name: &str) -> Result<&'a Provider, Trouble> {
    world.providers.get(name).ok_or_else(|| format!("there is no provider `{name}`"))
}

fn thumbprint(world: &World, certificate: &str) -> Result<String, Trouble> {
    let issued = world.certificates.get(certificate);
    issued.map(|issued| issued.thumbprint()).ok_or_else(|| format!("there is no certificate `{certificate}`"))
}

fn claim(claims: &Value, value: &str) -> Result<Value, Trouble> {
    let Some(offset) = value.strip_prefix("now") else {
        return parsed(value);
    };
    let offset: i64 = offset.parse().map_err(|_| format!("`{value}` is not understood"))?;
    Ok(json!(claims["iat"].as_i64().unwrap_or_default() + offset))
}

fn parsed(value: &str) -> Result<Value, Trouble> {
    serde_json::from_str(value).map_err(|_| format!("`{value}` is not JSON"))
}
