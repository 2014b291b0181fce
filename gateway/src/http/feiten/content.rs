// SPDX-License-Identifier: EUPL-1.2
//! What a fact of each kind says: which members belong to it, which it cannot do without, and what they must hold.

use jiff::civil::Date;
use sluis_policy::{Desk, FactKind, Moment, Party, Period, PersonRef, ReceiverScope, Scope, VoiceKind};

use super::super::input::{
    Examination, among, code, day, flag, id, municipality, numberless, oin, past_day, past_instant,
};
use super::super::problem::Problem;
use super::super::toestemmingen::{in_use, said};
use super::super::whom;
use super::NieuwFeit;
use crate::broker::{FACT_SOURCES, Fact, NewContent, NewFact};
use crate::register::Register;

const ELSEWHERE: &str = "Dit veld hoort niet bij deze soort.";
const MISSING: &str = "Dit veld ontbreekt.";

/// What a fact is read beside.
#[derive(Clone, Copy)]
struct Beside<'a> {
    /// Who records it.
    by: Party,
    moment: Moment,
    register: &'a Register,
}

impl NieuwFeit {
    /// The fact, or every fault in it.
    pub(super) fn parse(&self, by: Party, moment: Moment, register: &Register) -> Result<NewFact, Problem> {
        let mut input = Examination::default();
        let whom = whom::read(&mut input, &self.leerlingsleutel, &self.signaal_id);
        let kind: Option<FactKind> = input.required("/soort", &self.soort, code);
        let source = input.required("/bron", &self.bron, among(&FACT_SOURCES));
        let period = self.period(&mut input, kind, moment.today);
        if let Some(kind) = kind {
            self.without_others(&mut input, kind);
        }
        let content = kind.and_then(|kind| self.content(&mut input, kind, Beside { by, moment, register }));
        let whole = || Some(NewFact { whom: whom?, source: source?, period: period?, content: content? });
        input.finish(whole())
    }

    /// On which days it holds. A talk was on one day, and that the youth cannot judge a matter always ends (RL-05).
    fn period(&self, input: &mut Examination, kind: Option<FactKind>, today: Date) -> Option<Period> {
        let heard = kind == Some(FactKind::Hearing);
        let from = if heard {
            input.required("/van", &self.van, past_day(today))
        } else {
            input.required("/van", &self.van, day)
        };
        let until = input.optional("/tot", &self.tot, day);
        if from.zip(until).is_some_and(|(from, until)| until <= from) {
            input.fault("/tot", "Het einde ligt niet na het begin.");
        }
        match kind {
            Some(FactKind::Hearing) if self.tot.is_some() => input.fault("/tot", ELSEWHERE),
            Some(FactKind::Incapacity) if self.tot.is_none() => input.fault("/tot", MISSING),
            _ => {}
        }
        from.map(|from| Period { from, until })
    }

    /// Notes every member that belongs to another kind.
    fn without_others(&self, input: &mut Examination, kind: FactKind) {
        use FactKind::{
            Confidentiality, Enrolment, Finding, Hearing, Household, Incapacity, Involvement, Order, Permission, Stay,
            Substitute,
        };
        let given: [(&str, bool, &[FactKind]); 16] = [
            ("/maatregel", self.maatregel.is_some(), &[Order]),
            ("/partij", self.partij.is_some(), &[Order, Involvement]),
            ("/doel", self.doel.is_some(), &[Involvement, Substitute, Permission, Hearing, Incapacity, Finding]),
            ("/gemeenteVooraf", self.gemeente_vooraf.is_some(), &[Stay]),
            ("/schoolsoort", self.schoolsoort.is_some(), &[Enrolment]),
            ("/persoon", self.persoon.is_some(), &[Substitute, Permission, Confidentiality]),
            ("/geheimSignaal", self.geheim_signaal.is_some(), &[Confidentiality]),
            ("/kenmerk", self.kenmerk.is_some(), &[Substitute]),
            ("/wonenApart", self.wonen_apart.is_some(), &[Household]),
            ("/uiting", self.uiting.is_some(), &[Permission, Hearing]),
            ("/ontvanger", self.ontvanger.is_some(), &[Permission, Hearing, Incapacity, Finding]),
            ("/gegevenssoort", self.gegevenssoort.is_some(), &[Permission, Hearing, Incapacity, Finding]),
            ("/uitgesprokenOp", self.uitgesproken_op.is_some(), &[Permission]),
            ("/tekstversie", self.tekstversie.is_some(), &[Permission]),
            ("/verteldDag", self.verteld_dag.is_some(), &[Incapacity]),
            ("/grond", self.grond.is_some(), &[Finding]),
        ];
        for (pointer, there, kinds) in given {
            if there && !kinds.contains(&kind) {
                input.fault(pointer, ELSEWHERE);
            }
        }
    }

