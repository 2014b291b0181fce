// SPDX-License-Identifier: EUPL-1.2
//! A statement that is committed stands, whatever goes wrong while the queue is looked through after it (P3).

use super::*;
use crate::store::engine::Value;

#[tokio::test]
async fn p3_a_withdrawal_is_done_when_it_is_committed_and_what_could_not_be_stopped_is_stopped_soon() {
    for trial in both().await {
        let world = world(trial).await;
        let consent = world.registered("pk-1").await;
        let sound = released(world.submit("pk-1", "gaaf").await).id;
        let broken = released(world.submit("pk-1", "stuk").await).id;
        let store = world.broker.store();
        let row = store.deliveries_of(broken).await.unwrap().remove(0);
        let put = async |sealed: Vec<u8>| {
            let mut writer = world.trial.engine.writer().await.unwrap();
            let values = [Value::Bytes(sealed), Value::Bytes(row.id.to_vec())];
            writer.run("UPDATE delivery SET sealed = $1 WHERE id = $2", &values).await.unwrap();
        };
        put(vec![0; 64]).await;

        let once = world.once("terug");
        let taken_back =
            world.broker.withdraw_voice(&asker(), actor(SCHOOL), (consent, &Manner::default()), &once).await;
        assert_eq!(
            released(taken_back),
            consent,
            "{}: what cannot be opened is no answer to the parent",
            world.trial.name
        );
        let state = async |signal| store.deliveries_of(signal).await.unwrap().remove(0).state;
        assert_eq!(state(sound).await, DeliveryState::Stopped, "one that is broken does not keep the others");
        assert_eq!(state(broken).await, DeliveryState::Waiting);
        world.broker.halt_postponed().await;
        assert_eq!(state(broken).await, DeliveryState::Waiting, "not yet");

        put(row.sealed.clone()).await;
        world.broker.halt_postponed().await;
        assert_eq!(state(broken).await, DeliveryState::Stopped, "{}", world.trial.name);
    }
}
