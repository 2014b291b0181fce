// SPDX-License-Identifier: EUPL-1.2
//! Beslistabel: the one function that decides, and the order in which it tests.
//!
//! The tests are those of the cases (3.2) as corrected by RL-08 and RL-09. Each group has its own file below, and each
//! file reads from the outcome down to the detail. Every `match` here names every member: a new action, kind, desk or
//! ground does not compile until somebody has decided about it.
#![deny(clippy::wildcard_enum_match_arm)]

mod application;
mod caller;
mod citizen;
mod consent;
mod duties;
mod inbox;
mod index;
mod on_behalf;
mod oversight;
mod protection;
mod records;
mod safety;
mod schema;
mod secrecy;
mod sharing;
mod statutory;

use crate::action::Action;
use crate::condition::Condition;
use crate::covenant::{Covenant, Terms};
use crate::decision::{Decision, Duty, LegalBasis, Obligation, Owner, Refusal, refusal};
use crate::moment::Moment;
use crate::request::{AccessRequest, Facts};
use crate::roles::RoleTable;
use crate::rule::Rule;
use crate::signal::{Door, Gate, SignalFacts};
use crate::youth::YouthFacts;

/// The version of the rules. A change of the printed table without a raise fails a test; every decision records it
/// (promise 5).
pub const RULES_VERSION: u32 = 6;

/// Besluit: may this actor do this, for this purpose, towards this one receiver, and what may that receiver get?
///
/// Pure: the same arguments give the same answer, whenever and wherever they are replayed. It cannot fail: what is
/// missing, unknown or contradictory refuses. The signature is frozen at five arguments on purpose: question, facts,
/// two policies, time.
///
/// `covenant` is the one under which sender and receiver would exchange; a statutory door opens without it (RL-08).
pub fn decide(
    request: &AccessRequest,
    facts: &Facts,
    roles: &RoleTable,
    covenant: Option<&Covenant>,
    now: Moment,
) -> Decision {
    let case = Case { request, facts, covenant: covenant.filter(|covenant| covenant.valid().contains(now.today)), now };
    ground_usable(&case)
        .and_then(|()| weigh(&case, roles))
        .and_then(|decision| on_ground(&case, decision))
        .unwrap_or_else(Decision::Refusal)
}

/// Ontbrekende voorwaarden: what would make a refused question allowed, as far as whoever asks is entitled to it.
///
/// Entitled is whoever has passed the tests before it: a refusal that tells nothing of the youth has none, and of consent only
/// that it is missing, never whose (RL-06, promise 6). Empty for a permit.
pub fn missing(
    decision: &Decision,
    request: &AccessRequest,
    facts: &Facts,
    covenant: Option<&Covenant>,
    now: Moment,
) -> Vec<Condition> {
    let case = Case { request, facts, covenant: covenant.filter(|covenant| covenant.valid().contains(now.today)), now };
    match (decision.rule(), &request.signal) {
        (Rule::ConditionMissing, Some(signal)) => {
            sharing::still_to_do(&case, signal).into_iter().map(Condition::Done).collect()
        }
        (rule, _) => Condition::of(rule).into_iter().collect(),
    }
}

/// Onvolledig: what is missing from an application that goes along as incomplete; empty for every other decision. The
/// applicant and the college both hear it, so that the term stands still for a reason that can be mended (RL-12).
pub fn lacking(
    decision: &Decision,
    request: &AccessRequest,
    facts: &Facts,
    covenant: Option<&Covenant>,
    now: Moment,
) -> Vec<Gate> {
    let case = Case { request, facts, covenant: covenant.filter(|covenant| covenant.valid().contains(now.today)), now };
    match (decision.rule(), &request.signal, &facts.youth) {
        (Rule::ApplicationIncomplete, Some(signal), Some(youth)) => application::lacking(&case, signal, youth),
        _ => Vec::new(),
    }
}

/// A claim on a ground that is none here refuses before anything is read (test 2). A report to Veilig Thuis waits for no
/// claim to be right (RL-09).
fn ground_usable(case: &Case<'_>) -> Result<(), Refusal> {
    let unusable = case.request.backing.claimed.is_some_and(|claimed| claimed.basis().is_none());
    if unusable && !case.is_about_safety() { Err(case.refuse(Rule::GroundNotUsable)) } else { Ok(()) }
}

/// Whatever is permitted rests on a ground that is in force today, and on the one that was claimed, if any was.
fn on_ground(case: &Case<'_>, decision: Decision) -> Result<Decision, Refusal> {
    let Some(basis) = decision.permit().map(|permit| permit.basis()) else { return Ok(decision) };
    if !basis.is_in_force(case.now.today) {
        return Err(case.refuse(Rule::GroundNotInForce));
    }
    case.claim_fits(basis).map(|()| decision)
}

/// One question with everything that may be read to answer it.
struct Case<'a> {
    request: &'a AccessRequest,
    facts: &'a Facts,
    /// Only a covenant in force today.
    covenant: Option<&'a Covenant>,
    now: Moment,
}

/// At which moment in a signal's life a disclosure is weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The sender offers it: what may not go by name may still go without.
    Intake,
    /// It leaves the queue: it goes in the form it was queued in, or not at all (RL-23, promise 3).
    Departure,
    /// The receiver reads it: in the form it came in, or not at all.
    Reading,
}

