// SPDX-License-Identifier: EUPL-1.2
//! The covenant as one Dutch page: what its signatories agreed, and what the software does with it.

use std::fmt::{self, Display, Write};

use super::Covenant;
use crate::organisation::Oin;

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
        match self.valid.until {
            Some(until) => writeln!(page, "Geldig van {} tot {}.\n", self.valid.from, until)?,
            None => writeln!(page, "Geldig van {} tot het wordt vervangen.\n", self.valid.from)?,
        }
        self.write_parties(page)?;
        self.write_routes(page)?;
        self.write_law(page)?;
        self.write_terms(page)?;
        self.write_accounts(page)?;
        writeln!(page, "## Waar ouders en jeugdigen terechtkunnen\n")?;
        writeln!(page, "{} ({}).\n", self.rights_desk.name, self.name_of(self.rights_desk.organisation))?;
        writeln!(page, "Kenmerk van de tekst (SHA-256): `{}`", self.digest)
    }

    fn write_parties(&self, page: &mut String) -> fmt::Result {
        writeln!(
            page,
            "## Partijen\n\n| partij | ook bekend als | OIN | gemeente | loketten |\n|---|---|---|---|---|"
        )?;
        for party in &self.parties {
            let desks = party.desks.iter().map(|(desk, name)| format!("{desk}: {name}"));
            let municipality = party.municipality.map(|code| code.to_string()).unwrap_or_default();
            let aliases = party.aliases.join(", ");
            let oin = party.organisation;
            writeln!(page, "| {} | {aliases} | {oin} | {municipality} | {} |", party.name, listed(desks))?;
        }
        writeln!(page)
    }

    fn write_routes(&self, page: &mut String) -> fmt::Result {
        writeln!(page, "## Wat waarheen kan\n")?;
        writeln!(
            page,
            "| soort | naar | altijd eerst | op naam ook eerst | zonder naam | rijen |\n|---|---|---|---|---|---|"
        )?;
        for route in &self.routes {
            let anonymous = if route.kind.may_be_anonymous() { "ja, als de groep groot genoeg is" } else { "nee" };
            writeln!(
                page,
                "| {} | {} | {} | {} | {anonymous} | {} |",
                route.kind,
                listed(&route.receivers),
                listed(&route.required),
                listed(&route.required_by_name),
                route.rows.join(", ")
            )?;
        }
        writeln!(
            page,
            "\nOp naam gaat alleen wat iedereen wiens woord telt heeft toegestaan, aan het loket van de woongemeente.\n"
        )
    }

    fn write_law(&self, page: &mut String) -> fmt::Result {
        writeln!(page, "## Wat de wet al regelt, en wat dit convenant daaraan kiest\n")?;
        writeln!(page, "- Een melding bij Veilig Thuis kan altijd en wacht op niemand.")?;
        writeln!(
            page,
            "- Verzuim boven de wettelijke drempel gaat altijd naar de leerplicht van de woongemeente, zonder toestemming en met alleen de verzuimgegevens."
        )?;
        let choices = [
            (self.switches.absence_to_leerplicht, "Verzuim onder de drempel gaat ook naar leerplicht (000-15)."),
            (
                self.switches.absence_to_index,
                "De verwijsindex hoort van verzuim als de school een risicogrond aanvinkt.",
            ),
            (
                self.switches.heard_12_15,
                "Van 12 tot en met 15 wordt de jeugdige gehoord in plaats van mee te beslissen.",
            ),
            (
                self.switches.one_parent_speaks,
                "Eén ouder mag ook voor de ander spreken, als zij samenwonen en de ander niets anders zei.",
            ),
        ];
        for (chosen, sentence) in choices {
            writeln!(page, "- {} {sentence}", if chosen { "Ja:" } else { "Nee, niet gekozen:" })?;
        }
        for (municipality, since) in &self.index_since {
            writeln!(page, "- In gemeente {municipality} staat de verwijsindex aan sinds {since}.")?;
        }
        writeln!(page)
    }

    fn write_terms(&self, page: &mut String) -> fmt::Result {
        writeln!(page, "## Termijnen in werkdagen\n\n| wat | dagen |\n|---|---|")?;
        let terms = self.terms;
        writeln!(page, "| een vervolgactie na een signaal | {} |", terms.act)?;
        writeln!(page, "| om toestemming vragen | {} |", terms.ask)?;
        writeln!(page, "| ouders of jeugdige informeren | {} |", terms.inform)?;
        writeln!(page, "| een melding bij Veilig Thuis toetsen door een ander | {} |\n", terms.review)
    }

    fn write_accounts(&self, page: &mut String) -> fmt::Result {
        writeln!(
            page,
            "## Wie waarvoor verantwoordelijk is\n\n| verwerking | verantwoordelijk | regeling | DPIA |\n|---|---|---|---|"
        )?;
        for account in &self.accounts {
            let controllers = account.controllers.iter().map(|oin| self.name_of(*oin));
            writeln!(
                page,
                "| {} | {} | {} | {} |",
                account.activity,
                listed(controllers),
                account.arrangement,
                account.dpia
            )?;
        }
        writeln!(page)
    }

    fn name_of(&self, organisation: Oin) -> &str {
        self.party(organisation).map_or("", |party| &party.name)
    }
}

fn listed(items: impl IntoIterator<Item = impl Display>) -> String {
    let words: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if words.is_empty() { "–".to_owned() } else { words.join(", ") }
}
