-- What PublishReadings --source=postgres needs to send raw_readings to Kafka and to miss nothing
-- (docs/decisions/0011-capture-by-transaction.md).

-- A stable default is computed once for the rows that are there: no rewrite of the table.
ALTER TABLE wattbeam.raw_readings
  ADD COLUMN transaction xid8 NOT NULL DEFAULT pg_current_xact_id();
COMMENT ON COLUMN wattbeam.raw_readings.transaction IS
  'The transaction that wrote the row as it is; set by a trigger, whatever a writer gives.';
COMMENT ON COLUMN wattbeam.raw_readings.sequence IS
  'Of two values for one time the higher number wins; a trigger raises it with each UPDATE.';
CREATE INDEX raw_readings_by_transaction ON wattbeam.raw_readings (transaction, id, time);

CREATE FUNCTION wattbeam.stamp_raw_reading() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.transaction := pg_current_xact_id();
  IF TG_OP = 'UPDATE' THEN
    -- A message without sequence counts as -1 (greatest ignores NULL).
    NEW.sequence := greatest(NEW.sequence, coalesce(OLD.sequence, -1) + 1);
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER stamp_insert BEFORE INSERT ON wattbeam.raw_readings
  FOR EACH ROW EXECUTE FUNCTION wattbeam.stamp_raw_reading();
-- An UPDATE that changes nothing is not sent again.
CREATE TRIGGER stamp_update BEFORE UPDATE ON wattbeam.raw_readings
  FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
  EXECUTE FUNCTION wattbeam.stamp_raw_reading();

-- In the same database as the rows: a backup or a crash takes both to the same moment.
CREATE TABLE wattbeam.captures (
  topic text COLLATE "C" NOT NULL,
  topic_id text COLLATE "C" NOT NULL,
  system_id bigint NOT NULL,
  to_backfill int8multirange NOT NULL,
  transaction xid8 NOT NULL,
  id bigint NOT NULL,
  time timestamptz NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (topic, topic_id)
);
COMMENT ON TABLE wattbeam.captures IS
  'How far raw_readings were sent to a topic (topic_id: Kafka''s, another one when the topic is made anew): every row up to (transaction, id, time), but for those of the first pass whose id is still in to_backfill. system_id: the server whose transactions are meant.';

GRANT SELECT, INSERT, UPDATE ON wattbeam.captures TO wattbeam_pipeline;
GRANT SELECT ON wattbeam.captures TO wattbeam_reader;
