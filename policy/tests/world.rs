// SPDX-License-Identifier: EUPL-1.2
//! The small world of the tests: West Maas en Waal, one school, one family. Everything is in order until a test changes
//! it.

use std::sync::{Arc, LazyLock};

use jiff::ToSpan;
use jiff::civil::{Date, date};
use sluis_policy::*;

pub(crate) const TODAY: Date = date(2026, 11, 22);
/// Noon on that day, in microseconds.
pub(crate) const NOW: i64 = 1_795_345_200_000_000;
pub(crate) const A: PersonRef = PersonRef([0xA; 16]);
pub(crate) const B: PersonRef = PersonRef([0xB; 16]);
pub(crate) const YOUTH: PersonRef = PersonRef([0xC; 16]);

pub(crate) const COVENANT: &str = include_str!("../covenants/west-maas-en-waal.toml");

pub(crate) static ROLES: LazyLock<Arc<RoleTable>> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    Arc::new(runtime.block_on(RoleTable::shipped()).unwrap())
});

pub(crate) static SHIPPED: LazyLock<Arc<Covenant>> = LazyLock::new(|| covenant(&[]));

/// The shipped covenant with more partners, a route for every kind that takes one, and the index on.
pub(crate) static WIDE: LazyLock<Arc<Covenant>> = LazyLock::new(|| changed(&wide(), &[]));

fn wide() -> String {
    let partner = r#"
[[partij]]
oin = "99000000999900000000"
naam = "Regio van de tests"
gemeente = "0668"
rijen = ["000-01"]
loketten = { rmc = "RMC", jgz = "JGZ", gecertificeerde_instelling = "GI", veilig_thuis = "Veilig Thuis", beleid = "Beleid" }
"#;
    let mut text = COVENANT.replace("# Het preventief overleg", &format!("{partner}\n# Het preventief overleg"));
    for &kind in SignalKind::ALL.iter().filter(|kind| kind.takes_route() && SHIPPED.route(**kind).is_none()) {
        let desks: Vec<String> = kind.row().to.iter().map(|desk| format!("{desk} = [\"003-03\"]")).collect();
        let route =
            format!("[[route]]\nsoort = \"{kind}\"\nnaar = {{ {} }}\nrijen = [\"003-03\"]\n\n", desks.join(", "));
        text = text.replace("[schakelaars]", &format!("{route}[schakelaars]"));
    }
    for activity in ProcessingActivity::ALL.iter().filter(|activity| !activity.is_in_every_covenant()) {
        let account = format!(
            "[[verwerking]]\nactiviteit = \"{activity}\"\nverantwoordelijken = [\"99000000066800000001\"]\nregeling = \"AVG 26\"\ndpia = \"DPIA\"\n\n"
        );
        text = text.replace("[rechtenloket]", &format!("{account}[rechtenloket]"));
    }
    text.replace("verzuim_naar_verwijsindex = false", "verzuim_naar_verwijsindex = true")
        .replace("[termijnen]", "[verwijsindex]\n0668 = { van = \"2020-01-01\", tot = \"2027-01-01\" }\n\n[termijnen]")
}

/// The covenant of the tests: the shipped one with some of its text replaced.
pub(crate) fn covenant(replaced: &[(&str, &str)]) -> Arc<Covenant> {
    changed(COVENANT, replaced)
}

/// The wide covenant with some of its text replaced.
pub(crate) fn wide_covenant(replaced: &[(&str, &str)]) -> Arc<Covenant> {
    changed(&wide(), replaced)
}

fn changed(text: &str, replaced: &[(&str, &str)]) -> Arc<Covenant> {
    let mut text = text.to_owned();
    for (from, to) in replaced {
        assert!(text.contains(from), "the covenant does not say `{from}`");
        text = text.replace(from, to);
    }
    Arc::new(Covenant::parse(&text).unwrap())
}

/// The party that has this desk; desks outside the covenant get an organisation of their own.
pub(crate) fn party(desk: Desk) -> Party {
    let organisation = SHIPPED
        .parties()
        .iter()
        .find(|party| party.desks.contains_key(&desk))
        .map_or("99000000999900000000".parse().unwrap(), |party| party.organisation);
    Party { organisation, desk }
}

/// A role that may do what a test has this desk do.
pub(crate) fn usual_role(desk: Desk) -> Role {
    match desk {
        Desk::School => Role::InternBegeleider,
        Desk::Samenwerkingsverband => Role::SwvContact,
        Desk::AccessDesk | Desk::Wijkteam => Role::Consulent,
        Desk::Leerplicht => Role::Leerplichtambtenaar,
        Desk::Rmc => Role::RmcTrajectbegeleider,
        Desk::Jgz => Role::Jeugdgezondheidszorg,
        Desk::VeiligThuis => Role::VeiligThuisMedewerker,
        Desk::Board => Role::Schoolbestuur,
        Desk::GecertificeerdeInstelling => Role::Gezinsvoogd,
        Desk::Policy => Role::Beleidsambtenaar,
        Desk::Verwijsindex | Desk::Gateway => Role::Systeem,
    }
}

pub(crate) fn usual_purpose(kind: SignalKind) -> Purpose {
    *Purpose::ALL.iter().find(|purpose| kind.fits(**purpose)).unwrap()
}

/// The shipped covenant for the kinds that it knows or that need none; the wide one for the rest.
fn usual_covenant(kind: SignalKind) -> Arc<Covenant> {
    let needs_none = !kind.takes_route() && kind.row().door != Door::Index;
    let ours = needs_none || SHIPPED.route(kind).is_some() || kind == SignalKind::VerzoekTotSamenwerking;
    if ours { SHIPPED.clone() } else { WIDE.clone() }
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) request: AccessRequest,
    pub(crate) facts: Facts,
    pub(crate) covenant: Option<Arc<Covenant>>,
    pub(crate) roles: Arc<RoleTable>,
    pub(crate) now: Moment,
}

