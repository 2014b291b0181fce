// SPDX-License-Identifier: EUPL-1.2
//! `/v1/toestemmingen`: what a parent or youth said about sharing, saying it again, taking it back, and the proof of it
//! (RL-01, RL-06).

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use sluis_policy::{Action, Actor, Moment, Party, Period, ReceiverScope, Rule, Scope, VoiceKind};
use utoipa::ToSchema;

use super::api::{capacity, problem_by, problem_of, released};
use super::caller::Caller;
use super::codes;
use super::input::{Examination, Given, code, day, flag, id, numberless, oin, past_instant};
use super::problem::{InputFault, Problem};
use super::trace::Trace;
use super::writing::Writing;
use super::{Routes, guarded, whom};
use crate::broker::{Asker, Broker, NewVoice, Reply};
use crate::clock::amsterdam_date;
use crate::register::Register;

pub(super) mod again;
pub(super) mod fhir;
pub(super) mod manner;
pub(super) mod receipt;
pub(super) mod view;

use manner::Bewijs;

const VOICES: &str = "/v1/toestemmingen";
const VOICE: &str = "/v1/toestemmingen/{id}";
const WITHDRAWAL: &str = "/v1/toestemmingen/{id}/intrekking";
const RENEWAL: &str = "/v1/toestemmingen/{id}/verlenging";
const RECEIPT: &str = "/v1/toestemmingen/{id}/ontvangstbewijs";
const FHIR: &str = "/v1/toestemmingen/{id}/fhir";

const NO_SAY: &str = "Geen bron noemt deze persoon vandaag als iemand die bij deze jeugdige iets te zeggen heeft.";
const NO_PUPIL: &str = "Hieronder is er geen jeugdige, of niet voor u.";

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes
        .resource(VOICES, [guarded(Method::POST, create)])
        .resource(VOICE, [guarded(Method::GET, view::read)])
        .resource(RENEWAL, [guarded(Method::POST, again::renew)])
        .resource(WITHDRAWAL, [guarded(Method::POST, again::withdraw)])
        .resource(RECEIPT, [guarded(Method::GET, receipt::read)])
        .resource(FHIR, [guarded(Method::GET, fhir::read)]);
}

/// Wat iemand zei over delen.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "leerlingsleutel": "L-2026-0817", "persoon": "8d2f6b0c417e43a59c0e7d1b62f8a354", "uiting": "akkoord",
    "doel": "toeleiding_jeugdhulp", "ontvanger": {"organisatie": "99000000000000000030", "loket": "wijkteam"},
    "uitgesprokenOp": "2026-11-18T09:30:00Z", "geldigVan": "2026-11-18", "geldigTot": "2027-11-18", "tekstversie": "2026-1"
}))]
pub(super) struct NieuweUiting {
    /// De eigen sleutel van de school voor de leerling. Weggelaten: `signaalId` zegt om wie het gaat.
    #[schema(value_type = Option<String>, max_length = 64)]
    leerlingsleutel: Given,
    /// Het kenmerk van een signaal dat het eigen loket op naam ontving, voor wie geen leerlingsleutel heeft.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    signaal_id: Given,
    /// Wie het zei: de verwijzing uit het vastleggen van gezag. Weggelaten: de jeugdige zelf.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    persoon: Given,
    #[schema(schema_with = codes::voice, required)]
    uiting: Given,
    #[schema(schema_with = codes::purpose, required = false)]
    doel: Given,
    #[schema(value_type = Option<Ontvangerbereik>)]
    ontvanger: Option<Ontvangerbereik>,
    #[schema(schema_with = codes::category, required = false)]
    gegevenssoort: Given,
    /// Wanneer het is gezegd.
    #[schema(value_type = String, format = DateTime)]
    uitgesproken_op: Given,
    /// De eerste dag waarop het geldt.
    #[schema(value_type = String, format = Date)]
    geldig_van: Given,
    /// De eerste dag waarop het niet meer geldt. Weggelaten: tot het wordt ingetrokken.
    #[schema(value_type = Option<String>, format = Date)]
    geldig_tot: Given,
    /// De versie van de tekst die is voorgelegd, zoals die in het register staat. Een akkoord telt alleen op een tekst die toen in gebruik was.
    #[schema(value_type = String, max_length = 40)]
    tekstversie: Given,
    /// Of de spreker zei dat de andere ouder met gezag het ook goed vindt. Telt alleen waar het convenant dat toelaat.
    #[schema(value_type = Option<bool>)]
    mede_namens_ander: Given,
    /// Wanneer de gateway die dit woord bewaart het voor het laatst bevestigde. Een akkoord telt dan nog een kwartier.
    /// Weggelaten: het woord wordt hier bewaard.
    #[schema(value_type = Option<String>, format = DateTime)]
    elders_bevestigd_op: Given,
    #[schema(schema_with = codes::channel, required = false)]
    kanaal: Given,
    #[schema(value_type = Option<Bewijs>)]
    bewijs: Option<Bewijs>,
}

