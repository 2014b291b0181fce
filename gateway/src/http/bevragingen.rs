// SPDX-License-Identifier: EUPL-1.2
//! `/v1/bevragingen`: leerplicht asks a school for one youth's attendance (RL-31).

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use sluis_policy::Action;
use utoipa::ToSchema;

use super::api::{capacity, released};
use super::caller::Caller;
use super::codes;
use super::input::{Examination, Given, bsn, day, oin, past_day};
use super::problem::Problem;
use super::trace::Trace;
use super::writing::Writing;
use super::{Routes, guarded};
use crate::broker::{AnsweredDay, Asker, AttendanceAnswer, Broker, NewQuestion};

/// The one kind of question there is.
pub(super) const ATTENDANCE: &str = "verzuim";

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes.resource("/v1/bevragingen", [guarded(Method::POST, ask)]);
}

/// Een vraag aan een school over het verzuim van een ingezetene.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "soort": "verzuim", "jeugdige": {"bsn": "999990019"}, "school": "99000000000000000010",
    "van": "2026-10-26", "tot": "2026-11-20"
}))]
pub(super) struct NieuweBevraging {
    #[schema(schema_with = codes::question, required)]
    soort: Given,
    #[schema(value_type = BevraagdeJeugdige)]
    jeugdige: Option<BevraagdeJeugdige>,
    /// Het OIN van de school.
    #[schema(value_type = String, pattern = "^[0-9]{20}$")]
    school: Given,
    /// De eerste dag waarnaar wordt gevraagd.
    #[schema(value_type = String, format = Date)]
    van: Given,
    /// De laatste dag waarnaar wordt gevraagd; die telt zelf mee.
    #[schema(value_type = String, format = Date)]
    tot: Given,
}

/// Over wie de vraag gaat.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BevraagdeJeugdige {
    /// Het burgerservicenummer: de Leerplichtwet geeft leerplicht dat nummer.
    #[schema(value_type = String, pattern = "^[0-9]{9}$")]
    bsn: Given,
}

/// The longest period that one question may span, in days: a school year with its holidays.
const LONGEST: i32 = 400;

impl NieuweBevraging {
    fn parse(&self, today: jiff::civil::Date) -> Result<NewQuestion, Problem> {
        let mut input = Examination::default();
        let kind = input.required("/soort", &self.soort, |value| {
            if value == ATTENDANCE { Ok(()) } else { Err("Dit is geen bekende code.".into()) }
        });
        if self.jeugdige.is_none() {
            input.fault("/jeugdige", "Dit veld ontbreekt.");
        }
        let number = self.jeugdige.as_ref().and_then(|youth| input.required("/jeugdige/bsn", &youth.bsn, bsn));
        let school = input.required("/school", &self.school, oin);
        let from = input.required("/van", &self.van, past_day(today));
        let until = input.required("/tot", &self.tot, day);
        if let Some((from, until)) = from.zip(until) {
            if until < from {
                input.fault("/tot", "De laatste dag ligt voor de eerste.");
            } else if (until - from).get_days() > LONGEST {
                input.fault("/tot", "Vraag naar ten hoogste 400 dagen tegelijk.");
            }
        }
        let whole =
            kind.and_then(|()| Some(NewQuestion { number: number?, school: school?, from: from?, until: until? }));
        input.finish(whole)
    }
}

/// Wat de school antwoordde, teruggebracht tot wat de vrager mag zien.
#[derive(Serialize, ToSchema)]
pub(super) struct Verzuimantwoord {
    /// Het pseudoniem dat de vragende organisatie van de jeugdige heeft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pseudoniem: Option<String>,
    /// De dagen waarop er verzuim was.
    dagen: Vec<Verzuimdag>,
}

/// Een dag met verzuim.
#[derive(Serialize, ToSchema)]
pub(super) struct Verzuimdag {
    /// De dag.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    dag: Option<String>,
    /// Gemiste uren.
    #[serde(skip_serializing_if = "Option::is_none")]
    uren: Option<u16>,
    /// De grond, als code van de school.
    #[serde(skip_serializing_if = "Option::is_none")]
    soort: Option<String>,
}

impl Verzuimdag {
    fn of(day: AnsweredDay) -> Self {
        let AnsweredDay { day, hours, ground } = day;
        Self { dag: day, uren: hours, soort: ground }
    }
}

/// Vraag een school naar verzuim.
///
/// Dat er wordt gevraagd, is vastgelegd voordat de vraag vertrekt. Het antwoord komt in dezelfde uitwisseling. Er wordt
/// niets bewaard dan dat er is gevraagd, dus een Idempotency-Key is niet nodig.
#[utoipa::path(post, path = "/v1/bevragingen", operation_id = "bevraagSchool", tag = "bevragingen",
    request_body = NieuweBevraging,
    responses(
        (status = 200, description = "Het antwoord van de school.", body = Verzuimantwoord),
        (status = 502, description = "De school gaf geen bruikbaar antwoord."),
        (status = 504, description = "De school antwoordde niet op tijd."),
    ))]
pub(super) async fn ask(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let question = writing.input::<NieuweBevraging>()?.parse(caller.moment().today)?;
    let actor = capacity(&broker, &caller, Action::Ask)?;
    let reply = broker.ask(&Asker::of(&caller, trace), actor, &question).await;
    match released(reply, trace)? {
        AttendanceAnswer::Answered { pseudonym, days } => {
            let dagen = days.into_iter().map(Verzuimdag::of).collect();
            Ok(HttpResponse::Ok().json(Verzuimantwoord { pseudoniem: pseudonym, dagen }))
        }
        AttendanceAnswer::Unanswered(code) if code == sluis_connectors::Failure::TimedOut.code() => {
            Err(Problem::NoAnswerInTime)
        }
        AttendanceAnswer::Unanswered(_) => Err(Problem::NoGoodAnswer),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::super::input::pointers;
    use super::*;

    #[test]
    fn faults_in_a_question_are_placed() {
        let whole = json!({
            "soort": "verzuim", "jeugdige": {"bsn": "999990019"}, "school": "99000000000000000010",
            "van": "2026-10-26", "tot": "2026-11-20"
        });
        for (change, expected) in [
            (json!({}), vec![]),
            (json!({"soort": "cijfers"}), vec!["/soort"]),
            (json!({"jeugdige": {"bsn": "999990010"}}), vec!["/jeugdige/bsn"]),
            (json!({"jeugdige": {}}), vec!["/jeugdige/bsn"]),
            (json!({"jeugdige": {"leerlingsleutel": "L-1"}}), vec!["/jeugdige/leerlingsleutel"]),
            (json!({"jeugdige": null, "school": "99"}), vec!["/jeugdige", "/school"]),
            (json!({"van": "2026-11-23"}), vec!["/van"]),
            (json!({"tot": "2026-10-25"}), vec!["/tot"]),
            (json!({"van": "2025-01-01"}), vec!["/tot"]),
        ] {
            let read = |given: &NieuweBevraging| given.parse(date(2026, 11, 22));
            assert_eq!(pointers(&whole, &change, read), expected, "{change}");
        }
    }
}
