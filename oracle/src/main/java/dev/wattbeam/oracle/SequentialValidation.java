package dev.wattbeam.oracle;

import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.LateReading;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.oracle.SequentialModel.Limits;
import dev.wattbeam.oracle.SequentialModel.Rejected;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Section "Validation": the first check that fails decides. */
final class SequentialValidation {
  private static final long LONGEST_DURATION = Duration.ofHours(25).toMillis();
  private static final long LOCAL_TIME_LEAD = Duration.ofHours(14).toMillis();
  private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000L);
  private static final BigInteger MOST = BigInteger.valueOf(10_000_000L).multiply(NANOS);
  private static final BigInteger MOST_REGISTER =
      BigInteger.valueOf(2_500_000_000L).multiply(NANOS);
  private static final BigInteger MILLIS_PER_HOUR = BigInteger.valueOf(3_600_000L);

  private final MeterDirectory directory;
  private final Limits limits;
  private final Map<String, Long> clocks = new HashMap<>();
  private final SortedMap<MeterChannel, List<Reading>> good = new TreeMap<>();
  private final List<Rejected> rejected = new ArrayList<>();
  private final List<LateReading> late = new ArrayList<>();
  private long received;

  SequentialValidation(MeterDirectory directory, Limits limits) {
    this.directory = directory;
    this.limits = limits;
  }

  long received() {
    return received;
  }

  SortedMap<MeterChannel, List<Reading>> good() {
    return good;
  }

  List<Rejected> rejected() {
    return rejected;
  }

  List<LateReading> late() {
    return late;
  }

  void read(ReadingBatch batch) {
    String partition = batch.source() + "\n" + batch.partition();
    // The reader's watermark counts where it is higher than the times read.
    clocks.merge(partition, batch.clockMillis(), Math::max);
    for (int i = 0; i < batch.size(); i++) {
      received++;
      read(batch, i, clocks.get(partition));
      long counted = batch.local(i) ? batch.time(i) - LOCAL_TIME_LEAD : batch.time(i);
      if (counted >= limits.oldestTimeMillis()
          && counted <= batch.known(i) + limits.futureToleranceMillis()) {
        clocks.merge(partition, counted, Math::max);
      }
    }
  }

  private void read(ReadingBatch batch, int i, long clock) {
    Reading raw = batch.reading(i);
    Origin origin = batch.origin(i);
    if (!directory.knows(raw.meter())) {
      rejected.add(new Rejected(DeadLetterCode.UNKNOWN_METER, raw, origin));
      return;
    }
    Long time = raw.timeMillis();
    if (batch.local(i)) {
      time = resolve(raw.timeMillis(), directory.anyVersion(raw.meter()).zone());
      if (time == null) {
        rejected.add(new Rejected(DeadLetterCode.LOCAL_TIME_NONEXISTENT, raw, origin));
        return;
      }
    }
    Reading reading = with(raw, time, raw.value());
    DeadLetterCode code = check(reading, batch.known(i));
    if (code != null) {
      rejected.add(new Rejected(code, raw, origin));
      return;
    }
    Meter meter = directory.meterAt(raw.meter(), time - 1);
    reading = with(raw, time, multiplied(raw.value(), meter).longValueExact());
    boolean tooLate =
        limits.allowedLatenessMillis() != Limits.UNLIMITED
            && clock != Long.MIN_VALUE
            && time < clock - limits.allowedLatenessMillis();
    if (tooLate) {
      late.add(new LateReading(reading, origin, clock - time));
      return;
    }
    good.computeIfAbsent(reading.meterChannel(), channel -> new ArrayList<>()).add(reading);
  }

  private DeadLetterCode check(Reading reading, long known) {
    if (reading.timeMillis() < limits.oldestTimeMillis()) {
      return DeadLetterCode.TIME_TOO_OLD;
    }
    if (reading.timeMillis() > known + limits.futureToleranceMillis()) {
      return DeadLetterCode.TIME_IN_FUTURE;
    }
    Meter meter = directory.meterAt(reading.meter(), reading.timeMillis() - 1);
    if (meter == null) {
      return DeadLetterCode.INACTIVE_METER;
    }
    ReadingType type = meter.channels().get(reading.channel());
    if (type == null) {
      return DeadLetterCode.UNKNOWN_CHANNEL;
    }
    if (type != reading.type()) {
      return DeadLetterCode.READING_TYPE_MISMATCH;
    }
    // 0 is how a reading says that it states no duration.
    if (reading.durationMillis() < 0 || reading.durationMillis() > LONGEST_DURATION) {
      return DeadLetterCode.INVALID_DURATION;
    }
    BigInteger value = multiplied(reading.value(), meter);
    boolean outOfRange =
        type == ReadingType.REGISTER
            ? value.compareTo(MOST_REGISTER) > 0
            : value.abs().compareTo(MOST) > 0;
    if (outOfRange) {
      return DeadLetterCode.VALUE_OUT_OF_RANGE;
    }
    boolean mayBeNegative = meter.type().reversible() && type != ReadingType.REGISTER;
    if (value.signum() < 0 && !mayBeNegative) {
      return DeadLetterCode.NEGATIVE_VALUE;
    }
    return exceedsRating(reading, type, meter, value) ? DeadLetterCode.VALUE_OUT_OF_RANGE : null;
  }

  private static boolean exceedsRating(
      Reading reading, ReadingType type, Meter meter, BigInteger value) {
    BigInteger rating = BigInteger.valueOf(meter.type().maxPower());
    if (rating.signum() == 0 || type == ReadingType.REGISTER) {
      return false;
    }
    if (type == ReadingType.POWER) {
      return value.abs().compareTo(rating) > 0;
    }
    long duration =
        reading.durationMillis() > 0
            ? reading.durationMillis()
            : meter.type().nominalPeriodMillis();
    return duration > 0
        && value
                .abs()
                .multiply(MILLIS_PER_HOUR)
                .compareTo(rating.multiply(BigInteger.valueOf(duration)))
            > 0;
  }

  private static BigInteger multiplied(long value, Meter meter) {
    return Exact.floor(
        BigInteger.valueOf(value).multiply(BigInteger.valueOf(meter.multiplier())),
        BigInteger.valueOf(Meter.MULTIPLIER_ONE));
  }

  /** The moment of a local time, the earlier of two; null when the clock change leaves it out. */
  private static Long resolve(long localMillis, ZoneId zone) {
    LocalDateTime local =
        LocalDateTime.ofInstant(Instant.ofEpochMilli(localMillis), ZoneOffset.UTC);
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
    Long earliest = null;
    for (ZoneOffset offset : offsets) {
      long moment = local.toInstant(offset).toEpochMilli();
      earliest = earliest == null ? moment : Math.min(earliest, moment);
    }
    return earliest;
  }

  private static Reading with(Reading raw, long time, long value) {
    return new Reading(
        raw.meter(),
        raw.channel(),
        raw.type(),
        time,
        value,
        raw.durationMillis(),
        raw.sequence(),
        raw.quality());
  }
}