    fn content(&self, input: &mut Examination, kind: FactKind, beside: Beside<'_>) -> Option<NewContent> {
        let fact = match kind {
            FactKind::Permission => return self.permission(input, beside),
            FactKind::Confidentiality => {
                let signal = input.required("/geheimSignaal", &self.geheim_signaal, id);
                let from = input.optional("/persoon", &self.persoon, id);
                return Some(NewContent::Confidentiality { signal: signal?, from });
            }
            FactKind::Incapacity => {
                let told_on = input.required("/verteldDag", &self.verteld_dag, past_day(beside.moment.today));
                let scope = self.matter(input);
                return Some(NewContent::Incapacity { scope: scope?, told_on: told_on? });
            }
            FactKind::Hearing => {
                let (said, scope) = (input.required("/uiting", &self.uiting, said), self.scope(input));
                Fact::Hearing { by: beside.by, said: said?, scope: scope? }
            }
            FactKind::Finding => {
                let (ground, scope) = (input.required("/grond", &self.grond, code), self.matter(input));
                Fact::Finding { by: beside.by, ground: ground?, scope: scope? }
            }
            FactKind::Substitute => self.substitute(input)?,
            FactKind::Order
            | FactKind::Stay
            | FactKind::Exemption
            | FactKind::Involvement
            | FactKind::Enrolment
            | FactKind::Shielding
            | FactKind::Restriction
            | FactKind::Death
            | FactKind::Silence
            | FactKind::Household => self.circumstance(input, kind, beside)?,
        };
        Some(NewContent::Whole(fact))
    }

    /// What is so, whoever said or found what.
    fn circumstance(&self, input: &mut Examination, kind: FactKind, beside: Beside<'_>) -> Option<Fact> {
        Some(match kind {
            FactKind::Order => {
                let which = input.required("/maatregel", &self.maatregel, code);
                let institution = self.party(input, beside.register, Some(Desk::GecertificeerdeInstelling));
                Fact::Order { kind: which?, institution: institution? }
            }
            FactKind::Stay => {
                Fact::Stay { before: input.required("/gemeenteVooraf", &self.gemeente_vooraf, municipality)? }
            }
            FactKind::Exemption => Fact::Exemption {},
            FactKind::Involvement => {
                let purpose = input.required("/doel", &self.doel, code);
                let party = self.party(input, beside.register, None);
                Fact::Involvement { party: party?, purpose: purpose? }
            }
            FactKind::Enrolment => {
                Fact::Enrolment { school: beside.by, kind: input.optional("/schoolsoort", &self.schoolsoort, code) }
            }
            FactKind::Shielding => Fact::Shielding {},
            FactKind::Restriction => Fact::Restriction {},
            FactKind::Silence => Fact::Silence {},
            FactKind::Death => Fact::Death {},
            FactKind::Household => Fact::Household { apart: input.required("/wonenApart", &self.wonen_apart, flag)? },
            FactKind::Substitute
            | FactKind::Permission
            | FactKind::Confidentiality
            | FactKind::Hearing
            | FactKind::Incapacity
            | FactKind::Finding => return None,
        })
    }

    fn substitute(&self, input: &mut Examination) -> Option<Fact> {
        let person = input.required("/persoon", &self.persoon, id);
        let reference = input.required("/kenmerk", &self.kenmerk, numberless(60));
        let purpose = input.optional("/doel", &self.doel, code);
        let scope = Scope { purpose, receiver: ReceiverScope::Any, category: None };
        Some(Fact::Substitute { person: PersonRef(person?), scope, reference: reference? })
    }