/// Voor welke ontvanger het geldt: een loket van een organisatie, of dat loket van elke organisatie. Weggelaten: voor elke.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ontvangerbereik {
    /// Het OIN van de organisatie. Weggelaten: elke organisatie met dit loket.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{20}$")]
    organisatie: Given,
    #[schema(schema_with = codes::desk, required)]
    loket: Given,
}

impl NieuweUiting {
    fn parse(&self, moment: Moment, register: &Register) -> Result<NewVoice, Problem> {
        let mut input = Examination::default();
        let whom = whom::read(&mut input, &self.leerlingsleutel, &self.signaal_id);
        let speaker = input.optional("/persoon", &self.persoon, id);
        let voice = input.required("/uiting", &self.uiting, said);
        let purpose = input.optional("/doel", &self.doel, code);
        let receiver = self.ontvanger.as_ref().map_or(Some(ReceiverScope::Any), |given| given.parse(&mut input));
        let category = input.optional("/gegevenssoort", &self.gegevenssoort, code);
        let spoken_at = input.required("/uitgesprokenOp", &self.uitgesproken_op, past_instant(moment.instant));
        let valid = days(&mut input, &self.geldig_van, &self.geldig_tot);
        let text_version = input.required("/tekstversie", &self.tekstversie, numberless(40));
        // A no counts whatever was put before somebody.
        if voice != Some(VoiceKind::Objects) {
            in_use(&mut input, register, text_version.as_deref().zip(spoken_at));
        }
        let speaks_for_other = input.optional("/medeNamensAnder", &self.mede_namens_ander, flag).unwrap_or(false);
        let confirmed_at =
            input.optional("/eldersBevestigdOp", &self.elders_bevestigd_op, past_instant(moment.instant));
        let manner = manner::read(&mut input, &self.kanaal, self.bewijs.as_ref());
        let whole = || {
            Some(NewVoice {
                whom: whom?,
                speaker,
                voice: voice?,
                scope: Scope { purpose, receiver: receiver?, category },
                spoken_at: spoken_at?,
                valid: valid?,
                text_version: text_version?,
                speaks_for_other,
                confirmed_at,
                manner,
            })
        };
        input.finish(whole())
    }
}

/// From when until when something holds.
fn days(input: &mut Examination, from: &Given, until: &Given) -> Option<Period> {
    let from = input.required("/geldigVan", from, day);
    let until = input.optional("/geldigTot", until, day);
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        input.fault("/geldigTot", "Het einde ligt niet na het begin.");
    }
    from.map(|from| Period { from, until })
}

/// Whether the text was in use when somebody agreed to it.
pub(super) fn in_use(input: &mut Examination, register: &Register, agreed: Option<(&str, i64)>) {
    let Some((version, spoken_at)) = agreed else { return };
    match register.text(version) {
        None => input.fault("/tekstversie", "Deze versie van de tekst staat niet in het register."),
        Some(text) if !text.was_in_use_on(amsterdam_date(spoken_at)) => {
            input.fault("/tekstversie", "Deze versie van de tekst was toen niet in gebruik.");
        }
        Some(_) => {}
    }
}

