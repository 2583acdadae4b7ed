package dev.wattbeam.oracle;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.LateReading;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterDirectory;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What MonitorConsumption has to give for a history of readings, whichever runner computes it.
 *
 * <p>Section by section it follows docs/pipelines/monitor-consumption.md: {@link
 * SequentialValidation}, {@link SequentialReadings}, {@link SequentialSpans}, {@link
 * SequentialIntervals}, {@link SequentialPeriods}, {@link SequentialGroups}.
 */
public final class SequentialModel {
  private final MeterDirectory directory;
  private final Limits limits;

  public SequentialModel(MeterDirectory directory, Limits limits) {
    this.directory = requireNonNull(directory, "directory");
    this.limits = requireNonNull(limits, "limits");
  }

  /**
   * Limits of the validation.
   *
   * @param allowedLatenessMillis how far a reading may be behind the clock of its partition, or
   *     {@link #UNLIMITED}
   * @param oldestTimeMillis no reading before this moment, epoch milliseconds
   * @param futureToleranceMillis how far a reading may be after its message's timestamp
   */
  public record Limits(
      long allowedLatenessMillis, long oldestTimeMillis, long futureToleranceMillis) {
    /** No reading is too late. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** The defaults of the pipeline: one day, the year 2000, one hour. */
    public static final Limits DEFAULT =
        new Limits(
            Duration.ofDays(1).toMillis(),
            Instant.parse("2000-01-01T00:00:00Z").toEpochMilli(),
            Duration.ofHours(1).toMillis());

    public Limits withAllowedLateness(long millis) {
      return new Limits(millis, oldestTimeMillis, futureToleranceMillis);
    }
  }

  /**
   * A reading that the validation refused.
   *
   * @param reading as received: its time and value are not yet translated
   */
  public record Rejected(DeadLetterCode code, Reading reading, Origin origin) {}

  /** Key of a row in the tables; ordered by its fields. */
  public record RowKey(
      OwnerKind ownerKind, String owner, String channel, Level level, long startMillis)
      implements Comparable<RowKey> {
    private static final Comparator<RowKey> ORDER =
        Comparator.comparing(RowKey::ownerKind)
            .thenComparing(RowKey::owner)
            .thenComparing(RowKey::channel)
            .thenComparing(RowKey::level)
            .thenComparing(RowKey::startMillis);

    public static RowKey of(ConsumptionRow row) {
      return new RowKey(
          row.ownerKind(), row.owner(), row.channel(), row.level(), row.startMillis());
    }

    @Override
    public int compareTo(RowKey other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * What the job has to give.
   *
   * @param received readings that were put in; always accepted + duplicates + late + dead letters
   * @param accepted readings that are used
   * @param duplicates copies that were dropped
   * @param deadLetters how many per code, {@code CONFLICTING_READING} included
   * @param rejected those of the validation, in the order of the input
   * @param conflicts readings that another one of the same time was preferred to, by channel and
   *     time
   * @param late kept aside, in the order of the input; value with the meter's multiplier, time UTC
   * @param rows all levels of meters and groups
   * @param latest newest used reading per channel, likewise translated
   */
  public record Result(
      long received,
      long accepted,
      long duplicates,
      Map<DeadLetterCode, Long> deadLetters,
      List<Rejected> rejected,
      List<Reading> conflicts,
      List<LateReading> late,
      SortedMap<RowKey, ConsumptionRow> rows,
      SortedMap<MeterChannel, Reading> latest) {
    /** The row with this key, or null. */
    public ConsumptionRow row(
        OwnerKind kind, String owner, String channel, Level level, Instant start) {
      return rows.get(new RowKey(kind, owner, channel, level, start.toEpochMilli()));
    }

    /** The meter's row with this key, or null. */
    public ConsumptionRow meterRow(String meter, String channel, Level level, Instant start) {
      return row(OwnerKind.METER, meter, channel, level, start);
    }

    /** The rows of one kind of owner and one level, in the order of their keys. */
    public List<ConsumptionRow> rows(OwnerKind kind, Level level) {
      return rows.values().stream()
          .filter(row -> row.ownerKind() == kind && row.level() == level)
          .toList();
    }
  }

  /**
   * Runs the whole job.
   *
   * @param batches in the order in which each partition is read; the order among partitions does
   *     not matter
   */
  public Result run(List<ReadingBatch> batches) {
    SequentialValidation validation = new SequentialValidation(directory, limits);
    batches.forEach(validation::read);

    List<Reading> conflicts = new ArrayList<>();
    long accepted = 0;
    long duplicates = 0;
    SortedMap<MeterChannel, Reading> latest = new TreeMap<>();
    SortedMap<RowKey, ConsumptionRow> rows = new TreeMap<>();
    SortedMap<MeterChannel, SortedMap<Long, Cell>> intervals = new TreeMap<>();
    for (Map.Entry<MeterChannel, List<Reading>> entry : validation.good().entrySet()) {
      SequentialReadings readings = new SequentialReadings(entry.getValue());
      accepted += readings.preferred().size();
      duplicates += readings.duplicates();
      conflicts.addAll(readings.conflicts());
      latest.put(entry.getKey(), readings.preferred().get(readings.preferred().size() - 1));
      SequentialSpans spans = SequentialSpans.of(readings.preferred(), directory);
      intervals.put(entry.getKey(), SequentialIntervals.of(readings, spans, directory));
    }
    intervals.forEach(
        (channel, cells) ->
            SequentialPeriods.addRows(
                channel,
                cells,
                intervals.getOrDefault(
                    new MeterChannel(channel.meter(), channel.channel() + "-register"),
                    new TreeMap<>()),
                directory,
                rows));
    SequentialGroups.addRows(intervals, directory, rows);

    Map<DeadLetterCode, Long> deadLetters = new EnumMap<>(DeadLetterCode.class);
    validation.rejected().forEach(rejected -> deadLetters.merge(rejected.code(), 1L, Long::sum));
    if (!conflicts.isEmpty()) {
      deadLetters.put(DeadLetterCode.CONFLICTING_READING, (long) conflicts.size());
    }
    return new Result(
        validation.received(),
        accepted,
        duplicates,
        deadLetters,
        validation.rejected(),
        conflicts,
        validation.late(),
        rows,
        latest);
  }
}
