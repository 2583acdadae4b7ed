package dev.wattbeam.benchmarks;

import dev.wattbeam.benchmarks.parts.OutputTable;
import dev.wattbeam.benchmarks.parts.Workload;
import java.util.List;

/**
 * A table that contenders fill.
 *
 * @param name with schema
 * @param createStatement null for a table of the product, which its migrations make
 * @param content the columns that have to be equal whoever wrote them
 */
public record Table(String name, String createStatement, String content) {
  private static final String MEASURES =
      ", channel, start_time, end_time, energy_mj, mean_kw, min_kw, max_kw, samples, covered_ms,"
          + " expected_ms, quality, flags";
  private static final String READING =
      "meter, channel, type, unit, time, value, duration_ms, sequence, quality";

  private static final List<Table> OF_THE_PRODUCT =
      List.of(
          ofProduct("intervals", "meter" + MEASURES),
          ofProduct("hours", "meter" + MEASURES),
          ofProduct("days", "meter" + MEASURES),
          ofProduct("months", "meter" + MEASURES),
          ofProduct("group_intervals", "grp" + MEASURES),
          ofProduct("group_hours", "grp" + MEASURES),
          ofProduct("group_days", "grp" + MEASURES),
          ofProduct("group_months", "grp" + MEASURES),
          ofProduct("latest_values", READING),
          ofProduct("late_readings", "source, partition, position, " + READING),
          ofProduct("dead_letters", "source, partition, position, code, payload, time"));

  /** The tables of a workload. */
  public static List<Table> of(Workload workload) {
    return switch (workload) {
      case DOWNSAMPLING -> List.of(of(OutputTable.DOWNSAMPLING));
      case HOUR_OF_DAY -> List.of(of(OutputTable.HOUR_OF_DAY));
      case HIERARCHY -> List.of(of(OutputTable.HIERARCHY));
      case WHOLE_JOB -> OF_THE_PRODUCT;
    };
  }

  private static Table of(OutputTable table) {
    return new Table(table.qualifiedName(), table.createStatement(), "*");
  }

  private static Table ofProduct(String name, String content) {
    return new Table("wattbeam." + name, null, content);
  }

  /** Name of the table that holds the reference's rows. */
  public String reference() {
    return "reference." + name.substring(name.indexOf('.') + 1);
  }
}
