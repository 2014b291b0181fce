// SPDX-License-Identifier: EUPL-1.2
//! De kring van de casussen: West Maas en Waal, one school, one family. Everything is in order until a case says otherwise.

use std::sync::Arc;

use jiff::civil::date;

use super::world::{Speaker, TODAY, World, absence, actor, noon_of, usual_purpose, usual_role, usual_sender, youth};
use crate::action::Action;
use crate::covenant::Covenant;
use crate::decision::DutyFacts;
use crate::document::DocumentError;
use crate::fact::FactKind;
use crate::moment::Period;
use crate::organisation::{Desk, MunicipalityCode, Oin, Party};
use crate::request::{AccessRequest, Backing, Facts};
use crate::roles::RoleTable;
use crate::signal::{AbsenceGround, Door, Gate, ProcessingActivity, Purpose, SignalFacts, SignalKind, Topic};
use crate::youth::{Involvement, OrderKind, ProtectionOrder};

/// The agreement of the circle, as it ships.
const AGREEMENT: &str = include_str!("../../covenants/west-maas-en-waal.toml");

/// Casuskring: who takes part in the cases, and under which agreements.
#[doc(alias = "casuskring")]
#[derive(Debug, Clone)]
pub struct Circle {
    roles: Arc<RoleTable>,
    shipped: Arc<Covenant>,
    wide_text: String,
    wide: Arc<Covenant>,
}

impl Circle {
    /// The circle, with these roles.
    ///
    /// # Errors
    /// Never with the agreement that ships; as [`Covenant::parse`].
    pub fn new(roles: RoleTable) -> Result<Self, DocumentError> {
        let shipped = Covenant::parse(AGREEMENT)?;
        let wide_text = widened(&shipped);
        let wide = Covenant::parse(&wide_text)?;
        Ok(Self { roles: Arc::new(roles), shipped: Arc::new(shipped), wide_text, wide: Arc::new(wide) })
    }

    /// The roles.
    pub fn roles(&self) -> &Arc<RoleTable> {
        &self.roles
    }

    /// The agreement of the circle with some of its text replaced.
    ///
    /// # Errors
    /// As [`Covenant::parse`].
    pub fn covenant(&self, replaced: &[(&str, &str)]) -> Result<Arc<Covenant>, DocumentError> {
        if replaced.is_empty() { Ok(self.shipped.clone()) } else { rewritten(AGREEMENT, replaced) }
    }

    /// The same with more partners, a route for every kind that takes one, and the index on; with some of its text replaced.
    ///
    /// # Errors
    /// As [`Covenant::parse`].
    pub fn wide_covenant(&self, replaced: &[(&str, &str)]) -> Result<Arc<Covenant>, DocumentError> {
        if replaced.is_empty() { Ok(self.wide.clone()) } else { rewritten(&self.wide_text, replaced) }
    }

    /// The party that has this desk; desks outside the covenant get an organisation of their own.
    pub fn party(&self, desk: Desk) -> Party {
        let known = self.shipped.parties().iter().find(|party| party.desks.contains_key(&desk));
        Party { organisation: known.map_or(Oin::OF_THE_CASES, |party| party.organisation), desk }
    }

    /// The intern begeleider of De Wilgenhoek, or for kinds of others the usual role there, offers a signal by name; nobody
    /// has said anything yet.
    pub fn submitting(&self, kind: SignalKind, to: Desk) -> World {
        let (sender, receiver) = (self.party(usual_sender(kind)), self.party(to));
        let signal = SignalFacts {
            kind,
            purpose: usual_purpose(kind),
            sender,
            receivers: vec![receiver],
            topics: vec![Topic::Gedrag],
            gates: Gate::ALL.to_vec(),
            absence: Some(absence(AbsenceGround::Unauthorised, 17)),
            risk_ticked: kind.row().door == Door::Index,
            applicant: (kind.row().door == Door::Application).then_some(Speaker::ParentA.person()),
            inform_postponed: false,
            taken_back: false,
        };
        let request = AccessRequest {
            actor: actor(sender, usual_role(sender.desk)),
            action: Action::Submit,
            purpose: signal.purpose,
            receiver,
            named: true,
            signal: Some(signal),
            asked: None,
            backing: Backing::default(),
        };
        let facts = self.known_to(&request, kind);
        let covenant = Some(self.usual_covenant(kind).clone());
        World { request, facts, covenant, roles: self.roles.clone(), now: noon_of(TODAY) }
    }

    /// An action that is about no signal, by the usual role of a desk; about a child of ten.
    pub fn keeping(&self, action: Action, at: Desk) -> World {
        let mut world = self.submitting(SignalKind::Verzuim, Desk::Leerplicht);
        if let Some(youth) = &mut world.facts.youth {
            youth.born = date(2016, 3, 14);
        }
        let who = self.party(at);
        let is_duty = matches!(action, Action::ReadDuty | Action::WorkDuty | Action::ReleaseTo);
        world.facts.duty = is_duty.then_some(DutyFacts { owner: who, review: false, own_deed: false, withheld: false });
        world.request = AccessRequest {
            actor: actor(who, usual_role(at)),
            action,
            purpose: purpose_of(action),
            receiver: who,
            named: true,
            signal: None,
            asked: Some(self.party(Desk::School)),
            backing: Backing { fact: (action == Action::RecordFact).then_some(FactKind::Order), ..Backing::default() },
        };
        world
    }