impl Ontvangerbereik {
    pub(super) fn parse(&self, input: &mut Examination) -> Option<ReceiverScope> {
        let organisation = input.optional("/ontvanger/organisatie", &self.organisatie, oin);
        let desk = input.required("/ontvanger/loket", &self.loket, code)?;
        Some(match organisation {
            Some(organisation) => ReceiverScope::Party(Party { organisation, desk }),
            None => ReceiverScope::Desk(desk),
        })
    }
}

/// A yes or a no.
pub(super) fn said(value: &serde_json::Value) -> Result<VoiceKind, super::input::Wrong> {
    match code(value)? {
        VoiceKind::Withdraws => Err("Een akkoord intrekken gaat via /v1/toestemmingen/{id}/intrekking.".into()),
        said => Ok(said),
    }
}

/// De uiting is vastgelegd.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VastgelegdeUiting {
    /// De verwijzing waarmee het kan worden ingetrokken.
    #[schema(example = "b7c1d94e20fa4f638e5a07b3c9d61f28")]
    toestemming_id: String,
}

/// Leg vast wat iemand zei over delen.
///
/// Vastgelegd door de professional die moet vragen. Een bezwaar weegt tegenover een akkoord van dezelfde rang het zwaarst.
/// Hetzelfde woord van dezelfde persoon op hetzelfde moment nog eens vastleggen geeft dezelfde verwijzing.
#[utoipa::path(post, path = "/v1/toestemmingen", operation_id = "legUitingVast", tag = "toestemmingen",
    request_body = NieuweUiting,
    responses((status = 201, description = "De uiting is vastgelegd.", body = VastgelegdeUiting)))]
pub(super) async fn create(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let given = writing.input::<NieuweUiting>()?;
    let actor = capacity(&broker, &caller, Action::RecordVoice)?;
    let asker = Asker::of(&caller, trace);
    let new = match given.parse(caller.moment(), &broker.known()) {
        Ok(new) => new,
        Err(problem) => return Err(given.with_every_fault(problem, &broker, (&asker, actor)).await),
    };
    let once = writing.begin(&broker, &caller, VOICES, "")?;
    let reply = match broker.record_voice(&asker, actor, &new, &once).await {
        Ok(Reply::Conflict) => return Err(Problem::invalid("/persoon", NO_SAY)),
        reply => reply,
    };
    let toestemming_id = hex::encode(released(reply, trace)?);
    Ok(HttpResponse::Created().json(VastgelegdeUiting { toestemming_id }))
}

