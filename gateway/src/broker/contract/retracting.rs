// SPDX-License-Identifier: EUPL-1.2
//! Case 55: what becomes of each delivery of a signal that its sender takes back.

use sluis_policy::{Action, Duty, Rule};

use super::*;
use crate::ledger::unit::{DeliveryKind, DeliveryRow, DutyState, Reached};

#[tokio::test]
async fn case_55_what_is_taken_back_stops_or_is_told_wherever_its_delivery_stands() {
    use DeliveryState::{Available, Delivered, Dispatched, Failed, Recalled, Stopped, Unconfirmed, Waiting};
    for trial in both().await {
        let world = world(trial).await;
        world.registered("pk-1").await;
        for (number, (state, reached, becomes, told)) in [
            (Waiting, Reached::Never, Stopped, false),
            (Failed, Reached::Never, Stopped, false),
            (Waiting, Reached::Now, Recalled, true),
            (Dispatched, Reached::Never, Recalled, true),
            (Unconfirmed, Reached::Now, Recalled, true),
            (Failed, Reached::Now, Recalled, true),
            // Whoever comes for it, or has it, sees in its place that it is taken back.
            (Available, Reached::Now, Available, true),
            (Delivered, Reached::Now, Delivered, true),
        ]
        .into_iter()
        .enumerate()
        {
            let what = format!("{} {state:?} {reached:?}", world.trial.name);
            let words = format!("verwisseld {number}");
            let signal = released(world.submit("pk-1", &words).await).id;
            let store = world.broker.store();
            let row = store.deliveries_of(signal).await.unwrap().remove(0);
            let moved = DeliveryRow { state, reached, ..row.clone() };
            world.broker.ledger().commit(Unit::default().with_delivery(moved)).await.unwrap();

            let retract = async |key: &str| {
                let once = world.once(&format!("{key} {number}"));
                world.broker.retract(&asker(), &[actor(SCHOOL)], (signal, "andere_jeugdige"), &once).await
            };
            let view = released(retract("terug").await);
            assert_eq!(view.taken_back.unwrap().reason, "andere_jeugdige", "{what}");
            assert!(matches!(retract("nog eens").await, Ok(Reply::Conflict)), "{what}");

            let rows = store.deliveries_of(signal).await.unwrap();
            let after = rows.iter().find(|after| after.id == row.id).unwrap();
            assert_eq!(after.state, becomes, "{what}");
            let youth = world.broker.youth(row.youth).await.unwrap();
            let body = DeliveryBody::open(&after.sealed, &youth.keys, &row.id).unwrap();
            assert_eq!((body.description, body.discussed_on), (None, None), "{what}: what it said is gone");
            let notices = rows.iter().filter(|row| row.kind == DeliveryKind::Withdrawal).count();
            assert_eq!(notices, usize::from(told), "{what}");

            let duties = store.obligations_of(signal).await.unwrap();
            let stands = |duty: Duty| duties.iter().find(|row| row.kind == duty.code()).map(|row| row.state);
            assert_eq!(stands(Duty::Act), Some(DutyState::Done), "{what}: nothing is to be done about it");
            assert_eq!(stands(Duty::TellReceivers), Some(DutyState::Open), "{what}");
            assert_eq!(stands(Duty::AssessBreach), Some(DutyState::Open), "{what}");
            let again = world.submit_words("pk-1", &format!("opnieuw {number}"), &words).await;
            assert_ne!(released(again).id, signal, "{what}: sent again, it is another");

            let desk = Party { organisation: oin(ACCESS_DESK), desk: Desk::AccessDesk };
            let consulent = Actor { party: desk, role: Role::Consulent, ..actor(SCHOOL) };
            let read = world.broker.read(&asker(), &[consulent], row.id).await.unwrap();
            let Reply::Refused(refused) = read else { panic!("{what}: {read:?}") };
            let seen = [Available, Delivered].contains(&becomes);
            assert_eq!(refused.rule() == Rule::SignalTakenBack, seen, "{what}: {:?}", refused.rule());
            let step = HandlingStep { action: Action::TakeUp, next_step: None, explanation: None };
            let once = world.once(&format!("begin {number}"));
            let begun = world.broker.handle(&asker(), &[consulent], (row.id, &step), &once).await.unwrap();
            assert!(matches!(begun, Reply::Refused(_)), "{what}: {begun:?}");
        }
    }
}