/// From where a kind usually leaves: the school, where it may.
pub(crate) fn usual_sender(kind: SignalKind) -> Desk {
    if kind.leaves_from(Desk::School) { Desk::School } else { kind.row().from[0] }
}

/// What a failed test needs to see: the question and the facts, not two whole policies.
impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let covenant = self.covenant.as_ref().map(|covenant| covenant.digest());
        write!(f, "{:?}\n{:?}\nunder {covenant:?} on {}", self.request, self.facts, self.now.today)
    }
}

impl World {
    /// The intern begeleider of De Wilgenhoek, or for kinds of others the usual role there, offers a signal by name; nobody
    /// has said anything yet.
    pub(crate) fn submitting(kind: SignalKind, to: Desk) -> Self {
        let (sender, receiver) = (party(usual_sender(kind)), party(to));
        let signal = SignalFacts {
            kind,
            purpose: usual_purpose(kind),
            sender,
            receivers: vec![receiver],
            topics: vec![Topic::Gedrag],
            gates: Gate::ALL.to_vec(),
            absence: Some(absence(AbsenceGround::Unauthorised, 17)),
            risk_ticked: kind.row().door == Door::Index,
            applicant: (kind.row().door == Door::Application).then_some(A),
            inform_postponed: false,
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
        let facts = Facts {
            youth: Some(youth()),
            receiver_municipality: home(),
            group_size: Some(60),
            reporter: Some(Period::since(date(2020, 8, 1))),
            ..Facts::default()
        };
        let now = Moment { instant: NOW, today: TODAY };
        let covenant = Some(usual_covenant(kind));
        Self { request, facts, covenant, roles: ROLES.clone(), now }.with(Self::know_the_sender)
    }

    /// The sender helps this youth for the signal's purpose, and an order runs where one is needed.
    fn know_the_sender(&mut self) {
        let (purpose, sender) = (self.request.purpose, self.request.actor.party);
        let period = Period::since(date(2024, 8, 1));
        if sender.desk != Desk::School {
            self.youth().involvements.push(Involvement { party: sender, purpose, period });
        }
        let institution = party(Desk::GecertificeerdeInstelling);
        if matches!(self.signal().kind.row().door, Door::Inquiry | Door::Protection) {
            self.youth().orders.push(ProtectionOrder { kind: OrderKind::Supervision, institution, period });
        }
    }

    /// The same signal, stored, and somebody at this desk who does something with it.
    pub(crate) fn then(mut self, action: Action, at: Desk) -> Self {
        let who = party(at);
        self.request.actor = actor(who, usual_role(at));
        self.request.action = action;
        let sender = self.signal().sender;
        match action {
            Action::Dispatch => {}
            Action::Answer => {
                self.request.purpose = Purpose::Casusvoortgang;
                self.request.receiver = sender;
            }
            _ => self.request.receiver = who,
        }
        self
    }

    pub(crate) fn aged(mut self, years: i16) -> Self {
        self.youth().born = date(TODAY.year() - years, 3, 14);
        self
    }

    pub(crate) fn says(mut self, who: PersonRef, voice: VoiceKind) -> Self {
        let statement = said(who, voice, anything(), 0);
        self.youth().statements.push(statement);
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(crate) fn youth(&mut self) -> &mut YouthFacts {
        self.facts.youth.as_mut().unwrap()
    }

    pub(crate) fn signal(&mut self) -> &mut SignalFacts {
        self.request.signal.as_mut().unwrap()
    }

    pub(crate) fn decide(&self) -> Decision {
        sluis_policy::decide(&self.request, &self.facts, &self.roles, self.covenant.as_deref(), self.now)
    }
}

pub(crate) fn home() -> Option<MunicipalityCode> {
    Some("0668".parse().unwrap())
}

pub(crate) fn actor(party: Party, role: Role) -> Actor {
    Actor { party, role, role_valid: Period::since(date(2020, 8, 1)), via: None }
}

/// A child of seven with two parents who hold authority, at De Wilgenhoek.
pub(crate) fn youth() -> YouthFacts {
    let parent = |person| Authority {
        person,
        kind: AuthorityKind::Parent,
        since: date(2000, 1, 1),
        until: None,
        source: AuthoritySource::School,
        scope: None,
    };
    YouthFacts {
        home: home(),
        authorities: vec![parent(A), parent(B)],
        enrolments: vec![Enrolment {
            school: party(Desk::School),
            period: Period::since(date(2020, 8, 1)),
            kind: None,
        }],
        ..YouthFacts::new(date(2019, 3, 14), YOUTH)
    }
}

pub(crate) fn anything() -> Scope {
    Scope { purpose: None, receiver: ReceiverScope::Any, category: None }
}

/// Something said this many days ago, that arrived at once and holds from that day on.
pub(crate) fn said(who: PersonRef, voice: VoiceKind, scope: Scope, days_ago: i64) -> Statement {
    let spoken_at = NOW - (days_ago + 1) * 86_400_000_000;
    Statement {
        id: [0; 16],
        speaker: who,
        voice,
        scope,
        spoken_at,
        arrived_at: spoken_at,
        valid: Period::since(TODAY.saturating_sub((days_ago + 1).days())),
        text_version: "1".to_owned(),
        speaks_for_other: false,
        lease_until: None,
    }
}

pub(crate) fn absence(ground: AbsenceGround, hours: u16) -> AbsenceFacts {
    AbsenceFacts {
        from: date(2026, 10, 26),
        until: None,
        hours_in_four_weeks: hours,
        unbroken_weeks: 0,
        ground,
        suspected_unauthorised: false,
    }
}
