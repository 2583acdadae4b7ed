package dev.wattbeam.model;

/** Why a record was rejected. Closed, so that reports per cause are complete. */
public enum DeadLetterCode {
  /** No payload, or one of zero length. */
  EMPTY_MESSAGE,
  /** Longer than the limit; only its beginning is kept. */
  OVERSIZED_MESSAGE,
  /** Not UTF-8, not JSON, or not a JSON object. */
  MALFORMED_MESSAGE,
  /** A schemaVersion that this version of WattBeam does not read. */
  UNSUPPORTED_SCHEMA_VERSION,
  /** A required field is absent or null. */
  MISSING_FIELD,
  /** A field has another JSON type than the schema says. */
  WRONG_FIELD_TYPE,
  /** An empty or overlong meter name, or a channel name outside its alphabet. */
  INVALID_NAME,
  UNKNOWN_READING_TYPE,
  UNKNOWN_UNIT,
  /** A known unit that does not belong to the reading type, such as kWh for power. */
  UNIT_MISMATCH,
  UNKNOWN_QUALITY,
  /** Not a number: NaN, an infinity, or text that is no decimal number. */
  INVALID_VALUE,
  /** Outside what the number format or the meter's rating allows. */
  VALUE_OUT_OF_RANGE,
  /** Below zero on a channel that cannot run backwards, or on a register. */
  NEGATIVE_VALUE,
  /** Not an ISO 8601 date and time. */
  INVALID_TIME,
  /** Later than the time at which the message was sent, beyond the tolerance. */
  TIME_IN_FUTURE,
  /** Before the oldest time that is accepted. */
  TIME_TOO_OLD,
  /** A local time that the clock change leaves out. */
  LOCAL_TIME_NONEXISTENT,
  /** Zero, negative or longer than the longest span that is accepted. */
  INVALID_DURATION,
  /** Not in the meter directory. */
  UNKNOWN_METER,
  /** The meter has no such channel. */
  UNKNOWN_CHANNEL,
  /** The meter is known, but not in service at the time of the reading. */
  INACTIVE_METER,
  /** The channel is known to deliver another reading type. */
  READING_TYPE_MISMATCH,
  /** Another reading of the same meter, channel and time has another value and was preferred. */
  CONFLICTING_READING,
  /** A row of a file that could not be read as its format says. */
  INVALID_ROW,
  /** A kind or stage of a grid signal that does not exist. */
  UNKNOWN_KIND
}