impl NieuweUiting {
    /// The faults of the body with those that only show against what is registered, so that all are told at once. A youth
    /// who is not there and one who is not for the caller are one fault (P6).
    async fn with_every_fault(&self, problem: Problem, broker: &Broker, (asker, actor): (&Asker, Actor)) -> Problem {
        let Problem::InvalidInput(mut faults) = problem else { return problem };
        let whom = whom::read(&mut Examination::default(), &self.leerlingsleutel, &self.signaal_id);
        let speaker = self.persoon.as_ref().map(id).transpose();
        let (Some(whom), Ok(speaker)) = (whom, speaker) else { return Problem::InvalidInput(faults) };
        let voice = self.uiting.as_ref().and_then(|voice| said(voice).ok()).unwrap_or(VoiceKind::Agrees);
        match broker.would_be_heard(asker, actor, (&whom, speaker), voice).await {
            Ok(Reply::Refused(refused)) if refused.rule() == Rule::NotFound => {
                faults.push(InputFault::new(whom::pointer(&whom), NO_PUPIL));
            }
            Ok(Reply::Refused(refused)) => return problem_by(refused.rule()),
            Ok(Reply::Conflict) => faults.push(InputFault::new("/persoon", NO_SAY)),
            Ok(Reply::Released(_) | Reply::KeyReused | Reply::Names(_)) => {}
            Err(trouble) => return problem_of(&trouble, asker.trace),
        }
        Problem::InvalidInput(faults)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::input::pointers;
    use super::*;
    use crate::clock::moment_at;

    #[test]
    fn faults_in_a_voice_are_placed() {
        let moment = moment_at("2026-11-22T12:00:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond());
        let register = Register::parse(
            "[[organisation]]\noin = \"99000000000000000001\"\nname = \"De Wilgenboom\"\n[[consent_text]]\nversion = \"2026-1\"\n\
             language = \"nl\"\nfrom = 2026-01-01\nuntil = 2026-11-20\nnotice = \"x\"\nretention = \"x\"\nstorage = \"x\"\n\
             withdrawal = \"x\"\n",
            &sluis_connectors::Reach::new([], []),
        )
        .unwrap();
        let whole = json!({
            "leerlingsleutel": "L-1", "uiting": "akkoord", "uitgesprokenOp": "2026-11-18T09:30:00+01:00",
            "geldigVan": "2026-11-18", "tekstversie": "2026-1"
        });
        for (change, expected) in [
            (json!({}), vec![]),
            (json!({"ontvanger": {"loket": "wijkteam"}, "doel": "leerplicht", "gegevenssoort": "zorgen"}), vec![]),
            (json!({"ontvanger": {"organisatie": "99000000000000000030"}}), vec!["/ontvanger/loket"]),
            (
                json!({"ontvanger": {"organisatie": "990", "loket": "x"}}),
                vec!["/ontvanger/organisatie", "/ontvanger/loket"],
            ),
            (json!({"uiting": "intrekking"}), vec!["/uiting"]),
            (json!({"uiting": "misschien", "doel": "overig"}), vec!["/uiting", "/doel"]),
            (json!({"persoon": "jan", "gegevenssoort": "alles"}), vec!["/persoon", "/gegevenssoort"]),
            (json!({"uitgesprokenOp": "2026-11-23T00:00:00Z"}), vec!["/uitgesprokenOp"]),
            (json!({"uitgesprokenOp": "2026-11-18"}), vec!["/uitgesprokenOp"]),
            (json!({"geldigTot": "2026-11-18"}), vec!["/geldigTot"]),
            (json!({"tekstversie": "a\u{7}b"}), vec!["/tekstversie"]),
            (json!({"tekstversie": "2026-2"}), vec!["/tekstversie"]),
            (json!({"tekstversie": "2026-2", "uiting": "bezwaar"}), vec![]),
            (json!({"uitgesprokenOp": "2026-11-21T09:30:00+01:00"}), vec!["/tekstversie"]),
            (json!({"kanaal": "gesprek", "bewijs": {"soort": "gespreksverslag", "kenmerk": "map 12"}}), vec![]),
            (json!({"kanaal": "droom", "bewijs": {"soort": "gevoel"}}), vec!["/kanaal", "/bewijs/soort"]),
            (json!({"bewijs": {"soort": "bericht", "kenmerk": "bsn 999990019"}}), vec!["/bewijs/kenmerk"]),
            (json!({"medeNamensAnder": "ja"}), vec!["/medeNamensAnder"]),
            (json!({"eldersBevestigdOp": "2026-11-22T11:59:00Z"}), vec![]),
            (
                json!({"eldersBevestigdOp": "morgen", "signaalId": "x"}),
                vec!["/signaalId", "/signaalId", "/eldersBevestigdOp"],
            ),
            (
                json!({"geldigTot": "2026-11-18", "tekstversie": "2026-2", "kanaal": "droom"}),
                vec!["/geldigTot", "/tekstversie", "/kanaal"],
            ),
            (
                json!({"uitgesprokenOp": null, "geldigVan": null, "tekstversie": null}),
                vec!["/uitgesprokenOp", "/geldigVan", "/tekstversie"],
            ),
        ] {
            assert_eq!(
                pointers(&whole, &change, |given: &NieuweUiting| given.parse(moment, &register)),
                expected,
                "{change}"
            );
        }
    }
}
