// SPDX-License-Identifier: EUPL-1.2
//! Verschil: what changes for whom when one covenant takes the place of another, in sentences.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::page::{listed, seat, words};
use super::{Covenant, CovenantParty, Length, Meeting, Route, Step};
use crate::organisation::Desk;
use crate::signal::{Gate, SignalKind};

impl Covenant {
    /// What changes for whom when `newer` takes the place of this one; none where nothing changes for anybody.
    pub fn differences(&self, newer: &Self) -> Vec<String> {
        let mut said = Vec::new();
        self.dates(newer, &mut said);
        self.joining_and_leaving(newer, &mut said);
        self.routes_changed(newer, &mut said);
        self.choices(newer, &mut said);
        self.terms_changed(newer, &mut said);
        self.meetings_changed(newer, &mut said);
        self.people(newer, &mut said);
        self.accountability(newer, &mut said);
        said
    }

    fn dates(&self, newer: &Self, said: &mut Vec<String>) {
        if self.name != newer.name {
            said.push(format!("Het convenant heet voortaan «{}».", newer.name));
        }
        if self.valid.from != newer.valid.from {
            said.push(format!("Het geldt vanaf {} in plaats van {}.", newer.valid.from, self.valid.from));
        }
        match (self.valid.until, newer.valid.until) {
            (old, new) if old == new => {}
            (_, Some(until)) => said.push(format!("Het eindigt op {until}.")),
            (_, None) => said.push("Het heeft geen einddatum meer.".to_owned()),
        }
        let sectors = |covenant: &Self| covenant.scope.sectors.iter().copied().collect::<BTreeSet<_>>();
        let (old, new) = (sectors(self), sectors(newer));
        said.extend(new.difference(&old).map(|sector| format!("Scholen in {sector} kunnen voortaan meedoen.")));
        said.extend(old.difference(&new).map(|sector| format!("Scholen in {sector} doen niet meer mee.")));
    }

    fn joining_and_leaving(&self, newer: &Self, said: &mut Vec<String>) {
        for party in &newer.parties {
            match self.party(party.organisation) {
                None => said.push(format!("{} wordt partij, met loket {}.", party.name, desks(party))),
                Some(before) => changed_desks(before, party, said),
            }
        }
        for party in self.parties.iter().filter(|party| newer.party(party.organisation).is_none()) {
            said.push(format!(
                "{} is geen partij meer: wat dit convenant opent, gaat daar niet meer heen.",
                party.name
            ));
        }
    }

    fn routes_changed(&self, newer: &Self, said: &mut Vec<String>) {
        for kind in SignalKind::ALL {
            match (self.route(*kind), newer.route(*kind)) {
                (None, Some(route)) => said.push(format!(
                    "Een signaal «{}» kan voortaan naar {}.",
                    words(kind.code()),
                    listed(&route.receivers)
                )),
                (Some(_), None) => {
                    said.push(format!("Een signaal «{}» gaat naar niemand meer.", words(kind.code())));
                }
                (Some(before), Some(after)) => changed_route(before, after, said),
                (None, None) => {}
            }
        }
    }

    fn choices(&self, newer: &Self, said: &mut Vec<String>) {
        let (old, new) = (self.switches, newer.switches);
        let choices = [
            (
                (old.absence_to_leerplicht, new.absence_to_leerplicht),
                "Leerplicht hoort voortaan ook van verzuim onder de drempel.",
                "Leerplicht hoort niet meer van verzuim onder de drempel.",
            ),
            (
                (old.absence_to_index, new.absence_to_index),
                "De verwijsindex hoort voortaan van verzuim met een risicogrond, in gemeenten die dat aanzetten.",
                "De verwijsindex hoort niet meer van verzuim.",
            ),
            (
                (old.heard_12_15, new.heard_12_15),
                "Jeugdigen van 12 tot en met 15 worden voortaan gehoord en beslissen niet meer mee.",
                "Jeugdigen van 12 tot en met 15 beslissen voortaan mee.",
            ),
            (
                (old.one_parent_speaks, new.one_parent_speaks),
                "Eén ouder mag voortaan ook voor de ander spreken, als zij samenwonen.",
                "Elke ouder met gezag spreekt voortaan zelf.",
            ),
        ];
        said.extend(choices.into_iter().filter_map(|(choice, on, off)| match choice {
            (false, true) => Some(on.to_owned()),
            (true, false) => Some(off.to_owned()),
            (true, true) | (false, false) => None,
        }));
        for (municipality, period) in &newer.index {
            if self.index.get(municipality) != Some(period) {
                said.push(format!("In gemeente {municipality} staat de verwijsindex aan vanaf {}.", period.from));
            }
        }
        for municipality in self.index.keys().filter(|code| !newer.index.contains_key(*code)) {
            said.push(format!("In gemeente {municipality} staat de verwijsindex niet meer aan."));
        }
    }

