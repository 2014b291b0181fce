// SPDX-License-Identifier: EUPL-1.2
//! `[jeugdige]`: what a case tells of the youth. What it does not say is as it usually is.

use jiff::ToSpan;
use jiff::civil::Date;

use super::circle::Circle;
use super::world::{Speaker, anything, said, youth};
use crate::document::{Section, counted, filled, parsed, truth};
use crate::moment::{Moment, Period};
use crate::organisation::{Desk, MunicipalityCode, Party};
use crate::voice::{
    CareRegister, Hearing, HelperFinding, Incapacity, ReceiverScope, Scope, SecrecyPermission, Statement,
    SubstituteConsent, VoiceKind,
};
use crate::youth::{Authority, AuthorityKind, Enrolment, IndexEntry, Involvement, ProtectionOrder, Stay, YouthFacts};

/// How long a word that is kept elsewhere may be leaned on after it was last confirmed, in minutes (RL-27).
const LEASE: i64 = 15;

/// Reads the section to its end, whatever is wrong with it.
pub(super) fn read(section: Section<'_>, circle: &Circle, now: Moment) -> YouthFacts {
    let usual = youth(circle.party(Desk::School));
    let mut reader = Reader { section, circle, now };
    YouthFacts {
        born: reader.section.required("geboren", parsed).unwrap_or(usual.born),
        home: reader.section.optional("woonplaats", parsed).or(usual.home),
        deceased: reader.section.optional("overleden", parsed),
        restricted: reader.is("beperkt"),
        shielded: reader.is("afgeschermd"),
        asks_silence: reader.is("vraagt_stilte"),
        start_qualification: reader.section.optional("startkwalificatie", truth),
        parents_live_apart: reader.section.optional("ouders_gescheiden", truth),
        enrolments: reader.enrolments(&usual.enrolments),
        authorities: reader.authorities(&usual.authorities),
        statements: reader.several("uiting", Reader::statement),
        substitutes: reader.several("vervangend", Reader::substitute),
        hearings: reader.heard(),
        permissions: reader.several("opgeheven", Reader::permission),
        incapacities: reader.one("onvermogen", Reader::incapacity),
        findings: reader.one("bevinding", Reader::finding),
        exemptions: reader.several("vrijstelling", |told| period(&mut told.section)),
        stays: reader.stays(),
        orders: reader.one("maatregel", Reader::order),
        involvements: reader.several("betrokken", Reader::involvement),
        index_entries: reader.several("indexsignaal", Reader::entry),
        family_entries: reader.several("gezinssignaal", Reader::entry),
        youth_person: usual.youth_person,
    }
}

/// `van` and `tot` of a section.
pub(super) fn period(section: &mut Section<'_>) -> Option<Period> {
    let until = section.optional("tot", parsed);
    Some(Period { from: section.required("van", parsed)?, until })
}

/// A table of the youth, in the circle that gives its words a meaning.
struct Reader<'c, 'a> {
    section: Section<'a>,
    circle: &'c Circle,
    now: Moment,
}

impl Reader<'_, '_> {
    fn is(&mut self, key: &str) -> bool {
        self.section.optional(key, truth).unwrap_or_default()
    }

    /// Everything under a key that holds a list of tables.
    fn several<T>(&mut self, key: &str, read: impl Fn(&mut Self) -> Option<T>) -> Vec<T> {
        let (circle, now) = (self.circle, self.now);
        let told = self.section.sections(key).into_iter();
        told.filter_map(|section| read(&mut Self { section, circle, now })).collect()
    }

    /// What a table under a key says, if it is there.
    fn one<T>(&mut self, key: &str, read: impl Fn(&mut Self) -> Option<T>) -> Vec<T> {
        if !self.section.has(key) {
            return Vec::new();
        }
        let (circle, now) = (self.circle, self.now);
        let section = self.section.section(key);
        read(&mut Self { section, circle, now }).into_iter().collect()
    }

    /// The party that has the desk under this key.
    fn party(&mut self, key: &str) -> Option<Party> {
        self.section.required(key, parsed).map(|desk| self.circle.party(desk))
    }

    fn who(&mut self, key: &str) -> Option<Speaker> {
        self.section.required(key, parsed)
    }

    fn enrolments(&mut self, usual: &[Enrolment]) -> Vec<Enrolment> {
        let kind = self.section.optional("schoolsoort", parsed);
        let until = self.section.optional("ingeschreven_tot", parsed);
        if self.is("niet_ingeschreven") {
            return Vec::new();
        }
        let told = |usual: &Enrolment| Enrolment { kind, period: Period { until, ..usual.period }, ..usual.clone() };
        usual.iter().map(told).collect()
    }

