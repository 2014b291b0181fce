// SPDX-License-Identifier: EUPL-1.2
//! Leerplicht asks a school (RL-31): the intent is recorded before the question leaves, because the question itself tells
//! the school that leerplicht is looking; the answer is cut to the recorded fields before anyone sees it.

use jiff::civil::Date;
use sluis_connectors::Personal;
use sluis_connectors::school::{AbsentDay, Attendance, Question, QuestionKind};
use sluis_policy::{AbsenceGround, AccessRequest, Action, Actor, Backing, Bsn, Desk, Field, Oin, Party, Purpose};

use super::disclosure::Sieve;
use super::found::Found;
use super::reply::is_refusal;
use super::{Asker, Broker, Disclosure, Reply, TURNS, Trouble, terms};
use crate::ledger::unit::Unit;
use crate::vault::fresh_id;

/// A question as it arrives, parsed.
#[derive(Debug, Clone)]
pub struct NewQuestion {
    /// The youth, by the number that the Leerplichtwet gives.
    pub number: Bsn,
    /// The school.
    pub school: Oin,
    /// First day asked about.
    pub from: Date,
    /// Last day asked about.
    pub until: Date,
}

/// What came back.
#[derive(Debug)]
pub enum AttendanceAnswer {
    /// The school answered.
    Answered {
        /// The asker's own pseudonym of the youth.
        pseudonym: Option<String>,
        /// The days, cut to what may be seen.
        days: Vec<AnsweredDay>,
    },
    /// The school did not answer as agreed; the code says how.
    Unanswered(&'static str),
}

/// One day of absence, cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredDay {
    /// The day.
    pub day: Option<String>,
    /// Hours missed.
    pub hours: Option<u16>,
    /// Ground.
    pub ground: Option<String>,
}

impl Broker {
    /// Asks a school for one youth's attendance.
    ///
    /// # Errors
    /// When the intent cannot be recorded; then the question did not leave.
    pub async fn ask(
        &self,
        asker: &Asker,
        actor: Actor,
        new: &NewQuestion,
    ) -> Result<Reply<AttendanceAnswer>, Trouble> {
        for _ in 0..TURNS {
            if let Some(reply) = self.ask_once(asker, actor, new).await? {
                return Ok(reply);
            }
        }
        Err(Trouble::Contended)
    }

    async fn ask_once(
        &self,
        asker: &Asker,
        actor: Actor,
        new: &NewQuestion,
    ) -> Result<Option<Reply<AttendanceAnswer>>, Trouble> {
        let (moment, id) = (self.now()?, fresh_id()?);
        let found = self.found_by_number(&new.number).await?;
        let asked = Party { organisation: new.school, desk: Desk::School };
        let facts = self.facts(found.youth(), actor.party, None, moment.today);
        let ruling = self.rule(asker, question(actor, asked), &facts, moment)?;
        let youth = match found {
            Found::Youth(youth) if !is_refusal(&ruling) => youth,
            found => return self.refuse_seen(&ruling, found.seen(), None).await,
        };
        let intent = Unit::record(ruling.record(self, Some(&youth), Some(id))?).reading(youth.read);
        let intent = terms::rows(&ruling, id, &youth)?.into_iter().fold(intent, Unit::with_obligation);
        let Some(receipt) = self.commit(intent).await? else { return Ok(None) };
        let answer = match youth.pupil_key(asked) {
            Some(key) => self.put(new, key, &hex::encode(id), &asker.trace.to_string()).await,
            None => Err("geen-leerlingsleutel"),
        };
        // The outcome is a record of its own; a missing one reads as «everything was given».
        let word = if answer.is_ok() { "beantwoord" } else { "niet_beantwoord" };
        self.commit(Unit::record(ruling.course(self, &youth.keys, id, word)?)).await?;
        let pseudonym = self.vault.pseudonym(&youth.keys, actor.party.organisation)?;
        let shown = |sieve: Sieve| match answer {
            Ok(attendance) => AttendanceAnswer::Answered {
                pseudonym: sieve.pass(Field::Pseudonym, pseudonym),
                days: attendance.afwezigheden.iter().filter_map(|day| cut(sieve, new, day)).collect(),
            },
            Err(code) => AttendanceAnswer::Unanswered(code),
        };
        Ok(Some(Reply::Released(Disclosure::permitted(&ruling, &receipt, shown)?)))
    }

    async fn put(&self, new: &NewQuestion, pupil_key: &str, id: &str, trace: &str) -> Result<Attendance, &'static str> {
        let register = self.register.load_full();
        let address = register
            .organisation(new.school)
            .and_then(|school| school.deliveries.get(&Desk::School))
            .ok_or("geen-adres")?;
        let question = Question {
            bevraging_id: id.to_owned(),
            vraag: QuestionKind::Attendance,
            leerlingsleutel: Personal::new(pupil_key),
            van: new.from.to_string(),
            tot: new.until.to_string(),
        };
        self.outbound.with_trace(trace).ask(address, &question).await.map_err(sluis_connectors::Failure::code)
    }
}

fn question(actor: Actor, asked: Party) -> AccessRequest {
    AccessRequest {
        actor,
        action: Action::Ask,
        purpose: Purpose::Leerplicht,
        receiver: actor.party,
        named: true,
        signal: None,
        asked: Some(asked),
        backing: Backing::default(),
    }
}

/// What of one day passes the sieve: never a reason, a note or a name. A day outside the question is not shown, and a
/// ground that is no code of ours is no ground: free text of a school goes to nobody.
fn cut(sieve: Sieve, question: &NewQuestion, day: &AbsentDay) -> Option<AnsweredDay> {
    let date: Date = day.datum.parse().ok()?;
    let ground: Option<AbsenceGround> = day.soort.parse().ok();
    (question.from <= date && date <= question.until).then(|| AnsweredDay {
        day: sieve.pass(Field::AbsencePeriod, date.to_string()),
        hours: sieve.pass(Field::AbsenceHours, day.uren),
        ground: sieve.pass(Field::AbsenceGround, ground.map(|ground| ground.code().to_owned())),
    })
}
