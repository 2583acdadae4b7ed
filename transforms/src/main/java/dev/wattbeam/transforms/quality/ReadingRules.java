package dev.wattbeam.transforms.quality;

import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingType;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.TreeSet;

/**
 * The validation rules that judge one reading by itself. Give it a batch, then ask for one reading
 * after the other, in order: it also keeps the event-time clock of the partition, which decides
 * what is late.
 */
final class ReadingRules {
  /**
   * Local times are taken as if from the easternmost zone, so that they never move a clock too far.
   */
  private static final long EASTERNMOST_OFFSET_MILLIS = 14 * 3_600_000L;

  private static final long MILLIS_PER_HOUR = 3_600_000L;

  private final ReadingLimits limits;
  private final ReadingBatch batch;
  private final MeterDirectory directory;

  /** Per channel of the batch's dictionary: an entry that holds for ever, once it was looked up. */
  private final Meter[] constantMeter;

  private long clock;

  // The outcome of the last call of check().
  private long time;
  private long value;
  private long lateness;
  private DeadLetterCode code;
  private String message;

  ReadingRules(ReadingLimits limits, MeterDirectory directory, ReadingBatch batch) {
    this.limits = limits;
    this.directory = directory;
    this.batch = batch;
    this.constantMeter = new Meter[batch.channelCount()];
    this.clock = batch.clockMillis();
  }

  /** Time of the checked reading, epoch milliseconds UTC. */
  long time() {
    return time;
  }

  /** Value of the checked reading, nano-kW or nano-kWh, multiplied with the meter's multiplier. */
  long value() {
    return value;
  }

  /** How far the checked reading is behind the clock, if that is too far; else 0. */
  long lateness() {
    return lateness;
  }

  /** Why the checked reading was rejected. */
  DeadLetterCode code() {
    return code;
  }

  /** The reason in words. */
  String message() {
    return message;
  }

  /** Whether reading {@code i} is good; if not, {@link #code} and {@link #message} say why. */
  boolean check(int i) {
    code = null;
    message = null;
    lateness = 0;
    time = batch.time(i);
    value = batch.value(i);
    long before = clock;
    advanceClock(i);

    Meter meter = meter(i);
    if (meter == null) {
      return false;
    }
    if (!checkChannel(i, meter) || !checkValue(i, meter)) {
      return false;
    }
    if (limits.allowedLatenessMillis() != ReadingLimits.UNLIMITED
        && before != Long.MIN_VALUE
        && time < before - limits.allowedLatenessMillis()) {
      lateness = before - time;
    }
    return true;
  }

  private void advanceClock(int i) {
    long at = batch.local(i) ? time - EASTERNMOST_OFFSET_MILLIS : time;
    if (at > clock && limits.plausible(at, batch.known(i))) {
      clock = at;
    }
  }

  private Meter meter(int i) {
    int channelIndex = batch.channelIndex(i);
    Meter meter = constantMeter[channelIndex];
    if (meter != null && !batch.local(i)) {
      return checkTime(i) ? meter : null;
    }
    String name = batch.channel(i).meter();
    Meter any = directory.anyVersion(name);
    if (any == null) {
      reject(
          DeadLetterCode.UNKNOWN_METER,
          "meter \"" + name + "\" is not in the meter directory; register it and replay");
      return null;
    }
    if (batch.local(i) && !resolveLocalTime(any)) {
      return null;
    }
    if (!checkTime(i)) {
      return null;
    }
    meter = directory.meterAt(name, time - 1);
    if (meter == null) {
      reject(
          DeadLetterCode.INACTIVE_METER,
          "meter \"" + name + "\" is not in service at " + Instant.ofEpochMilli(time));
      return null;
    }
    if (meter.validFromMillis() == Long.MIN_VALUE && meter.validToMillis() == Long.MAX_VALUE) {
      constantMeter[channelIndex] = meter;
    }
    return meter;
  }

