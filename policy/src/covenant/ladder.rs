// SPDX-License-Identifier: EUPL-1.2
//! Escalatieladder: who hears when what had to be done was not, and who when it stays silent there.

use super::{Covenant, Step};
use crate::organisation::Party;

impl Covenant {
    /// The step of the ladder with this number, counted from one.
    pub fn step(&self, number: u8) -> Option<&Step> {
        self.ladder.get(usize::from(number).checked_sub(1)?)
    }

    /// Which desks hear on a step that `silent` did not do what it had to about a signal of `sender`: that of its own
    /// organisation, else that of the sender's, else every party's with such a desk, as a steering group has more than one
    /// board (000-39). Never none: a step at a desk that no party has is refused when the covenant is read.
    pub fn hears(&self, step: &Step, silent: Party, sender: Party) -> Vec<Party> {
        let desk = step.seat.desk;
        let near = [silent, sender].into_iter().map(|party| Party { desk, ..party }).find(|party| self.binds(*party));
        if let Some(near) = near {
            return vec![near];
        }
        self.desks().filter(|party| party.desk == desk).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organisation::Desk;

    /// 000-50: colleague, manager, steering group, executives; and after the last nobody.
    #[test]
    fn each_step_of_the_ladder_is_somebodys() {
        let covenant = Covenant::parse(include_str!("../../covenants/west-maas-en-waal.toml")).unwrap();
        let party = |last: char, desk| {
            let organisation = format!("9900000006680000000{last}").parse().unwrap();
            Party { organisation, desk }
        };
        let (silent, sender) = (party('1', Desk::Wijkteam), party('6', Desk::School));
        for (number, heard) in [
            (1, vec![party('2', Desk::AccessDesk)]),
            (2, vec![party('2', Desk::AccessDesk)]),
            (3, vec![party('4', Desk::Board), party('5', Desk::Board)]),
            (4, vec![party('3', Desk::Samenwerkingsverband)]),
        ] {
            let step = covenant.step(number).unwrap();
            assert_eq!(covenant.hears(step, silent, sender), heard, "{number}");
        }
        assert!(covenant.step(0).is_none() && covenant.step(5).is_none());
        // What is near goes before what is first.
        let (first, board) = (covenant.step(3).unwrap(), party('5', Desk::Board));
        assert_eq!(covenant.hears(first, board, sender), [board]);
        assert_eq!(covenant.hears(first, silent, board), [board]);
    }
}
