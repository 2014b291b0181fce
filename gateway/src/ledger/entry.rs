// SPDX-License-Identifier: EUPL-1.2
//! An entry of the log, read back: what an access record says without the personal fields beside it.

use serde::Deserialize;
use sluis_policy::Oin;

use crate::vault::Id;

/// Logregel: one entry, with the codes as they were written. A code may be older or newer than this program.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[doc(alias = "logregel")]
pub struct Entry {
    /// The id of the decision, or of the record itself, in hexadecimal.
    #[serde(rename = "besluit")]
    pub decision: String,
    /// When, in microseconds since 1970 (UTC).
    #[serde(rename = "tijd")]
    pub at: i64,
    /// The holder of the certificate that was used.
    #[serde(rename = "certificaat")]
    pub certificate: Oin,
    /// The acting organisation and its desk.
    #[serde(rename = "partij")]
    pub party: Option<(Oin, String)>,
    /// In which role.
    #[serde(rename = "rol")]
    pub role: Option<String>,
    /// What was asked.
    #[serde(rename = "handeling")]
    pub action: Option<String>,
    /// Of what.
    #[serde(rename = "ding")]
    pub thing: Option<String>,
    /// For what.
    #[serde(rename = "doel")]
    pub purpose: Option<String>,
    /// Who would come to know something, and at which desk.
    #[serde(rename = "ontvanger")]
    pub receiver: Option<(Oin, String)>,
    /// The trace that it belongs to (W3C).
    pub trace: Option<String>,
    /// What came of it.
    #[serde(rename = "uitkomst")]
    pub outcome: Came,
    /// By what it was decided.
    #[serde(rename = "beleid")]
    pub policy: Versions,
}

/// Uitkomst, as written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[doc(alias = "uitkomst")]
pub struct Came {
    /// Permitted, refused, turned away at the door, or how something went further.
    #[serde(rename = "soort")]
    pub kind: String,
    /// By which rule.
    #[serde(rename = "regel")]
    pub rule: Option<String>,
    /// In which class of records.
    #[serde(rename = "klasse")]
    pub class: Option<String>,
    /// In which form.
    #[serde(rename = "vorm")]
    pub form: Option<String>,
    /// On which ground.
    #[serde(rename = "grondslag")]
    pub basis: Option<String>,
    /// Under which entry of the register of processing activities.
    #[serde(rename = "activiteit")]
    pub activity: Option<String>,
    /// Which fields at most.
    #[serde(rename = "velden", default)]
    pub fields: Vec<String>,
    /// Why somebody was turned away.
    #[serde(rename = "reden")]
    pub reason: Option<String>,
    /// For whom somebody who was turned away would have acted.
    #[serde(rename = "namens")]
    pub acting_for: Option<Oin>,
    /// What was answered to somebody who only asked whether it may be.
    #[serde(rename = "mag")]
    pub allowed: Option<bool>,
}

/// Versies: by what it was decided, as written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[doc(alias = "beleid")]
pub struct Versions {
    /// The version of the rules.
    #[serde(rename = "regels")]
    pub rules: u32,
    /// Id, version and digest of the covenant.
    #[serde(rename = "convenant")]
    pub covenant: Option<(String, u32, String)>,
}

/// The word for a decision that permitted.
pub const PERMITTED: &str = "verstrekt";
/// The word for a decision that refused.
pub const REFUSED: &str = "geweigerd";
/// The word for a request that was stopped at the door.
pub const TURNED_AWAY: &str = "aan_de_deur_geweigerd";
/// The word for a question whether something may be.
pub const WEIGHED: &str = "beoordeeld";
/// The word for such a question that could not be weighed.
pub const NOT_WEIGHED: &str = "niet_beoordeeld";
/// The word for offering a signal, before it leaves.
const OFFERED: &str = "indienen";

impl Entry {
    /// Reads the text of a leaf; nothing when it has another form.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Whether this is a matter of the organisation as controller: it acted, or was acted for, or something came to it.
    ///
    /// A receiver's officer sees no refusal, no offer and no mere question: what was refused, taken back or only asked never
    /// came, and seeing it would tell that somebody said no (RL-06).
    #[must_use]
    pub fn concerns(&self, controller: Oin) -> bool {
        let is =
            |party: &Option<(Oin, String)>| party.as_ref().is_some_and(|(organisation, _)| *organisation == controller);
        let came = !matches!(self.outcome.kind.as_str(), REFUSED | TURNED_AWAY | WEIGHED)
            && self.action.as_deref() != Some(OFFERED);
        is(&self.party) || self.outcome.acting_for == Some(controller) || (came && is(&self.receiver))
    }

    /// The id that it records, when it is one.
    #[must_use]
    pub fn id(&self) -> Option<Id> {
        let mut id = [0; 16];
        hex::decode_to_slice(&self.decision, &mut id).ok().map(|()| id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTOR: &str = "99000000066800000006";
    const RECEIVER: &str = "99000000066800000002";

    fn entry(action: &str, outcome: &str) -> Entry {
        let text = format!(
            r#"{{"beleid":{{"regels":1,"register":"r","rollen":"x"}},"besluit":"{}","certificaat":"99000000000000000001","ding":"aanmelding","handeling":"{action}","ontvanger":["{RECEIVER}","toegang"],"partij":["{ACTOR}","school"],"persoonlijk":"p","rol":"intern_begeleider","tijd":1,"trace":"t","uitkomst":{outcome}}}"#,
            "0f".repeat(16)
        );
        Entry::read(&text).unwrap()
    }

    /// RL-06: whoever would have received learns of no refusal and no offer that was taken back.
    #[test]
    fn rl_06_an_officer_sees_what_the_own_controller_did_and_what_came_to_it() {
        let own = |oin: &str| oin.parse::<Oin>().unwrap();
        let door = r#"{"soort":"aan_de_deur_geweigerd","reden":"no_mandate","namens":"99000000066800000002"}"#;
        for (action, outcome, acting, receiving) in [
            ("afleveren", r#"{"soort":"verstrekt","regel":"SL-801"}"#, true, true),
            ("afleveren", r#"{"soort":"afgeleverd"}"#, true, true),
            ("afleveren", r#"{"soort":"geweigerd","regel":"SL-1001"}"#, true, false),
            ("indienen", r#"{"soort":"verstrekt","regel":"SL-801"}"#, true, false),
            ("indienen", r#"{"soort":"geweigerd","regel":"SL-1001"}"#, true, false),
            ("terugkoppelen", r#"{"soort":"beoordeeld","regel":"SL-1001","mag":false}"#, true, false),
            ("indienen", door, true, true),
        ] {
            let entry = entry(action, outcome);
            assert_eq!(entry.concerns(own(ACTOR)), acting, "{action} {outcome}");
            assert_eq!(entry.concerns(own(RECEIVER)), receiving, "{action} {outcome}");
            assert!(!entry.concerns(own("99000000000000000001")), "holding the certificate is not acting: {action}");
        }
    }

    #[test]
    fn an_id_is_read_back_and_another_form_is_nothing() {
        assert_eq!(entry("lezen", r#"{"soort":"verstrekt"}"#).id(), Some([0x0f; 16]));
        assert_eq!(Entry::read("{}"), None);
        assert_eq!(Entry::read("<p>"), None);
    }
}
