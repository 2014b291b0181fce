// SPDX-License-Identifier: EUPL-1.2
//! What a receiver gets, field by field through the sieve of its permit.

use sluis_connectors::Personal;
use sluis_connectors::desk::{AbsenceHours, AbsencePeriod, ContactPerson, Content, RunningOrder, School, Youth};
use sluis_policy::anonymity::AgeBand;
use sluis_policy::{Desk, Enrolment, Field, Moment, Oin, Party, YouthFacts};

use super::disclosure::Sieve;
use super::{Broker, DeliveryBody, KnownYouth, Ruling, SignalBody, Trouble};
use crate::register::Register;

/// The two parts of a message that say something about a youth.
pub(crate) struct Composed {
    pub(crate) youth: Youth,
    pub(crate) content: Content,
}

impl Broker {
    /// Composes what the receiver of a ruling may get. Every value passes the sieve; what it holds back does not leave.
    pub(crate) fn compose(
        &self,
        sieve: Sieve,
        ruling: &Ruling,
        (youth, signal, body): (&KnownYouth, &SignalBody, &DeliveryBody),
    ) -> Result<Composed, Trouble> {
        let (receiver, moment) = (ruling.request.receiver, ruling.moment);
        let pseudonym = self.vault.pseudonym(&youth.keys, receiver.organisation)?;
        let (register, facts) = (self.register.load(), youth.facts_on(moment.today));
        let school = school_of(&facts, signal.facts.sender, moment).and_then(|school| register.organisation(school));
        let school = school.map(|found| School { oin: found.oin.to_string(), naam: Personal::new(&found.name) });
        let number = body.number.as_deref().or(youth.number.as_ref().map(sluis_policy::Bsn::expose));
        let band =
            if youth.is_nobody() { body.besides.age_band } else { AgeBand::of(youth.facts.age_on(moment.today)) };
        let about = about(sieve, (youth, number), (pseudonym, school), band);
        let content = Content {
            maatregel: sieve.pass(Field::Order, order_of(&facts, signal.facts.sender, moment)),
            contact_woongemeente: sieve.pass(Field::HomeContact, home_contact(&register, &facts, moment)),
            ..said(sieve, ruling, (signal, body))
        };
        Ok(Composed { youth: about, content })
    }
}

fn about(
    sieve: Sieve,
    (youth, number): (&KnownYouth, Option<&str>),
    (pseudonym, school): (String, Option<School>),
    band: Option<AgeBand>,
) -> Youth {
    let identity = youth.identity.as_ref();
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

/// The school where the youth is enrolled: the sender, where that is one.
fn school_of(facts: &YouthFacts, sender: Party, moment: Moment) -> Option<Oin> {
    if sender.desk == Desk::School {
        return Some(sender.organisation);
    }
    let today = |enrolment: &&Enrolment| enrolment.period.contains(moment.today);
    facts.enrolments.iter().find(today).map(|enrolment| enrolment.school.organisation)
}

/// The order of the asking institution that runs, so that whoever answers can check on what it leans.
fn order_of(facts: &YouthFacts, institution: Party, moment: Moment) -> Option<RunningOrder> {
    let running = facts.orders.iter().find(|order| {
        let leans = order.institution == institution && order.kind.gives_information_right();
        leans && order.period.contains(moment.today)
    })?;
    Some(RunningOrder { soort: running.kind.code().to_owned(), tot: running.period.until.map(|day| day.to_string()) })
}

/// Whom to reach in the municipality that answers for help (002-16): its team, and otherwise its access desk.
fn home_contact(register: &Register, facts: &YouthFacts, moment: Moment) -> Option<ContactPerson> {
    let home = facts.help_home_on(moment.today)?;
    let of = |desk| register.organisations().find(|known| known.serves_there(desk, home));
    let found = of(Desk::Wijkteam).or_else(|| of(Desk::AccessDesk))?;
    let contact = found.contacts.iter().find(|contact| contact.desk != Desk::Leerplicht);
    Some(ContactPerson {
        naam: Personal::new(&found.name),
        telefoon: contact.and_then(|contact| contact.telephone.as_deref()).map(Personal::new),
        email: contact.and_then(|contact| contact.email.as_deref()).map(Personal::new),
    })
}

fn said(sieve: Sieve, ruling: &Ruling, (signal, body): (&SignalBody, &DeliveryBody)) -> Content {
    let besides = &body.besides;
    let lacking: Vec<String> = ruling.lacking().iter().map(|gate| gate.code().to_owned()).collect();
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
        aanvrager: sieve
            .pass(Field::Applicant, besides.applicant.as_ref().map(|applicant| Personal::new(&applicant.name))),
        ontvangen_op: sieve.pass(Field::ReceivedOn, besides.received_on.map(|day| day.to_string())),
        onvolledig: sieve.pass(Field::Incomplete, (!lacking.is_empty()).then_some(lacking)),
        opp_kenmerk: sieve.pass(Field::OppReference, besides.opp_reference.as_deref().map(Personal::new)),
        trede: sieve.pass(Field::EscalationStep, besides.step),
        reden: sieve.pass(Field::ReasonCode, besides.reason.map(|reason| reason.code().to_owned())),
        maatregel: None,
        contact_woongemeente: None,
    }
}
