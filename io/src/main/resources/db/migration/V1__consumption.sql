-- WattBeam's first schema. All times are UTC instants; energy is whole millijoules (3.6e9 mJ = 1 kWh).
-- Names are compared byte by byte (COLLATE "C"): same order on every server, and fast in an index.

-- Roles -------------------------------------------------------------------------------------------
-- Group roles without login or password: an administrator grants them to login roles of his own.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['wattbeam_pipeline', 'wattbeam_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN
          NULL; -- Another database of this server is being migrated at the same moment.
        WHEN insufficient_privilege THEN
          RAISE EXCEPTION 'The user % may not create roles; let an administrator run once: CREATE ROLE wattbeam_pipeline NOLOGIN; CREATE ROLE wattbeam_reader NOLOGIN',
            current_user;
      END;
    END IF;
  END LOOP;
  -- The sinks load through temporary tables.
  IF NOT has_database_privilege('wattbeam_pipeline', current_database(), 'TEMPORARY') THEN
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO wattbeam_pipeline', current_database());
  END IF;
END
$$;

GRANT USAGE ON SCHEMA wattbeam TO wattbeam_pipeline, wattbeam_reader;

-- Meter directory ---------------------------------------------------------------------------------
CREATE TABLE wattbeam.meter_types (
  name text COLLATE "C" PRIMARY KEY,
  max_power_kw numeric(19, 9) CHECK (max_power_kw > 0),
  nominal_period_ms bigint CHECK (nominal_period_ms > 0),
  register_modulus_kwh numeric(19, 9) CHECK (register_modulus_kwh > 0),
  reset_from time,
  reset_to time,
  reversible boolean NOT NULL DEFAULT false,
  spike_tolerance_percent integer NOT NULL DEFAULT 180,
  abrupt_factor integer NOT NULL DEFAULT 20,
  zero_run_intervals integer NOT NULL DEFAULT 48,
  frozen_readings integer NOT NULL DEFAULT 24,
  usage_factor integer NOT NULL DEFAULT 5,
  estimated_percent integer NOT NULL DEFAULT 50,
  CONSTRAINT reset_window_is_whole CHECK ((reset_from IS NULL) = (reset_to IS NULL))
);
COMMENT ON TABLE wattbeam.meter_types IS
  'What meters of one kind have in common. NULL = unknown; 0 in a rule turns the rule off.';

CREATE TABLE wattbeam.meters (
  name text COLLATE "C" NOT NULL,
  valid_from timestamptz NOT NULL DEFAULT '-infinity',
  valid_to timestamptz NOT NULL DEFAULT 'infinity',
  type text COLLATE "C" NOT NULL REFERENCES wattbeam.meter_types,
  zone text NOT NULL,
  multiplier numeric(19, 6) NOT NULL DEFAULT 1,
  PRIMARY KEY (name, valid_from),
  CONSTRAINT meter_validity_is_not_empty CHECK (valid_from < valid_to)
);
COMMENT ON TABLE wattbeam.meters IS
  'One row per version of a meter, in service in [valid_from, valid_to). zone is an IANA name such as Europe/Paris.';

CREATE TABLE wattbeam.meter_channels (
  meter text COLLATE "C" NOT NULL,
  valid_from timestamptz NOT NULL DEFAULT '-infinity',
  channel text COLLATE "C" NOT NULL,
  reading_type text NOT NULL CHECK (reading_type IN ('power', 'interval', 'register')),
  PRIMARY KEY (meter, valid_from, channel),
  FOREIGN KEY (meter, valid_from) REFERENCES wattbeam.meters ON UPDATE CASCADE ON DELETE CASCADE
);

CREATE TABLE wattbeam.groups (
  name text COLLATE "C" PRIMARY KEY,
  kind text NOT NULL,
  zone text NOT NULL
);
COMMENT ON TABLE wattbeam.groups IS
  'Nodes of the hierarchy above the meters: household or plant, site, feeder, region.';

CREATE TABLE wattbeam.memberships (
  child_kind text COLLATE "C" NOT NULL CHECK (child_kind IN ('meter', 'group')),
  child text COLLATE "C" NOT NULL,
  parent text COLLATE "C" NOT NULL REFERENCES wattbeam.groups,
  valid_from timestamptz NOT NULL DEFAULT '-infinity',
  valid_to timestamptz NOT NULL DEFAULT 'infinity',
  PRIMARY KEY (child_kind, child, parent, valid_from),
  CONSTRAINT membership_validity_is_not_empty CHECK (valid_from < valid_to)
);
CREATE INDEX memberships_of_parent ON wattbeam.memberships (parent);

-- Tariffs -----------------------------------------------------------------------------------------
CREATE TABLE wattbeam.tariffs (
  name text COLLATE "C" PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('flat', 'time-of-use', 'dynamic')),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  zone text NOT NULL,
  standing_charge_per_day numeric(12, 6) NOT NULL DEFAULT 0,
  demand_charge_per_kw_month numeric(12, 6) NOT NULL DEFAULT 0
);
COMMENT ON TABLE wattbeam.tariffs IS
  'flat and time-of-use: prices in tariff_rates; dynamic: prices in tariff_prices.';

