// SPDX-License-Identifier: EUPL-1.2

use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;

use super::*;

const REGISTER: &str = r#"# Dit staat hier met een reden.
[[organisation]]
oin = "99000000000000000010"
name = "Basisschool De Wilgenhoek"   # zo heet zij
desks = [ "school" ]
fetches = ["school"]
issuers = ["https://inloggen.school.test"]
[[organisation.location]]
code = "99ZZ00"
pupils = { 8 = 25 }

[[organisation]]
oin = "99000000000000000001"
name = "Rietveld Leerlingsystemen"

[[mandate]]
school = "99000000000000000010"
vendor = "99000000000000000001"
from = 2026-01-01

[[professional]]
organisation = "99000000000000000010"
id = "ib.jansen"
[[professional.role]]
role = "intern_begeleider"
desk = "school"
from = 2026-01-01
"#;

struct Trial {
    folder: TempDir,
}

impl Trial {
    fn new() -> Self {
        let trial = Self { folder: TempDir::new().unwrap() };
        fs::write(trial.register(), REGISTER).unwrap();
        trial
    }

    fn register(&self) -> PathBuf {
        self.folder.path().join("register.toml")
    }

    fn sheet(&self, name: &str, text: &str) -> Option<PathBuf> {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        Some(path)
    }

    fn import(&self, sheets: &Sheets) -> Result<Import, Vec<String>> {
        let reach = Reach::new(["inloggen.school.test".parse().unwrap()], []);
        let short = |fault: LineFault| fault.to_string().replace(&format!("{}/", self.folder.path().display()), "");
        Import::of(&self.register(), sheets, &reach).map_err(|faults| faults.into_iter().map(short).collect())
    }
}