    fn terms_changed(&self, newer: &Self, said: &mut Vec<String>) {
        let (old, new) = (self.terms, newer.terms);
        let terms = [
            ("Wie een signaal krijgt, heeft voor een vervolgactie", old.act, new.act),
            ("Wie om toestemming moet vragen, heeft daarvoor", old.ask, new.ask),
            ("Wie ouders of jeugdige moet informeren, heeft daarvoor", old.inform, new.inform),
            ("Wie een melding bij Veilig Thuis toetst, heeft daarvoor", old.review, new.review),
        ];
        for (who, before, after) in terms.into_iter().filter(|(_, before, after)| before != after) {
            said.push(format!("{who} voortaan {after} in plaats van {before} werkdagen."));
        }
        for term in &newer.milestones {
            let what = term.milestone.words();
            match self.term(term.milestone) {
                None => said.push(format!("Er komt een termijn bij: {what}, binnen {}.", term.within)),
                Some(before) if before.within != term.within => {
                    said.push(format!("Voor {what} geldt voortaan {} in plaats van {}.", term.within, before.within));
                }
                Some(before) if before.warn != term.warn => {
                    said.push(format!("Voor {what} komt de waarschuwing op een andere dag: {}.", listed(term.warn)));
                }
                Some(_) => {}
            }
        }
        for term in self.milestones.iter().filter(|term| newer.term(term.milestone).is_none()) {
            said.push(format!("Er vervalt een termijn: {}.", term.milestone.words()));
        }
    }

    fn meetings_changed(&self, newer: &Self, said: &mut Vec<String>) {
        for meeting in &newer.meetings {
            match self.meeting(meeting.kind) {
                None => said.push(format!("Er komt een overleg bij: {}.", meeting.name)),
                Some(before) => changed_meeting(before, meeting, said),
            }
        }
        for meeting in self.meetings.iter().filter(|meeting| newer.meeting(meeting.kind).is_none()) {
            said.push(format!("Er vervalt een overleg: {}.", meeting.name));
        }
    }

    fn people(&self, newer: &Self, said: &mut Vec<String>) {
        if self.holders != newer.holders {
            said.push(format!("Regie ligt voortaan bij: {}.", listed(newer.holders.iter().map(|one| seat(&one.seat)))));
        }
        if self.ladder != newer.ladder {
            let steps = listed(newer.ladder.iter().map(step));
            said.push(format!("Wie vastloopt, gaat voortaan langs: {steps}."));
        }
        let agreed = |covenant: &Self, sentence: &str| covenant.agreements.iter().any(|one| one.sentence == sentence);
        for one in newer.agreements.iter().filter(|one| !agreed(self, &one.sentence)) {
            said.push(format!("Er komt een afspraak bij: {}", one.sentence));
        }
        for one in self.agreements.iter().filter(|one| !agreed(newer, &one.sentence)) {
            said.push(format!("Er vervalt een afspraak: {}", one.sentence));
        }
    }