CREATE TABLE wattbeam.tariff_rates (
  tariff text COLLATE "C" NOT NULL REFERENCES wattbeam.tariffs ON DELETE CASCADE,
  valid_from timestamptz NOT NULL DEFAULT '-infinity',
  valid_to timestamptz NOT NULL DEFAULT 'infinity',
  rate text COLLATE "C" NOT NULL,
  weekdays smallint[] NOT NULL DEFAULT '{1,2,3,4,5,6,7}'
    CHECK (weekdays <@ '{1,2,3,4,5,6,7}'::smallint[] AND cardinality(weekdays) > 0),
  local_from time NOT NULL DEFAULT '00:00',
  local_to time NOT NULL DEFAULT '24:00',
  price_per_kwh numeric(12, 6) NOT NULL,
  PRIMARY KEY (tariff, rate, valid_from, local_from),
  CONSTRAINT rate_validity_is_not_empty CHECK (valid_from < valid_to)
);
COMMENT ON TABLE wattbeam.tariff_rates IS
  'Price on these weekdays (1 = Monday) from local_from to local_to in the tariff''s zone; local_to before local_from spans midnight. A flat tariff has one row.';

CREATE TABLE wattbeam.tariff_prices (
  tariff text COLLATE "C" NOT NULL REFERENCES wattbeam.tariffs ON DELETE CASCADE,
  start_time timestamptz NOT NULL,
  end_time timestamptz NOT NULL,
  price_per_kwh numeric(12, 6) NOT NULL,
  PRIMARY KEY (tariff, start_time),
  CONSTRAINT price_period_is_not_empty CHECK (start_time < end_time)
);

CREATE TABLE wattbeam.meter_tariffs (
  meter text COLLATE "C" NOT NULL,
  tariff text COLLATE "C" NOT NULL REFERENCES wattbeam.tariffs,
  valid_from timestamptz NOT NULL DEFAULT '-infinity',
  valid_to timestamptz NOT NULL DEFAULT 'infinity',
  PRIMARY KEY (meter, valid_from),
  CONSTRAINT meter_tariff_validity_is_not_empty CHECK (valid_from < valid_to)
);

-- Raw readings: the inbound table -----------------------------------------------------------------
CREATE TABLE wattbeam.raw_readings (
  id bigserial,
  meter text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  type text NOT NULL,
  unit text NOT NULL,
  time timestamptz NOT NULL,
  value numeric NOT NULL,
  duration_ms bigint,
  sequence bigint,
  quality text,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, time)
) PARTITION BY RANGE (time);
CREATE INDEX raw_readings_of_meter ON wattbeam.raw_readings (meter, channel, time);
COMMENT ON TABLE wattbeam.raw_readings IS
  'Readings as other systems insert them; time is the end of the span that the value stands for. Not checked here: what is wrong becomes a dead letter.';
-- Other systems insert without asking for a partition first, so their rows need a place at any time.
CREATE TABLE wattbeam.raw_readings_default PARTITION OF wattbeam.raw_readings DEFAULT;

