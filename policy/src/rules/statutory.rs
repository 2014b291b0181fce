// SPDX-License-Identifier: EUPL-1.2
//! Test 5: doors that a statute opens. They need no covenant, no circle and no consent, and no restriction closes them
//! (RL-08), except at the index.

use jiff::civil::Date;

use super::{Case, Stage, caller, index, not_found, schema, sharing};
use crate::action::Thing;
use crate::decision::{Decision, Form, Grant, LegalBasis, Refusal};
use crate::field::{Field, FieldSet};
use crate::organisation::Desk;
use crate::parameters::{ABSENCE_HOURS, ABSENCE_WEEKS};
use crate::roles::RoleTable;
use crate::rule::Rule;
use crate::schooling::{SchoolDuty, school_duty};
use crate::signal::{AbsenceFacts, AbsenceGround, ProcessingActivity, SignalFacts};
use crate::youth::YouthFacts;

/// The statutory absence report, one receiver at a time: the wijkteam part of such a signal is refused while the
/// leerplicht part goes (case 19).
pub(super) fn absence(case: &Case<'_>, signal: &SignalFacts) -> Result<Decision, Refusal> {
    let youth = case.youth()?;
    let absence = signal.absence.as_ref().ok_or_else(|| case.refuse(Rule::RequestIncomplete))?;
    match case.request.receiver.desk {
        Desk::Leerplicht => {
            must_be_reported(case, absence)?;
            compulsory(case, youth)?;
            sharing::at_home(case, youth)?;
            let fields = schema::ATTENDANCE.keep(|field| field != Field::Bsn || signal.kind.may_carry_number());
            Ok(report(case, fields).by(Rule::AbsenceReport))
        }
        Desk::Rmc => {
            must_be_reported(case, absence)?;
            under(case, youth, &[SchoolDuty::EarlyLeaver, SchoolDuty::QualifyingVocational])?;
            sharing::at_home(case, youth)?;
            Ok(report(case, schema::ATTENDANCE).by(Rule::AbsenceReportRmc))
        }
        Desk::Verwijsindex => {
            must_be_reported(case, absence)?;
            index::part_of_absence(case, signal, youth)
        }
        Desk::School
        | Desk::Board
        | Desk::Samenwerkingsverband
        | Desk::AccessDesk
        | Desk::Wijkteam
        | Desk::Jgz
        | Desk::VeiligThuis
        | Desk::GecertificeerdeInstelling
        | Desk::Gateway
        | Desk::Policy => Err(case.refuse(Rule::AbsenceElsewhere)),
    }
}

/// Somebody leaves school without a startkwalificatie: to RMC of residence, from 18 on, and in vocational education as long
/// as the youth should still be there (002-27, 002-28, 002-30).
pub(super) fn early_leaving(case: &Case<'_>, signal: &SignalFacts) -> Result<Decision, Refusal> {
    let youth = case.youth()?;
    if !signal.kind.may_reach(case.request.receiver.desk) {
        return Err(case.refuse(Rule::ReceiverNotCompetent));
    }
    under(case, youth, &[SchoolDuty::EarlyLeaver, SchoolDuty::QualifyingVocational])?;
    sharing::at_home(case, youth)?;
    Ok(report(case, schema::EARLY_LEAVING).by(Rule::EarlyLeaving))
}

/// Absence below the threshold: leerplicht of residence only, attendance fields only, and only under a covenant that
/// carries 000-15 (RL-30).
///
/// Its ground is the covenant and not a statute, so covenant, circle and the youth's state are tested as for any other
/// kind.
pub(super) fn minor_absence(case: &Case<'_>, signal: &SignalFacts, stage: Stage) -> Result<Decision, Refusal> {
    let youth = case.youth()?;
    if stage != Stage::Reading {
        sharing::in_senders_circle(case, youth)?;
    }
    sharing::in_scope(case, youth)?;
    if case.request.receiver.desk != Desk::Leerplicht {
        return Err(case.refuse(Rule::AbsenceElsewhere));
    }
    let bound = case.covenant.filter(|covenant| covenant.binds(signal.sender) && covenant.binds(case.request.receiver));
    let covenant = bound.ok_or_else(|| case.refuse(Rule::NotInCovenant))?;
    if !covenant.absence_to_leerplicht() {
        return Err(case.refuse(Rule::MinorAbsenceNotAgreed));
    }
    let absence = signal.absence.as_ref().ok_or_else(|| case.refuse(Rule::RequestIncomplete))?;
    without_sickness(case, absence)?;
    if over_threshold(absence, case.now.today) {
        return Err(case.refuse(Rule::AboveThreshold));
    }
    compulsory(case, youth)?;
    sharing::at_home(case, youth)?;
    let grant = Grant { basis: LegalBasis::PublicTask, ..report(case, schema::ATTENDANCE) };
    Ok(grant.by(Rule::MinorAbsence))
}

