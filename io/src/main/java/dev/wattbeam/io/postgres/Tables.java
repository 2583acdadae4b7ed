package dev.wattbeam.io.postgres;

import dev.wattbeam.io.postgres.WriteGridSignals.GridRow;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.model.ConsumptionRow.OwnerKind;
import dev.wattbeam.model.DeadLetter;
import dev.wattbeam.model.Energy;
import dev.wattbeam.model.LateReading;
import dev.wattbeam.model.Level;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.RowFlag;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The tables that pipelines write to, as db/migration makes them. */
final class Tables {
  private static final double NANOS = Energy.NANOS;

  static final UpsertTable<Reading> LATEST_VALUES =
      UpsertTable.<Reading>named("latest_values")
          .keyText("meter", Reading::meter)
          .keyText("channel", Reading::channel)
          .text("type", reading -> reading.type().code())
          .text("unit", reading -> reading.type().unit().symbol())
          .time("time", Reading::timeMillis)
          .nanos("value", Reading::value)
          .number("duration_ms", Reading::durationMillis)
          .number("sequence", Reading::sequence)
          .text("quality", reading -> reading.quality().code())
          .small("quality_rank", reading -> reading.quality().rank())
          // Of two readings for one time the one that the computation prefers, too.
          .replaceIf(
              "(excluded.time, excluded.sequence, excluded.quality_rank, excluded.duration_ms,"
                  + " excluded.value)"
                  + " >= (t.time, t.sequence, t.quality_rank, t.duration_ms, t.value)",
              null,
              Reading.NEWEST_LAST)
          .build();

  static final UpsertTable<DeadLetter> DEAD_LETTERS =
      UpsertTable.<DeadLetter>named("dead_letters")
          .keyText("source", letter -> letter.origin().source())
          .keyInt("partition", letter -> letter.origin().partition())
          .keyLong("position", letter -> letter.origin().position())
          .keyText("code", letter -> letter.code().name())
          .text("pipeline", DeadLetter::pipeline)
          .text("step", DeadLetter::step)
          .text("message", DeadLetter::message)
          .text("payload", DeadLetter::payload)
          .time("time", DeadLetter::timeMillis)
          .build();

  static final UpsertTable<LateReading> LATE_READINGS =
      UpsertTable.<LateReading>named("late_readings")
          .keyText("source", late -> late.origin().source())
          .keyInt("partition", late -> late.origin().partition())
          .keyLong("position", late -> late.origin().position())
          .text("meter", late -> late.reading().meter())
          .text("channel", late -> late.reading().channel())
          .text("type", late -> late.reading().type().code())
          .text("unit", late -> late.reading().type().unit().symbol())
          .time("time", late -> late.reading().timeMillis())
          .nanos("value", late -> late.reading().value())
          .number("duration_ms", late -> late.reading().durationMillis())
          .number("sequence", late -> late.reading().sequence())
          .text("quality", late -> late.reading().quality().code())
          .number("lateness_ms", LateReading::latenessMillis)
          .build();

  static final UpsertTable<GridRow> GRID_SIGNALS =
      UpsertTable.<GridRow>named("grid_signals")
          .keyText("source", row -> row.signal().source())
          .keyText("area", row -> row.signal().area())
          .keyText("name", row -> row.value().name())
          .keyText("kind", row -> row.value().kind().code())
          .keyTime("start_time", row -> row.signal().startMillis())
          .time("end_time", row -> row.signal().endMillis())
          .nanos("value", row -> row.value().value())
          .text("unit", row -> row.value().unit().symbol())
          .small("stage", row -> row.signal().stage().rank())
          .time("known_at", row -> row.signal().knownMillis())
          // What follows the time only makes the choice independent of the order.
          .replaceIf(
              "(excluded.stage, excluded.known_at, excluded.end_time, excluded.value,"
                  + " excluded.unit) >= (t.stage, t.known_at, t.end_time, t.value, t.unit)",
              "known_at",
              Comparator.<GridRow>comparingInt(row -> row.signal().stage().rank())
                  .thenComparingLong(row -> row.signal().knownMillis())
                  .thenComparingLong(row -> row.signal().endMillis())
                  .thenComparingLong(row -> row.value().value())
                  .thenComparing(row -> row.value().unit().symbol()))
          .build();

  private static final Map<OwnerKind, Map<Level, UpsertTable<ConsumptionRow>>> CONSUMPTION =
      consumptionTables();

  private Tables() {}

  /** The table of all rows with this kind of owner and this level. */
  static UpsertTable<ConsumptionRow> consumption(OwnerKind kind, Level level) {
    return CONSUMPTION.get(kind).get(level);
  }

  private static Map<OwnerKind, Map<Level, UpsertTable<ConsumptionRow>>> consumptionTables() {
    Map<OwnerKind, Map<Level, UpsertTable<ConsumptionRow>>> tables = new EnumMap<>(OwnerKind.class);
    for (OwnerKind kind : OwnerKind.values()) {
      Map<Level, UpsertTable<ConsumptionRow>> ofKind = new EnumMap<>(Level.class);
      for (Level level : Level.values()) {
        ofKind.put(level, consumptionTable(kind, level));
      }
      tables.put(kind, ofKind);
    }
    return tables;
  }

  private static UpsertTable<ConsumptionRow> consumptionTable(OwnerKind kind, Level level) {
    boolean meter = kind == OwnerKind.METER;
    UpsertTable.Builder<ConsumptionRow> table =
        UpsertTable.<ConsumptionRow>named((meter ? "" : "group_") + level.code() + "s")
            .keyText(meter ? "meter" : "grp", ConsumptionRow::owner)
            .keyText("channel", ConsumptionRow::channel)
            .keyTime("start_time", ConsumptionRow::startMillis)
            .time("end_time", ConsumptionRow::endMillis)
            .column(
                "energy_mj",
                "bigint",
                (row, out) -> {
                  if (row.consumption().known()) {
                    out.writeLong(row.consumption().energyMj());
                  } else {
                    out.writeNull();
                  }
                });
    power(table, "mean_kw", ConsumptionRow::meanKw);
    power(table, "min_kw", row -> row.consumption().minPower() / NANOS);
    power(table, "max_kw", row -> row.consumption().maxPower() / NANOS);
    table
        .number("samples", row -> row.consumption().samples())
        .number("covered_ms", row -> row.consumption().coveredMillis())
        .number("expected_ms", row -> row.consumption().expectedMillis())
        .text("quality", row -> row.consumption().quality().describe())
        .text("flags", row -> RowFlag.describe(row.consumption().flags()))
        .number("revision", row -> row.consumption().revision())
        .replaceIf(
            "excluded.revision >= t.revision",
            "revision",
            Comparator.comparingLong(row -> row.consumption().revision()));
    if (meter && level == Level.INTERVAL) {
      table.partitionedBy(ConsumptionRow::startMillis);
    }
    return table.build();
  }

  /** A column in kW that is NULL where nothing is known. */
  private static void power(
      UpsertTable.Builder<ConsumptionRow> table,
      String column,
      ToDoubleFunction<ConsumptionRow> kilowatts) {
    table.column(
        column,
        "double precision",
        (row, out) -> {
          if (row.consumption().known()) {
            out.writeDouble(kilowatts.applyAsDouble(row));
          } else {
            out.writeNull();
          }
        });
  }
}
