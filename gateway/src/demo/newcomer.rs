// SPDX-License-Identifier: EUPL-1.2
//! Whoever wants to try it: an own certificate, client and dated mandate, and the first three requests to paste.

use std::io;
use std::path::{Path, PathBuf};

use jiff::ToSpan;
use sluis_sandbox::provider::ProviderClient;
use sluis_sandbox::seed;

use super::DemoFault;
use super::crew::LEERLINGSYSTEEM;
use super::folder;
use super::register::Guest;
use super::stage::Stage;
use super::telling::Telling;
use crate::clock::{Clock, SystemClock};

/// OIN of the newcomer: of the test range, and nobody else's in the story.
const OIN: &str = "99000000000000000100";

/// How long the newcomer's mandate lasts, in days.
const MANDATE_DAYS: i64 = 30;

/// Nieuwe deelnemer: a vendor that tries its own system.
#[doc(alias = "deelnemer")]
pub(super) struct Newcomer {
    /// As the register knows it.
    pub(super) guest: Guest,
}

/// What somebody needs to call the gateway: who they are at the provider, and where their files lie.
pub(super) struct Ticket {
    client: String,
    holder: String,
    oin: String,
    /// With `ca.pem`, and the client's certificate and key.
    folder: PathBuf,
}

/// A name that a certificate can carry.
///
/// # Errors
/// When it is empty, too long, or has other signs than letters, digits, spaces and `.-&'`.
pub(super) fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    let plain = |letter: char| letter.is_alphanumeric() || " .-&'".contains(letter);
    if (1..=60).contains(&name.chars().count()) && name.chars().all(plain) && name.chars().any(char::is_alphanumeric) {
        Ok(name.to_owned())
    } else {
        Err("een naam heeft 1 tot 60 tekens: letters, cijfers, spaties en .-&'".into())
    }
}

impl Newcomer {
    /// A newcomer of this name, with a mandate of the primary school from today.
    pub(super) fn named(name: &str) -> Self {
        let today = SystemClock.now().today;
        let until = today.saturating_add(MANDATE_DAYS.days());
        Self { guest: Guest { name: name.to_owned(), oin: OIN, mandate: (today, until) } }
    }

    /// Makes the certificate, writes it where asked, and lets the provider know the client.
    ///
    /// # Errors
    /// When the folder exists already, or something cannot be written.
    pub(super) fn admitted(&self, stage: &Stage, wanted: Option<&Path>) -> Result<Ticket, DemoFault> {
        let Guest { name, oin, .. } = &self.guest;
        let place = wanted.map_or_else(|| Ok(stage.folder.join("deelnemer")), std::path::absolute)?;
        folder::make(&place).map_err(|trouble| named(&place, &trouble))?;
        let client = slug(name);
        stage.pki.write_ca(&place)?;
        stage.pki.client(name, oin)?.write(&place, &client)?;
        stage.provider.register(ProviderClient {
            client_id: client.clone(),
            certificate_oin: (*oin).to_owned(),
            acts_for: vec![seed::SCHOOL.to_owned()],
        });
        Ok(Ticket { client, holder: name.clone(), oin: (*oin).to_owned(), folder: place })
    }
}

fn named(place: &Path, trouble: &io::Error) -> io::Error {
    io::Error::new(trouble.kind(), format!("{}: {trouble}", place.display()))
}

/// A name of files and of a client: lower-case letters, digits and dashes. `ca` is taken.
fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    match words.collect::<Vec<_>>().join("-").as_str() {
        "" | "ca" => "deelnemer".to_owned(),
        known if [LEERLINGSYSTEEM.client, "gemeente", "vraagwijzer"].contains(&known) => format!("deelnemer-{known}"),
        free => free.to_owned(),
    }
}

impl Ticket {
    /// The one that the story itself used for the school.
    pub(super) fn of_the_story(stage: &Stage) -> Self {
        Self {
            client: LEERLINGSYSTEEM.client.to_owned(),
            holder: LEERLINGSYSTEEM.holder.to_owned(),
            oin: LEERLINGSYSTEEM.oin.to_owned(),
            folder: stage.folder.join("tls"),
        }
    }