    fn authorities(&mut self, usual: &[Authority]) -> Vec<Authority> {
        let Some(model) = usual.first().filter(|_| self.section.has("gezag")) else { return usual.to_vec() };
        let mut holders = self.section.section("gezag");
        let mut holder = |who: &Speaker| {
            let kind: AuthorityKind = holders.optional(who.code(), parsed)?;
            let scope = (kind == AuthorityKind::PartialAuthority).then(anything);
            Some(Authority { person: who.person(), kind, scope, ..model.clone() })
        };
        Speaker::ALL.iter().filter_map(&mut holder).collect()
    }

    fn statement(&mut self) -> Option<Statement> {
        let (who, voice) = (self.who("wie"), self.section.required("zegt", parsed));
        let days_ago = self.section.optional("dagen_geleden", counted::<u16>).unwrap_or_default();
        let receiver = self.section.optional("aan", parsed).map_or(ReceiverScope::Any, ReceiverScope::Desk);
        let until: Option<Date> = self.section.optional("geldig_tot", parsed);
        let speaks_for_other = self.is("ook_voor_de_ander");
        let confirmed = self.section.optional("elders_bevestigd_minuten_geleden", counted::<u16>);
        let scope = Scope { receiver, ..anything() };
        let mut said = said(who?.person(), voice?, scope, i64::from(days_ago), self.now);
        said.valid.until = until;
        said.speaks_for_other = speaks_for_other;
        said.lease_until =
            confirmed.map(|minutes| self.now.instant.saturating_add((LEASE - i64::from(minutes)) * 60_000_000));
        Some(said)
    }

    fn substitute(&mut self) -> Option<SubstituteConsent> {
        let (who, to) = (self.who("voor"), self.section.required("aan", parsed));
        let (purpose, reference) = (self.section.required("doel", parsed), self.section.required("kenmerk", filled));
        Some(SubstituteConsent {
            person: who?.person(),
            scope: Scope { purpose: Some(purpose?), receiver: ReceiverScope::Desk(to?), category: None },
            valid: Period::since(self.now.today),
            court_reference: reference?,
        })
    }

    fn heard(&mut self) -> Vec<Hearing> {
        let by = self.circle.party(Desk::School);
        let heard = |on| Hearing { on, by, said: VoiceKind::Objects, scope: anything() };
        self.section.optional("gehoord_op", parsed).map(heard).into_iter().collect()
    }

    fn permission(&mut self) -> Option<SecrecyPermission> {
        let (who, of, voice) = (self.who("wie"), self.party("geheim_van"), self.section.required("zegt", parsed));
        Some(SecrecyPermission { of: of?, statement: said(who?.person(), voice?, anything(), 0, self.now) })
    }

    fn incapacity(&mut self) -> Option<Incapacity> {
        let (told_on, by) = (self.section.optional("verteld_op", parsed), self.circle.party(Desk::Jgz));
        let period = period(&mut self.section)?;
        Some(Incapacity { scope: anything(), period, by, register: CareRegister::Big, told_on })
    }

    fn finding(&mut self) -> Option<HelperFinding> {
        let (by, ground) = (self.party("loket"), self.section.required("grond", parsed));
        let from: Option<Date> = self.section.required("van", parsed);
        Some(HelperFinding { by: by?, ground: ground?, scope: anything(), period: Period::since(from?) })
    }

    fn stays(&mut self) -> Vec<Stay> {
        let period = Period::since(self.now.today.saturating_sub(1.year()));
        let before: Option<MunicipalityCode> = self.section.optional("verblijf_voordien_in", parsed);
        before.map(|before| Stay { before, period }).into_iter().collect()
    }

    fn order(&mut self) -> Option<ProtectionOrder> {
        let kind = self.section.required("soort", parsed);
        let institution = self.circle.party(Desk::GecertificeerdeInstelling);
        let period = period(&mut self.section)?;
        Some(ProtectionOrder { kind: kind?, institution, period })
    }

    fn involvement(&mut self) -> Option<Involvement> {
        let (party, purpose) = (self.party("loket"), self.section.required("doel", parsed));
        let period = period(&mut self.section)?;
        Some(Involvement { party: party?, purpose: purpose?, period })
    }

    fn entry(&mut self) -> Option<IndexEntry> {
        let (by, placed) = (self.party("loket"), self.section.required("geplaatst", parsed));
        let ended = self.section.optional("beëindigd", parsed);
        Some(IndexEntry { by: by?, placed: placed?, ended })
    }
}
