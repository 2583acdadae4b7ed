package dev.wattbeam.stores;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wattbeam.io.snowflake.SnowflakeConfig;
import dev.wattbeam.io.snowflake.SnowflakeOptions;
import dev.wattbeam.io.snowflake.WarehouseSchema;
import dev.wattbeam.pipelines.warehouse.LoadOptions;
import dev.wattbeam.pipelines.warehouse.LoadWarehouse;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** The tables of the warehouse, and whether they have what PostgreSQL has. */
public final class Warehouse {
  static final List<String> TABLES =
      List.of(
          "intervals",
          "hours",
          "days",
          "months",
          "group_intervals",
          "group_hours",
          "group_days",
          "group_months",
          "grid_signals");

  private Warehouse() {}

  /** Makes a database of Snowflake's with empty tables. */
  public static void migrate(FakeSnow snowflake, String database) {
    List<String> errors = new ArrayList<>();
    SnowflakeConfig config =
        SnowflakeConfig.from(
            PipelineOptionsFactory.fromArgs(snowflake.options(database).toArray(String[]::new))
                .as(SnowflakeOptions.class),
            errors);
    assertThat(errors).isEmpty();
    WarehouseSchema.migrate(config);
  }

  /** Runs LoadWarehouse to its end. */
  public static void load(String... arguments) {
    LoadOptions options =
        PipelineOptionsFactory.fromArgs(arguments).withValidation().as(LoadOptions.class);
    Pipeline pipeline = Pipeline.create(options);
    LoadWarehouse.build(pipeline, options);
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
  }

  /** What both sides must agree on, as text; keys and content of each row. */
  static String content(String table, boolean inSnowflake) {
    String owner =
        table.equals("grid_signals")
            ? "source || '|' || area || '|' || name || '|' || kind"
            : (table.startsWith("group_") ? "grp" : "meter") + " || '|' || channel";
    String time = inSnowflake ? "start_time::VARCHAR" : "(start_time AT TIME ZONE 'UTC')::text";
    String values =
        table.equals("grid_signals")
            ? "round(value, 3), unit, stage"
            : "energy_mj, samples, covered_ms, expected_ms, quality, flags, revision,"
                + " round(mean_kw::numeric(38, 6), 3), round((max_kw * 1e7)::numeric(38, 6))";
    return String.format(
        "SELECT %s, %s, %s FROM %s.%s ORDER BY 1, 2",
        owner, time, values, inSnowflake ? "CLEAN" : "wattbeam", table);
  }

  /**
   * Compares all tables.
   *
   * @param postgres rows of a statement, values joined by a bar
   */
  public static void requireEqual(
      Function<String, List<String>> postgres, FakeSnow snowflake, String database) {
    for (String table : TABLES) {
      List<String> here = numbersAlike(postgres.apply(content(table, false)));
      List<String> there = numbersAlike(snowflake.query(database, content(table, true)));
      assertThat(there).as(table).hasSameSizeAs(here).containsExactlyInAnyOrderElementsOf(here);
    }
    assertThat(snowflake.query(database, "LIST @LOADING")).as("files left behind").isEmpty();
  }

  /** 1.500 and 1.5, 2 and 2.0, 5E7 and 50000000 are the same. */
  private static List<String> numbersAlike(List<String> rows) {
    return rows.stream()
        .map(
            row ->
                Arrays.stream(row.split("\\|", -1))
                    .map(Warehouse::plain)
                    .collect(Collectors.joining("|")))
        .toList();
  }

  private static String plain(String cell) {
    return cell.matches("-?[0-9]+(\\.[0-9]*)?([eE][-+]?[0-9]+)?")
        ? new BigDecimal(cell).stripTrailingZeros().toPlainString()
        : cell;
  }
}
