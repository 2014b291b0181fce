// SPDX-License-Identifier: EUPL-1.2
//! The files in which the log is taken along, held against the schemas of the standards that they follow, by a validator that
//! is not ours. The files are kept beside the schemas; the gateway's own test holds them to what it writes.

use std::fs;

use serde_json::Value;

use crate::tools::{python_program, root, run, workbench};

const AUDIENCES: [&str; 5] = ["functionaris", "gemeente", "school", "betrokkene", "siem"];

/// Judges each line of a file, and says how many there were.
const JUDGE: &str = "\
import json, sys
import jsonschema_rs
validator = jsonschema_rs.validator_for(json.load(open(sys.argv[1])))
lines = [json.loads(line) for line in open(sys.argv[2])]
for line in lines:
    validator.validate(line)
print(len(lines))
";

fn judged(schema: &str, file: &std::path::Path) -> Result<usize, String> {
    let schema = root().join("tests/standards/exports").join(schema);
    let done = run(python_program("python").args(["-c", JUDGE]).arg(schema).arg(file));
    if done.well { Ok(done.output.trim().parse().unwrap()) } else { Err(done.said()) }
}

/// L10: what each audience gets is a valid record of its standard; and the schemas can say no.
#[test]
fn l10_what_is_taken_along_is_valid_for_others() {
    let folder = workbench("exports");
    for (format, schema, lines) in
        [("ldv", "ldv.schema.json", 5), ("adl", "adl.schema.json", 3), ("auditevent", "auditevent.schema.json", 5)]
    {
        for audience in AUDIENCES {
            let file = root().join(format!("tests/standards/exports/{format}-{audience}.ndjson"));
            assert_eq!(judged(schema, &file), Ok(lines), "{format} for {audience}");
        }
        let whole = fs::read_to_string(root().join(format!("tests/standards/exports/{format}-functionaris.ndjson")));
        let first: Value = serde_json::from_str(whole.unwrap().lines().next().unwrap()).unwrap();
        for member in first.as_object().unwrap().keys() {
            // FHIR leaves these free.
            if ["id", "subtype", "outcomeDesc", "entity"].contains(&member.as_str()) {
                continue;
            }
            let mut without = first.clone();
            without.as_object_mut().unwrap().remove(member);
            let file = folder.join(format!("{format}-without-{member}.ndjson"));
            fs::write(&file, format!("{without}\n")).unwrap();
            assert!(judged(schema, &file).is_err(), "{format} is judged without {member}");
        }
    }
    // No user in a processing record, and no number of a person as its subject.
    let whole = fs::read_to_string(root().join("tests/standards/exports/ldv-functionaris.ndjson")).unwrap();
    let first: Value = serde_json::from_str(whole.lines().next().unwrap()).unwrap();
    for (name, value) in
        [("dpl.core.user", "ib-1"), ("dpl.core.data_subject_id", "999990019"), ("sluis.medewerker", "x")]
    {
        let mut spoiled = first.clone();
        spoiled["attributes"][name] = value.into();
        let file = folder.join("ldv-spoiled.ndjson");
        fs::write(&file, format!("{spoiled}\n")).unwrap();
        assert!(judged("ldv.schema.json", &file).is_err(), "{name}");
    }
}
