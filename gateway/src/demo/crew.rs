// SPDX-License-Identifier: EUPL-1.2
//! Who calls the gateway in the story: systems with a certificate, and the professionals who use them.

use serde_json::{Value, json};
use sluis_sandbox::participant::{Access, Call, CallError, Participant, Reply};
use sluis_sandbox::pki::{Issued, Pki};
use sluis_sandbox::provider::ProviderClient;
use sluis_sandbox::seed::{self, World, Youth};

use super::DemoFault;
use crate::clock::{Clock, SystemClock, rfc3339};
use crate::vault::fresh_id;

/// A system that has a certificate and is known to the provider.
pub(super) struct System {
    /// Its id at the provider, and the name of its files.
    pub(super) client: &'static str,
    /// Whose it is, for people.
    pub(super) holder: &'static str,
    /// OIN in its certificate.
    pub(super) oin: &'static str,
    /// For whom it may ask tokens.
    pub(super) acts_for: &'static [&'static str],
}

/// The vendor's school administration system, for both schools.
pub(super) const LEERLINGSYSTEEM: System = System {
    client: "leerlingsysteem",
    holder: "Rietveld Leerlingsystemen",
    oin: seed::VENDOR,
    acts_for: &[seed::SCHOOL, seed::SECOND_SCHOOL],
};
/// The municipality's back-office.
pub(super) const GEMEENTE: System = System {
    client: "gemeente",
    holder: "Gemeente West Maas en Waal",
    oin: seed::MUNICIPALITY,
    acts_for: &[seed::MUNICIPALITY],
};
/// The access desk's system.
pub(super) const VRAAGWIJZER: System = System {
    client: "vraagwijzer",
    holder: "VraagWijzer West Maas en Waal",
    oin: seed::ACCESS_DESK,
    acts_for: &[seed::ACCESS_DESK],
};

impl System {
    /// As the provider knows it.
    pub(super) fn registration(&self) -> ProviderClient {
        ProviderClient {
            client_id: self.client.into(),
            certificate_oin: self.oin.into(),
            acts_for: self.acts_for.iter().map(|oin| (*oin).to_owned()).collect(),
        }
    }
}

/// Speler: a professional, or a system by itself, as the gateway meets it.
#[doc(alias = "speler")]
pub(super) struct Player {
    /// For people.
    pub(super) name: &'static str,
    participant: Participant,
    base: String,
}

/// Everyone who calls.
pub(super) struct Crew {
    /// The school system itself, with nobody in front of it.
    pub(super) school_system: Player,
    /// Who guides pupils at the primary school.
    pub(super) guidance: Player,
    /// Who does so at the secondary school.
    pub(super) second_guidance: Player,
    /// A worker of the wijkteam.
    pub(super) wijkteam: Player,
    /// The leerplichtambtenaar.
    pub(super) leerplicht: Player,
    /// A worker of another organisation.
    pub(super) outsider: Player,
}

/// The certificates of the three systems.
pub(super) struct Certificates {
    pub(super) leerlingsysteem: Issued,
    pub(super) gemeente: Issued,
    pub(super) vraagwijzer: Issued,
}

impl Crew {
    /// Everyone, with these certificates, calling the gateway at `base`.
    ///
    /// # Errors
    /// When a certificate cannot be used.
    pub(super) fn new(pki: &Pki, certificates: &Certificates, issuer: &str, base: &str) -> Result<Self, DemoFault> {
        let player = |name, system: &System, certificate, professional: Option<&str>, oin: &str| {
            let access = Access {
                issuer: issuer.to_owned(),
                client_id: system.client.to_owned(),
                professional: professional.map(str::to_owned),
                oin: Some(oin.to_owned()),
            };
            let participant = Participant::new(pki, certificate, access)?;
            Ok::<_, DemoFault>(Player { name, participant, base: base.to_owned() })
        };
        let school =
            |name, professional, oin| player(name, &LEERLINGSYSTEEM, &certificates.leerlingsysteem, professional, oin);
        let office = |name, who| player(name, &GEMEENTE, &certificates.gemeente, Some(who), seed::MUNICIPALITY);
        Ok(Self {
            school_system: school("het leerlingsysteem zelf", None, seed::SCHOOL)?,
            guidance: school("intern begeleider, via het leerlingsysteem", Some("ib.wilgenhoek"), seed::SCHOOL)?,
            second_guidance: school(
                "zorgcoördinator, via het leerlingsysteem",
                Some("zorg.waalkanter"),
                seed::SECOND_SCHOOL,
            )?,
            wijkteam: office("consulent van het wijkteam", "consulent.wijkteam")?,
            leerplicht: office("leerplichtambtenaar", "ambtenaar.leerplicht")?,
            outsider: player(
                "consulent van VraagWijzer",
                &VRAAGWIJZER,
                &certificates.vraagwijzer,
                Some("consulent.toegang"),
                seed::ACCESS_DESK,
            )?,
        })
    }
}

