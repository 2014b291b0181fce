// SPDX-License-Identifier: EUPL-1.2
//! Every rule in one English sentence, beside the Dutch that people sign. Dutch institutions keep their names.

use super::Rule;

/// What the rule says.
pub(super) const fn sentence(rule: Rule) -> &'static str {
    match rule {
        Rule::RoleNotValid => "The asker's role does not hold today.",
        Rule::RoleMayNot => "This role may not do this.",
        Rule::SecondPersonMissing => {
            "A second person, who is not the data protection officer, must take part in this beforehand."
        }
        Rule::ReasonMissing => "A reason must be recorded for this.",
        Rule::NotInCovenant => "No covenant in force binds sender and receiver.",
        Rule::PurposeDoesNotFit => "The purpose does not go with this kind or this action.",
        Rule::RequestIncomplete => "The request lacks a part that goes with this action.",
        Rule::GroundNotUsable => {
            "Nothing goes on this ground here: government and schools do not have it, it is no ground, or it is not in force yet."
        }
        Rule::GroundNotInForce => "The ground is not in force today.",
        Rule::GroundDoesNotFit => {
            "The ground that was named is not the one on which this can go; the gateway never changes grounds in silence."
        }
        Rule::OutOfAge => "The age is out of range: not born yet, or 23 or older.",
        Rule::Deceased => "The youth has died.",
        Rule::Restricted => "Processing is restricted, or an objection is pending.",
        Rule::NotFound => "Nothing was found, or it is not for you.",
        Rule::NoRoute => "The covenant has no route to this desk for this kind.",
        Rule::OtherMunicipality => {
            "The receiver does not work for the youth's home municipality, or one of the two is not known."
        }
        Rule::AdviceWall => "A parent's own request for help does not go to a school or samenwerkingsverband.",
        Rule::TopicElsewhere => {
            "Where it is only about learning, observation by the wijkteam is not the way: that belongs to school and samenwerkingsverband."
        }
        Rule::OtherSchool => "The receiving school is not the one where the youth is enrolled now.",
        Rule::AbsenceReport => {
            "Absence above the threshold goes to leerplicht of the home municipality, with the attendance data only; consent is not needed."
        }
        Rule::AbsenceReportRmc => {
            "Absence of a youth of 18 or older without a startkwalificatie, or in vocational education from the kwalificatieplicht on, goes to RMC, with the attendance data only."
        }
        Rule::IndexReport => "The index hears that there is concern: who reports, when, and about which number.",
        Rule::AttendanceQuestion => {
            "Leerplicht may ask the school of a resident about attendance, and receives the attendance data only."
        }
        Rule::MinorAbsence => {
            "Absence below the threshold goes to leerplicht of the home municipality, because the covenant agrees so."
        }
        Rule::EarlyLeaving => {
            "Whoever leaves school without a startkwalificatie is reported to RMC of the home municipality."
        }
        Rule::IndexSignal => {
            "Whoever may report and ticks a risk lets the index know that there is concern, and not what."
        }
        Rule::ProtectionInformation => {
            "What a gecertificeerde instelling needs for a running order may be told to it without consent."
        }
        Rule::ProtectionInquiry => {
            "A gecertificeerde instelling may ask under a running order; a person at the receiver decides what is needed."
        }
        Rule::NotCompulsory => {
            "The youth is not of compulsory school age and has no kwalificatieplicht, or that is not known."
        }
        Rule::BelowThreshold => "The absence does not reach the statutory threshold; use the kind for other absence.",
        Rule::AboveThreshold => "The absence reaches the statutory threshold; use the kind for statutory absence.",
        Rule::SicknessNotReported => {
            "Sickness or suspension without doubt is not reported to leerplicht; for sickness the way is youth health care, with consent."
        }
        Rule::AbsenceElsewhere => "Attendance data go only to the desk that the law or RL-30 names.",
        Rule::IndexWithoutRisk => "The sender ticked no risk ground; the index hears nothing.",
        Rule::IndexSwitchedOff => "Covenant or municipality has not switched the report to the index on.",
        Rule::IndexFrozen => "The report to the index is frozen: age, restriction or objection.",
        Rule::MinorAbsenceNotAgreed => {
            "The covenant does not carry 000-15; absence below the threshold is not reported."
        }
        Rule::ReporterNotAppointed => "The asker is not appointed today to report to the index.",
        Rule::IndexEntryEnded => "This index entry no longer stands: taken out, two years old, or the youth is 23.",
        Rule::NoRunningOrder => {
            "No order about this youth that gives this institution a right to information is running."
        }
        Rule::ReceiverNotCompetent => "For this kind this desk is not the receiver that the law names.",
        Rule::MatchContact => {
            "Whoever reported the same youth sees the other's contact card and nothing of the matter."
        }
        Rule::MatchContactHidden => "There is another organisation, to be reached by way of the procescoördinator.",
        Rule::MatchOfFamily => {
            "Whoever reported another child of the same parent sees the contact card and nothing of the other child."
        }
        Rule::SafetyReport => "A report to Veilig Thuis always goes, without waiting for anyone.",
        Rule::SafetyAdvice => "Advice of Veilig Thuis is asked without saying whom it is about.",
        Rule::SafetyInquiry => "Veilig Thuis may ask; a person at the receiver decides what is needed and answers.",
        Rule::VitalInterest => {
            "Serious harm threatens and there is no other way: the bare minimum goes to who can help, and another looks back on it."
        }
        Rule::BreakGlass => {
            "In an emergency of the gateway itself the operator may, with a second person, reach whom it is about; another looks back on it."
        }
        Rule::SafetyElsewhere => "A safety report goes to Veilig Thuis only.",
        Rule::VitalInterestNotWeighed => {
            "It is not recorded that serious harm threatens, that there is no other way, and what the least is that helps."
        }
        Rule::ConditionMissing => "What must come first has not been done yet: a talk or weighing it internally.",
        Rule::NotEntitledToApply => "This person cannot apply for this youth.",
        Rule::Application => "An application by whoever may make it goes to the college, whatever is in it.",
        Rule::ApplicationComplete => "A complete application for youth help in education goes to the college.",
        Rule::ApplicationIncomplete => {
            "The application goes to the college marked with what is missing; it is not refused, and what is missing does not go along."
        }
        Rule::ApplicationPlain => {
            "Without enrolment or with an exemption the application goes to the college as one for plain youth help, with its date of receipt."
        }
        Rule::ConsentComplete => "Everyone whose word counts has agreed to this receiver and this purpose.",
        Rule::ConsentYouthHeard => "Whoever holds authority agrees, and the youth of 12 to 15 was heard.",
        Rule::ConsentOneParentSpeaks => "One parent agrees and, as the covenant allows, speaks for the other too.",
        Rule::ConsentForIncapacitated => {
            "Whoever represents agrees; a care professional found for this matter that the youth cannot judge it, and the youth did not say no."
        }
        Rule::ConsentAmongHelpers => {
            "Between help-givers it goes without the parents: the youth of 12 to 15 wants it, and the help-giver recorded why."
        }
        Rule::LinkContact => {
            "The contact in the school's municipality hears that a request is running and with whom, and not about what."
        }
        Rule::HearingMissing => "It is not recorded that the youth was heard.",
        Rule::SecrecyNotLifted => {
            "Whoever works under professional secrecy may share this only once that secrecy is lifted for this receiver."
        }
        Rule::Anonymous => "Without a name, in a group large enough to hide in.",
        Rule::PersonFree => "This is about working together and about no person.",
        Rule::GroupTooSmall => {
            "The group is too small, or its count is missing: even without a name it would show whom it is about."
        }
        Rule::ConsentMissing => "The consent is not complete.",
        Rule::FeedbackStatus => "The sender hears in codes how the signal stands.",
        Rule::FeedbackExplained => "With agreement the sender hears the explanation too.",
        Rule::FeedbackAnonymous => "On a signal without a name only the coded next step goes back.",
        Rule::Handling => "Whoever received a signal keeps track of how it stands.",
        Rule::OwnSignal => "The sender follows its own signal.",
        Rule::TakenBack => "The sender takes a wrong signal back; whoever saw it hears so.",
        Rule::FeedbackClosed => "No feedback about this youth goes to the sender any more.",
        Rule::SignalTakenBack => "The sender has taken this signal back.",
        Rule::OwnPupil => "A school registers its own pupil.",
        Rule::AuthorityRecorded => "Authority comes from school or municipality, with its source.",
        Rule::VoiceRecorded => "The professional who must ask records what was said.",
        Rule::VoiceWithdrawn => "Withdrawing is as simple as giving.",
        Rule::DirectoryRead => "Whoever is in service finds organisations and contact points.",
        Rule::VoiceOfSpeaker => "Whoever speaks records their own word.",
        Rule::DutyShown => "Whoever has a task sees what is to be done.",
        Rule::DutyWorked => "Whoever has a task records what was done about it.",
        Rule::DutyReleased => "A professional releases it for this one person to know.",
        Rule::ReviewByAnother => "Looking back is done by somebody other than whoever did it.",
        Rule::ReleaseWithheld => "This is withheld, unless it was weighed for this person and the reason was recorded.",
        Rule::VoiceShown => "Whoever recorded a voice can show what was recorded.",
        Rule::FactRecorded => "Whoever may know the fact records it, with its source and period.",
        Rule::InspectionByYouth => "The youth sees when, why and by which organisation data were consulted.",
        Rule::InspectionByRepresentative => {
            "Whoever represents sees when, why and by which organisation data were consulted."
        }
        Rule::ObjectionReceived => "An objection or request for correction is always accepted; the controller decides.",
        Rule::InspectionTogether => {
            "From 12 to 15 parent and youth ask this together, and from 18 the representative together with the youth."
        }
        Rule::LogSearched => {
            "The data protection officer searches the log of their own controller, under pseudonyms; the search itself is recorded."
        }
        Rule::ProfessionalNamed => {
            "With a reason, given anew, the data protection officer learns which professional of their own controller stands behind one line."
        }
        Rule::Reidentified => "With a reason and a second person the name behind a pseudonym in the log is looked up.",
        Rule::StaffMonitored => "A saved question about use by staff, to which the works council agreed.",
        Rule::LogExported => "The whole log leaves the house, with a reason and a second person.",
        Rule::PolicyPublished => "New policy holds only once a second person joins in setting it.",
        Rule::ErasureDecided => {
            "A person decides, with a reason, that what is kept of a youth is erased, or is kept for now."
        }
        Rule::WorksCouncilMissing => "The agreement of the works council is not recorded.",
    }
}
