-- What ReplayDeadLetters needs beside replayed_at: which run sent a letter again.
ALTER TABLE wattbeam.dead_letters ADD COLUMN replay_id text;
COMMENT ON COLUMN wattbeam.dead_letters.replayed_at IS
  'When Kafka had acknowledged the message again; NULL for a letter that was not replayed.';
COMMENT ON COLUMN wattbeam.dead_letters.replay_id IS
  'The run of ReplayDeadLetters that sent it; its summary names it.';