/// A leerplichtambtenaar asks the school of a resident for attendance (RL-31). Whoever is not a resident of school age
/// at that school is not found.
pub(super) fn ask(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    caller::may(case, Thing::Attendance, roles)?;
    let request = case.request;
    let asked = request.asked.ok_or_else(|| case.refuse(Rule::RequestIncomplete))?;
    if request.receiver != request.actor.party || asked.desk != Desk::School {
        return Err(case.refuse(Rule::RequestIncomplete));
    }
    let youth = case.youth()?;
    let known_here = youth.is_enrolled_at(asked, case.now.today)
        && sharing::at_home(case, youth).is_ok()
        && compulsory(case, youth).is_ok();
    if !known_here {
        return Err(not_found());
    }
    let grant = Grant {
        form: Form::Identified,
        basis: LegalBasis::PublicTask,
        activity: ProcessingActivity::Attendance,
        fields: schema::ATTENDANCE_ANSWER,
        obligations: vec![case.inform()],
    };
    Ok(grant.by(Rule::AttendanceQuestion))
}

pub(super) fn report(case: &Case<'_>, fields: FieldSet) -> Grant {
    Grant {
        form: Form::Identified,
        basis: LegalBasis::StatutoryAbsenceReport,
        activity: ProcessingActivity::Attendance,
        fields,
        obligations: vec![case.next_step(), case.inform()],
    }
}

fn must_be_reported(case: &Case<'_>, absence: &AbsenceFacts) -> Result<(), Refusal> {
    without_sickness(case, absence)?;
    if over_threshold(absence, case.now.today) { Ok(()) } else { Err(case.refuse(Rule::BelowThreshold)) }
}

/// Sickness and suspension are not reported unless they are thought to hide something (case 20).
fn without_sickness(case: &Case<'_>, absence: &AbsenceFacts) -> Result<(), Refusal> {
    let excused = match absence.ground {
        AbsenceGround::Sickness | AbsenceGround::Suspension => !absence.suspected_unauthorised,
        AbsenceGround::Unauthorised | AbsenceGround::Luxury | AbsenceGround::Late => false,
    };
    if excused { Err(case.refuse(Rule::SicknessNotReported)) } else { Ok(()) }
}

/// Sixteen hours in four weeks, more than four weeks on end, or a holiday without leave.
fn over_threshold(absence: &AbsenceFacts, today: Date) -> bool {
    let hours = ABSENCE_HOURS.on(today).is_some_and(|limit| absence.hours_in_four_weeks >= limit);
    let weeks = ABSENCE_WEEKS.on(today).is_some_and(|limit| absence.unbroken_weeks > limit);
    let luxury = match absence.ground {
        AbsenceGround::Luxury => true,
        AbsenceGround::Unauthorised | AbsenceGround::Sickness | AbsenceGround::Suspension | AbsenceGround::Late => {
            false
        }
    };
    hours || weeks || luxury
}

/// Under leerplicht or kwalificatieplicht (002-23, 002-24). Leerplicht of residence hears of vocational education too, though
/// RMC carries it out there: the law names the municipality.
fn compulsory(case: &Case<'_>, youth: &YouthFacts) -> Result<(), Refusal> {
    let duties = [SchoolDuty::Compulsory, SchoolDuty::Qualifying, SchoolDuty::QualifyingVocational];
    under(case, youth, &duties)
}

/// Under one of these duties today.
fn under(case: &Case<'_>, youth: &YouthFacts, duties: &[SchoolDuty]) -> Result<(), Refusal> {
    let duty = school_duty(youth, case.now.today);
    if duties.contains(&duty) { Ok(()) } else { Err(case.refuse(Rule::NotCompulsory)) }
}
