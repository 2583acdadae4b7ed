package dev.wattbeam.demo;

import dev.wattbeam.model.Energy;
import dev.wattbeam.model.MeterChannel;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What became of a file.
 *
 * @param rowsRead rows of the file
 * @param rowsPublished rows of which at least one reading was sent
 * @param rowsMissing rows without any value
 * @param rowsRejected rows that could not be read
 * @param readingsPublished readings (messages) sent
 * @param accepted readings that the results are made of
 * @param duplicates copies of accepted readings
 * @param late readings kept aside because they came too late
 * @param deadLetters rejected readings by code; rejected rows are not among them
 * @param meters meters seen in the file
 * @param energyMj energy in mJ of each meter channel of which any is known
 * @param files rows of each exported file
 * @param seconds from the start of the program to the end of the export
 */
record OneShotSummary(
    long rowsRead,
    long rowsPublished,
    long rowsMissing,
    long rowsRejected,
    long readingsPublished,
    long accepted,
    long duplicates,
    long late,
    SortedMap<String, Long> deadLetters,
    long meters,
    SortedMap<MeterChannel, Long> energyMj,
    Map<String, Long> files,
    double seconds) {
  private static final int MOST_SHOWN = 20;

  /**
   * Readings that were sent and whose fate is not known; anything but 0 is a defect of WattBeam.
   */
  long unaccounted() {
    return readingsPublished - accepted - duplicates - late - deadLetterCount();
  }

  long deadLetterCount() {
    return deadLetters.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The same after the export. */
  OneShotSummary exported(Map<String, Long> files, double seconds) {
    return new OneShotSummary(
        rowsRead,
        rowsPublished,
        rowsMissing,
        rowsRejected,
        readingsPublished,
        accepted,
        duplicates,
        late,
        deadLetters,
        meters,
        energyMj,
        files,
        seconds);
  }

  /** The content of summary.json: maps, numbers and strings. */
  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("rowsRead", rowsRead);
    json.put("rowsPublished", rowsPublished);
    json.put("rowsMissing", rowsMissing);
    json.put("rowsRejected", rowsRejected);
    json.put("readingsPublished", readingsPublished);
    json.put("accepted", accepted);
    json.put("duplicates", duplicates);
    json.put("late", late);
    json.put("deadLetters", deadLetters);
    json.put("meters", meters);
    Map<String, Map<String, BigDecimal>> energy = new TreeMap<>();
    energyMj.forEach(
        (id, mj) ->
            energy
                .computeIfAbsent(id.meter(), meter -> new TreeMap<>())
                .put(id.channel(), Energy.toKwh(mj)));
    json.put("energyKwh", energy);
    json.put("rowsExported", files);
    json.put("seconds", BigDecimal.valueOf(seconds).setScale(3, RoundingMode.HALF_UP));
    return json;
  }

  /** The summary for people. */
  String toText() {
    StringBuilder text = new StringBuilder();
    line(text, "rows read", rowsRead);
    line(text, "  published", rowsPublished);
    line(text, "  missing", rowsMissing);
    line(text, "  rejected", rowsRejected);
    line(text, "readings published", readingsPublished);
    line(text, "  accepted", accepted);
    line(text, "  duplicates", duplicates);
    line(text, "  late", late);
    line(text, "  dead letters", deadLetterCount());
    deadLetters.forEach((code, count) -> line(text, "    " + code, count));
    line(text, "meters", meters);
    text.append("energy\n");
    int shown = 0;
    for (Map.Entry<MeterChannel, Long> entry : energyMj.entrySet()) {
      if (shown++ == MOST_SHOWN) {
        text.append(
            String.format(
                Locale.ROOT, "  and %d more, see summary.json%n", energyMj.size() - MOST_SHOWN));
        break;
      }
      text.append(
          String.format(
              Locale.ROOT,
              "  %-24s %-14s %s kWh%n",
              entry.getKey().meter(),
              entry.getKey().channel(),
              Energy.toKwh(entry.getValue()).toPlainString()));
    }
    text.append(String.format(Locale.ROOT, "%.1f s", seconds));
    text.append(
        rowsRead < seconds
            ? "\n"
            : String.format(Locale.ROOT, ", %,.0f rows per second%n", rowsRead / seconds));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, long value) {
    text.append(String.format(Locale.ROOT, "%-28s %,15d%n", name, value));
  }
}
