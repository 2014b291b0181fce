// SPDX-License-Identifier: EUPL-1.2
//! What is printed from the register: the register itself, the working document of a DPIA (AVG 35) and the annex of an
//! agreement with a processor (AVG 28), under the covenants that are in force (RL-25).

use std::fmt::{self, Write};

use super::{EDITION, Processing};
use crate::covenant::{Account, Covenant};
use crate::decision::LegalBasis;
use crate::organisation::{Desk, Oin};

impl Processing {
    /// The whole register as a page.
    pub fn page() -> String {
        let mut page = format!(
            "# Verwerkingsregister, uitgave {EDITION}\n\n\
             Wat deze sluis verwerkt (AVG 30). Gemaakt uit de catalogus van soorten; met de hand is er niets aan veranderd. Wie \
             waarvoor verantwoordelijk is staat in het convenant waaronder wordt uitgewisseld.\n"
        );
        for entry in Self::register() {
            entry.write(&mut page, 2).unwrap_or_default();
        }
        page
    }

    /// The working document of a data protection impact assessment under these covenants: what is known is filled in, and what
    /// people must weigh is asked.
    pub fn assessment(covenants: &[Covenant]) -> String {
        let mut page = format!(
            "# Werkdocument DPIA (AVG 35), bij uitgave {EDITION} van het verwerkingsregister\n\n\
             Wat de sluis weet is ingevuld. Wat onder «Weeg» staat is aan mensen: de verantwoordelijken beslissen, de \
             functionaris gegevensbescherming adviseert (RL-20).\n"
        );
        for entry in Self::register() {
            entry.write(&mut page, 2).unwrap_or_default();
            entry.write_accounts(&mut page, covenants).unwrap_or_default();
            let weigh = "\nWeeg:\n\n- [ ] is dit nodig voor het doel, en kan het met minder?\n- [ ] wat kan er voor de jeugdige misgaan, hoe erg en hoe waarschijnlijk?\n- [ ] wat is daartegen gedaan, en is dat genoeg?\n- [ ] gaat er bij een van de partijen iets buiten de Europese Unie (AVG 44)?\n- [ ] wat zeggen jeugdigen en ouders ervan (AVG 35(9))?\n";
            page.push_str(weigh);
        }
        page
    }

    /// The annex that says what a processor does for a controller of these covenants: the subject, the duration, the nature and
    /// purpose, the people and the data (AVG 28(3)).
    pub fn annex(covenants: &[Covenant], controller: Oin) -> String {
        let named = covenants.iter().find_map(|covenant| covenant.party(controller)).map(|party| party.name.as_str());
        let mut page = format!(
            "# Bijlage bij de verwerkersovereenkomst, bij uitgave {EDITION} van het verwerkingsregister\n\n\
             Verwerkingsverantwoordelijke: {} ({controller})\n\n\
             De sluis verwerkt uitsluitend het volgende, op instructie die in het convenant en de rollentabel staat, en niets \
             daarnaast.\n",
            named.unwrap_or("onbekend")
        );
        let answers = |account: &&Account| account.controllers.contains(&controller);
        for entry in Self::register() {
            let own = |covenant: &Covenant| {
                covenant.accounts().iter().any(|one| one.activity == entry.activity && answers(&one))
            };
            if covenants.iter().any(own) {
                entry.write(&mut page, 2).unwrap_or_default();
                entry.write_accounts(&mut page, covenants).unwrap_or_default();
            }
        }
        page
    }

    fn write(&self, page: &mut String, level: usize) -> fmt::Result {
        let list = |codes: Vec<&str>| if codes.is_empty() { "geen".to_owned() } else { codes.join(", ") };
        let desks = |desks: &[Desk]| list(desks.iter().map(|desk| desk.code()).collect());
        writeln!(page, "\n{} {}\n\n{}.\n", "#".repeat(level), self.activity, capital(self.what))?;
        writeln!(page, "- doelen: {}", list(self.purposes.iter().map(|one| one.code()).collect()))?;
        writeln!(page, "- soorten: {}", list(self.kinds.iter().map(|one| one.code()).collect()))?;
        writeln!(page, "- van: {}", desks(&self.from))?;
        writeln!(page, "- naar ten hoogste: {}", desks(&self.to))?;
        writeln!(page, "- over: {}", self.people)?;
        writeln!(page, "- gegevens: {}", self.data)?;
        writeln!(page, "- bewaartermijn (voorstel; de verantwoordelijke besluit): {}", self.kept)?;
        let ground = |basis: &LegalBasis| format!("{basis} ({})", basis.source());
        writeln!(page, "- gronden: {}", self.grounds.iter().map(ground).collect::<Vec<_>>().join("; "))?;
        writeln!(page, "- doorgifte: alleen aan organisaties in het register van deze sluis")
    }

    /// Who is responsible under each covenant, and where its people go with a request.
    fn write_accounts(&self, page: &mut String, covenants: &[Covenant]) -> fmt::Result {
        for covenant in covenants {
            for account in covenant.accounts().iter().filter(|one| one.activity == self.activity) {
                let name = |oin: &Oin| covenant.party(*oin).map_or_else(|| oin.to_string(), |party| party.name.clone());
                let controllers: Vec<String> = account.controllers.iter().map(name).collect();
                writeln!(
                    page,
                    "\nOnder convenant {} ({}, versie {}):\n",
                    covenant.name(),
                    covenant.id(),
                    covenant.version()
                )?;
                writeln!(page, "- verantwoordelijk: {}", controllers.join(", "))?;
                writeln!(page, "- regeling: {}", account.arrangement)?;
                writeln!(page, "- DPIA: {}", account.dpia)?;
                writeln!(page, "- verzoeken van ouders en jeugdigen: {}", covenant.rights_desk().name)?;
            }
        }
        Ok(())
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
