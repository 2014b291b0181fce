// SPDX-License-Identifier: EUPL-1.2
//! The part of the page about working together: agreements, meetings, holders, steps and terms.

use std::fmt::{self, Write};

use super::{listed, words};
use crate::covenant::{Covenant, Family, Holding, Meeting, MeetingKind, Per, Seat, Subject, Term};

impl Covenant {
    pub(super) fn write_agreements(&self, page: &mut String) -> fmt::Result {
        if self.agreements.is_empty() {
            return Ok(());
        }
        writeln!(
            page,
            "## Wat de partijen afspraken\n\nDit doen mensen. De sluis houdt er geen toezicht op; zij staat er niet aan in de weg.\n"
        )?;
        for subject in Subject::ALL {
            let mut begun = false;
            for (index, agreement) in self.agreements.iter().enumerate() {
                if agreement.subject != *subject {
                    continue;
                }
                if !begun {
                    writeln!(page, "**{}**\n", heading(*subject))?;
                    begun = true;
                }
                let rows = self.rows_in_brackets(&format!("afspraak[{index}]"));
                writeln!(page, "- {}{rows}", agreement.sentence)?;
            }
            if begun {
                writeln!(page)?;
            }
        }
        Ok(())
    }

    pub(super) fn write_together(&self, page: &mut String) -> fmt::Result {
        if !self.meetings.is_empty() {
            writeln!(page, "## Overleg\n\nDe partijen houden het; een zetel geeft niemand een naam te zien.\n")?;
        }
        for (index, meeting) in self.meetings.iter().enumerate() {
            self.write_meeting(page, &format!("overleg[{index}]"), meeting)?;
        }
        if !self.holders.is_empty() {
            writeln!(page, "## Wie regie heeft\n")?;
        }
        for (index, holder) in self.holders.iter().enumerate() {
            let what = match holder.holding {
                Holding::Process => "bewaakt het proces en ziet de voortgang",
                Holding::Case => "houdt de inhoud van de casus",
                Holding::Deadlock => "hakt de knoop door",
            };
            let rows = self.rows_in_brackets(&format!("regie[{index}]"));
            writeln!(page, "- {} {what}{rows}.", seat(&holder.seat))?;
        }
        if !self.ladder.is_empty() {
            writeln!(
                page,
                "\n## Als het vastloopt\n\nLaagste trede eerst. Zet wie een signaal kreeg op tijd geen stap, dan hoort de eerste trede dat van de sluis; blijft het daarna stil, dan de volgende. De sluis noemt alleen wat niet gebeurde en bij welk loket. Boven de casus gaat geen naam mee (RL-28).\n"
            )?;
        }
        for (index, step) in self.ladder.iter().enumerate() {
            let names = if step.is_person_free() { "zonder naam" } else { "op naam, zoals besloten" };
            let rows = self.rows_in_brackets(&format!("trede[{index}]"));
            let (number, patience) = (index.saturating_add(1), crate::covenant::Length::WorkingDays(step.patience));
            writeln!(page, "{number}. {}: {}; binnen {patience}; {names}{rows}", seat(&step.seat), step.deed)?;
        }
        writeln!(page)
    }

