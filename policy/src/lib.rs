// SPDX-License-Identifier: EUPL-1.2
//! The pure decision core of Sluis: who may know what about a youth, and why.
//!
//! One function, [`decide`], answers one question at a time: may this actor do this, for this purpose, towards this one
//! receiver? It reads facts that are handed to it and nothing else: no clock, no file, no random number. What it
//! answers is a [`Permit`] that lists the fields the receiver may get, or a [`Refusal`]; both name one [`Rule`], and
//! only `decide` makes them.
//!
//! Where things are: `organisation`, `action`, `signal`, `youth`, `voice`, `moment` are the words; `request` is the
//! question, `decision` the answer; `rule` names the rules and `rules` applies them in order; `ground`, `schooling`, `term`
//! and `parameters` are what the law dates; `roles` and `covenant` are the two kinds of policy that come as files, and `document`
//! finds every fault in such a file; `routing` says to which desks a signal goes that names none; `case` reads worked examples and decides them; `anonymity` and `number` are measurements
//! that the rules and the doors use.

pub mod action;
pub mod anonymity;
pub mod calendar;
pub mod case;
mod code;
pub mod condition;
pub mod covenant;
pub mod decision;
pub mod document;
mod explanation;
pub mod fact;
pub mod field;
pub mod ground;
pub mod moment;
pub mod number;
pub mod organisation;
pub mod parameters;
pub mod processing;
pub mod request;
pub mod roles;
pub mod routing;
pub mod rule;
pub mod rules;
pub mod schooling;
pub mod signal;
pub mod term;
pub mod voice;
pub mod youth;

pub use action::{Action, Thing};
pub use case::{Case, Circle};
pub use code::UnknownCode;
pub use condition::Condition;
pub use covenant::Covenant;
pub use decision::{Decision, Duty, DutyFacts, Form, LegalBasis, Obligation, Owner, Permit, RecordClass, Refusal};
pub use document::{DocumentError, DocumentFault};
pub use fact::FactKind;
pub use field::{Field, FieldSet};
pub use ground::ClaimedGround;
pub use moment::{Moment, Period, age_on};
pub use number::{Bsn, BsnError};
pub use organisation::{Desk, MunicipalityCode, MunicipalityCodeError, Oin, OinError, Party, Role};
pub use request::{AccessRequest, Actor, Backing, Facts};
pub use roles::RoleTable;
pub use rule::Rule;
pub use rules::{RULES_VERSION, decide, lacking, missing};
pub use schooling::{SchoolDuty, school_duty};
pub use signal::{
    AbsenceFacts, AbsenceGround, Door, Gate, KindRow, ProcessingActivity, Purpose, SignalFacts, SignalKind,
    StuckReason, Topic,
};
pub use voice::{
    CareRegister, DataCategory, Hearing, HelperFinding, HelperGround, Incapacity, ReceiverScope, Scope,
    SecrecyPermission, Statement, SubstituteConsent, VoiceKind,
};
pub use youth::{
    Authority, AuthorityKind, AuthoritySource, Enrolment, IndexEntry, Involvement, OrderKind, PersonRef,
    ProtectionOrder, SchoolKind, Stay, YouthFacts,
};
