// SPDX-License-Identifier: EUPL-1.2
//! The only way to a form that can leave: a permit or refusal, and the receipt of its record (P1).

use sluis_policy::{Field, FieldSet};

use super::{Ruling, Trouble};
use crate::ledger::Receipt;
use crate::vault::Id;

/// Verstrekking: content whose records are durable. Only this module makes one, and only with a receipt that covers
/// every decision behind it.
///
/// It can be looked into:
///
/// ```
/// fn show(disclosure: sluis::broker::Disclosure<u8>) -> u8 { disclosure.into_content() }
/// ```
///
/// and not be made without a receipt:
///
/// ```compile_fail,E0451
/// fn show(content: u8) -> sluis::broker::Disclosure<u8> { sluis::broker::Disclosure { content } }
/// ```
#[derive(Debug)]
#[doc(alias = "verstrekking")]
pub struct Disclosure<T> {
    content: T,
}

impl<T> Disclosure<T> {
    /// Releases content that says no more than what was decided.
    pub(super) fn release(rulings: &[&Ruling], receipt: &Receipt, content: T) -> Result<Self, Trouble> {
        if rulings.is_empty() || !rulings.iter().all(|ruling| receipt.covers(&ruling.id)) {
            return Err(Trouble::NotRecorded);
        }
        Ok(Self { content })
    }

    /// Releases what was weighed, each with its record. What none has stands in the summary of its minute, and is a no that
    /// says nothing about anyone.
    pub(super) fn weighed(recorded: &[Id], receipt: Option<&Receipt>, content: T) -> Result<Self, Trouble> {
        let covered = |record: &Id| receipt.is_some_and(|receipt| receipt.covers(record));
        if recorded.iter().all(covered) { Ok(Self { content }) } else { Err(Trouble::NotRecorded) }
    }

    /// Releases what a permit allows: `make` gets the sieve that lets only its fields through.
    pub(crate) fn permitted(
        ruling: &Ruling,
        receipt: &Receipt,
        make: impl FnOnce(Sieve) -> T,
    ) -> Result<Self, Trouble> {
        let permit = ruling.permit().ok_or(Trouble::NotRecorded)?;
        Self::release(&[ruling], receipt, make(Sieve(permit.fields())))
    }

    /// The same release, said otherwise.
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Disclosure<U> {
        Disclosure { content: change(self.content) }
    }

    /// What may leave.
    pub fn into_content(self) -> T {
        self.content
    }
}

impl<T, E> Disclosure<Result<T, E>> {
    /// A release whose making can fail.
    pub(crate) fn transpose(self) -> Result<Disclosure<T>, E> {
        self.content.map(|content| Disclosure { content })
    }
}

/// Zeef: lets a value through only if its field is permitted.
#[derive(Debug, Clone, Copy)]
#[doc(alias = "zeef")]
pub(crate) struct Sieve(FieldSet);

impl Sieve {
    /// The sieve of a permit's fields.
    pub(super) fn of(fields: FieldSet) -> Self {
        Self(fields)
    }

    /// The value, if its field is permitted and it is there.
    pub(crate) fn pass<V>(self, field: Field, value: impl Into<Option<V>>) -> Option<V> {
        if self.0.contains(field) { value.into() } else { None }
    }
}
