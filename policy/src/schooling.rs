// SPDX-License-Identifier: EUPL-1.2
//! Leerplicht en kwalificatieplicht as dates, and who carries them out (002-23…002-28, 002-41).

use jiff::civil::Date;

use crate::code::closed_list;
use crate::moment::reaches;
use crate::parameters::RMC_AGE;
use crate::youth::{SchoolKind, YouthFacts};

closed_list! {
    /// Onderwijsplicht on a day.
    #[doc(alias = "onderwijsplicht")]
    pub enum SchoolDuty as "onderwijsplicht" {
        /// None, exempt, or not known to be under one.
        Free = "geen",
        /// Leerplicht: from the month after the fifth birthday to the end of the school year of the sixteenth (002-23).
        Compulsory = "leerplicht",
        /// Kwalificatieplicht: from then to 18, without startkwalificatie (002-24), except in practical and secondary
        /// special education (002-26).
        Qualifying = "kwalificatieplicht",
        /// As the former, in vocational education, where RMC carries out leerplicht too (002-27).
        QualifyingVocational = "kwalificatieplicht_mbo",
        /// From 18 to the upper age of RMC, without startkwalificatie (002-28).
        EarlyLeaver = "rmc",
    }
}

/// The duty a youth is under on the day. Whether somebody has a startkwalificatie must be known for sure; a school kind that
/// is not known is no exception.
pub fn school_duty(youth: &YouthFacts, day: Date) -> SchoolDuty {
    if youth.deceased.is_some() || youth.is_exempt_on(day) {
        return SchoolDuty::Free;
    }
    let begun = reaches(youth.born, 5).and_then(first_of_next_month).is_some_and(|start| start <= day);
    let sixteen = reaches(youth.born, 16).and_then(end_of_school_year);
    if begun && sixteen.is_some_and(|end| day < end) {
        return SchoolDuty::Compulsory;
    }
    if !begun || youth.start_qualification != Some(false) {
        return SchoolDuty::Free;
    }
    let age = youth.age_on(day);
    if age < 18 {
        return qualifying(youth, day);
    }
    let upper = RMC_AGE.on(day);
    if upper.is_some_and(|upper| age < upper) { SchoolDuty::EarlyLeaver } else { SchoolDuty::Free }
}

/// Between the end of leerplicht and 18. Whoever goes from practical or special education to vocational education is under
/// the duty again (002-41).
fn qualifying(youth: &YouthFacts, day: Date) -> SchoolDuty {
    let goes_to = |kinds: &[SchoolKind]| {
        youth
            .enrolments
            .iter()
            .any(|enrolment| enrolment.period.contains(day) && enrolment.kind.is_some_and(|kind| kinds.contains(&kind)))
    };
    if goes_to(&[SchoolKind::Mbo]) {
        SchoolDuty::QualifyingVocational
    } else if goes_to(&[SchoolKind::Pro, SchoolKind::Vso]) {
        SchoolDuty::Free
    } else {
        SchoolDuty::Qualifying
    }
}

fn first_of_next_month(day: Date) -> Option<Date> {
    day.last_of_month().tomorrow().ok()
}

/// The first day after the school year in which the day falls: school years run from 1 August.
fn end_of_school_year(day: Date) -> Option<Date> {
    let year = if day.month() < 8 { day.year() } else { day.year().checked_add(1)? };
    Date::new(year, 8, 1).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::moment::Period;
    use crate::organisation::{Desk, Party};
    use crate::youth::{Enrolment, PersonRef};

    fn born(day: Date, kind: Option<SchoolKind>, qualified: Option<bool>) -> YouthFacts {
        let school = Party { organisation: "99000000066800000006".parse().unwrap(), desk: Desk::School };
        let mut youth = YouthFacts::new(day, PersonRef([1; 16]));
        youth.start_qualification = qualified;
        youth.enrolments = vec![Enrolment { school, period: Period::since(date(2010, 8, 1)), kind }];
        youth
    }

    /// 002-23…002-28, 002-41, row by row: born, school, startkwalificatie, day → duty.
    #[test]
    fn duties_by_date_and_school() {
        use SchoolDuty::{Compulsory, EarlyLeaver, Free, Qualifying, QualifyingVocational};
        let no = Some(false);
        let leap = date(2016, 2, 29);
        let rows = [
            (date(2021, 11, 12), Some(SchoolKind::Po), no, date(2026, 11, 30), Free),
            (date(2021, 11, 12), Some(SchoolKind::Po), no, date(2026, 12, 1), Compulsory),
            (date(2021, 11, 30), None, None, date(2026, 12, 1), Compulsory),
            (leap, None, None, date(2021, 3, 31), Free),
            (leap, None, None, date(2021, 4, 1), Compulsory),
            (date(2010, 7, 31), Some(SchoolKind::Vo), no, date(2026, 7, 31), Compulsory),
            (date(2010, 7, 31), Some(SchoolKind::Vo), no, date(2026, 8, 1), Qualifying),
            (date(2010, 8, 1), Some(SchoolKind::Vo), no, date(2026, 8, 1), Compulsory),
            (date(2010, 8, 1), Some(SchoolKind::Vo), no, date(2027, 8, 1), Qualifying),
            (date(2010, 3, 1), Some(SchoolKind::Vo), None, date(2026, 9, 1), Free),
            (date(2010, 3, 1), Some(SchoolKind::Vo), Some(true), date(2026, 9, 1), Free),
            (date(2010, 3, 1), None, no, date(2026, 9, 1), Qualifying),
            (date(2010, 3, 1), Some(SchoolKind::Vso), no, date(2026, 9, 1), Free),
            (date(2010, 3, 1), Some(SchoolKind::Pro), no, date(2026, 9, 1), Free),
            (date(2011, 3, 1), Some(SchoolKind::Pro), no, date(2026, 9, 1), Compulsory),
            (date(2010, 3, 1), Some(SchoolKind::Mbo), no, date(2026, 9, 1), QualifyingVocational),
            (date(2008, 9, 2), Some(SchoolKind::Mbo), no, date(2026, 9, 1), QualifyingVocational),
            (date(2008, 9, 1), Some(SchoolKind::Mbo), no, date(2026, 9, 1), EarlyLeaver),
            (date(2008, 9, 1), Some(SchoolKind::Vso), no, date(2026, 9, 1), EarlyLeaver),
            (date(2003, 9, 2), Some(SchoolKind::Mbo), no, date(2026, 9, 1), EarlyLeaver),
            (date(2003, 9, 1), Some(SchoolKind::Mbo), no, date(2026, 9, 1), Free),
        ];
        for (day, kind, qualified, today, duty) in rows {
            assert_eq!(school_duty(&born(day, kind, qualified), today), duty, "{day} {kind:?} {qualified:?} {today}");
        }
    }

    #[test]
    fn an_exemption_and_a_second_school_count() {
        let today = date(2026, 9, 1);
        let mut youth = born(date(2010, 3, 1), Some(SchoolKind::Vso), Some(false));
        youth.enrolments.push(Enrolment { kind: Some(SchoolKind::Mbo), ..youth.enrolments[0].clone() });
        assert_eq!(school_duty(&youth, today), SchoolDuty::QualifyingVocational);
        youth.exemptions = vec![Period { from: date(2026, 8, 1), until: Some(date(2027, 8, 1)) }];
        assert_eq!(school_duty(&youth, today), SchoolDuty::Free);
        assert_eq!(school_duty(&youth, date(2027, 8, 1)), SchoolDuty::QualifyingVocational);
    }
}
