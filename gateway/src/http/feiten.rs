// SPDX-License-Identifier: EUPL-1.2
//! `/v1/feiten`: what decisions about a youth rest on besides authority and voices, each with its source and its days.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use sluis_policy::{Action, Desk, FactKind, Party, Period, PersonRef, ReceiverScope, Scope};
use utoipa::ToSchema;

use super::api::{begin, capacity, id_in_path, released};
use super::caller::Caller;
use super::codes;
use super::input::{Examination, Given, among, code, day, id, municipality, numberless, oin, pupil_key};
use super::problem::Problem;
use super::trace::Trace;
use super::writing::Writing;
use super::{Routes, guarded};
use crate::broker::{Asker, Broker, FACT_SOURCES, Fact, FactEnd, NewFact, Reply};
use crate::register::Register;

const FACTS: &str = "/v1/feiten";
const END: &str = "/v1/feiten/{id}/einde";

/// The kinds that the wire can say whole. The core knows more of them.
pub(super) const KINDS: [FactKind; 9] = [
    FactKind::Order,
    FactKind::Stay,
    FactKind::Exemption,
    FactKind::Involvement,
    FactKind::Enrolment,
    FactKind::Shielding,
    FactKind::Restriction,
    FactKind::Death,
    FactKind::Substitute,
];

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes.resource(FACTS, [guarded(Method::POST, create)]).resource(END, [guarded(Method::POST, end)]);
}

/// Een feit over een jeugdige. Welke velden erbij horen, hangt van de soort af; een veld van een andere soort is een fout.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "leerlingsleutel": "L-2026-0817", "soort": "maatregel", "bron": "rechterlijke_uitspraak", "van": "2026-11-18", "tot": "2027-11-18",
    "maatregel": "ondertoezichtstelling", "partij": {"organisatie": "99000000000000000040", "loket": "gecertificeerde_instelling"}
}))]
pub(super) struct NieuwFeit {
    /// De eigen sleutel van de school voor de leerling.
    #[schema(value_type = String, max_length = 64)]
    leerlingsleutel: Given,
    #[schema(schema_with = codes::fact_kind, required)]
    soort: Given,
    #[schema(schema_with = codes::fact_source, required)]
    bron: Given,
    /// De eerste dag waarop het geldt. Bij een overlijden: de dag zelf.
    #[schema(value_type = String, format = Date)]
    van: Given,
    /// De eerste dag waarop het niet meer geldt. Weggelaten: geen einde bekend.
    #[schema(value_type = Option<String>, format = Date)]
    tot: Given,
    #[schema(schema_with = codes::order_kind, required = false)]
    maatregel: Given,
    /// Bij `maatregel` de instelling die hem uitvoert, bij `betrokkenheid` wie er helpt.
    #[schema(value_type = Option<Partij>)]
    partij: Option<Partij>,
    /// Bij `betrokkenheid` waarvoor, bij `vervangende_toestemming` het doel waarvoor zij geldt; daar weggelaten: elk.
    #[schema(schema_with = codes::purpose, required = false)]
    doel: Given,
    /// Bij `verblijf` de gemeente waar de jeugdige direct daarvoor stond ingeschreven: de CBS-code.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{4}$")]
    gemeente_vooraf: Given,
    #[schema(schema_with = codes::school_kind, required = false)]
    schoolsoort: Given,
    /// Bij `vervangende_toestemming` in wiens plaats: de verwijzing uit het vastleggen van gezag.
    #[schema(value_type = Option<String>, pattern = "^[0-9a-f]{32}$")]
    persoon: Given,
    /// Bij `vervangende_toestemming` het kenmerk van de uitspraak.
    #[schema(value_type = Option<String>, max_length = 60)]
    kenmerk: Given,
}

/// Een loket van een organisatie uit het register.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Partij {
    /// Het OIN van de organisatie.
    #[schema(value_type = String, pattern = "^[0-9]{20}$")]
    organisatie: Given,
    #[schema(schema_with = codes::desk, required)]
    loket: Given,
}

const ELSEWHERE: &str = "Dit veld hoort niet bij deze soort.";

impl NieuwFeit {
    fn parse(&self, school: Party, register: &Register) -> Result<NewFact, Problem> {
        let mut input = Examination::default();
        let pupil_key = input.required("/leerlingsleutel", &self.leerlingsleutel, pupil_key);
        let kind: Option<FactKind> = input.required("/soort", &self.soort, |value| {
            code(value).ok().filter(|kind| KINDS.contains(kind)).ok_or_else(|| "Dit is geen bekende code.".into())
        });
        let source = input.required("/bron", &self.bron, among(&FACT_SOURCES));
        let from = input.required("/van", &self.van, day);
        let until = input.optional("/tot", &self.tot, day);
        if from.zip(until).is_some_and(|(from, until)| until <= from) {
            input.fault("/tot", "Het einde ligt niet na het begin.");
        }
        if let Some(kind) = kind {
            self.without_others(&mut input, kind);
        }
        let fact = kind.and_then(|kind| self.fact(&mut input, kind, (school, register)));
        let whole = || {
            let period = Period { from: from?, until };
            Some(NewFact { pupil_key: pupil_key?, source: source?, period, fact: fact? })
        };
        input.finish(whole())
    }

