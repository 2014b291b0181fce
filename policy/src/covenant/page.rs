// SPDX-License-Identifier: EUPL-1.2
//! The covenant as one Dutch page: what its signatories agreed, what the software does with it, and what people do
//! themselves. Every line names its rows.

use std::fmt::{self, Display, Write};

use super::{Covenant, Route};
use crate::moment::Period;
use crate::organisation::Oin;

mod together;
pub(super) use together::seat;

impl Covenant {
    /// The page that the parties sign.
    pub fn page(&self) -> String {
        let mut page = String::new();
        // INVARIANT: writing to a String does not fail.
        let _ = self.write_page(&mut page);
        page
    }

    fn write_page(&self, page: &mut String) -> fmt::Result {
        writeln!(page, "# {}\n", self.name)?;
        writeln!(page, "Convenant {}, versie {}.", self.id, self.version)?;
        let rows = self.rows_in_brackets("geldig");
        match self.valid.until {
            Some(until) => writeln!(page, "Geldig van {} tot {until}{rows}.", self.valid.from)?,
            None => writeln!(page, "Geldig van {} tot het wordt vervangen{rows}.", self.valid.from)?,
        }
        let sectors = self.scope.sectors.iter();
        let sectors = sectors.map(|sector| self.with_rows(sector, &format!("reikwijdte.sectoren.{sector}")));
        writeln!(page, "Onderwijs: {}.\n", listed(sectors))?;
        writeln!(
            page,
            "Tussen haakjes staan de rijen van het convenant, of de uitspraken (RL), waar een regel op rust.\n"
        )?;
        self.write_agreements(page)?;
        self.write_parties(page)?;
        self.write_routes(page)?;
        self.write_law(page)?;
        self.write_together(page)?;
        self.write_terms(page)?;
        self.write_accounts(page)?;
        writeln!(page, "## Waar ouders en jeugdigen terechtkunnen\n")?;
        writeln!(page, "{} ({}).\n", self.rights_desk.name, self.name_of(self.rights_desk.organisation))?;
        writeln!(page, "Kenmerk van de tekst (SHA-256): `{}`", self.digest)
    }

    fn write_parties(&self, page: &mut String) -> fmt::Result {
        writeln!(
            page,
            "## Partijen\n\n| partij | ook bekend als | OIN | gemeente | loketten | rijen |\n|---|---|---|---|---|---|"
        )?;
        for (index, party) in self.parties.iter().enumerate() {
            let desks = party.desks.iter().map(|(desk, name)| format!("{}: {name}", words(desk.code())));
            let municipality = party.municipality.map(|code| code.to_string()).unwrap_or_default();
            let aliases = party.aliases.join(", ");
            let (oin, rows) = (party.organisation, self.rows_at(&format!("partij[{index}]")));
            let name = party.sector.map_or_else(|| party.name.clone(), |sector| format!("{} ({sector})", party.name));
            writeln!(page, "| {name} | {aliases} | {oin} | {municipality} | {} | {rows} |", listed(desks))?;
        }
        writeln!(page)
    }

    fn write_routes(&self, page: &mut String) -> fmt::Result {
        writeln!(page, "## Wat waarheen kan\n\nDit voert de sluis uit. Wat hier niet staat, gaat niet.\n")?;
        for (index, route) in self.routes.iter().enumerate() {
            self.write_route(page, &format!("route[{index}]"), route)?;
        }
        writeln!(
            page,
            "Op naam gaat alleen wat iedereen wiens woord telt heeft toegestaan. Een loket voor inwoners krijgt alleen de eigen inwoners.\n"
        )
    }

