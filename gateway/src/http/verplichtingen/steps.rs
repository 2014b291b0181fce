// SPDX-License-Identifier: EUPL-1.2
//! A duty is taken up, done, postponed, released to one person. Reasons and outcomes are codes: nothing of what was said to
//! anybody goes in here.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sluis_policy::{Action, PersonRef};
use utoipa::ToSchema;

use super::super::api::{capacities, id_in_path, released};
use super::super::caller::Caller;
use super::super::codes;
use super::super::input::{Examination, Given, among, coming_day, flag, id, past_day};
use super::super::problem::Problem;
use super::super::trace::Trace;
use super::super::writing::Writing;
use super::{FINISHING, POSTPONING, RELEASING, TAKING_UP};
use crate::broker::{
    Asker, Broker, CHANNELS, DutyStep, Finishing, Heard, NOT_TOLD_FOR, OUTCOMES, POSTPONED_FOR, Telling, WEIGHED,
    Worked,
};

/// How many people can be named at once.
const PEOPLE: usize = 20;

/// Opnemen. Mag leeg zijn.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub(in super::super) struct NieuweOpname {
    /// Of de verplichting mag worden overgenomen van een collega die haar heeft.
    #[schema(value_type = Option<bool>)]
    overnemen: Given,
}

/// Afronden: bij informeren en vragen per persoon wie het hoorde, bij het andere wat ervan kwam.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"dag": "2026-11-20", "uitkomst": "gedaan"}))]
pub(in super::super) struct NieuweAfronding {
    /// Op welke dag het is gedaan. Niet in de toekomst.
    #[schema(value_type = String, format = Date)]
    dag: Given,
    #[schema(schema_with = codes::duty_outcome, required = false)]
    uitkomst: Given,
    /// Wie het hoorde, of waarom niet. Wie hier nog niet staat en het wel moet horen, houdt de verplichting open.
    #[schema(value_type = Option<Vec<GehoordePersoon>>, max_items = 20)]
    personen: Option<Vec<GehoordePersoon>>,
}

/// Iemand die het hoorde, of niet.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in super::super) struct GehoordePersoon {
    /// De verwijzing naar de persoon.
    #[schema(value_type = String, pattern = "^[0-9a-f]{32}$")]
    persoon: Given,
    #[schema(schema_with = codes::channel, required = false)]
    kanaal: Given,
    #[schema(schema_with = codes::not_told_for, required = false)]
    niet_verteld: Given,
}

/// Uitstellen.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({"reden": "gesprek_gepland", "herzienDag": "2026-12-01"}))]
pub(in super::super) struct NieuwUitstel {
    #[schema(schema_with = codes::postponed_for, required)]
    reden: Given,
    /// De dag waarop het opnieuw wordt bekeken. Niet in het verleden.
    #[schema(value_type = String, format = Date)]
    herzien_dag: Given,
}

/// Vrijgeven aan een persoon.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"persoon": "5d0e8c1fa94b4d07b2c6e18f3a7d9042"}))]
pub(in super::super) struct NieuweVrijgave {
    /// De verwijzing naar de persoon.
    #[schema(value_type = String, pattern = "^[0-9a-f]{32}$")]
    persoon: Given,
    #[schema(schema_with = codes::weighed, required = false)]
    afweging: Given,
}

/// De stap is vastgelegd.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct BijgewerkteVerplichting {
    /// Het kenmerk van de verplichting.
    verplichting_id: String,
    #[schema(schema_with = codes::duty_state, required)]
    toestand: &'static str,
    /// De laatste dag; van wat is uitgesteld de dag waarop het opnieuw wordt bekeken.
    #[schema(format = Date)]
    uiterlijk: String,
}

impl NieuweOpname {
    fn parse(&self) -> Result<DutyStep, Problem> {
        let mut input = Examination::default();
        let over = input.optional("/overnemen", &self.overnemen, flag).unwrap_or(false);
        input.finish(Some(DutyStep::TakeUp { over }))
    }
}