    /// A yes counts only on a text that was in use when it was said; a no counts whatever was put before somebody.
    fn permission(&self, input: &mut Examination, beside: Beside<'_>) -> Option<NewContent> {
        let speaker = input.optional("/persoon", &self.persoon, id);
        let voice = input.required("/uiting", &self.uiting, said);
        let spoken_at = input.required("/uitgesprokenOp", &self.uitgesproken_op, past_instant(beside.moment.instant));
        let text_version = if voice == Some(VoiceKind::Objects) {
            Some(input.optional("/tekstversie", &self.tekstversie, numberless(40)).unwrap_or_default())
        } else {
            let text_version = input.required("/tekstversie", &self.tekstversie, numberless(40));
            in_use(input, beside.register, text_version.as_deref().zip(spoken_at));
            text_version
        };
        let scope = self.scope(input);
        Some(NewContent::Permission {
            speaker,
            voice: voice?,
            scope: scope?,
            spoken_at: spoken_at?,
            text_version: text_version?,
        })
    }

    /// One matter: for which purpose must be said (RL-03, RL-05).
    fn matter(&self, input: &mut Examination) -> Option<Scope> {
        if self.doel.is_none() {
            input.fault("/doel", MISSING);
        }
        self.scope(input)
    }

    fn scope(&self, input: &mut Examination) -> Option<Scope> {
        let purpose = input.optional("/doel", &self.doel, code);
        let receiver = self.ontvanger.as_ref().map_or(Some(ReceiverScope::Any), |given| given.parse(input));
        let category = input.optional("/gegevenssoort", &self.gegevenssoort, code);
        Some(Scope { purpose, receiver: receiver?, category })
    }

