package dev.wattbeam.pipelines.monitor;

import static java.util.stream.Collectors.joining;

import dev.wattbeam.io.kafka.ReadingJson;
import dev.wattbeam.model.Consumption;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.LateReading;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.Origin;
import dev.wattbeam.model.Payload;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingBatch;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.RowFlag;
import dev.wattbeam.oracle.SequentialModel;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The content of all tables that the pipeline writes, as sorted lines per table: as the database
 * has it, and as the sequential model says that it has to be.
 */
record Tables(SortedMap<String, Collection<String>> lines) {
  private static final double NANOS = 1e9;

  /** The tables of a database, without the times at which they were written. */
  static Tables of(TestDatabase database) {
    SortedMap<String, Collection<String>> lines = new TreeMap<>();
    for (OwnerKind kind : OwnerKind.values()) {
      for (Level level : Level.values()) {
        String table = name(kind, level);
        lines.put(
            table,
            sorted(
                database.query(
                    "SELECT "
                        + (kind == OwnerKind.METER ? "meter" : "grp")
                        + ", channel, "
                        + millis("start_time")
                        + ", "
                        + millis("end_time")
                        + ", energy_mj, mean_kw, min_kw, max_kw, samples, covered_ms, expected_ms,"
                        + " quality, flags, revision FROM wattbeam."
                        + table)));
      }
    }
    String reading =
        "meter, channel, type, unit, "
            + millis("time")
            + ", value::text, duration_ms, sequence, quality";
    lines.put(
        "latest_values",
        sorted(database.query("SELECT " + reading + ", quality_rank FROM wattbeam.latest_values")));
    lines.put(
        "late_readings",
        sorted(
            database.query(
                "SELECT source, partition, position, "
                    + reading
                    + ", lateness_ms FROM wattbeam.late_readings")));
    // Where a conflict comes from is a number made of its content, which the model need not know.
    lines.put(
        "dead_letters",
        sorted(
            database.query(
                "SELECT source, partition, CASE WHEN code = 'CONFLICTING_READING' THEN 0 ELSE"
                    + " position END, code, pipeline, step, payload, "
                    + millis("time")
                    + " FROM wattbeam.dead_letters")));
    return new Tables(lines);
  }

  /** Only the tables that a repair writes to. */
  Tables consumption() {
    SortedMap<String, Collection<String>> rows = new TreeMap<>();
    for (OwnerKind kind : OwnerKind.values()) {
      for (Level level : Level.values()) {
        rows.put(name(kind, level), lines.get(name(kind, level)));
      }
    }
    return new Tables(rows);
  }

  /** A list: a row that is there twice, as without a key, has to show. */
  private static List<String> sorted(List<String> lines) {
    lines.sort(null);
    return lines;
  }

  private static String millis(String column) {
    return "(extract(epoch FROM " + column + ") * 1000)::bigint";
  }

  private static String name(OwnerKind kind, Level level) {
    return (kind == OwnerKind.GROUP ? "group_" : "") + level.code() + "s";
  }

  /**
   * What the sequential model makes of a topic.
   *
   * @param messages number of messages
   * @param deadLetters of all kinds, also of messages that are no readings
   */
  record Expected(
      Tables tables,
      SequentialModel.Result result,
      long messages,
      Map<DeadLetterCode, Long> deadLetters) {
    /**
     * Runs the model.
     *
     * @param content of the topic, each partition in its order
     */
    static Expected of(List<ConsumerRecord<byte[], byte[]>> content, SequentialModel model) {
      SortedMap<String, Collection<String>> lines = new TreeMap<>();
      Collection<String> letters = new TreeSet<>();
      Map<DeadLetterCode, Long> counts = new EnumMap<>(DeadLetterCode.class);
      Map<Origin, ConsumerRecord<byte[], byte[]>> byOrigin = new HashMap<>();
      Map<Integer, ReadingBatch.Builder> batches = new TreeMap<>();
      ReadingJson json = new ReadingJson();
      for (ConsumerRecord<byte[], byte[]> record : content) {
        Origin origin = new Origin(record.topic(), record.partition(), record.offset());
        byOrigin.put(origin, record);
        ReadingBatch.Builder batch =
            batches.computeIfAbsent(
                record.partition(),
                partition ->
                    new ReadingBatch.Builder(record.topic(), partition, Long.MIN_VALUE, 1_000));
        if (!json.parse(record.value(), record.offset(), record.timestamp(), batch)) {
          counts.merge(json.code(), 1L, Long::sum);
          letters.add(letter(origin, json.code(), "ReadReadings", record));
        }
      }
      SequentialModel.Result result =
          model.run(batches.values().stream().map(ReadingBatch.Builder::build).toList());
      result.deadLetters().forEach((code, count) -> counts.merge(code, count, Long::sum));
      result
          .rejected()
          .forEach(
              rejected ->
                  letters.add(
                      letter(
                          rejected.origin(),
                          rejected.code(),
                          "ValidateReadings",
                          byOrigin.get(rejected.origin()))));
      result.conflicts().forEach(conflict -> letters.add(conflict(conflict)));
      lines.put("dead_letters", letters);
      lines.put("late_readings", new TreeSet<>(result.late().stream().map(Tables::late).toList()));
      lines.put(
          "latest_values",
          new TreeSet<>(
              result.latest().values().stream()
                  .map(reading -> reading(reading) + "|" + reading.quality().rank())
                  .toList()));
      for (OwnerKind kind : OwnerKind.values()) {
        for (Level level : Level.values()) {
          lines.put(
              name(kind, level),
              new TreeSet<>(result.rows(kind, level).stream().map(Tables::row).toList()));
        }
      }
      return new Expected(new Tables(lines), result, content.size(), counts);
    }

    private static String letter(
        Origin origin, DeadLetterCode code, String step, ConsumerRecord<byte[], byte[]> record) {
      byte[] payload = record.value() == null ? new byte[0] : record.value();
      return line(
          origin.source(),
          origin.partition(),
          origin.position(),
          code,
          MonitorConsumption.NAME,
          step,
          Payload.asText(payload),
          record.timestamp());
    }
  }