    fn write_meeting(&self, page: &mut String, key: &str, meeting: &Meeting) -> fmt::Result {
        writeln!(page, "### {}{}\n", meeting.name, self.rows_in_brackets(key))?;
        if words(meeting.kind.code()) != meeting.name.to_lowercase() {
            writeln!(page, "- in de sluis: {}", words(meeting.kind.code()))?;
        }
        if let Some((times, per)) = meeting.yearly {
            let per = match per {
                Per::School => "per school",
                Per::Municipality => "per gemeente",
                Per::Covenant => "voor alle partijen samen",
            };
            let rows = self.rows_in_brackets(&format!("{key}.jaarlijks"));
            writeln!(page, "- ten minste {times} keer per jaar, {per}{rows}")?;
        }
        let lists = [
            ("vaste deelnemers", "zetels", &meeting.fixed),
            ("lege stoelen", "lege_stoelen", &meeting.empty_chairs),
            ("kan worden gevraagd door", "mag_beginnen", &meeting.callers),
        ];
        for (title, list, seats) in lists.into_iter().filter(|(_, _, seats)| !seats.is_empty()) {
            let seats = seats.iter().enumerate();
            let seats = seats.map(|(index, one)| self.with_rows(seat(one), &format!("{key}.{list}[{index}]")));
            writeln!(page, "- {title}: {}", listed(seats))?;
        }
        if let Some(family) = meeting.family {
            let how = match family {
                Family::TakesPart => "doen mee; ontbreken zij, dan staat erbij waarom",
                Family::Invited => "worden uitgenodigd waar dat kan",
            };
            writeln!(page, "- ouders en jeugdige: {how}{}", self.rows_in_brackets(&format!("{key}.ouders")))?;
        }
        let agenda = meeting.agenda.iter().map(|item| item.code());
        let agenda = agenda.map(|code| self.with_rows(words(code), &format!("{key}.agenda.{code}")));
        writeln!(page, "- agenda: {}", listed(agenda))?;
        let names = if meeting.kind.is_about_youths() { about_youths(meeting.kind) } else { "zonder namen (RL-28)" };
        writeln!(page, "- namen: {names}\n")
    }

    pub(super) fn write_terms(&self, page: &mut String) -> fmt::Result {
        writeln!(
            page,
            "## Termijnen\n\nDeze bewaakt de sluis bij elk besluit.\n\n| wat | binnen | rijen |\n|---|---|---|"
        )?;
        let terms = [
            ("een vervolgactie na een signaal", "vervolgactie", self.terms.act),
            ("om toestemming vragen", "toestemming_vragen", self.terms.ask),
            ("ouders of jeugdige informeren", "informeren", self.terms.inform),
            ("een melding bij Veilig Thuis toetsen door een ander", "toetsen", self.terms.review),
        ];
        for (what, key, days) in terms {
            let days = crate::covenant::Length::WorkingDays(days);
            writeln!(page, "| {what} | {days} | {} |", self.rows_at(&format!("termijnen.{key}")))?;
        }
        if !self.milestones.is_empty() {
            writeln!(page, "\nDeze bewaken de partijen; de sluis rekent uit op welke dag ze aflopen.\n")?;
            writeln!(page, "| wat | binnen | waarschuwen na | rijen |\n|---|---|---|---|")?;
        }
        for (index, Term { milestone, within, warn }) in self.milestones.iter().enumerate() {
            let warn = listed(warn);
            let rows = self.rows_at(&format!("termijn[{index}]"));
            writeln!(page, "| {} | {within} | {warn} | {rows} |", milestone.words())?;
        }
        writeln!(page)
    }
}

const fn about_youths(kind: MeetingKind) -> &'static str {
    match kind {
        MeetingKind::Preventive | MeetingKind::Tandem => "alleen met toestemming, anders zonder naam",
        MeetingKind::Case
        | MeetingKind::Multidisciplinary
        | MeetingKind::SupportTeam
        | MeetingKind::Steering
        | MeetingKind::Executive
        | MeetingKind::Official
        | MeetingKind::Policy
        | MeetingKind::IbNetwork
        | MeetingKind::Users => "ieder afzonderlijk alleen met toestemming of een grond",
    }
}

const fn heading(subject: Subject) -> &'static str {
    match subject {
        Subject::Principle => "Uitgangspunten",
        Subject::Boundary => "Afbakening",
        Subject::Practice => "Werkwijze",
        Subject::Evaluation => "Terugkijken",
    }
}

pub(in crate::covenant) fn seat(seat: &Seat) -> String {
    let (role, desk) = (words(seat.role.code()), words(seat.desk.code()));
    match &seat.name {
        Some(name) => format!("{name} ({role} bij {desk})"),
        None => format!("{role} bij {desk}"),
    }
}
