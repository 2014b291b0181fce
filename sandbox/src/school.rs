// SPDX-License-Identifier: EUPL-1.2
//! A school administration system as its vendor runs it for several schools: it answers questions for a pupil's
//! attendance from its own register, with more than anyone may see, and takes in signals and what became of them.

use std::{collections::BTreeMap, io, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, ServiceConfig},
};
use sluis_connectors::{
    Personal,
    school::{AbsentDay, Attendance, Question},
};

use crate::{
    behaviour::answer,
    counterpart::{Counterpart, Mailbox, Refusal, Settings},
    desk::resources,
};

/// Leerling: what the school system keeps about one pupil's attendance.
#[doc(alias = "leerling")]
#[derive(Clone, Debug)]
pub struct Pupil {
    /// OIN of the school.
    pub school: String,
    /// The school's own key of the pupil.
    pub pupil_key: String,
    /// Group or class.
    pub group: String,
    /// Name of the mentor.
    pub mentor: String,
    /// Each absence, with reasons and notes that nobody outside the school needs.
    pub absences: Vec<AbsentDay>,
}

/// Starts a school system. A school's base address is the counterpart's address with the school's OIN as its path.
///
/// # Errors
/// When certificates cannot be made or no port is free.
pub async fn start(settings: Settings<'_>, pupils: Vec<Pupil>) -> io::Result<Counterpart> {
    let key = |pupil: Pupil| ((pupil.school.clone(), pupil.pupil_key.clone()), pupil);
    let register = Arc::new(Register(pupils.into_iter().map(key).collect()));
    Counterpart::start(settings, "LAS", move |mailbox, config| routes(mailbox, &register, config)).await
}

/// Pupils by school and key: two schools may use the same key.
struct Register(BTreeMap<(String, String), Pupil>);

fn routes(mailbox: &Arc<Mailbox>, register: &Arc<Register>, config: &mut ServiceConfig) {
    config
        .app_data(web::Data::from(Arc::clone(mailbox)))
        .app_data(web::Data::from(Arc::clone(register)))
        .service(web::resource("/{school}/bevragingen").route(web::post().to(question)));
    for resource in resources("/{organisation}") {
        config.service(resource);
    }
}

async fn question(
    request: HttpRequest,
    school: web::Path<String>,
    body: String,
    mailbox: web::Data<Mailbox>,
    register: web::Data<Register>,
) -> Result<HttpResponse, Refusal> {
    let accepted = mailbox.accept::<Question>(&request, &body)?;
    let asked = accepted.message.clone();
    let pupil_key = asked.leerlingsleutel.reveal().to_owned();
    let pupil = register.0.get(&(school.into_inner(), pupil_key)).ok_or(Refusal::UnknownPupil)?;
    let honest = attendance(pupil, &asked);
    let wrong = Attendance { bevraging_id: "een-andere-bevraging".to_owned(), ..honest.clone() };
    let (behaviour, _) = mailbox.keep(accepted, &asked.bevraging_id);
    Ok(answer(behaviour, HttpResponse::Ok().json(honest), HttpResponse::Ok().json(wrong)).await)
}

fn attendance(pupil: &Pupil, asked: &Question) -> Attendance {
    // Dates as YYYY-MM-DD sort as text.
    let within = |day: &&AbsentDay| (asked.van.as_str()..=asked.tot.as_str()).contains(&day.datum.as_str());
    Attendance {
        bevraging_id: asked.bevraging_id.clone(),
        leerlingsleutel: asked.leerlingsleutel.clone(),
        van: asked.van.clone(),
        tot: asked.tot.clone(),
        groep: Some(Personal::new(&pupil.group)),
        mentor: Some(Personal::new(&pupil.mentor)),
        afwezigheden: pupil.absences.iter().filter(within).cloned().collect(),
    }
}