  private static String conflict(Reading loser) {
    MeterChannel id = loser.meterChannel();
    return line(
        "conflict:" + id.meter() + "/" + id.channel(),
        0,
        0,
        DeadLetterCode.CONFLICTING_READING,
        MonitorConsumption.NAME,
        "ComputeConsumption",
        String.format(
            "meter=%s channel=%s Entry[time=%d, value=%d, duration=%d, sequence=%d, quality=%s]",
            id.meter(),
            id.channel(),
            loser.timeMillis(),
            loser.value(),
            loser.durationMillis(),
            loser.sequence(),
            loser.quality()),
        loser.timeMillis());
  }

  private static String late(LateReading late) {
    return line(
        late.origin().source(),
        late.origin().partition(),
        late.origin().position(),
        reading(late.reading()),
        late.latenessMillis());
  }

  private static String reading(Reading reading) {
    return line(
        reading.meter(),
        reading.channel(),
        reading.type().code(),
        reading.type() == ReadingType.POWER ? "kW" : "kWh",
        reading.timeMillis(),
        BigDecimal.valueOf(reading.value(), 9).toPlainString(),
        reading.durationMillis(),
        reading.sequence(),
        reading.quality().code());
  }

  private static String row(ConsumptionRow row) {
    Consumption consumption = row.consumption();
    boolean known = consumption.coveredMillis() > 0;
    long meanOver =
        row.ownerKind() == OwnerKind.METER
            ? consumption.coveredMillis()
            : row.endMillis() - row.startMillis();
    return line(
        row.owner(),
        row.channel(),
        row.startMillis(),
        row.endMillis(),
        known ? consumption.energyMj() : null,
        known ? Energy.meanPower(consumption.energyMj(), meanOver) / NANOS : null,
        known ? consumption.minPower() / NANOS : null,
        known ? consumption.maxPower() / NANOS : null,
        consumption.samples(),
        consumption.coveredMillis(),
        consumption.expectedMillis(),
        consumption.quality().describe(),
        RowFlag.describe(consumption.flags()),
        consumption.revision());
  }

  private static String line(Object... values) {
    return Stream.of(values).map(String::valueOf).collect(joining("|"));
  }

  int size() {
    return lines.values().stream().mapToInt(Collection::size).sum();
  }

  /** The first differences, table by table; empty when there is none. */
  String differenceFrom(Tables expected) {
    StringBuilder text = new StringBuilder();
    expected.lines.forEach(
        (table, wanted) -> {
          Collection<String> found = lines.get(table);
          difference(text, table + " lacks", wanted, found);
          difference(text, table + " has too much", found, wanted);
        });
    return text.toString();
  }

  /** How many lines there are too many or too few, over all tables. */
  int differences(Tables expected) {
    int count = 0;
    for (Map.Entry<String, Collection<String>> table : expected.lines.entrySet()) {
      Collection<String> found = lines.get(table.getKey());
      count += surplus(table.getValue(), found).size() + surplus(found, table.getValue()).size();
    }
    return count;
  }

  /** What some have more, or more often, than others. */
  private static List<String> surplus(Collection<String> some, Collection<String> others) {
    Map<String, Integer> left = new HashMap<>();
    others.forEach(line -> left.merge(line, 1, Integer::sum));
    return some.stream().filter(line -> left.merge(line, -1, Integer::sum) < 0).toList();
  }

  private static void difference(
      StringBuilder text, String what, Collection<String> some, Collection<String> others) {
    List<String> only = surplus(some, others);
    if (!only.isEmpty()) {
      text.append(what).append(' ').append(only.size()).append(" of ").append(some.size());
      only.stream()
          .limit(5)
          .forEach(
              line ->
                  text.append("\n  ")
                      .append(line, 0, Math.min(line.length(), 400))
                      .append("   ")
                      .append(startOf(line)));
      text.append('\n');
    }
  }

  /** Makes epoch milliseconds readable. */
  private static String startOf(String line) {
    for (String value : line.split("\\|", -1)) {
      if (value.matches("1\\d{12}")) {
        return Instant.ofEpochMilli(Long.parseLong(value)).toString();
      }
    }
    return "";
  }
}