impl Player {
    /// Reads something.
    ///
    /// # Errors
    /// When no whole answer came.
    pub(super) async fn get(&self, path: &str) -> Result<Reply, DemoFault> {
        let url = format!("{}{path}", self.base);
        Ok(self.participant.call(Call { method: "GET", url: &url, headers: &[], body: None }).await?)
    }

    /// Writes something, once.
    ///
    /// # Errors
    /// When no whole answer came.
    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Reply, DemoFault> {
        let url = format!("{}{path}", self.base);
        let key = hex::encode(fresh_id().map_err(|_| CallError::Unwritable)?);
        let headers = [("idempotency-key", key.as_str())];
        Ok(self.participant.call(Call { method: "POST", url: &url, headers: &headers, body: Some(body) }).await?)
    }

    /// Writes something that the story needs to succeed.
    ///
    /// # Errors
    /// When it was not accepted.
    pub(super) async fn record(&self, path: &'static str, body: &Value) -> Result<Value, DemoFault> {
        let reply = self.post(path, body).await?;
        if reply.status == 201 { Ok(reply.body) } else { Err(DemoFault::Refused { path, status: reply.status }) }
    }

    /// Registers a pupil with both parents, and gives back the parents.
    ///
    /// # Errors
    /// When one of it was not accepted.
    pub(super) async fn register(&self, youth: &Youth) -> Result<[String; 2], DemoFault> {
        let pupil = json!({
            "leerlingsleutel": youth.pupil_key, "voornamen": youth.given_name, "achternaam": youth.surname,
            "geboortedatum": youth.born.to_string(), "postcode": youth.postcode,
            "woongemeente": seed::MUNICIPALITY_CODE,
        });
        self.record("/v1/jeugdigen", &pupil).await?;
        Ok([self.parent(youth).await?, self.parent(youth).await?])
    }

    async fn parent(&self, youth: &Youth) -> Result<String, DemoFault> {
        let authority = json!({
            "leerlingsleutel": youth.pupil_key, "soort": "ouder_met_gezag", "sinds": youth.born.to_string(),
            "bron": "school",
        });
        text(&self.record("/v1/gezag", &authority).await?, "/persoon")
    }

    /// Records what somebody said about sharing with the wijkteam: a parent, or without one the youth; and gives back
    /// by what it can be withdrawn.
    ///
    /// # Errors
    /// When it was not accepted.
    pub(super) async fn voice(
        &self,
        youth: &Youth,
        person: Option<&str>,
        said: &str,
        world: &World,
    ) -> Result<String, DemoFault> {
        let mut voice = json!({
            "leerlingsleutel": youth.pupil_key, "uiting": said,
            "ontvanger": {"organisatie": seed::MUNICIPALITY, "loket": "wijkteam"},
            "uitgesprokenOp": rfc3339(SystemClock.now().instant), "geldigVan": world.today.to_string(),
            "tekstversie": "2026-1",
        });
        if let (Some(person), Some(fields)) = (person, voice.as_object_mut()) {
            fields.insert("persoon".into(), person.into());
        }
        text(&self.record("/v1/toestemmingen", &voice).await?, "/toestemmingId")
    }
}

/// A text at a place in an answer.
///
/// # Errors
/// When it is not there.
pub(super) fn text(body: &Value, place: &'static str) -> Result<String, DemoFault> {
    body.pointer(place).and_then(Value::as_str).map(str::to_owned).ok_or(DemoFault::Missing(place))
}
