// SPDX-License-Identifier: EUPL-1.2
//! A second opinion on who may know: the same matrix of role, age, voice, ground and receiver, written a second time as Cedar
//! policies from the covenant's rows, the rulings and the law, and judged by another engine. On every cell both say the same.
//!
//! The policies are `policies.cedar`. A package of its own, outside the workspace and with its own lock file: what Cedar is
//! built on turns features on that would change what every other test is tested with.

#[cfg(test)]
#[expect(dead_code, unused_imports, reason = "the tests of the core use all of the world")]
#[path = "../tests/world.rs"]
mod world;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use cedar_policy::{
        Authorizer, Context, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression as Expression,
    };
    use jiff::civil::date;
    use sluis_policy::*;

    use super::world::{A, B, Changing, World, YOUTH, absence, actor, party};

    const POLICIES: &str = include_str!("policies.cedar");

    const SENDERS: [(Role, Desk); 9] = [
        (Role::InternBegeleider, Desk::School),
        (Role::Leerkracht, Desk::School),
        (Role::Schooldirecteur, Desk::School),
        (Role::Systeem, Desk::School),
        (Role::SwvContact, Desk::Samenwerkingsverband),
        (Role::Consulent, Desk::Wijkteam),
        (Role::Leerplichtambtenaar, Desk::Leerplicht),
        (Role::RmcTrajectbegeleider, Desk::Rmc),
        (Role::Jeugdgezondheidszorg, Desk::Jgz),
    ];
    const KINDS: [SignalKind; 8] = [
        SignalKind::Preventief,
        SignalKind::Consultatie,
        SignalKind::Aanmelding,
        SignalKind::Verzuim,
        SignalKind::OverigVerzuim,
        SignalKind::Vsv,
        SignalKind::Veiligheid,
        SignalKind::Levensbelang,
    ];
    const RECEIVERS: [Desk; 9] = [
        Desk::AccessDesk,
        Desk::Wijkteam,
        Desk::Samenwerkingsverband,
        Desk::Leerplicht,
        Desk::Rmc,
        Desk::Jgz,
        Desk::VeiligThuis,
        Desk::GecertificeerdeInstelling,
        Desk::Verwijsindex,
    ];
    const AGES: [i16; 10] = [4, 5, 11, 12, 15, 16, 17, 18, 22, 23];
    /// One of each regime of consent and of school: the ages at which each further circumstance is tried.
    const REGIMES: [i16; 4] = [5, 12, 17, 18];
    const VOICES: [Option<VoiceKind>; 3] = [None, Some(VoiceKind::Agrees), Some(VoiceKind::Objects)];
    const CLAIMS: [Option<ClaimedGround>; 6] = [
        None,
        Some(ClaimedGround::Consent),
        Some(ClaimedGround::AbsenceReport),
        Some(ClaimedGround::PublicTask),
        Some(ClaimedGround::LegitimateInterest),
        Some(ClaimedGround::Wams),
    ];

    /// One cell of the matrix.
    #[derive(Debug, Clone, Copy)]
    struct Cell {
        sender: (Role, Desk),
        kind: SignalKind,
        receiver: Desk,
        age: i16,
        voices: [Option<VoiceKind>; 3],
        named: bool,
        group: u32,
        restricted: bool,
        elsewhere: bool,
        qualified: bool,
        claimed: Option<ClaimedGround>,
    }

    impl Cell {
        /// What our core says: the form, or nothing.
        fn ours(&self) -> Option<Form> {
            let mut world = World::submitting(self.kind, self.receiver).aged(self.age);
            let (role, sender) = (self.sender.0, party(self.sender.1));
            world.request.actor = actor(sender, role);
            world.request.named = self.named;
            world.request.backing.claimed = self.claimed;
            world.signal().sender = sender;
            if self.kind == SignalKind::OverigVerzuim {
                world.signal().absence = Some(absence(AbsenceGround::Unauthorised, 10));
            }
            let (purpose, period) = (world.request.purpose, Period::since(date(2024, 8, 1)));
            if sender.desk != Desk::School {
                world.youth().involvements.push(Involvement { party: sender, purpose, period });
            }
            world.youth().restricted = self.restricted;
            world.youth().start_qualification = Some(self.qualified);
            world.facts.group_size = Some(self.group);
            if self.elsewhere {
                world.facts.receiver_municipality = Some("0344".parse().unwrap());
            }
            for (who, voice) in [A, B, YOUTH].into_iter().zip(self.voices) {
                world = voice.into_iter().fold(world, |world, voice| world.says(who, voice));
            }
            world.decide().permit().map(Permit::form)
        }

        fn context(&self) -> Context {
            let text = |text: &str| Expression::new_string(text.to_owned());
            let said = |voice: Option<VoiceKind>| match voice {
                None => text("stil"),
                Some(VoiceKind::Agrees) => text("ja"),
                Some(VoiceKind::Objects | VoiceKind::Withdraws) => text("nee"),
            };
            let [a, b, youth] = self.voices;
            let pairs = [
                ("soort", text(self.kind.code())),
                ("leeftijd", Expression::new_long(self.age.into())),
                ("ouder_a", said(a)),
                ("ouder_b", said(b)),
                ("jeugdige", said(youth)),
                ("gevraagd_op_naam", Expression::new_bool(self.named)),
                ("groep", Expression::new_long(self.group.into())),
                ("beperkt", Expression::new_bool(self.restricted)),
                ("woonplaats", text("0668")),
                ("startkwalificatie", Expression::new_bool(self.qualified)),
                ("grondslag", text(self.claimed.map_or("geen", ClaimedGround::code))),
            ];
            Context::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value))).unwrap()
        }
    }

    /// What the policies say.
    struct Second {
        authorizer: Authorizer,
        policies: PolicySet,
        entities: Entities,
        actions: [(Form, EntityUid); 2],
    }

    impl Second {
        fn new() -> Self {
            let people =
                SENDERS.map(|sender| entity(&person(sender), &[("rol", sender.0.code()), ("loket", sender.1.code())]));
            let desks = RECEIVERS.iter().flat_map(|desk| {
                [false, true].map(|elsewhere| {
                    let place = if elsewhere { "0344" } else { "0668" };
                    entity(&receiver(*desk, elsewhere), &[("loket", desk.code()), ("gemeente", place)])
                })
            });
            let entities = Entities::from_entities(people.into_iter().chain(desks), None).unwrap();
            let action = |name: &str| format!("Action::\"{name}\"").parse().unwrap();
            Self {
                authorizer: Authorizer::new(),
                policies: POLICIES.parse().unwrap(),
                entities,
                actions: [(Form::Identified, action("op_naam")), (Form::Anonymous, action("zonder_naam"))],
            }
        }

        /// By name where that may be, without one where that may be, otherwise not. No policy may fail.
        fn says(&self, cell: &Cell) -> Option<Form> {
            let (person, receiver) = (person(cell.sender), receiver(cell.receiver, cell.elsewhere));
            let may = |(form, action): &(Form, EntityUid)| {
                let request =
                    Request::new(person.clone(), action.clone(), receiver.clone(), cell.context(), None).unwrap();
                let answer = self.authorizer.is_authorized(&request, &self.policies, &self.entities);
                assert!(answer.diagnostics().errors().next().is_none(), "{cell:?}: {answer:?}");
                (answer.decision() == cedar_policy::Decision::Allow).then_some(*form)
            };
            self.actions.iter().find_map(may)
        }
    }

    fn person((role, desk): (Role, Desk)) -> EntityUid {
        format!("Professional::\"{role}@{desk}\"").parse().unwrap()
    }

    fn receiver(desk: Desk, elsewhere: bool) -> EntityUid {
        format!("Loket::\"{desk} {elsewhere}\"").parse().unwrap()
    }

    fn entity(id: &EntityUid, attributes: &[(&str, &str)]) -> Entity {
        let value = |(name, text): &(&str, &str)| ((*name).to_owned(), Expression::new_string((*text).to_owned()));
        Entity::new(id.clone(), attributes.iter().map(value).collect(), [].into_iter().collect()).unwrap()
    }

    /// The main matrix, whole, and each further circumstance by itself upon it.
    fn cells() -> Vec<Cell> {
        let spoken: Vec<[Option<VoiceKind>; 3]> = VOICES
            .iter()
            .flat_map(|a| VOICES.iter().flat_map(move |b| VOICES.iter().map(move |youth| [*a, *b, *youth])))
            .collect();
        // Where no word counts, it is tried with everybody silent, for, and against; the youth alone speaks in the last.
        let few: Vec<_> = [0, 13, 26, 1].map(|index| spoken[index]).to_vec();
        let mut cells = Vec::new();
        for sender in SENDERS {
            let sends = sender.0 == Role::InternBegeleider;
            let tried = if sends { 4 } else { 2 };
            for kind in KINDS {
                for receiver in RECEIVERS {
                    for age in AGES {
                        let by_word = kind.goes_by_covenant() && sends;
                        for voices in if by_word { &spoken[..] } else { &few[..tried] } {
                            let cell = Cell {
                                sender,
                                kind,
                                receiver,
                                age,
                                voices: *voices,
                                named: true,
                                group: 60,
                                restricted: false,
                                elsewhere: false,
                                qualified: false,
                                claimed: None,
                            };
                            cells.push(cell);
                            let both = matches!(sender.0, Role::InternBegeleider | Role::Systeem);
                            if both && few.contains(voices) && REGIMES.contains(&age) {
                                cells.extend(circumstances(cell));
                            }
                        }
                    }
                }
            }
        }
        cells
    }

    fn circumstances(cell: Cell) -> Vec<Cell> {
        let mut all = vec![
            Cell { named: false, ..cell },
            Cell { group: 9, ..cell },
            Cell { restricted: true, ..cell },
            Cell { elsewhere: true, ..cell },
            Cell { qualified: true, ..cell },
            Cell { named: false, group: 9, ..cell },
        ];
        all.extend(CLAIMS.into_iter().skip(1).map(|claimed| Cell { claimed, ..cell }));
        all
    }

    #[test]
    fn both_say_the_same_on_every_cell() {
        let (second, cells) = (Second::new(), cells());
        assert!(cells.len() > 30_000, "{}", cells.len());
        let (mut differ, mut seen) = (Vec::new(), BTreeMap::<Option<Form>, usize>::new());
        for cell in &cells {
            let (ours, theirs) = (cell.ours(), second.says(cell));
            *seen.entry(ours).or_default() += 1;
            if ours != theirs {
                differ.push((cell, ours, theirs));
            }
        }
        assert!(differ.is_empty(), "{} of {} differ: {:#?}", differ.len(), cells.len(), &differ[..differ.len().min(5)]);
        assert!([None, Some(Form::Anonymous), Some(Form::Identified)].iter().all(|form| seen[form] > 500), "{seen:?}");
    }

    /// The policies are not so wide or so narrow that they would agree with anything: each of them, left out, is missed.
    #[test]
    fn every_policy_is_needed() {
        let (whole, cells) = (Second::new(), cells());
        // Far apart, so that what a policy is about is met early.
        let some: Vec<&Cell> = (0..cells.len()).step_by(5).map(|index| &cells[index * 7919 % cells.len()]).collect();
        let answers: Vec<_> = some.iter().map(|cell| whole.says(cell)).collect();
        for policy in whole.policies.policies() {
            let kept = whole.policies.policies().filter(|other| other.id() != policy.id()).cloned();
            let less = Second { policies: PolicySet::from_policies(kept).unwrap(), ..Second::new() };
            let missed = some.iter().zip(&answers).any(|(cell, answer)| less.says(cell) != *answer);
            assert!(missed, "{:?} says nothing", policy.annotation("id"));
        }
    }
}