impl NieuweAfronding {
    fn parse(&self, today: Date) -> Result<DutyStep, Problem> {
        let mut input = Examination::default();
        let on = input.required("/dag", &self.dag, past_day(today));
        let outcome = input.optional("/uitkomst", &self.uitkomst, among(&OUTCOMES));
        let given = self.personen.as_deref().unwrap_or_default();
        if given.len() > PEOPLE {
            input.fault("/personen", format!("Noem ten hoogste {PEOPLE} personen."));
        }
        let mut people: Vec<Heard> = Vec::new();
        for (at, one) in given.iter().take(PEOPLE).enumerate() {
            let Some(heard) = one.parse(&mut input, &format!("/personen/{at}"), on) else { continue };
            if people.iter().any(|earlier| earlier.person == heard.person) {
                input.fault(&format!("/personen/{at}/persoon"), "Deze persoon staat er al.");
            }
            people.push(heard);
        }
        input.finish(on.map(|on| DutyStep::Finish(Finishing { on, outcome, people })))
    }
}

impl GehoordePersoon {
    fn parse(&self, input: &mut Examination, at: &str, on: Option<Date>) -> Option<Heard> {
        let person = input.required(&format!("{at}/persoon"), &self.persoon, id);
        let channel = input.optional(&format!("{at}/kanaal"), &self.kanaal, among(&CHANNELS));
        let not = input.optional(&format!("{at}/nietVerteld"), &self.niet_verteld, among(&NOT_TOLD_FOR));
        if self.kanaal.is_some() == self.niet_verteld.is_some() {
            input.fault(at, "Noem of het kanaal, of waarom het niet is verteld.");
        }
        let told = channel.zip(on).map(|(channel, on)| Telling::Told { on, channel });
        let how = not.map(|reason| Telling::Not { reason }).or(told);
        Some(Heard { person: PersonRef(person?), how: how? })
    }
}

impl NieuwUitstel {
    fn parse(&self, today: Date) -> Result<DutyStep, Problem> {
        let mut input = Examination::default();
        let reason = input.required("/reden", &self.reden, among(&POSTPONED_FOR));
        let review_on = input.required("/herzienDag", &self.herzien_dag, coming_day(today));
        let whole = || Some(DutyStep::Postpone { reason: reason?, review_on: review_on? });
        input.finish(whole())
    }
}

impl NieuweVrijgave {
    fn parse(&self) -> Result<DutyStep, Problem> {
        let mut input = Examination::default();
        let person = input.required("/persoon", &self.persoon, id);
        let weighed = input.optional("/afweging", &self.afweging, among(&WEIGHED));
        input.finish(person.map(|person| DutyStep::Release { person: PersonRef(person), weighed }))
    }
}

/// Neem een verplichting op.
///
/// Wie haar opneemt, heeft haar: alleen die professional rondt af, stelt uit en geeft vrij. Wat uit het eigen handelen volgt, is
/// meteen van wie handelde. Achteraf toetsen doet een ander dan wie het deed.
#[utoipa::path(post, path = "/v1/verplichtingen/{id}/opname", operation_id = "neemVerplichtingOp", tag = "verplichtingen",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "Het kenmerk van de verplichting.")),
    request_body = NieuweOpname,
    responses(
        (status = 201, description = "De verplichting is opgenomen.", body = BijgewerkteVerplichting),
        (status = 409, description = "Een collega heeft de verplichting, of zij is al gedaan. Of hetzelfde verzoek loopt nog."),
    ))]
pub(in super::super) async fn take_up(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let step = writing.input::<NieuweOpname>()?.parse()?;
    work((&caller, &broker, trace), (&id, &step), (&writing, TAKING_UP)).await
}