    /// The same signal, stored, and somebody at this desk who does something with it.
    #[must_use]
    pub fn then(&self, mut world: World, action: Action, at: Desk) -> World {
        let who = self.party(at);
        world.request.actor = actor(who, usual_role(at));
        world.request.action = action;
        match (action, &world.request.signal) {
            (Action::Dispatch, _) => {}
            (Action::Answer, Some(signal)) => {
                world.request.purpose = Purpose::Casusvoortgang;
                world.request.receiver = signal.sender;
            }
            _ => world.request.receiver = who,
        }
        world
    }

    /// A youth whom the sender helps for the signal's purpose, under an order where one is needed.
    fn known_to(&self, request: &AccessRequest, kind: SignalKind) -> Facts {
        let (purpose, party) = (request.purpose, request.actor.party);
        let period = Period::since(date(2024, 8, 1));
        let mut youth = youth(self.party(Desk::School));
        if party.desk != Desk::School {
            youth.involvements.push(Involvement { party, purpose, period });
        }
        if matches!(kind.row().door, Door::Inquiry | Door::Protection) {
            let institution = self.party(Desk::GecertificeerdeInstelling);
            youth.orders.push(ProtectionOrder { kind: OrderKind::Supervision, institution, period });
        }
        Facts {
            youth: Some(youth),
            receiver_municipality: Some(MunicipalityCode::OF_THE_CASES),
            group_size: Some(60),
            reporter: Some(Period::since(date(2020, 8, 1))),
            asked_sensitive: Some(false),
            hidden_from: Some(Vec::new()),
            ..Facts::default()
        }
    }

    /// The shipped covenant for the kinds whose way in it the cases are about or that need none; the wide one for the rest.
    fn usual_covenant(&self, kind: SignalKind) -> &Arc<Covenant> {
        let needs_none = !kind.takes_route() && kind.row().door != Door::Index;
        let ours = needs_none || OWN_WAY.contains(&kind) || kind == SignalKind::VerzoekTotSamenwerking;
        if ours { &self.shipped } else { &self.wide }
    }
}

/// The kinds whose way in the agreement the cases are about. Every other kind goes by the widest way that the core allows, so
/// that a case tries the core and not what one region chose.
const OWN_WAY: [SignalKind; 3] = [SignalKind::Preventief, SignalKind::Consultatie, SignalKind::Aanmelding];

/// The purpose that an action which is about no signal has.
const fn purpose_of(action: Action) -> Purpose {
    match action {
        Action::Ask => Purpose::Leerplicht,
        Action::ReadMatch => Purpose::Verwijsindex,
        Action::Inspect | Action::Object => Purpose::Rechten,
        Action::SearchLog
        | Action::NameProfessional
        | Action::MonitorStaff
        | Action::Reidentify
        | Action::ExportLog => Purpose::Verantwoording,
        Action::BreakGlass => Purpose::Noodtoegang,
        _ => Purpose::Gegevensbeheer,
    }
}

fn rewritten(text: &str, replaced: &[(&str, &str)]) -> Result<Arc<Covenant>, DocumentError> {
    let text = replaced.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    Covenant::parse(&text).map(Arc::new)
}

/// The agreement without its route for a kind; a route ends at the first empty line.
fn without_route(text: String, kind: SignalKind) -> String {
    let parts = text.split_once(&format!("[[route]]\nsoort = \"{kind}\"\n"));
    let left = parts.and_then(|(before, rest)| rest.split_once("\n\n").map(|(_, after)| format!("{before}{after}")));
    left.unwrap_or(text)
}

fn widened(shipped: &Covenant) -> String {
    let partner = r#"
[[partij]]
oin = "99000000999900000000"
naam = "Regio van de tests"
gemeente = "0668"
rijen = ["000-01"]
loketten = { rmc = "RMC", jgz = "JGZ", gecertificeerde_instelling = "GI", veilig_thuis = "Veilig Thuis", beleid = "Beleid" }
"#;
    let mut text = AGREEMENT.replace("# Het preventief overleg", &format!("{partner}\n# Het preventief overleg"));
    for &kind in SignalKind::ALL.iter().filter(|kind| kind.takes_route() && !OWN_WAY.contains(kind)) {
        text = without_route(text, kind);
        let desks: Vec<String> = kind.row().to.iter().map(|desk| format!("{desk} = [\"003-03\"]")).collect();
        let route =
            format!("[[route]]\nsoort = \"{kind}\"\nnaar = {{ {} }}\nrijen = [\"003-03\"]\n\n", desks.join(", "));
        text = text.replace("[schakelaars]", &format!("{route}[schakelaars]"));
    }
    let accounted = |activity| shipped.accounts().iter().any(|account| account.activity == activity);
    for activity in ProcessingActivity::ALL.iter().filter(|activity| !accounted(**activity)) {
        let account = format!(
            "[[verwerking]]\nactiviteit = \"{activity}\"\nverantwoordelijken = [\"99000000066800000001\"]\nregeling = \"AVG 26\"\ndpia = \"DPIA\"\n\n"
        );
        text = text.replace("[rechtenloket]", &format!("{account}[rechtenloket]"));
    }
    text.replace("verzuim_naar_verwijsindex = false", "verzuim_naar_verwijsindex = true")
        .replace("[termijnen]", "[verwijsindex]\n0668 = { van = \"2020-01-01\", tot = \"2027-01-01\" }\n\n[termijnen]")
}
