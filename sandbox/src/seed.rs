// SPDX-License-Identifier: EUPL-1.2
//! The synthetic world that the demo and the tests talk about. Nobody in it exists: OINs start with 99, BSNs are from
//! the test range, schools and people are invented. Only the municipality is real, by its CBS code. The OINs are those of
//! the covenant that ships for it.

use std::collections::BTreeMap;

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use sluis_connectors::{Personal, school::AbsentDay};

use crate::school::Pupil;

/// OIN of the vendor that runs the school administration system.
pub const VENDOR: &str = "99000000000000000001";
/// OIN of the primary school.
pub const SCHOOL: &str = "99000000066800000006";
/// OIN of the secondary school.
pub const SECOND_SCHOOL: &str = "99000000066800000008";
/// OIN of the municipality, with its desks wijkteam and leerplicht.
pub const MUNICIPALITY: &str = "99000000066800000001";
/// OIN of the access desk.
pub const ACCESS_DESK: &str = "99000000066800000002";
/// OIN of the samenwerkingsverband passend onderwijs.
pub const SAMENWERKINGSVERBAND: &str = "99000000066800000003";
/// OIN of the verwijsindex.
pub const VERWIJSINDEX: &str = "99000000066800000007";
/// OIN of the gateway itself.
pub const GATEWAY: &str = "99000000000000000099";
/// CBS code of West Maas en Waal.
pub const MUNICIPALITY_CODE: &str = "0668";

/// The text of consent that is in use, as it stands in a register.
pub const CONSENT_TEXT: &str = r#"
[[consent_text]]
version = "2026-1"
language = "nl"
from = 2020-01-01
notice = "https://sluis.example/toestemming/2026-1"
retention = "zolang het signaal loopt, en daarna ten hoogste een jaar"
storage = "in Nederland, bij de gateway van deze regio"
withdrawal = "bij wie het vroeg, op elk moment en zonder reden"
"#;

/// Code of the primary school's location.
pub const LOCATION: &str = "99ZZ00";
/// Code of the secondary school's location.
pub const SECOND_LOCATION: &str = "99ZZ01";

/// Organisatie: a participant of the synthetic world.
#[doc(alias = "organisatie")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its OIN.
    pub oin: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Codes of its desks.
    pub desks: &'static [&'static str],
}

/// Every organisation of the world.
pub const ORGANISATIONS: [Organisation; 8] = [
    Organisation { oin: VENDOR, name: "Rietveld Leerlingsystemen", desks: &[] },
    Organisation { oin: SCHOOL, name: "Basisschool De Wilgenhoek", desks: &["school"] },
    Organisation { oin: SECOND_SCHOOL, name: "Waalkanter College", desks: &["school"] },
    Organisation { oin: MUNICIPALITY, name: "Gemeente West Maas en Waal", desks: &["wijkteam", "leerplicht"] },
    Organisation { oin: ACCESS_DESK, name: "VraagWijzer West Maas en Waal", desks: &["toegang"] },
    Organisation {
        oin: SAMENWERKINGSVERBAND,
        name: "Samenwerkingsverband Stromenland",
        desks: &["samenwerkingsverband"],
    },
    Organisation { oin: VERWIJSINDEX, name: "Verwijsindex Rivierenland", desks: &["verwijsindex"] },
    Organisation { oin: GATEWAY, name: "Sluis West Maas en Waal", desks: &["sluis"] },
];

/// Professional: someone who acts for an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Professional {
    /// Id at the own organisation: the `sub` of a token.
    pub id: &'static str,
    /// OIN of the organisation.
    pub organisation: &'static str,
    /// Code of the desk.
    pub desk: &'static str,
    /// Code of the role.
    pub role: &'static str,
}

/// Every professional of the world.
pub const PROFESSIONALS: [Professional; 8] = [
    professional("ib.wilgenhoek", SCHOOL, "school", "intern_begeleider"),
    professional("leerkracht.wilgenhoek", SCHOOL, "school", "leerkracht"),
    professional("zorg.waalkanter", SECOND_SCHOOL, "school", "intern_begeleider"),
    professional("consulent.wijkteam", MUNICIPALITY, "wijkteam", "consulent"),
    professional("ambtenaar.leerplicht", MUNICIPALITY, "leerplicht", "leerplichtambtenaar"),
    professional("screener.toegang", ACCESS_DESK, "toegang", "screener"),
    professional("contact.swv", SAMENWERKINGSVERBAND, "samenwerkingsverband", "swv_contact"),
    professional("consulent.toegang", ACCESS_DESK, "toegang", "consulent"),
];