/// Rond een verplichting af.
///
/// Bij informeren en vragen wordt per persoon vastgelegd dat het is verteld of gevraagd, wanneer en langs welk kanaal, of
/// waarom niet; wat er is gezegd nooit. De verplichting is gedaan als iedereen die het moet horen daarbij staat. Wat is opgeschaald
/// is gedaan zodra het loket dat stil bleef een stap zet; tot dan kan het alleen worden uitgesteld.
#[utoipa::path(post, path = "/v1/verplichtingen/{id}/afronding", operation_id = "rondVerplichtingAf", tag = "verplichtingen",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "Het kenmerk van de verplichting.")),
    request_body = NieuweAfronding,
    responses(
        (status = 201, description = "Het is vastgelegd.", body = BijgewerkteVerplichting),
        (status = 409, description = "De vrager heeft de verplichting niet, zij is al gedaan, of het loket dat stil bleef zette nog geen stap. Of hetzelfde verzoek loopt nog."),
    ))]
pub(in super::super) async fn finish(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let step = writing.input::<NieuweAfronding>()?.parse(caller.moment().today)?;
    work((&caller, &broker, trace), (&id, &step), (&writing, FINISHING)).await
}

/// Stel een verplichting uit.
///
/// Met een reden en een dag om het opnieuw te bekijken. Als die dag voorbij is, is dat een herinnering en meer niet: er gaat niets
/// vanzelf naar een ouder of jeugdige. Uitstel trekt in wat was vrijgegeven. Is de reden dat het thuis niet veilig is, of dat een
/// jeugdige van twaalf of ouder om stilte vraagt, dan wordt vrijgeven ingehouden, ook na die dag.
#[utoipa::path(post, path = "/v1/verplichtingen/{id}/uitstel", operation_id = "stelVerplichtingUit", tag = "verplichtingen",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "Het kenmerk van de verplichting.")),
    request_body = NieuwUitstel,
    responses(
        (status = 201, description = "Het uitstel is vastgelegd.", body = BijgewerkteVerplichting),
        (status = 409, description = "De vrager heeft de verplichting niet, of zij is al gedaan. Of hetzelfde verzoek loopt nog."),
    ))]
pub(in super::super) async fn postpone(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let step = writing.input::<NieuwUitstel>()?.parse(caller.moment().today)?;
    work((&caller, &broker, trace), (&id, &step), (&writing, POSTPONING)).await
}

/// Geef vrij dat een persoon het te weten komt.
///
/// Per persoon. De gateway stuurt zelf niets aan een ouder of jeugdige: vastgelegd wordt dat deze persoon het mag weten, en
/// zolang er geen portaal is waar die het leest, blijft het daarbij. Bij een melding bij Veilig Thuis, een geheim adres, een huis dat
/// niet veilig is of een jeugdige die om stilte vroeg, is een afweging voor deze persoon nodig.
#[utoipa::path(post, path = "/v1/verplichtingen/{id}/vrijgave", operation_id = "geefVrij", tag = "verplichtingen",
    params(("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "Het kenmerk van de verplichting.")),
    request_body = NieuweVrijgave,
    responses(
        (status = 201, description = "De vrijgave is vastgelegd.", body = BijgewerkteVerplichting),
        (status = 409, description = "De vrager heeft de verplichting niet, zij is al gedaan, of er valt niets vrij te geven. Of hetzelfde verzoek loopt nog."),
    ))]
pub(in super::super) async fn release(
    caller: Caller,
    broker: Data<Broker>,
    trace: Trace,
    id: Path<String>,
    writing: Writing,
) -> Result<HttpResponse, Problem> {
    let step = writing.input::<NieuweVrijgave>()?.parse()?;
    work((&caller, &broker, trace), (&id, &step), (&writing, RELEASING)).await
}