    /// The first three requests of a school-system developer, for a shell.
    fn requests(&self, stage: &Stage) -> [String; 3] {
        let file = |name: &str| quoted(&self.folder.join(name).display().to_string());
        let curl = format!(
            "curl -sS --cacert {} \\\n  --cert {} --key {}",
            file("ca.pem"),
            file(&format!("{}.pem", self.client)),
            file(&format!("{}.key", self.client))
        );
        let (issuer, base, client) = (stage.provider.issuer(), &stage.base, &self.client);
        let signal = [
            r#"{"soort":"preventief","doel":"vroegsignalering","opNaam":false,"onderwerpen":["gedrag"],"#.to_owned(),
            format!(r#"    "jeugdige":{{"leerlingsleutel":"{}"}},"#, stage.people.worried_about.pupil_key),
            format!(r#"    "ontvangers":[{{"organisatie":"{}","loket":"wijkteam"}}]}}"#, seed::MUNICIPALITY),
        ]
        .join("\n");
        [
            format!(
                "TOKEN=$({curl} \\\n  -d grant_type=client_credentials -d client_id={client} -d oin={} \\\n  \
                 -d professional=ib.wilgenhoek {issuer}/token | sed -n {}); echo \"$TOKEN\"",
                seed::SCHOOL,
                part("access_token")
            ),
            format!(
                "ANTWOORD=$({curl} \\\n  -H \"Authorization: Bearer $TOKEN\" -H \"Idempotency-Key: proef-$$-$(date +%s)\" \\\n  \
                 -H 'Content-Type: application/json' {base}/v1/signalen \\\n  -d '{signal}'); echo \"$ANTWOORD\""
            ),
            format!(
                "{curl} \\\n  -H \"Authorization: Bearer $TOKEN\" \\\n  \
                 {base}/v1/signalen/$(echo \"$ANTWOORD\" | sed -n {}); echo",
                part("signaalId")
            ),
        ]
    }
}

/// The sed order that prints one text member of a JSON object.
fn part(name: &str) -> String {
    format!(r#"'s/.*"{name}":"\([^"]*\)".*/\1/p'"#)
}

/// A text as one word for a shell.
fn quoted(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// Says where everything is, and what to paste.
pub(super) fn invite(told: &mut Telling, stage: &Stage, ticket: &Ticket) {
    told.title("Nu zelf: waar alles is");
    told.fact("gateway", &format!("{}   (beschrijving: /v1/openapi.json)", stage.base));
    told.fact("beheer", &format!("{0}/readyz en {0}/metrics", stage.operations));
    told.fact("tokens", &format!("{}/token", stage.provider.issuer()));
    told.fact("map", &format!("{}   (bestaat zolang de demo draait)", stage.folder.path().display()));
    told.fact("deelnemer", &format!("{}, OIN {}, client `{}`", ticket.holder, ticket.oin, ticket.client));
    told.fact("bestanden", &format!("{}   (ca.pem, {1}.pem, {1}.key)", ticket.folder.display(), ticket.client));
    told.say(
        "Plak deze drie verzoeken na elkaar in een andere terminal. Een token geldt tien minuten en werkt alleen samen \
         met dit certificaat.",
    );
    let headings = ["# 1. een token", "# 2. een signaal, zonder naam", "# 3. hoe het ermee staat"];
    for (heading, request) in headings.iter().zip(ticket.requests(stage)) {
        told.block(heading, &request);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_files_and_clients_without_surprises() {
        for (given, wanted) in [
            ("Nieuw Leerlingsysteem B.V.", "nieuw-leerlingsysteem-b-v"),
            ("Éénmanszaak", "nmanszaak"),
            ("CA", "deelnemer"),
            ("日本", "deelnemer"),
            ("Gemeente", "deelnemer-gemeente"),
        ] {
            assert_eq!(slug(&name(given).unwrap()), wanted);
        }
        for refused in ["", "  ", "-", "a\"b", "../x", "a\nb", &"a".repeat(61)] {
            assert!(name(refused).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn a_folder_of_any_name_stays_one_word() {
        assert_eq!(quoted("/tmp/sluis-demo_1.x"), "/tmp/sluis-demo_1.x");
        assert_eq!(quoted("/tmp/it's mine; $(x)"), r"'/tmp/it'\''s mine; $(x)'");
    }
}
