// SPDX-License-Identifier: EUPL-1.2
//! The keys about working together: meetings, holders, the ladder, terms and what people do themselves.

use toml::de::DeValue;

use crate::covenant::{
    Agreement, CovenantParty, Holder, Length, Meeting, MeetingKind, Milestone, Per, Route, Seat, Step, Term,
};
use crate::document::{Reading, Section, filled, parsed, positive};
use crate::organisation::{Desk, Role};
use crate::signal::SignalKind;

pub(super) fn meetings(root: &mut Section<'_>, parties: &[CovenantParty]) -> Vec<Meeting> {
    let mut meetings: Vec<Meeting> = Vec::new();
    for mut section in root.sections("overleg") {
        let Some(meeting) = meeting(&mut section, parties) else { continue };
        if meetings.iter().any(|other| other.kind == meeting.kind) {
            section.fault("soort", "staat er al in");
        }
        meetings.push(meeting);
    }
    meetings
}

fn meeting(section: &mut Section<'_>, parties: &[CovenantParty]) -> Option<Meeting> {
    let kind: Option<MeetingKind> = section.required("soort", parsed);
    let name = section.required("naam", filled);
    let yearly = yearly(section);
    let [fixed, empty_chairs, callers] =
        ["zetels", "lege_stoelen", "mag_beginnen"].map(|key| seats(section, key, parties));
    let family = section.has("ouders").then(|| {
        let mut family = section.section("ouders");
        let how = family.required("hoe", parsed);
        family.rows();
        how
    });
    let agenda = section.coded("agenda");
    section.rows();
    let (kind, name) = (kind?, name?);
    let meeting = Meeting { kind, name, yearly, fixed, empty_chairs, callers, family: family.flatten(), agenda };
    if !kind.is_about_youths() && meeting.agenda.iter().any(|item| item.is_about_a_youth()) {
        section.fault(
            "agenda",
            "dit overleg staat boven de casus en hoort geen namen (RL-28): een convenant verruimt niet",
        );
    }
    Some(meeting)
}

fn yearly(section: &mut Section<'_>) -> Option<(u8, Per)> {
    if !section.has("jaarlijks") {
        return None;
    }
    let mut yearly = section.section("jaarlijks");
    let (times, per) = (yearly.required("keer", positive::<u8>), yearly.required("per", parsed));
    yearly.rows();
    if times.is_some_and(|times| 12_u8.checked_rem(times) != Some(0)) {
        yearly.fault("keer", "moet een jaar in hele maanden delen: 1, 2, 3, 4, 6 of 12");
    }
    Some((times?, per?))
}

fn seats(section: &mut Section<'_>, key: &str, parties: &[CovenantParty]) -> Vec<Seat> {
    section.sections(key).into_iter().filter_map(|mut section| seat(&mut section, parties)).collect()
}

/// A role at a desk that a party has: a seat for nobody is refused.
fn seat(section: &mut Section<'_>, parties: &[CovenantParty]) -> Option<Seat> {
    let role: Option<Role> = section.required("rol", parsed);
    let desk: Option<Desk> = section.required("loket", parsed);
    let name = section.optional("naam", filled);
    section.rows();
    let (role, desk) = (role?, desk?);
    if !parties.iter().any(|party| party.desks.contains_key(&desk)) {
        section.fault("loket", format!("geen partij heeft een loket {desk}: een zetel voor niemand"));
    }
    Some(Seat { role, desk, name })
}

/// What is shared early goes to whoever sits in the preventive meeting, and to nobody else (000-09).
pub(super) fn check_seats(section: &Section<'_>, route: &Route, meetings: &[Meeting]) {
    let meeting = meetings.iter().find(|meeting| meeting.kind == MeetingKind::Preventive);
    let (SignalKind::Preventief, Some(meeting)) = (route.kind, meeting) else { return };
    for desk in &route.receivers {
        if meeting.fixed.iter().all(|seat| seat.desk != *desk) {
            section.fault("naar", format!("loket {desk} heeft geen zetel in het preventief overleg (000-09)"));
        }
    }
}

pub(super) fn milestones(root: &mut Section<'_>) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    for mut section in root.sections("termijn") {
        let milestone: Option<Milestone> = section.required("wat", parsed);
        let within = section.required("binnen", length);
        let warn = section.optional("waarschuwen_na", length);
        section.rows();
        let (Some(milestone), Some(within)) = (milestone, within) else { continue };
        let start = jiff::civil::date(2024, 1, 1);
        if warn.is_some_and(|warn| warn.after(start) >= within.after(start)) {
            section.fault("waarschuwen_na", "valt niet voor het einde van de termijn");
        }
        if milestone.longest().is_some_and(|longest| within.after(start) > longest.after(start)) {
            section.fault("binnen", "is langer dan de wet toestaat: een convenant verruimt niet");
        }
        if terms.iter().any(|term| term.milestone == milestone) {
            section.fault("wat", "staat er al in");
        }
        terms.push(Term { milestone, within, warn });
    }
    terms
}

/// `{ werkdagen = 5 }`, `{ weken = 8 }` or `{ maanden = 3 }`; never zero.
fn length(value: &DeValue<'_>) -> Reading<Length> {
    let unknown = || "moet een van `werkdagen`, `weken` of `maanden` noemen".to_owned();
    let DeValue::Table(table) = value else { return Err(unknown()) };
    let mut entries = table.iter();
    let (Some((unit, number)), None) = (entries.next(), entries.next()) else { return Err(unknown()) };
    let number = positive(number.get_ref())?;
    match unit.get_ref().as_ref() {
        "werkdagen" => Ok(Length::WorkingDays(number)),
        "weken" => Ok(Length::Weeks(number)),
        "maanden" => Ok(Length::Months(number)),
        _ => Err(unknown()),
    }
}

pub(super) fn holders(root: &mut Section<'_>, parties: &[CovenantParty]) -> Vec<Holder> {
    let mut holders = Vec::new();
    for mut section in root.sections("regie") {
        let holding = section.required("wat", parsed);
        let seat = seat(&mut section, parties);
        if let (Some(holding), Some(seat)) = (holding, seat) {
            if seat.name.is_none() {
                section.fault("naam", "ontbreekt: elke streek heeft een eigen woord voor deze rol");
            }
            holders.push(Holder { holding, seat });
        }
    }
    holders
}

pub(super) fn ladder(root: &mut Section<'_>, parties: &[CovenantParty]) -> Vec<Step> {
    let steps = root.sections("trede").into_iter().filter_map(|mut section| {
        let deed = section.required("doet", filled);
        let patience = section.required("werkdagen", positive::<u8>);
        let seat = seat(&mut section, parties);
        Some(Step { seat: seat?, deed: deed?, patience: patience? })
    });
    steps.collect()
}

pub(super) fn agreements(root: &mut Section<'_>) -> Vec<Agreement> {
    let agreements = root.sections("afspraak").into_iter().filter_map(|mut section| {
        let (subject, sentence) = (section.required("over", parsed), section.required("zin", filled));
        section.rows();
        Some(Agreement { subject: subject?, sentence: sentence? })
    });
    agreements.collect()
}