    /// A party that the register knows: a mistyped one would help nobody and open nothing.
    fn party(&self, input: &mut Examination, register: &Register, desk: Option<Desk>) -> Option<Party> {
        let Some(given) = &self.partij else {
            input.fault("/partij", MISSING);
            return None;
        };
        let organisation = input.required("/partij/organisatie", &given.organisatie, oin);
        let at = input.required("/partij/loket", &given.loket, code);
        let party = Party { organisation: organisation?, desk: at? };
        let known = register.organisation(party.organisation).is_some_and(|known| known.desks.contains(&party.desk));
        if !known {
            input.fault("/partij", "Dit loket staat niet in het register.");
        } else if desk.is_some_and(|desk| desk != party.desk) {
            input.fault("/partij/loket", "Een maatregel wordt uitgevoerd door een gecertificeerde instelling.");
        }
        Some(party)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::input::pointers;
    use super::*;
    use crate::clock::moment_at;

    #[test]
    fn faults_in_a_fact_are_placed() {
        let register = Register::parse(
            "[[organisation]]\noin = \"99000000000000000040\"\nname = \"Instelling\"\ndesks = [\"gecertificeerde_instelling\", \"wijkteam\"]\n\
             fetches = [\"gecertificeerde_instelling\", \"wijkteam\"]\n[[consent_text]]\nversion = \"2026-1\"\nlanguage = \"nl\"\n\
             from = 2026-01-01\nnotice = \"x\"\nretention = \"x\"\nstorage = \"x\"\nwithdrawal = \"x\"\n",
            &sluis_connectors::Reach::new([], []),
        )
        .unwrap();
        let moment = moment_at("2026-11-22T12:00:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond());
        let school = Party { organisation: "99000000000000000010".parse().unwrap(), desk: Desk::School };
        let whole = json!({"leerlingsleutel": "L-1", "soort": "vrijstelling", "bron": "gemeente", "van": "2026-11-01"});
        let institution = json!({"organisatie": "99000000000000000040", "loket": "gecertificeerde_instelling"});
        let team = json!({"organisatie": "99000000000000000040", "loket": "wijkteam"});
        let nobody = json!({"organisatie": "99000000000000000041", "loket": "wijkteam"});
        let person = "8d2f6b0c417e43a59c0e7d1b62f8a354";
        let said = "2026-11-20T09:30:00Z";
        for (change, expected) in [
            (json!({}), vec![]),
            (json!({"leerlingsleutel": null, "signaalId": person}), vec![]),
            (json!({"signaalId": person}), vec!["/signaalId"]),
            (json!({"leerlingsleutel": null, "signaalId": "L-1"}), vec!["/signaalId"]),
            (json!({"tot": "2026-11-01"}), vec!["/tot"]),
            (
                json!({"soort": "bevinding", "bron": "buurvrouw", "van": "ooit"}),
                vec!["/bron", "/van", "/grond", "/doel"],
            ),
            (json!({"soort": "humeur"}), vec!["/soort"]),
            (json!({"maatregel": "ondertoezichtstelling", "schoolsoort": "vo"}), vec!["/maatregel", "/schoolsoort"]),
            (json!({"soort": "maatregel"}), vec!["/maatregel", "/partij"]),
            (json!({"soort": "maatregel", "maatregel": "ondertoezichtstelling", "partij": institution}), vec![]),
            (
                json!({"soort": "maatregel", "maatregel": "ondertoezichtstelling", "partij": team}),
                vec!["/partij/loket"],
            ),
            (json!({"soort": "betrokkenheid", "partij": team, "doel": "toeleiding_jeugdhulp"}), vec![]),
            (json!({"soort": "betrokkenheid", "partij": nobody}), vec!["/doel", "/partij"]),
            (json!({"soort": "verblijf", "gemeenteVooraf": "225"}), vec!["/gemeenteVooraf"]),
            (json!({"soort": "inschrijving", "schoolsoort": "vo"}), vec![]),
            (json!({"soort": "vervangende_toestemming", "persoon": person, "kenmerk": "C/05/1234"}), vec![]),
            (json!({"soort": "vervangende_toestemming", "kenmerk": "999990019"}), vec!["/persoon", "/kenmerk"]),
            (json!({"soort": "geheimhouding", "geheimSignaal": person}), vec![]),
            (json!({"soort": "geheimhouding", "geheimSignaal": person, "persoon": person}), vec![]),
            (
                json!({"soort": "geheimhouding", "geheimSignaal": "L-1", "doel": "leerplicht"}),
                vec!["/doel", "/geheimSignaal"],
            ),
            (json!({"geheimSignaal": person}), vec!["/geheimSignaal"]),
            (json!({"soort": "gezin", "wonenApart": true}), vec![]),
            (json!({"soort": "gezin", "wonenApart": "ja", "uiting": "akkoord"}), vec!["/uiting", "/wonenApart"]),
            (json!({"soort": "gehoord", "uiting": "bezwaar", "doel": "toeleiding_jeugdhulp"}), vec![]),
            (
                json!({"soort": "gehoord", "van": "2026-11-23", "tot": "2026-12-01", "ontvanger": {"loket": "x"}}),
                vec!["/van", "/tot", "/uiting", "/ontvanger/loket"],
            ),
            (json!({"soort": "bevinding", "grond": "ernstig_nadeel", "doel": "toeleiding_jeugdhulp"}), vec![]),
            (json!({"soort": "onvermogen"}), vec!["/tot", "/verteldDag", "/doel"]),
            (
                json!({"soort": "onvermogen", "doel": "toeleiding_jeugdhulp", "tot": "2027-11-01", "verteldDag": "2026-11-23"}),
                vec!["/verteldDag"],
            ),
            (
                json!({"soort": "onvermogen", "doel": "toeleiding_jeugdhulp", "tot": "2027-11-01", "verteldDag": "2026-11-02"}),
                vec![],
            ),
            (
                json!({"soort": "opheffing_beroepsgeheim", "uiting": "akkoord", "uitgesprokenOp": said, "tekstversie": "2026-1",
                    "persoon": person, "doel": "casusvoortgang", "ontvanger": {"loket": "school"}, "gegevenssoort": "zorgen"}),
                vec![],
            ),
            (
                json!({"soort": "opheffing_beroepsgeheim", "uiting": "akkoord", "tekstversie": "2026-2"}),
                vec!["/uitgesprokenOp"],
            ),
            (
                json!({"soort": "opheffing_beroepsgeheim", "uiting": "akkoord", "uitgesprokenOp": said}),
                vec!["/tekstversie"],
            ),
            (json!({"soort": "opheffing_beroepsgeheim", "uiting": "bezwaar", "uitgesprokenOp": said}), vec![]),
            (
                json!({"soort": "opheffing_beroepsgeheim", "uiting": "intrekking"}),
                vec!["/uiting", "/uitgesprokenOp", "/tekstversie"],
            ),
            (json!({"leerlingsleutel": null, "naam": "Noor"}), vec!["/naam"]),
        ] {
            let found = pointers(&whole, &change, |given: &NieuwFeit| given.parse(school, moment, &register));
            assert_eq!(found, expected, "{change}");
        }
    }
}
