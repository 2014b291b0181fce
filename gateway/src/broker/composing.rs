// SPDX-License-Identifier: EUPL-1.2
//! What a receiver gets, field by field through the sieve of its permit.

use sluis_connectors::Personal;
use sluis_connectors::desk::{AbsenceHours, AbsencePeriod, ContactPerson, Content, School, Youth};
use sluis_policy::anonymity::AgeBand;
use sluis_policy::{Field, Moment, Party};

use super::disclosure::Sieve;
use super::{Broker, DeliveryBody, KnownYouth, SignalBody, Trouble};

/// The two parts of a message that say something about a youth.
pub(crate) struct Composed {
    pub(crate) youth: Youth,
    pub(crate) content: Content,
}

impl Broker {
    /// Composes what `receiver` may get. Every value passes the sieve; what it holds back does not leave.
    pub(crate) fn compose(
        &self,
        sieve: Sieve,
        receiver: Party,
        (youth, signal, body): (&KnownYouth, &SignalBody, &DeliveryBody),
        moment: Moment,
    ) -> Result<Composed, Trouble> {
        let pseudonym = self.vault.pseudonym(youth.id(), receiver.organisation)?;
        let school = self
            .register
            .load()
            .organisation(signal.facts.sender.organisation)
            .map(|found| School { oin: found.oin.to_string(), naam: Personal::new(&found.name) });
        let number = body.number.as_deref().or(youth.number.as_ref().map(sluis_policy::Bsn::expose));
        let about = about(sieve, (youth, number), (pseudonym, school), moment);
        Ok(Composed { youth: about, content: said(sieve, signal, body) })
    }
}

fn about(
    sieve: Sieve,
    (youth, number): (&KnownYouth, Option<&str>),
    (pseudonym, school): (String, Option<School>),
    moment: Moment,
) -> Youth {
    let identity = youth.identity.as_ref();
    let band = AgeBand::of(youth.facts.age_on(moment.today));
    Youth {
        pseudoniem: sieve.pass(Field::Pseudonym, pseudonym),
        leeftijdsband: sieve.pass(Field::AgeBand, band.map(|band| band.code().to_owned())),
        gemeente: sieve.pass(Field::Municipality, youth.facts.home.map(|home| home.to_string())),
        bsn: sieve.pass(Field::Bsn, number.map(Personal::new)),
        voornamen: sieve.pass(Field::GivenNames, identity.map(|identity| Personal::new(&identity.given_names))),
        achternaam: sieve.pass(Field::Surname, identity.map(|identity| Personal::new(&identity.surname))),
        geboortedatum: sieve.pass(Field::BirthDate, Personal::new(youth.facts.born.to_string())),
        postcode: sieve.pass(Field::Postcode, identity.map(|identity| Personal::new(&identity.postcode))),
        school: sieve.pass(Field::School, school),
    }
}

fn said(sieve: Sieve, signal: &SignalBody, body: &DeliveryBody) -> Content {
    let topics: Vec<String> = signal.facts.topics.iter().map(|topic| topic.code().to_owned()).collect();
    let absence = signal.facts.absence.as_ref();
    let contact =
        body.contact.as_deref().map(|name| ContactPerson { naam: Personal::new(name), telefoon: None, email: None });
    Content {
        onderwerpen: sieve.pass(Field::Topics, (!topics.is_empty()).then_some(topics)),
        omschrijving: sieve.pass(Field::Description, body.description.as_deref().map(Personal::new)),
        besproken_met_ouders: sieve.pass(Field::DiscussedWithParents, body.discussed_on.map(|day| day.to_string())),
        contactpersoon: sieve.pass(Field::SenderContact, contact),
        verzuim_periode: sieve.pass(
            Field::AbsencePeriod,
            absence.map(|absence| AbsencePeriod {
                van: absence.from.to_string(),
                tot: absence.until.map(|day| day.to_string()),
            }),
        ),
        verzuim_uren: sieve.pass(
            Field::AbsenceHours,
            absence.map(|absence| AbsenceHours {
                uren_in_vier_weken: absence.hours_in_four_weeks,
                weken_onafgebroken: absence.unbroken_weeks,
            }),
        ),
        verzuim_soort: sieve.pass(Field::AbsenceGround, absence.map(|absence| absence.ground.code().to_owned())),
    }
}