    fn write_route(&self, page: &mut String, key: &str, route: &Route) -> fmt::Result {
        let nameless = match (route.kind.reads_a_youth(), route.kind.may_be_anonymous()) {
            (false, _) => "altijd: deze soort gaat over niemand",
            (true, true) => "ja, als de groep groot genoeg is",
            (true, false) => "nee",
        };
        let codes = |list: &str, codes: Vec<&'static str>| {
            listed(codes.into_iter().map(|code| self.with_rows(words(code), &format!("{key}.{list}.{code}"))))
        };
        writeln!(page, "### {}{}\n", words(route.kind.code()), self.rows_in_brackets(key))?;
        if let Some(way) = &route.way {
            let rows = self.rows_in_brackets(&format!("{key}.weg"));
            writeln!(page, "- heet in deze streek: {}, {}{rows}", way.system, way.number)?;
        }
        let senders = route.senders.iter().map(|desk| desk.code()).collect();
        writeln!(
            page,
            "- van: {}",
            if route.senders.is_empty() { "elke partij".to_owned() } else { codes("van", senders) }
        )?;
        writeln!(page, "- naar: {}", codes("naar", route.receivers.iter().map(|desk| desk.code()).collect()))?;
        writeln!(
            page,
            "- altijd eerst: {}",
            codes("vereist", route.required.iter().map(|gate| gate.code()).collect())
        )?;
        let by_name = route.required_by_name.iter().map(|gate| gate.code()).collect();
        writeln!(page, "- op naam ook eerst: {}", codes("vereist_op_naam", by_name))?;
        writeln!(page, "- zonder naam: {nameless}\n")
    }

    fn write_law(&self, page: &mut String) -> fmt::Result {
        writeln!(page, "## Wat de wet al regelt, en wat dit convenant daaraan kiest\n")?;
        writeln!(page, "- Een melding bij Veilig Thuis kan altijd en wacht op niemand.")?;
        writeln!(
            page,
            "- Verzuim boven de wettelijke drempel gaat altijd naar de leerplicht van de woongemeente, zonder toestemming en met alleen de verzuimgegevens."
        )?;
        let choices = [
            (
                self.switches.absence_to_leerplicht,
                "verzuim_naar_leerplicht",
                "Verzuim onder de drempel gaat ook naar leerplicht.",
            ),
            (
                self.switches.absence_to_index,
                "verzuim_naar_verwijsindex",
                "De verwijsindex hoort van verzuim als de school een risicogrond aanvinkt en de gemeente dit heeft aangezet.",
            ),
            (
                self.switches.heard_12_15,
                "gehoord_12_15",
                "Van 12 tot en met 15 wordt de jeugdige gehoord in plaats van mee te beslissen.",
            ),
            (
                self.switches.one_parent_speaks,
                "een_ouder_spreekt",
                "Eén ouder mag ook voor de ander spreken, als zij samenwonen en de ander niets anders zei.",
            ),
        ];
        for (chosen, key, sentence) in choices {
            let rows = self.rows_in_brackets(&format!("schakelaars.{key}"));
            writeln!(page, "- {} {sentence}{rows}", if chosen { "Ja:" } else { "Nee, niet gekozen:" })?;
        }
        for (municipality, Period { from, until }) in &self.index {
            let end = until.map(|until| format!(" tot {until}")).unwrap_or_default();
            writeln!(page, "- In gemeente {municipality} staat de verwijsindex aan vanaf {from}{end}.")?;
        }
        if self.switches.absence_to_index && self.index.is_empty() {
            writeln!(page, "- Geen gemeente heeft de verwijsindex nog aangezet: tot die dag hoort de index niets.")?;
        }
        writeln!(page)
    }

    fn write_accounts(&self, page: &mut String) -> fmt::Result {
        writeln!(
            page,
            "## Wie waarvoor verantwoordelijk is\n\n| verwerking | verantwoordelijk | regeling | DPIA |\n|---|---|---|---|"
        )?;
        for account in &self.accounts {
            let controllers = listed(account.controllers.iter().map(|oin| self.name_of(*oin)));
            let activity = words(account.activity.code());
            writeln!(page, "| {activity} | {controllers} | {} | {} |", account.arrangement, account.dpia)?;
        }
        writeln!(page)
    }

    pub(super) fn name_of(&self, organisation: Oin) -> &str {
        self.party(organisation).map_or("", |party| &party.name)
    }

    fn rows_at(&self, key: &str) -> String {
        self.rows_of(key).iter().map(|row| row.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The rows of a key as they stand behind a line; nothing where it carries none.
    fn rows_in_brackets(&self, key: &str) -> String {
        let rows = self.rows_at(key);
        if rows.is_empty() { rows } else { format!(" ({rows})") }
    }

    fn with_rows(&self, what: impl Display, key: &str) -> String {
        format!("{what}{}", self.rows_in_brackets(key))
    }
}

/// A code as people write it.
pub(super) fn words(code: &str) -> String {
    code.replace('_', " ")
}

pub(super) fn listed(items: impl IntoIterator<Item = impl Display>) -> String {
    let words: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if words.is_empty() { "–".to_owned() } else { words.join(", ") }
}