async fn work(
    (caller, broker, trace): (&Caller, &Broker, Trace),
    (id, step): (&str, &DutyStep),
    (writing, route): (&Writing, &'static str),
) -> Result<HttpResponse, Problem> {
    let once = writing.begin(broker, caller, route, id)?;
    let action = if matches!(step, DutyStep::Release { .. }) { Action::ReleaseTo } else { Action::WorkDuty };
    let actors = capacities(broker, caller, action);
    let duty = id_in_path(id)?;
    let reply = broker.work_duty(&Asker::of(caller, trace), &actors, (duty, step), &once).await;
    match released(reply, trace)? {
        Worked::Recorded(state, uiterlijk) => {
            let (verplichting_id, toestand) = (hex::encode(duty), state.code());
            Ok(HttpResponse::Created().json(BijgewerkteVerplichting { verplichting_id, toestand, uiterlijk }))
        }
        Worked::Unfit(pointer) => Err(Problem::invalid(pointer, unfit(pointer))),
    }
}

/// What does not fit with the duty, in the words of the caller's own input.
fn unfit(pointer: &str) -> &'static str {
    match pointer {
        "/reden" => "Om stilte vragen kan een jeugdige vanaf twaalf jaar.",
        "/persoon" => "Deze persoon hoeft dit niet te horen, of wordt door geen bron bij deze jeugdige genoemd.",
        "/uitkomst" => "Bij deze verplichting hoort wat ervan kwam.",
        _ => {
            "Bij informeren en vragen hoort wie het hoorde, genoemd door een bron bij deze jeugdige; bij iets anders niemand."
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::super::super::input::pointers;
    use super::*;

    const TODAY: Date = date(2026, 11, 22);
    const SOMEBODY: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn faults_in_a_finishing_are_placed() {
        for (change, expected) in [
            (json!({}), vec![]),
            (json!({"uitkomst": "gedaan"}), vec![]),
            (json!({"dag": null}), vec!["/dag"]),
            (json!({"dag": "2026-11-23", "uitkomst": "verteld dat hij boos was"}), vec!["/dag", "/uitkomst"]),
            (json!({"personen": [{"persoon": SOMEBODY, "kanaal": "gesprek"}]}), vec![]),
            (json!({"personen": [{"persoon": SOMEBODY, "nietVerteld": "niet_veilig"}]}), vec![]),
            (json!({"personen": [{"persoon": SOMEBODY}]}), vec!["/personen/0"]),
            (
                json!({"personen": [{"persoon": SOMEBODY, "kanaal": "brief", "nietVerteld": "niet_veilig"}]}),
                vec!["/personen/0"],
            ),
            (
                json!({"personen": [{"persoon": "jan", "kanaal": "roddel"}]}),
                vec!["/personen/0/persoon", "/personen/0/kanaal"],
            ),
            (
                json!({"personen": [{"persoon": SOMEBODY, "kanaal": "brief"}, {"persoon": SOMEBODY, "kanaal": "brief"}]}),
                vec!["/personen/1/persoon"],
            ),
            (json!({"toelichting": "x"}), vec!["/toelichting"]),
        ] {
            let whole = json!({"dag": "2026-11-20"});
            assert_eq!(pointers(&whole, &change, |given: &NieuweAfronding| given.parse(TODAY)), expected, "{change}");
        }
    }

    /// RL-13: a day to look again never lies behind.
    #[test]
    fn rl_13_a_review_lies_ahead() {
        for (change, expected) in [
            (json!({}), vec![]),
            (json!({"herzienDag": "2026-11-23"}), vec![]),
            (json!({"herzienDag": "2026-11-21"}), vec!["/herzienDag"]),
            (json!({"herzienDag": null, "reden": "zomaar"}), vec!["/reden", "/herzienDag"]),
        ] {
            let whole = json!({"reden": "gesprek_gepland", "herzienDag": "2026-11-22"});
            assert_eq!(pointers(&whole, &change, |given: &NieuwUitstel| given.parse(TODAY)), expected, "{change}");
        }
        for (change, expected) in [
            (json!({}), vec![]),
            (json!({"afweging": "veilig_voor_deze_persoon"}), vec![]),
            (json!({"persoon": "moeder", "afweging": "mag wel"}), vec!["/persoon", "/afweging"]),
        ] {
            let whole = json!({"persoon": SOMEBODY});
            assert_eq!(pointers(&whole, &change, |given: &NieuweVrijgave| given.parse()), expected, "{change}");
        }
    }
}