  private boolean resolveLocalTime(Meter meter) {
    LocalDateTime local =
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(time, 1000),
            (int) Math.floorMod(time, 1000L) * 1_000_000,
            ZoneOffset.UTC);
    ZoneRules rules = meter.zone().getRules();
    List<ZoneOffset> offsets = rules.getValidOffsets(local);
    if (offsets.isEmpty()) {
      return reject(
          DeadLetterCode.LOCAL_TIME_NONEXISTENT,
          "local time " + local + " does not exist in " + meter.zone() + " (clock change)");
    }
    time -= offsets.get(0).getTotalSeconds() * 1000L;
    return true;
  }

  private boolean checkTime(int i) {
    if (time < limits.oldestMillis()) {
      return reject(
          DeadLetterCode.TIME_TOO_OLD,
          "time " + describe(time) + " is before " + describe(limits.oldestMillis()));
    }
    if (time > batch.known(i) + limits.futureToleranceMillis()) {
      return reject(
          DeadLetterCode.TIME_IN_FUTURE,
          "time " + describe(time) + " is after the message was sent, " + describe(batch.known(i)));
    }
    return true;
  }

  private boolean checkChannel(int i, Meter meter) {
    MeterChannel id = batch.channel(i);
    ReadingType expected = meter.channels().get(id.channel());
    if (expected == null) {
      return reject(
          DeadLetterCode.UNKNOWN_CHANNEL,
          "meter \""
              + id.meter()
              + "\" has no channel \""
              + id.channel()
              + "\", it has "
              + new TreeSet<>(meter.channels().keySet()));
    }
    if (expected != batch.type(i)) {
      return reject(
          DeadLetterCode.READING_TYPE_MISMATCH,
          "channel \""
              + id.channel()
              + "\" of meter \""
              + id.meter()
              + "\" delivers type "
              + expected.code()
              + ", not "
              + batch.type(i).code());
    }
    long duration = batch.duration(i);
    if (duration < 0 || duration > ReadingLimits.MAX_DURATION_MILLIS) {
      return reject(
          DeadLetterCode.INVALID_DURATION,
          "duration " + duration / 1000.0 + " s is not between 0 and 90000 s (25 h)");
    }
    return true;
  }

  private boolean checkValue(int i, Meter meter) {
    ReadingType type = batch.type(i);
    long limit = type == ReadingType.REGISTER ? ReadingLimits.MAX_REGISTER : ReadingLimits.MAX_FLOW;
    if (Math.abs(value) > limit || value == Long.MIN_VALUE) {
      return outOfRange(value, limit);
    }
    if (meter.multiplier() != Meter.MULTIPLIER_ONE) {
      if (Math.abs((double) value * meter.multiplier() / Meter.MULTIPLIER_ONE) > limit) {
        return outOfRange(value, limit);
      }
      value = Energy.mulDivFloor(value, meter.multiplier(), Meter.MULTIPLIER_ONE);
    }
    MeterType meterType = meter.type();
    if (value < 0 && (type == ReadingType.REGISTER || !meterType.reversible())) {
      return reject(
          DeadLetterCode.NEGATIVE_VALUE,
          "value " + Energy.toUnits(value).toPlainString() + " is below zero");
    }
    if (meterType.maxPower() > 0 && type != ReadingType.REGISTER) {
      long duration = batch.duration(i) > 0 ? batch.duration(i) : meterType.nominalPeriodMillis();
      long most =
          type == ReadingType.POWER
              ? meterType.maxPower()
              : Energy.mulDivFloor(meterType.maxPower(), duration, MILLIS_PER_HOUR);
      if (most > 0 && Math.abs(value) > most) {
        return outOfRange(value, most);
      }
    }
    return true;
  }

  private boolean outOfRange(long value, long limit) {
    return reject(
        DeadLetterCode.VALUE_OUT_OF_RANGE,
        "value "
            + Energy.toUnits(value).toPlainString()
            + " is beyond the limit of "
            + Energy.toUnits(limit).toPlainString());
  }

  private boolean reject(DeadLetterCode code, String message) {
    this.code = code;
    this.message = message;
    return false;
  }

  private static String describe(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
