// SPDX-License-Identifier: EUPL-1.2
//! The case format; `cases/README.md` explains it key by key.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use sluis_policy::*;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseFile {
    #[serde(rename = "casus")]
    pub(crate) number: String,
    #[serde(rename = "zin")]
    pub(crate) sentence: String,
    #[serde(rename = "bron")]
    pub(crate) sources: Vec<String>,
    #[serde(rename = "vandaag")]
    pub(crate) today: Option<Date>,
    #[serde(rename = "jeugdige")]
    pub(crate) youth: YouthFile,
    #[serde(rename = "vraag", default)]
    pub(crate) questions: Vec<Question>,
    #[serde(rename = "termijn", default)]
    pub(crate) terms: Vec<TermFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct YouthFile {
    #[serde(rename = "geboren")]
    pub(crate) born: Date,
    #[serde(rename = "woonplaats")]
    pub(crate) home: Option<MunicipalityCode>,
    #[serde(rename = "ingeschreven_tot")]
    pub(crate) enrolled_until: Option<Date>,
    #[serde(rename = "startkwalificatie")]
    pub(crate) start_qualification: Option<bool>,
    #[serde(rename = "beperkt", default)]
    pub(crate) restricted: bool,
    #[serde(rename = "ouders_gescheiden")]
    pub(crate) parents_live_apart: Option<bool>,
    /// Who holds what; both parents hold authority unless this says otherwise.
    #[serde(rename = "gezag")]
    pub(crate) authority: Option<BTreeMap<Speaker, AuthorityKind>>,
    #[serde(rename = "uiting", default)]
    pub(crate) statements: Vec<StatementFile>,
    #[serde(rename = "vervangend", default)]
    pub(crate) substitutes: Vec<Substitute>,
    #[serde(rename = "gehoord_op")]
    pub(crate) heard_on: Option<Date>,
    #[serde(rename = "overleden")]
    pub(crate) deceased: Option<Date>,
    #[serde(rename = "afgeschermd", default)]
    pub(crate) shielded: bool,
    #[serde(rename = "niet_ingeschreven", default)]
    pub(crate) not_enrolled: bool,
    #[serde(rename = "schoolsoort")]
    pub(crate) school: Option<SchoolKind>,
    #[serde(rename = "vrijstelling", default)]
    pub(crate) exemptions: Vec<PeriodFile>,
    /// In care elsewhere: where the youth was registered directly before.
    #[serde(rename = "verblijf_voordien_in")]
    pub(crate) stay_before: Option<MunicipalityCode>,
    #[serde(rename = "maatregel")]
    pub(crate) order: Option<OrderFile>,
    #[serde(rename = "betrokken", default)]
    pub(crate) involvements: Vec<InvolvementFile>,
    #[serde(rename = "opgeheven", default)]
    pub(crate) permissions: Vec<PermissionFile>,
    #[serde(rename = "onvermogen")]
    pub(crate) incapacity: Option<IncapacityFile>,
    #[serde(rename = "bevinding")]
    pub(crate) finding: Option<FindingFile>,
    #[serde(rename = "indexsignaal", default)]
    pub(crate) index_entries: Vec<IndexFile>,
    #[serde(rename = "gezinssignaal", default)]
    pub(crate) family_entries: Vec<IndexFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeriodFile {
    #[serde(rename = "van")]
    pub(crate) from: Date,
    #[serde(rename = "tot")]
    pub(crate) until: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OrderFile {
    #[serde(rename = "soort")]
    pub(crate) kind: OrderKind,
    #[serde(rename = "van")]
    pub(crate) from: Date,
    #[serde(rename = "tot")]
    pub(crate) until: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvolvementFile {
    #[serde(rename = "loket")]
    pub(crate) desk: Desk,
    #[serde(rename = "doel")]
    pub(crate) purpose: Purpose,
    #[serde(rename = "van")]
    pub(crate) from: Date,
    #[serde(rename = "tot")]
    pub(crate) until: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PermissionFile {
    #[serde(rename = "wie")]
    pub(crate) who: Speaker,
    #[serde(rename = "geheim_van")]
    pub(crate) of: Desk,
    #[serde(rename = "zegt")]
    pub(crate) voice: VoiceKind,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IncapacityFile {
    #[serde(rename = "van")]
    pub(crate) from: Date,
    #[serde(rename = "tot")]
    pub(crate) until: Option<Date>,
    #[serde(rename = "verteld_op")]
    pub(crate) told_on: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FindingFile {
    #[serde(rename = "loket")]
    pub(crate) desk: Desk,
    #[serde(rename = "grond")]
    pub(crate) ground: HelperGround,
    #[serde(rename = "van")]
    pub(crate) from: Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IndexFile {
    #[serde(rename = "loket")]
    pub(crate) desk: Desk,
    #[serde(rename = "geplaatst")]
    pub(crate) placed: Date,
    #[serde(rename = "beëindigd")]
    pub(crate) ended: Option<Date>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Speaker {
    #[serde(rename = "ouder_a")]
    A,
    #[serde(rename = "ouder_b")]
    B,
    #[serde(rename = "jeugdige")]
    Youth,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatementFile {
    #[serde(rename = "wie")]
    pub(crate) who: Speaker,
    #[serde(rename = "zegt")]
    pub(crate) voice: VoiceKind,
    /// Days before today.
    #[serde(rename = "dagen_geleden", default)]
    pub(crate) days_ago: i64,
    #[serde(rename = "aan")]
    pub(crate) to: Option<Desk>,
    #[serde(rename = "geldig_tot")]
    pub(crate) until: Option<Date>,
    #[serde(rename = "ook_voor_de_ander", default)]
    pub(crate) for_other: bool,
    /// Kept at another gateway, and last confirmed so many minutes ago.
    #[serde(rename = "elders_bevestigd_minuten_geleden")]
    pub(crate) confirmed_minutes_ago: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Substitute {
    #[serde(rename = "voor")]
    pub(crate) person: Speaker,
    #[serde(rename = "aan")]
    pub(crate) to: Desk,
    #[serde(rename = "doel")]
    pub(crate) purpose: Purpose,
    #[serde(rename = "kenmerk")]
    pub(crate) reference: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    #[serde(rename = "zin")]
    pub(crate) sentence: String,
    #[serde(rename = "soort")]
    pub(crate) kind: Option<SignalKind>,
    #[serde(rename = "naar")]
    pub(crate) to: Option<Desk>,
    /// What is done that is about no signal, and at which desk.
    #[serde(rename = "handeling")]
    pub(crate) deed: Option<Then>,
    /// Whom it is asked of, or whose contact card is asked for.
    #[serde(rename = "bij")]
    pub(crate) asked: Option<Desk>,
    /// What happens with the stored signal, and at which desk; without it the school submits.
    #[serde(rename = "daarna")]
    pub(crate) then: Option<Then>,
    #[serde(rename = "op_naam", default = "yes")]
    pub(crate) named: bool,
    #[serde(rename = "rol")]
    pub(crate) role: Option<Role>,
    #[serde(rename = "ontvanger_in")]
    pub(crate) receiver_municipality: Option<MunicipalityCode>,
    #[serde(rename = "groep")]
    pub(crate) group: Option<u32>,
    #[serde(rename = "onderwerpen")]
    pub(crate) topics: Option<Vec<Topic>>,
    #[serde(rename = "gedaan")]
    pub(crate) gates: Option<Vec<Gate>>,
    #[serde(rename = "verzuim")]
    pub(crate) absence: Option<AbsenceFile>,
    #[serde(rename = "risicogrond", default)]
    pub(crate) risk: bool,
    /// Which desk sends; without it the school, or who usually sends this kind.
    #[serde(rename = "van")]
    pub(crate) from: Option<Desk>,
    #[serde(rename = "doel")]
    pub(crate) purpose: Option<Purpose>,
    #[serde(rename = "school_in")]
    pub(crate) school_municipality: Option<MunicipalityCode>,
    #[serde(rename = "grondslag")]
    pub(crate) claimed: Option<ClaimedGround>,
    #[serde(rename = "aanvrager")]
    pub(crate) applicant: Option<Speaker>,
    /// As whom a citizen acts, at the portal.
    #[serde(rename = "burger")]
    pub(crate) citizen: Option<Speaker>,
    #[serde(rename = "samen_met", default)]
    pub(crate) joined: Vec<Speaker>,
    #[serde(rename = "spreker")]
    pub(crate) speaker: Option<Speaker>,
    #[serde(rename = "met_reden", default)]
    pub(crate) reasoned: bool,
    #[serde(rename = "tweede_persoon")]
    pub(crate) second: Option<Role>,
    #[serde(rename = "informeren_uitgesteld", default)]
    pub(crate) inform_postponed: bool,
    #[serde(rename = "niet_meldingsbevoegd", default)]
    pub(crate) not_appointed: bool,
    #[serde(rename = "gevoelige_organisatie", default)]
    pub(crate) sensitive: bool,
    #[serde(rename = "verborgen_voor", default)]
    pub(crate) hidden_from: Vec<Speaker>,
    #[serde(rename = "ondernemingsraad_sinds")]
    pub(crate) works_council_since: Option<Date>,
    /// `ruim` is the covenant of the tests with every route; `geen` is none.
    #[serde(rename = "convenant")]
    pub(crate) covenant: Option<String>,
    /// Switches of the covenant that differ from West Maas en Waal's own.
    #[serde(rename = "schakelaars", default)]
    pub(crate) switches: BTreeMap<String, bool>,
    #[serde(rename = "besluit")]
    pub(crate) expected: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Then {
    #[serde(rename = "handeling")]
    pub(crate) action: Action,
    #[serde(rename = "door")]
    pub(crate) at: Desk,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AbsenceFile {
    #[serde(rename = "grond")]
    pub(crate) ground: AbsenceGround,
    #[serde(rename = "uren", default)]
    pub(crate) hours: u16,
    #[serde(rename = "weken", default)]
    pub(crate) weeks: u8,
    #[serde(rename = "vermoeden", default)]
    pub(crate) suspected: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    /// The form, or nothing for a refusal.
    #[serde(rename = "vorm")]
    pub(crate) form: Option<Form>,
    #[serde(rename = "regel")]
    pub(crate) rule: Rule,
    /// All duties, in order of their codes.
    #[serde(rename = "plichten")]
    pub(crate) duties: Vec<Duty>,
    #[serde(rename = "velden")]
    pub(crate) fields: Option<Vec<Field>>,
    #[serde(rename = "niet", default)]
    pub(crate) absent: Vec<Field>,
    /// In how many working days a duty is due, where the case is about that.
    #[serde(rename = "binnen", default)]
    pub(crate) due: BTreeMap<Duty, u8>,
}

/// A question of time: when is something due, or over?
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TermFile {
    #[serde(rename = "zin")]
    pub(crate) sentence: String,
    #[serde(rename = "soort")]
    pub(crate) kind: TermKind,
    #[serde(rename = "van")]
    pub(crate) from: Date,
    #[serde(rename = "opgeschort", default)]
    pub(crate) suspended: Vec<PeriodFile>,
    #[serde(rename = "uiterlijk")]
    pub(crate) expected: Option<Date>,
}

#[derive(Deserialize, Clone, Copy)]
pub(crate) enum TermKind {
    #[serde(rename = "beslissen")]
    Decide,
    #[serde(rename = "thuis_zonder_aanbod")]
    Home,
    #[serde(rename = "eigen_stem")]
    OwnVoice,
}

const fn yes() -> bool {
    true
}
