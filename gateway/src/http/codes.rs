// SPDX-License-Identifier: EUPL-1.2
//! The closed lists of the wire, as the API's description has them: taken from the decision core, so that they cannot
//! drift from it.

use sluis_policy::{
    AbsenceGround, AuthorityKind, AuthoritySource, DataCategory, Desk, Duty, FactKind, Form, HelperGround, LegalBasis,
    OrderKind, Purpose, SchoolKind, SignalKind, StuckReason, Topic, VoiceKind,
};
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::broker::{
    CHANNELS, ESCALATED, EVIDENCE, FACT_SOURCES, IDENTIFIED_BY, NOT_TOLD_FOR, OBJECTIONS, OUTCOMES, POSTPONED_FOR,
    RETRACTED_FOR, SORTING_OUT, SignalStatus, VoiceState, WEIGHED,
};
use crate::ledger::unit::DutyState;

fn closed<'a>(description: &str, codes: impl Iterator<Item = &'a str>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description)).enum_values(Some(codes)).build()
}

fn one_of<'a>(description: &str, codes: impl Iterator<Item = &'a str>) -> RefOr<Schema> {
    closed(description, codes).into()
}

pub(super) fn kind() -> RefOr<Schema> {
    one_of("De soort van het signaal.", SignalKind::ALL.iter().map(|kind| kind.code()))
}

pub(super) fn kind_to_send() -> RefOr<Schema> {
    one_of("De soort van het signaal.", super::signalen::KINDS.iter().map(|kind| kind.code()))
}

pub(super) fn purpose() -> RefOr<Schema> {
    one_of("Het doel. Een gesloten lijst: `overig` bestaat niet.", Purpose::ALL.iter().map(|purpose| purpose.code()))
}

pub(super) fn desk() -> RefOr<Schema> {
    one_of("Het loket van de organisatie.", Desk::ALL.iter().map(|desk| desk.code()))
}

/// What a parameter is declared as: there a type has to stand, where a member takes a function.
pub(super) struct DeskCode;

impl PartialSchema for DeskCode {
    fn schema() -> RefOr<Schema> {
        desk()
    }
}

impl ToSchema for DeskCode {}

pub(super) fn desks() -> RefOr<Schema> {
    let desk = closed("Een loket.", Desk::ALL.iter().map(|desk| desk.code()));
    ArrayBuilder::new()
        .items(desk)
        .unique_items(true)
        .description(Some("De loketten waar zij handelt en ontvangt."))
        .into()
}

pub(super) fn topics() -> RefOr<Schema> {
    let topic = closed("Een onderwerp.", Topic::ALL.iter().map(|topic| topic.code()));
    ArrayBuilder::new()
        .items(topic)
        .unique_items(true)
        .max_items(Some(Topic::ALL.len()))
        .description(Some("Waar het over gaat, in codes."))
        .into()
}

pub(super) fn stuck_reason() -> RefOr<Schema> {
    let reasons = StuckReason::ALL.iter().map(|reason| reason.code());
    one_of("Waarom het vastloopt. Verplicht bij `escalatie` en `knelpunt`, en alleen daar.", reasons)
}

pub(super) fn inspection() -> RefOr<Schema> {
    let states = super::signalen::INSPECTION.into_iter();
    one_of("Toestemming van de inspectie voor onderwijs op een zorgplek. Alleen bij oza_aanvraag.", states)
}

pub(super) fn absence_ground() -> RefOr<Schema> {
    one_of("De grond van het verzuim, zoals de school die kent.", AbsenceGround::ALL.iter().map(|ground| ground.code()))
}

pub(super) fn authority_kind() -> RefOr<Schema> {
    one_of("In welke hoedanigheid.", AuthorityKind::ALL.iter().map(|kind| kind.code()))
}

pub(super) fn authority_source() -> RefOr<Schema> {
    one_of("Wie het zegt.", AuthoritySource::ALL.iter().map(|source| source.code()))
}

pub(super) fn voice() -> RefOr<Schema> {
    let said = VoiceKind::ALL.iter().filter(|kind| **kind != VoiceKind::Withdraws);
    one_of("Wat er is gezegd. Intrekken gaat via de intrekking van een toestemming.", said.map(|kind| kind.code()))
}

/// Every word that can stand in a record, taking back too.
pub(super) fn voice_recorded() -> RefOr<Schema> {
    one_of("Wat er is gezegd.", VoiceKind::ALL.iter().map(|kind| kind.code()))
}