fn weigh(case: &Case<'_>, roles: &RoleTable) -> Result<Decision, Refusal> {
    match case.request.action {
        Action::Submit => {
            let signal = case.own_signal()?;
            caller::may_send(case, signal, roles)?;
            if signal.receivers.is_empty() {
                return Err(sharing::unrouted(case, signal));
            }
            sharing::disclose(case, signal, Stage::Intake)
        }
        Action::Dispatch => sharing::disclose(case, case.own_signal()?, Stage::Departure),
        Action::List => inbox::list(case, roles),
        Action::Read => inbox::read(case, roles),
        Action::TakeUp | Action::Close => inbox::handle(case, roles),
        Action::Answer => inbox::answer(case, roles),
        Action::RecordVoice => records::voice(case, roles, Rule::VoiceRecorded),
        Action::WithdrawVoice => records::voice(case, roles, Rule::VoiceWithdrawn),
        Action::ReadVoice => records::voice(case, roles, Rule::VoiceShown),
        Action::ReadDuty => duties::read(case, roles),
        Action::WorkDuty => duties::work(case, roles),
        Action::ReleaseTo => duties::release(case, roles),
        Action::RecordFact => records::fact(case, roles),
        Action::RegisterYouth => records::youth(case, roles),
        Action::RegisterAuthority => records::authority(case, roles),
        Action::Ask => statutory::ask(case, roles),
        Action::ReadDirectory => records::directory(case, roles),
        Action::Retract => inbox::retract(case, roles),
        Action::ReadMatch => index::read_match(case, roles),
        Action::Inspect => citizen::inspect(case, roles),
        Action::Object => citizen::object(case, roles),
        Action::SearchLog => oversight::search(case, roles),
        Action::NameProfessional => oversight::name_professional(case, roles),
        Action::MonitorStaff => oversight::monitor(case, roles),
        Action::Reidentify => oversight::reidentify(case, roles),
        Action::ExportLog => oversight::export(case, roles),
        Action::PublishPolicy => oversight::publish(case, roles),
        Action::Erase => oversight::erase(case, roles),
        Action::BreakGlass => oversight::break_glass(case, roles),
    }
}

impl<'a> Case<'a> {
    /// The signal the actor sends itself; one that is not there, not the actor's or not for this receiver is no
    /// question at all. One that leads to nobody is asked about for its sender, who must find it a way.
    fn own_signal(&self) -> Result<&'a SignalFacts, Refusal> {
        let signal = self.request.signal.as_ref().ok_or_else(|| self.refuse(Rule::RequestIncomplete))?;
        let (sender, receiver) = (self.request.actor.party, self.request.receiver);
        let unrouted = self.request.action == Action::Submit && signal.receivers.is_empty() && receiver == sender;
        if signal.sender != sender || !(unrouted || signal.receivers.contains(&receiver)) {
            return Err(self.refuse(Rule::RequestIncomplete));
        }
        if signal.purpose == self.request.purpose && signal.kind.fits(signal.purpose) {
            Ok(signal)
        } else {
            Err(self.refuse(Rule::PurposeDoesNotFit))
        }
    }

    /// The youth, or the refusal that an unknown one and another's share (promise 6).
    fn youth(&self) -> Result<&'a YouthFacts, Refusal> {
        self.facts.youth.as_ref().ok_or_else(not_found)
    }

    /// What was claimed, if anything was, is this ground or more.
    fn claim_fits(&self, basis: LegalBasis) -> Result<(), Refusal> {
        let claimed = self.request.backing.claimed.filter(|_| !self.is_about_safety());
        if claimed.is_none_or(|claimed| claimed.admits(basis)) {
            Ok(())
        } else {
            Err(self.refuse(Rule::GroundDoesNotFit))
        }
    }

    fn terms(&self) -> Terms {
        self.covenant.map_or(Terms::DEFAULT, Covenant::terms)
    }

    /// A refusal whose reason the sender hears today.
    fn refuse(&self, rule: Rule) -> Refusal {
        refusal(rule, vec![Obligation { duty: Duty::Note, owner: Owner::Sender, due_working_days: 0 }])
    }

    /// The next step that every signal leaves behind (003-06).
    fn next_step(&self) -> Obligation {
        Obligation { duty: Duty::Act, owner: Owner::Receiver, due_working_days: self.terms().act }
    }

    /// Whether this is about a report to Veilig Thuis, which waits for nobody.
    fn is_about_safety(&self) -> bool {
        self.request.signal.as_ref().is_some_and(|signal| signal.kind.row().door == Door::Safety)
    }

    /// Another professional looks back (RL-09).
    fn review(&self) -> Obligation {
        let due_working_days = self.terms().review;
        Obligation { duty: Duty::Review, owner: Owner::OtherProfessional, due_working_days }
    }

    /// Inform, or, where the sender recorded why not yet, look at that again (RL-13).
    fn inform_or_look_again(&self, signal: &SignalFacts) -> Obligation {
        let duty = if signal.inform_postponed { Duty::ReviewPostponement } else { Duty::Inform };
        Obligation { duty, ..self.inform() }
    }

    fn inform(&self) -> Obligation {
        Obligation { duty: Duty::Inform, owner: Owner::Sender, due_working_days: self.terms().inform }
    }

    fn ask_consent(&self) -> Obligation {
        Obligation { duty: Duty::Ask, owner: Owner::Sender, due_working_days: self.terms().ask }
    }
}

/// INVARIANT: always the same value, whatever the reason (promise 6, RL-06).
fn not_found() -> Refusal {
    refusal(Rule::NotFound, Vec::new())
}