    /// Notes every member that belongs to another kind.
    fn without_others(&self, input: &mut Examination, kind: FactKind) {
        use FactKind::{Enrolment, Involvement, Order, Stay, Substitute};
        let given: [(&str, bool, &[FactKind]); 7] = [
            ("/maatregel", self.maatregel.is_some(), &[Order]),
            ("/partij", self.partij.is_some(), &[Order, Involvement]),
            ("/doel", self.doel.is_some(), &[Involvement, Substitute]),
            ("/gemeenteVooraf", self.gemeente_vooraf.is_some(), &[Stay]),
            ("/schoolsoort", self.schoolsoort.is_some(), &[Enrolment]),
            ("/persoon", self.persoon.is_some(), &[Substitute]),
            ("/kenmerk", self.kenmerk.is_some(), &[Substitute]),
        ];
        for (pointer, there, kinds) in given {
            if there && !kinds.contains(&kind) {
                input.fault(pointer, ELSEWHERE);
            }
        }
    }

    fn fact(&self, input: &mut Examination, kind: FactKind, (school, register): (Party, &Register)) -> Option<Fact> {
        Some(match kind {
            FactKind::Order => {
                let which = input.required("/maatregel", &self.maatregel, code);
                let institution = self.party(input, register, Some(Desk::GecertificeerdeInstelling));
                Fact::Order { kind: which?, institution: institution? }
            }
            FactKind::Stay => {
                Fact::Stay { before: input.required("/gemeenteVooraf", &self.gemeente_vooraf, municipality)? }
            }
            FactKind::Exemption => Fact::Exemption {},
            FactKind::Involvement => {
                let purpose = input.required("/doel", &self.doel, code);
                let party = self.party(input, register, None);
                Fact::Involvement { party: party?, purpose: purpose? }
            }
            FactKind::Enrolment => {
                Fact::Enrolment { school, kind: input.optional("/schoolsoort", &self.schoolsoort, code) }
            }
            FactKind::Shielding => Fact::Shielding {},
            FactKind::Restriction => Fact::Restriction {},
            FactKind::Death => Fact::Death {},
            FactKind::Substitute => {
                let person = input.required("/persoon", &self.persoon, id);
                let reference = input.required("/kenmerk", &self.kenmerk, numberless(60));
                let purpose = input.optional("/doel", &self.doel, code);
                let scope = Scope { purpose, receiver: ReceiverScope::Any, category: None };
                Fact::Substitute { person: PersonRef(person?), scope, reference: reference? }
            }
            FactKind::Household
            | FactKind::Permission
            | FactKind::Hearing
            | FactKind::Incapacity
            | FactKind::Finding => return None,
        })
    }

    /// A party that the register knows: a mistyped one would help nobody and open nothing.
    fn party(&self, input: &mut Examination, register: &Register, desk: Option<Desk>) -> Option<Party> {
        let Some(given) = &self.partij else {
            input.fault("/partij", "Dit veld ontbreekt.");
            return None;
        };
        let organisation = input.required("/partij/organisatie", &given.organisatie, oin);
        let at = input.required("/partij/loket", &given.loket, code);
        let party = Party { organisation: organisation?, desk: at? };
        let known = register.organisation(party.organisation).is_some_and(|known| known.desks.contains(&party.desk));
        if !known {
            input.fault("/partij", "Dit loket staat niet in het register.");
        } else if desk.is_some_and(|desk| desk != party.desk) {
            input.fault("/partij/loket", "Een maatregel wordt uitgevoerd door een gecertificeerde instelling.");
        }
        Some(party)
    }
}

/// Het feit is vastgelegd.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VastgelegdFeit {
    /// De verwijzing waarmee het kan worden beëindigd.
    #[schema(example = "3f0c6a91b27d4e58a1c04d8be6f27135")]
    feit_id: String,
}

/// Leg een feit over een jeugdige vast.
///
/// Elk feit heeft een bron en een periode, en telt mee bij elk besluit daarna; ook wat al in de rij staat, wordt opnieuw
/// besloten. Wie welke feiten mag vastleggen, staat in de rollentabel.
#[utoipa::path(post, path = "/v1/feiten", operation_id = "legFeitVast", tag = "feiten",
    request_body = NieuwFeit,
    responses((status = 201, description = "Het feit is vastgelegd.", body = VastgelegdFeit)))]
pub(super) async fn create(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let actor = capacity(&broker, &caller, Action::RecordFact)?;
    let new = writing.input::<NieuwFeit>()?.parse(actor.party, &broker.known())?;
    let once = writing.begin(&broker, &caller, FACTS, "")?;
    let reply = match broker.record_fact(&Asker::of(&caller, trace), actor, &new, &once).await {
        Ok(Reply::Conflict) => {
            return Err(Problem::invalid("/persoon", "Geen bron noemt deze persoon bij deze jeugdige."));
        }
        reply => reply,
    };
    let feit_id = hex::encode(released(reply, trace)?);
    Ok(HttpResponse::Created().json(VastgelegdFeit { feit_id }))
}

