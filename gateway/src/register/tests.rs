// SPDX-License-Identifier: EUPL-1.2
use jiff::civil::date;

use super::*;

const WHOLE: &str = r#"
[[organisation]]
oin = "99000000000000000001"
name = "Basisschool De Wilgenboom"
desks = ["school"]
municipality = "0363"
issuers = ["https://idp.test/de-wilgenboom"]
deliveries = { school = "https://systeem.test/wilgenboom" }
[[organisation.contact]]
name = "Intern begeleider"
desk = "school"
telephone = "010-0000000"
[[organisation.location]]
code = "99ZZ00"
pupils = { 7 = 31, 8 = 12 }
[[organisation.location]]
code = "99ZZ01"
pupils = { 7 = 9 }

[[organisation]]
oin = "99000000000000000002"
name = "Leerlingsysteem BV"

[[mandate]]
school = "99000000000000000001"
vendor = "99000000000000000002"
from = 2026-01-01
until = 2026-07-01

[[consent_text]]
version = "2026-1"
language = "nl"
from = 2026-01-01
until = 2026-09-01
notice = "https://wilgenboom.test/delen"
retention = "twee jaar"
storage = "bij de school"
withdrawal = "bij de intern begeleider"

[[professional]]
organisation = "99000000000000000001"
id = "p-1"
[[professional.role]]
role = "intern_begeleider"
desk = "school"
from = 2025-08-01
until = 2026-08-01
"#;

const SCHOOL: &str = "99000000000000000001";
const VENDOR: &str = "99000000000000000002";

fn reach() -> Reach {
    Reach::new(["idp.test", "systeem.test"].map(|host| host.parse().unwrap()), [])
}

