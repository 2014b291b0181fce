// SPDX-License-Identifier: EUPL-1.2
//! A signal that was received: seen, read, taken up, answered, closed; and the way back to the sender (RL-17).

use super::consent;
use super::{Case, Stage, caller, not_found, schema, secrecy, sharing};
use crate::action::Action;
use crate::decision::{Decision, Duty, Form, Grant, LegalBasis, Obligation, Owner, Refusal};
use crate::field::{Field, FieldSet};
use crate::roles::RoleTable;
use crate::rule::Rule;
use crate::signal::{Door, ProcessingActivity, Purpose, SignalFacts};
use crate::voice::DataCategory;
use crate::youth::YouthFacts;

/// On which side of the signal the actor stands. Whoever stands on neither gets what an unknown id gets (promise 6).
enum Side {
    Sender,
    Receiver,
}

/// Reading: the receiver gets what the same rules allow today; the sender follows its own signal.
pub(super) fn read(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    let (signal, side) = stored(case, roles)?;
    same_purpose(case, signal)?;
    match side {
        Side::Sender => Ok(follow(case, signal)),
        Side::Receiver => sharing::disclose(case, signal, Stage::Reading),
    }
}

/// A row of the inbox: that it is there and how it stands, and by whose pseudonym, so that it can be found again and
/// closed.
pub(super) fn list(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    let (signal, side) = stored(case, roles)?;
    same_purpose(case, signal)?;
    match side {
        Side::Sender => Ok(follow(case, signal)),
        Side::Receiver => Ok(own(case, row(case)).by(Rule::Handling)),
    }
}

/// Taking up and closing: the receiver's own administration; no content moves. A withdrawal does not leave a signal hanging,
/// and neither does its sender, who took it back: it can be closed, and not begun with.
pub(super) fn handle(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    let (signal, side) = stored(case, roles)?;
    same_purpose(case, signal)?;
    match side {
        Side::Sender => Err(not_found()),
        Side::Receiver => {
            if case.request.action == Action::TakeUp {
                sharing::not_taken_back(case, signal)?;
            }
            Ok(own(case, row(case)).by(Rule::Handling))
        }
    }
}

/// Taking back one's own signal, because it was wrong or about the wrong youth (AVG 16, 17, 19): whoever received it is told,
/// and somebody weighs whether it was a breach (case 55). Nothing stops it but that it is somebody else's.
pub(super) fn retract(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    let (signal, side) = stored(case, roles)?;
    same_purpose(case, signal)?;
    match side {
        Side::Receiver => Err(not_found()),
        Side::Sender => {
            let duty = |duty, due_working_days| Obligation { duty, owner: Owner::Sender, due_working_days };
            let obligations = vec![duty(Duty::TellReceivers, 0), duty(Duty::AssessBreach, 1)];
            let fields = FieldSet::of(&[Field::Delivery, Field::RecordReference]);
            Ok(Grant { obligations, ..own(case, fields) }.by(Rule::TakenBack))
        }
    }
}

/// Feedback: a disclosure in the other direction, with its own purpose, schema and voice (RL-17).
pub(super) fn answer(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    let request = case.request;
    if request.purpose != Purpose::Casusvoortgang {
        return Err(case.refuse(Rule::PurposeDoesNotFit));
    }
    caller::may_handle(case, request.signal.as_ref(), roles)?;
    let signal = request.signal.as_ref().ok_or_else(not_found)?;
    if !signal.receivers.contains(&request.actor.party) || request.receiver != signal.sender {
        return Err(not_found());
    }
    sharing::not_taken_back(case, signal)?;
    if !request.named {
        let grant = back(Form::Anonymous, LegalBasis::AnonymousForm, schema::FEEDBACK_ANONYMOUS);
        return Ok(grant.by(Rule::FeedbackAnonymous));
    }
    let youth = case.youth()?;
    way_back_is_open(case, signal, youth)?;
    if may_explain(case, youth) {
        let fields = schema::FEEDBACK.iter().chain([Field::Explanation]).collect();
        return Ok(back(Form::Pseudonymous, LegalBasis::Consent, fields).by(Rule::FeedbackExplained));
    }
    Ok(back(Form::Pseudonymous, LegalBasis::PublicTask, schema::FEEDBACK).by(Rule::FeedbackStatus))
}

/// The youth is still with the sender; and where the signal itself went on consent, test 3 holds and nobody with a say
/// has said no to the way back. One rule for both, so that it tells neither.
fn way_back_is_open(case: &Case<'_>, signal: &SignalFacts, youth: &YouthFacts) -> Result<(), Refusal> {
    let by_consent = signal.kind.goes_by_covenant();
    if by_consent {
        sharing::in_scope(case, youth)?;
    }
    let request = case.request;
    let unwanted = by_consent && consent::anyone_refuses(case, youth, request.purpose, request.receiver);
    if unwanted || !sharing::in_circle(case, youth, signal.sender) {
        return Err(case.refuse(Rule::FeedbackClosed));
    }
    Ok(())
}