/// Het einde van een feit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"tot": "2026-11-22", "bron": "rechterlijke_uitspraak"}))]
pub(super) struct EindeFeit {
    /// De eerste dag waarop het niet meer geldt. Niet na de eerste dag van het feit: dan heeft het nooit gegolden.
    #[schema(value_type = String, format = Date)]
    tot: Given,
    #[schema(schema_with = codes::fact_source, required)]
    bron: Given,
}

impl EindeFeit {
    fn parse(&self) -> Result<FactEnd, Problem> {
        let mut input = Examination::default();
        let until = input.required("/tot", &self.tot, day);
        let source = input.required("/bron", &self.bron, among(&FACT_SOURCES));
        let whole = || Some(FactEnd { until: until?, source: source? });
        input.finish(whole())
    }
}

/// Beëindig een feit.
///
/// De eerdere versie blijft bewaard: wat daarop is besloten, blijft na te gaan. Alleen de organisatie die het vastlegde kan
/// het beëindigen.
#[utoipa::path(post, path = "/v1/feiten/{id}/einde", operation_id = "beeindigFeit", tag = "feiten",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "De verwijzing uit het vastleggen van het feit.")),
    request_body = EindeFeit,
    responses((status = 201, description = "Het einde is vastgelegd.", body = VastgelegdFeit)))]
pub(super) async fn end(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let end = writing.input::<EindeFeit>()?.parse()?;
    let (asker, actor, once) = begin(&broker, (&caller, trace), Action::RecordFact, (&writing, END, &id))?;
    let reply = broker.end_fact(&asker, actor, (id_in_path(&id)?, &end), &once).await;
    let feit_id = hex::encode(released(reply, trace)?);
    Ok(HttpResponse::Created().json(VastgelegdFeit { feit_id }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::input::pointers;
    use super::*;

    #[test]
    fn faults_in_a_fact_are_placed() {
        let register = Register::parse(
            "[[organisation]]\noin = \"99000000000000000040\"\nname = \"Instelling\"\ndesks = [\"gecertificeerde_instelling\", \"wijkteam\"]\n\
             fetches = [\"gecertificeerde_instelling\", \"wijkteam\"]\n",
            &sluis_connectors::Reach::new([], []),
        )
        .unwrap();
        let school = Party { organisation: "99000000000000000010".parse().unwrap(), desk: Desk::School };
        let whole = json!({"leerlingsleutel": "L-1", "soort": "vrijstelling", "bron": "gemeente", "van": "2026-11-01"});
        let institution = json!({"organisatie": "99000000000000000040", "loket": "gecertificeerde_instelling"});
        let team = json!({"organisatie": "99000000000000000040", "loket": "wijkteam"});
        let nobody = json!({"organisatie": "99000000000000000041", "loket": "wijkteam"});
        let person = "8d2f6b0c417e43a59c0e7d1b62f8a354";
        for (change, expected) in [
            (json!({}), vec![]),
            (json!({"tot": "2026-11-01"}), vec!["/tot"]),
            (json!({"soort": "bevinding", "bron": "buurvrouw", "van": "ooit"}), vec!["/soort", "/bron", "/van"]),
            (json!({"maatregel": "ondertoezichtstelling", "schoolsoort": "vo"}), vec!["/maatregel", "/schoolsoort"]),
            (json!({"soort": "maatregel"}), vec!["/maatregel", "/partij"]),
            (json!({"soort": "maatregel", "maatregel": "ondertoezichtstelling", "partij": institution}), vec![]),
            (
                json!({"soort": "maatregel", "maatregel": "ondertoezichtstelling", "partij": team}),
                vec!["/partij/loket"],
            ),
            (json!({"soort": "betrokkenheid", "partij": team, "doel": "toeleiding_jeugdhulp"}), vec![]),
            (json!({"soort": "betrokkenheid", "partij": nobody}), vec!["/doel", "/partij"]),
            (json!({"soort": "verblijf", "gemeenteVooraf": "225"}), vec!["/gemeenteVooraf"]),
            (json!({"soort": "inschrijving", "schoolsoort": "vo"}), vec![]),
            (json!({"soort": "vervangende_toestemming", "persoon": person, "kenmerk": "C/05/1234"}), vec![]),
            (json!({"soort": "vervangende_toestemming", "kenmerk": "999990019"}), vec!["/persoon", "/kenmerk"]),
            (json!({"leerlingsleutel": null, "naam": "Noor"}), vec!["/naam"]),
        ] {
            let found = pointers(&whole, &change, |given: &NieuwFeit| given.parse(school, &register));
            assert_eq!(found, expected, "{change}");
        }
    }
}
