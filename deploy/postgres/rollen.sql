-- SPDX-License-Identifier: EUPL-1.2
-- De twee rollen van Sluis op PostgreSQL, en van wie deze database is. Voor een beheerder van de server, een keer:
--
--   createdb sluis
--   psql --dbname=sluis --file=rollen.sql
--   psql --dbname=sluis --command='\password sluis_owner' --command='\password sluis_app'
--
-- sluis_owner bezit de tabellen en brengt ze op versie: `sluis migrate --owner BESTAND`, waarin zijn adres staat.
-- sluis_app serveert. Hij leest en voegt toe, en kan aan wat in het logboek staat niets veranderen of weghalen; die rechten
-- zet `sluis migrate` na elke versie. `sluis serve` weigert met een rol die meer mag.
--
-- Nog een keer uitvoeren kan geen kwaad. Op engines die alleen het protocol van PostgreSQL spreken is dit niet beproefd.

DO $$
BEGIN
    CREATE ROLE sluis_owner LOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

DO $$
BEGIN
    CREATE ROLE sluis_app LOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I OWNER TO sluis_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO sluis_app', current_database());
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO sluis_owner;
GRANT USAGE ON SCHEMA public TO sluis_app;