/// Everyone with a say agrees to the explanation too, and whoever gives it under professional secrecy was released from it
/// (RL-04).
fn may_explain(case: &Case<'_>, youth: &YouthFacts) -> bool {
    let request = case.request;
    let explanation = FieldSet::of(&[Field::Explanation]);
    (!request.actor.party.desk.keeps_secrets() || secrecy::is_lifted_back(case, youth))
        && sharing::in_scope(case, youth).is_ok()
        && consent::complete(case, youth, request.purpose, explanation, &[DataCategory::Progress]).is_ok()
}

fn stored<'a>(case: &Case<'a>, roles: &RoleTable) -> Result<(&'a SignalFacts, Side), Refusal> {
    let request = case.request;
    if follows_own_report(case) {
        caller::in_service(case)?;
    } else {
        caller::may_handle(case, request.signal.as_ref(), roles)?;
    }
    let signal = request.signal.as_ref().ok_or_else(not_found)?;
    let own = request.actor.party;
    if request.receiver != own {
        return Err(not_found());
    }
    if signal.sender == own {
        Ok((signal, Side::Sender))
    } else if signal.receivers.contains(&own) {
        Ok((signal, Side::Receiver))
    } else {
        Err(not_found())
    }
}

/// Whoever may report to Veilig Thuis (everyone in service, RL-08) may see that the report was made and delivered:
/// without that, a repeated request would be answered as if none had been.
fn follows_own_report(case: &Case<'_>) -> bool {
    let request = case.request;
    let own = |signal: &SignalFacts| {
        matches!(signal.kind.row().door, Door::Safety | Door::SafetyAdvice | Door::VitalInterest)
            && signal.sender == request.actor.party
    };
    request.action == Action::Read && request.actor.role.is_professional() && request.signal.as_ref().is_some_and(own)
}

fn same_purpose(case: &Case<'_>, signal: &SignalFacts) -> Result<(), Refusal> {
    if case.request.purpose == signal.purpose { Ok(()) } else { Err(not_found()) }
}

/// What the sender sees of its own signal. A school that the youth has left sees that it was delivered, and nothing of
/// what follows (case 34).
fn follow(case: &Case<'_>, signal: &SignalFacts) -> Decision {
    // What is about no youth stays its sender's.
    let of_nobody = !signal.kind.reads_a_youth();
    let of_ours = |youth| sharing::in_senders_circle(case, youth).is_ok();
    let still_ours = of_nobody || case.facts.youth.as_ref().is_some_and(of_ours);
    let progress = match (still_ours, case.request.named) {
        (true, true) => schema::FEEDBACK,
        (true, false) => schema::FEEDBACK_ANONYMOUS,
        (false, _) => FieldSet::EMPTY,
    };
    let explained = still_ours && hears_explanation(case, signal);
    let explanation = explained.then_some(Field::Explanation);
    let fields = progress.iter().chain([Field::Delivery]).chain(explanation).collect();
    own(case, fields).by(Rule::OwnSignal)
}

/// An explanation that was given on consent is shown only while that consent, and what lifted the secrecy, stand.
fn hears_explanation(case: &Case<'_>, signal: &SignalFacts) -> bool {
    let (purpose, explanation) = (Purpose::Casusvoortgang, FieldSet::of(&[Field::Explanation]));
    case.request.named
        && case.facts.youth.as_ref().is_some_and(|youth| {
            sharing::in_scope(case, youth).is_ok()
                && secrecy::stays_lifted(case, youth, signal)
                && !consent::anyone_refuses(case, youth, purpose, case.request.receiver)
                && consent::complete(case, youth, purpose, explanation, &[DataCategory::Progress]).is_ok()
        })
}

fn row(case: &Case<'_>) -> FieldSet {
    let shown =
        case.request.named && case.facts.youth.as_ref().is_some_and(|youth| sharing::in_scope(case, youth).is_ok());
    if shown { FieldSet::of(&[Field::Status, Field::Pseudonym]) } else { FieldSet::of(&[Field::Status]) }
}

fn own(case: &Case<'_>, fields: FieldSet) -> Grant {
    Grant {
        form: if case.request.named { Form::Pseudonymous } else { Form::Anonymous },
        basis: LegalBasis::OwnAdministration,
        activity: case.request.purpose.activity(),
        fields,
        obligations: Vec::<Obligation>::new(),
    }
}

fn back(form: Form, basis: LegalBasis, fields: FieldSet) -> Grant {
    Grant { form, basis, activity: ProcessingActivity::CaseProgress, fields, obligations: Vec::new() }
}
