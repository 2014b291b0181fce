// SPDX-License-Identifier: EUPL-1.2
//! What somebody did or wished to do, as part of a sentence in both languages.

use super::language::Language;

/// What was done, or wished; nothing for an action that is not known here.
pub(super) fn doing(language: Language, code: &str, done: bool) -> Option<&'static str> {
    let doing = DOINGS.iter().find(|doing| doing.code == code)?;
    let [did, wished] = match language {
        Language::Dutch => doing.dutch,
        Language::English => doing.english,
    };
    Some(if done { did } else { wished })
}

/// Handeling: done, and wished, in Dutch and in English. `{wat}` is the thing, `{wie}` the receiver.
#[doc(alias = "handeling")]
struct Doing {
    code: &'static str,
    dutch: [&'static str; 2],
    english: [&'static str; 2],
}

const DOINGS: &[Doing] = &[
    Doing {
        code: "indienen",
        dutch: ["diende {wat} in, voor {wie}", "{wat} indienen, voor {wie}"],
        english: ["submitted {wat}, for {wie}", "to submit {wat}, for {wie}"],
    },
    Doing {
        code: "afleveren",
        dutch: ["stuurde {wat} naar {wie}", "{wat} sturen naar {wie}"],
        english: ["sent {wat} to {wie}", "to send {wat} to {wie}"],
    },
    Doing {
        code: "overzien",
        dutch: ["zag {wat} in de lijst van wat is ontvangen", "{wat} zien in de lijst van wat is ontvangen"],
        english: ["saw {wat} in the list of what was received", "to see {wat} in the list of what was received"],
    },
    Doing { code: "lezen", dutch: ["las {wat}", "{wat} lezen"], english: ["read {wat}", "to read {wat}"] },
    Doing {
        code: "in_behandeling_nemen",
        dutch: ["nam {wat} in behandeling", "{wat} in behandeling nemen"],
        english: ["took up {wat}", "to take up {wat}"],
    },
    Doing {
        code: "terugkoppelen",
        dutch: ["gaf terugkoppeling over {wat} aan {wie}", "terugkoppeling geven over {wat} aan {wie}"],
        english: ["gave feedback on {wat} to {wie}", "to give feedback on {wat} to {wie}"],
    },
    Doing {
        code: "afronden",
        dutch: ["rondde {wat} af", "{wat} afronden"],
        english: ["closed {wat}", "to close {wat}"],
    },
    Doing {
        code: "uiting_vastleggen",
        dutch: [
            "legde vast wat een ouder of jeugdige zei over het delen van gegevens",
            "vastleggen wat een ouder of jeugdige zei over het delen van gegevens",
        ],
        english: [
            "recorded what a parent or young person said about sharing data",
            "to record what a parent or young person said about sharing data",
        ],
    },
    Doing {
        code: "uiting_intrekken",
        dutch: [
            "legde vast dat een ouder of jeugdige toestemming introk",
            "vastleggen dat een ouder of jeugdige toestemming introk",
        ],
        english: [
            "recorded that a parent or young person took consent back",
            "to record that a parent or young person took consent back",
        ],
    },
    Doing {
        code: "uiting_inzien",
        dutch: [
            "zag wat was vastgelegd van wat een ouder of jeugdige zei",
            "zien wat was vastgelegd van wat een ouder of jeugdige zei",
        ],
        english: [
            "saw what was recorded of what a parent or young person said",
            "to see what was recorded of what a parent or young person said",
        ],
    },
    Doing {
        code: "verplichting_inzien",
        dutch: ["zag een taak over een jeugdige", "een taak over een jeugdige zien"],
        english: ["saw a task about a young person", "to see a task about a young person"],
    },
    Doing {
        code: "verplichting_bijwerken",
        dutch: ["legde vast wat met een taak is gedaan", "vastleggen wat met een taak is gedaan"],
        english: ["recorded what was done about a task", "to record what was done about a task"],
    },
    Doing {
        code: "vrijgeven",
        dutch: [
            "gaf vrij dat een ouder of jeugdige iets te weten komt",
            "vrijgeven dat een ouder of jeugdige iets te weten komt",
        ],
        english: [
            "released something for a parent or young person to know",
            "to release something for a parent or young person to know",
        ],
    },
    Doing {
        code: "feit_vastleggen",
        dutch: ["legde over een jeugdige vast: {wat}", "over een jeugdige vastleggen: {wat}"],
        english: ["recorded about a young person: {wat}", "to record about a young person: {wat}"],
    },
    Doing {
        code: "jeugdige_vastleggen",
        dutch: ["legde een jeugdige vast", "een jeugdige vastleggen"],
        english: ["registered a young person", "to register a young person"],
    },
    Doing {
        code: "gezag_vastleggen",
        dutch: ["legde vast wie gezag heeft over een jeugdige", "vastleggen wie gezag heeft over een jeugdige"],
        english: ["recorded who has authority over a young person", "to record who has authority over a young person"],
    },
    Doing {
        code: "bevragen",
        dutch: [
            "vroeg een school naar de aanwezigheid van een jeugdige",
            "een school vragen naar de aanwezigheid van een jeugdige",
        ],
        english: [
            "asked a school about the attendance of a young person",
            "to ask a school about the attendance of a young person",
        ],
    },
    Doing {
        code: "adresboek_lezen",
        dutch: ["las het adresboek", "het adresboek lezen"],
        english: ["read the directory", "to read the directory"],
    },
    Doing {
        code: "logboek_doorzoeken",
        dutch: ["las in dit logboek", "in dit logboek lezen"],
        english: ["read this log", "to read this log"],
    },
    Doing {
        code: "medewerker_noemen",
        dutch: ["vroeg op welke medewerker achter een regel staat", "opvragen welke medewerker achter een regel staat"],
        english: ["asked which professional stands behind a line", "to ask which professional stands behind a line"],
    },
    Doing {
        code: "terugnemen",
        dutch: ["nam {wat} terug", "{wat} terugnemen"],
        english: ["took back {wat}", "to take back {wat}"],
    },
    Doing {
        code: "match_inzien",
        dutch: [
            "zag wie dezelfde jeugdige aan de verwijsindex meldde",
            "zien wie dezelfde jeugdige aan de verwijsindex meldde",
        ],
        english: [
            "saw who reported the same young person to the referral index",
            "to see who reported the same young person to the referral index",
        ],
    },
    Doing {
        code: "inzien",
        dutch: [
            "vroeg op wie gegevens van een jeugdige bekeek, voor wie dat mag weten",
            "opvragen wie gegevens van een jeugdige bekeek, voor wie dat mag weten",
        ],
        english: [
            "asked who looked at data of a young person, for whom may know that",
            "to ask who looked at data of a young person, for whom may know that",
        ],
    },
    Doing {
        code: "bezwaar_maken",
        dutch: ["maakte bezwaar of vroeg om verbetering", "bezwaar maken of om verbetering vragen"],
        english: ["objected or asked for correction", "to object or ask for correction"],
    },
    Doing {
        code: "personeel_volgen",
        dutch: [
            "stelde een vraag over het gebruik door medewerkers",
            "een vraag stellen over het gebruik door medewerkers",
        ],
        english: ["asked how staff use the system", "to ask how staff use the system"],
    },
    Doing {
        code: "herleiden",
        dutch: ["zocht op wie achter een kenmerk zit", "opzoeken wie achter een kenmerk zit"],
        english: ["looked up who is behind a reference", "to look up who is behind a reference"],
    },
    Doing {
        code: "logboek_uitvoeren",
        dutch: ["nam het logboek mee in een bestand", "het logboek meenemen in een bestand"],
        english: ["exported the log", "to export the log"],
    },
    Doing {
        code: "beleid_publiceren",
        dutch: ["maakte nieuw beleid geldig", "nieuw beleid geldig maken"],
        english: ["published policy", "to publish policy"],
    },
    Doing {
        code: "vernietigen",
        dutch: ["besloot over vernietiging", "besluiten over vernietiging"],
        english: ["decided on erasure", "to decide on erasure"],
    },
    Doing {
        code: "glas_breken",
        dutch: ["gebruikte de noodtoegang", "de noodtoegang gebruiken"],
        english: ["used the emergency access", "to use the emergency access"],
    },
];