/// Jeugdige: an invented youth with invented parents.
#[doc(alias = "jeugdige")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Youth {
    /// OIN of the school of enrolment.
    pub school: &'static str,
    /// The school's own key of the pupil.
    pub pupil_key: &'static str,
    /// Given name.
    pub given_name: &'static str,
    /// Surname.
    pub surname: &'static str,
    /// Birth date.
    pub born: Date,
    /// Postcode of the home.
    pub postcode: &'static str,
    /// A BSN of the test range.
    pub bsn: &'static str,
    /// Given names of the two parents, who both hold authority until the youth is 18.
    pub parents: [&'static str; 2],
}

/// Wereld: the youths of the story, with birth dates such that each has the named age on the given day.
#[doc(alias = "wereld")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    /// The day on which the ages hold.
    pub today: Date,
    /// 7 years old, a first worry, nobody asked yet.
    pub worried_about: Youth,
    /// 8 years old, to be registered for help with consent of both parents.
    pub registered: Youth,
    /// 9 years old, whose consent is withdrawn while a delivery waits.
    pub withdrawn: Youth,
    /// 10 years old, absent without leave.
    pub truant: Youth,
    /// 13 years old: counts beside both parents.
    pub teenager: Youth,
    /// 16 years old, refuses while both parents agree.
    pub refuser: Youth,
    /// 18 years old: speaks alone.
    pub adult: Youth,
}

impl World {
    /// The world as it is on a day.
    #[must_use]
    pub fn on(today: Date) -> Self {
        let youth = |age: i16, numbers: [&'static str; 3], names: [&'static str; 4]| {
            let [pupil_key, bsn, postcode] = numbers;
            let [given_name, surname, first, second] = names;
            let school = if age < 12 { SCHOOL } else { SECOND_SCHOOL };
            // A hundred days past the birthday: the age holds for the whole of any run.
            let born = today.saturating_sub(age.years()).saturating_sub(100.days());
            Youth { school, pupil_key, given_name, surname, born, postcode, bsn, parents: [first, second] }
        };
        let names = |given_name, surname, first, second| [given_name, surname, first, second];
        Self {
            today,
            worried_about: youth(
                7,
                ["WH-0107", "999990226", "6658ZA"],
                names("Juultje", "Kwikstaartveld", "Hadewig", "Odulf"),
            ),
            registered: youth(
                8,
                ["WH-0208", "999990664", "6659ZB"],
                names("Thijmen", "Otterspoor", "Machteld", "Wolbert"),
            ),
            withdrawn: youth(9, ["WH-0309", "999991012", "6621ZC"], names("Fenne", "Lepelaarsma", "Aleida", "Gerlof")),
            truant: youth(10, ["WH-0410", "999991747", "6657ZD"], names("Siebren", "Zwanenbloem", "Jildou", "Radboud")),
            teenager: youth(
                13,
                ["WK-1313", "999992508", "6658ZE"],
                names("Liselot", "Pimpernelstra", "Wendelmoet", "Arnout"),
            ),
            refuser: youth(
                16,
                ["WK-1616", "999993264", "6626ZF"],
                names("Roderick", "Dotterbloemsma", "Sophieke", "Everhard"),
            ),
            adult: youth(
                18,
                ["WK-1818", "999994050", "6659ZG"],
                names("Annebeth", "Waterlelieman", "Truida", "Lambertus"),
            ),
        }
    }

    /// Every youth, youngest first.
    #[must_use]
    pub fn youths(&self) -> [&Youth; 7] {
        [
            &self.worried_about,
            &self.registered,
            &self.withdrawn,
            &self.truant,
            &self.teenager,
            &self.refuser,
            &self.adult,
        ]
    }