    fn accountability(&self, newer: &Self, said: &mut Vec<String>) {
        for account in &newer.accounts {
            let before = self.accounts.iter().find(|before| before.activity == account.activity);
            if before != Some(account) {
                let controllers = listed(account.controllers.iter().map(|oin| newer.name_of(*oin)));
                let (activity, dpia) = (words(account.activity.code()), &account.dpia);
                said.push(format!(
                    "Voor {activity} zijn verantwoordelijk: {controllers} ({}; {dpia}).",
                    account.arrangement
                ));
            }
        }
        if self.rights_desk != newer.rights_desk {
            said.push(format!("Ouders en jeugdigen gaan voortaan naar: {}.", newer.rights_desk.name));
        }
    }
}

fn desks(party: &CovenantParty) -> String {
    listed(party.desks.keys())
}

fn changed_desks(before: &CovenantParty, after: &CovenantParty, said: &mut Vec<String>) {
    let (old, new): (BTreeSet<&Desk>, BTreeSet<&Desk>) = (before.desks.keys().collect(), after.desks.keys().collect());
    let name = &after.name;
    said.extend(new.difference(&old).map(|desk| format!("{name} doet voortaan ook mee met loket {desk}.")));
    said.extend(old.difference(&new).map(|desk| format!("{name} doet niet meer mee met loket {desk}.")));
    if before.municipality != after.municipality {
        said.push(format!("{name} werkt voor een andere gemeente: {}.", listed(after.municipality)));
    }
}

fn changed_route(before: &Route, after: &Route, said: &mut Vec<String>) {
    let kind = words(after.kind.code());
    let (old, new) = (set(&before.receivers), set(&after.receivers));
    said.extend(new.difference(&old).map(|desk| format!("Loket {desk} kan voortaan een signaal «{kind}» krijgen.")));
    said.extend(old.difference(&new).map(|desk| format!("Loket {desk} krijgt geen signaal «{kind}» meer.")));
    if set(&before.senders) != set(&after.senders) {
        let who = if after.senders.is_empty() { "elk loket dat het mag".to_owned() } else { listed(&after.senders) };
        said.push(format!("Een signaal «{kind}» komt voortaan van: {who}."));
    }
    changed_gates(&kind, "", &before.required, &after.required, said);
    changed_gates(&kind, " op naam", &before.required_by_name, &after.required_by_name, said);
}

fn changed_gates(kind: &str, form: &str, before: &[Gate], after: &[Gate], said: &mut Vec<String>) {
    let (old, new) = (set(before), set(after));
    for gate in new.difference(&old) {
        said.push(format!("Een signaal «{kind}» gaat{form} pas na: {}.", words(gate.code())));
    }
    for gate in old.difference(&new) {
        said.push(format!("Een signaal «{kind}» wacht{form} niet meer op: {}.", words(gate.code())));
    }
}

fn changed_meeting(before: &Meeting, after: &Meeting, said: &mut Vec<String>) {
    let name = &after.name;
    match (before.yearly, after.yearly) {
        (old, new) if old == new => {}
        (_, Some((times, per))) => {
            said.push(format!("{name} is voortaan ten minste {times} keer per jaar, per {per}."))
        }
        (_, None) => said.push(format!("Hoe vaak {name} is, staat niet meer vast.")),
    }
    let seats = [
        ("een vaste zetel in", &before.fixed, &after.fixed),
        ("een lege stoel bij", &before.empty_chairs, &after.empty_chairs),
        ("de vrijheid te vragen om", &before.callers, &after.callers),
    ];
    for (what, old, new) in seats {
        said.extend(
            new.iter().filter(|one| !old.contains(one)).map(|one| format!("{} krijgt {what} {name}.", seat(one))),
        );
        said.extend(
            old.iter().filter(|one| !new.contains(one)).map(|one| format!("{} verliest {what} {name}.", seat(one))),
        );
    }
    if (before.family, &before.agenda) != (after.family, &after.agenda) {
        said.push(format!(
            "Wat er in {name} gebeurt verandert: {}.",
            listed(after.agenda.iter().map(|item| words(item.code())))
        ));
    }
}

fn step(step: &Step) -> String {
    format!("{}, binnen {}", seat(&step.seat), Length::WorkingDays(step.patience))
}

fn set<T: Copy + Ord + Display>(codes: &[T]) -> BTreeSet<T> {
    codes.iter().copied().collect()
}
