// SPDX-License-Identifier: EUPL-1.2
//! The role table as a page for people: one block a role, one line an action and purpose.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::RoleTable;
use crate::action::{Action, Thing};
use crate::organisation::{Desk, Role};
use crate::signal::Purpose;

impl RoleTable {
    /// The page that `tables/rollen.md` holds.
    pub fn page(&self) -> String {
        let mut page = String::new();
        // INVARIANT: writing to a String does not fail.
        let _ = self.write_page(&mut page);
        page
    }

    fn write_page(&self, page: &mut String) -> fmt::Result {
        writeln!(page, "# Rollen\n")?;
        writeln!(
            page,
            "Wat een rol aan een loket mag. Wat er niet staat, mag niet. De tabel zegt niets over kring, toestemming of leeftijd: die komen daarna.\n"
        )?;
        writeln!(
            page,
            "Melden bij Veilig Thuis staat er niet in: dat mag iedereen die in dienst is, in elke rol (RL-08, RL-09).\n\
             Een leerkracht, schooldirecteur, schoolmaatschappelijk werker of teamleider ziet en doet van de verplichtingen alleen wat uit\n\
             het eigen handelen volgt, zoals het informeren na een eigen melding.\n"
        )?;
        for &role in Role::ALL {
            self.write_role(page, role)?;
        }
        writeln!(page, "Kenmerk van model en beleid (SHA-256): `{}`", self.digest)
    }

    fn write_role(&self, page: &mut String, role: Role) -> fmt::Result {
        let mut lines: BTreeMap<(Desk, Action, Purpose), Vec<Thing>> = BTreeMap::new();
        for grant in self.grants().filter(|grant| grant.role == role && grant.action != Action::ReadDirectory) {
            lines.entry((grant.desk, grant.action, grant.purpose)).or_default().push(grant.thing);
        }
        writeln!(page, "## {role}\n")?;
        let directory = self.grants().any(|grant| grant.role == role && grant.action == Action::ReadDirectory);
        if lines.is_empty() {
            let rest = if directory { "Alleen het adresboek." } else { "Niets." };
            return writeln!(page, "{rest}\n");
        }
        writeln!(page, "| loket | handeling | doel | wat |\n|---|---|---|---|")?;
        for ((desk, action, purpose), things) in lines {
            let things: Vec<&str> = things.into_iter().map(Thing::code).collect();
            writeln!(page, "| {desk} | {action} | {purpose} | {} |", things.join(", "))?;
        }
        writeln!(page, "\n{}\n", if directory { "En het adresboek." } else { "Het adresboek niet." })
    }
}