#[test]
fn rows_add_and_change_and_leave_the_rest_as_it_was() {
    let trial = Trial::new();
    let sheets = Sheets {
        organisations: trial.sheet(
            "o.csv",
            "oin;name;desks;fetches;municipality\n99000000000000000010;Basisschool De Wilgenhoek;school;school;\n\
             99000000000000000020;\"Gemeente; Verderop\";wijkteam leerplicht;wijkteam leerplicht;0344\n",
        ),
        mandates: trial.sheet("m.csv", "school,vendor,from,until\n99000000000000000010,99000000000000000001,2026-01-01,2027-01-01\n"),
        professionals: trial.sheet("p.csv", "organisation,id\n99000000000000000010,ib.jansen\n99000000000000000020,c.pietersen\n"),
        roles: trial.sheet(
            "r.csv",
            "\u{feff}organisation,id,role,desk,from,until\r\n99000000000000000020,c.pietersen,consulent,wijkteam,2026-09-01,\r\n\
             99000000000000000010,ib.jansen,intern_begeleider,school,2026-01-01,\r\n",
        ),
        ..Sheets::default()
    };
    let import = trial.import(&sheets).unwrap();
    let told: Vec<_> =
        import.changes.iter().map(|change| (change.kind.clone(), change.what.as_str(), change.line)).collect();
    assert_eq!(
        told,
        [
            (Kind::New, "organisatie 99000000000000000020", 3),
            (Kind::Changed(vec!["until"]), "mandaat van 99000000000000000010 voor 99000000000000000001", 2),
            (Kind::New, "medewerker bij 99000000000000000020", 3),
            (Kind::New, "rol consulent bij 99000000000000000020", 2),
        ]
    );
    assert!(import.changes.iter().all(|change| !change.to_string().contains("pietersen")), "no id on a screen");
    assert_eq!(fs::read_to_string(trial.register()).unwrap(), REGISTER, "nothing is written yet");

    fs::set_permissions(trial.register(), fs::Permissions::from_mode(0o640)).unwrap();
    import.write(&trial.register()).unwrap();
    let text = fs::read_to_string(trial.register()).unwrap();
    for kept in ["# Dit staat hier met een reden.", "# zo heet zij", "desks = [ \"school\" ]", "pupils = { 8 = 25 }"] {
        assert!(text.contains(kept), "{kept} in {text}");
    }
    assert_eq!(fs::metadata(trial.register()).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(trial.import(&sheets).unwrap().changes.is_empty(), "and once more changes nothing");
    assert_eq!(fs::read_dir(trial.folder.path()).unwrap().count(), 5, "nothing is left beside it");
}

/// Each sheet, and every fault in it.
#[test]
fn all_faults_are_told_at_once_with_their_lines() {
    let trial = Trial::new();
    let sheets = Sheets {
        organisations: trial.sheet(
            "o.csv",
            "oin,name,desks,issuers\n123,Kort,school,\n99000000000000000030,,loket,https://elders.test\n\
             99000000000000000010,Wilgenhoek,school,\n99000000000000000010,Wilgenhoek,school,\n",
        ),
        mandates: trial.sheet(
            "m.csv",
            "school,vendor,from,until\n99000000000000000010,99000000000000000099,2026-01-01,\n\
             99000000000000000010,99000000000000000001,gisteren,\n99000000000000000010,99000000000000000001,2026-06-01,\n",
        ),
        professionals: trial.sheet("p.csv", "organisation,naam\n99000000000000000010,jansen\n"),
        roles: trial.sheet(
            "r.csv",
            "organisation,id,role,desk,from,until\n99000000000000000010,onbekend,leerkracht,school,2026-01-01,\n\
             99000000000000000010,ib.jansen,baas,school,2026-01-01,\n99000000000000000010,ib.jansen,leerkracht,wijkteam,2026-02-01,\n\
             99000000000000000010,ib.jansen,leerkracht,school,2026-02-01,2026-02-01\n99000000000000000010,ib.jansen\n",
        ),
        ..Sheets::default()
    };
    let faults = trial.import(&sheets).unwrap_err();
    for (wanted, of) in [
        ("m.csv, regel 2", "`vendor`"),
        ("m.csv, regel 3", "`from`"),
        ("m.csv, regel 4", "overlaps"),
        ("o.csv, regel 2", "twenty digits"),
        ("o.csv, regel 3", "`name`"),
        ("o.csv, regel 3", "`desks[0]`"),
        ("o.csv, regel 3", "`issuers[0]`"),
        ("o.csv, regel 5", "staat ook in"),
        ("p.csv, regel 1", "kolom 2 is onbekend"),
        ("p.csv, regel 1", "kolom `id` ontbreekt"),
        ("r.csv, regel 2", "deze medewerker"),
        ("r.csv, regel 3", "`role`"),
        ("r.csv, regel 4", "`desk`"),
        ("r.csv, regel 5", "`until`"),
        ("r.csv, regel 6", "2 cellen"),
    ] {
        assert!(
            faults.iter().any(|fault| fault.starts_with(wanted) && fault.contains(of)),
            "{wanted} {of} in {faults:#?}"
        );
    }
    assert!(faults.iter().all(|fault| !fault.contains("jansen") && !fault.contains("onbekend:")), "{faults:#?}");
    assert_eq!(fs::read_to_string(trial.register()).unwrap(), REGISTER);
}

/// 002-05, 002-19, 001-12: the directory comes in and goes out again, and what came out changes nothing.
#[test]
fn a_directory_goes_in_and_comes_out_as_it_went_in() {
    let trial = Trial::new();
    let sheets = Sheets {
        organisations: trial.sheet(
            "o.csv",
            "oin;name;aliases;desks;fetches;municipality;serves\n\
             99000000000000000010;Basisschool De Wilgenhoek;De Wilgenhoek | Wilgenhoek;school;school;0344;\n\
             99000000000000000020;Gemeente Verderop;;wijkteam rmc;wijkteam rmc;0344;rmc:0344 rmc:0345\n",
        ),
        locations: trial.sheet("l.csv", "organisation,code,pupils\n99000000000000000010,99ZZ01,7:31 8:12\n"),
        ties: trial.sheet(
            "k.csv",
            "school,location,kind,organisation,desk,name,from,until,substitute,telephone\n\
             99000000000000000010,99ZZ00,contactpersoon,99000000000000000020,wijkteam,Team Noord,2026-01-01,,,010-0000000\n\
             99000000000000000010,99ZZ00,contactpersoon,99000000000000000020,wijkteam,Team Zuid,2026-07-01,2026-09-01,ja,010-0000001\n\
             99000000000000000010,,tandem,99000000000000000020,wijkteam,Team Noord,2026-01-01,,,010-0000000\n",
        ),
        ..Sheets::default()
    };
    let import = trial.import(&sheets).unwrap();
    assert_eq!(import.changes.len(), 6, "{:?}", import.changes);
    import.write(&trial.register()).unwrap();
    let reach = Reach::new(["inloggen.school.test".parse().unwrap()], []);
    let register = Register::parse(&fs::read_to_string(trial.register()).unwrap(), &reach).unwrap();
    let contact = |day: &str| {
        let school = ("99000000000000000010".parse().unwrap(), Some("99ZZ00"));
        let tied = register.tied(school, sluis_policy::routing::LinkKind::Contact, day.parse().unwrap());
        tied.into_iter().map(|tie| tie.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        ["2025-12-31", "2026-06-30", "2026-07-01", "2026-09-01"].map(contact),
        [vec![], vec!["Team Noord".to_owned()], vec!["Team Zuid".to_owned()], vec!["Team Noord".to_owned()]]
    );
    let out = |at: usize| {
        let sheet = export(&register).unwrap().swap_remove(at);
        trial.sheet(sheet.file, &String::from_utf8(sheet.text).unwrap())
    };
    let again = Sheets { organisations: out(0), locations: out(1), ties: out(2), ..Sheets::default() };
    assert!(trial.import(&again).unwrap().changes.is_empty(), "{:?}", trial.import(&again).unwrap().changes);
}

/// Bad input: every fault of the directory, and nothing half-imported.
#[test]
fn a_directory_with_faults_is_refused_whole() {
    let trial = Trial::new();
    let sheets = Sheets {
        organisations: trial.sheet(
            "o.csv",
            "oin,name,desks,fetches,municipality,serves\n\
             99000000000000000020,Gemeente Verderop,wijkteam,wijkteam,0345,rmc:0344\n\
             99000000000000000020,Gemeente Verderop,wijkteam,wijkteam,0345,\n\
             99000000000000000010,Wilgenhoek,school,school,0344,overal\n",
        ),
        locations: trial.sheet(
            "l.csv",
            "organisation,code,pupils\n99000000000000000099,99ZZ01,\n99000000000000000010,99ZZ01,veel\n",
        ),
        ties: trial.sheet(
            "k.csv",
            "school,location,kind,organisation,desk,name,from,until,substitute,telephone\n\
             99000000000000000010,,contactpersoon,99000000000000000020,wijkteam,Team,2026-01-01,,,010-0\n\
             99000000000000000010,99ZZ77,tandem,99000000000000000020,wijkteam,Team,2026-01-01,,,010-0\n\
             99000000000000000010,,tandem,99000000000000000020,leerplicht,Team,2026-01-01,,misschien,010-0\n\
             99000000000000000010,,tandem,99000000000000000098,wijkteam,Team,2026-01-01,,,\n\
             99000000000000000020,,vriend,99000000000000000020,wijkteam,Team,2026-01-01,,,010-0\n",
        ),
        ..Sheets::default()
    };
    let faults = trial.import(&sheets).unwrap_err();
    for (wanted, of) in [
        ("o.csv, regel 3", "staat ook in"),
        ("o.csv, regel 4", "`serves`"),
        ("l.csv, regel 2", "`organisation`"),
        ("l.csv, regel 3", "`pupils`"),
        ("k.csv, regel 2", "does not serve the municipality where this school stands"),
        ("k.csv, regel 3", "is not a location of this school"),
        ("k.csv, regel 4", "`substitute`"),
        ("k.csv, regel 4", "is not among the desks of this organisation"),
        ("k.csv, regel 5", "is not an organisation of this register"),
        ("k.csv, regel 5", "a telephone number or an e-mail address is needed"),
        ("k.csv, regel 6", "`kind`"),
    ] {
        assert!(
            faults.iter().any(|fault| fault.starts_with(wanted) && fault.contains(of)),
            "{wanted} {of} in {faults:#?}"
        );
    }
    assert_eq!(fs::read_to_string(trial.register()).unwrap(), REGISTER);
}

#[test]
fn a_sheet_that_is_no_sheet_is_named() {
    let trial = Trial::new();
    let latin = trial.folder.path().join("latin.csv");
    fs::write(&latin, b"oin,name\n99000000000000000020,Caf\xe9\n").unwrap();
    for (path, word) in [(latin, "UTF-8"), (trial.folder.path().join("nergens.csv"), "No such file")] {
        let sheets = Sheets { organisations: Some(path), ..Sheets::default() };
        let faults = trial.import(&sheets).unwrap_err();
        assert!(faults.len() == 1 && faults[0].contains(word), "{faults:?}");
    }
    let twice = Sheets { organisations: trial.sheet("t.csv", "oin,oin\n"), ..Sheets::default() };
    assert!(trial.import(&twice).unwrap_err()[0].contains("twee keer"));
}