fn oin(text: &str) -> Oin {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn rl_26_a_mandate_that_ended_at_midnight_no_longer_counts() {
    let register = Register::parse(WHOLE, &reach()).unwrap();
    for (today, counts) in [("2025-12-31", false), ("2026-01-01", true), ("2026-06-30", true), ("2026-07-01", false)] {
        assert_eq!(register.mandate(oin(VENDOR), oin(SCHOOL), day(today)).is_some(), counts, "{today}");
    }
    assert!(register.mandate(oin(SCHOOL), oin(VENDOR), day("2026-03-01")).is_none(), "a mandate has a direction");
}

#[test]
fn a_role_counts_only_at_its_own_organisation_and_until_its_end() {
    let register = Register::parse(WHOLE, &reach()).unwrap();
    let held = |organisation, id, today| register.assignments(oin(organisation), id, day(today)).count();
    assert_eq!(held(SCHOOL, "p-1", "2026-07-31"), 1);
    assert_eq!(held(SCHOOL, "p-1", "2026-08-01"), 0);
    assert_eq!(held(SCHOOL, "p-2", "2026-03-01"), 0);
    assert_eq!(held(VENDOR, "p-1", "2026-03-01"), 0);
}

#[test]
fn rl_23_the_smallest_location_counts_and_a_missing_count_is_unknown() {
    let register = Register::parse(WHOLE, &reach()).unwrap();
    let size = |location, age| register.group_size(oin(SCHOOL), location, age);
    assert_eq!(size(Some("99ZZ00"), 7), Some(31));
    assert_eq!(size(None, 7), Some(9));
    assert_eq!(size(None, 8), None, "one location has no count for this age");
    assert_eq!(size(Some("99ZZ09"), 7), None);
    assert_eq!(register.group_size(oin(VENDOR), None, 7), None);
}

#[test]
fn an_issuer_speaks_only_for_the_organisations_that_named_it() {
    let register = Register::parse(WHOLE, &reach()).unwrap();
    assert!(register.issuer_speaks_for("https://idp.test/de-wilgenboom", oin(SCHOOL)));
    assert!(!register.issuer_speaks_for("https://idp.test/de-wilgenboom/", oin(SCHOOL)), "compared exactly");
    assert!(!register.issuer_speaks_for("https://idp.test/de-wilgenboom", oin(VENDOR)));
}

/// Each row: what is replaced, by what, and the paths of the faults, all of them.
#[test]
fn every_fault_is_named_by_its_path() {
    let rows: &[(&str, &str, &[&str])] = &[
        (
            "99000000000000000001",
            "9900000000000000001",
            &["mandate[0].school", "organisation[0].oin", "professional[0].organisation"],
        ),
        (
            "name = \"Basisschool De Wilgenboom\"",
            "naam = \"x\"",
            &["mandate[0].school", "organisation[0].naam", "organisation[0].name", "professional[0].organisation"],
        ),
        (
            "oin = \"99000000000000000002\"",
            "oin = \"99000000000000000001\"",
            &["mandate[0].vendor", "organisation[1].oin"],
        ),
        ("desks = [\"school\"]", "desks = [\"school\", \"kantine\"]", &["organisation[0].desks[1]"]),
        ("desks = [\"school\"]", "desks = [\"school\", \"school\"]", &["organisation[0].desks"]),
        ("\"0363\"", "\"363\"", &["organisation[0].municipality"]),
        ("https://idp.test/de-wilgenboom", "http://idp.test/", &["organisation[0].issuers[0]"]),
        ("https://idp.test/de-wilgenboom", "https://elders.test/", &["organisation[0].issuers[0]"]),
        ("https://idp.test/de-wilgenboom", "https://idp.test/?x", &["organisation[0].issuers[0]"]),
        ("{ school =", "{ wijkteam =", &["organisation[0].deliveries.school", "organisation[0].deliveries.wijkteam"]),
        ("{ school =", "{ kantine =", &["organisation[0].deliveries.kantine", "organisation[0].deliveries.school"]),
        (
            "desks = [\"school\"]",
            "desks = [\"school\", \"wijkteam\", \"leerplicht\"]",
            &["organisation[0].deliveries.leerplicht", "organisation[0].deliveries.wijkteam"],
        ),
        ("desks = [\"school\"]", "desks = [\"school\"]\nfetches = [\"school\"]", &["organisation[0].fetches"]),
        ("deliveries = {", "fetches = [\"leerplicht\"]\ndeliveries = {", &["organisation[0].fetches[0]"]),
        ("https://systeem.test/wilgenboom", "https://169.254.169.254/", &["organisation[0].deliveries.school"]),
        ("telephone = \"010-0000000\"", "", &["organisation[0].contact[0].telephone"]),
        ("99ZZ01", "99ZZ00", &["organisation[0].location[1].code"]),
        ("7 = 9", "7 = -1", &["organisation[0].location[1].pupils.7"]),
        ("7 = 9", "zeven = 9", &["organisation[0].location[1].pupils.zeven"]),
        ("vendor = \"99000000000000000002\"", "vendor = \"99000000000000000003\"", &["mandate[0].vendor"]),
        ("vendor = \"99000000000000000002\"", "vendor = \"99000000000000000001\"", &["mandate[0].vendor"]),
        ("until = 2026-07-01", "until = 2026-01-01", &["mandate[0].until"]),
        ("until = 2026-07-01", "until = \"morgen\"", &["mandate[0].until"]),
        (
            "[[professional]]",
            "[[mandate]]\nschool = \"99000000000000000001\"\nvendor = \"99000000000000000002\"\nfrom = 2026-06-30\n[[professional]]",
            &["mandate[1].from"],
        ),
        (
            "[[professional]]",
            "[[professional]]\norganisation = \"99000000000000000001\"\nid = \"p-1\"\n[[professional]]",
            &["professional[1].id"],
        ),
        ("id = \"p-1\"", "id = \"p-1\"\ncare_register = \"kvk\"", &["professional[0].care_register"]),
        ("intern_begeleider", "tovenaar", &["professional[0].role[0].role"]),
        ("intern_begeleider", "systeem", &["professional[0].role[0].role"]),
        (
            "role = \"intern_begeleider\"\ndesk = \"school\"",
            "role = \"intern_begeleider\"\ndesk = \"wijkteam\"",
            &["professional[0].role[0].desk"],
        ),
        ("from = 2025-08-01", "from = 2025-08-01T00:00:00", &["professional[0].role[0].from"]),
    ];
    for (old, new, paths) in rows {
        let text = WHOLE.replacen(old, new, 1);
        assert_ne!(text, WHOLE, "the row must change something: {old}");
        let faults = Register::parse(&text, &reach()).unwrap_err();
        let found: Vec<_> = faults.list().iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(&found, paths, "{old} -> {new}\n{faults}");
    }
}

#[test]
fn a_desk_is_delivered_to_or_fetches_and_a_gateway_does_neither() {
    let text = WHOLE.replacen(
        "desks = [\"school\"]",
        "desks = [\"school\", \"samenwerkingsverband\", \"sluis\"]\nfetches = [\"samenwerkingsverband\"]",
        1,
    );
    let register = Register::parse(&text, &reach()).unwrap();
    let way = |organisation, desk| register.way(Party { organisation: oin(organisation), desk });
    assert_eq!(way(SCHOOL, Desk::School), Some(Way::Delivered("https://systeem.test/wilgenboom".parse().unwrap())));
    assert_eq!(way(SCHOOL, Desk::Samenwerkingsverband), Some(Way::Fetched));
    assert_eq!(way(SCHOOL, Desk::Gateway), None);
    assert_eq!(way(SCHOOL, Desk::Wijkteam), None);
    assert_eq!(way(VENDOR, Desk::School), None);
}

#[test]
fn an_empty_register_is_refused() {
    assert!(Register::parse("", &reach()).is_err());
}

#[test]
fn a_text_of_consent_counts_while_it_is_in_use() {
    let register = Register::parse(WHOLE, &reach()).unwrap();
    let text = register.text("2026-1").unwrap();
    for (on, used) in [("2025-12-31", false), ("2026-01-01", true), ("2026-08-31", true), ("2026-09-01", false)] {
        assert_eq!(text.was_in_use_on(day(on)), used, "{on}");
    }
    assert_eq!(register.text("2026-2"), None);
    let second = "\n[[consent_text]]\nversion = \"2026-1\"\nlanguage = \"nl\"\nfrom = 2026-09-01\nnotice = \"x\"\n\
                  retention = \"x\"\nstorage = \"x\"\nwithdrawal = \"x\"\n";
    let twice = format!("{WHOLE}{second}");
    let faults = Register::parse(&twice, &reach()).unwrap_err();
    assert_eq!(faults.list()[0].path, "consent_text[1].version");
    let faults = Register::parse(&WHOLE.replace("language = \"nl\"\n", ""), &reach()).unwrap_err();
    assert_eq!(faults.list()[0].path, "consent_text[0].language");
}

/// RL-05: only the register says in which care register somebody stands.
#[test]
fn a_care_register_is_known_of_whom_it_is_said() {
    let school = SCHOOL.parse().unwrap();
    let found = |text: &str, id: &str| Register::parse(text, &reach()).unwrap().care_register(school, id);
    let text = WHOLE.replacen("id = \"p-1\"", "id = \"p-1\"\ncare_register = \"skj\"", 1);
    assert_eq!(found(&text, "p-1"), Some(sluis_policy::CareRegister::Skj));
    assert_eq!(found(&text, "p-2"), None);
    assert_eq!(found(WHOLE, "p-1"), None);
}

#[test]
fn who_is_appointed_to_report_to_the_index_is_so_on_its_days() {
    let appointed = "[[professional.index_reporter]]\nfrom = 2026-01-01\nuntil = 2026-07-01\n";
    let text = format!("{WHOLE}{appointed}");
    let register = Register::parse(&text, &reach()).unwrap();
    for (id, day, counts) in [
        ("p-1", date(2025, 12, 31), false),
        ("p-1", date(2026, 1, 1), true),
        ("p-1", date(2026, 6, 30), true),
        ("p-1", date(2026, 7, 1), false),
        ("p-2", date(2026, 2, 1), false),
    ] {
        assert_eq!(register.index_reporter(oin(SCHOOL), id, day).is_some(), counts, "{id} {day}");
    }
    assert!(register.index_reporter(oin(VENDOR), "p-1", date(2026, 2, 1)).is_none());
    let faults = Register::parse(&format!("{text}{appointed}"), &reach()).unwrap_err();
    assert_eq!(faults.list()[0].path, "professional[0].index_reporter[1].from");
}