    /// What no log, error, metric or wrong receiver may ever show of these youths: numbers, surnames and birth dates.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.youths()
            .into_iter()
            .flat_map(|youth| [youth.bsn.to_owned(), youth.surname.to_owned(), youth.born.to_string()])
            .collect()
    }

    /// How many pupils of each age a school has (RL-23), with room for every group of four years to be large enough.
    #[must_use]
    pub fn pupil_counts(school: &str) -> BTreeMap<u8, u32> {
        match school {
            SCHOOL => (4..=12).map(|age| (age, 14 + u32::from(age))).collect(),
            SECOND_SCHOOL => (12..=18).map(|age| (age, 60 + u32::from(age))).collect(),
            _ => BTreeMap::new(),
        }
    }

    /// The register of the school system: the truant missed five school days without leave and one ill.
    #[must_use]
    pub fn pupils(&self) -> Vec<Pupil> {
        let pupil = |youth: &Youth| Pupil {
            school: youth.school.to_owned(),
            pupil_key: youth.pupil_key.to_owned(),
            group: if youth.school == SCHOOL { "groep van de Reiger".to_owned() } else { "mentorgroep 3".to_owned() },
            mentor: "J. Wulpveen".to_owned(),
            absences: if *youth == self.truant { self.absences() } else { Vec::new() },
        };
        self.youths().into_iter().map(pupil).collect()
    }

    fn absences(&self) -> Vec<AbsentDay> {
        let grounds = ["ongeoorloofd", "ongeoorloofd", "ziekte", "ongeoorloofd", "ongeoorloofd", "ongeoorloofd"];
        let days = schooldays_before(self.today).into_iter().take(grounds.len());
        let absence = |(day, ground): (Date, &str)| AbsentDay {
            datum: day.to_string(),
            uren: 5,
            soort: ground.to_owned(),
            reden: Some(Personal::new("volgens de buren samen op pad")),
            notitie: Some(Personal::new("komt de laatste tijd zonder brood op school")),
        };
        let mut absences: Vec<_> = days.zip(grounds).map(absence).collect();
        absences.reverse();
        absences
    }
}

/// The weekdays of the four weeks before a day, latest first.
fn schooldays_before(today: Date) -> Vec<Date> {
    let back = (1..=28_i64).map(|days| today.saturating_sub(days.days()));
    back.filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)).collect()
}

const fn professional(
    id: &'static str,
    organisation: &'static str,
    desk: &'static str,
    role: &'static str,
) -> Professional {
    Professional { id, organisation, desk, role }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days() -> [Date; 4] {
        [(2024, 2, 29), (2026, 11, 22), (2027, 1, 1), (2028, 3, 1)].map(|(y, m, d)| Date::new(y, m, d).unwrap())
    }

    fn passes_eleven_test(bsn: &str) -> bool {
        let digits: Vec<i32> = bsn.chars().map(|digit| digit.to_digit(10).unwrap().try_into().unwrap()).collect();
        let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
        let sum: i32 = digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum();
        digits.len() == 9 && sum % 11 == 0
    }

    #[test]
    fn everyone_has_the_age_of_the_story_on_any_day() {
        for today in days() {
            let ages = World::on(today).youths().map(|youth| {
                let birthday = |age: i16| youth.born.saturating_add(age.years());
                (0..30).take_while(|age| birthday(*age) <= today).last().unwrap()
            });
            assert_eq!(ages, [7, 8, 9, 10, 13, 16, 18], "{today}");
        }
    }

    #[test]
    fn numbers_are_synthetic_and_nobody_shares_one() {
        assert!(passes_eleven_test("999990019") && !passes_eleven_test("999990018"));
        let world = World::on(days()[1]);
        for youth in world.youths() {
            assert!(youth.bsn.starts_with("9999") && passes_eleven_test(youth.bsn), "{}", youth.pupil_key);
        }
        let mut secrets = world.secrets();
        secrets.sort();
        secrets.dedup();
        assert_eq!(secrets.len(), 21);
        for organisation in ORGANISATIONS {
            assert!(organisation.oin.len() == 20 && organisation.oin.starts_with("99"), "{}", organisation.name);
        }
        for professional in PROFESSIONALS {
            let employer = ORGANISATIONS.iter().find(|known| known.oin == professional.organisation).unwrap();
            assert!(employer.desks.contains(&professional.desk), "{}", professional.id);
        }
    }

    #[test]
    fn the_truant_passes_the_threshold_within_four_weeks() {
        for today in days() {
            let pupils = World::on(today).pupils();
            let missing: Vec<_> = pupils.iter().filter(|pupil| !pupil.absences.is_empty()).collect();
            assert_eq!(missing.len(), 1);
            let unauthorised = missing[0].absences.iter().filter(|day| day.soort == "ongeoorloofd");
            assert_eq!(unauthorised.map(|day| day.uren).sum::<u16>(), 25);
            assert!(missing[0].absences.is_sorted_by(|one, next| one.datum < next.datum));
        }
    }
}
