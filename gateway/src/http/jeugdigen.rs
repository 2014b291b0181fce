// SPDX-License-Identifier: EUPL-1.2
//! `/v1/jeugdigen`: a school registers its own pupil (RL-29).

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use sluis_policy::{Action, Moment};
use utoipa::ToSchema;

use super::api::{begin, released};
use super::caller::Caller;
use super::input::{Examination, Given, flag, municipality, numberless, past_day, postcode, pupil_key};
use super::problem::Problem;
use super::trace::Trace;
use super::writing::Writing;
use super::{Routes, guarded};
use crate::broker::{Broker, NewYouth};

const ROUTE: &str = "/v1/jeugdigen";

pub(super) fn routes(routes: &mut Routes<'_>) {
    routes.resource(ROUTE, [guarded(Method::POST, create)]);
}

/// Een leerling, zoals de eigen school die vastlegt. Zonder nummer: daarvoor is geen wettelijke grond.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NieuweJeugdige {
    /// De eigen sleutel van de school voor deze leerling. Geen BSN, onderwijsnummer of ECK iD, en ook geen hash daarvan.
    #[schema(value_type = String, max_length = 64, example = "L-2026-0817")]
    leerlingsleutel: Given,
    /// Voornamen.
    #[schema(value_type = String, max_length = 120, example = "Noor")]
    voornamen: Given,
    /// Achternaam, met voorvoegsels.
    #[schema(value_type = String, max_length = 120, example = "van den Akker")]
    achternaam: Given,
    /// Geboortedatum.
    #[schema(value_type = String, format = Date, example = "2019-03-14")]
    geboortedatum: Given,
    /// Postcode van het woonadres.
    #[schema(value_type = String, pattern = "^[1-9][0-9]{3} ?[A-Za-z]{2}$", example = "6651AB")]
    postcode: Given,
    /// Gemeente van het woonadres: de CBS-code, vier cijfers.
    #[schema(value_type = String, pattern = "^[0-9]{4}$", example = "0668")]
    woongemeente: Given,
    /// Of de jeugdige een startkwalificatie heeft. Na het schooljaar waarin de jeugdige 16 wordt, hangt de leerplicht hiervan af.
    #[schema(value_type = Option<bool>)]
    startkwalificatie: Given,
}

impl NieuweJeugdige {
    fn parse(&self, moment: Moment) -> Result<NewYouth, Problem> {
        let mut input = Examination::default();
        let pupil_key = input.required("/leerlingsleutel", &self.leerlingsleutel, pupil_key);
        let given_names = input.required("/voornamen", &self.voornamen, numberless(120));
        let surname = input.required("/achternaam", &self.achternaam, numberless(120));
        let born = input.required("/geboortedatum", &self.geboortedatum, past_day(moment.today));
        let postcode = input.required("/postcode", &self.postcode, postcode);
        let home = input.required("/woongemeente", &self.woongemeente, municipality);
        let start_qualification = input.optional("/startkwalificatie", &self.startkwalificatie, flag);
        let whole = || {
            Some(NewYouth {
                pupil_key: pupil_key?,
                given_names: given_names?,
                surname: surname?,
                born: born?,
                postcode: postcode?,
                home: home?,
                start_qualification,
            })
        };
        input.finish(whole())
    }
}

/// De leerling is vastgelegd.
#[derive(Serialize, ToSchema)]
pub(super) struct VastgelegdeJeugdige {
    /// Het pseudoniem waaronder de eigen organisatie deze jeugdige voortaan kent. Een andere organisatie heeft een ander.
    #[schema(example = "p1-0f3a8c5d2e7b4916a8d05c3be2f17940")]
    pseudoniem: String,
}

/// Leg een leerling vast.
///
/// Een school legt de eigen leerlingen vast, met de eigen leerlingsleutel. Dezelfde leerling nog eens vastleggen geeft
/// hetzelfde pseudoniem; dezelfde sleutel voor een ander kind geeft 409.
#[utoipa::path(post, path = "/v1/jeugdigen", operation_id = "legJeugdigeVast", tag = "jeugdigen",
    request_body = NieuweJeugdige,
    responses(
        (status = 201, description = "De leerling is vastgelegd.", body = VastgelegdeJeugdige),
        (status = 409, description = "De leerlingsleutel hoort bij een andere jeugdige, of hetzelfde verzoek loopt nog."),
    ))]
pub(super) async fn create(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let new = writing.input::<NieuweJeugdige>()?.parse(caller.moment())?;
    let (asker, actor, once) = begin(&broker, (&caller, trace), Action::RegisterYouth, (&writing, ROUTE, ""))?;
    let pseudoniem = released(broker.register_youth(&asker, actor, &new, &once).await, trace)?;
    Ok(HttpResponse::Created().json(VastgelegdeJeugdige { pseudoniem }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::input::pointers;
    use super::*;
    use crate::clock::moment_at;

    #[test]
    fn faults_in_a_pupil_are_placed() {
        let moment = moment_at("2026-11-22T12:00:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond());
        let whole = json!({
            "leerlingsleutel": "L-1", "voornamen": "Noor", "achternaam": "van den Akker", "geboortedatum": "2019-03-14",
            "postcode": "6651 ab", "woongemeente": "0668"
        });
        for (change, expected) in [
            (json!({}), vec![]),
            (json!({"bsn": "999990019"}), vec!["/bsn"]),
            (json!({"leerlingsleutel": "999990019"}), vec!["/leerlingsleutel"]),
            (json!({"leerlingsleutel": "9999.90.019"}), vec!["/leerlingsleutel"]),
            (json!({"voornamen": "Noor 999990019", "achternaam": "\u{0}"}), vec!["/voornamen", "/achternaam"]),
            (json!({"geboortedatum": "2026-11-23"}), vec!["/geboortedatum"]),
            (
                json!({"geboortedatum": "14-03-2019", "postcode": "6651", "woongemeente": "668"}),
                vec!["/geboortedatum", "/postcode", "/woongemeente"],
            ),
            (json!({"voornamen": null, "postcode": 6651}), vec!["/voornamen", "/postcode"]),
            (json!({"achternaam": "x".repeat(121)}), vec!["/achternaam"]),
        ] {
            assert_eq!(pointers(&whole, &change, |given: &NieuweJeugdige| given.parse(moment)), expected, "{change}");
        }
    }
}