-- Consumption -------------------------------------------------------------------------------------
CREATE TABLE wattbeam.intervals (
  meter text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  start_time timestamptz NOT NULL,
  end_time timestamptz NOT NULL,
  energy_mj bigint,
  energy_kwh double precision
    GENERATED ALWAYS AS (energy_mj / 3600000000::double precision) STORED,
  mean_kw double precision,
  min_kw double precision,
  max_kw double precision,
  samples bigint NOT NULL,
  covered_ms bigint NOT NULL,
  expected_ms bigint NOT NULL,
  coverage double precision GENERATED ALWAYS AS
    (CASE WHEN expected_ms > 0 THEN covered_ms / expected_ms::double precision ELSE 0 END) STORED,
  quality text NOT NULL,
  flags text NOT NULL,
  revision bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (meter, channel, start_time),
  CONSTRAINT missing_is_null_never_zero CHECK ((energy_mj IS NULL) = (covered_ms = 0))
) PARTITION BY RANGE (start_time);
COMMENT ON TABLE wattbeam.intervals IS
  'Consumption per meter, channel and 15 minutes; energy is NULL where no reading covers anything.';

-- Times outside these hundred years need no partition of their own, but must not stop a pipeline.
CREATE TABLE wattbeam.intervals_before_2000 PARTITION OF wattbeam.intervals
  FOR VALUES FROM (MINVALUE) TO ('2000-01-01 00:00:00+00');
CREATE TABLE wattbeam.intervals_from_2100 PARTITION OF wattbeam.intervals
  FOR VALUES FROM ('2100-01-01 00:00:00+00') TO (MAXVALUE);

CREATE TABLE wattbeam.hours (LIKE wattbeam.intervals INCLUDING ALL) WITH (fillfactor = 85);
CREATE TABLE wattbeam.days (LIKE wattbeam.intervals INCLUDING ALL) WITH (fillfactor = 85);
CREATE TABLE wattbeam.months (LIKE wattbeam.intervals INCLUDING ALL) WITH (fillfactor = 85);
COMMENT ON TABLE wattbeam.hours IS 'Consumption per meter, channel and hour of the local clock.';
COMMENT ON TABLE wattbeam.days IS
  'Consumption per meter, channel and local calendar day: 23, 24 or 25 hours.';
COMMENT ON TABLE wattbeam.months IS 'Consumption per meter, channel and local calendar month.';

CREATE TABLE wattbeam.group_intervals (LIKE wattbeam.hours INCLUDING ALL) WITH (fillfactor = 85);
ALTER TABLE wattbeam.group_intervals RENAME COLUMN meter TO grp;
CREATE TABLE wattbeam.group_hours (LIKE wattbeam.group_intervals INCLUDING ALL)
  WITH (fillfactor = 85);
CREATE TABLE wattbeam.group_days (LIKE wattbeam.group_intervals INCLUDING ALL)
  WITH (fillfactor = 85);
CREATE TABLE wattbeam.group_months (LIKE wattbeam.group_intervals INCLUDING ALL)
  WITH (fillfactor = 85);
COMMENT ON TABLE wattbeam.group_intervals IS
  'Sum over the meters below the group; mean_kw is energy over the length of the period, min_kw and max_kw are demands.';

CREATE TABLE wattbeam.latest_values (
  meter text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  type text NOT NULL,
  unit text NOT NULL,
  time timestamptz NOT NULL,
  value numeric(19, 9) NOT NULL,
  duration_ms bigint NOT NULL,
  sequence bigint NOT NULL,
  quality text NOT NULL,
  quality_rank smallint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (meter, channel)
) WITH (fillfactor = 70);
COMMENT ON TABLE wattbeam.latest_values IS
  'Newest reading of each channel. duration_ms 0 and sequence -1: the message did not say. quality_rank: which of two readings of one time is preferred.';

-- Anomalies, dead letters, late readings ----------------------------------------------------------
CREATE TABLE wattbeam.anomalies (
  meter text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  start_time timestamptz NOT NULL,
  end_time timestamptz NOT NULL,
  kind text COLLATE "C" NOT NULL,
  score double precision NOT NULL,
  explanation text NOT NULL,
  revision bigint NOT NULL DEFAULT 0,
  detected_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (meter, channel, start_time, kind)
);