pub(super) fn voice_state() -> RefOr<Schema> {
    one_of("Hoe het nu staat.", VoiceState::ALL.iter().map(|state| state.code()))
}

pub(super) fn fact_kind() -> RefOr<Schema> {
    one_of("De soort van het feit.", FactKind::ALL.iter().map(|kind| kind.code()))
}

pub(super) fn objection() -> RefOr<Schema> {
    one_of("Wat er wordt gevraagd.", OBJECTIONS.into_iter())
}

pub(super) fn identified_by() -> RefOr<Schema> {
    one_of("Hoe is vastgesteld wie het vraagt.", IDENTIFIED_BY.into_iter())
}

pub(super) fn fact_source() -> RefOr<Schema> {
    one_of("Wie het zegt.", FACT_SOURCES.into_iter())
}

pub(super) fn order_kind() -> RefOr<Schema> {
    one_of("Welke maatregel. Alleen bij `maatregel`.", OrderKind::ALL.iter().map(|kind| kind.code()))
}

pub(super) fn helper_ground() -> RefOr<Schema> {
    one_of(
        "Waarom de hulpverlener zonder de ouders verdergaat. Alleen bij `bevinding`.",
        HelperGround::ALL.iter().map(|ground| ground.code()),
    )
}

pub(super) fn school_kind() -> RefOr<Schema> {
    one_of("In welk onderwijs. Alleen bij `inschrijving`.", SchoolKind::ALL.iter().map(|kind| kind.code()))
}

pub(super) fn duty() -> RefOr<Schema> {
    // That the sender hears why is done by the answer, and no task.
    let duties = Duty::ALL.iter().filter(|duty| **duty != Duty::Note).map(|duty| duty.code());
    one_of("Wat er te doen is.", duties.chain(SORTING_OUT).chain([ESCALATED]))
}

pub(super) fn duty_state() -> RefOr<Schema> {
    one_of("Hoe het ermee staat.", DutyState::ALL.into_iter().map(DutyState::code))
}

pub(super) fn postponed_for() -> RefOr<Schema> {
    one_of("Waarom het wacht.", POSTPONED_FOR.into_iter())
}

pub(super) fn not_told_for() -> RefOr<Schema> {
    one_of("Waarom het niet is verteld, en dat ook niet gebeurt.", NOT_TOLD_FOR.into_iter())
}

pub(super) fn weighed() -> RefOr<Schema> {
    one_of("Waarom het voor deze persoon kan, als het wordt ingehouden.", WEIGHED.into_iter())
}

pub(super) fn duty_outcome() -> RefOr<Schema> {
    one_of("Wat ervan kwam, als het niet om informeren of vragen gaat.", OUTCOMES.into_iter())
}

pub(super) fn capacity_of_person() -> RefOr<Schema> {
    one_of("In welke hoedanigheid; afwezig is de jeugdige.", AuthorityKind::ALL.iter().map(|kind| kind.code()))
}

pub(super) fn channel() -> RefOr<Schema> {
    one_of("Hoe het is gezegd.", CHANNELS.into_iter())
}

pub(super) fn evidence() -> RefOr<Schema> {
    one_of("Wat het bewijs is.", EVIDENCE.into_iter())
}

pub(super) fn category() -> RefOr<Schema> {
    one_of("Over welke gegevens. Weggelaten: over alle.", DataCategory::ALL.iter().map(|category| category.code()))
}

pub(super) fn form() -> RefOr<Schema> {
    one_of("De vorm waarin het gaat.", Form::ALL.iter().map(|form| form.code()))
}

pub(super) fn basis() -> RefOr<Schema> {
    one_of("De grondslag.", LegalBasis::ALL.iter().map(|basis| basis.code()))
}

pub(super) fn step() -> RefOr<Schema> {
    one_of("De stap.", super::signalen::STEPS.iter().map(|action| action.code()))
}

pub(super) fn retracted_for() -> RefOr<Schema> {
    one_of("Waarom het wordt teruggenomen.", RETRACTED_FOR.into_iter())
}

pub(super) fn status() -> RefOr<Schema> {
    one_of("Waar het signaal bij de ontvanger staat.", SignalStatus::ALL.iter().map(|status| status.code()))
}

pub(super) fn next_step() -> RefOr<Schema> {
    one_of("Wat er nu gebeurt. Alleen bij terugkoppelen.", super::signalen::NEXT_STEPS.into_iter())
}

pub(super) fn question() -> RefOr<Schema> {
    one_of("Waarnaar wordt gevraagd.", std::iter::once(super::bevragingen::ATTENDANCE))
}
