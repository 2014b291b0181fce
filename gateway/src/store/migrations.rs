// SPDX-License-Identifier: EUPL-1.2
//! The schema, as numbered steps that both databases take with the same number and name.

use sqlx::SqlStr;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};

use super::engine::{Engine, Fault};

/// The steps for one database: each its name and its text.
pub(super) type Steps = &'static [(&'static str, &'static str)];

pub(super) const SQLITE: Steps = &[("spine", include_str!("../../migrations/sqlite/0001_spine.sql"))];
pub(super) const POSTGRES: Steps = &[("spine", include_str!("../../migrations/postgres/0001_spine.sql"))];

/// Takes the steps that were not taken yet. No advisory lock is used: engines that speak PostgreSQL's protocol lack them.
pub(super) async fn run<C: Migrate>(steps: Steps, connection: &mut C) -> Result<(), Fault> {
    let migrations = steps.iter().zip(1_i64..).map(|((name, sql), number)| {
        Migration::new(number, (*name).into(), MigrationType::Simple, SqlStr::from_static(sql), false)
    });
    let mut migrator = Migrator::with_migrations(migrations.collect());
    migrator.set_locking(false);
    migrator.run_direct(None, connection, false).await.map_err(|error| match error {
        MigrateError::Execute(error) => Fault::from(error),
        other => Fault::Rejected { code: format!("schema: {other}") },
    })
}

/// Compares the steps that a database has taken with those that this program knows.
pub(super) async fn compare(steps: Steps, engine: &dyn Engine) -> Result<(), Fault> {
    let needed = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let found = match engine.read("SELECT count(*) FROM _sqlx_migrations", &[]).await {
        Ok(rows) => rows.first().map_or(Ok(0), |row| row.int(0))?,
        // No such table: no step was ever taken.
        Err(Fault::Rejected { .. }) => 0,
        Err(fault) => return Err(fault),
    };
    if found == needed { Ok(()) } else { Err(Fault::OtherSchema { found, needed }) }
}