CREATE TABLE wattbeam.dead_letters (
  source text COLLATE "C" NOT NULL,
  partition integer NOT NULL,
  position bigint NOT NULL,
  code text COLLATE "C" NOT NULL,
  pipeline text NOT NULL,
  step text NOT NULL,
  message text NOT NULL,
  payload text NOT NULL,
  time timestamptz NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now(),
  replayed_at timestamptz,
  PRIMARY KEY (source, partition, position, code)
);
CREATE INDEX dead_letters_by_code ON wattbeam.dead_letters (code, time);
COMMENT ON TABLE wattbeam.dead_letters IS
  'Rejected records, kept with their payload; source, partition, position: Kafka topic, partition, offset, or file, 0, row.';

CREATE TABLE wattbeam.late_readings (
  source text COLLATE "C" NOT NULL,
  partition integer NOT NULL,
  position bigint NOT NULL,
  meter text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  type text NOT NULL,
  unit text NOT NULL,
  time timestamptz NOT NULL,
  value numeric(19, 9) NOT NULL,
  duration_ms bigint NOT NULL,
  sequence bigint NOT NULL,
  quality text NOT NULL,
  lateness_ms bigint NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now(),
  repaired_at timestamptz,
  PRIMARY KEY (source, partition, position)
);
CREATE INDEX late_readings_of_meter ON wattbeam.late_readings (meter, channel, time);

-- Partitions on demand ----------------------------------------------------------------------------
-- Runs with its owner's rights, so that the pipelines' role needs none to create tables. It makes a
-- table first and attaches it then: that does not stop readers and writers of the other months.
CREATE FUNCTION wattbeam.ensure_month_partitions(parent text, months date[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' AS $$
DECLARE
  time_column text := CASE parent WHEN 'intervals' THEN 'start_time' WHEN 'raw_readings' THEN 'time' END;
  month date;
  child text;
  lower_bound timestamptz;
  upper_bound timestamptz;
  made integer := 0;
BEGIN
  IF time_column IS NULL THEN
    RAISE EXCEPTION 'ensure_month_partitions: % has no monthly partitions; use intervals or raw_readings', parent;
  END IF;
  FOR month IN
    SELECT DISTINCT date_trunc('month', m::timestamp)::date FROM unnest(months) m
    WHERE m >= '2000-01-01' AND m < '2100-01-01'
    ORDER BY 1
  LOOP
    child := parent || to_char(month, '_YYYY_MM');
    CONTINUE WHEN EXISTS (
      SELECT FROM pg_class WHERE relname = child AND relnamespace = 'wattbeam'::regnamespace);
    PERFORM pg_advisory_xact_lock(hashtextextended('wattbeam.ensure_month_partitions', 0));
    CONTINUE WHEN EXISTS (
      SELECT FROM pg_class WHERE relname = child AND relnamespace = 'wattbeam'::regnamespace);
    lower_bound := month::timestamptz;
    upper_bound := (month + interval '1 month')::timestamptz;
    EXECUTE format(
      'CREATE TABLE wattbeam.%I (LIKE wattbeam.%I INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS) WITH (fillfactor = 85)',
      child, parent);
    IF parent = 'raw_readings' THEN
      -- Rows of this month that came before their partition.
      LOCK TABLE wattbeam.raw_readings_default IN ACCESS EXCLUSIVE MODE;
      EXECUTE format(
        'WITH moved AS (DELETE FROM wattbeam.raw_readings_default WHERE time >= %L AND time < %L RETURNING *)
         INSERT INTO wattbeam.%I SELECT * FROM moved',
        lower_bound, upper_bound, child);
    END IF;
    EXECUTE format(
      'ALTER TABLE wattbeam.%I ATTACH PARTITION wattbeam.%I FOR VALUES FROM (%L) TO (%L)',
      parent, child, lower_bound, upper_bound);
    made := made + 1;
  END LOOP;
  RETURN made;
END
$$;
REVOKE EXECUTE ON FUNCTION wattbeam.ensure_month_partitions(text, date[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION wattbeam.ensure_month_partitions(text, date[]) TO wattbeam_pipeline;

-- Views for people --------------------------------------------------------------------------------
CREATE VIEW wattbeam.latest_intervals AS
SELECT i.meter, i.channel, i.start_time, i.end_time, i.energy_kwh, i.mean_kw, i.min_kw, i.max_kw,
       i.samples, i.coverage, i.quality, i.flags, i.revision, i.updated_at
FROM (SELECT DISTINCT meter, channel FROM wattbeam.meter_channels) c
CROSS JOIN LATERAL (
  SELECT * FROM wattbeam.intervals i
  WHERE i.meter = c.meter AND i.channel = c.channel
  ORDER BY i.start_time DESC LIMIT 1) i;
COMMENT ON VIEW wattbeam.latest_intervals IS 'The newest 15 minutes of each channel.';

CREATE VIEW wattbeam.daily_consumption AS
SELECT d.meter, d.channel, (d.start_time AT TIME ZONE m.zone)::date AS local_day, m.zone,
       d.energy_kwh, d.mean_kw, d.max_kw, d.coverage, d.quality, d.flags, d.updated_at
FROM wattbeam.days d
CROSS JOIN LATERAL (
  SELECT zone FROM wattbeam.meters m
  WHERE m.name = d.meter AND m.valid_from < d.end_time
  ORDER BY m.valid_from DESC LIMIT 1) m;
COMMENT ON VIEW wattbeam.daily_consumption IS 'Days with the date that the meter''s calendar shows.';

CREATE VIEW wattbeam.rejected_by_reason AS
SELECT code, count(*) AS rejected, min(time) AS first_time, max(time) AS last_time,
       min(message) AS example
FROM wattbeam.dead_letters
WHERE replayed_at IS NULL
GROUP BY code;
COMMENT ON VIEW wattbeam.rejected_by_reason IS 'Dead letters that were not replayed, by code.';

CREATE VIEW wattbeam.meter_overview AS
SELECT m.name AS meter, m.type, m.zone, m.valid_from, m.valid_to,
       (SELECT string_agg(c.channel || ' (' || c.reading_type || ')', ', ' ORDER BY c.channel)
        FROM wattbeam.meter_channels c
        WHERE c.meter = m.name AND c.valid_from = m.valid_from) AS channels,
       (SELECT string_agg(s.parent, ', ' ORDER BY s.parent) FROM wattbeam.memberships s
        WHERE s.child_kind = 'meter' AND s.child = m.name
          AND s.valid_from <= now() AND now() < s.valid_to) AS groups_now
FROM wattbeam.meters m;
COMMENT ON VIEW wattbeam.meter_overview IS 'Each meter with its channels and its groups of today.';

-- Rights ------------------------------------------------------------------------------------------
-- No TRUNCATE, and no ownership: the pipelines can neither drop nor alter. DELETE only where a
-- meter's set of channels is replaced.
GRANT SELECT, INSERT, UPDATE ON
  wattbeam.meter_types, wattbeam.meters, wattbeam.meter_channels, wattbeam.groups,
  wattbeam.memberships, wattbeam.tariffs, wattbeam.tariff_rates, wattbeam.tariff_prices,
  wattbeam.meter_tariffs, wattbeam.raw_readings,
  wattbeam.intervals, wattbeam.hours, wattbeam.days, wattbeam.months,
  wattbeam.group_intervals, wattbeam.group_hours, wattbeam.group_days, wattbeam.group_months,
  wattbeam.latest_values, wattbeam.anomalies, wattbeam.dead_letters, wattbeam.late_readings
  TO wattbeam_pipeline;
GRANT DELETE ON wattbeam.meter_channels TO wattbeam_pipeline;
GRANT USAGE ON SEQUENCE wattbeam.raw_readings_id_seq TO wattbeam_pipeline;
GRANT SELECT ON ALL TABLES IN SCHEMA wattbeam TO wattbeam_pipeline, wattbeam_reader;
